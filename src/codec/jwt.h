/*
 * jwt: a JSON web token in its compact form (RFC 7519, RFC 7515 3.1), taken apart. Nothing in it
 * may be believed before its signature is checked (pki/jwk.h).
 */
#ifndef CODEC_JWT_H
#define CODEC_JWT_H

#include "base/arena.h"
#include "base/err.h"
#include "codec/json.h"

#define JWT_MAX_BYTES 20000 /* as STS takes; Source: STS API reference, WebIdentityToken */

struct jwt {
	struct str alg;          /* as the header says it */
	struct str kid;          /* empty: the header names no key */
	struct str signed_bytes; /* the bytes that are signed; borrowed from the token */
	struct str signature;    /* bytes */
	struct json *claims;     /* an object; the caller frees it */
};

/*
 * Takes a token apart. The header must say alg, and must not have crit (RFC 7515 4.1.11), nor
 * a typ other than JWT (RFC 8725 3.11). Texts live in a. ERR_SYNTAX, ERR_TOOBIG, ERR_DUP (a name
 * that is there twice).
 */
int jwt_parse(struct str token, struct arena *a, struct jwt *ret) MUST_CHECK;

#endif
