/*
 * ecsign: see ecsign.h. The method's sign function finds the struct ecsign in the EC_KEY's
 * ex_data at index 0, which OpenSSL leaves to applications.
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* for EC_KEY_METHOD, see ecsign.h */
#include "net/ecsign.h"

#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "base/alloc.h"

#define DIGEST_BYTES 32

struct ecsign {
	EC_KEY_METHOD *method;
	tls_sign_fn sign;
	void *ctx;
};

static int
sign_digest(int type, const unsigned char *digest, int digest_n, unsigned char *sig,
    unsigned int *sig_n, const BIGNUM *kinv, const BIGNUM *r, EC_KEY *key)
{
	const struct ecsign *e = EC_KEY_get_ex_data(key, 0);
	uint8_t out[TLS_SIGNATURE_MAX];
	size_t n = 0;

	(void)type;
	(void)kinv;
	(void)r;
	if (e == NULL || digest_n != DIGEST_BYTES || e->sign(e->ctx, digest, out, &n) != 0)
		return 0;
	/* OpenSSL's buffer is as large as the longest signature of this key. */
	if (n == 0 || n > (size_t)ECDSA_size(key))
		return 0;
	memcpy(sig, out, n);
	*sig_n = (unsigned int)n;
	return 1;
}

/* TLS never asks for r and s apart. */
static ECDSA_SIG *
sign_parts(const unsigned char *digest, int n, const BIGNUM *kinv, const BIGNUM *r, EC_KEY *key)
{
	(void)digest;
	(void)n;
	(void)kinv;
	(void)r;
	(void)key;
	return NULL;
}

int
ecsign_new(EVP_PKEY *public, tls_sign_fn sign, void *sign_ctx, struct ecsign **ret,
    EVP_PKEY **ret_key)
{
	struct ecsign *e = xalloc(sizeof(*e));
	EC_KEY *found = NULL, *ec = NULL;
	EVP_PKEY *key = NULL;
	int r = ERR_CRYPTO;

	e->sign = sign;
	e->ctx = sign_ctx;
	if (EVP_PKEY_get_base_id(public) != EVP_PKEY_EC ||
	    (found = EVP_PKEY_get1_EC_KEY(public)) == NULL ||
	    EC_GROUP_get_curve_name(EC_KEY_get0_group(found)) != NID_X9_62_prime256v1) {
		r = ERR_UNSUPPORTED;
		goto out;
	}
	/* A copy, since the certificate's own key object must keep its method. */
	if ((ec = EC_KEY_dup(found)) == NULL ||
	    (e->method = EC_KEY_METHOD_new(EC_KEY_OpenSSL())) == NULL)
		goto out;
	EC_KEY_METHOD_set_sign(e->method, sign_digest, NULL, sign_parts);
	if (EC_KEY_set_method(ec, e->method) != 1 || EC_KEY_set_ex_data(ec, 0, e) != 1 ||
	    (key = EVP_PKEY_new()) == NULL || EVP_PKEY_assign_EC_KEY(key, ec) != 1)
		goto out;
	ec = NULL;
	*ret = e;
	*ret_key = key;
	e = NULL;
	key = NULL;
	r = 0;
out:
	EVP_PKEY_free(key);
	EC_KEY_free(ec);
	EC_KEY_free(found);
	ecsign_free(e);
	return r;
}

void
ecsign_free(struct ecsign *e)
{
	if (e == NULL)
		return;
	EC_KEY_METHOD_free(e->method);
	xfree(e);
}
