/*
 * lag_test: tests how late a message is found to be, with clocks that are apart and drift.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/lag.h"
#include "link/link.h"

#define MINUTE_MS 60000

static void
test_what_took_longer_is_late(void **state)
{
	static const struct {
		int64_t at_ms, now_ms, late_ms;
	} rows[] = {
		{ 5000, 905000, 0 }, /* the clocks are 15 minutes apart, less what this took */
		{ 5100, 905101, 1 },
		{ 5200, 905197, 0 }, /* faster: by 3 ms, which all before it were late */
		{ 5200, 906100, 903 },
		{ 5300, 920300, 15003 },
		{ 21000, 920997, 0 },
		{ 4000, 920997, 17000 },
	};
	struct lag l;
	size_t i;

	(void)state;
	lag_init(&l);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(lag_note(&l, rows[i].at_ms, rows[i].now_ms), rows[i].late_ms);
	/* Another machine, which has been up for longer than ours. */
	lag_init(&l);
	assert_int_equal(lag_note(&l, 1000000000, 921000), 0);
	assert_int_equal(lag_note(&l, 1000000000, 921007), 7);
	assert_int_equal(lag_note(&l, LINK_MAX_AT_MS, 921007), 0);
	assert_int_equal(lag_note(&l, 1, 921007), LINK_MAX_AT_MS - 1);
}

/* A clock that goes wrong by a second in an hour makes no key late: what is older than a minute is
 * forgotten. One that goes wrong the other way is followed at once. */
static void
test_clocks_that_drift(void **state)
{
	int64_t now_ms, at_ms;
	struct lag l;
	int way;

	(void)state;
	for (way = -1; way <= 1; way += 2) {
		lag_init(&l);
		for (now_ms = 0; now_ms < 24 * 60 * MINUTE_MS; now_ms += 10000) {
			at_ms = 1000000 + now_ms + way * now_ms / 3600;
			assert_in_range(lag_note(&l, at_ms, now_ms), 0, 20);
		}
	}
}

/* The delay of one window is not what the next one is measured by, if that is faster. */
static void
test_two_windows(void **state)
{
	struct lag l;

	(void)state;
	lag_init(&l);
	assert_int_equal(lag_note(&l, 1000, 1000), 0);
	assert_int_equal(lag_note(&l, 31000, 31500), 500);
	assert_int_equal(lag_note(&l, 60000, 60800), 800); /* the first window still counts */
	assert_int_equal(lag_note(&l, 61000, 61800), 300);
	assert_int_equal(lag_note(&l, 92000, 92800), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_took_longer_is_late),
		cmocka_unit_test(test_clocks_that_drift),
		cmocka_unit_test(test_two_windows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
