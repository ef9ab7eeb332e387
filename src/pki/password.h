/*
 * password: what is kept of a password, which is a salt and its scrypt hash (RFC 7914). With N =
 * 2^14, r = 8 and p = 1 a hash takes 16 MiB and about 40 ms.
 */
#ifndef PKI_PASSWORD_H
#define PKI_PASSWORD_H

#include "base/buf.h"
#include "base/rand.h"

#define PASSWORD_MAX_BYTES 512 /* 128 characters, as many as IAM allows, in UTF-8 */
#define PASSWORD_HASH_BYTES (1 + 16 + 32)

/* Appends a version (1 byte, 1), a new salt and the hash. ERR_TOOBIG: the password is too long, or
 * b is full. ERR_CRYPTO: OpenSSL failed. */
int password_hash(struct str password, const struct rng *rng, struct buf *b) MUST_CHECK;

/* *ret says whether hash was made of this password. The time does not depend on where the two
 * differ. ERR_SYNTAX (not such a hash), ERR_CRYPTO (OpenSSL failed). */
int password_check(struct str hash, struct str password, bool *ret) MUST_CHECK;

#endif
