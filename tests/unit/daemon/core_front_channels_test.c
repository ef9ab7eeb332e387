/*
 * core_front_channels_test: tests the channels between fronts and core: what becomes of one that
 * ends or says nonsense, and how many a front may have.
 */
#include "core_front_rig.h"

/* When a front ends, so do its links, but not those of the other; messages to its links are
 * dropped. */
static void
one_ends(void **state)
{
	struct ipc *a = front(0), *b = front(1);
	const struct front_port *port = core_front_port(rig.core);
	struct ipc_in m;

	(void)state;
	about_link(a, MSG_FC_UPLINK_OPEN, 1, "A");
	about_link(b, MSG_FC_UPLINK_OPEN, 1, "B");
	(void)step();
	(void)hears(b, MSG_CF_UPLINK_ACCEPT, &m);
	api.told[0] = '\0';
	ipc_free(a);
	(void)step();
	told("gone1:0 ");
	assert_int_equal(step(), 1);
	told("");
	port->text(port->ctx, api.link[0], STR("lost"));
	port->close(port->ctx, api.link[0], 1000, STR("lost"));
	hears_nothing(b);
	assert_int_equal(rig.n_rejoined, 0); /* an end is nobody's fault */
	/* The same front again: other links, even with the same numbers. */
	a = front(0);
	about_link(a, MSG_FC_UPLINK_OPEN, 1, "A");
	(void)step();
	told("open3:1A ");
	ipc_free(a);
	ipc_free(b);
}

/* A front that has shut down its sending side gets all its answers, however slowly it reads. */
static void
half_closed(void **state)
{
	char *big = xalloc(1u << 20);
	struct ipc *a = front(0);
	struct ipc_in m;
	int i, n = 0, e;

	(void)state;
	for (i = 1; i <= 4; i++) {
		ask(a, (uint64_t)i, str_of_n(big, 1u << 20));
		while (ipc_pending(a)) {
			(void)step();
			(void)!ipc_flush(a);
		}
	}
	assert_int_equal(shutdown(ipc_fd(a), SHUT_WR), 0);
	(void)step();
	assert_true(core_front_pending(rig.core));
	for (i = 0; i < 10000 && (e = ipc_recv(a, &m)) != ERR_CLOSED; i++) {
		n += e == 0;
		(void)step();
	}
	assert_int_equal(n, 4);
	assert_false(core_front_pending(rig.core));
	assert_int_equal(step(), 0);
	assert_int_equal(rig.n_rejoined, 0);
	ipc_free(a);
	xfree(big);
}

/* Nonsense of one closes its channel, asks for another, and leaves the others. */
static void
nonsense(void **state)
{
	static const struct {
		uint16_t type;
		uint64_t number;
	} rows[] = {
		{ MSG_FC_UPLINK_OPEN, 0 },
		{ MSG_FC_UPLINK_OPEN, 1ULL << OWN_BITS },
		{ MSG_FC_UPLINK_TEXT, UINT64_MAX },
		{ MSG_FC_UPLINK_CLOSE, 0 },
		{ MSG_FC_REQUEST, 1 }, /* without its fields */
		{ MSG_CF_RESPONSE, 1 },
	};
	struct ipc *a, *b = front(3);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		a = front(2);
		ask(a, 7, STR("good"));
		about_link(a, rows[i].type, rows[i].number, "x");
		(void)step();
		hears_answer(a, 7, "good"); /* what came before was good */
		is_closed(a);
		assert_int_equal(rig.n_rejoined, 1);
		assert_int_equal(rig.rejoined[0], 2);
		rig.n_rejoined = 0;
		ask(b, i + 1, STR("still"));
		(void)step();
		hears_answer(b, i + 1, "still");
		ipc_free(a);
	}
	ipc_free(b);
}

/* A link that an earlier core had accepted is accepted first, then it is as if its
 * agent said again what it had said. */
static void
opened_again(void **state)
{
	struct ipc *a = front(0);
	struct ipc_in m;
	uint16_t code;

	(void)state;
	about_old_link(a, MSG_FC_UPLINK_OPEN, 9, "A", STR("hello"));
	(void)step();
	told("open1:9A again1:9hello ");
	assert_int_equal(hears(a, MSG_CF_UPLINK_ACCEPT, &m), 9);
	hears_nothing(a);
	api.text_fails = ERR_SYS;
	about_old_link(a, MSG_FC_UPLINK_OPEN, 10, "A", STR("hello"));
	(void)step();
	told("open1:10A again1:10hello closed1:10 ");
	assert_int_equal(hears(a, MSG_CF_UPLINK_ACCEPT, &m), 10);
	assert_int_equal(hears(a, MSG_CF_UPLINK_CLOSE, &m), 10);
	assert_int_equal(ipc_get_u16(&m, &code), 0);
	assert_int_equal(code, 1011);
	api.open_fails = ERR_DENIED;
	about_old_link(a, MSG_FC_UPLINK_OPEN, 11, "A", STR("hello"));
	(void)step();
	told("open1:11A closed1:11 ");
	assert_int_equal(hears(a, MSG_CF_UPLINK_REFUSE, &m), 11);
	hears_nothing(a);
	ipc_free(a);
}

/* More channels than there is room for: the oldest go. */
static void
too_many(void **state)
{
	struct ipc *all[CORE_FRONT_CHANNELS_MAX + 1];
	size_t i;

	(void)state;
	for (i = 0; i < CORE_FRONT_CHANNELS_MAX; i++)
		all[i] = front((uint16_t)i);
	assert_int_equal(step(), CORE_FRONT_CHANNELS_MAX);
	all[i] = front((uint16_t)i);
	(void)step();
	assert_int_equal(rig.n_rejoined, 1);
	assert_int_equal(rig.rejoined[0], 0);
	is_closed(all[0]);
	(void)step();
	ask(all[i], 1, STR("last"));
	(void)step();
	hears_answer(all[i], 1, "last");
	for (i = 0; i < COUNT(all); i++)
		ipc_free(all[i]);
}

/* A front that is given channels without end, as a stolen one may ask for, loses its own. */
static void
one_that_asks_for_more(void **state)
{
	struct ipc *others[CORE_FRONT_CHANNELS_MAX - 2], *mine[64], *late;
	size_t i, n = COUNT(others);

	(void)state;
	for (i = 0; i < n; i++)
		others[i] = front((uint16_t)i);
	assert_int_equal(step(), n);
	for (i = 0; i < COUNT(mine); i++) {
		mine[i] = front(500);
		(void)step();
		(void)step();
	}
	assert_int_equal(step(), CORE_FRONT_CHANNELS_MAX);
	for (i = 0; i < COUNT(mine) - 2; i++)
		is_closed(mine[i]);
	ask(mine[i], 1, STR("mine"));
	(void)step();
	hears_answer(mine[i], 1, "mine");
	/* All places are taken: one of the two makes room, not one that is there for longest. */
	late = front(600);
	(void)step();
	assert_int_equal(step(), CORE_FRONT_CHANNELS_MAX);
	is_closed(mine[COUNT(mine) - 2]);
	ipc_free(late);
	(void)step();
	/* Several that come between two steps are one. */
	for (i = 0; i < COUNT(mine); i++) {
		ipc_free(mine[i]);
		mine[i] = front(500);
	}
	(void)step();
	(void)step();
	for (i = 0; i < COUNT(mine) - 1; i++)
		is_closed(mine[i]);
	for (i = 0; i < n; i++) {
		ask(others[i], 1, STR("still"));
		(void)step();
		hears_answer(others[i], 1, "still");
	}
	assert_int_equal(rig.n_rejoined, 0);
	for (i = 0; i < n; i++)
		ipc_free(others[i]);
	for (i = 0; i < COUNT(mine); i++)
		ipc_free(mine[i]);
}

/* Links have numbers of their own however many channels came before. */
static void
channels_without_end(void **state)
{
	const struct front_port *port = core_front_port(rig.core);
	struct ipc *a, *b = front(1);
	struct ipc_in m;
	uint64_t first;
	int i;

	(void)state;
	about_link(b, MSG_FC_UPLINK_OPEN, 5, "B");
	(void)step();
	assert_int_equal(hears(b, MSG_CF_UPLINK_ACCEPT, &m), 5);
	first = api.link[0];
	for (i = 0; i < 5000; i++) {
		a = front(0);
		(void)step();
		about_link(a, MSG_FC_UPLINK_OPEN, 5, "A");
		api.n_links = 0;
		(void)step();
		assert_int_equal(hears(a, MSG_CF_UPLINK_ACCEPT, &m), 5);
		assert_true(api.link[0] != first);
		assert_in_range(api.link[0] >> OWN_BITS, 1, 4095);
		api.told[0] = '\0';
		ipc_free(a);
	}
	port->text(port->ctx, first, STR("key"));
	assert_int_equal(hears(b, MSG_CF_UPLINK_TEXT, &m), 5);
	ipc_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(half_closed, setup, teardown),
		cmocka_unit_test_setup_teardown(nonsense, setup, teardown),
		cmocka_unit_test_setup_teardown(opened_again, setup, teardown),
		cmocka_unit_test_setup_teardown(too_many, setup, teardown),
		cmocka_unit_test_setup_teardown(one_that_asks_for_more, setup, teardown),
		cmocka_unit_test_setup_teardown(channels_without_end, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
