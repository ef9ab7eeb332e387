/*
 * attest: checks that a text is signed by a key that may vouch for the audit trail. It is for
 * whoever verifies digests offline, with certificates from outside and the roots that he trusts.
 */
#ifndef PKI_ATTEST_H
#define PKI_ATTEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define ATTEST_MAX_CERTS 3
#define ATTEST_MAX_ROOTS 16 /* an auditor needs those of old digests, too */
/* The common name of such a certificate begins with this (profile CERT_AUDIT). */
#define ATTEST_NAME "audit-digest."

struct attest_input {
	struct str root;                /* the trusted ones: PEM, or the DER of one */
	const struct str *certificates; /* DER: the signer's first, then its issuers */
	size_t n_certificates;
	int64_t at_s;                /* when it was signed, UTC seconds since 1970 */
	struct str bytes, signature; /* RSASSA-PSS with SHA-256 and a salt of 32 bytes */
};

/* 0, or ERR_SYNTAX: root is not one certificate, nor 1 to ATTEST_MAX_ROOTS in PEM. */
int attest_root_check(struct str root) MUST_CHECK;

/*
 * 0, ERR_SYNTAX (the root or a certificate does not parse, or there is a wrong number of them), or
 * ERR_CRYPTO (no path to a root, a certificate for another purpose, a wrong signature). ei says
 * which.
 */
int attest_verify(const struct attest_input *in, struct errinfo *ei) MUST_CHECK;

#endif
