/*
 * cache: keys that keyd has opened or derived lately, found by the hash of what they were made
 * from: SigV4 signing keys, which are good for a day, and private keys. It is bounded; the
 * least recently used key is replaced. All of keyd's memory is locked (daemon/keyd_process.c).
 */
#ifndef KEYD_CACHE_H
#define KEYD_CACHE_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "pki/privkey.h"
#include "pki/seal.h"

struct keyd_cache;

/* Borrows seal, which outlives the cache. */
struct keyd_cache *keyd_cache_new(const struct seal *seal);
void keyd_cache_free(struct keyd_cache *c); /* wipes; NULL is fine */

/* What a SigV4 signing key is made of. */
struct keyd_scope {
	enum seal_purpose purpose; /* the purpose of sealed */
	struct str sealed;         /* the secret access key, or the session token that holds it */
	struct str secret;         /* the secret, if the caller opened sealed; else empty */
	struct str date, region, service;
};

/*
 * *ret is the signing key, SIGV4_KEY_BYTES long, valid until the next call. ERR_CRYPTO (sealed
 * does not open), ERR_RANGE (it does not hold a secret access key).
 */
int keyd_cache_signing_key(struct keyd_cache *c, const struct keyd_scope *scope,
    const uint8_t **ret) MUST_CHECK;

/* *ret is the private key in sealed, valid until the next call. ERR_CRYPTO (sealed does not open
 * for this purpose), ERR_SYNTAX and ERR_UNSUPPORTED as privkey_parse. */
int keyd_cache_private_key(struct keyd_cache *c, enum seal_purpose purpose, struct str sealed,
    struct privkey **ret) MUST_CHECK;

#endif
