/*
 * throttle: token buckets in memory, one for each principal and class of actions. They are not
 * stored: after a restart all buckets are full.
 */
#ifndef API_THROTTLE_H
#define API_THROTTLE_H

#include <stdint.h>

#include "base/rand.h"
#include "base/str.h"

struct throttle_limit {
	int64_t rate;  /* tokens that come back in a second, >= 1 */
	int64_t burst; /* tokens that a full bucket holds, >= cost */
	int64_t cost;  /* tokens that one request takes, >= 1 */
};

struct throttle;

/* Holds about max_buckets, those that were used last. One that is pushed out starts full again when
 * it is needed. rng seeds the hash that finds a bucket. */
struct throttle *throttle_new(size_t max_buckets, const struct rng *rng);
void throttle_free(struct throttle *t); /* NULL is fine */

/* Takes the tokens of a request from the bucket of this principal and class. Returns false, and
 * takes none, when it has too few. boot_ms is now, on the boot clock. */
bool throttle_take(struct throttle *t, struct str principal, uint32_t class,
    const struct throttle_limit *limit, int64_t boot_ms);

/* As throttle_take, for what a request turned out to cost: takes limit->cost tokens even when there
 * are fewer. What is missing has to come back before anything else can be taken. */
void throttle_charge(struct throttle *t, struct str principal, uint32_t class,
    const struct throttle_limit *limit, int64_t boot_ms);

#endif
