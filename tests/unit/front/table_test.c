/*
 * table_test: tests which connections count as those of one client, the order of idle clients, and
 * that streams are counted apart.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "front/table.h"

static struct addr
addr(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(str_of(text), &a), 0);
	return a;
}

static const struct {
	const char *one, *other;
	bool same;
} rows[] = {
	{ "192.0.2.1:1", "192.0.2.1:2", true },
	{ "192.0.2.1:1", "192.0.2.2:1", false },
	{ "[2001:db8::1]:1", "[2001:db8::1]:2", true },
	{ "[2001:db8::1]:1", "[2001:db8::ffff:ffff:ffff:ffff]:1", true },
	{ "[2001:db8::1]:1", "[2001:db8:0:1::1]:1", false },
	{ "[2001:db8::1]:1", "[2001:db9::1]:1", false },
	{ "[2001:db8::1]:1", "32.1.13.184:1", false },
	{ "[::ffff:192.0.2.1]:1", "192.0.2.1:2", true },
	{ "[::ffff:192.0.2.1]:1", "[::ffff:192.0.2.1]:2", true },
	{ "[::ffff:192.0.2.1]:1", "[::ffff:192.0.2.2]:1", false },
	{ "[::ffff:192.0.2.1]:1", "[::1]:1", false },
};

static void
test_one_clients_connections(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct addr peer = addr(rows[i].one), other = addr(rows[i].other);
		struct client *c = (struct client *)&other; /* never looked into */
		struct table_entry e;
		struct table *t = table_new(rand_system());

		table_add(t, &e, c, &peer);
		table_set(t, &e, SLOT_IDLE);
		assert_int_equal(table_count_addr(t, &other), rows[i].same);
		assert_ptr_equal(table_first_of(t, &other), rows[i].same ? c : NULL);
		table_remove(t, &e);
		assert_int_equal(table_count_addr(t, &peer), 0);
		table_free(t);
	}
}

static void
count_gone(void *ctx)
{
	++*(int *)ctx;
}

/* The oldest comes first, each watcher is told of each that goes, and of no other
 * change. */
static void
test_idle_and_watchers(void **state)
{
	struct addr peer = addr("198.18.0.1:1");
	int gone[2] = { 0, 0 };
	struct table_watch w[2] = { { .gone = count_gone, .ctx = &gone[0] },
		{ .gone = count_gone, .ctx = &gone[1] } };
	struct client *c[3] = { (struct client *)&w[0], (struct client *)&w[1],
		(struct client *)&peer };
	struct table_entry e[3];
	struct table *t = table_new(rand_system());
	size_t i;

	(void)state;
	table_watch(t, &w[0]);
	table_watch(t, &w[1]);
	for (i = 0; i < 3; i++) {
		table_add(t, &e[i], c[i], &peer);
		table_set(t, &e[i], SLOT_IDLE);
	}
	assert_int_equal(table_count_addr(t, &peer), 3);
	table_set(t, &e[0], SLOT_IDLE); /* busy in between: it is the youngest now */
	assert_ptr_equal(table_first(t), c[1]);
	table_set(t, &e[1], SLOT_KEPT);
	assert_ptr_equal(table_first(t), c[2]);
	assert_int_equal(gone[0], 0);
	for (i = 0; i < 3; i++) {
		table_remove(t, &e[i]);
		assert_int_equal(gone[0], i + 1);
		assert_int_equal(gone[1], i + 1);
		assert_int_equal(table_count(t), 2 - i);
	}
	assert_null(table_first(t));
	table_free(t);
}

static void
test_streams(void **state)
{
	struct addr peer = addr("198.18.0.1:1");
	struct client *c = (struct client *)&peer; /* never looked into */
	struct table *t = table_new(rand_system());
	struct table_entry e;

	(void)state;
	table_add(t, &e, c, &peer);
	table_set_stream(t, &e);
	table_set_stream(t, &e);
	assert_int_equal(table_count(t), 1);
	assert_int_equal(table_streams(t), 1);
	assert_int_equal(table_count_addr(t, &peer), 0);
	assert_null(table_first(t));
	table_set(t, &e, SLOT_SLOW);
	assert_int_equal(table_streams(t), 0);
	assert_int_equal(table_count_addr(t, &peer), 1);
	assert_ptr_equal(table_first(t), c);
	table_set_stream(t, &e);
	table_remove(t, &e);
	assert_int_equal(table_count(t), 0);
	assert_int_equal(table_streams(t), 0);
	table_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_clients_connections),
		cmocka_unit_test(test_idle_and_watchers),
		cmocka_unit_test(test_streams),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
