/*
 * sigv4_key: from a secret to a signature; see sigv4_key.h. Only programs that hold secrets are
 * linked with it.
 */
#include "aws/sigv4_key.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/secret.h"

#define PREFIX "AWS4"
#define MAX_SECRET 128

static int
mac(const void *key, size_t key_n, struct str data, uint8_t ret[static 32])
{
	unsigned n = 0;

	if (HMAC(EVP_sha256(), key, (int)key_n, (const uint8_t *)(data.n == 0 ? "" : data.p),
		data.n, ret, &n) == NULL ||
	    n != 32)
		return ERR_CRYPTO;
	return 0;
}

int
sigv4_key_derive(struct str secret, struct str date, struct str region, struct str service,
    uint8_t ret[static SIGV4_KEY_BYTES])
{
	uint8_t start[sizeof(PREFIX) - 1 + MAX_SECRET], key[SIGV4_KEY_BYTES];
	int r;

	if (secret.n == 0 || secret.n > MAX_SECRET)
		return ERR_RANGE;
	memcpy(start, PREFIX, sizeof(PREFIX) - 1);
	memcpy(start + sizeof(PREFIX) - 1, secret.p, secret.n);
	if ((r = mac(start, sizeof(PREFIX) - 1 + secret.n, date, key)) != 0 ||
	    (r = mac(key, sizeof(key), region, key)) != 0 ||
	    (r = mac(key, sizeof(key), service, key)) != 0 ||
	    (r = mac(key, sizeof(key), STR("aws4_request"), key)) != 0)
		goto out;
	memcpy(ret, key, sizeof(key));
out:
	secret_wipe(start, sizeof(start));
	secret_wipe(key, sizeof(key));
	return r;
}

int
sigv4_key_sign(const uint8_t key[static SIGV4_KEY_BYTES], struct str string_to_sign,
    uint8_t ret[static 32])
{
	return mac(key, SIGV4_KEY_BYTES, string_to_sign, ret);
}

bool
sigv4_key_verify(const uint8_t key[static SIGV4_KEY_BYTES], struct str string_to_sign,
    const uint8_t signature[static 32])
{
	uint8_t right[32];
	bool same;

	if (sigv4_key_sign(key, string_to_sign, right) != 0)
		return false;
	same = secret_equal(right, signature, sizeof(right));
	secret_wipe(right, sizeof(right));
	return same;
}
