/* conn_test: tests connections without TLS, with both ends of a socket pair in one loop. */
#include "conn_rig.h"

static void
plain_talk(void **state)
{
	struct end a, b;
	struct rig r;

	(void)state;
	rig_init(&r);
	join(&r, &a, NULL, &b, NULL, "");
	assert_int_equal(a.opened, 0);
	assert_int_equal(conn_write(a.c, STR("early")), ERR_BADSTATE);
	until(&r, &a.opened, 1);
	until(&r, &b.opened, 1);
	assert_int_equal(conn_write(a.c, STR("hello")), 0);
	until_got(&r, &b, 5);
	assert_true(str_eq_c(buf_view(&b.got), "hello"));
	assert_int_equal(conn_tls_version(a.c).n, 0);
	/* The end of one direction leaves the other. */
	conn_finish(b.c, 5000);
	assert_int_equal(conn_write(b.c, STR("late")), ERR_BADSTATE);
	until(&r, &a.ended, 1);
	assert_int_equal(a.err, ERR_CLOSED);
	assert_int_equal(conn_write(a.c, STR("ignored")), 0);
	idle_turns(&r, 3);
	assert_int_equal(b.got.n, 5);
	assert_int_equal(b.ended, 0);
	conn_finish(a.c, 5000);
	until(&r, &b.ended, 1);
	assert_int_equal(b.err, ERR_CLOSED);
	until(&r, &a.ended, 2);
	end_release(&a);
	end_release(&b);
	rig_release(&r);
}

static void
finish_does_not_wait_for_ever(void **state)
{
	struct end a, b;
	struct rig r;

	(void)state;
	rig_init(&r);
	join(&r, &a, NULL, &b, NULL, "");
	until(&r, &a.opened, 1);
	conn_finish(a.c, 20);
	until(&r, &a.ended, 1);
	assert_int_equal(a.err, ERR_TIMEOUT);
	end_release(&a);
	end_release(&b);
	rig_release(&r);
}

static void
queue_is_bounded(void **state)
{
	char *big = pattern(QUEUE);
	struct end a, b;
	struct rig r;
	size_t sent = 0;
	int err;

	(void)state;
	rig_init(&r);
	join(&r, &a, NULL, &b, NULL, "");
	until(&r, &a.opened, 1);
	until(&r, &b.opened, 1);
	conn_read_want(b.c, false);
	while ((err = conn_write(a.c, str_of_n(big, 65536))) == 0)
		sent += 65536;
	assert_int_equal(err, ERR_FULL);
	assert_true(conn_queued(a.c) > QUEUE - 65536 && conn_queued(a.c) <= QUEUE);
	assert_int_equal(conn_write(a.c, str_of_n(big, QUEUE + 1)), ERR_FULL);
	idle_turns(&r, 5);
	assert_int_equal(b.got.n, 0);
	assert_int_equal(a.drained, 0);
	conn_read_want(b.c, true);
	until(&r, &a.drained, 1);
	until_got(&r, &b, sent);
	assert_int_equal(b.got.n, sent);
	assert_int_equal(conn_queued(a.c), 0);
	for (; sent > 0; sent -= 65536)
		assert_memory_equal(b.got.p + sent - 65536, big, 65536);
	end_release(&a);
	end_release(&b);
	rig_release(&r);
	xfree(big);
}

static void
finish_sends_what_is_queued(void **state)
{
	char *big = pattern(QUEUE);
	struct end a, b;
	struct rig r;

	(void)state;
	rig_init(&r);
	join(&r, &a, NULL, &b, NULL, "");
	until(&r, &a.opened, 1);
	until(&r, &b.opened, 1);
	conn_read_want(b.c, false);
	assert_int_equal(conn_write(a.c, str_of_n(big, QUEUE)), 0);
	assert_int_equal(conn_write(a.c, str_of_n(big, QUEUE / 2)), 0);
	assert_true(conn_queued(a.c) > 0);
	conn_finish(a.c, 5000);
	conn_read_want(b.c, true);
	until(&r, &b.ended, 1);
	assert_int_equal(b.err, ERR_CLOSED);
	assert_int_equal(b.got.n, QUEUE + QUEUE / 2);
	conn_free(b.c);
	b.c = NULL;
	until(&r, &a.ended, 1);
	assert_int_equal(a.err, ERR_CLOSED);
	end_release(&a);
	end_release(&b);
	rig_release(&r);
	xfree(big);
}

static void
write_to_the_dead_is_told(void **state)
{
	struct end a, b;
	struct rig r;

	(void)state;
	rig_init(&r);
	join(&r, &a, NULL, &b, NULL, "");
	until(&r, &a.opened, 1);
	conn_read_want(a.c, false);
	conn_free(b.c);
	b.c = NULL;
	idle_turns(&r, 5);
	assert_int_equal(a.ended, 0);
	assert_int_equal(conn_write(a.c, STR("x")), 0);
	assert_int_equal(a.ended, 0);
	assert_int_equal(conn_write(a.c, STR("x")), ERR_BADSTATE);
	until(&r, &a.ended, 1);
	assert_int_equal(a.err, ERR_SYS);
	assert_string_equal(a.why, "Broken pipe");
	end_release(&a);
	end_release(&b);
	rig_release(&r);
}

static void
refused_connection_is_told(void **state)
{
	struct addr a = { .u.in = { .sin_family = AF_INET }, .len = sizeof(a.u.in) };
	struct conn_opts o;
	struct end e;
	struct rig r;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	/* A port that is bound but does not listen refuses. */
	a.u.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, &a.u.sa, a.len), 0);
	assert_int_equal(getsockname(fd, &a.u.sa, &a.len), 0);
	rig_init(&r);
	end_init(&e);
	o = opts(&r, NULL, &e);
	assert_int_equal(conn_connect(&o, &a, STR(""), &e.c), 0);
	until(&r, &e.ended, 1);
	assert_int_equal(e.err, ERR_SYS);
	assert_string_equal(e.why, "Connection refused");
	assert_int_equal(e.opened, 0);
	close(fd);
	end_release(&e);
	rig_release(&r);
}

static void
freed_in_callbacks(void **state)
{
	struct end a, b;
	struct rig r;

	(void)state;
	rig_init(&r);
	join(&r, &a, NULL, &b, NULL, "");
	a.free_on_open = true;
	b.free_on_data = true;
	until(&r, &a.opened, 1);
	assert_null(a.c);
	until(&r, &b.ended, 1);
	end_release(&a);
	end_release(&b);
	join(&r, &a, NULL, &b, NULL, "");
	b.free_on_data = true;
	until(&r, &a.opened, 1);
	assert_int_equal(conn_write(a.c, STR("x")), 0);
	until(&r, &a.ended, 1);
	assert_null(b.c);
	end_release(&a);
	end_release(&b);
	rig_release(&r);
}

/* At once comes at most what the process wants to read at once. */
static void
reads_no_more_at_once(void **state)
{
	char *big = pattern(10000);
	struct end a, b;
	struct rig r;

	(void)state;
	rig_init(&r);
	conn_io_free(r.io);
	r.io = conn_io_new(r.loop, 1000, NULL);
	join(&r, &a, NULL, &b, NULL, "");
	until(&r, &a.opened, 1);
	until(&r, &b.opened, 1);
	assert_int_equal(conn_write(a.c, str_of_n(big, 10000)), 0);
	until_got(&r, &b, 10000);
	assert_memory_equal(b.got.p, big, 10000);
	assert_int_equal(b.most, 1000);
	end_release(&a);
	end_release(&b);
	rig_release(&r);
	xfree(big);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_talk),
		cmocka_unit_test(finish_does_not_wait_for_ever),
		cmocka_unit_test(queue_is_bounded),
		cmocka_unit_test(reads_no_more_at_once),
		cmocka_unit_test(finish_sends_what_is_queued),
		cmocka_unit_test(write_to_the_dead_is_told),
		cmocka_unit_test(refused_connection_is_told),
		cmocka_unit_test(freed_in_callbacks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
