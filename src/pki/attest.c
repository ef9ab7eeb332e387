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

static X509 *
root_parse(struct str root)
{
	struct arena *a = arena_new(2 * MAX_ROOT_BYTES);
	struct pem_block block;
	X509 *x = NULL;
	size_t n;

	if (!str_starts(root, STR("-----")))
		x = x509_parse(root);
	else if (root.n <= MAX_ROOT_BYTES && pem_parse(a, root, &block, 1, &n) == 0 &&
	    str_eq_c(block.label, "CERTIFICATE"))
		x = x509_parse(block.der);
	arena_free(a);
	return x;
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

/* Returns NULL if there is a path from the first certificate to the root, or else OpenSSL's
 * reason. */
static const char *
path_verify(X509 *const *certs, size_t n, X509 *root, int64_t at_s)
{
	STACK_OF(X509) *roots = sk_X509_new_null(), *others = sk_X509_new_null();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	const char *why = "out of memory";
	X509_VERIFY_PARAM *param;
	size_t i;

	if (roots == NULL || others == NULL || ctx == NULL || sk_X509_push(roots, root) <= 0)
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
	sk_X509_free(roots);
	return why;
}

static int
refuse(struct errinfo *ei, int r, const char *why)
{
	err_set(ei, "%s", why);
	return r;
}

static int
certs_verify(const struct attest_input *in, X509 **certs, X509 *root, struct errinfo *ei)
{
	const char *why;
	size_t i;

	if (root == NULL)
		return refuse(ei, ERR_SYNTAX, "the root is not one certificate");
	for (i = 0; i < in->n_certificates; i++)
		if ((certs[i] = x509_parse(in->certificates[i])) == NULL)
			return refuse(ei, ERR_SYNTAX, "a certificate does not parse");
	if (!purpose_fits(certs[0]))
		return refuse(ei, ERR_CRYPTO, "the certificate is for another purpose");
	if ((why = path_verify(certs, in->n_certificates, root, in->at_s)) != NULL)
		return refuse(ei, ERR_CRYPTO, why);
	if (x509_pss_verify(X509_get0_pubkey(certs[0]), in->bytes, in->signature) != 0)
		return refuse(ei, ERR_CRYPTO, "the signature is wrong");
	return 0;
}

int
attest_root_check(struct str root)
{
	X509 *x = root_parse(root);
	int r = x == NULL ? ERR_SYNTAX : 0;

	X509_free(x);
	ERR_clear_error();
	return r;
}

int
attest_verify(const struct attest_input *in, struct errinfo *ei)
{
	X509 *certs[ATTEST_MAX_CERTS] = { NULL }, *root;
	size_t i;
	int r;

	if (in->n_certificates < 1 || in->n_certificates > ATTEST_MAX_CERTS)
		return refuse(ei, ERR_SYNTAX, "a wrong number of certificates");
	root = root_parse(in->root);
	r = certs_verify(in, certs, root, ei);
	for (i = 0; i < ATTEST_MAX_CERTS; i++)
		X509_free(certs[i]);
	X509_free(root);
	ERR_clear_error();
	return r;
}
