/*
 * x509: see x509.h.
 */
#include "pki/x509.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

#define PSS_SALT_BYTES 32

X509 *
x509_parse(struct str der)
{
	const unsigned char *p = (const unsigned char *)der.p;
	X509 *x;

	if (der.n == 0 || der.n > INT_MAX)
		return NULL;
	x = d2i_X509(NULL, &p, (long)der.n);
	if (x == NULL || p != (const unsigned char *)der.p + der.n) {
		ERR_clear_error();
		X509_free(x);
		return NULL;
	}
	return x;
}

int
x509_take(unsigned char *der, int n, struct buf *out)
{
	if (n < 0)
		return ERR_CRYPTO;
	buf_add(out, der, (size_t)n);
	OPENSSL_free(der);
	return buf_err(out);
}

bool
x509_signs_entries(const EVP_PKEY *key)
{
	char group[32];

	if (EVP_PKEY_is_a(key, "RSA"))
		return EVP_PKEY_get_bits(key) >= 2048;
	return EVP_PKEY_is_a(key, "EC") &&
	    EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) == 1 &&
	    strcmp(group, SN_X9_62_prime256v1) == 0;
}

int
x509_pss_verify(EVP_PKEY *key, struct str bytes, struct str signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pss; /* owned by ctx */
	int r = ERR_CRYPTO;

	if (ctx == NULL || !EVP_PKEY_is_a(key, "RSA") ||
	    EVP_DigestVerifyInit_ex(ctx, &pss, "SHA256", NULL, NULL, key, NULL) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(pss, RSA_PKCS1_PSS_PADDING) != 1 ||
	    EVP_PKEY_CTX_set_rsa_mgf1_md(pss, EVP_sha256()) != 1 ||
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(pss, PSS_SALT_BYTES) != 1)
		goto out;
	if (EVP_DigestVerify(ctx, (const unsigned char *)signature.p, signature.n,
		(const unsigned char *)bytes.p, bytes.n) == 1)
		r = 0;
out:
	ERR_clear_error();
	EVP_MD_CTX_free(ctx);
	return r;
}

int
x509_ecdsa_verify(EVP_PKEY *key, struct str bytes, struct str signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int r = ERR_CRYPTO;

	/* OpenSSL writes the two numbers anew and compares, so that no second encoding and
	 * no byte behind them is taken. */
	if (ctx != NULL && EVP_PKEY_is_a(key, "EC") &&
	    EVP_DigestVerifyInit_ex(ctx, NULL, "SHA256", NULL, NULL, key, NULL) == 1 &&
	    EVP_DigestVerify(ctx, (const unsigned char *)signature.p, signature.n,
		(const unsigned char *)bytes.p, bytes.n) == 1)
		r = 0;
	ERR_clear_error();
	EVP_MD_CTX_free(ctx);
	return r;
}

int
x509_no_pass_phrase(char *buf, int size, int writing, void *ctx)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)ctx;
	return -1;
}
