/*
 * jwk: see jwk.h.
 */
#include "pki/jwk.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "base/alloc.h"
#include "base/b64.h"
#include "pki/x509.h"

#define MIN_MODULUS_BYTES 256
#define MAX_MODULUS_BYTES 1024
#define MAX_EXPONENT_BYTES 4
#define COORDINATE_BYTES 32 /* of P-256; an ES256 signature is two such numbers */
#define MAX_SIGNATURE_DER 128

enum jwk_alg { JWK_NONE, JWK_RS256, JWK_ES256 };

struct jwk {
	enum jwk_alg alg;
	char kid[JWK_MAX_KID_BYTES];
	size_t n_kid;
	EVP_PKEY *key;
};

struct jwk_set {
	struct jwk keys[JWK_MAX_KEYS];
	size_t n;
};

static enum jwk_alg
alg_of(struct str name)
{
	return str_eq_c(name, "RS256") ? JWK_RS256 : str_eq_c(name, "ES256") ? JWK_ES256 : JWK_NONE;
}

/* ---- one key ---- */

/* Makes the key, of which p has all parameters. */
static int
key_make(const char *kind, OSSL_PARAM_BLD *p, EVP_PKEY **ret)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(p);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
	EVP_PKEY *key = NULL;
	int r = ERR_CRYPTO;

	if (params != NULL && ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) == 1) {
		*ret = key;
		r = 0;
	}
	ERR_clear_error();
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	return r;
}

/* Appends the bytes of a member in base64url. Errors are ERR_SYNTAX and ERR_TOOBIG. */
static int
member(const struct json *v, const char *name, struct buf *out)
{
	struct str text;
	int r;

	if ((r = json_str(json_get(v, name), &text)) != 0)
		return ERR_SYNTAX;
	return b64_url_parse(text, out);
}

static int
rsa_bounds(struct str n, struct str e)
{
	if (n.n < MIN_MODULUS_BYTES || n.n > MAX_MODULUS_BYTES || (n.p[0] & 0x80) == 0 ||
	    (n.p[n.n - 1] & 1) == 0)
		return ERR_CRYPTO;
	/* No byte before the number, and odd: so three bytes are 65537 at least. */
	if (e.n < 3 || e.n > MAX_EXPONENT_BYTES || e.p[0] == 0 || (e.p[e.n - 1] & 1) == 0)
		return ERR_CRYPTO;
	return 0;
}

static int
rsa_read(const struct json *v, EVP_PKEY **ret)
{
	OSSL_PARAM_BLD *p = OSSL_PARAM_BLD_new();
	BIGNUM *n = NULL, *e = NULL;
	struct buf nb, eb;
	int r;

	buf_init(&nb, MAX_MODULUS_BYTES);
	buf_init(&eb, MAX_EXPONENT_BYTES);
	if ((r = member(v, "n", &nb)) != 0 || (r = member(v, "e", &eb)) != 0 ||
	    (r = rsa_bounds(buf_view(&nb), buf_view(&eb))) != 0)
		goto out;
	n = BN_bin2bn((const unsigned char *)nb.p, (int)nb.n, NULL);
	e = BN_bin2bn((const unsigned char *)eb.p, (int)eb.n, NULL);
	r = ERR_CRYPTO;
	if (p != NULL && n != NULL && e != NULL &&
	    OSSL_PARAM_BLD_push_BN(p, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
	    OSSL_PARAM_BLD_push_BN(p, OSSL_PKEY_PARAM_RSA_E, e) == 1)
		r = key_make("RSA", p, ret);
out:
	BN_free(n);
	BN_free(e);
	OSSL_PARAM_BLD_free(p);
	buf_release(&nb);
	buf_release(&eb);
	return r;
}

/* The point is on the curve, or OpenSSL does not make a key of it. */
static int
ec_read(const struct json *v, EVP_PKEY **ret)
{
	OSSL_PARAM_BLD *p = OSSL_PARAM_BLD_new();
	struct buf point;
	int r;

	buf_init(&point, 1 + 2 * COORDINATE_BYTES);
	buf_ch(&point, POINT_CONVERSION_UNCOMPRESSED);
	if ((r = member(v, "x", &point)) != 0)
		goto out;
	if (point.n != 1 + COORDINATE_BYTES) {
		r = ERR_CRYPTO;
		goto out;
	}
	if ((r = member(v, "y", &point)) != 0)
		goto out;
	r = ERR_CRYPTO;
	if (point.n == 1 + 2 * COORDINATE_BYTES && p != NULL &&
	    OSSL_PARAM_BLD_push_utf8_string(p, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
	    OSSL_PARAM_BLD_push_octet_string(p, OSSL_PKEY_PARAM_PUB_KEY, point.p, point.n) == 1)
		r = key_make("EC", p, ret);
out:
	OSSL_PARAM_BLD_free(p);
	buf_release(&point);
	return r;
}

/* Is the member absent, or this text? */
static bool
is_or_absent(const struct json *v, const char *name, const char *text)
{
	const struct json *m = json_get(v, name);
	struct str s;

	return m == NULL || (json_str(m, &s) == 0 && str_eq_c(s, text));
}

/* JWK_NONE: not for our signatures. */
static enum jwk_alg
kind(const struct json *v)
{
	struct str kty;

	if (json_str(json_get(v, "kty"), &kty) != 0 || !is_or_absent(v, "use", "sig"))
		return JWK_NONE;
	if (str_eq_c(kty, "RSA") && is_or_absent(v, "alg", "RS256"))
		return JWK_RS256;
	if (str_eq_c(kty, "EC") && is_or_absent(v, "alg", "ES256") && json_get(v, "crv") != NULL &&
	    is_or_absent(v, "crv", "P-256"))
		return JWK_ES256;
	return JWK_NONE;
}

static const struct jwk *
find(const struct jwk_set *s, struct str kid)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (str_eq(kid, str_of_n(s->keys[i].kid, s->keys[i].n_kid)))
			return &s->keys[i];
	}
	return NULL;
}

static int
key_read(struct jwk_set *s, const struct json *v)
{
	struct jwk *k = &s->keys[s->n];
	struct str kid = STR("");
	int r;

	if (json_kind(v) != JSON_KIND_OBJECT)
		return ERR_SYNTAX;
	if ((k->alg = kind(v)) == JWK_NONE)
		return 0;
	if (json_get(v, "kid") != NULL && json_str(json_get(v, "kid"), &kid) != 0)
		return ERR_SYNTAX;
	if (kid.n > sizeof(k->kid))
		return ERR_TOOBIG;
	if (kid.n > 0 && find(s, kid) != NULL)
		return ERR_DUP;
	memcpy(k->kid, kid.p, kid.n);
	k->n_kid = kid.n;
	if ((r = k->alg == JWK_RS256 ? rsa_read(v, &k->key) : ec_read(v, &k->key)) == 0)
		s->n++;
	return r;
}

/* ---- a set ---- */

int
jwk_set_parse(const struct json *v, struct jwk_set **ret, struct errinfo *ei)
{
	const struct json *keys = json_get(v, "keys");
	struct jwk_set *s;
	size_t i, n = json_len(keys);
	int r = 0;

	if (json_kind(keys) != JSON_KIND_ARRAY) {
		err_set(ei, "no array of keys");
		return ERR_SYNTAX;
	}
	if (n > JWK_MAX_KEYS) {
		err_set(ei, "more than %d keys", JWK_MAX_KEYS);
		return ERR_TOOBIG;
	}
	s = xalloc(sizeof(*s));
	for (i = 0; i < n && r == 0; i++) {
		if ((r = key_read(s, json_at(keys, i))) != 0)
			err_set(ei, "keys[%zu]: %s", i, err_text(r));
	}
	if (r == 0)
		*ret = s;
	else
		jwk_set_free(s);
	return r;
}

void
jwk_set_free(struct jwk_set *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->n; i++)
		EVP_PKEY_free(s->keys[i].key);
	xfree(s);
}

/* ---- signatures ---- */

static int
rs256_verify(EVP_PKEY *key, struct str bytes, struct str signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pkcs1; /* owned by ctx */
	int r = ERR_CRYPTO;

	if (ctx != NULL &&
	    EVP_DigestVerifyInit_ex(ctx, &pkcs1, "SHA256", NULL, NULL, key, NULL) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(pkcs1, RSA_PKCS1_PADDING) == 1 &&
	    EVP_DigestVerify(ctx, (const unsigned char *)signature.p, signature.n,
		(const unsigned char *)bytes.p, bytes.n) == 1)
		r = 0;
	ERR_clear_error();
	EVP_MD_CTX_free(ctx);
	return r;
}

/* The signature is the two numbers, one behind the other (RFC 7518 3.4); OpenSSL wants DER. */
static int
es256_verify(EVP_PKEY *key, struct str bytes, struct str signature)
{
	const unsigned char *p = (const unsigned char *)signature.p;
	ECDSA_SIG *sig = ECDSA_SIG_new();
	unsigned char *der = NULL;
	int n_der;
	BIGNUM *a = NULL, *b = NULL;
	struct buf out;
	int r = ERR_CRYPTO;

	buf_init(&out, MAX_SIGNATURE_DER);
	if (signature.n != 2 * COORDINATE_BYTES || sig == NULL)
		goto out;
	a = BN_bin2bn(p, COORDINATE_BYTES, NULL);
	b = BN_bin2bn(p + COORDINATE_BYTES, COORDINATE_BYTES, NULL);
	if (a == NULL || b == NULL || ECDSA_SIG_set0(sig, a, b) != 1)
		goto out;
	a = b = NULL; /* sig has them */
	n_der = i2d_ECDSA_SIG(sig, &der);
	if ((r = x509_take(der, n_der, &out)) == 0)
		r = x509_ecdsa_verify(key, bytes, buf_view(&out));
out:
	BN_free(a);
	BN_free(b);
	ECDSA_SIG_free(sig);
	buf_release(&out);
	return r == 0 ? 0 : ERR_CRYPTO;
}

int
jwk_verify(const struct jwk_set *s, struct str alg, struct str kid, struct str bytes,
    struct str signature)
{
	enum jwk_alg wanted = alg_of(alg);
	const struct jwk *k = NULL;
	size_t i, n = 0;

	if (wanted == JWK_NONE)
		return ERR_SYNTAX;
	if (kid.n > 0) {
		k = find(s, kid);
	} else {
		for (i = 0; i < s->n; i++) {
			if (s->keys[i].alg == wanted && n++ == 0)
				k = &s->keys[i];
		}
	}
	if (k == NULL || k->alg != wanted || n > 1)
		return ERR_NOTFOUND;
	return wanted == JWK_RS256 ? rs256_verify(k->key, bytes, signature)
				   : es256_verify(k->key, bytes, signature);
}
