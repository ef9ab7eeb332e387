/* glob_test: tests wildcards, and that a pattern made to take exponential time does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "iam/glob.h"

/* With "*" and "?" as wildcards; a backslash makes them letters. */
static const struct {
	const char *pattern, *text;
	bool matches;
} rows[] = {
	{ "", "", true },
	{ "*", "", true },
	{ "**", "", true },
	{ "a", "a", true },
	{ "*", "abc", true },
	{ "a*", "a", true },
	{ "*a", "a", true },
	{ "a*c", "abbbc", true },
	{ "a*c", "acbc", true },
	{ "*b*", "abc", true },
	{ "*ab*ab", "abxabab", true },
	{ "*aab", "aaaaab", true },
	{ "a*b*c", "a1b2b3c", true },
	{ "a?c", "abc", true },
	{ "???", "abc", true },
	{ "?*", "a", true },
	{ "*?", "\xc3\xa9", true },
	{ "?", "\xf0\x9f\x94\x91", true },
	{ "\xc3\xa9*",
	    "\xc3\xa9"
	    "a",
	    true },
	{ "a*", "a\n\x01/:", true },
	{ "\\*", "*", true },
	{ "\\?", "?", true },
	{ "?", "\xff", true },
	{ "", "a", false },
	{ "a", "", false },
	{ "a", "A", false },
	{ "?", "", false },
	{ "?*", "", false },
	{ "a*c", "abcd", false },
	{ "*a", "ab", false },
	{ "a*", "ba", false },
	{ "a*b*c", "acb", false },
	{ "*ab*ab", "abab0", false },
	{ "??", "a", false },
	{ "??", "abc", false },
	{ "??", "\xc3\xa9", false },
	{ "*??", "\xc3\xa9", false },
	{ "\xc3*", "\xc3\xa9", true },
	{ "\xc3\xa9", "\xc3\xa8", false },
	{ "\\*", "a", false },
	{ "\\?", "a", false },
};

static void
encode(const char *s, struct buf *b)
{
	buf_clear(b);
	for (; *s != '\0'; s++)
		if (*s == '\\')
			buf_ch(b, *++s);
		else
			buf_ch(b, *s == '*' ? GLOB_STAR : *s == '?' ? GLOB_ONE : *s);
}

static void
matches(void **state)
{
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 100);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		encode(rows[i].pattern, &b);
		if (glob_match(buf_view(&b), str_of(rows[i].text)) != rows[i].matches)
			fail_msg("row %zu: \"%s\" on \"%s\"", i, rows[i].pattern, rows[i].text);
	}
	buf_release(&b);
}

/* Trying every way to spread 500 stars over 2,000 letters would never end. */
static void
burns_out(void **state)
{
	const int64_t started = clock_boot_ms(clock_system());
	struct buf pattern, text;
	size_t i;

	(void)state;
	buf_init(&pattern, 2000);
	buf_init(&text, 2000);
	for (i = 0; i < 500; i++) {
		buf_ch(&pattern, GLOB_STAR);
		buf_ch(&pattern, 'a');
	}
	buf_ch(&pattern, 'b');
	for (i = 0; i < 2000; i++)
		buf_ch(&text, 'a');
	assert_false(glob_match(buf_view(&pattern), buf_view(&text)));
	buf_drop(&pattern, 1000);
	assert_true(pattern.n == 1);
	assert_true(clock_boot_ms(clock_system()) - started < 5000);
	buf_release(&pattern);
	buf_release(&text);
}

static void
knows_its_bytes(void **state)
{
	(void)state;
	assert_true(glob_has_wildcard(STR("a\xff")));
	assert_true(glob_has_wildcard(STR("\xfe")));
	assert_false(glob_has_wildcard(STR("*?\xfd")));
	assert_false(glob_has_wildcard(STR("")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches),
		cmocka_unit_test(burns_out),
		cmocka_unit_test(knows_its_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
