/*
 * token_test: tests that a token is good for one guest and for its time only, and cannot be
 * guessed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "imds/token.h"

static struct str
text(const char *t)
{
	return str_of(t);
}

static void
test_good_until_its_time(void **state)
{
	struct tokens t = { 0 };
	char a[TOKEN_LEN + 1], b[TOKEN_LEN + 1];
	uint32_t generation = 0;

	(void)state;
	token_issue(&t, rand_system(), 5, 7, 1000, a);
	token_issue(&t, rand_system(), TOKEN_MAX_TTL_S, 8, 1000, b);
	assert_int_equal(strlen(a), TOKEN_LEN);
	assert_string_not_equal(a, b);
	assert_int_equal(token_check(&t, text(a), 1000, &generation), 0);
	assert_int_equal(generation, 7);
	assert_int_equal(token_check(&t, text(a), 5999, &generation), 0);
	assert_int_equal(token_check(&t, text(a), 6000, &generation), ERR_DENIED);
	assert_int_equal(token_check(&t, text(b), 21600999, &generation), 0);
	assert_int_equal(generation, 8);
	assert_int_equal(token_check(&t, text(b), 21601000, &generation), ERR_DENIED);
	token_release(&t);
}

static void
test_another_guest_and_forgeries(void **state)
{
	struct tokens mine = { 0 }, other = { 0 };
	char a[TOKEN_LEN + 1], b[TOKEN_LEN + 1];
	uint32_t generation;
	size_t i;

	(void)state;
	token_issue(&mine, rand_system(), 60, 1, 0, a);
	token_issue(&other, rand_system(), 60, 1, 0, b);
	assert_int_equal(token_check(&other, text(a), 0, &generation), ERR_DENIED);
	assert_int_equal(token_check(&mine, text(b), 0, &generation), ERR_DENIED);
	for (i = 0; i < TOKEN_LEN; i++) {
		char c[TOKEN_LEN + 1];

		memcpy(c, a, sizeof(c));
		c[i] = c[i] == 'A' ? 'B' : 'A';
		assert_int_equal(token_check(&mine, text(c), 0, &generation), ERR_DENIED);
	}
	assert_int_equal(token_check(&mine, text(""), 0, &generation), ERR_DENIED);
	assert_int_equal(token_check(&mine, str_head(text(a), TOKEN_LEN - 1), 0, &generation),
	    ERR_DENIED);
	assert_int_equal(token_check(&mine, STR("********************************************"), 0,
			     &generation),
	    ERR_DENIED);
	token_release(&mine);
	assert_int_equal(token_check(&mine, text(a), 0, &generation), ERR_DENIED);
	token_release(&other);
}

static void
test_the_table_is_bounded(void **state)
{
	struct tokens t = { 0 };
	char first[TOKEN_LEN + 1], last[TOKEN_LEN + 1];
	uint32_t generation;
	size_t i;

	(void)state;
	token_issue(&t, rand_system(), 100, 1, 0, first);
	for (i = 1; i < TOKEN_MAX; i++)
		token_issue(&t, rand_system(), 100, 1, 0, last);
	assert_int_equal(token_check(&t, text(first), 1, &generation), 0);
	assert_int_equal(token_check(&t, text(last), 1, &generation), 0);
	token_issue(&t, rand_system(), 100, 2, 0, last);
	assert_int_equal(t.n, TOKEN_MAX);
	assert_int_equal(token_check(&t, text(first), 1, &generation), ERR_DENIED);
	assert_int_equal(token_check(&t, text(last), 1, &generation), 0);
	assert_int_equal(generation, 2);
	token_release(&t);
}

static void
test_places_are_used_again(void **state)
{
	struct tokens t = { 0 };
	char token[TOKEN_LEN + 1];
	uint32_t generation;
	int64_t now;

	(void)state;
	for (now = 0; now < 1000000; now += 1000) {
		token_issue(&t, rand_system(), 5, 1, now, token);
		assert_int_equal(token_check(&t, text(token), now, &generation), 0);
	}
	assert_true(t.n <= 8);
	token_release(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_until_its_time),
		cmocka_unit_test(test_another_guest_and_forgeries),
		cmocka_unit_test(test_the_table_is_bounded),
		cmocka_unit_test(test_places_are_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
