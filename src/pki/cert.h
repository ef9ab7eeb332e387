/*
 * cert: issues X.509 v3 certificates by profile, each clean under
 * `openssl verify -x509_strict` of OpenSSL 3 (wire.md 5.4). All are
 * signed with SHA-256. Certificates outside this room are DER bytes; PEM is
 * codec/pem's, what they are called is cert_name's.
 */
#ifndef PKI_CERT_H
#define PKI_CERT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/rand.h"
#include "pki/privkey.h"

#define CERT_MAX_DER_BYTES 8192

/* The numbers are those of MSG_CK_ISSUE. */
enum cert_profile {
	CERT_ROOT = 1,         /* self-signed CA */
	CERT_INTERMEDIATE = 2, /* CA, path length 0 */
	CERT_SIGNER = 3,       /* serverAuth; the SAN is the common name */
	CERT_TLS_SERVER = 4,   /* serverAuth; SANs as given, at least one */
	CERT_AGENT_CLIENT = 5, /* clientAuth */
	CERT_AUDIT = 6,        /* signs digests of the audit trail: no extended usage */
};

struct cert_request {
	enum cert_profile profile;
	struct str common_name; /* 1..64 of [A-Za-z0-9.-]; also a file name (wire.md 5.4) */
	struct str sans;        /* "DNS:a,IP:192.0.2.1"; profile 4 only, else empty */
	struct str public_key;  /* SPKI DER */
	int64_t not_before_s;   /* UTC seconds, both 1970..9999 */
	int64_t not_after_s;
};

/*
 * Issues a certificate; its DER is appended to out. issuer_der is empty exactly
 * for CERT_ROOT, which issuer_key signs itself. The serial number is random,
 * 127 bits. Errors: ERR_RANGE (profile, name, SANs, times, a signer that is not RSA,
 * or an issuer that is missing, unexpected or no CA), ERR_SYNTAX (issuer or
 * public key do not parse), ERR_CRYPTO, ERR_TOOBIG.
 */
int cert_issue(struct privkey *issuer_key, struct str issuer_der, const struct cert_request *rq,
    const struct rng *rng, struct buf *out) MUST_CHECK;

#endif
