/*
 * map: open addressing with linear probing; see map.h. A removed value leaves a mark in its
 * slot. So values move only when the table is rebuilt, and a walk (map_next) can go on after a
 * removal.
 */
#include "base/map.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/hash.h"

#define MIN_SLOTS 16u /* a power of two, like all sizes */

struct slot {
	uint64_t hash;
	struct str key;
	void *value; /* NULL: there is none */
	bool used;   /* has a value or a mark, so a search must go on behind it */
};

struct map {
	struct hash_seed seed;
	struct slot *slots;
	size_t n_slots; /* 0 before the first value */
	size_t n;       /* number of values */
	size_t n_used;  /* slots with values or marks; at most 3/4 of all */
};

struct map *
map_new(const struct rng *rng)
{
	struct map *m = xalloc(sizeof(*m));

	rand_fill(rng, &m->seed, sizeof(m->seed));
	return m;
}

void
map_free(struct map *m)
{
	if (m == NULL)
		return;
	xfree(m->slots);
	xfree(m);
}

void
map_clear(struct map *m)
{
	xfree(m->slots);
	m->slots = NULL;
	m->n_slots = m->n = m->n_used = 0;
}

size_t
map_count(const struct map *m)
{
	return m->n;
}

/* The slot of the key, or NULL. */
static struct slot *
find(const struct map *m, uint64_t hash, struct str key)
{
	size_t i;

	if (m->n_slots == 0)
		return NULL;
	for (i = hash & (m->n_slots - 1); m->slots[i].used; i = (i + 1) & (m->n_slots - 1)) {
		if (m->slots[i].value != NULL && m->slots[i].hash == hash &&
		    str_eq(m->slots[i].key, key))
			return &m->slots[i];
	}
	return NULL;
}

/* Puts a value into the next slot that was never used. There always is one. */
static void
place(struct map *m, uint64_t hash, struct str key, void *value)
{
	size_t i = hash & (m->n_slots - 1);

	while (m->slots[i].used)
		i = (i + 1) & (m->n_slots - 1);
	m->slots[i] = (struct slot){ .hash = hash, .key = key, .value = value, .used = true };
	m->n_used++;
}

/* Makes a new table without marks, which will be at most half full with one value more. */
static void
rebuild(struct map *m)
{
	struct slot *old = m->slots;
	size_t i, n_old = m->n_slots, want = MIN_SLOTS;

	while (want < 2 * (m->n + 1))
		want *= 2;
	m->slots = xarray(want, sizeof(*m->slots));
	m->n_slots = want;
	m->n_used = 0;
	for (i = 0; i < n_old; i++) {
		if (old[i].value != NULL)
			place(m, old[i].hash, old[i].key, old[i].value);
	}
	xfree(old);
}

void *
map_get(const struct map *m, struct str key)
{
	const struct slot *s = find(m, hash_sip(&m->seed, key), key);

	return s == NULL ? NULL : s->value;
}

void *
map_put(struct map *m, struct str key, void *value)
{
	uint64_t hash = hash_sip(&m->seed, key);
	struct slot *s = find(m, hash, key);
	void *before;

	assert(value != NULL);
	if (s != NULL) {
		before = s->value;
		s->key = key;
		s->value = value;
		return before;
	}
	if (4 * (m->n_used + 1) > 3 * m->n_slots)
		rebuild(m);
	place(m, hash, key, value);
	m->n++;
	return NULL;
}

void *
map_remove(struct map *m, struct str key)
{
	struct slot *s = find(m, hash_sip(&m->seed, key), key);
	void *value;

	if (s == NULL)
		return NULL;
	value = s->value;
	s->value = NULL;
	s->key = STR("");
	m->n--;
	return value;
}

void *
map_next(const struct map *m, size_t *at)
{
	while (*at < m->n_slots) {
		const struct slot *s = &m->slots[(*at)++];

		if (s->value != NULL)
			return s->value;
	}
	return NULL;
}
