/*
 * ocsp: see ocsp.h.
 */
#include "pki/ocsp.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "pki/x509.h"

/* Makes a basic response about one certificate, which is not signed yet. NULL on failure. */
static OCSP_BASICRESP *
basic_new(X509 *subject, X509 *issuer, int64_t this_update_s, int64_t next_update_s)
{
	ASN1_TIME *this_update = ASN1_GENERALIZEDTIME_set(NULL, (time_t)this_update_s);
	ASN1_TIME *next_update = ASN1_GENERALIZEDTIME_set(NULL, (time_t)next_update_s);
	/* By SHA-1, because the stock scripts find nothing under another CertID (wire.md 5.5). */
	OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), subject, issuer);
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();

	if (this_update == NULL || next_update == NULL || id == NULL || basic == NULL ||
	    OCSP_basic_add1_status(basic, id, V_OCSP_CERTSTATUS_GOOD, 0, NULL, this_update,
		next_update) == NULL) {
		OCSP_BASICRESP_free(basic);
		basic = NULL;
	}
	OCSP_CERTID_free(id);
	ASN1_TIME_free(this_update);
	ASN1_TIME_free(next_update);
	return basic;
}

static int
response_write(OCSP_BASICRESP *basic, struct buf *out)
{
	OCSP_RESPONSE *resp = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
	unsigned char *der = NULL;
	int n, r = ERR_CRYPTO;

	if (resp != NULL) {
		n = i2d_OCSP_RESPONSE(resp, &der);
		r = x509_take(der, n, out);
	}
	OCSP_RESPONSE_free(resp);
	return r;
}

int
ocsp_write(struct privkey *issuer_key, struct str issuer_der, struct str subject_der,
    int64_t this_update_s, int64_t next_update_s, struct buf *out)
{
	X509 *issuer = x509_parse(issuer_der), *subject = x509_parse(subject_der);
	OCSP_BASICRESP *basic = NULL;
	int r = ERR_SYNTAX;

	if (issuer == NULL || subject == NULL)
		goto out;
	r = ERR_RANGE;
	if (this_update_s < 0 || this_update_s >= next_update_s ||
	    X509_check_issued(issuer, subject) != X509_V_OK ||
	    X509_verify(subject, X509_get0_pubkey(issuer)) != 1 ||
	    X509_check_private_key(issuer, privkey_evp(issuer_key)) != 1)
		goto out;
	r = ERR_CRYPTO;
	if ((basic = basic_new(subject, issuer, this_update_s, next_update_s)) == NULL)
		goto out;
	/* OpenSSL sets producedAt to its own clock. None of our readers looks at it. */
	if (OCSP_basic_sign(basic, issuer, privkey_evp(issuer_key), EVP_sha256(), NULL,
		OCSP_NOCERTS) != 1)
		goto out;
	r = response_write(basic, out);
out:
	ERR_clear_error();
	OCSP_BASICRESP_free(basic);
	X509_free(subject);
	X509_free(issuer);
	return r;
}
