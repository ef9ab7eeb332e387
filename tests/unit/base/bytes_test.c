/* bytes_test: tests str, buf, rd, hex, b32 and b64. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/b32.h"
#include "base/b64.h"
#include "base/buf.h"
#include "base/hex.h"
#include "base/rd.h"
#include "base/str.h"

static void
assert_str(struct str got, const char *want)
{
	assert_int_equal(got.n, strlen(want));
	assert_memory_equal(got.p, want, got.n);
}

static void
str_compares_and_cuts(void **state)
{
	char dst[4];

	(void)state;
	assert_true(str_eq_nocase(STR("HoSt"), STR("hOsT")));
	assert_false(str_eq_nocase(STR("Host"), STR("Hosts")));
	assert_false(str_eq(STR("a"), STR("A")));
	assert_int_equal(str_cmp(STR("ab"), STR("b")), -1);
	assert_int_equal(str_cmp(STR("ab"), STR("a")), 1);
	assert_int_equal(str_cmp(STR(""), STR("")), 0);
	assert_str(str_trim(STR(" \t\r\nx y\n ")), "x y");
	assert_str(str_trim(STR(" \n ")), "");
	assert_true(str_starts(STR("abc"), STR("ab")));
	assert_false(str_starts(STR("a"), STR("ab")));
	assert_true(str_ends(STR("abc"), STR("bc")));
	assert_false(str_ends(STR("c"), STR("bc")));
	assert_int_equal(str_index(STR("abc"), 'c'), 2);
	assert_int_equal(str_index(STR("abc"), 'd'), 3);
	assert_true(str_has_ctl(STR("a\x7f")));
	assert_false(str_has_ctl(STR("a\xc3\xa9 b")));
	assert_int_equal(str_copy(dst, sizeof(dst), STR("abc")), 0);
	assert_string_equal(dst, "abc");
	assert_int_equal(str_copy(dst, sizeof(dst), STR("abcd")), ERR_TOOBIG);
	assert_int_equal(str_copy(dst, sizeof(dst), STR("a\0b")), ERR_SYNTAX);
	assert_string_equal(dst, "abc");
}

static void
buf_keeps_its_ceiling(void **state)
{
	struct buf b;
	size_t n;
	char *p;

	(void)state;
	buf_init(&b, 8);
	buf_c(&b, "1234");
	buf_u64(&b, 5678);
	assert_int_equal(buf_err(&b), 0);
	assert_str(buf_view(&b), "12345678");
	buf_ch(&b, '9');
	assert_int_equal(buf_err(&b), ERR_TOOBIG);
	buf_clear(&b);
	buf_c(&b, "123456789"); /* too long: nothing of it arrives */
	buf_c(&b, "1");         /* and the error sticks */
	assert_int_equal(buf_err(&b), ERR_TOOBIG);
	assert_int_equal(b.n, 0);
	assert_null(buf_take(&b, &n));
	buf_clear(&b);
	buf_i64(&b, INT8_MIN);
	buf_fmt(&b, "%c%s", 'x', "yz");
	assert_str(buf_view(&b), "-128xyz");
	buf_drop(&b, 4);
	assert_str(buf_view(&b), "xyz");
	p = buf_take(&b, &n);
	assert_string_equal(p, "xyz");
	assert_int_equal(n, 3);
	free(p);
	buf_i64(&b, INT64_MIN);
	assert_int_equal(buf_err(&b), ERR_TOOBIG);
	buf_release(&b);
}

static void
rd_moves_only_on_success(void **state)
{
	struct rd r = rd_of(STR("key: \x01\x02\x03\x04rest"));
	struct str s;
	uint32_t v = 7;
	uint64_t w;

	(void)state;
	assert_int_equal(rd_until(&r, '?', 99, &s), ERR_SYNTAX);
	assert_int_equal(rd_until(&r, ':', 2, &s), ERR_TOOBIG);
	assert_int_equal(rd_until(&r, ':', 3, &s), 0);
	assert_str(s, "key");
	assert_int_equal(rd_lit(&r, STR("  ")), ERR_SYNTAX);
	assert_int_equal(rd_lit(&r, STR(" ")), 0);
	assert_int_equal(rd_u32(&r, &v), 0);
	assert_int_equal(v, 0x01020304);
	assert_int_equal(rd_u64(&r, &w), ERR_SYNTAX);
	assert_int_equal(rd_span(&r, "xyz", 9, &s), ERR_SYNTAX);
	assert_int_equal(rd_span(&r, "erst", 3, &s), ERR_TOOBIG);
	assert_int_equal(rd_end(&r), ERR_SYNTAX);
	assert_int_equal(rd_span(&r, "erst", 4, &s), 0);
	assert_str(s, "rest");
	assert_int_equal(rd_end(&r), 0);
	assert_int_equal(rd_bytes(&r, 1, &s), ERR_SYNTAX);
}

static void
hex_is_strict(void **state)
{
	static const char *const bad[] = { "", "0", "0g", "FF", "0 ", "0011" };
	struct buf b;
	uint8_t one[1];
	size_t i;

	(void)state;
	buf_init(&b, 16);
	hex_write(&b, "\x00\xaf", 2);
	hex_write_upper(&b, "\xaf", 1);
	assert_str(buf_view(&b), "00afAF");
	buf_release(&b);
	assert_int_equal(hex_parse(STR("fe"), one, 1), 0);
	assert_int_equal(one[0], 0xfe);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(hex_parse(str_of(bad[i]), one, 1), ERR_SYNTAX);
	assert_false(hex_is_lower(STR("")));
	assert_false(hex_is_lower(STR("aF")));
}

/* The vectors of RFC 4648 section 10. */
/* RFC 4648 section 10, without the padding. */
static void
b32_follows_the_rfc(void **state)
{
	static const struct {
		const char *plain, *text;
	} rows[] = { { "", "" }, { "f", "MY" }, { "fo", "MZXQ" }, { "foo", "MZXW6" },
		{ "foob", "MZXW6YQ" }, { "fooba", "MZXW6YTB" }, { "foobar", "MZXW6YTBOI" },
		{ "\xff\xff\xff\xff\xff\xff", "7777777774" } };
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 64);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&b);
		b32_write(&b, rows[i].plain, strlen(rows[i].plain));
		assert_true(str_eq_c(buf_view(&b), rows[i].text));
	}
	buf_release(&b);
}

static void
b64_follows_the_rfc(void **state)
{
	static const struct {
		const char *plain, *text;
	} rows[] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" } };
	static const char *const bad[] = { "Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "Zm9v\n",
		" Zm9v", "Zm-_", "====", "Z===", "Zm=v" };
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 64);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&b);
		b64_write(&b, rows[i].plain, strlen(rows[i].plain));
		assert_str(buf_view(&b), rows[i].text);
		buf_clear(&b);
		assert_int_equal(b64_parse(str_of(rows[i].text), &b), 0);
		assert_str(buf_view(&b), rows[i].plain);
	}
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		buf_clear(&b);
		assert_int_equal(b64_parse(str_of(bad[i]), &b), ERR_SYNTAX);
	}
	buf_release(&b);
	buf_init(&b, 2);
	assert_int_equal(b64_parse(STR("Zm9v"), &b), ERR_TOOBIG);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(str_compares_and_cuts),
		cmocka_unit_test(buf_keeps_its_ceiling),
		cmocka_unit_test(rd_moves_only_on_success),
		cmocka_unit_test(hex_is_strict),
		cmocka_unit_test(b32_follows_the_rfc),
		cmocka_unit_test(b64_follows_the_rfc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
