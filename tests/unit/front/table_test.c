/* front_table_test: which connections count as one client's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "front/table.h"

/* The table asks a connection for its peer alone. */
struct conn {
	struct addr peer;
};

const struct addr *
conn_peer(const struct conn *c)
{
	return &c->peer;
}

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
};

static void
test_one_clients_connections(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct conn conn = { addr(rows[i].one) };
		struct client c = { .conn = &conn };
		struct addr other = addr(rows[i].other);
		struct front_table *t = table_new();

		table_add(t, &c);
		table_set_idle(t, &c, true);
		assert_int_equal(table_count_addr(t, &other), rows[i].same);
		assert_ptr_equal(table_oldest_idle_of(t, &other), rows[i].same ? &c : NULL);
		table_remove(t, &c);
		assert_int_equal(table_count_addr(t, &conn.peer), 0);
		table_free(t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_clients_connections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
