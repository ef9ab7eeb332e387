/*
 * sigv4_sign: Signature Version 4, the client's side: for the command line and
 * for tests. Takes a secret, so no server role links it.
 */
#ifndef AWS_SIGV4_SIGN_H
#define AWS_SIGV4_SIGN_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "codec/http.h"

struct sigv4_sign {
	struct str access_key_id;
	struct str secret;
	struct str session_token; /* empty: none */
	struct str region;
	struct str service;
	int64_t at_s; /* UTC: the moment of signing */
	struct str method;
	struct str target;                 /* path and query, percent-encoded */
	const struct http_header *headers; /* all are signed; Host must be there */
	size_t n_headers;
	struct str body;
};

/* What the caller adds to the request: X-Amz-Date, Authorization, and, when it
 * has a token, X-Amz-Security-Token. In the arena. */
struct sigv4_signed {
	struct str amz_date;
	struct str authorization;
};

/* ERR_SYNTAX (target, headers, date), ERR_TOOBIG, ERR_RANGE (secret), ERR_CRYPTO. */
int sigv4_sign_header(const struct sigv4_sign *s, struct arena *a,
    struct sigv4_signed *ret) MUST_CHECK;

/*
 * A presigned target: s->target with X-Amz-* appended in the order of wire.md
 * 2.2. Only Host may be in headers. expires_s 0: no X-Amz-Expires.
 * Errors as above; ERR_RANGE also for expires_s beyond SIGV4_MAX_EXPIRES_S.
 */
int sigv4_sign_presign(const struct sigv4_sign *s, int64_t expires_s, struct arena *a,
    struct str *ret_target) MUST_CHECK;

#endif
