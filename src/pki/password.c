/*
 * password: see password.h.
 */
#include "pki/password.h"

#include <openssl/evp.h>

#include "base/secret.h"

#define VERSION 1
#define SALT_BYTES 16
#define HASH_BYTES 32
#define SCRYPT_N (UINT64_C(1) << 14)
#define SCRYPT_R 8
#define SCRYPT_P 1
#define SCRYPT_MAX_BYTES (UINT64_C(32) << 20) /* of memory */

static int
scrypt(struct str password, const uint8_t salt[SALT_BYTES], uint8_t ret[HASH_BYTES])
{
	return EVP_PBE_scrypt(password.p, password.n, salt, SALT_BYTES, SCRYPT_N, SCRYPT_R,
		   SCRYPT_P, SCRYPT_MAX_BYTES, ret, HASH_BYTES) == 1
	    ? 0
	    : ERR_CRYPTO;
}

int
password_hash(struct str password, const struct rng *rng, struct buf *b)
{
	uint8_t salt[SALT_BYTES], hash[HASH_BYTES];
	int r;

	if (password.n > PASSWORD_MAX_BYTES)
		return ERR_TOOBIG;
	rand_fill(rng, salt, sizeof(salt));
	if ((r = scrypt(password, salt, hash)) != 0)
		return r;
	buf_ch(b, VERSION);
	buf_add(b, salt, sizeof(salt));
	buf_add(b, hash, sizeof(hash));
	secret_wipe(hash, sizeof(hash));
	return buf_err(b);
}

int
password_check(struct str hash, struct str password, bool *ret)
{
	const uint8_t *p = (const uint8_t *)hash.p;
	uint8_t made[HASH_BYTES];
	int r;

	if (hash.n != PASSWORD_HASH_BYTES || p[0] != VERSION)
		return ERR_SYNTAX;
	if (password.n > PASSWORD_MAX_BYTES) {
		*ret = false;
		return 0;
	}
	if ((r = scrypt(password, p + 1, made)) == 0)
		*ret = secret_equal(made, p + 1 + SALT_BYTES, HASH_BYTES);
	secret_wipe(made, sizeof(made));
	return r;
}
