/*
 * cert_read: see cert_read.h.
 */
#include "pki/cert_read.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "pki/x509.h"

static int
san_write(const GENERAL_NAME *name, struct buf *out)
{
	char text[INET6_ADDRSTRLEN];
	const ASN1_STRING *v;
	int type, n;

	v = GENERAL_NAME_get0_value(name, &type);
	if (type == GEN_DNS) {
		buf_c(out, "DNS:");
		buf_add(out, ASN1_STRING_get0_data(v), (size_t)ASN1_STRING_length(v));
		return 0;
	}
	n = ASN1_STRING_length(v);
	if (type != GEN_IPADD || (n != 4 && n != 16) ||
	    inet_ntop(n == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(v), text, sizeof(text)) ==
		NULL)
		return ERR_UNSUPPORTED;
	buf_c(out, "IP:");
	buf_c(out, text);
	return 0;
}

int
cert_read_sans(struct str der, struct buf *out)
{
	X509 *x = x509_parse(der);
	GENERAL_NAMES *names = NULL;
	int i, r = ERR_SYNTAX;

	if (x == NULL)
		goto out;
	r = ERR_NOTFOUND;
	if ((names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL)) == NULL)
		goto out;
	for (i = 0, r = 0; r == 0 && i < sk_GENERAL_NAME_num(names); i++) {
		if (i > 0)
			buf_ch(out, ',');
		r = san_write(sk_GENERAL_NAME_value(names, i), out);
	}
	if (r == 0)
		r = buf_err(out);
out:
	GENERAL_NAMES_free(names);
	ERR_clear_error();
	X509_free(x);
	return r;
}

bool
cert_read_is_by(struct str der, struct str issuer_der)
{
	X509 *x = x509_parse(der), *issuer = x509_parse(issuer_der);
	bool is = x != NULL && issuer != NULL && X509_check_issued(issuer, x) == X509_V_OK &&
	    X509_verify(x, X509_get0_pubkey(issuer)) == 1;

	ERR_clear_error();
	X509_free(issuer);
	X509_free(x);
	return is;
}
