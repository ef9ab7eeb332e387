/*
 * sigv4_sign: Signature Version 4, the client's side. The tests sign their requests with it. As
 * it takes a secret, no program of the server is linked with it.
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
	int64_t at_s; /* UTC, when it is signed */
	struct str method;
	struct str target;                 /* path and query, percent-encoded */
	const struct http_header *headers; /* all are signed; Host must be among them */
	size_t n_headers;
	struct str body;
};

/* The values of X-Amz-Date and Authorization, in the arena. The caller adds both to the request,
 * and X-Amz-Security-Token if it has a token. */
struct sigv4_signed {
	struct str amz_date;
	struct str authorization;
};

/* Signs a request with the Authorization header. ERR_SYNTAX (target or headers), ERR_TOOBIG,
 * ERR_RANGE (secret), ERR_CRYPTO. */
int sigv4_sign_header(const struct sigv4_sign *s, struct arena *a,
    struct sigv4_signed *ret) MUST_CHECK;

/*
 * Makes a presigned target, in the arena: s->target with the X-Amz-* parameters behind it, in
 * the order of wire.md 2.2. headers may have Host only. With expires_s 0 there is no
 * X-Amz-Expires. Errors as above; ERR_RANGE also when expires_s is negative or more than
 * SIGV4_MAX_EXPIRES_S.
 */
int sigv4_sign_presign(const struct sigv4_sign *s, int64_t expires_s, struct arena *a,
    struct str *ret_target) MUST_CHECK;

#endif
