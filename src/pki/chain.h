/*
 * chain: the verifying side: is this signer chain ours, and is this blob entry
 * signed by its leaf (wire.md 5.3-5.5)? Used by the sshd helper: no files, no
 * configuration, no clock of its own, every certificate parsed once. Strict:
 * what is not proven is refused, with the exact reason.
 */
#ifndef PKI_CHAIN_H
#define PKI_CHAIN_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define CHAIN_MAX_CERTS 4
#define CHAIN_MAX_PEM_BYTES 32768
#define CHAIN_SKEW_S 300 /* what a staple's times are allowed to be off */

/* Why a chain is refused. */
enum chain_fault {
	CHAIN_OK = 0,
	CHAIN_BAD_PEM,        /* not PEM certificates and nothing else */
	CHAIN_BAD_CERT,       /* DER that does not parse, or with bytes behind it */
	CHAIN_BAD_ROOT,       /* the pinned root does not parse, or is not one certificate */
	CHAIN_LENGTH,         /* not 2..CHAIN_MAX_CERTS certificates */
	CHAIN_NOT_PINNED,     /* the last certificate is not the pinned root */
	CHAIN_ORDER,          /* a certificate was not issued by the next one */
	CHAIN_SIGNATURE,      /* a certificate's signature is wrong */
	CHAIN_NAME,           /* the leaf's CN, its last RDN, is not the expected name */
	CHAIN_SAN,            /* the leaf has no SAN dNSName of that name */
	CHAIN_PURPOSE,        /* the leaf is not for serverAuth or digitalSignature */
	CHAIN_NOT_YET,        /* a certificate is not valid yet */
	CHAIN_EXPIRED,        /* a certificate is not valid any more */
	CHAIN_STRICT,         /* another rule of X.509 (x509_strict) is broken */
	CHAIN_KEY,            /* the leaf's key is not RSA of 2048 bits or more */
	CHAIN_STAPLE_MISSING, /* none under the name of a certificate */
	CHAIN_STAPLE_BAD,     /* does not parse, or not a successful basic response */
	CHAIN_STAPLE_SIGNER,  /* not signed by the certificate's issuer */
	CHAIN_STAPLE_OTHER,   /* is not about this certificate (CertID, SHA-1) */
	CHAIN_STAPLE_STATUS,  /* revoked or unknown */
	CHAIN_STAPLE_FUTURE,  /* thisUpdate is later than now + skew */
	CHAIN_STAPLE_STALE,   /* nextUpdate is missing, or earlier than now - skew */
};

/* A short English text; never NULL. */
const char *chain_fault_text(enum chain_fault fault);

struct chain_staple {
	struct str name; /* SHA-1 of the certificate, 40 upper-case hex digits */
	struct str der;  /* OCSPResponse */
};

struct chain_input {
	struct str pem;                     /* leaf, intermediates, root */
	const struct chain_staple *staples; /* one for each but the root; more are ignored */
	size_t n_staples;
	struct str root;        /* the pinned root, PEM or DER */
	struct str common_name; /* managed-ssh-signer.<region>.<domain> */
	int64_t now_s;          /* UTC */
};

/* A chain that was found good: holds the leaf's public key. */
struct chain;

/*
 * Verifies. On success *ret is the caller's to free and *ret_fault CHAIN_OK;
 * otherwise ERR_CRYPTO with *ret_fault saying why, *ret NULL. When several rules
 * are broken, the fault named is one of them.
 */
int chain_verify(const struct chain_input *in, struct chain **ret,
    enum chain_fault *ret_fault) MUST_CHECK;
void chain_free(struct chain *c); /* NULL is fine */

/*
 * Is signature the leaf's RSASSA-PSS (SHA-256, MGF1-SHA-256, salt exactly 32) over
 * bytes? 0, or ERR_CRYPTO: PKCS#1 v1.5 and other salt lengths are refused too.
 */
int chain_blob_verify(const struct chain *c, struct str bytes, struct str signature) MUST_CHECK;

#endif
