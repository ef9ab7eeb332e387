/* uri_test: tests percent encoding, query strings and forms, SigV4's rules for paths, and UTF-8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codec/uri.h"
#include "codec/utf8.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define L(lit) \
	{ \
		(lit), sizeof(lit) - 1 \
	}

static void
encodes_all_bytes(void **state)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~";
	struct buf b, back;
	char c, want[4];
	int i;

	(void)state;
	buf_init(&b, 16);
	buf_init(&back, 16);
	for (i = 0; i < 256; i++) {
		c = (char)i;
		snprintf(want, sizeof(want), i != 0 && strchr(plain, i) ? "%c" : "%%%02X", i);
		buf_clear(&b);
		uri_encode(&b, str_of_n(&c, 1));
		assert_true(str_eq_c(buf_view(&b), want));
		buf_clear(&back);
		assert_int_equal(uri_decode(&back, buf_view(&b)), 0);
		assert_true(str_eq(buf_view(&back), str_of_n(&c, 1)));
	}
	buf_clear(&b);
	uri_encode_path(&b, STR("/a b/~%"));
	assert_true(str_eq_c(buf_view(&b), "/a%20b/~%25"));
	buf_release(&b);
	buf_release(&back);
}

static void
decode_is_strict(void **state)
{
	static const char *const bad[] = { "%", "%1", "a%", "%zz", "%0g", "%g0", "%%41", "% 1" };
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 8);
	for (i = 0; i < COUNT(bad); i++)
		assert_int_equal(uri_decode(&b, str_of(bad[i])), ERR_SYNTAX);
	assert_int_equal(b.n, 0);
	assert_int_equal(uri_decode(&b, STR("a+%2f%2F%00")), 0);
	assert_true(str_eq(buf_view(&b), STR("a+//\0")));
	assert_int_equal(uri_decode(&b, STR("123456")), ERR_TOOBIG);
	buf_release(&b);
}

static void
splits_targets(void **state)
{
	static const char *const bad[] = { "", "a", "?a", "http://a/", "*", "/a#b", "/?#", "/a b",
		"/\x7f", "/\xc3\xa4", "/\n" };
	struct str path, query;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++)
		assert_int_equal(uri_target_split(str_of(bad[i]), &path, &query), ERR_SYNTAX);
	assert_int_equal(uri_target_split(STR("/"), &path, &query), 0);
	assert_true(str_eq_c(path, "/"));
	assert_true(str_eq_c(query, ""));
	assert_int_equal(uri_target_split(STR("/a?"), &path, &query), 0);
	assert_true(str_eq_c(path, "/a"));
	assert_true(str_eq_c(query, ""));
	assert_int_equal(uri_target_split(STR("/a%3F?b=/?c"), &path, &query), 0);
	assert_true(str_eq_c(path, "/a%3F"));
	assert_true(str_eq_c(query, "b=/?c"));
}

static void
normalises_paths(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "", "/" },
		{ "/", "/" },
		{ "//", "/" },
		{ "/./", "/" },
		{ "/.", "/" },
		{ "/..", "/" },
		{ "/../..", "/" },
		{ "/a", "/a" },
		{ "/a/", "/a/" },
		{ "//a//b//", "/a/b/" },
		{ "/a/..", "/" },
		{ "/a/../", "/" },
		{ "/a/./b/../c", "/a/c" },
		{ "/a/b/../../c/", "/c/" },
		{ "/...", "/..." },
		{ "/a/...", "/a/..." },
		{ "/.a/..b", "/.a/..b" },
		{ "/%2e%2e/a", "/%2e%2e/a" },
		{ "/../a/../../b", "/b" },
	};
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 64);
	for (i = 0; i < COUNT(rows); i++) {
		buf_clear(&b);
		buf_c(&b, "x/y"); /* what stands before is not touched */
		uri_path_normalise(&b, str_of(rows[i].in));
		assert_true(str_eq_c(str_from(buf_view(&b), 3), rows[i].want));
		assert_true(str_starts(buf_view(&b), STR("x/y")));
	}
	buf_release(&b);
}

static void
parses_params(void **state)
{
	static const struct {
		struct str in;
		unsigned flags;
		int want;
		size_t n;
		const char *name, *value; /* of the last */
	} rows[] = {
		{ L(""), 0, 0, 0, NULL, NULL },
		{ L("&&"), 0, 0, 0, NULL, NULL },
		{ L("a=b"), 0, 0, 1, "a", "b" },
		{ L("a"), 0, 0, 1, "a", "" },
		{ L("a="), 0, 0, 1, "a", "" },
		{ L("a==b="), 0, 0, 1, "a", "=b=" },
		{ L("a=1&b=2"), 0, 0, 2, "b", "2" },
		{ L("&a=1&&b=2&"), 0, 0, 2, "b", "2" },
		{ L("a=b+c"), 0, 0, 1, "a", "b+c" },
		{ L("a+d=b+c%2B"), URI_PLUS_IS_SPACE, 0, 1, "a d", "b c+" },
		{ L("Filter.1.Name=%c3%A4%0A"), 0, 0, 1, "Filter.1.Name", "\xc3\xa4\n" },
		{ L("a=1&a=2"), URI_ALLOW_DUP, 0, 2, "a", "2" },
		{ L("a=1&A=2"), 0, 0, 2, "A", "2" },
		{ L("a=1&b=2&c=3&d=4"), 0, 0, 4, "d", "4" },
		{ L("a=1&a=2"), 0, ERR_DUP, 0, NULL, NULL },
		{ L("a&a"), 0, ERR_DUP, 0, NULL, NULL },
		{ L("a=1&%61=2"), 0, ERR_DUP, 0, NULL, NULL },
		{ L("a=1&b=2&c=3&d=4&e=5"), 0, ERR_TOOBIG, 0, NULL, NULL },
		{ L("=a"), 0, ERR_SYNTAX, 0, NULL, NULL },
		{ L("="), 0, ERR_SYNTAX, 0, NULL, NULL },
		{ L("a=%"), 0, ERR_SYNTAX, 0, NULL, NULL },
		{ L("a%4=1"), 0, ERR_SYNTAX, 0, NULL, NULL },
		{ L("a=%00"), 0, ERR_SYNTAX, 0, NULL, NULL },
		{ L("a=\0"), 0, ERR_SYNTAX, 0, NULL, NULL },
		{ L("a=b c"), 0, ERR_SYNTAX, 0, NULL, NULL },
		{ L("a=b\n"), 0, ERR_SYNTAX, 0, NULL, NULL },
		{ L("a=\xc3\xa4"), 0, ERR_SYNTAX, 0, NULL, NULL },
		{ L("a=%c3"), 0, ERR_SYNTAX, 0, NULL, NULL },
		{ L("a=%ed%a0%80"), 0, ERR_SYNTAX, 0, NULL, NULL },
	};
	struct arena *a = arena_new(4096);
	const struct uri_param *v;
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		arena_reset(a);
		v = NULL;
		n = 0;
		assert_int_equal(uri_params_parse(a, rows[i].in, rows[i].flags, 4, &v, &n),
		    rows[i].want);
		assert_int_equal(n, rows[i].n);
		if (n == 0)
			continue;
		assert_true(str_eq_c(v[n - 1].name, rows[i].name));
		assert_true(str_eq_c(v[n - 1].value, rows[i].value));
	}
	assert_int_equal(uri_params_parse(a, STR("a=1&a=2&b=3"), URI_ALLOW_DUP, 4, &v, &n), 0);
	assert_int_equal(n, 3);
	assert_true(str_eq_c(v[0].value, "1") && str_eq_c(v[1].value, "2"));
	arena_free(a);
}

static void
knows_utf8(void **state)
{
	static const struct str good[] = {
		L(""),
		L("a\0b"),
		L("\x7f"),
		L("\xc2\x80"),
		L("\xdf\xbf"),
		L("\xe0\xa0\x80"),
		L("\xed\x9f\xbf"),
		L("\xee\x80\x80"),
		L("\xef\xbf\xbf"),
		L("\xf0\x90\x80\x80"),
		L("\xf4\x8f\xbf\xbf"),
		L("z\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z"),
	};
	static const struct str bad[] = {
		L("\x80"),
		L("\xbf"),
		L("\xc0\x80"),
		L("\xc1\xbf"),
		L("\xc2"),
		L("\xc2z"),
		L("\xe0\x80\x80"),
		L("\xe0\x9f\xbf"),
		L("\xed\xa0\x80"),
		L("\xed\xbf\xbf"),
		L("\xe2\x82"),
		L("\xe2\x82z"),
		L("\xf0\x80\x80\x80"),
		L("\xf0\x8f\xbf\xbf"),
		L("\xf4\x90\x80\x80"),
		L("\xf5\x80\x80\x80"),
		L("\xf0\x9f\x98"),
		L("\xf8\x88\x80\x80\x80"),
		L("\xfe"),
		L("\xff"),
		L("ok\xc3"),
	};
	uint32_t cp;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++)
		assert_true(utf8_valid(good[i]));
	for (i = 0; i < COUNT(bad); i++)
		assert_false(utf8_valid(bad[i]));
	assert_int_equal(utf8_char(STR(""), &cp), 0);
	assert_int_equal(utf8_char(STR("az"), &cp), 1);
	assert_int_equal(cp, 'a');
	assert_int_equal(utf8_char(STR("\xe2\x82\xacz"), &cp), 3);
	assert_int_equal(cp, 0x20ac);
	assert_int_equal(utf8_char(STR("\xf4\x8f\xbf\xbf"), &cp), 4);
	assert_int_equal(cp, 0x10ffff);
	assert_int_equal(utf8_char(STR(UTF8_REPLACEMENT), &cp), 3);
	assert_int_equal(cp, 0xfffd);
}

/* Wherever the bad byte stands, in a long text and in a short one. */
static void
knows_utf8_in_long_text(void **state)
{
	char text[40];

	(void)state;
	for (size_t n = 1; n < sizeof(text); n++) {
		for (size_t at = 0; at < n; at++) {
			memset(text, 'a', sizeof(text));
			assert_true(utf8_valid(str_of_n(text, n)));
			text[at] = (char)0xe9;
			assert_false(utf8_valid(str_of_n(text, n)));
			if (at + 1 == n)
				continue;
			memcpy(text + at, "\xc3\xa9", 2);
			assert_true(utf8_valid(str_of_n(text, n)));
		}
	}
}

static void
mends_utf8(void **state)
{
	static const struct {
		struct str in, out;
	} rows[] = {
		{ L(""), L("") },
		{ L("caf\xc3\xa9"), L("caf\xc3\xa9") },
		{ L("caf\xe9"), L("caf\xef\xbf\xbd") },
		{ L("\xe9 latin"), L("\xef\xbf\xbd latin") },
		{ L("cut \xe2\x82"), L("cut \xef\xbf\xbd\xef\xbf\xbd") },
		{ L("\xed\xa0\x80"), L("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd") },
		{ L("a\xffz\xf0\x9f\x98\x80"), L("a\xef\xbf\xbdz\xf0\x9f\x98\x80") },
	};
	struct arena *a = arena_new(1u << 16);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str got = utf8_mend(rows[i].in, a);

		assert_int_equal(got.n, rows[i].out.n);
		assert_memory_equal(got.p, rows[i].out.p, got.n);
		assert_true(utf8_valid(got));
	}
	/* What needs no mending is not copied. */
	assert_ptr_equal(utf8_mend(rows[1].in, a).p, rows[1].in.p);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encodes_all_bytes),
		cmocka_unit_test(decode_is_strict),
		cmocka_unit_test(splits_targets),
		cmocka_unit_test(normalises_paths),
		cmocka_unit_test(parses_params),
		cmocka_unit_test(knows_utf8_in_long_text),
		cmocka_unit_test(mends_utf8),
		cmocka_unit_test(knows_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
