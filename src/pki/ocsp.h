/*
 * ocsp: makes OCSP responses (RFC 6960) that are served as staples: one
 * certificate, CertID by SHA-1, status good, signed with the key of the
 * certificate's own issuer, no certificates inside (wire.md 5.5).
 */
#ifndef PKI_OCSP_H
#define PKI_OCSP_H

#include <stdint.h>

#include "base/buf.h"
#include "pki/privkey.h"

#define OCSP_MAX_DER_BYTES 4096

/*
 * The OCSPResponse DER, appended to out. For a root, issuer and subject are the
 * same. Errors: ERR_SYNTAX (a certificate does not parse), ERR_RANGE (the subject
 * was not issued by the issuer, the key is not the issuer's, or the times are
 * not in order), ERR_CRYPTO, ERR_TOOBIG.
 */
int ocsp_write(struct privkey *issuer_key, struct str issuer_der, struct str subject_der,
    int64_t this_update_s, int64_t next_update_s, struct buf *out) MUST_CHECK;

#endif
