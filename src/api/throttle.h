/*
 * throttle: token buckets in memory, one for each principal and class of
 * actions. What they hold is not durable: a restart fills all buckets.
 */
#ifndef API_THROTTLE_H
#define API_THROTTLE_H

#include <stdint.h>

#include "base/rand.h"
#include "base/str.h"

struct throttle_limit {
	int64_t rate;  /* tokens a second, >= 1 */
	int64_t burst; /* tokens that a full bucket holds, >= 1 */
};

struct throttle;

/*
 * Holds the buckets that were used last: about max_buckets. One that is pushed
 * out starts full again when it is needed. rng: seeds the hash.
 */
struct throttle *throttle_new(size_t max_buckets, const struct rng *rng);
void throttle_free(struct throttle *t); /* NULL is fine */

/* Takes a token of the bucket (principal, class); false when it has none. */
bool throttle_take(struct throttle *t, struct str principal, uint32_t class,
    const struct throttle_limit *limit, int64_t boot_ms);

#endif
