/*
 * attest: see attest.h. A key that signs logins must not vouch for the audit trail, nor the other
 * way round. The two kinds of certificate differ in name, in key usage, and in that one of them has
 * no extended key usage.
 */
#include "pki/attest.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "base/arena.h"
#include "codec/pem.h"
#include "pki/x509.h"

#define AUTH_LEVEL 2 /* 112 bits of security: no SHA-1, no RSA below 2048 */
#define MAX_ROOT_BYTES 32768
#define USAGE (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)

/* The trusted roots. NULL: they do not parse, or are none or too many. */
static STACK_OF(X509) * roots_parse(struct str root)
{
	struct arena *a = arena_new(2 * MAX_ROOT_BYTES);
	struct pem_block blocks[ATTEST_MAX_ROOTS] = { { .der = root } };
	STACK_OF(X509) *roots = sk_X509_new_null();
	bool pem = str_starts(root, STR("-----"));
	size_t i, n = 1;
	X509 *x;

	if (pem &&
	    (root.n > MAX_ROOT_BYTES || pem_parse(a, root, blocks, ATTEST_MAX_ROOTS, &n) != 0))
		n = 0;
	for (i = 0; i < n; i++) {
		x = pem && !str_eq_c(blocks[i].label, "CERTIFICATE") ? NULL
								     : x509_parse(blocks[i].der);
		if (x == NULL || roots == NULL || sk_X509_push(roots, x) <= 0) {
			X509_free(x);
			n = 0;
		}
	}
	if (n == 0) {
		sk_X509_pop_free(roots, X509_free);
		roots = NULL;
	}
	arena_free(a);
	return roots;
}

static bool
name_fits(X509 *x)
{
	const X509_NAME *name = X509_get_subject_name(x);
	int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
	const ASN1_STRING *cn;

	if (at < 0 || X509_NAME_get_index_by_NID(name, NID_commonName, at) >= 0)
		return false;
	cn = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
	return str_starts(str_of_n(ASN1_STRING_get0_data(cn), (size_t)ASN1_STRING_length(cn)),
	    STR(ATTEST_NAME));
}

static bool
purpose_fits(X509 *x)
{
	const EVP_PKEY *key = X509_get0_pubkey(x);

	return key != NULL && EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) >= 2048 &&
	    name_fits(x) && X509_check_ca(x) == 0 &&
	    X509_get_ext_by_NID(x, NID_key_usage, -1) >= 0 &&
	    (X509_get_key_usage(x) & USAGE) == USAGE &&
	    X509_get_ext_by_NID(x, NID_ext_key_usage, -1) < 0;
}

/* Returns NULL if there is a path from the first certificate to a root, or else OpenSSL's
 * reason. */
static const char *
path_verify(X509 *const *certs, size_t n, STACK_OF(X509) * roots, int64_t at_s)
{
	STACK_OF(X509) *others = sk_X509_new_null();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	const char *why = "out of memory";
	X509_VERIFY_PARAM *param;
	size_t i;

	if (others == NULL || ctx == NULL)
		goto out;
	for (i = 1; i < n; i++)
		if (sk_X509_push(others, certs[i]) <= 0)
			goto out;
	if (X509_STORE_CTX_init(ctx, NULL, certs[0], others) != 1)
		goto out;
	X509_STORE_CTX_set0_trusted_stack(ctx, roots);
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_time(param, (time_t)at_s);
	X509_VERIFY_PARAM_set_auth_level(param, AUTH_LEVEL);
	if (X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT) != 1)
		goto out;
	why = X509_verify_cert(ctx) == 1
	    ? NULL
	    : X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx));
out:
	X509_STORE_CTX_free(ctx);
	sk_X509_free(others);
	return why;
}

static int
refuse(struct errinfo *ei, int r, const char *why)
{
	err_set(ei, "%s", why);
	return r;
}

static int
certs_verify(const struct attest_input *in, X509 **certs, STACK_OF(X509) * roots,
    struct errinfo *ei)
{
	const char *why;
	size_t i;

	if (roots == NULL)
		return refuse(ei, ERR_SYNTAX,
		    "the root is not one certificate, nor several in PEM");
	for (i = 0; i < in->n_certificates; i++)
		if ((certs[i] = x509_parse(in->certificates[i])) == NULL)
			return refuse(ei, ERR_SYNTAX, "a certificate does not parse");
	if (!purpose_fits(certs[0]))
		return refuse(ei, ERR_CRYPTO, "the certificate is for another purpose");
	if ((why = path_verify(certs, in->n_certificates, roots, in->at_s)) != NULL)
		return refuse(ei, ERR_CRYPTO, why);
	if (x509_pss_verify(X509_get0_pubkey(certs[0]), in->bytes, in->signature) != 0)
		return refuse(ei, ERR_CRYPTO, "the signature is wrong");
	return 0;
}

int
attest_root_check(struct str root)
{
	STACK_OF(X509) *roots = roots_parse(root);
	int r = roots == NULL ? ERR_SYNTAX : 0;

	sk_X509_pop_free(roots, X509_free);
	ERR_clear_error();
	return r;
}

int
attest_verify(const struct attest_input *in, struct errinfo *ei)
{
	X509 *certs[ATTEST_MAX_CERTS] = { NULL };
	STACK_OF(X509) * roots;
	size_t i;
	int r;

	if (in->n_certificates < 1 || in->n_certificates > ATTEST_MAX_CERTS)
		return refuse(ei, ERR_SYNTAX, "a wrong number of certificates");
	roots = roots_parse(in->root);
	r = certs_verify(in, certs, roots, ei);
	for (i = 0; i < ATTEST_MAX_CERTS; i++)
		X509_free(certs[i]);
	sk_X509_pop_free(roots, X509_free);
	ERR_clear_error();
	return r;
}
