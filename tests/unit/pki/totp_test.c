/* totp_test: tests the vectors of RFC 6238, and for which step a code is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pki/totp.h"

#define SEED STR("12345678901234567890")
#define STEP_S 30 /* RFC 6238 section 4.1 */

/* RFC 6238 appendix B, SHA1: the last six of the eight digits there. */
static const struct {
	uint64_t at_s;
	const char *code;
} vectors[] = {
	{ 59, "287082" },
	{ 1111111109, "081804" },
	{ 1111111111, "050471" },
	{ 1234567890, "005924" },
	{ 2000000000, "279037" },
	{ 20000000000, "353130" },
};
#define N (sizeof(vectors) / sizeof(*vectors))

static void
codes_are_the_rfcs(void **state)
{
	char code[TOTP_DIGITS + 1];
	uint64_t step, found;
	size_t i;

	(void)state;
	for (i = 0; i < N; i++) {
		step = vectors[i].at_s / STEP_S;
		assert_int_equal(totp_code(SEED, step, code), 0);
		assert_string_equal(code, vectors[i].code);
		assert_int_equal(totp_find(SEED, code, step, step, &found), 0);
		assert_int_equal(found, step);
		/* Another seed, another code. */
		assert_int_equal(totp_code(STR("12345678901234567891"), step, code), 0);
		assert_string_not_equal(code, vectors[i].code);
	}
}

static void
steps_are_found(void **state)
{
	static const struct {
		uint64_t first, last, of, want;
	} rows[] = {
		{ 1000, 1002, 1000, 1000 },
		{ 1000, 1002, 1001, 1001 },
		{ 1000, 1002, 1002, 1002 },
		{ 1000, 1002, 999, 0 },
		{ 1000, 1002, 1003, 0 },
		{ 1001, 1001, 1001, 1001 },
		{ 1, 3, 1, 1 },
		{ UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX },
	};
	char code[TOTP_DIGITS + 1];
	uint64_t found;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		found = 77;
		assert_int_equal(totp_code(SEED, rows[i].of, code), 0);
		assert_int_equal(totp_find(SEED, code, rows[i].first, rows[i].last, &found), 0);
		assert_int_equal(found, rows[i].want);
	}
}

/* Of two steps with one code (some pair in these does share one) the first counts. */
static void
first_of_equals(void **state)
{
	char codes[TOTP_MAX_STEPS][TOTP_DIGITS + 1];
	uint64_t found;
	size_t i, j, pairs = 0;

	(void)state;
	for (i = 0; i < TOTP_MAX_STEPS; i++)
		assert_int_equal(totp_code(SEED, 1 + i, codes[i]), 0);
	for (i = 0; i < TOTP_MAX_STEPS; i++) {
		for (j = i + 1; j < TOTP_MAX_STEPS; j++) {
			if (memcmp(codes[i], codes[j], TOTP_DIGITS) != 0)
				continue;
			pairs++;
			assert_int_equal(totp_find(SEED, codes[j], 1 + i, 1 + j, &found), 0);
			assert_int_equal(found, 1 + i);
			assert_int_equal(totp_find(SEED, codes[j], 2 + i, 1 + j, &found), 0);
			assert_int_equal(found, 1 + j);
		}
	}
	assert_true(pairs > 0);
}

static void
ranges_are_bounded(void **state)
{
	static const struct {
		uint64_t first, last;
	} bad[] = { { 0, 0 }, { 0, 5 }, { 6, 5 }, { 1, 1 + TOTP_MAX_STEPS }, { 1, UINT64_MAX },
		{ UINT64_MAX, 1 } };
	uint64_t found = 77;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(totp_find(SEED, "287082", bad[i].first, bad[i].last, &found),
		    ERR_RANGE);
	assert_int_equal(found, 77);
	assert_int_equal(totp_find(SEED, "287082", 1, TOTP_MAX_STEPS, &found), 0);
	assert_int_equal(found, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_the_rfcs),
		cmocka_unit_test(steps_are_found),
		cmocka_unit_test(first_of_equals),
		cmocka_unit_test(ranges_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
