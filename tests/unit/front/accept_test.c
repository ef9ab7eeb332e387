/*
 * accept_test: tests who is closed when there is no room for another connection, with clients on
 * several addresses of the loopback network.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>

#include "core_rig.h"
#include "net/listener.h"

#define HALF "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf"
#define REST "and rest"

/* A route that makes a stream of each request at once, as core does of an agent's. */
static void
no_data(void *ctx, char *p, size_t n)
{
	(void)ctx;
	(void)p;
	(void)n;
}

static void
no_drained(void *ctx)
{
	(void)ctx;
}

static int64_t
no_tick(void *ctx)
{
	(void)ctx;
	return 3600 * 1000;
}

static void
no_end(void *ctx, enum stream_end how)
{
	(void)ctx;
	(void)how;
}

static const struct stream_ops stream = { 1000, no_data, no_drained, no_tick, no_end };

static uint16_t
check(const struct client *c, const struct http_request *rq)
{
	(void)c;
	(void)rq;
	return 0;
}

static void
begin(struct client *c)
{
	client_take(c, &stream, NULL);
	client_begin(c);
}

static const struct front_route route = { "/stream", check, begin };
#define STREAM "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"

static struct sockaddr_in
listen_on(struct rig *r, int64_t all, int64_t of_one)
{
	struct sockaddr_in to;
	socklen_t n = sizeof(to);
	int fd;

	rig_init(r, &route);
	r->room.front.settings.max_connections = all;
	r->room.front.settings.max_connections_per_address = of_one;
	assert_int_equal(listener_open(STR("127.0.0.1:0"), 64, &fd, NULL), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&to, &n), 0);
	assert_int_equal(accept_add(r->room.front.accept, fd), 0);
	assert_int_equal(accept_start(r->room.front.accept), 0);
	return to;
}

/* Connects from 127.0.0.LAST and says text. */
static int
from(struct rig *r, const struct sockaddr_in *to, unsigned last, const char *text)
{
	struct sockaddr_in me = { .sin_family = AF_INET,
		.sin_addr = { htonl(0x7f000000u | last) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_not_equal(fd, -1);
	assert_int_equal(bind(fd, (struct sockaddr *)&me, sizeof(me)), 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)to, sizeof(*to)), 0);
	turns(r, 3);
	if (text[0] != '\0')
		send_text(r, fd, text);
	turns(r, 3);
	return fd;
}

/* Waits until the other end has closed. */
static void
assert_closed(struct rig *r, int fd)
{
	char c;
	int i;

	for (i = 0; i < 10000; i++) {
		ssize_t n = recv(fd, &c, 1, MSG_DONTWAIT);

		if (n == 0 || (n == -1 && errno == ECONNRESET))
			break;
		turns(r, 1);
	}
	assert_true(i < 10000);
	close(fd);
}

static void
assert_open(struct rig *r, int fd)
{
	char c;

	turns(r, 3);
	assert_int_equal(recv(fd, &c, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
}

static void
close_all(const int *fds, size_t n)
{
	while (n-- > 0)
		close(fds[n]);
}

/* Half a request does not hold a place: the address that holds most loses its oldest, and who holds
 * one keeps it, though it is the oldest of all. */
static void
test_half_requests_make_room(void **state)
{
	struct sockaddr_in to;
	struct ipc_in m;
	struct rig r;
	int honest, late, half[5], i;

	(void)state;
	to = listen_on(&r, 6, 100);
	honest = from(&r, &to, 3, HALF);
	for (i = 0; i < 5; i++)
		half[i] = from(&r, &to, 2, i < 3 ? HALF : "GET / HT");
	late = from(&r, &to, 4, GET);
	core_answers(&r, core_gets(&r, MSG_FC_REQUEST, &m), 200, "ok");
	answered(late, "HTTP/1.1 200 ");
	assert_closed(&r, half[0]);
	/* More of a body makes it no younger. */
	send_text(&r, half[1], "m");
	half[0] = from(&r, &to, 5, "");
	assert_closed(&r, half[1]);
	send_text(&r, honest, REST);
	core_answers(&r, core_gets(&r, MSG_FC_REQUEST, &m), 200, "ok");
	answered(honest, "HTTP/1.1 200 ");
	for (i = 2; i < 5; i++)
		assert_open(&r, half[i]);
	close_all(half + 2, 3);
	close_all((int[]){ honest, late, half[0] }, 3);
	rig_release(&r);
}

/* Neither does an answer that is not read. */
static void
test_who_does_not_read_makes_room(void **state)
{
	static char much[4 << 20];
	struct sockaddr_in to;
	struct ipc_in m;
	struct rig r;
	int deaf[2], late, i, tries;

	(void)state;
	memset(much, 'x', sizeof(much) - 1);
	to = listen_on(&r, 2, 100);
	for (i = 0; i < 2; i++) {
		deaf[i] = from(&r, &to, 2, GET);
		core_answers(&r, core_gets(&r, MSG_FC_REQUEST, &m), 200, much);
	}
	late = from(&r, &to, 4, GET);
	core_answers(&r, core_gets(&r, MSG_FC_REQUEST, &m), 200, "ok");
	answered(late, "HTTP/1.1 200 ");
	assert_int_equal(table_count(r.room.front.table), 2);
	for (tries = 0; tries < 10000 && recv(deaf[0], much, sizeof(much), MSG_DONTWAIT) > 0;)
		tries++;
	assert_closed(&r, deaf[0]);
	close_all((int[]){ deaf[1], late }, 2);
	rig_release(&r);
}

/* At the limit of its address a new one is served as well, and another of the same one goes. */
static void
test_of_one_address(void **state)
{
	struct sockaddr_in to;
	struct ipc_in m;
	struct rig r;
	int mine[3], other, late, i;

	(void)state;
	to = listen_on(&r, 100, 3);
	other = from(&r, &to, 3, HALF);
	for (i = 0; i < 3; i++)
		mine[i] = from(&r, &to, 2, HALF);
	late = from(&r, &to, 2, GET);
	core_answers(&r, core_gets(&r, MSG_FC_REQUEST, &m), 200, "ok");
	answered(late, "HTTP/1.1 200 ");
	assert_closed(&r, mine[0]);
	assert_open(&r, mine[1]);
	assert_open(&r, mine[2]);
	assert_open(&r, other);
	close_all((int[]){ mine[1], mine[2], other, late }, 4);
	rig_release(&r);
}

/* Who waits for core is not closed: of one address the next one is, and of all it waits until
 * somebody has been answered. */
static void
test_who_waits_for_core_stays(void **state)
{
	struct sockaddr_in to;
	struct ipc_in m;
	struct rig r;
	uint64_t n[3];
	int fds[3], late, i;

	(void)state;
	to = listen_on(&r, 3, 2);
	for (i = 0; i < 2; i++) {
		fds[i] = from(&r, &to, 2, GET);
		n[i] = core_gets(&r, MSG_FC_REQUEST, &m);
	}
	assert_closed(&r, from(&r, &to, 2, ""));
	fds[2] = from(&r, &to, 3, GET);
	n[2] = core_gets(&r, MSG_FC_REQUEST, &m);
	late = from(&r, &to, 4, GET);
	core_gets_nothing(&r);
	core_answers(&r, n[1], 200, "ok");
	answered(fds[1], "HTTP/1.1 200 ");
	pass(&r, 100);
	assert_closed(&r, fds[1]);
	core_answers(&r, core_gets(&r, MSG_FC_REQUEST, &m), 200, "ok");
	answered(late, "HTTP/1.1 200 ");
	core_answers(&r, n[0], 200, "ok");
	answered(fds[0], "HTTP/1.1 200 ");
	close_all((int[]){ fds[0], fds[2], late }, 3);
	rig_release(&r);
}

/* The links of agents have places of their own: none of them goes, and they take none. */
static void
test_streams_are_counted_apart(void **state)
{
	struct sockaddr_in to;
	struct rig r;
	int agents[4], half[4], i;

	(void)state;
	to = listen_on(&r, 4, 3);
	for (i = 0; i < 4; i++)
		agents[i] = from(&r, &to, 2, STREAM);
	assert_int_equal(table_streams(r.room.front.table), 4);
	for (i = 0; i < 4; i++)
		half[i] = from(&r, &to, (unsigned)i + 3, HALF);
	for (i = 0; i < 4; i++)
		assert_open(&r, half[i]);
	agents[0] = (close(agents[0]), turns(&r, 3), from(&r, &to, 2, STREAM));
	assert_int_equal(table_streams(r.room.front.table), 4);
	for (i = 0; i < 4; i++)
		assert_open(&r, agents[i]);
	assert_closed(&r, half[0]);
	close_all(agents, 4);
	close_all(half + 1, 3);
	rig_release(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_half_requests_make_room),
		cmocka_unit_test(test_who_does_not_read_makes_room),
		cmocka_unit_test(test_of_one_address),
		cmocka_unit_test(test_who_waits_for_core_stays),
		cmocka_unit_test(test_streams_are_counted_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
