/*
 * x509: what the files of this room share about certificates. Nothing outside the room includes it,
 * because OpenSSL's types stay inside pki.
 */
#ifndef PKI_X509_H
#define PKI_X509_H

#include <openssl/x509.h>

#include "base/buf.h"

/* Parses exactly one certificate. NULL: der does not parse, or bytes are left over. The caller
 * frees it (X509_free). */
X509 *x509_parse(struct str der);

/* Appends what an i2d function of OpenSSL made, and frees it. n is that function's result, negative
 * if it failed. ERR_CRYPTO (it failed), ERR_TOOBIG (out is full). */
int x509_take(unsigned char *der, int n, struct buf *out) MUST_CHECK;

/* Checks a signature over bytes: RSASSA-PSS with SHA-256, MGF1-SHA-256 and a salt of exactly 32
 * bytes. 0 or ERR_CRYPTO. PKCS#1 v1.5 and other salt lengths are refused too. */
int x509_pss_verify(EVP_PKEY *key, struct str bytes, struct str signature) MUST_CHECK;

#endif
