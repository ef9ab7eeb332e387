/* xml_test: tests the exact bytes that the XML writer makes, also of text that is not UTF-8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/xml.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define L(lit) \
	{ \
		(lit), sizeof(lit) - 1 \
	}
#define DECL "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

static void
writes_exactly(void **state)
{
	static const char want[] =
	    DECL "<DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">"
		 "<requestId>r-1</requestId><reservationSet><item><n>-5</n>"
		 "<yes>true</yes><no>false</no><at>2024-08-01T13:24:47Z</at>"
		 "<launchTime>2024-08-01T13:24:47.250Z</launchTime></item></reservationSet>"
		 "</DescribeInstancesResponse>";
	struct buf b;
	struct xml x;

	(void)state;
	buf_init(&b, 1000);
	xml_init(&x, &b);
	xml_root(&x, "DescribeInstancesResponse", "http://ec2.amazonaws.com/doc/2016-11-15/");
	xml_str(&x, "requestId", STR("r-1"));
	xml_open(&x, "reservationSet");
	xml_open(&x, "item");
	xml_i64(&x, "n", -5);
	xml_bool(&x, "yes", true);
	xml_bool(&x, "no", false);
	xml_time(&x, "at", 1722518687);
	xml_time_ms(&x, "launchTime", 1722518687250);
	xml_close(&x);
	xml_close(&x);
	xml_close(&x);
	assert_int_equal(xml_finish(&x), 0);
	assert_true(str_eq_c(buf_view(&b), want));
	buf_release(&b);
}

static void
escapes_any_bytes(void **state)
{
	static const struct {
		struct str in;
		const char *want;
	} rows[] = {
		{ L("a<b>&\"c'"), "a&lt;b&gt;&amp;&quot;c&apos;" },
		{ L("]]>"), "]]&gt;" },
		{ L("\t\n\r"), "\t\n&#13;" },
		{ L("\0"), "\xef\xbf\xbd" },
		{ L("\x01\x0b\x1f"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ L("\x7f\xc2\x85"), "\x7f\xc2\x85" },
		{ L("\xc3\xa4\xf0\x9f\x98\x80"), "\xc3\xa4\xf0\x9f\x98\x80" },
		{ L("\xef\xbf\xbe\xef\xbf\xbf"), "\xef\xbf\xbd\xef\xbf\xbd" },
		{ L("\xff<\xc3"), "\xef\xbf\xbd&lt;\xef\xbf\xbd" },
		{ L(""), "" },
	};
	char want[200];
	struct buf b;
	struct xml x;
	size_t i;

	(void)state;
	buf_init(&b, 300);
	for (i = 0; i < COUNT(rows); i++) {
		buf_clear(&b);
		xml_init(&x, &b);
		xml_root(&x, "r", NULL);
		xml_str(&x, "v", rows[i].in);
		xml_close(&x);
		assert_int_equal(xml_finish(&x), 0);
		snprintf(want, sizeof(want), DECL "<r><v>%s</v></r>", rows[i].want);
		assert_true(str_eq_c(buf_view(&b), want));
	}
	buf_clear(&b);
	xml_init(&x, &b);
	xml_root(&x, "_a.b-c9", "a\"<&");
	xml_close(&x);
	assert_int_equal(xml_finish(&x), 0);
	assert_true(str_eq_c(buf_view(&b), DECL "<_a.b-c9 xmlns=\"a&quot;&lt;&amp;\"></_a.b-c9>"));
	buf_release(&b);
}

static void
full_buffer_is_told(void **state)
{
	struct buf b;
	struct xml x;

	(void)state;
	buf_init(&b, sizeof(DECL) + 5);
	xml_init(&x, &b);
	xml_root(&x, "r", NULL);
	xml_close(&x);
	assert_int_equal(xml_finish(&x), ERR_TOOBIG);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_exactly),
		cmocka_unit_test(escapes_any_bytes),
		cmocka_unit_test(full_buffer_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
