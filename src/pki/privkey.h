/*
 * privkey: a private key and what is done with it. Only keyd and the set-up
 * program link it. (Not "key", which is what people push, nor "pkey", which is
 * libc's: see pkeys(7).)
 *
 * Key generation draws on OpenSSL's own generator, which the kernel seeds.
 */
#ifndef PKI_PRIVKEY_H
#define PKI_PRIVKEY_H

#include <stdint.h>

#include "base/buf.h"
#include "base/secret.h"

#define PRIVKEY_MAX_DER_BYTES 4096
#define PRIVKEY_MAX_SIGNATURE_BYTES 512

/* The numbers are those of MSG_CK_NEW_KEY. */
enum privkey_kind {
	PRIVKEY_RSA2048 = 1,
	PRIVKEY_P256 = 2,
};

/*
 * The operation of MSG_FK_TLS_SIGN, as its field "algorithm": what a TLS server
 * needs of its key, and no more.
 */
enum privkey_tls_algorithm {
	/* in: a digest of 32, 48 or 64 bytes; out: ECDSA-Sig-Value DER (RFC 3279 2.2.3).
	 * This is the "sign" of an EC_KEY_METHOD. */
	PRIVKEY_TLS_ECDSA_P256 = 1,
};

/* A private key with its signing context made ready. Not for two threads. */
struct privkey;

/* ERR_RANGE: no such kind. ERR_CRYPTO. */
int privkey_generate(enum privkey_kind kind, struct privkey **ret) MUST_CHECK;
/* From PKCS#8 DER, or one PEM block of any private key form without a pass
 * phrase. ERR_SYNTAX; ERR_UNSUPPORTED: neither RSA-2048 nor P-256. */
int privkey_parse(struct str der, struct privkey **ret) MUST_CHECK;
int privkey_pem_parse(struct str pem, struct privkey **ret) MUST_CHECK;
void privkey_free(struct privkey *k); /* NULL is fine */

enum privkey_kind privkey_kind(const struct privkey *k);

/* PKCS#8 DER; the secret is the caller's to free. ERR_CRYPTO. */
int privkey_write(const struct privkey *k, struct secret **ret) MUST_CHECK;
/* PKCS#8 PEM, appended; wipe the buf (buf_wipe). ERR_CRYPTO, ERR_TOOBIG. */
int privkey_pem_write(const struct privkey *k, struct buf *out) MUST_CHECK;
/* The public half as SubjectPublicKeyInfo DER, appended. ERR_CRYPTO, ERR_TOOBIG. */
int privkey_public_write(const struct privkey *k, struct buf *out) MUST_CHECK;

/*
 * RSASSA-PSS over bytes with SHA-256, MGF1-SHA-256 and a salt of 32 bytes
 * (wire.md 5.3), appended. ERR_UNSUPPORTED: not an RSA key. ERR_CRYPTO, ERR_TOOBIG.
 */
int privkey_pss_sign(struct privkey *k, struct str bytes, struct buf *out) MUST_CHECK;

/*
 * The TLS operation. ERR_UNSUPPORTED: unknown algorithm, or one that is not
 * this key's. ERR_RANGE: a digest of another length. ERR_CRYPTO, ERR_TOOBIG.
 */
int privkey_tls_sign(struct privkey *k, uint8_t algorithm, struct str digest,
    struct buf *out) MUST_CHECK;

/* For the other files of this room: OpenSSL's own handle, borrowed. */
struct evp_pkey_st;
struct evp_pkey_st *privkey_evp(const struct privkey *k);

#endif
