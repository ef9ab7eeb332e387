/*
 * ocsp: makes OCSP responses (RFC 6960), which are served as staples. A response is about one
 * certificate, with a SHA-1 CertID and status good. It is signed with the key of the certificate's
 * issuer and has no certificates inside (wire.md 5.5).
 */
#ifndef PKI_OCSP_H
#define PKI_OCSP_H

#include <stdint.h>

#include "base/buf.h"
#include "pki/privkey.h"

#define OCSP_MAX_DER_BYTES 4096

/*
 * Appends the OCSPResponse as DER to out. For a root, issuer and subject are the same. Errors:
 * ERR_SYNTAX (a certificate does not parse), ERR_RANGE (the issuer did not issue the subject, the
 * key is not the issuer's, or the times are not in order), ERR_CRYPTO (OpenSSL failed), ERR_TOOBIG
 * (out is full).
 */
int ocsp_write(struct privkey *issuer_key, struct str issuer_der, struct str subject_der,
    int64_t this_update_s, int64_t next_update_s, struct buf *out) MUST_CHECK;

#endif
