/* text_test: tests num, date, err and log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/log.h"
#include "base/num.h"

static void
num_is_strict(void **state)
{
	static const char *const bad[] = { "", " 1", "1 ", "+1", "01", "1a", "0x1", "-1", "1.0" };
	uint64_t u = 0;
	int64_t v = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(num_u64_parse(str_of(bad[i]), 0, 99, &u), ERR_SYNTAX);
	assert_int_equal(num_u64_parse(STR("0"), 0, 99, &u), 0);
	assert_int_equal(num_u64_parse(STR("100"), 0, 99, &u), ERR_RANGE);
	assert_int_equal(num_u64_parse(STR("1"), 2, 99, &u), ERR_RANGE);
	assert_int_equal(num_u64_parse(STR("18446744073709551615"), 0, UINT64_MAX, &u), 0);
	assert_true(u == UINT64_MAX);
	assert_int_equal(num_u64_parse(STR("18446744073709551616"), 0, UINT64_MAX, &u), ERR_RANGE);
	assert_int_equal(num_u64_parse(STR("99999999999999999999999"), 0, UINT64_MAX, &u),
	    ERR_RANGE);
	assert_int_equal(num_i64_parse(STR("-5"), -5, 5, &v), 0);
	assert_int_equal(v, -5);
	assert_int_equal(num_i64_parse(STR("-6"), -5, 5, &v), ERR_RANGE);
	assert_int_equal(num_i64_parse(STR("-0"), -5, 5, &v), ERR_SYNTAX);
	assert_int_equal(num_i64_parse(STR("--1"), -5, 5, &v), ERR_SYNTAX);
	assert_int_equal(num_i64_parse(STR("-"), -5, 5, &v), ERR_SYNTAX);
	assert_int_equal(num_i64_parse(STR("9223372036854775808"), 0, INT64_MAX, &v), ERR_RANGE);
}

static void
date_writes_and_reads_back(void **state)
{
	static const struct {
		int64_t at;
		const char *iso, *basic, *http;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00Z", "19700101T000000Z", "Thu, 01 Jan 1970 00:00:00 GMT" },
		{ 951782400, "2000-02-29T00:00:00Z", "20000229T000000Z",
		    "Tue, 29 Feb 2000 00:00:00 GMT" },
		{ 1722518687, "2024-08-01T13:24:47Z", "20240801T132447Z",
		    "Thu, 01 Aug 2024 13:24:47 GMT" },
		{ 4107542399, "2100-02-28T23:59:59Z", "21000228T235959Z",
		    "Sun, 28 Feb 2100 23:59:59 GMT" },
		{ 253402300799, "9999-12-31T23:59:59Z", "99991231T235959Z",
		    "Fri, 31 Dec 9999 23:59:59 GMT" },
	};
	struct buf b;
	int64_t at;
	size_t i;

	(void)state;
	buf_init(&b, 64);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&b);
		date_iso_write(&b, rows[i].at);
		assert_true(str_eq_c(buf_view(&b), rows[i].iso));
		buf_clear(&b);
		date_basic_write(&b, rows[i].at);
		assert_true(str_eq_c(buf_view(&b), rows[i].basic));
		buf_clear(&b);
		date_http_write(&b, rows[i].at);
		assert_true(str_eq_c(buf_view(&b), rows[i].http));
		assert_int_equal(date_iso_parse(str_of(rows[i].iso), &at), 0);
		assert_true(at == rows[i].at);
		assert_int_equal(date_basic_parse(str_of(rows[i].basic), &at), 0);
		assert_true(at == rows[i].at);
		assert_int_equal(date_http_parse(str_of(rows[i].http), &at), 0);
		assert_true(at == rows[i].at);
	}
	buf_clear(&b);
	date_iso_ms_write(&b, 1722518687042);
	assert_true(str_eq_c(buf_view(&b), "2024-08-01T13:24:47.042Z"));
	buf_release(&b);
	assert_int_equal(date_iso_parse(STR("2024-08-01T13:24:47.042Z"), &at), 0);
	assert_true(at == 1722518687);
}

static void
date_writes_words(void **state)
{
	static const struct {
		int64_t at;
		const char *words, *gmt;
	} rows[] = {
		{ 0, "Jan 1, 1970 12:00:00 AM", "1970-01-01 00:00:00 GMT" },
		{ 1722518687, "Aug 1, 2024 1:24:47 PM", "2024-08-01 13:24:47 GMT" },
		{ 1722513600, "Aug 1, 2024 12:00:00 PM", "2024-08-01 12:00:00 GMT" },
		{ 1700000000, "Nov 14, 2023 10:13:20 PM", "2023-11-14 22:13:20 GMT" },
		{ 1703980859, "Dec 31, 2023 12:00:59 AM", "2023-12-31 00:00:59 GMT" },
	};
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 64);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_clear(&b);
		date_words_write(&b, rows[i].at);
		buf_ch(&b, '\0');
		assert_string_equal(b.p, rows[i].words);
		buf_clear(&b);
		date_gmt_write(&b, rows[i].at);
		buf_ch(&b, '\0');
		assert_string_equal(b.p, rows[i].gmt);
	}
	buf_release(&b);
}

static void
date_refuses(void **state)
{
	static const struct {
		int (*parse)(struct str, int64_t *);
		const char *text;
		int want;
	} rows[] = {
		{ date_iso_parse, "2023-02-29T00:00:00Z", ERR_RANGE },
		{ date_iso_parse, "2100-02-29T00:00:00Z", ERR_RANGE },
		{ date_iso_parse, "2023-13-01T00:00:00Z", ERR_RANGE },
		{ date_iso_parse, "2023-00-01T00:00:00Z", ERR_RANGE },
		{ date_iso_parse, "1969-12-31T23:59:59Z", ERR_RANGE },
		{ date_iso_parse, "2023-01-01T24:00:00Z", ERR_RANGE },
		{ date_iso_parse, "2023-01-01T00:00:60Z", ERR_RANGE },
		{ date_iso_parse, "2023-01-01T00:00:00", ERR_SYNTAX },
		{ date_iso_parse, "2023-01-01T00:00:00+00:00", ERR_SYNTAX },
		{ date_iso_parse, "2023-01-01T00:00:00.Z", ERR_SYNTAX },
		{ date_iso_parse, "2023-01-01T00:00:00.1234567890Z", ERR_SYNTAX },
		{ date_iso_parse, "2023-01-01T00:00:00Z ", ERR_SYNTAX },
		{ date_iso_parse, "2023-1-01T00:00:00Z", ERR_SYNTAX },
		{ date_basic_parse, "20240801T132447", ERR_SYNTAX },
		{ date_basic_parse, "20240801T132447.1Z", ERR_SYNTAX },
		{ date_basic_parse, "2024-08-01T13:24:47Z", ERR_SYNTAX },
		{ date_http_parse, "Fri, 01 Aug 2024 13:24:47 GMT", ERR_SYNTAX },
		{ date_http_parse, "Thu, 1 Aug 2024 13:24:47 GMT", ERR_SYNTAX },
		{ date_http_parse, "Thu, 01 aug 2024 13:24:47 GMT", ERR_SYNTAX },
		{ date_http_parse, "Thu, 01 Aug 2024 13:24:47 UTC", ERR_SYNTAX },
	};
	int64_t at;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(rows[i].parse(str_of(rows[i].text), &at), rows[i].want);
}

/* What one log line looks like on standard error. */
static void
log_escapes(void **state)
{
	int p[2], keep = dup(STDERR_FILENO);
	int64_t before = clock_wall_s(clock_system()), at;
	char got[512], want[512];
	ssize_t n;

	(void)state;
	assert_int_equal(pipe(p), 0);
	assert_int_not_equal(dup2(p[1], STDERR_FILENO), -1);
	log_set_name("t");
	log_debug("hidden", log_i("n", 1));
	log_info("seen", log_s("v", STR("a\"b\\c\n\x1b\xff")), log_i("n", -3), log_c("none", NULL),
	    log_e(ERR_FULL));
	assert_int_not_equal(dup2(keep, STDERR_FILENO), -1);
	close(keep);
	close(p[1]);
	n = read(p[0], got, sizeof(got) - 1);
	close(p[0]);
	assert_true(n > 0);
	got[n] = '\0';
	snprintf(want, sizeof(want),
	    " info t[%d] ev=seen v=\"a\\\"b\\\\c\\x0a\\x1b\\xff\" n=-3 err=\"no room\"\n",
	    (int)getpid());
	/* The time stands before it, to the millisecond. */
	assert_int_equal(date_iso_parse(str_of_n(got, 24), &at), 0);
	assert_in_range(at, before, before + 600);
	assert_int_equal(got[19], '.');
	assert_string_equal(got + 24, want);
}

static void
err_has_a_text_for_all(void **state)
{
	struct errinfo ei;
	int e;

	(void)state;
	for (e = ERR_SYS; e >= ERR_UNSUPPORTED; e--)
		assert_string_not_equal(err_text(e), "unknown error");
	assert_string_equal(err_text(0), "ok");
	assert_string_equal(err_text(-999), "unknown error");
	err_set(&ei, "%s", "a\nb");
	assert_string_equal(ei.text, "a?b");
	err_set(&ei, "%0300d", 1);
	assert_int_equal(strlen(ei.text), 200);
	err_set(NULL, "nothing");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(num_is_strict),
		cmocka_unit_test(date_writes_and_reads_back),
		cmocka_unit_test(date_writes_words),
		cmocka_unit_test(date_refuses),
		cmocka_unit_test(log_escapes),
		cmocka_unit_test(err_has_a_text_for_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
