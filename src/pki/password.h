/*
 * password: what is kept of a password: a salt and its scrypt hash (RFC 7914),
 * with N = 2^14, r = 8, p = 1, which takes 16 MiB for some 40 ms.
 */
#ifndef PKI_PASSWORD_H
#define PKI_PASSWORD_H

#include "base/buf.h"
#include "base/rand.h"

#define PASSWORD_MAX_BYTES 512 /* 128 characters (IAM) in UTF-8 */
#define PASSWORD_HASH_BYTES (1 + 16 + 32)

/* Appends version (1 byte, 1), salt, hash. ERR_TOOBIG; ERR_CRYPTO. */
int password_hash(struct str password, const struct rng *rng, struct buf *b) MUST_CHECK;

/*
 * *ret: it is the password that the hash was made of; told in a time that does not
 * depend on where they differ. ERR_SYNTAX (not such a hash), ERR_CRYPTO.
 */
int password_check(struct str hash, struct str password, bool *ret) MUST_CHECK;

#endif
