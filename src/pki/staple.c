/*
 * staple: see staple.h.
 */
#include "pki/staple.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>

#define STAPLE_MAX_BYTES 16384

/* Parses der, which must be exactly one response, and returns the basic response in it, or NULL. */
static OCSP_BASICRESP *
basic_parse(struct str der)
{
	const unsigned char *p = (const unsigned char *)der.p;
	OCSP_BASICRESP *basic = NULL;
	OCSP_RESPONSE *resp;

	if (der.n == 0 || der.n > STAPLE_MAX_BYTES)
		return NULL;
	resp = d2i_OCSP_RESPONSE(NULL, &p, (long)der.n);
	if (resp != NULL && p == (const unsigned char *)der.p + der.n &&
	    OCSP_response_status(resp) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
		basic = OCSP_response_get1_basic(resp);
	OCSP_RESPONSE_free(resp);
	return basic;
}

/* Is the response signed by the issuer itself? The issuer is the only responder that can be found:
 * certificates inside the response are not used. */
static bool
signed_by(OCSP_BASICRESP *basic, X509 *issuer)
{
	STACK_OF(X509) *responders = sk_X509_new_null();
	bool ok;

	ok = responders != NULL && sk_X509_push(responders, issuer) > 0 &&
	    OCSP_basic_verify(basic, responders, NULL, OCSP_TRUSTOTHER | OCSP_NOINTERN) == 1;
	sk_X509_free(responders);
	return ok;
}

static enum chain_fault
times_check(const ASN1_GENERALIZEDTIME *this_update, const ASN1_GENERALIZEDTIME *next_update,
    int64_t now_s)
{
	int order;

	/* -2 is what OpenSSL returns for a time that does not parse. */
	order = ASN1_TIME_cmp_time_t(this_update, (time_t)(now_s + CHAIN_SKEW_S));
	if (order == -2 || order > 0)
		return CHAIN_STAPLE_FUTURE;
	/* The stock scripts take a response without nextUpdate for fresh at any age. We do not. */
	if (next_update == NULL)
		return CHAIN_STAPLE_STALE;
	order = ASN1_TIME_cmp_time_t(next_update, (time_t)(now_s - CHAIN_SKEW_S));
	return order < 0 ? CHAIN_STAPLE_STALE : CHAIN_OK;
}

/* The response must have one entry, and that must be about the subject, by a SHA-1 CertID. */
static enum chain_fault
single_check(OCSP_BASICRESP *basic, OCSP_CERTID *id, int64_t now_s)
{
	ASN1_GENERALIZEDTIME *this_update = NULL, *next_update = NULL;
	OCSP_SINGLERESP *single;
	int status;

	if (OCSP_resp_count(basic) != 1 || OCSP_resp_find(basic, id, -1) != 0)
		return CHAIN_STAPLE_OTHER;
	single = OCSP_resp_get0(basic, 0);
	status = OCSP_single_get0_status(single, NULL, NULL, &this_update, &next_update);
	if (status != V_OCSP_CERTSTATUS_GOOD)
		return CHAIN_STAPLE_STATUS;
	return times_check(this_update, next_update, now_s);
}

enum chain_fault
staple_verify(struct str der, X509 *subject, X509 *issuer, int64_t now_s)
{
	OCSP_BASICRESP *basic = basic_parse(der);
	enum chain_fault fault = CHAIN_STAPLE_BAD;
	OCSP_CERTID *id = NULL;

	if (basic == NULL)
		goto out;
	fault = CHAIN_STAPLE_SIGNER;
	if (!signed_by(basic, issuer))
		goto out;
	fault = CHAIN_STAPLE_OTHER;
	if ((id = OCSP_cert_to_id(EVP_sha1(), subject, issuer)) == NULL)
		goto out;
	fault = single_check(basic, id, now_s);
out:
	ERR_clear_error();
	OCSP_CERTID_free(id);
	OCSP_BASICRESP_free(basic);
	return fault;
}
