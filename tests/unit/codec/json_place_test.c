/*
 * json_place_test: tests the lines and columns of statements, which must be those of IAM's
 * simulator.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/json_place.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define L(lit) \
	{ \
		(lit), sizeof(lit) - 1 \
	}

static void
finds(void **state)
{
	static const struct {
		struct str text;
		size_t i, from_line, from_column, to_line, to_column;
	} rows[] = {
		/* AWS CLI reference, simulate-principal-policy: 3:19 to 9:10. */
		{ L("{\n    \"Version\": \"2012-10-17\",\n    \"Statement\": [\n        {\n"
		    "            \"Effect\": \"Allow\",\n            \"Action\": \"a:b\",\n"
		    "            \"Resource\": \"*\",\n            \"Sid\": \"1\"\n        }\n"
		    "    ]\n}\n"),
		    0, 3, 19, 9, 10 },
		{ L("{\"Version\":\"2012-10-17\",\"Statement\":[{\"a\":1}]}"), 0, 1, 38, 1, 45 },
		{ L("{\"Statement\":{\"a\":[1,2]}}"), 0, 1, 14, 1, 25 },
		{ L(" { \"Statement\" : {}\n}"), 0, 1, 17, 1, 20 },
		{ L("{\"Statement\":[{\"a\":[{}]},{\"b\":\"]},\\\"{\"} , {\"c\":{}}]}"), 1, 1, 26,
		    1, 40 },
		{ L("{\"Statement\":[{\"a\":[{}]},{\"b\":\"]},\\\"{\"} , {\"c\":{}}]}"), 2, 1, 42,
		    1, 51 },
		{ L("{\"x\":{\"Statement\":[1]},\"Id\":\"\xc3\xa9\",\"Statement\":[{}]}"), 0, 1, 46,
		    1, 48 },
		{ L("{\"n\":-1.5e3,\"b\":true,\"Statement\":[7]}"), 0, 1, 35, 1, 36 },
	};
	struct json_place from, to;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		print_message("# row %zu\n", i);
		assert_int_equal(json_place(rows[i].text, (struct str)L("Statement"), rows[i].i,
				     &from, &to),
		    0);
		assert_int_equal(from.line, rows[i].from_line);
		assert_int_equal(from.column, rows[i].from_column);
		assert_int_equal(to.line, rows[i].to_line);
		assert_int_equal(to.column, rows[i].to_column);
	}
}

static void
finds_not(void **state)
{
	static const struct {
		struct str text;
		size_t i;
	} rows[] = {
		{ L(""), 0 },
		{ L("[]"), 0 },
		{ L("{}"), 0 },
		{ L("{\"Statement\":[]}"), 0 },
		{ L("{\"Statement\":[{}]}"), 1 },
		{ L("{\"Statement\":{}}"), 1 },
		{ L("{\"x\":{\"Statement\":{}}}"), 0 },
		{ L("{\"\\u0053tatement\":{}}"), 0 },
		/* What is not JSON must end, too. */
		{ L("{\"Statement"), 0 },
		{ L("{\"Statement\\"), 0 },
		{ L("{\"Statement\""), 0 },
		{ L("{\"Statement\":"), 0 },
		{ L("{\"Statement\":["), 0 },
		{ L("{\"x\":]]]"), 0 },
		{ L("{\"x\":[\"\\"), 0 },
		{ L("{\"x\":1,"), 0 },
	};
	struct json_place from, to;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		print_message("# row %zu\n", i);
		assert_int_equal(json_place(rows[i].text, (struct str)L("Statement"), rows[i].i,
				     &from, &to),
		    ERR_NOTFOUND);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds),
		cmocka_unit_test(finds_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
