/*
 * sigv4: Signature Version 4, the verifying side. From a request as received it makes the string
 * that must have been signed, and checks everything that can be checked without the secret.
 * Pure: no clock, no secret, no I/O. keyd does the check that needs the secret (sigv4_key.h).
 *
 * The parts are sigv4_auth.h (grammar of Authorization and of the presigned query) and
 * sigv4_canon.h (canonical request, string to sign). Sources: wire.md 2; AWS General Reference
 * "Signature Version 4".
 */
#ifndef AWS_SIGV4_H
#define AWS_SIGV4_H

#include <stdint.h>

#include "aws/sigv4_auth.h"
#include "base/arena.h"
#include "base/err.h"
#include "codec/http.h"

/* How long a presigned request without X-Amz-Expires is good (wire.md 2.2). */
#define SIGV4_DEFAULT_EXPIRES_S 900
#define SIGV4_MAX_EXPIRES_S 604800

struct sigv4_input {
	struct str method;
	struct str target; /* path and query, raw, as on the request line */
	const struct http_header *headers;
	size_t n_headers;
	struct str body;    /* raw */
	int64_t now_s;      /* UTC */
	int64_t skew_s;     /* how far the client's clock may be off, both ways */
	struct str region;  /* that the scope must have, unless the service is global; empty: any */
	struct str service; /* that the scope must have; empty: any that aws/service.h knows */
};

/*
 * Why a request is not authentic. sigv4_check does not find the last four: they are for its
 * caller, who knows the key, so that there is one list and one table of answers
 * (awserr_of_sigv4). The first check that fails decides. From SIGV4_EXPIRED on the checks run in
 * this order (wire.md 2.3); those before find out whether there is a signature to check.
 */
enum sigv4_fault {
	SIGV4_OK,
	SIGV4_MISSING_AUTH,    /* neither Authorization nor X-Amz-Algorithm is there */
	SIGV4_MALFORMED,       /* fields are missing, come twice, or do not have their form */
	SIGV4_BAD_DATE,        /* there is no X-Amz-Date or Date, or it is no date */
	SIGV4_EXPIRED,         /* signed too long ago */
	SIGV4_NOT_YET,         /* signed in the future */
	SIGV4_HOST_UNSIGNED,   /* host is not among SignedHeaders */
	SIGV4_HEADER_UNSIGNED, /* an x-amz-* header is there but not signed */
	SIGV4_HEADER_ABSENT,   /* a signed header is not there */
	SIGV4_BAD_ALGORITHM,   /* it is not AWS4-HMAC-SHA256 */
	SIGV4_BAD_CREDENTIAL,  /* it is not AKID/date/region/service/terminator */
	SIGV4_WRONG_SCOPE,     /* date, region, service or terminator is wrong */
	SIGV4_WRONG_BODY,      /* X-Amz-Content-SHA256 is not the hash of this body */
	SIGV4_UNKNOWN_KEY,
	SIGV4_WRONG_SIGNATURE,
	SIGV4_EXPIRED_TOKEN,
	SIGV4_BAD_TOKEN,
};

/* What is needed to check the signature itself. Views point into the arena or the input. */
struct sigv4 {
	enum sigv4_form form;
	struct str access_key_id;
	struct str date; /* YYYYMMDD */
	struct str region;
	struct str service;
	struct str session_token; /* decoded; empty: none */
	int64_t signed_at_s;
	int64_t expires_at_s;         /* when the signature stops being good */
	struct str canonical_request; /* what string_to_sign was made of */
	struct str string_to_sign;
	uint8_t signature[32];
};

/*
 * Runs all checks but those that need the secret. It takes at most 1 MiB of the arena.
 * X-Amz-Content-SHA256, if sent, must be the lower-case hex hash of the body: UNSIGNED-PAYLOAD
 * and the STREAMING forms are refused, as no client of these services needs to leave its body
 * unsigned. Every x-amz-* header must be signed, as it is acted upon.
 *
 * ret is filled only with SIGV4_OK; otherwise ei gets a sentence for the client.
 */
enum sigv4_fault sigv4_check(const struct sigv4_input *in, struct arena *a, struct sigv4 *ret,
    struct errinfo *ei) MUST_CHECK;

#endif
