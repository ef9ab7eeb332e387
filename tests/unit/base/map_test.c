/*
 * map_test: tests the hash with the vectors of its paper, and the map with collisions, growth, and
 * removal during a walk.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/array.h"
#include "base/hash.h"
#include "base/map.h"

/* A seed that is known: 0, 1, 2, ... */
static void
counting(void *ctx, void *p, size_t n)
{
	uint8_t *b = p;
	size_t i;

	(void)ctx;
	for (i = 0; i < n; i++)
		b[i] = (uint8_t)i;
}
static const struct rng count_rng = { counting, NULL };
static const struct hash_seed count_seed = { { 0x0706050403020100, 0x0f0e0d0c0b0a0908 } };

/* Appendix A of the paper, and the first lengths of its reference implementation:
 * key 00 01 .. 0f, message 00 01 .. */
static void
test_hash_of_the_paper(void **state)
{
	static const struct {
		size_t n;
		uint64_t hash;
	} rows[] = {
		{ 0, 0x726fdb47dd0e0e31 },
		{ 1, 0x74f839c593dc67fd },
		{ 2, 0x0d6c8009d9a94f5a },
		{ 3, 0x85676696d7fb7e2d },
		{ 7, 0xab0200f58b01d137 },
		{ 8, 0x93f5f5799a932462 },
		{ 9, 0x9e0082df0ba9e4b0 },
		{ 15, 0xa129ca6149be45e5 },
		{ 16, 0x3f2acc7f57c29bdb },
		{ 63, 0x958a324ceb064572 },
	};
	char message[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(message); i++)
		message[i] = (char)i;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_true(hash_sip(&count_seed, str_of_n(message, rows[i].n)) == rows[i].hash);
	assert_true(hash_sip(&count_seed, (struct str){ NULL, 0 }) == rows[0].hash);
}

struct item {
	char key[32];
	int n;
};

static struct str
key_of(const struct item *v)
{
	return str_of(v->key);
}

static struct item *
items_new(size_t n)
{
	struct item *v = xarray(n, sizeof(*v));
	size_t i;

	for (i = 0; i < n; i++) {
		snprintf(v[i].key, sizeof(v[i].key), "key-%zu", i);
		v[i].n = (int)i;
	}
	return v;
}

static void
test_put_get_remove(void **state)
{
	struct map *m = map_new(&count_rng);
	struct item a = { "a", 1 }, again = { "a", 2 }, empty = { "", 3 };

	(void)state;
	assert_null(map_get(m, STR("a")));
	assert_null(map_remove(m, STR("a")));
	assert_null(map_put(m, key_of(&a), &a));
	assert_ptr_equal(map_get(m, STR("a")), &a);
	assert_null(map_get(m, STR("b")));
	assert_null(map_get(m, STR("a\0")));
	assert_null(map_get(m, STR("")));
	assert_null(map_put(m, key_of(&empty), &empty));
	assert_ptr_equal(map_get(m, (struct str){ NULL, 0 }), &empty);
	assert_int_equal(map_count(m), 2);
	/* The key that counts is then that of the new value. */
	assert_ptr_equal(map_put(m, key_of(&again), &again), &a);
	memset(&a, 'x', sizeof(a));
	assert_ptr_equal(map_get(m, STR("a")), &again);
	assert_int_equal(map_count(m), 2);
	assert_ptr_equal(map_remove(m, STR("a")), &again);
	assert_null(map_get(m, STR("a")));
	assert_int_equal(map_count(m), 1);
	map_clear(m);
	assert_int_equal(map_count(m), 0);
	assert_null(map_get(m, STR("")));
	assert_null(map_put(m, key_of(&empty), &empty));
	assert_int_equal(map_count(m), 1);
	map_free(m);
	map_free(NULL);
}

static void
test_growth(void **state)
{
	enum { N = 5000 };
	struct map *m = map_new(rand_system());
	struct item *v = items_new(N);
	size_t i;

	(void)state;
	for (i = 0; i < N; i++) {
		assert_null(map_put(m, key_of(&v[i]), &v[i]));
		assert_int_equal(map_count(m), i + 1);
		assert_ptr_equal(map_get(m, key_of(&v[i / 2])), &v[i / 2]);
	}
	for (i = 0; i < N; i++)
		assert_ptr_equal(map_get(m, key_of(&v[i])), &v[i]);
	for (i = 0; i < N; i += 2)
		assert_ptr_equal(map_remove(m, key_of(&v[i])), &v[i]);
	assert_int_equal(map_count(m), N / 2);
	for (i = 0; i < N; i++)
		assert_ptr_equal(map_get(m, key_of(&v[i])), i % 2 == 0 ? NULL : &v[i]);
	map_free(m);
	xfree(v);
}

/* Keys whose hashes end in the same bits stand in a row, also around the end. */
static void
test_collisions(void **state)
{
	enum { N = 10, SLOTS = 16 };
	struct map *m = map_new(&count_rng);
	struct item v[N];
	unsigned n = 0, tried = 0;
	size_t i;

	(void)state;
	while (n < N) {
		snprintf(v[n].key, sizeof(v[n].key), "c%u", tried++);
		if (hash_sip(&count_seed, key_of(&v[n])) % SLOTS == SLOTS - 2)
			n++;
	}
	for (i = 0; i < N; i++)
		assert_null(map_put(m, key_of(&v[i]), &v[i]));
	/* One out of the middle of the row leaves what is behind it findable. */
	assert_ptr_equal(map_remove(m, key_of(&v[3])), &v[3]);
	assert_null(map_get(m, key_of(&v[3])));
	for (i = 0; i < N; i++)
		assert_ptr_equal(map_get(m, key_of(&v[i])), i == 3 ? NULL : &v[i]);
	/* And does not stand there twice when it comes back. */
	assert_null(map_put(m, key_of(&v[3]), &v[3]));
	assert_ptr_equal(map_put(m, key_of(&v[9]), &v[9]), &v[9]);
	assert_int_equal(map_count(m), N);
	assert_ptr_equal(map_remove(m, key_of(&v[9])), &v[9]);
	assert_null(map_get(m, key_of(&v[9])));
	map_free(m);
}

/* Marks do not fill the table up: one that comes and goes for ever finds room. */
static void
test_coming_and_going(void **state)
{
	struct map *m = map_new(rand_system());
	struct item stays = { "stays", 0 }, v = { "", 0 };
	int i;

	(void)state;
	assert_null(map_put(m, key_of(&stays), &stays));
	for (i = 0; i < 100000; i++) {
		snprintf(v.key, sizeof(v.key), "%d", i);
		assert_null(map_put(m, key_of(&v), &v));
		assert_ptr_equal(map_remove(m, key_of(&v)), &v);
	}
	assert_ptr_equal(map_get(m, STR("stays")), &stays);
	assert_int_equal(map_count(m), 1);
	map_free(m);
}

static void
test_removal_while_walking(void **state)
{
	enum { N = 300 };
	struct map *m = map_new(rand_system());
	struct item *v = items_new(N), *one;
	int met[N] = { 0 };
	size_t at = 0, i, n = 0;

	(void)state;
	for (i = 0; i < N; i++)
		assert_null(map_put(m, key_of(&v[i]), &v[i]));
	/* Each takes itself out and, the first time, its neighbour, who is not met. */
	while ((one = map_next(m, &at)) != NULL) {
		met[one->n]++;
		assert_ptr_equal(map_remove(m, key_of(one)), one);
		if (map_remove(m, key_of(&v[one->n ^ 1])) != NULL)
			met[one->n ^ 1] += 2;
		n++;
	}
	assert_int_equal(n, N / 2);
	assert_int_equal(map_count(m), 0);
	for (i = 0; i < N; i++)
		assert_in_range(met[i], 1, 2);
	at = 0;
	assert_null(map_next(m, &at));
	map_free(m);
	xfree(v);
}

/* Whoever knows how one map's keys collide knows nothing of the next one's. */
static void
test_hostile_keys(void **state)
{
	enum { N = 4000, BITS = 8 };
	struct hash_seed other;
	struct item *v = xarray(N, sizeof(*v));
	size_t buckets[1 << BITS] = { 0 }, n = 0, most = 0, i;
	unsigned tried = 0;

	(void)state;
	rand_fill(rand_system(), &other, sizeof(other));
	while (n < N) {
		snprintf(v[n].key, sizeof(v[n].key), "%u", tried++);
		n += (hash_sip(&count_seed, key_of(&v[n])) & ((1 << BITS) - 1)) == 0;
	}
	/* In one bucket there, and here spread: 16 expected in each. */
	for (i = 0; i < N; i++) {
		size_t *b = &buckets[hash_sip(&other, key_of(&v[i])) & ((1 << BITS) - 1)];

		*b += 1;
		most = *b > most ? *b : most;
	}
	assert_in_range(most, 16, 60);
	xfree(v);
}

static void
test_arrays_grow(void **state)
{
	uint32_t *v = NULL;
	size_t cap = 0, n, moves = 0, before;

	(void)state;
	for (n = 0; n < 1000; n++) {
		before = cap;
		v = array_room(v, n, &cap, sizeof(*v));
		assert_true(cap > n);
		moves += cap != before;
		v[n] = (uint32_t)n;
	}
	assert_int_equal(cap, 1024);
	assert_int_equal(moves, 8);
	for (n = 0; n < 1000; n++)
		assert_int_equal(v[n], n);
	xfree(v);
}

static void
test_arrays_grow_in_an_arena(void **state)
{
	struct arena *a = arena_new(1u << 20);
	uint32_t *v = NULL;
	size_t cap = 0, n, i, moves = 0, before;

	(void)state;
	for (n = 0; n < 1000; n++) {
		before = cap;
		v = array_room_arena(a, v, n, &cap, sizeof(*v));
		moves += cap != before;
		for (i = n; i < cap; i++)
			assert_int_equal(v[i], 0);
		v[n] = (uint32_t)n + 1;
	}
	assert_int_equal(cap, 1024);
	assert_int_equal(moves, 8);
	for (n = 0; n < 1000; n++)
		assert_int_equal(v[n], n + 1);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash_of_the_paper),
		cmocka_unit_test(test_put_get_remove),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_collisions),
		cmocka_unit_test(test_coming_and_going),
		cmocka_unit_test(test_removal_while_walking),
		cmocka_unit_test(test_hostile_keys),
		cmocka_unit_test(test_arrays_grow),
		cmocka_unit_test(test_arrays_grow_in_an_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
