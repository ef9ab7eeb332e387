/*
 * json_test: tests what the JSON reader accepts and refuses, and the exact bytes that the writer
 * makes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/json.h"
#include "codec/jsonw.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define L(lit) \
	{ \
		(lit), sizeof(lit) - 1 \
	}

static void
refuses(void **state)
{
	static const struct {
		struct str in;
		int want;
	} rows[] = {
		{ L(""), ERR_SYNTAX },
		{ L(" "), ERR_SYNTAX },
		{ L("1"), ERR_SYNTAX },
		{ L("\"a\""), ERR_SYNTAX },
		{ L("null"), ERR_SYNTAX },
		{ L("{"), ERR_SYNTAX },
		{ L("{}x"), ERR_SYNTAX },
		{ L("{}\0"), ERR_SYNTAX },
		{ L("{}{}"), ERR_SYNTAX },
		{ L("\xef\xbb\xbf{}"), ERR_SYNTAX },
		{ L("{\"a\":1,}"), ERR_SYNTAX },
		{ L("[1,]"), ERR_SYNTAX },
		{ L("[1 2]"), ERR_SYNTAX },
		{ L("{a:1}"), ERR_SYNTAX },
		{ L("{'a':1}"), ERR_SYNTAX },
		{ L("{\"a\" 1}"), ERR_SYNTAX },
		{ L("{\"a\":01}"), ERR_SYNTAX },
		{ L("{\"a\":1.}"), ERR_SYNTAX },
		{ L("{\"a\":+1}"), ERR_SYNTAX },
		{ L("{\"a\":NaN}"), ERR_SYNTAX },
		{ L("{\"a\":9223372036854775808}"), ERR_SYNTAX },
		{ L("{\"a\":1e999}"), ERR_SYNTAX },
		{ L("{\"a\":\"\\u0000\"}"), ERR_SYNTAX },
		{ L("{\"\\u0000\":1}"), ERR_SYNTAX },
		{ L("{\"a\":\"\0\"}"), ERR_SYNTAX },
		{ L("{\"a\":\"\n\"}"), ERR_SYNTAX },
		{ L("{\"a\":\"\\x\"}"), ERR_SYNTAX },
		{ L("{\"a\":\"\\ud800\"}"), ERR_SYNTAX },
		{ L("{\"a\":\"\\udc00\\ud800\"}"), ERR_SYNTAX },
		{ L("{\"a\":\"\xff\"}"), ERR_SYNTAX },
		{ L("{\"a\":\"\xed\xa0\x80\"}"), ERR_SYNTAX },
		{ L("{\"a\":\"b}"), ERR_SYNTAX },
		{ L("{/* */}"), ERR_SYNTAX },
		{ L("{\"a\":1,\"a\":1}"), ERR_DUP },
		{ L("{\"a\":1,\"\\u0061\":2}"), ERR_DUP },
		{ L("{\"x\":{\"a\":1,\"b\":2,\"a\":3}}"), ERR_DUP },
		{ L("[[[[[1]]]]]"), ERR_TOOBIG },
		{ L("{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}"), ERR_TOOBIG },
		{ L("{\"a\":\"0123456789012345678901234567890123456789\"}"), ERR_TOOBIG },
	};
	struct errinfo ei;
	struct json *v = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		ei.text[0] = '\0';
		assert_int_equal(json_parse(rows[i].in, 40, 4, &v, &ei), rows[i].want);
		assert_null(v);
		assert_true(ei.text[0] != '\0');
	}
	assert_int_equal(json_parse(STR("{}}"), 40, 4, &v, NULL), ERR_SYNTAX);
}

/* The text may be a secret: errors say where, not what. */
static void
errors_do_not_quote(void **state)
{
	struct errinfo ei;
	struct json *v;

	(void)state;
	assert_int_equal(json_parse(STR("{\"Key\":\n hunter2}"), 99, 4, &v, &ei), ERR_SYNTAX);
	assert_string_equal(ei.text, "line 2 column 7");
}

static void
takes_and_tells(void **state)
{
	static const struct str in =
	    L(" {\"s\":\"a\\u00e4\\n[{\", "
	      "\"i\":-5, \"t\":true, \"f\":false,"
	      "\"n\":null, \"r\":1.5, \"a\":[1,\"x\",[],{}], \"o\":{\"z\":1,\"\":2,\"a\":3}} \n");
	const struct json *a;
	struct json *v;
	struct str s;
	int64_t i;
	bool b;

	(void)state;
	assert_int_equal(json_parse(in, 200, 3, &v, NULL), 0);
	assert_int_equal(json_kind(v), JSON_KIND_OBJECT);
	assert_int_equal(json_len(v), 8);
	assert_int_equal(json_str(json_get(v, "s"), &s), 0);
	assert_true(str_eq_c(s, "a\xc3\xa4\n[{"));
	assert_int_equal(json_i64(json_get(v, "i"), &i), 0);
	assert_int_equal(i, -5);
	assert_int_equal(json_bool(json_get(v, "t"), &b), 0);
	assert_true(b);
	assert_int_equal(json_bool(json_get(v, "f"), &b), 0);
	assert_false(b);
	assert_int_equal(json_kind(json_get(v, "n")), JSON_KIND_NULL);
	assert_int_equal(json_kind(json_get(v, "r")), JSON_KIND_REAL);
	a = json_get(v, "a");
	assert_int_equal(json_kind(a), JSON_KIND_ARRAY);
	assert_int_equal(json_len(a), 4);
	assert_int_equal(json_i64(json_at(a, 0), &i), 0);
	assert_int_equal(i, 1);
	assert_int_equal(json_kind(json_at(a, 3)), JSON_KIND_OBJECT);
	assert_null(json_at(a, 4));
	assert_null(json_at(v, 0));
	assert_null(json_get(a, "a"));
	assert_null(json_get(v, "S"));
	assert_null(json_get(NULL, "a"));
	assert_null(json_at(NULL, 0));
	assert_int_equal(json_len(NULL), 0);
	assert_int_equal(json_kind(NULL), JSON_KIND_NULL);
	json_free(v);
	json_free(NULL);
}

static void
types_are_not_bent(void **state)
{
	static const char *const names[] = { "s", "i", "b", "n", "r", "a", "o", "none" };
	struct json *v;
	const struct json *m;
	struct str s;
	int64_t n;
	size_t i;
	bool b;
	int none;

	(void)state;
	assert_int_equal(json_parse(STR("{\"s\":\"1\",\"i\":1,\"b\":true,\"n\":null,\"r\":1.0,"
					"\"a\":[],\"o\":{}}"),
			     99, 4, &v, NULL),
	    0);
	for (i = 0; i < COUNT(names); i++) {
		m = json_get(v, names[i]);
		none = i == 7 ? ERR_NOTFOUND : ERR_SYNTAX;
		assert_int_equal(json_str(m, &s), i == 0 ? 0 : none);
		assert_int_equal(json_i64(m, &n), i == 1 ? 0 : none);
		assert_int_equal(json_bool(m, &b), i == 2 ? 0 : none);
	}
	json_free(v);
}

static void
members_come_in_order(void **state)
{
	static const char *const want[] = { "z", "a", "", "m" };
	struct json_iter it = { 0 };
	const struct json *m;
	struct json *v;
	struct str name;
	int64_t n;
	size_t i;

	(void)state;
	assert_int_equal(json_parse(STR("{\"z\":0,\"a\":1,\"\":2,\"m\":3}"), 99, 4, &v, NULL), 0);
	it.obj = v;
	for (i = 0; i < COUNT(want); i++) {
		assert_true(json_next(&it, &name, &m));
		assert_true(str_eq_c(name, want[i]));
		assert_int_equal(json_i64(m, &n), 0);
		assert_int_equal(n, i);
	}
	assert_false(json_next(&it, &name, &m));
	json_free(v);
	it = (struct json_iter){ .obj = NULL };
	assert_false(json_next(&it, &name, &m));
}

static void
writes_exactly(void **state)
{
	static const char want[] =
	    "{\"RequestId\":\"a\\\"b\\\\c\",\"Success\":true,"
	    "\"n\":-9223372036854775808,\"u\":18446744073709551615,\"x\":null,\"e\":{},\"l\":[],"
	    "\"a\":[1,\"\",[false],{\"k\":[{},null]},2]"
	    ",\"z\":false}";
	struct jsonw w;
	struct buf b;

	(void)state;
	buf_init(&b, 400);
	jsonw_init(&w, &b);
	jsonw_object(&w);
	jsonw_m_str(&w, "RequestId", STR("a\"b\\c"));
	jsonw_m_bool(&w, "Success", true);
	jsonw_m_i64(&w, "n", INT64_MIN);
	jsonw_m_u64(&w, "u", UINT64_MAX);
	jsonw_m_c(&w, "x", NULL);
	jsonw_m_object(&w, "e");
	jsonw_end(&w);
	jsonw_m_array(&w, "l");
	jsonw_end(&w);
	jsonw_m_array(&w, "a");
	jsonw_i64(&w, 1);
	jsonw_c(&w, "");
	jsonw_array(&w);
	jsonw_bool(&w, false);
	jsonw_end(&w);
	jsonw_object(&w);
	jsonw_m_array(&w, "k");
	jsonw_object(&w);
	jsonw_end(&w);
	jsonw_null(&w);
	jsonw_end(&w);
	jsonw_end(&w);
	jsonw_i64(&w, 2);
	jsonw_end(&w);
	jsonw_name_str(&w, str_head(STR("zy"), 1));
	jsonw_bool(&w, false);
	jsonw_end(&w);
	assert_int_equal(jsonw_finish(&w), 0);
	assert_true(str_eq_c(buf_view(&b), want));
	buf_release(&b);
}

static void
writes_lines(void **state)
{
	static const char want[] = "{\n"
				   "  \"a\" : \"x\",\n"
				   "  \"b\" : {\n"
				   "    \"c\" : [1,{}],\n"
				   "    \"d\" : null\n"
				   "  },\n"
				   "  \"e\" : {}\n"
				   "}";
	struct jsonw w;
	struct buf b;

	(void)state;
	buf_init(&b, 400);
	jsonw_init_lines(&w, &b);
	jsonw_object(&w);
	jsonw_m_c(&w, "a", "x");
	jsonw_m_object(&w, "b");
	jsonw_m_array(&w, "c");
	jsonw_i64(&w, 1);
	jsonw_object(&w);
	jsonw_end(&w);
	jsonw_end(&w);
	jsonw_m_c(&w, "d", NULL);
	jsonw_end(&w);
	jsonw_m_object(&w, "e");
	jsonw_end(&w);
	jsonw_end(&w);
	assert_int_equal(jsonw_finish(&w), 0);
	assert_true(str_eq_c(buf_view(&b), want));
	buf_release(&b);
}

static void
writes_any_bytes(void **state)
{
	static const struct {
		struct str in;
		const char *want;
	} rows[] = {
		{ L("\0\x01\x1f"), "[\"\\u0000\\u0001\\u001f\"]" },
		{ L("\b\t\n\f\r"), "[\"\\b\\t\\n\\f\\r\"]" },
		{ L("\x7f</script>"), "[\"\x7f</script>\"]" },
		{ L("\xc3\xa4\xf0\x9f\x98\x80"), "[\"\xc3\xa4\xf0\x9f\x98\x80\"]" },
		{ L("a\xff\xc3"), "[\"a\xef\xbf\xbd\xef\xbf\xbd\"]" },
		{ L("\xed\xa0\x80"), "[\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"]" },
		{ L(""), "[\"\"]" },
	};
	struct jsonw w;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 100);
	for (i = 0; i < COUNT(rows); i++) {
		buf_clear(&b);
		jsonw_init(&w, &b);
		jsonw_array(&w);
		jsonw_str(&w, rows[i].in);
		jsonw_end(&w);
		assert_int_equal(jsonw_finish(&w), 0);
		assert_true(str_eq_c(buf_view(&b), rows[i].want));
	}
	buf_release(&b);
}

/* Every character but NUL, which the reader refuses, comes back equal, also
 * as a name. */
static void
writer_and_reader_agree(void **state)
{
	char text[3 * 0x800], *p = text;
	struct jsonw w;
	struct json *v;
	struct buf b;
	struct str s;
	unsigned cp;

	(void)state;
	for (cp = 1; cp < 0x800; cp++) {
		if (cp >= 0x80)
			*p++ = (char)(0xc0 | cp >> 6);
		*p++ = (char)(cp < 0x80 ? cp : 0x80 | (cp & 0x3f));
	}
	*p = '\0';
	buf_init(&b, 40000);
	jsonw_init(&w, &b);
	jsonw_object(&w);
	jsonw_m_c(&w, text, text);
	jsonw_end(&w);
	assert_int_equal(jsonw_finish(&w), 0);
	assert_int_equal(json_parse(buf_view(&b), 40000, 1, &v, NULL), 0);
	assert_int_equal(json_str(json_get(v, text), &s), 0);
	assert_true(str_eq_c(s, text));
	json_free(v);
	buf_release(&b);
}

static void
full_buffer_is_told(void **state)
{
	struct jsonw w;
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	jsonw_init(&w, &b);
	jsonw_array(&w);
	jsonw_c(&w, "abc");
	jsonw_end(&w);
	assert_int_equal(jsonw_finish(&w), ERR_TOOBIG);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses),
		cmocka_unit_test(errors_do_not_quote),
		cmocka_unit_test(takes_and_tells),
		cmocka_unit_test(types_are_not_bent),
		cmocka_unit_test(members_come_in_order),
		cmocka_unit_test(writes_exactly),
		cmocka_unit_test(writes_lines),
		cmocka_unit_test(writes_any_bytes),
		cmocka_unit_test(writer_and_reader_agree),
		cmocka_unit_test(full_buffer_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
