/* glob_test: tests wildcards, against the C library's regular expressions too, and counts what
 * patterns take that are made to take long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <regex.h>

#include "base/buf.h"
#include "iam/glob.h"

#define PLENTY ((uint64_t)1 << 40)

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

/* Matches, and counts the steps. */
static bool
match(struct str pattern, struct str text, uint64_t *ret_steps)
{
	struct steps steps = { PLENTY };
	bool r = glob_match(pattern, text, &steps);

	*ret_steps = PLENTY - steps.left;
	return r;
}

static void
matches(void **state)
{
	uint64_t steps;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 100);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		encode(rows[i].pattern, &b);
		if (match(buf_view(&b), str_of(rows[i].text), &steps) != rows[i].matches)
			fail_msg("row %zu: \"%s\" on \"%s\"", i, rows[i].pattern, rows[i].text);
	}
	buf_release(&b);
}

/* The same as an extended regular expression. */
static void
translate(const char *pattern, char regex[static 32])
{
	char *p = regex;

	*p++ = '^';
	for (; *pattern != '\0'; pattern++) {
		if (*pattern == '*' || *pattern == '?')
			*p++ = '.';
		if (*pattern != '?')
			*p++ = *pattern;
	}
	*p++ = '$';
	*p = '\0';
}

/* The number-th text of n letters. */
static void
spell(const char *letters, size_t n_letters, size_t number, size_t n, char *ret)
{
	size_t i;

	for (i = 0; i < n; i++) {
		ret[i] = letters[number % n_letters];
		number /= n_letters;
	}
	ret[n] = '\0';
}

static size_t
compare_texts(const char *pattern, struct str glob, const regex_t *re)
{
	size_t n, number, differ = 0;
	uint64_t steps;
	char text[8];

	for (n = 0; n <= 5; n++)
		for (number = 0; number < (size_t)1 << n; number++) {
			spell("ab", 2, number, n, text);
			if (match(glob, str_of(text), &steps) ==
			    (regexec(re, text, 0, NULL, 0) == 0))
				continue;
			print_error("\"%s\" on \"%s\"\n", pattern, text);
			differ++;
		}
	return differ;
}

/* All patterns of up to 6 of these letters, on all texts of up to 5. */
static void
agrees_with_regexec(void **state)
{
	size_t n, number, differ = 0;
	char pattern[8], expression[32];
	struct buf b;
	regex_t re;

	(void)state;
	buf_init(&b, 100);
	for (n = 0; n <= 6; n++)
		for (number = 0; number < (size_t)1 << 2 * n; number++) {
			spell("ab*?", 4, number, n, pattern);
			encode(pattern, &b);
			translate(pattern, expression);
			assert_int_equal(regcomp(&re, expression, REG_EXTENDED | REG_NOSUB), 0);
			differ += compare_texts(pattern, buf_view(&b), &re);
			regfree(&re);
		}
	buf_release(&b);
	assert_int_equal(differ, 0);
}

static void
repeat(struct buf *b, const char *s, size_t n)
{
	while (n-- > 0)
		buf_c(b, s);
}

/* Each is made to take long: by ways to spread stars, by beginnings of a segment that are found
 * again and again, and by both. The steps have to stay in proportion to the lengths. */
static void
takes_linear_time(void **state)
{
	static const struct {
		const char *before, *repeated;
		size_t times;
		const char *behind, *text;
		size_t n_text;
		bool matches;
	} hard[] = {
		{ "*", "a", 2000, "b*", "a", 4000, false },
		{ "*", "a", 1999, "a*", "a", 4000, true },
		{ "*", "ab", 1000, "b*", "ab", 2000, false },
		{ "*", "a*", 500, "b", "a", 2000, false },
		{ "*", "a*", 500, "b*", "a", 2000, false },
		{ "*", "aab*", 300, "", "aab", 2000, true },
		{ "*", "a*aa*", 300, "c*", "aab", 2000, false },
		{ "*", "*", 4000, "b", "a", 2000, false },
		{ "", "a", 2000, "?b", "a", 4000, false },
		{ "*", "a", 2000, "?b", "a", 4000, false },
	};
	struct buf pattern, text, encoded;
	uint64_t steps;
	size_t i;

	(void)state;
	buf_init(&pattern, 8000);
	buf_init(&text, 8000);
	buf_init(&encoded, 8000);
	for (i = 0; i < sizeof(hard) / sizeof(*hard); i++) {
		buf_clear(&pattern);
		buf_clear(&text);
		repeat(&pattern, hard[i].before, 1);
		repeat(&pattern, hard[i].repeated, hard[i].times);
		repeat(&pattern, hard[i].behind, 1);
		buf_ch(&pattern, '\0');
		repeat(&text, hard[i].text, hard[i].n_text);
		encode(pattern.p, &encoded);
		if (match(buf_view(&encoded), buf_view(&text), &steps) != hard[i].matches)
			fail_msg("row %zu", i);
		if (steps > 4 * (encoded.n + text.n + 1))
			fail_msg("row %zu: %llu steps", i, (unsigned long long)steps);
	}
	buf_release(&pattern);
	buf_release(&text);
	buf_release(&encoded);
}

/* A "?" behind a star is looked for by trying; that is bounded by the steps that there are. What
 * would match is then no match. */
static void
gives_up(void **state)
{
	struct steps steps = { PLENTY };
	struct buf pattern, text;
	uint64_t full;

	(void)state;
	buf_init(&pattern, 8000);
	buf_init(&text, 8000);
	buf_ch(&pattern, GLOB_STAR);
	repeat(&pattern, "a", 200);
	buf_ch(&pattern, GLOB_ONE);
	buf_ch(&pattern, 'b');
	buf_ch(&pattern, GLOB_STAR);
	repeat(&text, "a", 1000);
	repeat(&text, "b", 1);
	assert_true(match(buf_view(&pattern), buf_view(&text), &full));
	assert_true(full > 200 * 800 && full < 2 * 204 * 1001);
	steps.left = full + 1;
	assert_true(glob_match(buf_view(&pattern), buf_view(&text), &steps));
	assert_int_equal(steps.left, 1);
	steps.left = full;
	assert_false(glob_match(buf_view(&pattern), buf_view(&text), &steps));
	assert_int_equal(steps.left, 0);
	steps.left = 1000;
	assert_false(glob_match(buf_view(&pattern), buf_view(&text), &steps));
	assert_int_equal(steps.left, 0);
	assert_false(glob_match(STR("a"), STR("a"), &steps));
	buf_release(&pattern);
	buf_release(&text);
}

/* The longest segment that is searched for, and one byte more, which uses up the steps. */
static void
limits_segments(void **state)
{
	struct steps steps = { PLENTY };
	struct buf pattern, text;

	(void)state;
	buf_init(&pattern, 8000);
	buf_init(&text, 8000);
	buf_ch(&pattern, GLOB_STAR);
	repeat(&pattern, "a", GLOB_MAX_SEGMENT);
	buf_ch(&pattern, GLOB_STAR);
	repeat(&text, "a", GLOB_MAX_SEGMENT + 1);
	assert_true(glob_match(buf_view(&pattern), buf_view(&text), &steps));
	assert_true(steps.left > 0);
	buf_clear(&pattern);
	buf_ch(&pattern, GLOB_STAR);
	repeat(&pattern, "a", GLOB_MAX_SEGMENT + 1);
	assert_true(glob_match(buf_view(&pattern), buf_view(&text), &steps));
	buf_ch(&pattern, GLOB_STAR);
	assert_true(steps.left > 0);
	assert_false(glob_match(buf_view(&pattern), STR("a"), &steps));
	assert_true(steps.left > 0);
	assert_false(glob_match(buf_view(&pattern), buf_view(&text), &steps));
	assert_int_equal(steps.left, 0);
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
		cmocka_unit_test(agrees_with_regexec),
		cmocka_unit_test(takes_linear_time),
		cmocka_unit_test(gives_up),
		cmocka_unit_test(limits_segments),
		cmocka_unit_test(knows_its_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
