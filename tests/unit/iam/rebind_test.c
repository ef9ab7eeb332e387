/* rebind_test: tests that renaming the principals of a policy changes nothing else in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "iam/rebind.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define ONE(s) "{\"Statement\":{" s "}}"
#define MANY(s) "{\"Version\":\"2012-10-17\",\"Statement\":[{" s "}]}"

/* "a" becomes "b", "bad" an error. Counts. */
static int
rename_a(void *ctx, struct str text, struct str *ret)
{
	size_t *n = ctx;

	(*n)++;
	if (str_eq_c(text, "bad"))
		return ERR_NOTFOUND;
	if (str_eq_c(text, "a"))
		*ret = STR("b");
	return 0;
}

static const struct {
	const char *in, *want;
	size_t asked;
	bool changed;
} rows[] = {
	{ ONE("\"Principal\":{\"AWS\":\"a\"}"), ONE("\"Principal\":{\"AWS\":\"b\"}"), 1, true },
	{ ONE("\"Principal\":{\"AWS\":\"A\"}"), ONE("\"Principal\":{\"AWS\":\"A\"}"), 1, false },
	{ MANY("\"Principal\":{\"AWS\":[\"x\",\"a\",\"*\"]}"),
	    MANY("\"Principal\":{\"AWS\":[\"x\",\"b\",\"*\"]}"), 3, true },
	{ MANY("\"NotPrincipal\":{\"AWS\":\"a\"}"), MANY("\"NotPrincipal\":{\"AWS\":\"a\"}"), 0,
	    false },
	{ MANY("\"Principal\":{\"AWS\":\"x\"}},{\"Principal\":{\"AWS\":[\"a\",\"a\"]}"),
	    MANY("\"Principal\":{\"AWS\":\"x\"}},{\"Principal\":{\"AWS\":[\"b\",\"b\"]}"), 3,
	    true },
	{ MANY("\"Principal\":{\"Service\":\"a\",\"AWS\":\"a\",\"Federated\":[\"a\"]}"),
	    MANY("\"Principal\":{\"Service\":\"a\",\"AWS\":\"b\",\"Federated\":[\"a\"]}"), 1,
	    true },
	/* The same words elsewhere are no principals. */
	{ MANY("\"Principal\":\"a\""), MANY("\"Principal\":\"a\""), 0, false },
	{ "{\"Id\":\"a\",\"AWS\":\"a\",\"Principal\":{\"AWS\":\"a\"}}",
	    "{\"Id\":\"a\",\"AWS\":\"a\",\"Principal\":{\"AWS\":\"a\"}}", 0, false },
	{ MANY("\"Sid\":\"a\",\"Action\":\"a\",\"Condition\":{\"ArnLike\":{\"AWS\":\"a\","
	       "\"Principal\":[\"a\"]}}"),
	    MANY("\"Sid\":\"a\",\"Action\":\"a\",\"Condition\":{\"ArnLike\":{\"AWS\":\"a\","
		 "\"Principal\":[\"a\"]}}"),
	    0, false },
	{ MANY("\"principal\":{\"AWS\":\"a\"},\"Principal\":{\"aws\":\"a\"}"),
	    MANY("\"principal\":{\"AWS\":\"a\"},\"Principal\":{\"aws\":\"a\"}"), 0, false },
	/* Values of conditions are what they were. */
	{ " {\"Statement\" :\n{ \"Principal\":{\"AWS\":\"\\u0061\"}, \"Condition\":{\"X\":{\"k\":"
	  "[1.5, -3,true,\"\\\"\\\\\\u00fc\\n\"]}} } }",
	    ONE("\"Principal\":{\"AWS\":\"b\"},\"Condition\":{\"X\":{\"k\":"
		"[1.5,-3,true,\"\\\"\\\\\xc3\xbc\\n\"]}}"),
	    1, true },
	{ "{ }", "{}", 0, false },
	{ "[\"a\"]", "[\"a\"]", 0, false },
	{ ONE("\"Principal\":{\"AWS\":{\"AWS\":\"a\"}}"),
	    ONE("\"Principal\":{\"AWS\":{\"AWS\":\"a\"}}"), 0, false },
};

static void
test_rebind(void **state)
{
	size_t i, asked;
	bool changed;
	struct buf b;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		buf_init(&b, 1000);
		asked = 0;
		changed = !rows[i].changed;
		assert_int_equal(rebind(str_of(rows[i].in), rename_a, &asked, &b, &changed), 0);
		if (!str_eq_c(buf_view(&b), rows[i].want))
			fail_msg("row %zu: %.*s", i, STR_FMT(buf_view(&b)));
		assert_int_equal(asked, rows[i].asked);
		assert_int_equal(changed, rows[i].changed);
		buf_release(&b);
	}
}

static const struct {
	const char *in;
	size_t max;
	int want;
} refused[] = {
	{ "", 100, ERR_SYNTAX },
	{ "a", 100, ERR_SYNTAX },
	{ "{}{}", 100, ERR_SYNTAX },
	{ "{\"a\":1,\"a\":1}", 100, ERR_DUP },
	{ "[[[[[[[[[]]]]]]]]]", 100, ERR_TOOBIG },
	{ ONE("\"Principal\":{\"AWS\":[\"a\",\"bad\",\"a\"]}"), 100, ERR_NOTFOUND },
	{ ONE("\"Principal\":{\"AWS\":\"a\"}"), 38, ERR_TOOBIG },
};

static void
test_refused(void **state)
{
	bool changed = true;
	size_t i, asked = 0;
	struct buf b;

	(void)state;
	for (i = 0; i < N(refused); i++) {
		buf_init(&b, refused[i].max);
		assert_int_equal(rebind(str_of(refused[i].in), rename_a, &asked, &b, &changed),
		    refused[i].want);
		buf_release(&b);
	}
	/* The last one was asked for once, the one before until it failed. */
	assert_int_equal(asked, 3);
	assert_true(changed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rebind),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
