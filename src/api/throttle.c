/*
 * throttle: see throttle.h. The table consists of sets with WAYS places each. The hash of a
 * bucket says which set it belongs to. When the set is full, a new bucket replaces the one that
 * was used longest ago.
 */
#include "api/throttle.h"

#include "base/alloc.h"
#include "base/hash.h"

#define WAYS 8

struct bucket {
	uint64_t id;   /* hash of principal and class; 0: the place is free */
	int64_t milli; /* thousandths of a token */
	int64_t used_boot_ms;
};

struct throttle {
	size_t n_sets;
	struct hash_seed seed;
	struct bucket *buckets;
};

struct throttle *
throttle_new(size_t max_buckets, const struct rng *rng)
{
	struct throttle *t = xalloc(sizeof(*t));

	t->n_sets = max_buckets / WAYS > 0 ? max_buckets / WAYS : 1;
	t->buckets = xarray(t->n_sets * WAYS, sizeof(t->buckets[0]));
	rand_fill(rng, &t->seed, sizeof(t->seed));
	return t;
}

void
throttle_free(struct throttle *t)
{
	if (t == NULL)
		return;
	xfree(t->buckets);
	xfree(t);
}

/* The class only changes the hash of the name: each is found on its own. */
static uint64_t
bucket_id(const struct throttle *t, struct str principal, uint32_t class)
{
	const struct hash_seed seed = { { t->seed.k[0] ^ class, t->seed.k[1] } };
	uint64_t h = hash_sip(&seed, principal);

	return h == 0 ? 1 : h;
}

static struct bucket *
bucket_find(struct throttle *t, uint64_t id, const struct throttle_limit *limit, int64_t boot_ms)
{
	struct bucket *set = &t->buckets[(id % t->n_sets) * WAYS], *oldest = set;
	size_t i;

	for (i = 0; i < WAYS; i++) {
		if (set[i].id == id)
			return &set[i];
		if (set[i].id == 0 ||
		    (oldest->id != 0 && set[i].used_boot_ms < oldest->used_boot_ms))
			oldest = &set[i];
	}
	oldest->id = id;
	oldest->milli = limit->burst * 1000;
	oldest->used_boot_ms = boot_ms;
	return oldest;
}

/* The bucket of this principal and class, with what has come back until now. */
static struct bucket *
bucket_fill(struct throttle *t, struct str principal, uint32_t class,
    const struct throttle_limit *limit, int64_t boot_ms)
{
	struct bucket *b = bucket_find(t, bucket_id(t, principal, class), limit, boot_ms);
	int64_t full = limit->burst * 1000, passed = boot_ms - b->used_boot_ms;

	/* A token a second is a thousandth of a token a millisecond: the rate needs no
	 * conversion. */
	if (passed > 0) {
		b->milli = passed > (full - b->milli) / limit->rate
		    ? full
		    : b->milli + passed * limit->rate;
		b->used_boot_ms = boot_ms;
	}
	if (b->milli > full)
		b->milli = full;
	return b;
}

bool
throttle_take(struct throttle *t, struct str principal, uint32_t class,
    const struct throttle_limit *limit, int64_t boot_ms)
{
	struct bucket *b = bucket_fill(t, principal, class, limit, boot_ms);

	if (b->milli < limit->cost * 1000)
		return false;
	b->milli -= limit->cost * 1000;
	return true;
}

void
throttle_charge(struct throttle *t, struct str principal, uint32_t class,
    const struct throttle_limit *limit, int64_t boot_ms)
{
	bucket_fill(t, principal, class, limit, boot_ms)->milli -= limit->cost * 1000;
}
