/*
 * jwk: public keys of an issuer of tokens, as it publishes them (RFC 7517), and the signatures that
 * tokens have (RFC 7515, RFC 7518): RS256 and ES256.
 */
#ifndef PKI_JWK_H
#define PKI_JWK_H

#include "base/err.h"
#include "base/str.h"
#include "codec/json.h"

#define JWK_MAX_KEYS 64
#define JWK_MAX_KID_BYTES 256

struct jwk_set;

/*
 * Reads a set, {"keys": [...]}. Keys that no signature here can be checked with are left out: those
 * of another kind or algorithm, and those whose use is not "sig". A key that is one of ours by its
 * kind and is not well formed, or too short, makes the set bad: RSA has 2048 to 8192 bits and an
 * exponent from 65537 to 2^32, EC is on P-256. Errors, explained in ei (may be NULL): ERR_SYNTAX,
 * ERR_TOOBIG (too many keys, a text that is too long), ERR_DUP (two keys with one id), ERR_CRYPTO.
 */
int jwk_set_parse(const struct json *v, struct jwk_set **ret, struct errinfo *ei) MUST_CHECK;
void jwk_set_free(struct jwk_set *s); /* NULL is fine */

/*
 * Checks a signature over bytes. alg is "RS256" or "ES256"; any other is ERR_SYNTAX. The key is the
 * one with this id; if kid is empty, the only one that the set has for alg. ERR_NOTFOUND (there is
 * no such key, or it is not for alg), ERR_CRYPTO (the signature is not of it).
 */
int jwk_verify(const struct jwk_set *s, struct str alg, struct str kid, struct str bytes,
    struct str signature) MUST_CHECK;

#endif
