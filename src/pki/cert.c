/*
 * cert: issues certificates; see cert.h. One row of a table says what a profile means. Extensions
 * are written in the words of OpenSSL's configuration, so whatever comes from outside is checked
 * first: it must be a name, and cannot be taken for such a word.
 */
#include "pki/cert.h"

#include <arpa/inet.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/date.h"
#include "pki/x509.h"

#define SERIAL_BYTES 16
#define MAX_SANS_BYTES 1024
#define CA_USAGE "critical,digitalSignature,keyCertSign,cRLSign"
#define NAME_SET "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"

struct profile {
	enum cert_profile id;
	const char *constraints, *usage, *extended; /* extended: NULL for none */
};

static const struct profile profiles[] = {
	{ CERT_ROOT, "critical,CA:TRUE", CA_USAGE, NULL },
	{ CERT_INTERMEDIATE, "critical,CA:TRUE,pathlen:0", CA_USAGE, NULL },
	{ CERT_SIGNER, "critical,CA:FALSE", "critical,digitalSignature", "serverAuth" },
	{ CERT_TLS_SERVER, "critical,CA:FALSE", "critical,digitalSignature", "serverAuth" },
	{ CERT_AGENT_CLIENT, "critical,CA:FALSE", "critical,digitalSignature", "clientAuth" },
	{ CERT_AUDIT, "critical,CA:FALSE", "critical,digitalSignature,nonRepudiation", NULL },
};

static const struct profile *
profile_find(enum cert_profile id)
{
	size_t i;

	for (i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
		if (profiles[i].id == id)
			return &profiles[i];
	return NULL;
}

static bool
san_ok(struct str san)
{
	unsigned char addr[16];
	char text[64];

	if (str_starts(san, STR("DNS:"))) {
		san = str_from(san, 4);
		if (str_starts(san, STR("*.")))
			san = str_from(san, 2);
		return san.n > 0 && san.n <= 253 && str_all_in(san, NAME_SET);
	}
	if (!str_starts(san, STR("IP:")) || str_copy(text, sizeof(text), str_from(san, 3)) != 0)
		return false;
	return inet_pton(AF_INET, text, addr) == 1 || inet_pton(AF_INET6, text, addr) == 1;
}

/* Is every part a name of a kind that we know? Then OpenSSL takes none of them for a word. */
static bool
sans_ok(struct str sans)
{
	size_t end;

	if (sans.n > MAX_SANS_BYTES)
		return false;
	for (;;) {
		end = str_index(sans, ',');
		if (!san_ok(str_head(sans, end)))
			return false;
		if (end == sans.n)
			return true;
		sans = str_from(sans, end + 1);
	}
}

static int
request_check(const struct cert_request *rq)
{
	if (rq->common_name.n < 1 || rq->common_name.n > 64 ||
	    !str_all_in(rq->common_name, NAME_SET))
		return ERR_RANGE;
	if (rq->profile == CERT_TLS_SERVER ? !sans_ok(rq->sans) : rq->sans.n != 0)
		return ERR_RANGE;
	if (rq->not_before_s < 0 || rq->not_after_s > DATE_MAX_S ||
	    rq->not_before_s >= rq->not_after_s)
		return ERR_RANGE;
	return 0;
}

static int
key_set(X509 *x, const struct cert_request *rq)
{
	const unsigned char *p = (const unsigned char *)rq->public_key.p;
	EVP_PKEY *evp = NULL;
	int r = ERR_SYNTAX;

	if (rq->public_key.n == 0 || rq->public_key.n > PRIVKEY_MAX_DER_BYTES)
		return ERR_SYNTAX;
	evp = d2i_PUBKEY(NULL, &p, (long)rq->public_key.n);
	if (evp == NULL || p != (const unsigned char *)rq->public_key.p + rq->public_key.n)
		goto out;
	r = ERR_RANGE;
	if (rq->profile == CERT_SIGNER && !x509_signs_entries(evp))
		goto out;
	/* Digests are verified as PSS, which only RSA has. */
	if (rq->profile == CERT_AUDIT && !EVP_PKEY_is_a(evp, "RSA"))
		goto out;
	r = X509_set_pubkey(x, evp) == 1 ? 0 : ERR_CRYPTO;
out:
	EVP_PKEY_free(evp);
	return r;
}

static int
fields_set(X509 *x, X509 *issuer, const struct cert_request *rq, const struct rng *rng)
{
	X509_NAME *name = X509_get_subject_name(x);
	uint8_t serial[SERIAL_BYTES];
	BIGNUM *bn = NULL;
	int r = ERR_CRYPTO;

	rand_fill(rng, serial, sizeof(serial));
	serial[0] &= 0x7f; /* a positive number in 16 octets (RFC 5280 4.1.2.2) */
	serial[0] |= 0x40; /* which is never zero */
	if ((bn = BN_bin2bn(serial, sizeof(serial), NULL)) == NULL ||
	    BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(x)) == NULL ||
	    X509_set_version(x, X509_VERSION_3) != 1 ||
	    ASN1_TIME_set(X509_getm_notBefore(x), (time_t)rq->not_before_s) == NULL ||
	    ASN1_TIME_set(X509_getm_notAfter(x), (time_t)rq->not_after_s) == NULL ||
	    X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_ASC,
		(const unsigned char *)rq->common_name.p, (int)rq->common_name.n, -1, 0) != 1 ||
	    X509_set_issuer_name(x, X509_get_subject_name(issuer)) != 1)
		goto out;
	r = 0;
out:
	BN_free(bn);
	return r;
}

static int
extension_add(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *ext;
	X509V3_CTX ctx;
	int r;

	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	if ((ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value)) == NULL)
		return ERR_CRYPTO;
	r = X509_add_ext(x, ext, -1) == 1 ? 0 : ERR_CRYPTO;
	X509_EXTENSION_free(ext);
	return r;
}

/* Adds the subject alternative names, if the profile has any. */
static int
names_add(X509 *x, X509 *issuer, const struct cert_request *rq)
{
	char text[MAX_SANS_BYTES + 1];
	int r;

	if (rq->profile == CERT_SIGNER) {
		memcpy(text, "DNS:", 4);
		r = str_copy(text + 4, sizeof(text) - 4, rq->common_name);
	} else if (rq->profile == CERT_TLS_SERVER) {
		r = str_copy(text, sizeof(text), rq->sans);
	} else {
		return 0;
	}
	return r != 0 ? r : extension_add(x, issuer, NID_subject_alt_name, text);
}

static int
extensions_add(X509 *x, X509 *issuer, const struct profile *profile, const struct cert_request *rq)
{
	int r;

	if ((r = extension_add(x, issuer, NID_basic_constraints, profile->constraints)) != 0 ||
	    (r = extension_add(x, issuer, NID_key_usage, profile->usage)) != 0 ||
	    (r = extension_add(x, issuer, NID_subject_key_identifier, "hash")) != 0)
		return r;
	if (profile->extended != NULL &&
	    (r = extension_add(x, issuer, NID_ext_key_usage, profile->extended)) != 0)
		return r;
	if (x != issuer &&
	    (r = extension_add(x, issuer, NID_authority_key_identifier, "keyid:always")) != 0)
		return r;
	return names_add(x, issuer, rq);
}

/* *ret is the issuer's certificate, or x itself for a root. The caller frees it unless it is x. */
static int
issuer_find(X509 *x, struct privkey *key, struct str der, enum cert_profile profile, X509 **ret)
{
	X509 *issuer;

	if ((profile == CERT_ROOT) != (der.n == 0))
		return ERR_RANGE;
	if (profile == CERT_ROOT) {
		*ret = x;
		return 0;
	}
	if ((issuer = x509_parse(der)) == NULL)
		return ERR_SYNTAX;
	if (X509_check_ca(issuer) != 1 || X509_check_private_key(issuer, privkey_evp(key)) != 1) {
		ERR_clear_error();
		X509_free(issuer);
		return ERR_RANGE;
	}
	*ret = issuer;
	return 0;
}

/* Reads one of the two times, which get takes from a certificate. Frees x, which may be NULL. */
static int
time_read(X509 *x, const ASN1_TIME *(*get)(const X509 *), int64_t *ret_s)
{
	struct tm tm;
	int r = ERR_SYNTAX;

	if (x != NULL && ASN1_TIME_to_tm(get(x), &tm) == 1) {
		*ret_s = timegm(&tm);
		r = 0;
	}
	ERR_clear_error();
	X509_free(x);
	return r;
}

int
cert_not_before(struct str der, int64_t *ret_s)
{
	return time_read(x509_parse(der), X509_get0_notBefore, ret_s);
}

int
cert_not_after(struct str der, int64_t *ret_s)
{
	return time_read(x509_parse(der), X509_get0_notAfter, ret_s);
}

int
cert_pem_not_after(struct str pem, int64_t *ret_s)
{
	BIO *bio = pem.n <= INT_MAX ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;
	X509 *x = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, x509_no_pass_phrase, NULL);

	BIO_free(bio);
	return time_read(x, X509_get0_notAfter, ret_s);
}

bool
cert_is_of(struct str der, const struct privkey *key)
{
	X509 *x = x509_parse(der);
	bool is = x != NULL && X509_check_private_key(x, privkey_evp(key)) == 1;

	ERR_clear_error();
	X509_free(x);
	return is;
}

int
cert_issue(struct privkey *issuer_key, struct str issuer_der, const struct cert_request *rq,
    const struct rng *rng, struct buf *out)
{
	const struct profile *profile = profile_find(rq->profile);
	X509 *x = NULL, *issuer = NULL;
	unsigned char *der = NULL;
	int r;

	if (profile == NULL)
		return ERR_RANGE;
	if ((r = request_check(rq)) != 0)
		return r;
	if ((x = X509_new()) == NULL)
		return ERR_CRYPTO;
	if ((r = issuer_find(x, issuer_key, issuer_der, rq->profile, &issuer)) != 0 ||
	    (r = key_set(x, rq)) != 0)
		goto out;
	/* A root whose certificate has another key than the one that signs it would be no root. */
	r = ERR_RANGE;
	if (issuer == x && X509_check_private_key(x, privkey_evp(issuer_key)) != 1)
		goto out;
	if ((r = fields_set(x, issuer, rq, rng)) != 0 ||
	    (r = extensions_add(x, issuer, profile, rq)) != 0)
		goto out;
	r = ERR_CRYPTO;
	if (X509_sign(x, privkey_evp(issuer_key), EVP_sha256()) == 0)
		goto out;
	r = i2d_X509(x, &der);
	r = x509_take(der, r, out);
out:
	ERR_clear_error();
	if (issuer != x)
		X509_free(issuer);
	X509_free(x);
	return r;
}
