/*
 * chain: verifies that a signer chain is ours and that a blob entry is signed by its leaf (wire.md
 * 5.3-5.5). The sshd helper uses it, so it has no files, no configuration and no clock of its own,
 * and parses every certificate once. It is strict: what is not proven is refused, with the reason.
 */
#ifndef PKI_CHAIN_H
#define PKI_CHAIN_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define CHAIN_MAX_CERTS 4
#define CHAIN_MAX_ROOTS 4 /* in use, to come, and some to spare (decision 0056) */
#define CHAIN_MAX_PEM_BYTES 32768
#define CHAIN_SKEW_S 300 /* how wrong the times of a staple may be */

/* Why a chain is refused. */
enum chain_fault {
	CHAIN_OK = 0,
	CHAIN_BAD_PEM,        /* not a sequence of PEM certificates and nothing else */
	CHAIN_BAD_CERT,       /* a certificate's DER does not parse, or bytes follow it */
	CHAIN_BAD_ROOT,       /* the pinned roots do not parse, or are none or too many */
	CHAIN_LENGTH,         /* fewer than 2 or more than CHAIN_MAX_CERTS certificates */
	CHAIN_NOT_PINNED,     /* the last certificate is not a pinned root */
	CHAIN_ORDER,          /* a certificate was not issued by the next one */
	CHAIN_SIGNATURE,      /* a certificate's signature is wrong */
	CHAIN_NAME,           /* the last RDN of the leaf is not CN= the expected name */
	CHAIN_SAN,            /* the leaf has no SAN dNSName of that name */
	CHAIN_PURPOSE,        /* the leaf is a CA, or not for serverAuth and signing alone */
	CHAIN_NOT_YET,        /* a certificate is not valid yet */
	CHAIN_EXPIRED,        /* a certificate is no longer valid */
	CHAIN_STRICT,         /* another rule of X.509 (x509_strict) is broken */
	CHAIN_KEY,            /* the leaf's key is neither RSA of 2048 bits or more nor P-256 */
	CHAIN_STAPLE_MISSING, /* a certificate has no staple under its name */
	CHAIN_STAPLE_BAD,     /* it does not parse, or is not a successful basic response */
	CHAIN_STAPLE_SIGNER,  /* it is not signed by the certificate's issuer */
	CHAIN_STAPLE_OTHER,   /* it is not about this certificate (CertID, SHA-1) */
	CHAIN_STAPLE_STATUS,  /* it says "revoked" or "unknown" */
	CHAIN_STAPLE_FUTURE,  /* its thisUpdate is later than now + skew */
	CHAIN_STAPLE_STALE,   /* its nextUpdate is missing, or earlier than now - skew */
};

/* A short English text; never NULL. */
const char *chain_fault_text(enum chain_fault fault);

struct chain_staple {
	struct str name; /* SHA-1 of the certificate (cert_name_sha1) */
	struct str der;  /* an OCSPResponse */
};

struct chain_input {
	struct str pem; /* leaf, intermediates, root */
	/* one for each certificate but the root; more are ignored */
	const struct chain_staple *staples;
	size_t n_staples;
	struct str root;        /* what is pinned: up to CHAIN_MAX_ROOTS in PEM, or one in DER */
	struct str common_name; /* managed-ssh-signer.<region>.<domain> */
	int64_t now_s;          /* UTC seconds since 1970 */
};

/* A chain that was found good. It holds the leaf's public key. */
struct chain;

/*
 * Verifies a chain. On success returns 0 with *ret_fault CHAIN_OK, and the caller frees *ret.
 * Otherwise returns ERR_CRYPTO; *ret is NULL and *ret_fault says why. If several rules are broken,
 * it names one of them.
 */
int chain_verify(const struct chain_input *in, struct chain **ret,
    enum chain_fault *ret_fault) MUST_CHECK;
void chain_free(struct chain *c); /* NULL is fine */

/*
 * Checks that signature is the leaf's over bytes, by the one algorithm that the kind of the leaf's
 * key allows. RSA: RSASSA-PSS with SHA-256, MGF1-SHA-256 and a salt of exactly 32 bytes. P-256:
 * ECDSA with SHA-256, in strict DER. 0 or ERR_CRYPTO. PKCS#1 v1.5, other salt lengths and a
 * signature of the other kind are refused too.
 */
int chain_blob_verify(const struct chain *c, struct str bytes, struct str signature) MUST_CHECK;

#endif
