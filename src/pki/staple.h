/*
 * staple: verifies what ocsp makes. Only chain includes it.
 */
#ifndef PKI_STAPLE_H
#define PKI_STAPLE_H

#include <openssl/x509.h>

#include "base/str.h"
#include "pki/chain.h"

/* Does der say that the issuer holds subject for good at now_s? Returns CHAIN_OK or one of
 * CHAIN_STAPLE_*. */
enum chain_fault staple_verify(struct str der, X509 *subject, X509 *issuer, int64_t now_s);

#endif
