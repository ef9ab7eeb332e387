/*
 * conf_test: tests that settings are read as they are written, and that every other line is
 * refused with its number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "codec/conf.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define L(lit) \
	{ \
		(lit), sizeof(lit) - 1 \
	}

/* "section|key|value|line;" */
static int
record(void *ctx, struct str section, struct str key, struct str value, unsigned line)
{
	if (str_eq_c(key, "stop"))
		return ERR_DUP;
	buf_fmt(ctx, "%.*s|%.*s|%.*s|%u;", STR_FMT(section), STR_FMT(key), STR_FMT(value), line);
	return 0;
}

static void
gives_settings(void **state)
{
	static const struct {
		struct str in;
		const char *want;
	} rows[] = {
		{ L(""), "" },
		{ L("\n \n# c\n; c\n  # c\n"), "" },
		{ L("a=b"), "|a|b|1;" },
		{ L("[s]\na = b\n\n[t.u-v_1]\t\nc\t=\td e \n"), "s|a|b|2;t.u-v_1|c|d e|5;" },
		{ L("[s]\nlisten = [::]:443, 0.0.0.0:443\n"), "s|listen|[::]:443, 0.0.0.0:443|2;" },
		{ L("a=\nb==c=\n"), "|a||1;|b|=c=|2;" },
		{ L("a=b ; c\nd=e;f # g\n"), "|a|b|1;|d|e;f # g|2;" },
		{ L("a=1\na=2\n"), "|a|1|1;|a|2|2;" },
		{ L("a=\xc3\xa4\"'\\\n"), "|a|\xc3\xa4\"'\\|1;" },
	};
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 1000);
	for (i = 0; i < COUNT(rows); i++) {
		buf_clear(&b);
		assert_int_equal(conf_parse(rows[i].in, record, &b, NULL), 0);
		assert_true(str_eq_c(buf_view(&b), rows[i].want));
	}
	buf_release(&b);
}

static void
refuses_lines(void **state)
{
	static const struct {
		struct str in;
		int want;
		const char *text;
	} rows[] = {
		{ L("a"), ERR_SYNTAX, "line 1: not key = value" },
		{ L("a=b\nc d\n"), ERR_SYNTAX, "line 2: not key = value" },
		{ L("=b"), ERR_SYNTAX, "line 1: not key = value" },
		{ L("a: b"), ERR_SYNTAX, "line 1: not key = value" },
		{ L("a:b=c"), ERR_SYNTAX, "line 1: not key = value" },
		{ L("a=b\n c\n"), ERR_SYNTAX, "line 2: indented" },
		{ L("a=b\n\tc=d\n"), ERR_SYNTAX, "line 2: indented" },
		{ L(" [s]"), ERR_SYNTAX, "line 1: indented" },
		{ L("[s"), ERR_SYNTAX, "line 1: not a section" },
		{ L("[]"), ERR_SYNTAX, "line 1: not a section" },
		{ L("["), ERR_SYNTAX, "line 1: not a section" },
		{ L("[s] x"), ERR_SYNTAX, "line 1: not a section" },
		{ L("[s] ; c"), ERR_SYNTAX, "line 1: not a section" },
		{ L("[a b]"), ERR_SYNTAX, "line 1: not a section" },
		{ L("[a]b]"), ERR_SYNTAX, "line 1: not a section" },
		{ L("a=b\r\n"), ERR_SYNTAX, "line 1: control byte" },
		{ L("a=b\0c\n"), ERR_SYNTAX, "line 1: control byte" },
		{ L("\n# \x1b[2J\n"), ERR_SYNTAX, "line 2: control byte" },
		{ L("\xef\xbb\xbf[s]\n"), ERR_SYNTAX, "line 1: not key = value" },
		{ L("a=1\nstop=\nb=2\n"), ERR_DUP, "" },
	};
	struct errinfo ei;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 1000);
	for (i = 0; i < COUNT(rows); i++) {
		buf_clear(&b);
		ei.text[0] = '\0';
		assert_int_equal(conf_parse(rows[i].in, record, &b, &ei), rows[i].want);
		assert_string_equal(ei.text, rows[i].text);
		assert_int_equal(conf_parse(rows[i].in, record, &b, NULL), rows[i].want);
	}
	/* nothing is given after the end that fn asked for */
	assert_true(str_eq_c(buf_view(&b), "|a|1|1;|a|1|1;"));
	buf_release(&b);
}

static void
limits_hold(void **state)
{
	struct errinfo ei;
	struct buf b, out;
	int i, j;

	(void)state;
	buf_init(&b, 1000);
	buf_init(&out, 1000);
	for (i = 0; i < 2; i++) {
		buf_clear(&b);
		buf_clear(&out);
		buf_c(&b, "k=");
		for (j = 0; j < CONF_MAX_LINE - 2 + i; j++)
			buf_ch(&b, 'v');
		buf_c(&b, "\nl=w\n");
		assert_int_equal(conf_parse(buf_view(&b), record, &out, &ei),
		    i == 0 ? 0 : ERR_TOOBIG);
		assert_int_equal(out.n, i == 0 ? 3 + CONF_MAX_LINE - 2 + 3 + 7 : 0);
		buf_clear(&b);
		buf_clear(&out);
		buf_ch(&b, '[');
		for (j = 0; j < CONF_MAX_NAME + i; j++)
			buf_ch(&b, 's');
		buf_c(&b, "]\nk=v\n");
		assert_int_equal(conf_parse(buf_view(&b), record, &out, &ei),
		    i == 0 ? 0 : ERR_TOOBIG);
		assert_int_equal(out.n, i == 0 ? CONF_MAX_NAME + 7 : 0);
	}
	assert_string_equal(ei.text, "line 1: section name too long");
	buf_release(&b);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_settings),
		cmocka_unit_test(refuses_lines),
		cmocka_unit_test(limits_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
