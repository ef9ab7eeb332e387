/* query_test: tests the tree that is made of Query parameters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "aws/query.h"
#include "base/buf.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static int
setup(void **state)
{
	*state = arena_new(16 << 20);
	return 0;
}

static int
teardown(void **state)
{
	arena_free(*state);
	return 0;
}

/* The tree in one line: name[=value][(children)], siblings with spaces between. */
static void
dump(struct buf *b, const struct query *q)
{
	for (; q != NULL; q = q->next) {
		buf_str(b, q->name);
		if (q->has_value) {
			buf_ch(b, '=');
			buf_str(b, q->value);
		}
		if (q->child != NULL) {
			buf_ch(b, '(');
			dump(b, q->child);
			buf_ch(b, ')');
		}
		if (q->next != NULL)
			buf_ch(b, ' ');
	}
}

static void
builds_trees(void **state)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ "Action=A&Version=1", "Action=A Version=1" },
		{ "A.2=y&A.10=z&A.1=x", "A(1=x 2=y 10=z)" },
		{ "A.3=c&A.1=a", "A(1=a 3=c)" },
		{ "Filter.1.Name=n&Filter.1.Value.2=b&Filter.1.Value.1=a&Filter.2.Name=m",
		    "Filter(1(Name=n Value(1=a 2=b)) 2(Name=m))" },
		{ "Tags.member.2.Key=b&Tags.member.1.Key=a&Tags.member.1.Value=",
		    "Tags(1(Key=a "
		    "Value=) 2(Key=b))" },
		{ "member.1=a", "1=a" },
		{ "A.member=a", "A(member=a)" },
		{ "A=1&A.1=x", "A=1(1=x)" },
		{ "A.B.C=1&A.B=2&A=3", "A=3(B=2(C=1))" },
		{ "A.x=1&B.x=1&A.y=1", "A(x=1 y=1) B(x=1)" },
		{ "a=1&A=2", "A=2 a=1" },
		{ "A.01=x&A.1=y", "A(1=y 01=x)" },
		{ "A=b+c%2Bd%26", "A=b c+d&" },
		{ "A", "A=" },
		{ "X-Amz-Date=x&A=1&X-Amz-Signature=y", "A=1" },
	};
	const struct query *q;
	struct buf b;
	size_t i;

	buf_init(&b, 4096);
	for (i = 0; i < N(rows); i++) {
		buf_clear(&b);
		assert_int_equal(query_parse(str_of(rows[i][0]), *state, &q, NULL), 0);
		dump(&b, q->child);
		if (!str_eq_c(buf_view(&b), rows[i][1]))
			fail_msg("%s: %.*s", rows[i][0], STR_FMT(buf_view(&b)));
	}
	buf_release(&b);
}

static void
refuses(void **state)
{
	static const struct {
		const char *form;
		int r;
	} rows[] = {
		{ "A=1&A=1", ERR_DUP },
		{ "A.1=1&B=2&A.1=2", ERR_DUP },
		{ "A.1=1&A.member.1=2", ERR_DUP },
		{ "A.1.B=1&A.member.1.B=2", ERR_DUP },
		{ "=1", ERR_SYNTAX },
		{ ".=1", ERR_SYNTAX },
		{ "A.=1", ERR_SYNTAX },
		{ ".A=1", ERR_SYNTAX },
		{ "A..B=1", ERR_SYNTAX },
		{ "A=%", ERR_SYNTAX },
		{ "A=%zz", ERR_SYNTAX },
		{ "A=%00", ERR_SYNTAX },
		{ "A%00=1", ERR_SYNTAX },
		{ "A=%ff", ERR_SYNTAX },
		{ "A.b.c.d.e.f.g.h.i.j=1", 0 },
		{ "A.b.c.d.e.f.g.h.i.j.k=1", ERR_TOOBIG },
	};
	const struct query *q;
	struct errinfo ei;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		ei.text[0] = '\0';
		if (query_parse(str_of(rows[i].form), *state, &q, &ei) != rows[i].r)
			fail_msg("%s", rows[i].form);
		assert_true((ei.text[0] != '\0') == (rows[i].r != 0));
	}
}

static void
bounds_the_number(void **state)
{
	const struct query *q;
	const struct query *item;
	struct buf b;
	size_t i, n;

	buf_init(&b, 1 << 20);
	for (i = QUERY_MAX_PARAMS; i > 0; i--)
		buf_fmt(&b, "%sA.%zu=%zu", i == QUERY_MAX_PARAMS ? "" : "&", i, i);
	assert_int_equal(query_parse(buf_view(&b), *state, &q, NULL), 0);
	assert_int_equal(query_list(q, "A", &item, &n), 0);
	assert_int_equal(n, QUERY_MAX_PARAMS);
	assert_true(str_eq_c(item->value, "1"));
	buf_c(&b, "&B=1");
	assert_int_equal(query_parse(buf_view(&b), *state, &q, NULL), ERR_TOOBIG);
	buf_release(&b);
}

static void
finds_values(void **state)
{
	const struct query *q;
	struct str v = STR("");

	assert_int_equal(query_parse(STR("Placement.AvailabilityZone=z&A.1.B=x&Empty="), *state, &q,
			     NULL),
	    0);
	assert_int_equal(query_str(q, "Placement.AvailabilityZone", &v), 0);
	assert_true(str_eq_c(v, "z"));
	assert_int_equal(query_str(q, "A.1.B", &v), 0);
	assert_true(str_eq_c(v, "x"));
	assert_int_equal(query_str(q, "Empty", &v), 0);
	assert_int_equal(v.n, 0);
	assert_int_equal(query_str(q, "Placement", &v), ERR_NOTFOUND);
	assert_int_equal(query_str(q, "Placement.X", &v), ERR_NOTFOUND);
	assert_int_equal(query_str(q, "placement.AvailabilityZone", &v), ERR_NOTFOUND);
	assert_int_equal(query_str(q, "A.1.B.C", &v), ERR_NOTFOUND);
	assert_null(query_get(q, "B"));
	assert_non_null(query_get(q, "A.1"));
	assert_null(query_get(NULL, "A"));
}

static void
finds_lists(void **state)
{
	static const struct {
		const char *form;
		int r;
		size_t n;
		const char *first;
	} rows[] = {
		{ "B=1", 0, 0, NULL },
		{ "L.1=a", 0, 1, "a" },
		{ "L.7=b&L.3=a&L.65535=c", 0, 3, "a" },
		{ "L.member.1=a", 0, 1, "a" },
		{ "L=", 0, 0, NULL },
		{ "L=a", ERR_SYNTAX, 0, NULL },
		{ "L=&L.1=a", ERR_SYNTAX, 0, NULL },
		{ "L.x=a", ERR_SYNTAX, 0, NULL },
		{ "L.1=a&L.x=b", ERR_SYNTAX, 0, NULL },
		{ "L.0=a", ERR_SYNTAX, 0, NULL },
		{ "L.-1=a", ERR_SYNTAX, 0, NULL },
		{ "L.65536=a", ERR_SYNTAX, 0, NULL },
		{ "L.01=a", ERR_SYNTAX, 0, NULL },
		{ "L.99999999999999999999=a", ERR_SYNTAX, 0, NULL },
	};
	const struct query *q, *item;
	size_t i, n;

	for (i = 0; i < N(rows); i++) {
		assert_int_equal(query_parse(str_of(rows[i].form), *state, &q, NULL), 0);
		if (query_list(q, "L", &item, &n) != rows[i].r || n != rows[i].n)
			fail_msg("%s", rows[i].form);
		if (rows[i].first != NULL)
			assert_true(str_eq_c(item->value, rows[i].first));
		else
			assert_null(item);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(builds_trees, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(bounds_the_number, setup, teardown),
		cmocka_unit_test_setup_teardown(finds_values, setup, teardown),
		cmocka_unit_test_setup_teardown(finds_lists, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
