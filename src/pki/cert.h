/*
 * cert: issues X.509 v3 certificates by profile. Each passes `openssl verify -x509_strict` of
 * OpenSSL 3 (wire.md 5.4), and all are signed with SHA-256. Outside this room a certificate is its
 * DER bytes. codec/pem reads and writes PEM; cert_name.h has the names of certificates.
 */
#ifndef PKI_CERT_H
#define PKI_CERT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/rand.h"
#include "pki/privkey.h"

#define CERT_MAX_DER_BYTES 8192
/* The common name of CERT_SIGNER begins with this, before REGION.DOMAIN (wire.md 5.4). */
#define CERT_SIGNER_NAME "managed-ssh-signer."

/* The numbers are those in MSG_CK_NEW_KEY, which takes CERT_SIGNER and CERT_AUDIT only. */
enum cert_profile {
	CERT_ROOT = 1,         /* a self-signed CA */
	CERT_INTERMEDIATE = 2, /* a CA with path length 0 */
	CERT_SIGNER = 3,       /* serverAuth; the SAN is the common name */
	CERT_TLS_SERVER = 4,   /* serverAuth; the SANs of the request, at least one */
	CERT_AGENT_CLIENT = 5, /* clientAuth */
	CERT_AUDIT = 6,        /* signs digests of the audit trail; no extended key usage */
};

struct cert_request {
	enum cert_profile profile;
	struct str common_name; /* 1 to 64 of [A-Za-z0-9.-]; also a file name (wire.md 5.4) */
	struct str sans;        /* "DNS:a,IP:192.0.2.1"; empty except for CERT_TLS_SERVER */
	struct str public_key;  /* SPKI, DER */
	int64_t not_before_s;   /* UTC seconds, both from 1970 to the end of 9999 */
	int64_t not_after_s;
};

/*
 * Issues a certificate and appends its DER to out. issuer_der is empty for CERT_ROOT, which
 * issuer_key signs itself, and for no other. The serial number has 126 random bits. Errors:
 * ERR_RANGE (profile, name, SANs or times; a key for CERT_SIGNER that is neither RSA of 2048 bits
 * or more nor on P-256; a key for CERT_AUDIT that is not RSA; an issuer that is missing, unexpected
 * or no CA; an issuer_key that is not the issuer's), ERR_SYNTAX (the issuer or the public key does
 * not parse), ERR_CRYPTO (OpenSSL failed), ERR_TOOBIG (out is full).
 */
int cert_issue(struct privkey *issuer_key, struct str issuer_der, const struct cert_request *rq,
    const struct rng *rng, struct buf *out) MUST_CHECK;

/* When the certificate begins and ends, in UTC seconds. ERR_SYNTAX: it does not parse. */
int cert_not_before(struct str der, int64_t *ret_s) MUST_CHECK;
int cert_not_after(struct str der, int64_t *ret_s) MUST_CHECK;
/* The same of the first certificate in a text of PEM, which is the server's own where its chain
 * follows. Other text may stand before it. ERR_SYNTAX: there is none. */
int cert_pem_not_after(struct str pem, int64_t *ret_s) MUST_CHECK;
/* Is it a certificate of this key? */
bool cert_is_of(struct str der, const struct privkey *key);

#endif
