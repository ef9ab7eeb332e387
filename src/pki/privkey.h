/*
 * privkey: a private key and what is done with it. Only the keyds and the set-up program link it.
 * (It is not called "key", which is what people push, nor "pkey", which is libc's: see pkeys(7).)
 *
 * Keys are generated with OpenSSL's own generator, which the kernel seeds.
 */
#ifndef PKI_PRIVKEY_H
#define PKI_PRIVKEY_H

#include <stdint.h>

#include "base/buf.h"
#include "base/secret.h"

#define PRIVKEY_MAX_DER_BYTES 4096
#define PRIVKEY_MAX_SIGNATURE_BYTES 512

/* The numbers are those in MSG_CK_NEW_KEY. */
enum privkey_kind {
	PRIVKEY_RSA2048 = 1,
	PRIVKEY_P256 = 2,
};

/* The field "algorithm" of MSG_FK_TLS_SIGN. There is only what a TLS server needs of its key. */
enum privkey_tls_algorithm {
	/* Signs a digest of 32, 48 or 64 bytes. The result is an ECDSA-Sig-Value in DER (RFC 3279
	 * 2.2.3), as the "sign" of an EC_KEY_METHOD returns it. */
	PRIVKEY_TLS_ECDSA_P256 = 1,
};

/* A private key with its signing context. Two threads must not share one. */
struct privkey;

/* Makes a new key. ERR_RANGE (no such kind), ERR_CRYPTO (OpenSSL failed). */
int privkey_generate(enum privkey_kind kind, struct privkey **ret) MUST_CHECK;
/* Read PKCS#8 DER, or one PEM block that has a private key in any form without a pass phrase.
 * ERR_SYNTAX, ERR_UNSUPPORTED (neither RSA-2048 nor P-256), ERR_CRYPTO (OpenSSL failed). */
int privkey_parse(struct str der, struct privkey **ret) MUST_CHECK;
int privkey_pem_parse(struct str pem, struct privkey **ret) MUST_CHECK;
void privkey_free(struct privkey *k); /* NULL is fine */

enum privkey_kind privkey_kind(const struct privkey *k);

/* The key as PKCS#8 DER. The caller frees the secret. ERR_CRYPTO: OpenSSL failed. */
int privkey_write(const struct privkey *k, struct secret **ret) MUST_CHECK;
/* Appends the key as PKCS#8 PEM. The caller must wipe the buf (buf_wipe). ERR_CRYPTO,
 * ERR_TOOBIG. */
int privkey_pem_write(const struct privkey *k, struct buf *out) MUST_CHECK;
/* Appends the public half as SubjectPublicKeyInfo in DER. ERR_CRYPTO, ERR_TOOBIG. */
int privkey_public_write(const struct privkey *k, struct buf *out) MUST_CHECK;

/*
 * Appends the signature of bytes, with SHA-256 and in the one way that the kind of the key has.
 * RSA: RSASSA-PSS with MGF1-SHA-256 and a salt of 32 bytes (wire.md 5.3). P-256: ECDSA, as an
 * ECDSA-Sig-Value in DER (RFC 3279 2.2.3). ERR_CRYPTO, ERR_TOOBIG.
 */
int privkey_sign(struct privkey *k, struct str bytes, struct buf *out) MUST_CHECK;

/* Appends the signature that a TLS handshake needs. ERR_UNSUPPORTED (an algorithm that is unknown
 * or not this key's), ERR_RANGE (a digest of another length), ERR_CRYPTO, ERR_TOOBIG. */
int privkey_tls_sign(struct privkey *k, uint8_t algorithm, struct str digest,
    struct buf *out) MUST_CHECK;

/* Only for the other files of this room: OpenSSL's own handle, borrowed. */
struct evp_pkey_st;
struct evp_pkey_st *privkey_evp(const struct privkey *k);

#endif
