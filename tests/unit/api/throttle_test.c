/* throttle_test: tests the token buckets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/throttle.h"

static void
zero(void *ctx, void *p, size_t n)
{
	(void)ctx;
	memset(p, 0, n);
}

static const struct rng rng = { zero, NULL };

/* How many tokens there are at this moment, at most 1000. */
static int
drain(struct throttle *t, const char *who, const struct throttle_limit *limit, int64_t at_ms)
{
	int n = 0;

	while (n < 1000 && throttle_take(t, str_of(who), 1, limit, at_ms))
		n++;
	return n;
}

static void
test_refill(void **state)
{
	static const struct {
		int64_t at_ms;
		int tokens;
	} rows[] = {
		{ 1000, 5 }, /* full at first */
		{ 1000, 0 },
		{ 1099, 0 },
		{ 1100, 1 }, /* ten a second */
		{ 1300, 2 },
		{ 1350, 0 },
		{ 1400, 1 }, /* halves are not lost */
		{ 1900, 5 },
		{ 900000000, 5 }, /* never more than the burst */
		{ 800000000, 0 }, /* a clock that goes back gives nothing */
		{ INT64_MAX / 2, 5 },
	};
	const struct throttle_limit limit = { .rate = 10, .burst = 5, .cost = 1 };
	struct throttle *t = throttle_new(64, &rng);
	size_t i;
	int n;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		n = drain(t, "a", &limit, rows[i].at_ms);
		if (n != rows[i].tokens)
			fail_msg("row %zu: %d tokens, want %d", i, n, rows[i].tokens);
	}
	throttle_free(t);
}

static void
test_buckets(void **state)
{
	const struct throttle_limit limit = { .rate = 1, .burst = 2, .cost = 1 };
	const struct throttle_limit lower = { .rate = 1, .burst = 1, .cost = 1 };
	struct throttle *t = throttle_new(64, &rng);

	(void)state;
	assert_int_equal(drain(t, "a", &limit, 0), 2);
	/* Another principal, another class. */
	assert_int_equal(drain(t, "b", &limit, 0), 2);
	assert_true(throttle_take(t, STR("a"), 2, &limit, 0));
	assert_int_equal(drain(t, "a", &limit, 0), 0);
	/* A limit that was lowered holds at once. */
	assert_int_equal(drain(t, "c", &lower, 0), 1);
	assert_true(throttle_take(t, STR("d"), 1, &limit, 0));
	assert_int_equal(drain(t, "d", &lower, 0), 1);
	throttle_free(t);
}

/* A request that takes five tokens: two at once, and one in 5 s. */
static void
test_cost(void **state)
{
	const struct throttle_limit limit = { .rate = 1, .burst = 10, .cost = 5 };
	struct throttle *t = throttle_new(64, &rng);

	(void)state;
	assert_int_equal(drain(t, "a", &limit, 0), 2);
	assert_int_equal(drain(t, "a", &limit, 4999), 0);
	assert_int_equal(drain(t, "a", &limit, 5000), 1);
	assert_int_equal(drain(t, "a", &limit, 100000), 2);
	throttle_free(t);
}

/* What a request turned out to cost is taken even when it is not there, and comes back first,
 * however small the bucket is. */
static void
test_charge(void **state)
{
	const struct throttle_limit limit = { .rate = 1, .burst = 2, .cost = 1 };
	const struct throttle_limit charge = { .rate = 1, .burst = 2, .cost = 10 };
	struct throttle *t = throttle_new(64, &rng);

	(void)state;
	assert_true(throttle_take(t, STR("a"), 1, &limit, 0));
	throttle_charge(t, STR("a"), 1, &charge, 0);
	assert_int_equal(drain(t, "a", &limit, 9999), 0);
	assert_int_equal(drain(t, "a", &limit, 10000), 1);
	assert_int_equal(drain(t, "b", &limit, 0), 2);
	throttle_charge(t, STR("b"), 1, &charge, 0);
	assert_int_equal(drain(t, "b", &limit, INT64_MAX), 2);
	throttle_free(t);
}

/* Many principals: memory stays, those used last keep their count. */
static void
test_bounded(void **state)
{
	const struct throttle_limit limit = { .rate = 1, .burst = 1, .cost = 1 };
	struct throttle *t = throttle_new(8, &rng);
	char name[32];
	int i;

	(void)state;
	for (i = 0; i < 100000; i++) {
		snprintf(name, sizeof(name), "principal-%d", i);
		assert_int_equal(drain(t, name, &limit, i), 1);
	}
	assert_int_equal(drain(t, name, &limit, i), 0);
	throttle_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refill),
		cmocka_unit_test(test_buckets),
		cmocka_unit_test(test_cost),
		cmocka_unit_test(test_charge),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
