/* uplink_test: when to connect again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/uplink.h"

static void
test_pauses_double_up_to_the_longest(void **state)
{
	static const struct {
		unsigned attempt;
		int64_t min_ms, max_ms, longest;
	} rows[] = {
		{ 0, 250, 10000, 250 },
		{ 1, 250, 10000, 500 },
		{ 5, 250, 10000, 8000 },
		{ 6, 250, 10000, 10000 },
		{ 4000000000u, 250, 10000, 10000 },
		{ 0, 250, 100, 100 },
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t least = INT64_MAX, most = 0;

		for (k = 0; k < 1000; k++) {
			int64_t d = uplink_delay_ms(rand_system(), rows[i].attempt, rows[i].min_ms,
			    rows[i].max_ms);

			least = d < least ? d : least;
			most = d > most ? d : most;
		}
		assert_in_range(least, rows[i].longest / 2, rows[i].longest * 6 / 10);
		assert_in_range(most, rows[i].longest * 9 / 10, rows[i].longest);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pauses_double_up_to_the_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
