/*
 * cert_read: what a certificate says of its names and its issuer. pki/cert.h issues certificates
 * and reads their times, pki/cert_name.h has the names that we give to them.
 */
#ifndef PKI_CERT_READ_H
#define PKI_CERT_READ_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/* Appends its alternative names as cert_request takes them, "DNS:a,IP:192.0.2.1". ERR_SYNTAX (it
 * does not parse), ERR_NOTFOUND (it has none), ERR_UNSUPPORTED (one is of another kind),
 * ERR_TOOBIG. */
int cert_read_sans(struct str der, struct buf *out) MUST_CHECK;
/* Was it issued by the certificate issuer_der: by its name, and signed by its key? Whether either
 * is valid now is not looked at. */
bool cert_read_is_by(struct str der, struct str issuer_der);

#endif
