/*
 * privkey: see privkey.h. Each key keeps a signing context with its parameters set, so that a
 * signature costs little more than the arithmetic.
 */
#include "pki/privkey.h"

#include <limits.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/alloc.h"
#include "pki/x509.h"

#define PSS_SALT_BYTES 32

struct privkey {
	EVP_PKEY *evp;
	EVP_PKEY_CTX *sign; /* for RSA with the PSS parameters, for P-256 as ECDSA of a digest */
	EVP_MD *sha256;
	enum privkey_kind kind;
};

/* Finds the kind of this key. ERR_UNSUPPORTED: it is neither of ours. */
static int
kind_of(EVP_PKEY *evp, enum privkey_kind *ret)
{
	char group[32];

	if (EVP_PKEY_is_a(evp, "RSA") && EVP_PKEY_get_bits(evp) == 2048) {
		*ret = PRIVKEY_RSA2048;
		return 0;
	}
	if (EVP_PKEY_is_a(evp, "EC") &&
	    EVP_PKEY_get_group_name(evp, group, sizeof(group), NULL) == 1 &&
	    strcmp(group, SN_X9_62_prime256v1) == 0) {
		*ret = PRIVKEY_P256;
		return 0;
	}
	return ERR_UNSUPPORTED;
}

static int
pss_setup(EVP_PKEY_CTX *ctx)
{
	if (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) != 1 ||
	    EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) != 1 ||
	    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) != 1 ||
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, PSS_SALT_BYTES) != 1)
		return ERR_CRYPTO;
	return 0;
}

/* Makes a privkey of evp. It owns evp from now on, and frees it on failure. */
static int
adopt(EVP_PKEY *evp, struct privkey **ret)
{
	struct privkey *k = xalloc(sizeof(*k));
	int r;

	k->evp = evp;
	if ((r = kind_of(evp, &k->kind)) != 0)
		goto out;
	r = ERR_CRYPTO;
	k->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	k->sign = EVP_PKEY_CTX_new_from_pkey(NULL, evp, NULL);
	if (k->sha256 == NULL || k->sign == NULL || EVP_PKEY_sign_init(k->sign) != 1)
		goto out;
	if (k->kind == PRIVKEY_RSA2048 && pss_setup(k->sign) != 0)
		goto out;
	*ret = k;
	k = NULL;
	r = 0;
out:
	ERR_clear_error();
	privkey_free(k);
	return r;
}

void
privkey_free(struct privkey *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_CTX_free(k->sign);
	EVP_PKEY_free(k->evp);
	EVP_MD_free(k->sha256);
	xfree(k);
}

int
privkey_generate(enum privkey_kind kind, struct privkey **ret)
{
	EVP_PKEY *evp = NULL;

	switch (kind) {
	case PRIVKEY_RSA2048:
		evp = EVP_RSA_gen(2048);
		break;
	case PRIVKEY_P256:
		evp = EVP_EC_gen(SN_X9_62_prime256v1);
		break;
	default: /* the number may come from a message */
		return ERR_RANGE;
	}
	return evp == NULL ? ERR_CRYPTO : adopt(evp, ret);
}

int
privkey_parse(struct str der, struct privkey **ret)
{
	const unsigned char *p = (const unsigned char *)der.p;
	PKCS8_PRIV_KEY_INFO *p8 = NULL;
	EVP_PKEY *evp = NULL;

	if (der.n == 0 || der.n > PRIVKEY_MAX_DER_BYTES)
		return ERR_SYNTAX;
	p8 = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)der.n);
	if (p8 != NULL && p == (const unsigned char *)der.p + der.n)
		evp = EVP_PKCS82PKEY(p8);
	PKCS8_PRIV_KEY_INFO_free(p8);
	ERR_clear_error();
	return evp == NULL ? ERR_SYNTAX : adopt(evp, ret);
}

int
privkey_pem_parse(struct str pem, struct privkey **ret)
{
	EVP_PKEY *evp = NULL;
	BIO *bio;

	if (pem.n == 0 || pem.n > 2 * PRIVKEY_MAX_DER_BYTES)
		return ERR_SYNTAX;
	if ((bio = BIO_new_mem_buf(pem.p, (int)pem.n)) == NULL)
		return ERR_CRYPTO;
	evp = PEM_read_bio_PrivateKey(bio, NULL, x509_no_pass_phrase, NULL);
	BIO_free(bio);
	ERR_clear_error();
	return evp == NULL ? ERR_SYNTAX : adopt(evp, ret);
}

enum privkey_kind
privkey_kind(const struct privkey *k)
{
	return k->kind;
}

struct evp_pkey_st *
privkey_evp(const struct privkey *k)
{
	return k->evp;
}

int
privkey_write(const struct privkey *k, struct secret **ret)
{
	PKCS8_PRIV_KEY_INFO *p8 = EVP_PKEY2PKCS8(k->evp);
	unsigned char *der = NULL;
	int n, r = ERR_CRYPTO;

	if (p8 == NULL || (n = i2d_PKCS8_PRIV_KEY_INFO(p8, &der)) < 0)
		goto out;
	*ret = secret_new(der, (size_t)n);
	OPENSSL_clear_free(der, (size_t)n);
	r = 0;
out:
	PKCS8_PRIV_KEY_INFO_free(p8);
	return r;
}

int
privkey_pem_write(const struct privkey *k, struct buf *out)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	char *text;
	long n;
	int r = ERR_CRYPTO;

	if (bio == NULL ||
	    PEM_write_bio_PKCS8PrivateKey(bio, k->evp, NULL, NULL, 0, NULL, NULL) != 1)
		goto out;
	if ((n = BIO_get_mem_data(bio, &text)) <= 0)
		goto out;
	buf_add(out, text, (size_t)n);
	r = buf_err(out);
out:
	BIO_free(bio);
	return r;
}

int
privkey_public_write(const struct privkey *k, struct buf *out)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(k->evp, &der);

	return x509_take(der, n, out);
}

/* Signs a digest with the context that was made for it. */
static int
digest_sign(struct privkey *k, const uint8_t *digest, size_t n, struct buf *out)
{
	size_t sig_n = PRIVKEY_MAX_SIGNATURE_BYTES;
	uint8_t sig[PRIVKEY_MAX_SIGNATURE_BYTES];

	if (EVP_PKEY_sign(k->sign, sig, &sig_n, digest, n) != 1) {
		ERR_clear_error();
		return ERR_CRYPTO;
	}
	buf_add(out, sig, sig_n);
	return buf_err(out);
}

int
privkey_sign(struct privkey *k, struct str bytes, struct buf *out)
{
	uint8_t digest[32];

	if (EVP_Digest(bytes.p, bytes.n, digest, NULL, k->sha256, NULL) != 1)
		return ERR_CRYPTO;
	return digest_sign(k, digest, sizeof(digest), out);
}

int
privkey_tls_sign(struct privkey *k, uint8_t algorithm, struct str digest, struct buf *out)
{
	if (algorithm != PRIVKEY_TLS_ECDSA_P256 || k->kind != PRIVKEY_P256)
		return ERR_UNSUPPORTED;
	if (digest.n != 32 && digest.n != 48 && digest.n != 64)
		return ERR_RANGE;
	return digest_sign(k, (const uint8_t *)digest.p, digest.n, out);
}
