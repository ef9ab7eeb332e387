/*
 * random_test: tests that the engine and the naive evaluator decide thousands of generated cases
 * alike, and that the properties in agree.h hold. `make fuzz` runs millions.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agree.h"
#include "gen.h"
#include "iam/iam.h"

#define SETS 4000  /* of policies */
#define REQUESTS 8 /* for each */
#define CASES ((size_t)SETS * REQUESTS)

/* splitmix64 (Steele, Lea, Flood 2014): the same cases on every machine. */
static uint64_t
next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static void
engine_and_naive_agree(void **state)
{
	struct agree_count count = { .cases = 0 };
	struct arena *a = arena_new(4 << 20);
	struct buf report;
	uint8_t bytes[GEN_MAX_BYTES];
	uint64_t seed, s;
	size_t i;

	(void)state;
	buf_init(&report, 1 << 16);
	for (seed = 0; seed < SETS; seed++) {
		s = seed;
		for (i = 0; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)(next(&s) >> 56);
		arena_reset(a);
		if (!agree_check(a, bytes, sizeof(bytes), REQUESTS, &count, &report))
			fail_msg("set %d: %.*s", (int)seed, STR_FMT(buf_view(&report)));
	}
	/* Each end is reached, and often. */
	assert_true(count.reason[IAM_REASON_ALLOW_STATEMENT] > CASES / 20);
	assert_true(count.reason[IAM_REASON_EXPLICIT_DENY] > CASES / 20);
	assert_true(count.reason[IAM_REASON_NO_IDENTITY_ALLOW] > CASES / 20);
	assert_true(count.reason[IAM_REASON_NO_BOUNDARY_ALLOW] > CASES / 200);
	assert_true(count.reason[IAM_REASON_NO_SESSION_ALLOW] > CASES / 1000);
	assert_true(count.reason[IAM_REASON_NO_TRUST_ALLOW] > CASES / 200);
	assert_true(count.reason[IAM_REASON_OTHER_ACCOUNT] > CASES / 200);
	assert_true(count.reason[IAM_REASON_ROOT] > CASES / 200);
	assert_int_equal(count.reason[IAM_REASON_MALFORMED], 0);
	buf_release(&report);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(engine_and_naive_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
