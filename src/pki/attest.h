/*
 * attest: is this text signed by a key that may vouch for the audit trail? For
 * who verifies digests offline: certificates from outside, one trusted root.
 */
#ifndef PKI_ATTEST_H
#define PKI_ATTEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define ATTEST_MAX_CERTS 3
/* How the common name of such a certificate begins (profile CERT_AUDIT). */
#define ATTEST_NAME "audit-digest."

struct attest_input {
	struct str root;                /* the trusted one, PEM or DER */
	const struct str *certificates; /* DER: the signer's, then those up to the root */
	size_t n_certificates;
	int64_t at_s;                /* UTC: when it was signed */
	struct str bytes, signature; /* RSASSA-PSS, SHA-256, salt 32 */
};

/* 0, or ERR_SYNTAX: this can be no root, since it is not one certificate. */
int attest_root_check(struct str root) MUST_CHECK;

/* 0, ERR_SYNTAX (a certificate does not parse, or their number), or ERR_CRYPTO
 * (no way to the root, not for this purpose, wrong signature); ei says which. */
int attest_verify(const struct attest_input *in, struct errinfo *ei) MUST_CHECK;

#endif
