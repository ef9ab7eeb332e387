/*
 * pkey: a private key and what is done with it. Named after OpenSSL's EVP_PKEY,
 * because "key" is what people push. Only keyd and the set-up program link it.
 *
 * Key generation draws on OpenSSL's own generator, which the kernel seeds.
 */
#ifndef PKI_PKEY_H
#define PKI_PKEY_H

#include <stdint.h>

#include "base/buf.h"
#include "base/secret.h"

#define PKEY_MAX_DER_BYTES 4096
#define PKEY_MAX_SIGNATURE_BYTES 512

/* The numbers are those of MSG_CK_NEW_KEY. */
enum pkey_kind {
	PKEY_RSA2048 = 1,
	PKEY_P256 = 2,
};

/*
 * The operation of MSG_FK_TLS_SIGN, as its field "algorithm": what a TLS server
 * needs of its key, and no more.
 */
enum pkey_tls_algorithm {
	/* in: a digest of 32, 48 or 64 bytes; out: ECDSA-Sig-Value DER (RFC 3279 2.2.3).
	 * This is the "sign" of an EC_KEY_METHOD. */
	PKEY_TLS_ECDSA_P256 = 1,
};

/* A private key with its signing context made ready. Not for two threads. */
struct pkey;

/* ERR_RANGE: no such kind. ERR_CRYPTO. */
int pkey_generate(enum pkey_kind kind, struct pkey **ret) MUST_CHECK;
/* From PKCS#8 DER, or one PEM block of any private key form without a pass
 * phrase. ERR_SYNTAX; ERR_UNSUPPORTED: neither RSA-2048 nor P-256. */
int pkey_parse(struct str der, struct pkey **ret) MUST_CHECK;
int pkey_pem_parse(struct str pem, struct pkey **ret) MUST_CHECK;
void pkey_free(struct pkey *k);	/* NULL is fine */

enum pkey_kind pkey_kind(const struct pkey *k);

/* PKCS#8 DER; the secret is the caller's to free. ERR_CRYPTO. */
int pkey_write(const struct pkey *k, struct secret **ret) MUST_CHECK;
/* PKCS#8 PEM, appended; wipe the buf (buf_wipe). ERR_CRYPTO, ERR_TOOBIG. */
int pkey_pem_write(const struct pkey *k, struct buf *out) MUST_CHECK;
/* The public half as SubjectPublicKeyInfo DER, appended. ERR_CRYPTO, ERR_TOOBIG. */
int pkey_public_write(const struct pkey *k, struct buf *out) MUST_CHECK;

/*
 * RSASSA-PSS over bytes with SHA-256, MGF1-SHA-256 and a salt of 32 bytes
 * (wire.md 5.3), appended. ERR_UNSUPPORTED: not an RSA key. ERR_CRYPTO, ERR_TOOBIG.
 */
int pkey_pss_sign(struct pkey *k, struct str bytes, struct buf *out) MUST_CHECK;

/*
 * The TLS operation. ERR_UNSUPPORTED: unknown algorithm, or one that is not
 * this key's. ERR_RANGE: a digest of another length. ERR_CRYPTO, ERR_TOOBIG.
 */
int pkey_tls_sign(struct pkey *k, uint8_t algorithm, struct str digest, struct buf *out)
    MUST_CHECK;

/* For the other files of this room: OpenSSL's own handle, borrowed. */
struct evp_pkey_st;
struct evp_pkey_st *pkey_evp(const struct pkey *k);

#endif
