/*
 * core_front_test: tests several fronts on one core: whose requests and links are whose, in which
 * order they are served, and who is answered later or not at all.
 */
#include "core_front_rig.h"

/* The same numbers on both, and one batch. */
static void
two_fronts(void **state)
{
	struct ipc *a = front(0), *b = front(1);

	(void)state;
	ask(a, 1, STR("from a"));
	ask(b, 1, STR("from b"));
	ask(b, 2, STR("more of b"));
	assert_int_equal(step(), 2);
	told("batch0:3 ");
	hears_answer(a, 1, "from a");
	hears_nothing(a);
	hears_answer(b, 1, "from b");
	hears_answer(b, 2, "more of b");
	ipc_free(a);
	ipc_free(b);
}

/* A front that asks much does not hold up one that asks little. */
static void
fair(void **state)
{
	struct ipc *a = front(0), *b = front(1);
	struct ipc_in m;
	int i, before = 0;

	(void)state;
	for (i = 1; i <= 200; i++)
		ask(a, (uint64_t)i, STR("a"));
	ask(b, 1, STR("b"));
	(void)step();
	hears_answer(b, 1, "b");
	/* It was in the first batch of 64, though 200 came before it. */
	assert_memory_equal(api.told, "batch0:64 ", 10);
	while (ipc_recv(a, &m) == 0)
		before++;
	assert_int_equal(before, 200);
	ipc_free(a);
	ipc_free(b);
}

/* When too many wait, those who ask most are told so, at once. */
static void
turned_away(void **state)
{
	struct pollfd fds[CORE_FRONT_CHANNELS_MAX];
	struct ipc *a = front(0), *b = front(1);
	size_t i, n = 0, away = 0;
	struct ipc_in m;
	struct str body;
	bool more = true;

	(void)state;
	for (i = 1; i <= 3000; i++)
		ask(a, i, STR("a"));
	while (more || ipc_pending(a)) {
		(void)core_front_poll(rig.core, fds);
		assert_int_equal(core_front_step(rig.core, NULL, NULL, &more), 0);
		(void)!ipc_flush(a);
		while (ipc_recv(a, &m) == 0) {
			n++;
			body = str_from(m.rd.rest, m.rd.rest.n - 1);
			away += str_eq_c(body, "y");
		}
	}
	assert_int_equal(n, 3000);
	assert_in_range(away, 100, 2000);
	ask(b, 1, STR("b"));
	(void)step();
	hears_answer(b, 1, "b");
	ipc_free(a);
	ipc_free(b);
}

/* What a front does not take, it is not given without end: it is asked for no more. */
static void
answers_are_not_taken(void **state)
{
	char *big = xalloc(1u << 20);
	struct ipc *a = front(0), *b = front(1);
	struct ipc_in m;
	uint64_t i;

	(void)state;
	for (i = 1; i <= 40; i++)
		ask(a, i, str_of_n(big, 1u << 20));
	for (i = 0; i < 1000; i++) {
		(void)step();
		(void)!ipc_flush(a);
	}
	assert_true(ipc_pending(a));
	ask(b, 1, STR("b"));
	(void)step();
	hears_answer(b, 1, "b");
	/* When it takes them, it is heard again. */
	for (i = 0; i < 40;) {
		i += ipc_recv(a, &m) == 0;
		(void)step();
		(void)!ipc_flush(a);
	}
	assert_int_equal(rig.n_rejoined, 0);
	ipc_free(a);
	ipc_free(b);
	xfree(big);
}

static void
links_do_not_meet(void **state)
{
	struct ipc *a = front(0), *b = front(1);
	const struct front_port *port = core_front_port(rig.core);
	struct ipc_in m;
	struct str s;

	(void)state;
	about_link(a, MSG_FC_UPLINK_OPEN, 5, "A");
	about_link(b, MSG_FC_UPLINK_OPEN, 5, "B");
	(void)step();
	told("open1:5A open2:5B ");
	assert_int_equal(hears(a, MSG_CF_UPLINK_ACCEPT, &m), 5);
	assert_int_equal(hears(b, MSG_CF_UPLINK_ACCEPT, &m), 5);
	assert_true(api.link[0] != api.link[1]);
	port->text(port->ctx, api.link[1], STR("key"));
	hears_nothing(a);
	assert_int_equal(hears(b, MSG_CF_UPLINK_TEXT, &m), 5);
	assert_int_equal(ipc_get_str(&m, 100, &s), 0);
	assert_true(str_eq_c(s, "key"));
	about_link(b, MSG_FC_UPLINK_TEXT, 5, "hello");
	about_link(a, MSG_FC_UPLINK_CLOSE, 5, "");
	(void)step();
	told("closed1:5 text2:5hello ");
	port->close(port->ctx, api.link[1], 1000, STR("bye"));
	assert_int_equal(hears(b, MSG_CF_UPLINK_CLOSE, &m), 5);
	ipc_free(a);
	ipc_free(b);
}

/* A request that leaves its batch is answered later, by its number, and is first in its batch. */
static void
answered_later(void **state)
{
	struct ipc *a = front(0), *b = front(1);

	(void)state;
	ask(a, 1, STR("wait a"));
	ask(a, 2, STR("a"));
	ask(b, 1, STR("wait b"));
	(void)step();
	told("batch0:3 ");
	hears_answer(a, 2, "a");
	hears_nothing(a);
	hears_nothing(b);
	ask(b, 2, STR("b"));
	(void)step();
	hears_answer(b, 2, "b");
	api.told[0] = '\0';
	ask(b, 3, STR("more"));
	api.may_resume = 2;
	(void)step();
	told("batch0:3 ");
	hears_answer(a, 1, "done wait a");
	hears_answer(b, 1, "done wait b");
	hears_answer(b, 3, "more");
	ipc_free(a);
	ipc_free(b);
}

/* A front that goes, or is given up, gets nothing, and nor does the next one in its place. One
 * that only says no more is answered all that it is owed. */
static void
gone_meanwhile(void **state)
{
	struct pollfd fds[CORE_FRONT_CHANNELS_MAX];
	struct ipc *a = front(0), *b = front(1), *c;

	(void)state;
	ask(a, 1, STR("wait a"));
	ask(b, 1, STR("wait b"));
	(void)step();
	about_link(a, MSG_FC_UPLINK_OPEN, 0, "nonsense");
	assert_int_equal(shutdown(ipc_fd(b), SHUT_WR), 0);
	(void)step();
	is_closed(a);
	ipc_free(a);
	c = front(0);
	assert_int_equal(step(), 2);
	/* It is waited for nothing from b, whose end would be heard again and again. */
	assert_int_equal(core_front_poll(rig.core, fds), 2);
	assert_true((fds[0].fd == -1) != (fds[1].fd == -1));
	hears_nothing(b);
	assert_true(core_front_open(rig.core));
	api.may_resume = 2;
	(void)step();
	hears_nothing(c);
	hears_answer(b, 1, "done wait b");
	is_closed(b);
	ipc_free(b);
	/* One that is gone altogether is not kept. */
	ask(c, 1, STR("wait c"));
	(void)step();
	ipc_free(c);
	(void)step();
	api.may_resume = 1;
	(void)step();
	assert_int_equal(step(), 0);
	assert_false(core_front_open(rig.core));
}

static void
refused_and_failed(void **state)
{
	struct ipc *a = front(0);
	struct ipc_in m;
	uint16_t code;

	(void)state;
	api.open_fails = ERR_DENIED;
	about_link(a, MSG_FC_UPLINK_OPEN, 1, "A");
	(void)step();
	told("open1:1A closed1:1 ");
	assert_int_equal(hears(a, MSG_CF_UPLINK_REFUSE, &m), 1);
	assert_int_equal(ipc_get_u16(&m, &code), 0);
	assert_int_equal(code, 403);
	api.open_fails = 0;
	api.text_fails = ERR_SYNTAX;
	about_link(a, MSG_FC_UPLINK_OPEN, 2, "A");
	about_link(a, MSG_FC_UPLINK_TEXT, 2, "?");
	(void)step();
	told("open1:2A text1:2? closed1:2 ");
	(void)hears(a, MSG_CF_UPLINK_ACCEPT, &m);
	assert_int_equal(hears(a, MSG_CF_UPLINK_CLOSE, &m), 2);
	assert_int_equal(ipc_get_u16(&m, &code), 0);
	assert_int_equal(code, 1008);
	ipc_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(two_fronts, setup, teardown),
		cmocka_unit_test_setup_teardown(fair, setup, teardown),
		cmocka_unit_test_setup_teardown(turned_away, setup, teardown),
		cmocka_unit_test_setup_teardown(answers_are_not_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(links_do_not_meet, setup, teardown),
		cmocka_unit_test_setup_teardown(answered_later, setup, teardown),
		cmocka_unit_test_setup_teardown(gone_meanwhile, setup, teardown),
		cmocka_unit_test_setup_teardown(refused_and_failed, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
