/*
 * x509: what the files of this room share about certificates. Nothing outside
 * the room includes it: OpenSSL's types do not leave pki.
 */
#ifndef PKI_X509_H
#define PKI_X509_H

#include <openssl/x509.h>

#include "base/buf.h"

/* One certificate, exactly: NULL when der does not parse or bytes are left over.
 * The caller frees it (X509_free). */
X509 *x509_parse(struct str der);

/* Appends what an i2d function made, and frees it. n is its result: negative
 * when it failed. ERR_CRYPTO, ERR_TOOBIG. */
int x509_take(unsigned char *der, int n, struct buf *out) MUST_CHECK;

/* Is signature RSASSA-PSS (SHA-256, MGF1-SHA-256, salt exactly 32) over bytes?
 * 0, or ERR_CRYPTO: PKCS#1 v1.5 and other salt lengths are refused too. */
int x509_pss_verify(EVP_PKEY *key, struct str bytes, struct str signature) MUST_CHECK;

#endif
