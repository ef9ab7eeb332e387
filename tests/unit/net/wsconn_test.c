/*
 * wsconn_test: tests a session with another session as peer, with a clock that the test moves, and
 * with a peer that does not read.
 */
#include "wsconn_rig.h"

/* ---- both roles against each other ---- */

static void
talk(void **state)
{
	static const size_t sizes[] = { 65, 125, 126, 65535, 65536, MAX_TEXT };
	char *big = xalloc(MAX_TEXT), want[32];
	struct side s, c;
	struct world w;
	size_t i;

	(void)state;
	world_init(&w);
	join(&w, &s, &c);
	memset(big, 'x', MAX_TEXT);
	assert_int_equal(wsconn_text(s.ws, STR("from the server")), 0);
	assert_int_equal(wsconn_text(s.ws, STR("")), 0);
	assert_int_equal(wsconn_binary(s.ws, STR("bytes")), 0);
	assert_int_equal(wsconn_text(c.ws, STR("from the client")), 0);
	assert_int_equal(wsconn_binary(c.ws, STR("")), 0);
	turns(&w, 3);
	told(&c, "t{from the server}t{}b{bytes}.");
	told(&s, "t{from the client}.");
	for (i = 0; i < COUNT(sizes); i++) {
		assert_int_equal(wsconn_text(s.ws, str_of_n(big, sizes[i])), 0);
		turns(&w, 6);
		snprintf(want, sizeof(want), "t%zu", sizes[i]);
		told(&c, want);
		assert_int_equal(wsconn_text(c.ws, str_of_n(big, sizes[i])), 0);
		turns(&w, 6);
		told(&s, want);
	}
	side_close(&s);
	side_close(&c);
	world_release(&w);
	xfree(big);
}

/* A close goes out and comes back, with its code; then nothing more is said. */
static void
close_meets_close(void **state)
{
	struct side s, c;
	struct world w;

	(void)state;
	world_init(&w);
	join(&w, &s, &c);
	assert_int_equal(wsconn_close(s.ws, WS_CODE_GOING_AWAY, STR("restarting")), 0);
	assert_int_equal(wsconn_close(s.ws, WS_CODE_GOING_AWAY, STR("again")), ERR_BADSTATE);
	assert_int_equal(wsconn_text(s.ws, STR("late")), ERR_BADSTATE);
	assert_int_equal(wsconn_tick(s.ws), -1);
	turns(&w, 3);
	told(&c, "E:c:1001:1");
	assert_int_equal(wsconn_text(c.ws, STR("late")), ERR_BADSTATE);
	told(&s, "");
	side_close(&s);
	side_close(&c);
	join(&w, &s, &c);
	assert_int_equal(wsconn_close(c.ws, 4000, STR("")), 0);
	turns(&w, 3);
	told(&s, "E:c:4000:1");
	side_close(&s);
	side_close(&c);
	world_release(&w);
}

/* ---- time ---- */

/* How many pings have come, each of which is taken away. */
static int
pings(int fd)
{
	char got[64];
	ssize_t n = recv(fd, got, sizeof(got), MSG_DONTWAIT);
	int i;

	for (i = 0; n > 2 * i; i++)
		assert_memory_equal(got + 2 * i, "\x89\x00", 2);
	return i;
}

static void
pings_and_silence(void **state)
{
	char pong[] = "\x8a\x80" MASK;
	struct world w;
	struct side s;
	int fd[2];

	(void)state;
	world_init(&w);
	pair(fd);
	side_open(&w, &s, fd[0], WS_SERVER, &both);
	assert_int_equal(wsconn_tick(s.ws), 10000);
	assert_int_equal(pings(fd[1]), 0);
	w.now_ms += 9999;
	turns(&w, 1);
	assert_int_equal(wsconn_tick(s.ws), 1);
	assert_int_equal(pings(fd[1]), 0);
	w.now_ms += 1;
	turns(&w, 1);
	assert_int_equal(wsconn_tick(s.ws), 10000);
	assert_int_equal(pings(fd[1]), 1);
	/* Heard: the silence begins anew, the pings go on. */
	w.now_ms += 5000;
	turns(&w, 1);
	wsconn_data(s.ws, pong, 6);
	assert_int_equal(wsconn_tick(s.ws), 5000);
	w.now_ms += 29999;
	turns(&w, 1);
	assert_int_equal(wsconn_tick(s.ws), 1); /* that is the end of the silence */
	assert_int_equal(pings(fd[1]), 1);
	w.now_ms += 1;
	turns(&w, 1);
	assert_int_equal(wsconn_tick(s.ws), -1);
	told(&s, "E:s:0:0");
	assert_int_equal(pings(fd[1]), 0);
	side_close(&s);
	close(fd[1]);
	world_release(&w);
}

static void
short_silence_has_more_pings(void **state)
{
	struct world w;
	struct side s;
	int fd[2];

	(void)state;
	world_init(&w);
	pair(fd);
	side_open(&w, &s, fd[0], WS_SERVER, &both);
	wsconn_set_silence(s.ws, 3000);
	assert_int_equal(wsconn_tick(s.ws), 3000);
	w.now_ms += 2999;
	turns(&w, 1);
	assert_int_equal(wsconn_tick(s.ws), 1);
	w.now_ms += 1;
	turns(&w, 1);
	assert_int_equal(wsconn_tick(s.ws), -1);
	told(&s, "E:s:0:0");
	side_close(&s);
	close(fd[1]);
	world_release(&w);
}

/* While its owner does not read, a session does not count the peer as silent. */
static void
paused_is_not_silent(void **state)
{
	char text[] = "\x81\x81" MASK "\x56";
	struct world w;
	struct side s;
	int fd[2], i;

	(void)state;
	world_init(&w);
	pair(fd);
	side_open(&w, &s, fd[0], WS_SERVER, &both);
	wsconn_read_want(s.ws, false);
	assert_int_equal(send(fd[1], text, 7, 0), 7);
	for (i = 0; i < 10; i++) {
		w.now_ms += 10000;
		turns(&w, 2);
		assert_true(wsconn_tick(s.ws) > 0);
		(void)pings(fd[1]);
	}
	told(&s, "");
	wsconn_read_want(s.ws, true);
	turns(&w, 2);
	told(&s, "t{a}");
	w.now_ms += SILENCE_MS;
	turns(&w, 1);
	assert_int_equal(wsconn_tick(s.ws), -1);
	told(&s, "E:s:0:0");
	side_close(&s);
	close(fd[1]);
	world_release(&w);
}

/* ---- back-pressure ---- */

/* Writes until no more is taken. */
static void
fill(struct side *s)
{
	char *big = xalloc(65536);
	int r;

	while ((r = wsconn_binary(s->ws, str_of_n(big, 65536))) == 0)
		;
	assert_int_equal(r, ERR_FULL);
	assert_true(wsconn_queued(s->ws) > QUEUE - 65536 - 4 && wsconn_queued(s->ws) <= QUEUE);
	while (wsconn_binary(s->ws, STR("")) == 0)
		;
	xfree(big);
}

static void
queue_is_bounded_and_drains(void **state)
{
	char sink[65536];
	struct world w;
	struct side s;
	int fd[2];

	(void)state;
	world_init(&w);
	pair(fd);
	side_open(&w, &s, fd[0], WS_SERVER, &both);
	fill(&s);
	assert_int_equal(wsconn_text(s.ws, STR("no room")), ERR_FULL);
	told(&s, "");
	while (wsconn_queued(s.ws) > 0) {
		while (recv(fd[1], sink, sizeof(sink), MSG_DONTWAIT) > 0)
			;
		turns(&w, 1);
	}
	told(&s, "d");
	assert_int_equal(wsconn_text(s.ws, STR("again")), 0);
	side_close(&s);
	close(fd[1]);
	world_release(&w);
}

/* A peer that reads nothing for the time of a silence is stuck, however much it sends. */
static void
stuck_though_it_talks(void **state)
{
	char sink[65536];
	struct world w;
	struct side s;
	int fd[2], i;

	(void)state;
	world_init(&w);
	pair(fd);
	side_open(&w, &s, fd[0], WS_SERVER, &both);
	while (wsconn_queued(s.ws) < 300000)
		assert_int_equal(wsconn_binary(s.ws, str_of_n(sink, sizeof(sink))), 0);
	for (i = 0; i < 5; i++) {
		w.now_ms += 10000;
		turns(&w, 1);
		wsconn_data(s.ws, (char[]){ '\x8a', '\x80', '\x37', '\xfa', '\x21', '\x3d' }, 6);
		/* Something taken: the time begins anew. */
		if (i == 1) {
			while (recv(fd[1], sink, sizeof(sink), MSG_DONTWAIT) > 0)
				;
			turns(&w, 1);
		}
		assert_int_equal(wsconn_tick(s.ws) == -1, i == 4);
	}
	told(&s, "E:t:0:0");
	side_close(&s);
	close(fd[1]);
	world_release(&w);
}

static void
no_room_for_a_pong_or_ping(void **state)
{
	char ping[] = "\x89\x80" MASK;
	struct world w;
	struct side s;
	int fd[2], i;

	(void)state;
	world_init(&w);
	for (i = 0; i < 2; i++) {
		pair(fd);
		side_open(&w, &s, fd[0], WS_SERVER, &both);
		fill(&s);
		if (i == 0) {
			wsconn_data(s.ws, ping, 6);
		} else {
			w.now_ms += 10000;
			turns(&w, 1);
			assert_int_equal(wsconn_tick(s.ws), -1);
		}
		told(&s, "E:t:0:0");
		side_close(&s);
		close(fd[1]);
	}
	/* Last words still find room. */
	pair(fd);
	side_open(&w, &s, fd[0], WS_SERVER, &both);
	fill(&s);
	assert_int_equal(wsconn_close(s.ws, 1001, STR("")), 0);
	side_close(&s);
	close(fd[1]);
	world_release(&w);
}

/* ---- the owner and the connection ---- */

static void
connection_over(void **state)
{
	struct world w;
	struct side s;
	int fd[2];

	(void)state;
	world_init(&w);
	pair(fd);
	side_open(&w, &s, fd[0], WS_SERVER, &both);
	conn_finish(s.conn, 1000);
	assert_int_equal(wsconn_text(s.ws, STR("x")), ERR_BADSTATE);
	assert_int_equal(wsconn_close(s.ws, 1000, STR("")), ERR_BADSTATE);
	told(&s, "");
	side_close(&s);
	close(fd[1]);
	world_release(&w);
}

/* The session may go in each operation, with bytes still to be read. */
static void
freed_in_an_operation(void **state)
{
	static const struct {
		char in;
		const char *frames;
		size_t n;
		const char *told;
	} cases[] = {
		{ 't',
		    "\x81\x01"
		    "a\x81\x01"
		    "b",
		    6, "t{a}" },
		{ 't',
		    "\x01\x01"
		    "a\x80\x01"
		    "b\x81\x01"
		    "c",
		    9, "t{ab}" },
		{ 'b',
		    "\x82\x01"
		    "a\x82\x01"
		    "b",
		    6, "b{a}." },
		{ 'E',
		    "\x88\x00\x81\x01"
		    "b",
		    5, "E:c:1005:1" },
		{ 'E',
		    "\xff\xff\x81\x01"
		    "b",
		    5, "E:n:1002:1" },
	};
	char copy[16];
	struct world w;
	struct side s;
	size_t i;
	int fd[2];

	(void)state;
	world_init(&w);
	for (i = 0; i < COUNT(cases); i++) {
		pair(fd);
		side_open(&w, &s, fd[0], WS_CLIENT, &both);
		s.free_on = cases[i].in;
		memcpy(copy, cases[i].frames, cases[i].n);
		wsconn_data(s.ws, copy, cases[i].n);
		assert_null(s.ws);
		told(&s, cases[i].told);
		side_close(&s);
		close(fd[1]);
	}
	pair(fd);
	side_open(&w, &s, fd[0], WS_SERVER, &both);
	s.free_on = 'd';
	wsconn_drained(s.ws);
	assert_null(s.ws);
	side_close(&s);
	close(fd[1]);
	pair(fd);
	side_open(&w, &s, fd[0], WS_SERVER, &both);
	s.free_on = 'E';
	w.now_ms += SILENCE_MS;
	turns(&w, 1);
	assert_int_equal(wsconn_tick(s.ws), -1);
	assert_null(s.ws);
	side_close(&s);
	close(fd[1]);
	world_release(&w);
}

/* ---- answers ---- */

static void
heard(int fd, const char *want, size_t n)
{
	char got[200];

	assert_int_equal(recv(fd, got, sizeof(got), MSG_DONTWAIT), n == 0 ? -1 : (ssize_t)n);
	assert_memory_equal(got, want, n);
}

/* Right behind a message the peer is asked whether it has it, once at a time, and one that does not
 * answer in time is given up, long before it counts as silent. */
static void
asks_for_an_answer(void **state)
{
	static const char other[] = "\x8a\x80" MASK;
	char answer[] = "\x8a\x81" MASK "\x08", pong[sizeof(other)];
	struct world w;
	struct side s;
	int fd[2];

	(void)state;
	world_init(&w);
	w.answer_ms = 5000;
	pair(fd);
	side_open(&w, &s, fd[0], WS_SERVER, &both);
	assert_int_equal(wsconn_tick(s.ws), 10000);
	assert_int_equal(wsconn_text(s.ws, STR("key")), 0);
	heard(fd[1], "\x81\x03key\x89\x01?", 8);
	assert_int_equal(wsconn_tick(s.ws), 5000);
	assert_int_equal(wsconn_text(s.ws, STR("more")), 0);
	heard(fd[1], "\x81\x04more", 6); /* one is under way */
	w.now_ms += 4000;
	turns(&w, 1);
	/* Other PONGs, which may answer an earlier PING, say nothing of the message. */
	memcpy(pong, other, sizeof(pong));
	wsconn_data(s.ws, pong, 6);
	heard(fd[1], "", 0);
	assert_int_equal(wsconn_tick(s.ws), 1000);
	wsconn_data(s.ws, answer, 7);
	heard(fd[1], "\x89\x01?", 3); /* for the second message */
	assert_int_equal(wsconn_tick(s.ws), 5000);
	memcpy(answer, "\x8a\x81" MASK "\x08", 7);
	wsconn_data(s.ws, answer, 7);
	heard(fd[1], "", 0);
	w.now_ms += 2000;
	turns(&w, 1);
	assert_int_equal(wsconn_tick(s.ws), 4000); /* nothing is asked: the next PING */
	assert_int_equal(wsconn_binary(s.ws, STR("b")), 0);
	w.now_ms += 4999;
	turns(&w, 1);
	assert_int_equal(wsconn_tick(s.ws), 1);
	told(&s, "");
	w.now_ms += 1;
	turns(&w, 1);
	assert_int_equal(wsconn_tick(s.ws), -1);
	told(&s, "E:s:0:0");
	close(fd[1]);
	side_close(&s);
	world_release(&w);
}

/* A peer that reads much slowly has as much time as it takes, and is asked behind it. */
static void
asks_when_all_is_taken(void **state)
{
	char *big = xalloc(MAX_TEXT), got[4096];
	struct world w;
	struct side s;
	size_t n = 0;
	ssize_t k;
	int fd[2], i;

	(void)state;
	world_init(&w);
	w.answer_ms = 1000;
	pair(fd);
	side_open(&w, &s, fd[0], WS_SERVER, &both);
	while (wsconn_queued(s.ws) == 0) {
		assert_int_equal(wsconn_binary(s.ws, str_of_n(big, MAX_TEXT)), 0);
		n++;
	}
	/* The first one had room, and was asked about; its answer is given more time the more
	 * was sent before. */
	assert_true(n > 1);
	w.now_ms += 999 + MAX_TEXT / 64;
	turns(&w, 1);
	assert_true(wsconn_tick(s.ws) > 0);
	for (i = 0; i < 100000 && wsconn_queued(s.ws) > 0; i++) {
		(void)!recv(fd[1], got, sizeof(got), MSG_DONTWAIT);
		turns(&w, 1);
	}
	assert_int_equal(wsconn_queued(s.ws), 0);
	while ((k = recv(fd[1], got, sizeof(got), MSG_DONTWAIT)) > 0)
		turns(&w, 1);
	buf_clear(&s.told);
	wsconn_data(s.ws, memcpy(got, "\x8a\x81" MASK "\x08", 7), 7);
	heard(fd[1], "\x89\x01?", 3);
	/* A quarter of a megabyte or more was sent since. */
	assert_true(wsconn_tick(s.ws) >= 1000 + (int64_t)((n - 1) * MAX_TEXT / 64));
	close(fd[1]);
	side_close(&s);
	world_release(&w);
	xfree(big);
}

/* What is not read is not missed. */
static void
asks_nothing_of_one_that_is_not_read(void **state)
{
	struct world w;
	struct side s;
	int fd[2];

	(void)state;
	world_init(&w);
	w.answer_ms = 1000;
	pair(fd);
	side_open(&w, &s, fd[0], WS_SERVER, &both);
	assert_int_equal(wsconn_text(s.ws, STR("key")), 0);
	wsconn_read_want(s.ws, false);
	w.now_ms += 2000;
	turns(&w, 1);
	assert_int_equal(wsconn_tick(s.ws), 1000);
	told(&s, "");
	close(fd[1]);
	side_close(&s);
	world_release(&w);
}

/* The clock is told at once, with each PING, and in no other payload. */
static void
tells_the_time(void **state)
{
	static const char *const none[] = { "", "?", "x1", "12x", "0", "-1",
		"99999999999999999999" };
	char ping[40];
	struct world w;
	struct side s, c;
	size_t i;

	(void)state;
	world_init(&w);
	w.tells_time = true;
	w.answer_ms = 5000;
	join(&w, &s, &c);
	assert_int_equal(wsconn_tick(s.ws), 10000);
	turns(&w, 3);
	told(&c, "@1000000");
	w.now_ms += 70;
	turns(&w, 1);
	assert_int_equal(wsconn_text(s.ws, STR("key")), 0);
	turns(&w, 3);
	told(&c, "t{key}@1000070");
	w.now_ms += 9930;
	turns(&w, 3);
	assert_int_equal(wsconn_tick(s.ws), 10000); /* the answer has come */
	turns(&w, 3);
	told(&c, "@1010000");
	for (i = 0; i < COUNT(none); i++) {
		ping[0] = (char)0x89;
		ping[1] = (char)strlen(none[i]);
		memcpy(ping + 2, none[i], strlen(none[i]));
		wsconn_data(c.ws, ping, 2 + strlen(none[i]));
	}
	told(&c, "");
	side_close(&s);
	side_close(&c);
	world_release(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(talk),
		cmocka_unit_test(close_meets_close),
		cmocka_unit_test(pings_and_silence),
		cmocka_unit_test(short_silence_has_more_pings),
		cmocka_unit_test(paused_is_not_silent),
		cmocka_unit_test(queue_is_bounded_and_drains),
		cmocka_unit_test(stuck_though_it_talks),
		cmocka_unit_test(no_room_for_a_pong_or_ping),
		cmocka_unit_test(connection_over),
		cmocka_unit_test(freed_in_an_operation),
		cmocka_unit_test(asks_for_an_answer),
		cmocka_unit_test(asks_when_all_is_taken),
		cmocka_unit_test(asks_nothing_of_one_that_is_not_read),
		cmocka_unit_test(tells_the_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
