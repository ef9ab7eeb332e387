/*
 * agent_link_test: tests the link between an agent and core, and every way in which either can
 * fail.
 */
#include "core_rig.h"

static uint16_t
check(const struct client *c, const struct http_request *rq)
{
	struct str key;

	(void)c;
	return ws_handshake_check(rq, &key) == 0 ? 0 : 400;
}

static void
begin(struct client *c)
{
	agent_link_ask(c, STR("certificate"));
}

static const struct front_route route = { "/openeic/v1/uplink", check, begin };

#define MASK "\x37\xfa\x21\x3d"
/* Right behind what core sends, the agent is asked whether it has it. The clock shows this. */
#define CLOCK "1000000"
#define ASK "\x89\x08?" CLOCK

/* A frame of the agent: op with its first bit, and a payload of less than 126 bytes. */
static void
agent_says(struct rig *r, int fd, uint8_t op, struct str s)
{
	struct buf b;

	buf_init(&b, 200);
	ws_frame_write(&b, (enum ws_op)op, s, (const uint8_t *)MASK);
	send_bytes(r, fd, b.p, b.n);
	buf_release(&b);
}

/* Core is told of a link: its number, the peer, the certificate, and what the agent said first. */
static uint64_t
core_is_asked_again(struct rig *r, const char *want_said)
{
	struct str request_id, peer, certificate, said;
	struct ipc_in m;
	uint64_t number = core_gets(r, MSG_FC_UPLINK_OPEN, &m);

	assert_int_equal(ipc_get_str(&m, 100, &request_id), 0);
	assert_int_equal(ipc_get_str(&m, 100, &peer), 0);
	assert_int_equal(ipc_get_str(&m, 100, &certificate), 0);
	assert_int_equal(ipc_get_str(&m, 5000, &said), 0);
	assert_int_equal(ipc_get_end(&m), 0);
	assert_int_equal(request_id.n, 36);
	assert_true(str_eq_c(certificate, "certificate"));
	assert_true(str_eq_c(said, want_said));
	return number;
}

static uint64_t
core_is_asked(struct rig *r)
{
	return core_is_asked_again(r, "");
}

static int
open_link(struct rig *r, uint64_t *ret_number)
{
	int fd = connect_client(r);
	const char *answer, *end;

	send_text(r, fd, UPGRADE);
	*ret_number = core_is_asked(r);
	assert_string_equal(take(fd), "");
	core_accepts(r, *ret_number);
	answer = take(fd);
	assert_memory_equal(answer, "HTTP/1.1 101 ", 13);
	/* The first PING comes at once, so that the agent knows our clock before anything else. */
	end = strstr(answer, "\r\n\r\n");
	assert_non_null(end);
	assert_memory_equal(end + 4, "\x89\x07", 2);
	return fd;
}

static void
core_hears(struct rig *r, uint64_t number, const char *want)
{
	struct ipc_in m;
	struct str text;

	assert_int_equal(core_gets(r, MSG_FC_UPLINK_TEXT, &m), number);
	assert_int_equal(ipc_get_str(&m, 1u << 20, &text), 0);
	assert_true(str_eq_c(text, want));
}

static void
core_hears_the_end(struct rig *r, uint64_t number)
{
	struct ipc_in m;

	assert_int_equal(core_gets(r, MSG_FC_UPLINK_CLOSE, &m), number);
	assert_int_equal(ipc_get_end(&m), 0);
	core_gets_nothing(r);
}

static void
texts_both_ways(void **state)
{
	uint64_t a, b;
	struct rig r;
	int fa, fb;

	(void)state;
	rig_init(&r, &route);
	fa = open_link(&r, &a);
	fb = open_link(&r, &b);
	assert_true(b > a);
	agent_says(&r, fa, WS_TEXT, STR("hello"));
	core_hears(&r, a, "hello");
	agent_says(&r, fb, WS_TEXT, STR("also"));
	core_hears(&r, b, "also");
	core_sends_text(&r, b, STR("key"));
	assert_string_equal(take(fa), "");
	assert_string_equal(take(fb), "\x81\x03key" ASK);
	agent_says(&r, fb, WS_PING, STR("p"));
	assert_string_equal(take(fb), "\x8a\x01p");
	close(fa);
	close(fb);
	rig_release(&r);
}

static void
frames_behind_the_request(void **state)
{
	struct rig r;
	uint64_t n;
	int fd;

	(void)state;
	rig_init(&r, &route);
	fd = connect_client(&r);
	send_text(&r, fd, UPGRADE);
	agent_says(&r, fd, WS_TEXT, STR("early"));
	n = core_is_asked(&r);
	core_gets_nothing(&r);
	core_accepts(&r, n);
	core_hears(&r, n, "early");
	close(fd);
	rig_release(&r);
}

static void
refused_by_core(void **state)
{
	struct rig r;
	uint64_t n;
	int fd;

	(void)state;
	rig_init(&r, &route);
	fd = connect_client(&r);
	send_text(&r, fd, UPGRADE);
	n = core_is_asked(&r);
	core_refuses(&r, n, 403, "{}");
	answered(fd, "HTTP/1.1 403 ");
	core_gets_nothing(&r);
	/* The next link has another number; an answer of core for the old number is ignored. */
	send_text(&r, fd, UPGRADE);
	assert_true(core_is_asked(&r) > n);
	core_accepts(&r, n);
	assert_string_equal(take(fd), "");
	close(fd);
	rig_release(&r);
}

/* Whether the agent or core ends a link, the other is told once. */
static void
each_end(void **state)
{
	struct rig r;
	uint64_t n;
	int fd;

	(void)state;
	rig_init(&r, &route);
	fd = open_link(&r, &n);
	agent_says(&r, fd, WS_CLOSE, STR("\x03\xe9"));
	assert_string_equal(take(fd), "\x88\x02\x03\xe9");
	core_hears_the_end(&r, n);
	close(fd);
	fd = open_link(&r, &n);
	close(fd);
	turns(&r, 3);
	core_hears_the_end(&r, n);
	fd = open_link(&r, &n);
	core_closes(&r, n, 1008, "bad field");
	assert_string_equal(take(fd),
	    "\x88\x0b\x03\xf0"
	    "bad field");
	assert_string_equal(take(fd), "<end>");
	core_gets_nothing(&r);
	core_sends_text(&r, n, STR("too late"));
	close(fd);
	fd = open_link(&r, &n);
	agent_says(&r, fd, WS_BINARY, STR("x"));
	assert_string_equal(take(fd),
	    "\x88\x0b\x03\xeb"
	    "text only");
	core_hears_the_end(&r, n);
	close(fd);
	fd = open_link(&r, &n);
	pass(&r, r.room.front.settings.agent_silence_s * 1000);
	core_hears_the_end(&r, n);
	close(fd);
	assert_int_equal(table_streams(r.room.front.table), 0);
	rig_release(&r);
}

/* An agent that does not say that it has what was sent is given up after five seconds, and core
 * hears that: until then each push to it would be a success. */
static void
is_gone(void **state)
{
	struct rig r;
	uint64_t n;
	int fd;

	(void)state;
	rig_init(&r, &route);
	fd = open_link(&r, &n);
	pass(&r, 9000); /* nothing was sent, so nothing is due */
	core_sends_text(&r, n, STR("key"));
	assert_string_equal(take(fd), "\x81\x03key\x89\x08?1009000");
	pass(&r, 4000);
	agent_says(&r, fd, WS_TEXT, STR("about something else"));
	core_hears(&r, n, "about something else");
	agent_says(&r, fd, WS_PONG, STR("?1009000"));
	core_sends_text(&r, n, STR("next"));
	pass(&r, 4999);
	core_gets_nothing(&r);
	assert_non_null(strstr(take(fd), "\x89\x08?1013000"));
	pass(&r, 1);
	core_hears_the_end(&r, n);
	assert_string_equal(take(fd), "<end>");
	close(fd);
	rig_release(&r);
}

/* While core has not answered yet. */
static void
ends_while_it_asks(void **state)
{
	struct rig r;
	uint64_t n;
	int fd;

	(void)state;
	rig_init(&r, &route);
	fd = connect_client(&r);
	send_text(&r, fd, UPGRADE);
	n = core_is_asked(&r);
	close(fd);
	/* Front finds out when it writes. */
	core_accepts(&r, n);
	turns(&r, 3);
	core_hears_the_end(&r, n);
	fd = connect_client(&r);
	send_text(&r, fd, UPGRADE);
	n = core_is_asked(&r);
	pass(&r, 59999);
	assert_string_equal(take(fd), "");
	pass(&r, 1);
	answered(fd, "HTTP/1.1 503 ");
	core_hears_the_end(&r, n);
	close(fd);
	rig_release(&r);
}

static void
core_ends(struct rig *r)
{
	ipc_free(r->core);
	r->core = NULL;
	turns(r, 3);
}

/* When core dies, requests under way are refused and new ones wait. A link stays open, and the
 * next core is told of it first, with the agent's first message. */
static void
core_dies(void **state)
{
	int fd, asking, waiting;
	struct ipc_in m;
	struct rig r;
	uint64_t n;

	(void)state;
	rig_init(&r, &route);
	fd = open_link(&r, &n);
	agent_says(&r, fd, WS_TEXT, STR("hello"));
	core_hears(&r, n, "hello");
	agent_says(&r, fd, WS_TEXT, STR("more"));
	core_hears(&r, n, "more");
	asking = connect_client(&r);
	send_text(&r, asking, UPGRADE);
	(void)core_is_asked(&r);
	core_ends(&r);
	answered(asking, "HTTP/1.1 503 ");
	waiting = connect_client(&r);
	send_text(&r, waiting, GET);
	assert_int_equal(channel_in_flight(r.room.front.channel), 1);
	assert_string_equal(take(fd), "");
	agent_says(&r, fd, WS_PING, STR("p"));
	assert_string_equal(take(fd), "\x8a\x01p");
	new_core(&r);
	assert_int_equal(core_is_asked_again(&r, "hello"), n);
	(void)core_gets(&r, MSG_FC_REQUEST, &m);
	core_accepts(&r, n);
	core_gets_nothing(&r);
	core_sends_text(&r, n, STR("key"));
	assert_string_equal(take(fd), "\x81\x03key" ASK);
	agent_says(&r, fd, WS_TEXT, STR("on"));
	core_hears(&r, n, "on");
	/* The next core dies too, before it has accepted the link. */
	core_ends(&r);
	new_core(&r);
	(void)core_is_asked_again(&r, "hello");
	core_ends(&r);
	new_core(&r);
	assert_int_equal(core_is_asked_again(&r, "hello"), n);
	core_accepts(&r, n);
	close(fd);
	turns(&r, 3);
	core_hears_the_end(&r, n);
	close(asking);
	close(waiting);
	rig_release(&r);
}

/* What an agent says while there is no core is kept in order, up to a limit. */
static void
texts_are_held(void **state)
{
	char big[100];
	struct rig r;
	uint64_t n;
	int fd, i;

	(void)state;
	memset(big, 'x', sizeof(big));
	rig_init(&r, &route);
	fd = open_link(&r, &n);
	core_ends(&r);
	agent_says(&r, fd, WS_TEXT, STR("hello"));
	agent_says(&r, fd, WS_TEXT, STR(""));
	new_core(&r);
	agent_says(&r, fd, WS_TEXT, STR("late"));
	/* No core has heard the first text yet, so it is sent only as a text, not with the link. */
	assert_int_equal(core_is_asked_again(&r, ""), n);
	core_gets_nothing(&r);
	core_accepts(&r, n);
	core_hears(&r, n, "hello");
	core_hears(&r, n, "");
	core_hears(&r, n, "late");
	core_gets_nothing(&r);
	core_ends(&r);
	for (i = 0; i < 16384 / 104; i++)
		agent_says(&r, fd, WS_TEXT, str_of_n(big, sizeof(big)));
	assert_string_equal(take(fd), "");
	agent_says(&r, fd, WS_TEXT, str_of_n(big, sizeof(big)));
	assert_memory_equal(take(fd),
	    "\x88\x11\x03\xf3"
	    "try again later",
	    19);
	new_core(&r);
	core_gets_nothing(&r);
	close(fd);
	rig_release(&r);
}

static void
next_core_refuses(void **state)
{
	struct rig r;
	uint64_t n;
	int fd, i;

	(void)state;
	rig_init(&r, &route);
	for (i = 0; i < 2; i++) {
		fd = open_link(&r, &n);
		core_ends(&r);
		new_core(&r);
		assert_int_equal(core_is_asked(&r), n);
		core_refuses(&r, n, i == 0 ? 403 : 500, "{}");
		if (i == 0)
			assert_memory_equal(take(fd),
			    "\x88\x13\x03\xf0"
			    "no agent any more",
			    21);
		else
			assert_memory_equal(take(fd),
			    "\x88\x11\x03\xf3"
			    "try again later",
			    19);
		core_gets_nothing(&r);
		close(fd);
		turns(&r, 3);
	}
	rig_release(&r);
}

/* A first text that is too long to be kept cannot be said again. */
static void
said_too_much(void **state)
{
	struct buf frame, text;
	struct ipc_in m;
	struct rig r;
	uint64_t n;
	int fd, i;

	(void)state;
	rig_init(&r, &route);
	for (i = 0; i < 2; i++) {
		fd = open_link(&r, &n);
		buf_init(&text, 5000);
		while (text.n < 4096 + (size_t)i)
			buf_ch(&text, 'x');
		buf_init(&frame, 6000);
		ws_frame_write(&frame, WS_TEXT, buf_view(&text), (const uint8_t *)MASK);
		send_bytes(&r, fd, frame.p, frame.n);
		assert_int_equal(core_gets(&r, MSG_FC_UPLINK_TEXT, &m), n);
		core_ends(&r);
		if (i == 0)
			assert_string_equal(take(fd), "");
		else
			assert_memory_equal(take(fd),
			    "\x88\x0c\x03\xe9"
			    "restarting",
			    14);
		buf_release(&frame);
		buf_release(&text);
		close(fd);
		turns(&r, 3);
		new_core(&r);
		core_gets_nothing(&r);
	}
	rig_release(&r);
}

/* Another core comes while there is one. The old one is sent nothing more and still answers what
 * it was asked, and nothing is lost. */
static void
core_is_changed(void **state)
{
	struct ipc *old;
	struct ipc_in m;
	struct rig r;
	uint64_t n, rq;
	int fd, c;

	(void)state;
	rig_init(&r, &route);
	fd = open_link(&r, &n);
	agent_says(&r, fd, WS_TEXT, STR("hello"));
	core_hears(&r, n, "hello");
	c = connect_client(&r);
	send_text(&r, c, GET);
	rq = core_gets(&r, MSG_FC_REQUEST, &m);
	old = r.core;
	r.core = NULL;
	new_core(&r);
	assert_int_equal(ipc_recv(old, &m), ERR_CLOSED); /* that is all for the old one */
	core_gets_nothing(&r);
	agent_says(&r, fd, WS_TEXT, STR("meanwhile"));
	core_gets_nothing(&r);
	ipc_swap(&r.core, &old);
	core_sends_text(&r, n, STR("last key"));
	core_answers(&r, rq, 200, "last answer");
	assert_string_equal(take(fd), "\x81\x08last key" ASK);
	answered(c, "HTTP/1.1 200 ");
	send_text(&r, c, GET);
	ipc_swap(&r.core, &old);
	core_gets_nothing(&r);
	ipc_free(old);
	turns(&r, 3);
	assert_int_equal(core_is_asked_again(&r, "hello"), n);
	rq = core_gets(&r, MSG_FC_REQUEST, &m);
	core_accepts(&r, n);
	core_hears(&r, n, "meanwhile");
	core_answers(&r, rq, 201, "");
	answered(c, "HTTP/1.1 201 ");
	assert_int_equal(ipc_recv(r.parent, &m), ERR_AGAIN);
	close(fd);
	close(c);
	rig_release(&r);
}

/* The old core does not end: after five seconds the questions it has not answered are lost. */
static void
core_does_not_part(void **state)
{
	struct ipc *old;
	struct ipc_in m;
	struct rig r;
	uint64_t n;
	int fd, c;

	(void)state;
	rig_init(&r, &route);
	fd = open_link(&r, &n);
	c = connect_client(&r);
	send_text(&r, c, GET);
	(void)core_gets(&r, MSG_FC_REQUEST, &m);
	old = r.core;
	r.core = NULL;
	new_core(&r);
	pass(&r, 4999);
	assert_string_equal(take(c), "");
	/* A third core takes the place of the one that waits. */
	new_core(&r);
	pass(&r, 1);
	answered(c, "HTTP/1.1 503 ");
	assert_int_equal(core_is_asked(&r), n);
	ipc_free(old);
	close(fd);
	close(c);
	rig_release(&r);
}

static void
slow_readers(void **state)
{
	char *big = xalloc(1u << 20);
	struct rig r;
	uint64_t n;
	int fd, i;

	(void)state;
	rig_init(&r, &route);
	fd = open_link(&r, &n);
	/* An agent that reads nothing, though it sends. */
	core_sends_text(&r, n, str_of_n(big, 1u << 20));
	for (i = 0; i < 3; i++) {
		core_gets_nothing(&r);
		r.now_ms += 10000;
		turns(&r, 1);
		agent_says(&r, fd, WS_PONG, STR(""));
	}
	core_hears_the_end(&r, n);
	close(fd);
	/* An agent for which too much is queued. */
	fd = open_link(&r, &n);
	for (i = 0; i < 66; i++)
		core_sends_text(&r, n, str_of_n(big, 1u << 20));
	core_hears_the_end(&r, n);
	close(fd);
	rig_release(&r);
	xfree(big);
}

/* Core sends what is not allowed in this state: front closes that channel. */
static void
nonsense(void **state)
{
	struct rig r;
	uint64_t n;
	int fd, i;

	(void)state;
	rig_init(&r, &route);
	for (i = 0; i < 9; i++) {
		fd = connect_client(&r);
		send_text(&r, fd, UPGRADE);
		n = core_is_asked(&r);
		if (i >= 3)
			core_accepts(&r, n);
		switch (i) {
		case 0:
			core_sends_text(&r, n, STR("{}"));
			break;
		case 1:
			core_closes(&r, n, 1000, "");
			break;
		case 2:
		case 3:
			core_answers(&r, n, 200, "");
			break;
		case 4:
			core_accepts(&r, n);
			break;
		case 5:
			core_refuses(&r, n, 403, "{}");
			break;
		case 6:
			core_closes(&r, n, 1006, "");
			break;
		case 7:
			core_closes(&r, n, 999, "");
			break;
		default:
			core_sends_text(&r, n + 1, STR("{}"));
			break;
		}
		channel_is_given_up(&r);
		close(fd);
		turns(&r, 3);
		new_core(&r);
	}
	rig_release(&r);
}

static void
not_a_websocket(void **state)
{
	struct rig r;
	int fd;

	(void)state;
	rig_init(&r, &route);
	fd = connect_client(&r);
	send_text(&r, fd, "GET /openeic/v1/uplink HTTP/1.1\r\nHost: a\r\n\r\n");
	answered(fd, "HTTP/1.1 400 ");
	core_gets_nothing(&r);
	close(fd);
	rig_release(&r);
}

/* The real route wants a certificate, which only TLS has. */
static void
no_certificate(void **state)
{
	struct rig r;
	int fd;

	(void)state;
	rig_init(&r, &agent_link_route);
	fd = connect_client(&r);
	send_text(&r, fd, UPGRADE);
	answered(fd, "HTTP/1.1 403 ");
	core_gets_nothing(&r);
	close(fd);
	rig_release(&r);
}

static void
drained(void **state)
{
	struct rig r;
	uint64_t n;
	int fd;

	(void)state;
	rig_init(&r, &route);
	fd = open_link(&r, &n);
	room_drain(&r.room);
	turns(&r, 3);
	assert_string_equal(take(fd),
	    "\x88\x0f\x03\xe9"
	    "shutting down");
	core_hears_the_end(&r, n);
	close(fd);
	turns(&r, 3);
	assert_int_equal(table_count(r.room.front.table), 0);
	rig_release(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_both_ways),
		cmocka_unit_test(frames_behind_the_request),
		cmocka_unit_test(refused_by_core),
		cmocka_unit_test(each_end),
		cmocka_unit_test(is_gone),
		cmocka_unit_test(ends_while_it_asks),
		cmocka_unit_test(core_dies),
		cmocka_unit_test(texts_are_held),
		cmocka_unit_test(next_core_refuses),
		cmocka_unit_test(said_too_much),
		cmocka_unit_test(core_is_changed),
		cmocka_unit_test(core_does_not_part),
		cmocka_unit_test(slow_readers),
		cmocka_unit_test(nonsense),
		cmocka_unit_test(not_a_websocket),
		cmocka_unit_test(no_certificate),
		cmocka_unit_test(drained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
