/*
 * cert_key: the public key in a certificate. It is apart from cert, like cert_name, so that core
 * does not link what handles private keys.
 */
#ifndef PKI_CERT_KEY_H
#define PKI_CERT_KEY_H

#include "base/buf.h"
#include "base/err.h"

/* Appends the public key of a certificate (DER) as it stands in there: an RSA key is in PKCS#1
 * (RFC 8017 A.1.1). ERR_SYNTAX: it is no certificate; ERR_TOOBIG: out is full. */
int cert_key_write(struct str der, struct buf *out) MUST_CHECK;

#endif
