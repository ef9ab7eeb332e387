/*
 * seal: encrypts what goes into the store, or to clients, under the key-encryption key (KEK), so
 * that whoever reads the database has no secret. Only eicd-keyd, eicd-keyd-hash and the set-up
 * program hold a KEK.
 *
 * A sealed text is: version (1 byte, 1), KEK id (8 bytes), nonce (12 bytes), AES-256-GCM cipher
 * text, tag (16 bytes). The version, the KEK id and the purpose are authenticated with it, so that
 * what was sealed for one purpose does not open for another.
 */
#ifndef PKI_SEAL_H
#define PKI_SEAL_H

#include <stdint.h>

#include "base/buf.h"
#include "base/rand.h"
#include "base/secret.h"

#define SEAL_KEK_BYTES 32
#define SEAL_KEK_TEXT_BYTES (2 * SEAL_KEK_BYTES + 1)
#define SEAL_OVERHEAD_BYTES (1 + 8 + 12 + 16)
#define SEAL_MAX_PLAIN_BYTES 16384

enum seal_purpose {
	SEAL_ACCESS_KEY = 1,  /* the secret of an access key */
	SEAL_PRIVATE_KEY = 2, /* any private key, by an earlier version (eicd keys upgrade) */
	SEAL_SESSION = 3,     /* a session token: its secret, followed by its claims */
	SEAL_MESSAGE = 4,     /* an encoded authorization message */
	SEAL_TOTP = 5,        /* the seed of a virtual MFA device */
	SEAL_PASSWORD = 6,    /* the salted hash of a password */
	/* Private keys as PKCS#8 DER, each kind for its one use. */
	SEAL_ISSUER_KEY = 7,    /* of an intermediate: certifies new keys, signs OCSP responses */
	SEAL_SIGNER_KEY = 8,    /* signs entries */
	SEAL_AUDIT_KEY = 9,     /* signs digests */
	SEAL_AGENT_CA_KEY = 10, /* certifies agents */
};

/* A KEK in locked memory. */
struct seal;

/* Copies the KEK; the caller wipes its own copy. Never NULL. */
struct seal *seal_new(const uint8_t kek[static SEAL_KEK_BYTES]);
void seal_free(struct seal *s); /* NULL is fine */

/*
 * The text of a KEK file is 64 lower-case hex digits and one LF. While a KEK is made anew (eicd
 * keys kek) there is a second such line, of the one before: what that sealed is opened, and nothing
 * is sealed with it any more. seal_parse reads such a text; ERR_SYNTAX. seal_kek_write appends the
 * text of a new random KEK.
 */
int seal_parse(struct str text, struct seal **ret) MUST_CHECK;
void seal_kek_write(const struct rng *rng, struct buf *b);

/* Appends the sealed form of plain to out. ERR_TOOBIG (plain is longer than SEAL_MAX_PLAIN_BYTES,
 * or out is full), ERR_CRYPTO (OpenSSL failed). */
int seal_wrap(const struct seal *s, enum seal_purpose purpose, struct str plain,
    const struct rng *rng, struct buf *out) MUST_CHECK;

/* Was it sealed under the KEK that seals now? What else is in it is not looked at. */
bool seal_is_present(const struct seal *s, struct str sealed);

/* Opens a sealed text. The caller frees the secret. ERR_CRYPTO: another version, KEK or purpose, a
 * wrong length, or any bit changed. */
int seal_unwrap(const struct seal *s, enum seal_purpose purpose, struct str sealed,
    struct secret **ret) MUST_CHECK;

#endif
