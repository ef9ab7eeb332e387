/*
 * cert_key: see cert_key.h.
 */
#include "pki/cert_key.h"

#include "pki/x509.h"

int
cert_key_write(struct str der, struct buf *out)
{
	const ASN1_BIT_STRING *key;
	X509 *x = x509_parse(der);
	int r = ERR_SYNTAX;

	if (x == NULL || (key = X509_get0_pubkey_bitstr(x)) == NULL)
		goto out;
	buf_add(out, ASN1_STRING_get0_data(key), (size_t)ASN1_STRING_length(key));
	r = buf_err(out);
out:
	X509_free(x);
	return r;
}
