/*
 * x509: certificates between DER bytes and OpenSSL's form; see x509.h.
 */
#include "pki/x509.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

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
