/*
 * map: a hash table of values by keys, which are bytes. Each map has a random seed, so an
 * attacker cannot choose keys that collide (base/hash.h).
 *
 * Keys and values are borrowed. The bytes of a key must not change until its value is removed
 * or replaced; usually they are a member of the value.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/rand.h"
#include "base/str.h"

struct map;

struct map *map_new(const struct rng *rng); /* rng makes the seed */
void map_free(struct map *m);               /* does not free the values; NULL is fine */

size_t map_count(const struct map *m);
/* The value of key, or NULL. */
void *map_get(const struct map *m, struct str key);
/* Puts value, which is not NULL, under key. Returns the value that it replaces, or NULL. The map
 * then uses the new key, so the bytes of the old one may be freed. */
void *map_put(struct map *m, struct str key, void *value);
/* Removes and returns the value of key; NULL when there is none. */
void *map_remove(struct map *m, struct str key);
/* Removes all values. */
void map_clear(struct map *m);

/*
 * Walks through all values, in no particular order: begin with *at = 0 and call until it returns
 * NULL. In between, values may be removed, and are not returned any more; none may be put.
 */
void *map_next(const struct map *m, size_t *at);

#endif
