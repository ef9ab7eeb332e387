/*
 * sigv4: Signature Version 4, the verifying side: from a request as received
 * to the string that must have been signed, and everything that can be checked
 * without the secret. Pure: no clock, no secret, no I/O. The comparison with
 * the secret happens in keyd (sigv4_key.h).
 *
 * Stages, each callable on its own: sigv4_auth.h (grammar of Authorization and
 * of the presigned query), sigv4_canon.h (canonical request, string to sign).
 * Sources: wire.md 2; AWS General Reference "Signature Version 4".
 */
#ifndef AWS_SIGV4_H
#define AWS_SIGV4_H

#include <stdint.h>

#include "aws/sigv4_auth.h"
#include "base/arena.h"
#include "base/err.h"
#include "codec/http.h"

/* A presigned request without X-Amz-Expires is good for this long (wire.md 2.2). */
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
	struct str region;  /* must be the scope's, but for a global service; empty: any */
	struct str service; /* must be the scope's; empty: any that aws/service knows */
};

/*
 * Why a request is not authentic. The last four are not found here: they are
 * for the caller, who knows the key, so that there is one list and one table
 * of answers (awserr_of_sigv4). The checks run in the order of the list
 * (wire.md 2.3); the first that fails is the outcome.
 */
enum sigv4_fault {
	SIGV4_OK,
	SIGV4_MISSING_AUTH,    /* neither Authorization nor X-Amz-Algorithm */
	SIGV4_MALFORMED,       /* fields missing, twice, unknown or not of their form */
	SIGV4_BAD_DATE,        /* no X-Amz-Date or Date, or not a date */
	SIGV4_EXPIRED,         /* signed too long ago */
	SIGV4_NOT_YET,         /* signed in the future */
	SIGV4_HOST_UNSIGNED,   /* host is not among SignedHeaders */
	SIGV4_HEADER_UNSIGNED, /* an x-amz-* header is there but not signed */
	SIGV4_HEADER_ABSENT,   /* a signed header is not there */
	SIGV4_BAD_ALGORITHM,   /* not AWS4-HMAC-SHA256 */
	SIGV4_BAD_CREDENTIAL,  /* not of the form AKID/date/region/service/terminator */
	SIGV4_WRONG_SCOPE,     /* one of the last four is not what it has to be */
	SIGV4_WRONG_BODY,      /* X-Amz-Content-SHA256 is not the hash of this body */
	SIGV4_UNKNOWN_KEY,
	SIGV4_WRONG_SIGNATURE,
	SIGV4_EXPIRED_TOKEN,
	SIGV4_BAD_TOKEN,
};

/* What keyd and the account's store need. Views point into the arena or the input. */
struct sigv4 {
	enum sigv4_form form;
	struct str access_key_id;
	struct str date; /* YYYYMMDD */
	struct str region;
	struct str service;
	struct str session_token; /* decoded; empty: none */
	int64_t signed_at_s;
	int64_t expires_at_s;         /* the signature is void from here on */
	struct str canonical_request; /* for tests and explanations */
	struct str string_to_sign;
	uint8_t signature[32];
};

/*
 * Runs all checks but those that need the secret. Takes at most 1 MiB of the
 * arena. X-Amz-Content-SHA256, when sent, must be the lower-case hex hash of
 * the body: UNSIGNED-PAYLOAD and the STREAMING forms are refused, since no
 * client of these services has a reason to leave its body unsigned. Every
 * x-amz-* header that is present must be signed: what it says is acted upon.
 *
 * ret is filled only with SIGV4_OK. ei gets the sentence for the caller.
 */
enum sigv4_fault sigv4_check(const struct sigv4_input *in, struct arena *a, struct sigv4 *ret,
    struct errinfo *ei) MUST_CHECK;

#endif
