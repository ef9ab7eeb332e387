/*
 * stream_test: tests what a client tells the stream that took its connection, with a stream that
 * notes what it is told.
 */
#include "core_rig.h"

#define QUEUE_BYTES 300000u

/* What it is told: data in {}, d for drained, k for tick, and the end as G (gone),
 * A (going away), L (left). */
struct diary {
	struct client *client;
	struct buf told;
	int64_t next_ms; /* what a tick answers */
	bool leave_on_data, leave_on_tick;
	bool word_at_end;
	int ends;
};

static struct diary *diary; /* of the test that runs: routes have no context */

static void
on_data(void *ctx, char *p, size_t n)
{
	struct diary *d = ctx;

	assert_int_equal(d->ends, 0);
	buf_fmt(&d->told, "{%.*s}", (int)n, p);
	memset(p, 0, n);
	if (d->leave_on_data)
		client_close(d->client, 1000);
}

static void
on_drained(void *ctx)
{
	struct diary *d = ctx;

	assert_int_equal(d->ends, 0);
	buf_ch(&d->told, 'd');
}

static int64_t
on_tick(void *ctx)
{
	struct diary *d = ctx;

	assert_int_equal(d->ends, 0);
	buf_ch(&d->told, 'k');
	if (d->leave_on_tick) {
		client_close(d->client, 1000);
		return -1;
	}
	return d->next_ms;
}

static void
on_end(void *ctx, enum stream_end how)
{
	struct diary *d = ctx;

	assert_int_equal(++d->ends, 1);
	buf_ch(&d->told, "GAL"[how]);
	if (d->word_at_end)
		assert_int_equal(conn_write(d->client->conn, STR("bye")), 0);
}

static const struct stream_ops ops = { QUEUE_BYTES, on_data, on_drained, on_tick, on_end };

static uint16_t
check(const struct client *c, const struct http_request *rq)
{
	(void)c;
	return str_eq_c(rq->method, "GET") ? 0 : 405;
}

static void
begin(struct client *c)
{
	diary->client = c;
	client_take(c, &ops, diary);
}

static const struct front_route route = { "/stream", check, begin };

#define ASK "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"

/* A client that has asked for the stream, with what it sent right behind. */
static int
ask(struct rig *r, struct diary *d, const char *behind)
{
	char bytes[200];
	int fd;

	memset(d, 0, sizeof(*d));
	buf_init(&d->told, 1u << 20);
	d->next_ms = 5000;
	diary = d;
	rig_init(r, &route);
	fd = connect_client(r);
	snprintf(bytes, sizeof(bytes), ASK "%s", behind);
	send_text(r, fd, bytes);
	assert_non_null(d->client);
	core_gets_nothing(r);
	return fd;
}

/* The stream has begun. */
static int
open_stream(struct rig *r, struct diary *d)
{
	int fd = ask(r, d, "");

	client_begin(d->client);
	return fd;
}

static void
told(struct diary *d, const char *want)
{
	buf_ch(&d->told, '\0');
	assert_string_equal(d->told.p, want);
	buf_clear(&d->told);
}

static void
done(struct rig *r, struct diary *d, int fd)
{
	if (fd != -1)
		close(fd);
	rig_release(r);
	assert_int_equal(d->ends, 1);
	buf_release(&d->told);
}

static void
data_in_order(void **state)
{
	struct diary d;
	struct rig r;
	int fd;

	(void)state;
	fd = ask(&r, &d, "early");
	told(&d, "");
	client_begin(d.client);
	told(&d, "k{early}");
	assert_int_equal(table_streams(r.room.front.table), 1);
	send_text(&r, fd, "one");
	send_text(&r, fd, GET); /* no request any more */
	told(&d, "{one}{" GET "}");
	assert_int_equal(conn_write(d.client->conn, STR("back")), 0);
	assert_string_equal(take(fd), "back");
	core_gets_nothing(&r);
	done(&r, &d, fd);
}

static void
ticks(void **state)
{
	struct diary d;
	struct rig r;
	int fd;

	(void)state;
	fd = open_stream(&r, &d);
	told(&d, "k");
	pass(&r, 4999);
	told(&d, "");
	d.next_ms = 100;
	pass(&r, 1);
	told(&d, "k");
	pass(&r, 100);
	told(&d, "k");
	/* The time limits of HTTP do not hold for a stream. */
	d.next_ms = 1 << 30;
	pass(&r, 100);
	told(&d, "k");
	pass(&r, 3600 * 1000);
	told(&d, "");
	assert_string_equal(take(fd), "");
	done(&r, &d, fd);
}

static void
leaves(void **state)
{
	struct diary d;
	struct rig r;
	int fd;

	(void)state;
	fd = open_stream(&r, &d);
	d.leave_on_data = true;
	send_text(&r, fd, "x");
	told(&d, "k{x}L");
	send_text(&r, fd, "y");
	told(&d, "");
	assert_string_equal(take(fd), "<end>");
	assert_int_equal(table_streams(r.room.front.table), 0);
	done(&r, &d, fd);
	fd = open_stream(&r, &d);
	d.leave_on_tick = true;
	pass(&r, 5000);
	told(&d, "kkL");
	pass(&r, 5000); /* the peer never ends: the linger does */
	told(&d, "");
	assert_int_equal(table_count(r.room.front.table), 0);
	done(&r, &d, fd);
	/* The stream leaves while it is given what had come before it began. */
	fd = ask(&r, &d, "early");
	d.leave_on_data = true;
	client_begin(d.client);
	told(&d, "k{early}L");
	done(&r, &d, fd);
	fd = ask(&r, &d, "early");
	d.leave_on_tick = true;
	client_begin(d.client);
	told(&d, "kL");
	done(&r, &d, fd);
}

static void
peer_ends(void **state)
{
	const struct linger reset = { .l_onoff = 1 };
	struct diary d;
	struct rig r;
	int fd;

	(void)state;
	fd = open_stream(&r, &d);
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	turns(&r, 3);
	told(&d, "kG");
	assert_string_equal(take(fd), "<end>");
	assert_int_equal(table_count(r.room.front.table), 0);
	done(&r, &d, fd);
	/* The peer closes with bytes of ours unread, which resets the connection. */
	fd = open_stream(&r, &d);
	assert_int_equal(conn_write(d.client->conn, STR("unread")), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)), 0);
	close(fd);
	turns(&r, 3);
	told(&d, "kG");
	assert_int_equal(table_streams(r.room.front.table), 0);
	done(&r, &d, -1);
}

/* The queue is the stream's, and drains. */
static void
back_pressure(void **state)
{
	char *big = xalloc(QUEUE_BYTES + 1);
	struct diary d;
	struct rig r;
	size_t sent = 0, n;
	int fd;

	(void)state;
	fd = open_stream(&r, &d);
	assert_int_equal(conn_write(d.client->conn, str_of_n(big, QUEUE_BYTES + 1)), ERR_FULL);
	while (conn_write(d.client->conn, str_of_n(big, 50000)) == 0)
		sent += 50000;
	assert_true(conn_queued(d.client->conn) <= QUEUE_BYTES);
	assert_true(conn_queued(d.client->conn) > QUEUE_BYTES - 50000);
	told(&d, "k");
	conn_read_want(d.client->conn, false);
	send_text(&r, fd, "held back");
	told(&d, "");
	conn_read_want(d.client->conn, true);
	turns(&r, 2);
	told(&d, "{held back}");
	while (sent > 0) {
		n = (size_t)recv(fd, big, QUEUE_BYTES, MSG_DONTWAIT);
		assert_true(n <= sent);
		sent -= n;
		turns(&r, 1);
	}
	told(&d, "d");
	done(&r, &d, fd);
	xfree(big);
}

/* Refused by status, by core's word or by front's: HTTP goes on behind. */
static void
refused(void **state)
{
	const struct http_response no = { .status = 418, .body = STR("no") };
	struct ipc_in m;
	struct diary d;
	struct rig r;
	int fd;

	(void)state;
	fd = ask(&r, &d, "");
	assert_int_equal(client_answer(d.client, &no), 0);
	told(&d, "L");
	answered(fd, "HTTP/1.1 418 ");
	send_text(&r, fd, GET);
	core_answers(&r, core_gets(&r, MSG_FC_REQUEST, &m), 200, "ok");
	answered(fd, "HTTP/1.1 200 ");
	done(&r, &d, fd);
	fd = ask(&r, &d, "");
	client_refuse(d.client, 503);
	told(&d, "L");
	answered(fd, "HTTP/1.1 503 ");
	/* The check's own status: the stream never hears of it. */
	d.client = NULL;
	send_text(&r, fd, "POST /stream HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
	answered(fd, "HTTP/1.1 405 ");
	assert_null(d.client);
	/* Another path is core's. */
	send_text(&r, fd, "GET /stream/ HTTP/1.1\r\nHost: a\r\n\r\n");
	(void)core_gets(&r, MSG_FC_REQUEST, &m);
	done(&r, &d, fd);
}

/* The answer to the opening request does not come, or the client leaves while it waits. */
static void
never_begins(void **state)
{
	struct diary d;
	struct rig r;
	int fd;

	(void)state;
	fd = ask(&r, &d, "");
	pass(&r, 9999);
	told(&d, "");
	pass(&r, 1);
	told(&d, "L");
	answered(fd, "HTTP/1.1 503 ");
	done(&r, &d, fd);
	fd = ask(&r, &d, "");
	rig_release(&r);
	told(&d, "G");
	buf_release(&d.told);
	close(fd);
}

static void
goes_away(void **state)
{
	struct diary d;
	struct rig r;
	int fd, idle;

	(void)state;
	fd = open_stream(&r, &d);
	idle = connect_client(&r);
	d.word_at_end = true;
	room_drain(&r.room);
	turns(&r, 3);
	told(&d, "kA");
	assert_string_equal(take(fd), "bye");
	assert_string_equal(take(fd), "<end>");
	assert_string_equal(take(idle), "<end>");
	assert_int_equal(table_count(r.room.front.table), 1);
	close(fd);
	turns(&r, 3);
	assert_int_equal(table_count(r.room.front.table), 0);
	close(idle);
	done(&r, &d, -1);
}

/* A front that retires: streams go on until the deadline, and HTTP connections end after their
 * answer. */
static void
retires(void **state)
{
	struct ipc_in m;
	struct diary d;
	struct rig r;
	int fd, idle;

	(void)state;
	fd = open_stream(&r, &d);
	idle = connect_client(&r);
	room_retire(&r.room, 60000);
	turns(&r, 3);
	send_text(&r, fd, "on");
	told(&d, "k{on}");
	send_text(&r, idle, GET);
	core_answers(&r, core_gets(&r, MSG_FC_REQUEST, &m), 200, "ok");
	assert_non_null(strstr(take(idle), "\r\nConnection: close\r\n"));
	assert_string_equal(take(idle), "<end>");
	close(idle);
	turns(&r, 3);
	d.next_ms = 100000;
	pass(&r, 59999);
	told(&d, "k");
	assert_string_equal(take(fd), "");
	pass(&r, 1);
	told(&d, "A");
	close(fd);
	assert_int_equal(loop_run(r.loop), 0); /* until it is stopped */
	assert_int_equal(table_count(r.room.front.table), 0);
	done(&r, &d, -1);
	/* Without a deadline, front runs until the last stream has ended by itself. */
	fd = open_stream(&r, &d);
	room_retire(&r.room, 0);
	pass(&r, 24 * 3600 * 1000);
	told(&d, "kk");
	close(fd);
	assert_int_equal(loop_run(r.loop), 0);
	told(&d, "G");
	done(&r, &d, -1);
	/* Without any client it ends at once. */
	rig_init(&r, &route);
	room_retire(&r.room, 0);
	assert_int_equal(loop_run(r.loop), 0);
	rig_release(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(data_in_order),
		cmocka_unit_test(ticks),
		cmocka_unit_test(leaves),
		cmocka_unit_test(peer_ends),
		cmocka_unit_test(back_pressure),
		cmocka_unit_test(refused),
		cmocka_unit_test(never_begins),
		cmocka_unit_test(goes_away),
		cmocka_unit_test(retires),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
