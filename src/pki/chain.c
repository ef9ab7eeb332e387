/*
 * chain: verifies a signer chain and what its leaf signed; see chain.h.
 *
 * OpenSSL builds the path and checks it strictly (X509_verify_cert). It trusts only the pinned
 * root, and checks that the leaf is a TLS server's certificate for the signer's name. What openeic
 * demands beyond that is checked before and after.
 */
#include "pki/chain.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "codec/pem.h"
#include "pki/cert_name.h"
#include "pki/staple.h"
#include "pki/x509.h"

#define AUTH_LEVEL 2 /* 112 bits of security: no SHA-1, no RSA below 2048 */

struct chain {
	EVP_PKEY *leaf;
};

/* A chain that is being verified. */
struct work {
	const struct chain_input *in;
	struct arena *arena;
	struct pem_block pinned[CHAIN_MAX_ROOTS];
	size_t n_pinned;
	struct pem_block blocks[CHAIN_MAX_CERTS];
	X509 *certs[CHAIN_MAX_CERTS]; /* the leaf is first */
	size_t n;
};

const char *
chain_fault_text(enum chain_fault fault)
{
	switch (fault) {
	case CHAIN_OK:
		return "good";
	case CHAIN_BAD_PEM:
		return "the chain is not a row of PEM certificates";
	case CHAIN_BAD_CERT:
		return "a certificate does not parse";
	case CHAIN_BAD_ROOT:
		return "what is pinned is not one certificate, nor several in PEM";
	case CHAIN_LENGTH:
		return "the chain has a wrong number of certificates";
	case CHAIN_NOT_PINNED:
		return "the chain does not end in a pinned root";
	case CHAIN_ORDER:
		return "a certificate was not issued by the next one";
	case CHAIN_SIGNATURE:
		return "a certificate's signature is wrong";
	case CHAIN_NAME:
		return "the signer has another common name";
	case CHAIN_SAN:
		return "the signer's alternative names lack its name";
	case CHAIN_PURPOSE:
		return "the signer's certificate is for another purpose";
	case CHAIN_NOT_YET:
		return "a certificate is not valid yet";
	case CHAIN_EXPIRED:
		return "a certificate has expired";
	case CHAIN_STRICT:
		return "a certificate breaks a rule of X.509";
	case CHAIN_KEY:
		return "the signer's key is neither RSA of 2048 bits or more nor P-256";
	case CHAIN_STAPLE_MISSING:
		return "the OCSP response of a certificate is missing";
	case CHAIN_STAPLE_BAD:
		return "an OCSP response does not parse";
	case CHAIN_STAPLE_SIGNER:
		return "an OCSP response is not signed by the issuer";
	case CHAIN_STAPLE_OTHER:
		return "an OCSP response is about another certificate";
	case CHAIN_STAPLE_STATUS:
		return "a certificate is revoked or unknown";
	case CHAIN_STAPLE_FUTURE:
		return "an OCSP response is from the future";
	case CHAIN_STAPLE_STALE:
		return "an OCSP response is out of date";
	}
	return "unknown fault";
}

/* The DER of the pinned roots, which are given as PEM, or as the DER of one. False: neither. */
static bool
pinned_parse(struct work *w)
{
	struct str root = w->in->root;
	size_t i;

	if (!str_starts(root, STR("-----"))) {
		w->pinned[0].der = root;
		w->n_pinned = 1;
		return root.n > 0;
	}
	if (pem_parse(w->arena, root, w->pinned, CHAIN_MAX_ROOTS, &w->n_pinned) != 0)
		return false;
	for (i = 0; i < w->n_pinned && str_eq_c(w->pinned[i].label, "CERTIFICATE"); i++)
		;
	return i == w->n_pinned;
}

static bool
is_pinned(const struct work *w, struct str der)
{
	size_t i;

	for (i = 0; i < w->n_pinned && !str_eq(der, w->pinned[i].der); i++)
		;
	return i < w->n_pinned;
}

/* Parses the PEM. The root is parsed only once, as part of the chain, because its bytes are
 * compared with those of the pinned ones first. */
static enum chain_fault
certs_parse(struct work *w)
{
	size_t i;
	int r;

	if (!pinned_parse(w))
		return CHAIN_BAD_ROOT;
	if (w->in->pem.n > CHAIN_MAX_PEM_BYTES)
		return CHAIN_LENGTH;
	r = pem_parse(w->arena, w->in->pem, w->blocks, CHAIN_MAX_CERTS, &w->n);
	if (r != 0)
		return r == ERR_TOOBIG ? CHAIN_LENGTH : CHAIN_BAD_PEM;
	if (w->n < 2)
		return CHAIN_LENGTH;
	for (i = 0; i < w->n; i++)
		if (!str_eq_c(w->blocks[i].label, "CERTIFICATE"))
			return CHAIN_BAD_PEM;
	if (!is_pinned(w, w->blocks[w->n - 1].der))
		return CHAIN_NOT_PINNED;
	for (i = 0; i < w->n; i++)
		if ((w->certs[i] = x509_parse(w->blocks[i].der)) == NULL)
			return CHAIN_BAD_CERT;
	return CHAIN_OK;
}

/* Is the last part (RDN) of the subject's name a common name, the expected one, and the only
 * one? */
static bool
name_is(X509 *x, struct str expected)
{
	const X509_NAME *name = X509_get_subject_name(x);
	int last = X509_NAME_entry_count(name) - 1;
	const ASN1_STRING *cn;

	if (last < 0 || X509_NAME_get_index_by_NID(name, NID_commonName, -1) != last)
		return false;
	cn = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last));
	return str_eq(str_of_n(ASN1_STRING_get0_data(cn), (size_t)ASN1_STRING_length(cn)),
	    expected);
}

/* Checks what must be true of the leaf itself, whoever issued it. */
static enum chain_fault
leaf_check(const struct work *w)
{
	const uint32_t there = EXFLAG_BCONS | EXFLAG_KUSAGE | EXFLAG_XKUSAGE;
	const EVP_PKEY *key = X509_get0_pubkey(w->certs[0]);

	if (key == NULL || !x509_signs_entries(key))
		return CHAIN_KEY;
	if (!name_is(w->certs[0], w->in->common_name))
		return CHAIN_NAME;
	/* The extensions must be there: OpenSSL takes a missing one for leave to do everything. */
	if ((X509_get_extension_flags(w->certs[0]) & (there | EXFLAG_CA)) != there ||
	    X509_get_key_usage(w->certs[0]) != KU_DIGITAL_SIGNATURE ||
	    X509_get_extended_key_usage(w->certs[0]) != XKU_SSL_SERVER)
		return CHAIN_PURPOSE;
	return CHAIN_OK;
}

static enum chain_fault
order_check(const struct work *w)
{
	size_t i;

	for (i = 0; i + 1 < w->n; i++)
		if (X509_NAME_cmp(X509_get_issuer_name(w->certs[i]),
			X509_get_subject_name(w->certs[i + 1])) != 0)
			return CHAIN_ORDER;
	return CHAIN_OK;
}

static enum chain_fault
fault_of(int x509_error)
{
	switch (x509_error) {
	case X509_V_ERR_CERT_SIGNATURE_FAILURE:
		return CHAIN_SIGNATURE;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return CHAIN_NOT_YET;
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return CHAIN_EXPIRED;
	case X509_V_ERR_HOSTNAME_MISMATCH:
		return CHAIN_SAN;
	case X509_V_ERR_INVALID_PURPOSE:
		return CHAIN_PURPOSE;
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		return CHAIN_ORDER;
	default:
		return CHAIN_STRICT;
	}
}

static bool
param_set(X509_STORE_CTX *ctx, const struct chain_input *in)
{
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);

	X509_VERIFY_PARAM_set_time(param, (time_t)in->now_s);
	X509_VERIFY_PARAM_set_auth_level(param, AUTH_LEVEL);
	X509_VERIFY_PARAM_set_hostflags(param,
	    X509_CHECK_FLAG_NO_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	return X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT) == 1 &&
	    X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER) == 1 &&
	    X509_VERIFY_PARAM_set1_host(param, in->common_name.p, in->common_name.n) == 1;
}

/* Is the path that OpenSSL built the chain as it was given, with each certificate in its place? */
static bool
path_is_chain(X509_STORE_CTX *ctx, const struct work *w)
{
	STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(ctx);
	size_t i;

	if (path == NULL || sk_X509_num(path) != (int)w->n)
		return false;
	for (i = 0; i < w->n; i++)
		if (sk_X509_value(path, (int)i) != w->certs[i])
			return false;
	return true;
}

static enum chain_fault
path_verify(const struct work *w)
{
	STACK_OF(X509) *roots = sk_X509_new_null(), *others = sk_X509_new_null();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	enum chain_fault fault = CHAIN_STRICT;
	size_t i;

	if (roots == NULL || others == NULL || ctx == NULL)
		goto out;
	for (i = 1; i + 1 < w->n; i++)
		if (sk_X509_push(others, w->certs[i]) <= 0)
			goto out;
	if (sk_X509_push(roots, w->certs[w->n - 1]) <= 0 ||
	    X509_STORE_CTX_init(ctx, NULL, w->certs[0], others) != 1)
		goto out;
	X509_STORE_CTX_set0_trusted_stack(ctx, roots);
	if (!param_set(ctx, w->in))
		goto out;
	if (X509_verify_cert(ctx) != 1)
		fault = fault_of(X509_STORE_CTX_get_error(ctx));
	else
		fault = path_is_chain(ctx, w) ? CHAIN_OK : CHAIN_ORDER;
out:
	X509_STORE_CTX_free(ctx);
	sk_X509_free(others);
	sk_X509_free(roots);
	return fault;
}

static const struct chain_staple *
staple_find(const struct chain_input *in, struct str cert_der)
{
	char name[41];
	size_t i;

	cert_name_sha1(cert_der, name);
	for (i = 0; i < in->n_staples; i++)
		if (str_eq_c(in->staples[i].name, name))
			return &in->staples[i];
	return NULL;
}

static enum chain_fault
staples_verify(const struct work *w)
{
	const struct chain_staple *staple;
	enum chain_fault fault;
	size_t i;

	for (i = 0; i + 1 < w->n; i++) {
		if ((staple = staple_find(w->in, w->blocks[i].der)) == NULL)
			return CHAIN_STAPLE_MISSING;
		fault = staple_verify(staple->der, w->certs[i], w->certs[i + 1], w->in->now_s);
		if (fault != CHAIN_OK)
			return fault;
	}
	return CHAIN_OK;
}

static enum chain_fault
work_run(struct work *w)
{
	enum chain_fault fault;

	if ((fault = certs_parse(w)) != CHAIN_OK || (fault = leaf_check(w)) != CHAIN_OK ||
	    (fault = order_check(w)) != CHAIN_OK || (fault = path_verify(w)) != CHAIN_OK)
		return fault;
	return staples_verify(w);
}

int
chain_verify(const struct chain_input *in, struct chain **ret, enum chain_fault *ret_fault)
{
	struct work w = { .in = in };
	size_t i;

	*ret = NULL;
	w.arena = arena_new(4 * CHAIN_MAX_PEM_BYTES);
	if ((*ret_fault = work_run(&w)) == CHAIN_OK) {
		*ret = xalloc(sizeof(**ret));
		(*ret)->leaf = X509_get0_pubkey(w.certs[0]);
		if (EVP_PKEY_up_ref((*ret)->leaf) != 1)
			abort();
	}
	ERR_clear_error();
	for (i = 0; i < CHAIN_MAX_CERTS; i++)
		X509_free(w.certs[i]);
	arena_free(w.arena);
	return *ret == NULL ? ERR_CRYPTO : 0;
}

void
chain_free(struct chain *c)
{
	if (c == NULL)
		return;
	EVP_PKEY_free(c->leaf);
	xfree(c);
}

int
chain_blob_verify(const struct chain *c, struct str bytes, struct str signature)
{
	if (EVP_PKEY_is_a(c->leaf, "RSA"))
		return x509_pss_verify(c->leaf, bytes, signature);
	return x509_ecdsa_verify(c->leaf, bytes, signature);
}
