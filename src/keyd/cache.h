/*
 * cache: what keyd has opened or derived lately, by the hash of what it was
 * made from: signing keys of a day, and private keys. Bounded; the least recently
 * used goes first and is wiped. keyd's memory is locked as a whole (keyd.c).
 */
#ifndef KEYD_CACHE_H
#define KEYD_CACHE_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "pki/privkey.h"
#include "pki/seal.h"

struct keyd_cache;

/* Borrows seal. */
struct keyd_cache *keyd_cache_new(const struct seal *seal);
void keyd_cache_free(struct keyd_cache *c); /* wipes; NULL is fine */

/* Of what a SigV4 signing key is made. */
struct keyd_scope {
	enum seal_purpose purpose; /* of sealed */
	struct str sealed;         /* the secret access key, or the session token that holds it */
	struct str secret;         /* the secret, of one who opened it; empty: it is opened here */
	struct str date, region, service;
};

/*
 * The signing key, valid until the next call. ERR_CRYPTO (the seal does not open),
 * ERR_RANGE (no secret access key inside).
 */
int keyd_cache_signing_key(struct keyd_cache *c, const struct keyd_scope *scope,
    const uint8_t **ret) MUST_CHECK;

/* The private key, valid until the next call. ERR_CRYPTO, ERR_SYNTAX, ERR_UNSUPPORTED. */
int keyd_cache_private_key(struct keyd_cache *c, struct str sealed,
    struct privkey **ret) MUST_CHECK;

#endif
