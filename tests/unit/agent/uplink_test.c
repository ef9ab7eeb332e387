/* uplink_test: tests when the uplink connects again, what it sends first, and the time it tells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/uplink.h"
#include "codec/ws_handshake.h"
#include "net/listener.h"

#define TURNS 2000

static void
test_pauses_double_up_to_the_longest(void **state)
{
	static const struct {
		unsigned attempt;
		int64_t min_ms, max_ms, longest;
	} rows[] = {
		{ 0, 250, 10000, 250 },
		{ 1, 250, 10000, 500 },
		{ 5, 250, 10000, 8000 },
		{ 6, 250, 10000, 10000 },
		{ 4000000000u, 250, 10000, 10000 },
		{ 0, 250, 100, 100 },
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t least = INT64_MAX, most = 0;

		for (k = 0; k < 1000; k++) {
			int64_t d = uplink_delay_ms(rand_system(), rows[i].attempt, rows[i].min_ms,
			    rows[i].max_ms);

			least = d < least ? d : least;
			most = d > most ? d : most;
		}
		assert_in_range(least, rows[i].longest / 2, rows[i].longest * 6 / 10);
		assert_in_range(most, rows[i].longest * 9 / 10, rows[i].longest);
	}
}

/* ---- the beginning of a connection ---- */

/* An uplink without TLS, in one loop with the eicd that the test plays. */
struct rig {
	struct loop *loop;
	struct conn_io *io;
	struct uplink *uplink;
	int listener, fd;
	int connecting, opened, refused, revoked, texts;
	struct clock
	    clock; /* the wall clock stands still; the boot clock goes, and can be moved on */
	int64_t boot_ahead_ms, wall_ms;
	int64_t held_ms; /* not 0: the boot clock stands still there */
	int64_t told_ms; /* what eicd's clock shows */
};

static int64_t
wall_now(void *ctx)
{
	return ((struct rig *)ctx)->wall_ms;
}

static int64_t
boot_now(void *ctx)
{
	const struct rig *r = ctx;

	return r->held_ms != 0 ? r->held_ms : clock_boot_ms(clock_system()) + r->boot_ahead_ms;
}

/* The same part of each pause is left out. */
static void
fixed(void *ctx, void *p, size_t n)
{
	(void)ctx;
	memset(p, 0x5a, n);
}

static void
on_connecting(void *ctx)
{
	struct rig *r = ctx;

	r->connecting++;
}

static void
on_opened(void *ctx)
{
	struct rig *r = ctx;

	r->opened++;
}

static void
on_refused(void *ctx)
{
	struct rig *r = ctx;

	r->refused++;
}

static void
on_revoked(void *ctx)
{
	struct rig *r = ctx;

	r->revoked++;
}

static int
on_text(void *ctx, struct str text, struct errinfo *ei)
{
	(void)ei;
	assert_true(str_eq_c(text, "hi"));
	((struct rig *)ctx)->texts++;
	return 0;
}

static void
on_time(void *ctx, int64_t boot_ms)
{
	struct rig *r = ctx;

	r->told_ms = boot_ms;
}

static const struct rng rng = { .fill = fixed };

static struct uplink_opts
opts(struct rig *r, struct str version)
{
	return (struct uplink_opts){ .loop = r->loop,
		.io = r->io,
		.rng = &rng,
		.clock = &r->clock,
		.server_name = STR("eic.test"),
		.hello = { .version = version, .helper_openeic = true },
		.min_ms = 250,
		.max_ms = 10000,
		.silence_ms = 600000,
		.refused = on_refused,
		.revoked = on_revoked,
		.connecting = on_connecting,
		.opened = on_opened,
		.text = on_text,
		.time = on_time,
		.ctx = r };
}

static void
rig_init(struct rig *r)
{
	*r = (struct rig){ .fd = -1, .listener = -1, .wall_ms = INT64_C(1700000000999) };
	r->clock = (struct clock){ wall_now, boot_now, r };
	assert_int_equal(loop_new(&r->clock, &r->loop), 0);
	r->io = conn_io_new(r->loop, CONN_READ_BYTES, NULL);
}

static void
rig_release(struct rig *r)
{
	uplink_free(r->uplink);
	conn_io_free(r->io);
	loop_free(r->loop);
	if (r->fd != -1)
		close(r->fd);
	if (r->listener != -1)
		close(r->listener);
}

/* Waits until the uplink has connected to the test. */
static void
take_connection(struct rig *r)
{
	struct addr peer;
	int i, err = ERR_AGAIN;

	for (i = 0; i < TURNS && err == ERR_AGAIN; i++) {
		assert_int_equal(loop_turn(r->loop, 1), 0);
		err = listener_accept(r->listener, &r->fd, &peer);
	}
	assert_int_equal(err, 0);
}

/* The uplink connects to the test. */
static void
meet(struct rig *r, struct str version)
{
	struct uplink_opts o = opts(r, version);
	struct addr here = { .len = sizeof(here.u) };
	struct buf endpoint;

	assert_int_equal(listener_open(STR("127.0.0.1:0"), 8, &r->listener, NULL), 0);
	assert_int_equal(getsockname(r->listener, &here.u.sa, &here.len), 0);
	buf_init(&endpoint, 64);
	buf_fmt(&endpoint, "127.0.0.1:%u", addr_port(&here));
	o.endpoint = buf_view(&endpoint);
	assert_int_equal(uplink_new(&o, &r->uplink), 0);
	buf_release(&endpoint);
	take_connection(r);
}

/* Turns the loop until b ends in end or, with end NULL, has n bytes. */
static void
hear(struct rig *r, struct buf *b, const char *end, size_t n)
{
	char got[2048];
	ssize_t k;
	int i;

	for (i = 0; i < TURNS; i++) {
		if (end != NULL ? str_ends(buf_view(b), str_of(end)) : b->n >= n)
			return;
		assert_int_equal(loop_turn(r->loop, 1), 0);
		if ((k = recv(r->fd, got, sizeof(got), 0)) > 0)
			buf_add(b, got, (size_t)k);
	}
	fail_msg("%s", "what was waited for did not come");
}

static struct str
after(struct str s, const char *name)
{
	const char *at = memmem(s.p, s.n, name, strlen(name));

	assert_non_null(at);
	return str_from(s, (size_t)(at - s.p) + strlen(name));
}

/* Hears one masked frame, the first in b, and takes it off: 2 bytes of head, 4 of mask, then what
 * it says. Pings are passed over. */
static void
hear_text(struct rig *r, struct buf *b, const char *said)
{
	const size_t n = strlen(said);
	size_t i, len;
	uint8_t kind;

	do {
		hear(r, b, NULL, 2);
		kind = (uint8_t)b->p[0];
		len = 6 + ((size_t)b->p[1] & 0x7f);
		hear(r, b, NULL, len);
		if (kind == 0x89)
			buf_drop(b, len);
	} while (kind == 0x89);
	assert_int_equal(kind, 0x81);
	assert_int_equal(len, 6 + n);
	for (i = 0; i < n; i++)
		assert_int_equal(b->p[6 + i] ^ b->p[2 + i % 4], said[i]);
	buf_drop(b, len);
}

/* Reads the opening and answers it. b is empty then. */
static void
open_session(struct rig *r, struct buf *b)
{
	struct buf answer;
	struct str key;

	buf_init(&answer, 4096);
	hear(r, b, "\r\n\r\n", 0);
	key = str_head(after(buf_view(b), "Sec-WebSocket-Key: "), WS_HANDSHAKE_KEY_LEN);
	assert_int_equal(ws_handshake_write_response(&answer, key, NULL, 0), 0);
	assert_int_equal(send(r->fd, answer.p, answer.n, MSG_NOSIGNAL), answer.n);
	buf_clear(b);
	buf_release(&answer);
}

static void
test_opening_hello_and_clock(void **state)
{
	static const char said[] = "{\"type\":\"hello\",\"version\":\"1.2 \\\"x\\\"\","
				   "\"helper\":\"openeic\"}";
	char version[] = "1.2 \"x\""; /* copied: it is gone when hello is said */
	struct str key;
	struct buf b, answer;
	struct rig r;
	size_t i;

	(void)state;
	rig_init(&r);
	meet(&r, str_of(version));
	memset(version, '?', sizeof(version));
	buf_init(&b, 4096);
	buf_init(&answer, 4096);
	hear(&r, &b, "\r\n\r\n", 0);
	assert_true(str_starts(buf_view(&b), STR("GET /openeic/v1/uplink HTTP/1.1\r\n")));
	key = str_head(after(buf_view(&b), "Sec-WebSocket-Key: "), WS_HANDSHAKE_KEY_LEN);
	assert_int_equal(ws_handshake_write_response(&answer, key, NULL, 0), 0);
	assert_int_equal(send(r.fd, answer.p, answer.n, MSG_NOSIGNAL), answer.n);
	buf_clear(&b);
	hear_text(&r, &b, said);
	hear_text(&r, &b, "{\"type\":\"clock\",\"now\":1700000000}");
	assert_int_equal(b.n, 0);
	assert_int_equal(r.opened, 1);
	/* What eicd sends waits while it is not wanted, and then comes. */
	uplink_read_want(r.uplink, false);
	assert_int_equal(send(r.fd, "\x81\x02hi", 4, MSG_NOSIGNAL), 4);
	for (i = 0; i < 20; i++)
		assert_int_equal(loop_turn(r.loop, 1), 0);
	assert_int_equal(r.texts, 0);
	uplink_read_want(r.uplink, true);
	for (i = 0; i < TURNS && r.texts == 0; i++)
		assert_int_equal(loop_turn(r.loop, 1), 0);
	assert_int_equal(r.texts, 1);
	/* And once a minute from then on, whatever it has become. */
	r.boot_ahead_ms = 60000;
	r.wall_ms += 75000;
	hear_text(&r, &b, "{\"type\":\"clock\",\"now\":1700000075}");
	assert_int_equal(b.n, 0);
	r.boot_ahead_ms = 120000;
	r.wall_ms -= 3600000;
	hear_text(&r, &b, "{\"type\":\"clock\",\"now\":1699996475}");
	/* On a connection that is lost nothing is told, though a minute goes by. */
	close(r.fd);
	take_connection(&r);
	r.boot_ahead_ms = 180000;
	assert_int_equal(loop_turn(r.loop, 1), 0);
	assert_int_equal(r.opened, 1);
	buf_release(&answer);
	buf_release(&b);
	rig_release(&r);
}

static void
test_what_hello_must_not_say(void **state)
{
	static const char longest[LINK_MAX_VERSION_LEN + 2] =
	    "01234567890123456789012345678901234567890123456789012345678901234";
	struct rig r;
	struct uplink_opts o;

	(void)state;
	rig_init(&r);
	o = opts(&r, str_of_n(longest, LINK_MAX_VERSION_LEN + 1));
	o.endpoint = STR("127.0.0.1:1");
	assert_int_equal(uplink_new(&o, &r.uplink), ERR_TOOBIG);
	o.hello.version = STR("1\n2");
	assert_int_equal(uplink_new(&o, &r.uplink), ERR_SYNTAX);
	assert_null(r.uplink);
	o.hello.version = str_of_n(longest, LINK_MAX_VERSION_LEN);
	assert_int_equal(uplink_new(&o, &r.uplink), 0);
	rig_release(&r);
}

static void
on_unresolved(void *ctx)
{
	++*(int *)ctx;
}

/* Whoever must see to it is told that eicd's name leads nowhere, and each time. */
static void
test_unresolved(void **state)
{
	int i, n = 0;
	struct rig r;
	struct uplink_opts o;

	(void)state;
	rig_init(&r);
	o = opts(&r, STR("1"));
	o.endpoint = STR("[no-address]:1");
	o.unresolved = on_unresolved;
	o.ctx = &n;
	assert_int_equal(uplink_new(&o, &r.uplink), 0);
	for (i = 0; i < 20; i++)
		assert_int_equal(loop_turn(r.loop, 1), 0);
	assert_int_equal(n, 1);
	r.boot_ahead_ms += 10000;
	for (i = 0; i < 20; i++)
		assert_int_equal(loop_turn(r.loop, 1), 0);
	assert_int_equal(n, 2);
	rig_release(&r);
}

/* eicd drops the connection; the uplink connects again after the pause before attempt n, and not
 * before. */
static void
lost_for(struct rig *r, unsigned n)
{
	int64_t ms = uplink_delay_ms(&rng, n, 250, 10000);
	struct addr peer;
	int i;

	close(r->fd);
	r->fd = -1;
	for (i = 0; i < 20; i++) /* it has seen the end */
		assert_int_equal(loop_turn(r->loop, 1), 0);
	r->held_ms += ms - 1;
	for (i = 0; i < 20; i++)
		assert_int_equal(loop_turn(r->loop, 1), 0);
	assert_int_equal(listener_accept(r->listener, &r->fd, &peer), ERR_AGAIN);
	r->held_ms++;
	take_connection(r);
}

/* After a connection that was served, the next one comes soon, however many there were; the pauses
 * grow while eicd opens them and serves none. */
static void
test_pauses_after_connections_that_were_served(void **state)
{
	struct buf b;
	struct rig r;
	int i;

	(void)state;
	rig_init(&r);
	r.held_ms = clock_boot_ms(clock_system());
	buf_init(&b, 4096);
	meet(&r, STR("1"));
	for (i = 1; i <= 10; i++) {
		open_session(&r, &b);
		hear(&r, &b, NULL, 6); /* hello */
		buf_clear(&b);
		assert_int_equal(r.opened, i);
		uplink_serves(r.uplink);
		lost_for(&r, 0);
	}
	for (i = 1; i <= 4; i++) {
		open_session(&r, &b);
		hear(&r, &b, NULL, 6);
		buf_clear(&b);
		lost_for(&r, (unsigned)i);
	}
	buf_release(&b);
	rig_release(&r);
}

/* Turns the loop until the end of this connection has been seen. */
static void
see_the_end(struct rig *r)
{
	char got[2048];
	ssize_t k = 1;
	int i;

	for (i = 0; i < TURNS && k != 0; i++) {
		assert_int_equal(loop_turn(r->loop, 1), 0);
		k = recv(r->fd, got, sizeof(got), 0);
	}
	assert_int_equal(k, 0);
	close(r->fd);
	r->fd = -1;
}

/* eicd closes with the code of its own for an agent that was revoked, or with another one. */
static void
test_revoked(void **state)
{
	static const struct {
		const char *frame;
		int revoked;
	} rows[] = { { "\x88\x02\x0f\xa1", 1 }, { "\x88\x02\x03\xe8", 0 },
		{ "\x88\x02\x0f\xa2", 0 } };
	struct buf b;
	struct rig r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rig_init(&r);
		buf_init(&b, 4096);
		meet(&r, STR("1"));
		open_session(&r, &b);
		hear(&r, &b, NULL, 6);
		assert_int_equal(send(r.fd, rows[i].frame, 4, MSG_NOSIGNAL), 4);
		see_the_end(&r);
		assert_int_equal(r.revoked, rows[i].revoked);
		assert_int_equal(r.refused, 0);
		buf_release(&b);
		rig_release(&r);
	}
}

/* The next attempt comes, however long the pause is. */
static void
take_next(struct rig *r)
{
	int i;

	for (i = 0; i < 20; i++) /* it has seen the end */
		assert_int_equal(loop_turn(r->loop, 1), 0);
	r->boot_ahead_ms += 10000;
	take_connection(r);
}

/* Answers the opening, or ends the connection without an answer, and waits for the next one. */
static void
answer_opening(struct rig *r, const char *answer)
{
	struct buf b;

	buf_init(&b, 4096);
	hear(r, &b, "\r\n\r\n", 0);
	if (answer[0] != '\0') {
		assert_int_equal(send(r->fd, answer, strlen(answer), MSG_NOSIGNAL), strlen(answer));
		see_the_end(r);
	} else {
		close(r->fd);
		r->fd = -1;
	}
	take_next(r);
	buf_release(&b);
}

/* Only 403 says that the certificate is not taken: whatever else goes wrong before or after the
 * connection was opened, the next attempt is with the same one. */
static void
test_refused(void **state)
{
	static const struct {
		const char *answer;
		int refused;
	} rows[] = {
		{ "", 0 },
		{ "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", 0 },
		{ "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", 0 },
		{ "HTTP/1.1 101 Switching Protocols\r\n\r\n", 0 },
		{ "nonsense\r\n\r\n", 0 },
		{ "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", 1 },
	};
	struct buf b;
	struct rig r;
	size_t i;

	(void)state;
	rig_init(&r);
	buf_init(&b, 4096);
	meet(&r, STR("1"));
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		r.refused = 0;
		answer_opening(&r, rows[i].answer);
		assert_int_equal(r.refused, rows[i].refused);
	}
	/* No answer comes in time. */
	r.refused = 0;
	hear(&r, &b, "\r\n\r\n", 0);
	buf_clear(&b);
	r.boot_ahead_ms += 10000;
	see_the_end(&r);
	take_next(&r);
	assert_int_equal(r.refused, 0);
	open_session(&r, &b);
	hear(&r, &b, NULL, 6);
	assert_int_equal(r.opened, 1);
	close(r.fd);
	r.fd = -1;
	take_next(&r);
	assert_int_equal(r.refused, 0);
	buf_release(&b);
	rig_release(&r);
}

/* Something is said on a connection that stands; and the next one comes without a pause. */
static void
test_say_and_reconnect(void **state)
{
	const struct link_message m = { .type = LINK_CLOCK, .clock = { 5 } };
	struct buf b;
	struct rig r;

	(void)state;
	rig_init(&r);
	r.held_ms = clock_boot_ms(clock_system());
	buf_init(&b, 4096);
	meet(&r, STR("1"));
	assert_int_equal(uplink_say(r.uplink, &m), ERR_CLOSED);
	assert_int_equal(r.connecting, 1);
	uplink_reconnect(r.uplink); /* nothing: it is on its way */
	open_session(&r, &b);
	hear_text(&r, &b, "{\"type\":\"hello\",\"version\":\"1\",\"helper\":\"openeic\"}");
	hear_text(&r, &b, "{\"type\":\"clock\",\"now\":1700000000}");
	assert_int_equal(uplink_say(r.uplink, &m), 0);
	hear_text(&r, &b, "{\"type\":\"clock\",\"now\":5}");
	uplink_reconnect(r.uplink);
	see_the_end(&r);
	assert_int_equal(r.opened, 1);
	take_connection(&r);
	assert_int_equal(r.connecting, 2);
	open_session(&r, &b);
	hear(&r, &b, NULL, 6);
	assert_int_equal(r.opened, 2);
	assert_int_equal(r.refused, 0);
	buf_release(&b);
	rig_release(&r);
}

static void
test_the_time_of_eicd(void **state)
{
	struct buf b;
	struct rig r;

	(void)state;
	rig_init(&r);
	r.held_ms = clock_boot_ms(clock_system());
	buf_init(&b, 4096);
	meet(&r, STR("1"));
	open_session(&r, &b);
	hear(&r, &b, NULL, 6);
	buf_clear(&b);
	assert_int_equal(send(r.fd, "\x89\x06?12345", 8, MSG_NOSIGNAL), 8);
	hear(&r, &b, NULL, 12); /* the PONG */
	assert_int_equal(r.told_ms, 12345);
	buf_release(&b);
	rig_release(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pauses_double_up_to_the_longest),
		cmocka_unit_test(test_opening_hello_and_clock),
		cmocka_unit_test(test_what_hello_must_not_say),
		cmocka_unit_test(test_unresolved),
		cmocka_unit_test(test_pauses_after_connections_that_were_served),
		cmocka_unit_test(test_the_time_of_eicd),
		cmocka_unit_test(test_revoked),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_say_and_reconnect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
