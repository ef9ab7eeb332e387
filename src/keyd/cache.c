/*
 * cache: see cache.h. Signing keys are in a table of sets: a byte of the hash chooses the set,
 * in which the least recently used key is replaced. Private keys are few and searched in
 * order.
 */
#include "keyd/cache.h"

#include <openssl/evp.h>

#include "aws/sigv4_key.h"
#include "base/alloc.h"
#include "base/secret.h"

#define HASH_BYTES 32
#define SETS 256 /* one byte of the hash chooses the set */
#define WAYS 8
#define PRIVATE_KEYS 16

struct signing_key {
	uint64_t used; /* 0: empty */
	uint8_t hash[HASH_BYTES];
	uint8_t key[SIGV4_KEY_BYTES];
};

struct private_key {
	uint64_t used;
	uint8_t hash[HASH_BYTES];
	struct privkey *key;
};

struct keyd_cache {
	const struct seal *seal;
	EVP_MD *sha256;
	EVP_MD_CTX *ctx;
	uint64_t now; /* counts uses */
	struct signing_key signing[SETS][WAYS];
	struct private_key private[PRIVATE_KEYS];
};

struct keyd_cache *
keyd_cache_new(const struct seal *seal)
{
	struct keyd_cache *c = xalloc(sizeof(*c));

	c->seal = seal;
	c->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	c->ctx = EVP_MD_CTX_new();
	if (c->sha256 == NULL || c->ctx == NULL)
		abort();
	return c;
}

void
keyd_cache_free(struct keyd_cache *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < PRIVATE_KEYS; i++)
		privkey_free(c->private[i].key);
	EVP_MD_CTX_free(c->ctx);
	EVP_MD_free(c->sha256);
	secret_wipe(c, sizeof(*c));
	xfree(c);
}

/* Hashes each part with its length before it, so that different parts never give the same
 * input. */
static int
hash_parts(struct keyd_cache *c, const struct str *parts, size_t n, uint8_t ret[HASH_BYTES])
{
	uint64_t len;
	size_t i;

	if (EVP_DigestInit_ex2(c->ctx, c->sha256, NULL) != 1)
		return ERR_CRYPTO;
	for (i = 0; i < n; i++) {
		len = parts[i].n;
		if (EVP_DigestUpdate(c->ctx, &len, sizeof(len)) != 1 ||
		    EVP_DigestUpdate(c->ctx, parts[i].p, parts[i].n) != 1)
			return ERR_CRYPTO;
	}
	return EVP_DigestFinal_ex(c->ctx, ret, NULL) == 1 ? 0 : ERR_CRYPTO;
}

static int
signing_key_make(const struct keyd_cache *c, const struct keyd_scope *scope,
    uint8_t ret[SIGV4_KEY_BYTES])
{
	struct secret *secret = NULL;
	int r;

	if (scope->secret.n > 0)
		return sigv4_key_derive(scope->secret, scope->date, scope->region, scope->service,
		    ret);
	if ((r = seal_unwrap(c->seal, scope->purpose, scope->sealed, &secret)) != 0)
		return r;
	r = sigv4_key_derive(str_of_n(secret_bytes(secret), secret_len(secret)), scope->date,
	    scope->region, scope->service, ret);
	secret_free(secret);
	return r;
}

int
keyd_cache_signing_key(struct keyd_cache *c, const struct keyd_scope *scope, const uint8_t **ret)
{
	const uint8_t purpose = (uint8_t)scope->purpose;
	const struct str parts[] = { str_of_n(&purpose, 1), scope->sealed, scope->date,
		scope->region, scope->service };
	struct signing_key *set, *oldest;
	uint8_t hash[HASH_BYTES], key[SIGV4_KEY_BYTES];
	size_t i;
	int r;

	if ((r = hash_parts(c, parts, sizeof(parts) / sizeof(*parts), hash)) != 0)
		return r;
	set = c->signing[hash[0]];
	oldest = set;
	for (i = 0; i < WAYS; i++) {
		if (set[i].used != 0 && memcmp(set[i].hash, hash, HASH_BYTES) == 0) {
			set[i].used = ++c->now;
			*ret = set[i].key;
			return 0;
		}
		if (set[i].used < oldest->used)
			oldest = &set[i];
	}
	if ((r = signing_key_make(c, scope, key)) == 0) {
		memcpy(oldest->hash, hash, HASH_BYTES);
		memcpy(oldest->key, key, SIGV4_KEY_BYTES);
		oldest->used = ++c->now;
		*ret = oldest->key;
	}
	secret_wipe(key, sizeof(key));
	return r;
}

int
keyd_cache_private_key(struct keyd_cache *c, enum seal_purpose purpose, struct str sealed,
    struct privkey **ret)
{
	const uint8_t purpose_byte = (uint8_t)purpose;
	const struct str parts[] = { str_of_n(&purpose_byte, 1), sealed };
	struct private_key *oldest = c->private;
	struct secret *secret = NULL;
	struct privkey *key = NULL;
	uint8_t hash[HASH_BYTES];
	size_t i;
	int r;

	if ((r = hash_parts(c, parts, 2, hash)) != 0)
		return r;
	for (i = 0; i < PRIVATE_KEYS; i++) {
		if (c->private[i].used != 0 && memcmp(c->private[i].hash, hash, HASH_BYTES) == 0) {
			c->private[i].used = ++c->now;
			*ret = c->private[i].key;
			return 0;
		}
		if (c->private[i].used < oldest->used)
			oldest = &c->private[i];
	}
	if ((r = seal_unwrap(c->seal, purpose, sealed, &secret)) != 0)
		return r;
	r = privkey_parse(str_of_n(secret_bytes(secret), secret_len(secret)), &key);
	secret_free(secret);
	if (r != 0)
		return r;
	privkey_free(oldest->key);
	memcpy(oldest->hash, hash, HASH_BYTES);
	oldest->key = key;
	oldest->used = ++c->now;
	*ret = key;
	return 0;
}
