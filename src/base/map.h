/*
 * map: values found by keys that are bytes. The hash has a seed of its own, so keys
 * that an adversary chooses do not collide (base/hash). A lookup takes the time of
 * one hash and, as good as always, of one comparison.
 *
 * Keys and values are borrowed: the bytes of a key must stay what they are until
 * its value is removed. Mostly they are a member of the value.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/rand.h"
#include "base/str.h"

struct map;

struct map *map_new(const struct rng *rng); /* for the seed */
void map_free(struct map *m);               /* not the values; NULL is fine */

size_t map_count(const struct map *m);
/* The value, or NULL. */
void *map_get(const struct map *m, struct str key);
/* Puts value (not NULL) under key. Returns the value that it replaced, whose key's
 * bytes are not looked at any more, or NULL. */
void *map_put(struct map *m, struct str key, void *value);
/* Returns the value that is there no more, or NULL when there was none. */
void *map_remove(struct map *m, struct str key);
/* Forgets all values. */
void map_clear(struct map *m);

/*
 * Walks through all values, in no order: begin with *at = 0, ask until NULL. In
 * between any value may be removed, and is not met any more; nothing may be put.
 */
void *map_next(const struct map *m, size_t *at);

#endif
