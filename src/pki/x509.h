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

/* For OpenSSL's readers of PEM, so that they refuse what is encrypted and ask nobody. */
int x509_no_pass_phrase(char *buf, int size, int writing, void *ctx);

/* May a signer have this key? RSA of 2048 bits or more may be, and EC on P-256. */
bool x509_signs_entries(const EVP_PKEY *key);

/*
 * Check a signature over bytes, with SHA-256. 0 or ERR_CRYPTO. pss: RSASSA-PSS with MGF1-SHA-256
 * and a salt of exactly 32 bytes; PKCS#1 v1.5, other salt lengths and keys that are not RSA are
 * refused. ecdsa: an ECDSA-Sig-Value in DER (RFC 3279 2.2.3), in no other encoding; keys that are
 * not EC are refused.
 */
int x509_pss_verify(EVP_PKEY *key, struct str bytes, struct str signature) MUST_CHECK;
int x509_ecdsa_verify(EVP_PKEY *key, struct str bytes, struct str signature) MUST_CHECK;

#endif
