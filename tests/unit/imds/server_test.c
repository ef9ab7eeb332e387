/* server_test: tests the server with real sockets on loopback, in one loop with the test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixture.h"
#include "imds/server.h"
#include "net/listener.h"

#define MAX_TURNS 20000
#define HELPER_UID 65532

struct rig {
	int64_t now;
	struct clock clock;
	struct loop *loop;
	struct guests *guests;
	struct signers *signers;
	struct server *server;
	struct sockaddr_in to;
	char path[64];
};

static int64_t
held_ms(void *ctx)
{
	return *(int64_t *)ctx;
}

/* The guest sits at 127.0.0.5; the server listens on 127.0.0.1. */
static void
rig_init(struct rig *r)
{
	struct link_guest d = fixture_guest();
	struct link_signer s = fixture_signer();
	struct server_opts o;
	socklen_t n = sizeof(r->to);
	int fd;

	*r = (struct rig){ .now = 1000 };
	r->clock = (struct clock){ held_ms, held_ms, &r->now };
	assert_int_equal(loop_new(&r->clock, &r->loop), 0);
	r->guests = guests_new(rand_system());
	r->signers = signers_new();
	d.private_ip = STR("127.0.0.5");
	assert_int_equal(guests_put(r->guests, &d), 0);
	d.instance_id = STR("i-2222222222");
	d.private_ip = STR("10.9.9.9");
	assert_int_equal(guests_put(r->guests, &d), 0);
	assert_int_equal(signers_put(r->signers, &s, 0), 0);
	o = (struct server_opts){ .loop = r->loop,
		.guests = r->guests,
		.signers = r->signers,
		.rng = rand_system(),
		.own_instance = STR("i-2222222222"),
		.helper_uid = HELPER_UID };
	r->server = server_new(&o);
	assert_int_equal(listener_open(STR("127.0.0.1:0"), 600, &fd, NULL), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&r->to, &n), 0);
	assert_int_equal(server_listen(r->server, fd), 0);
}

static void
rig_release(struct rig *r)
{
	server_free(r->server);
	guests_free(r->guests);
	signers_free(r->signers);
	loop_free(r->loop);
	if (r->path[0] != '\0')
		unlink(r->path);
}

static int
connect_from(struct rig *r, const char *ip_last)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_not_equal(fd, -1);
	from.sin_addr.s_addr = htonl(0x7f000000u | (uint32_t)strtoul(ip_last, NULL, 10));
	assert_int_equal(bind(fd, (struct sockaddr *)&from, sizeof(from)), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&r->to, sizeof(r->to)), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

static void
say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Turns the loop until n bytes have come (or the end); returns how many. */
static size_t
hear(struct rig *r, int fd, char *to, size_t n, bool *ret_end)
{
	size_t got = 0;
	int turns;

	*ret_end = false;
	for (turns = 0; turns < MAX_TURNS && got < n && !*ret_end; turns++) {
		ssize_t k;

		assert_int_equal(loop_turn(r->loop, 1), 0);
		k = recv(fd, to + got, n - got, 0);
		if (k == 0 || (k == -1 && errno == ECONNRESET))
			*ret_end = true;
		else if (k > 0)
			got += (size_t)k;
		else
			assert_int_equal(errno, EAGAIN);
	}
	assert_true(turns < MAX_TURNS);
	return got;
}

static void
assert_hears(struct rig *r, int fd, const char *expected)
{
	char got[4096];
	bool end;
	size_t n = hear(r, fd, got, strlen(expected), &end);

	assert_int_equal(n, strlen(expected));
	assert_memory_equal(got, expected, n);
}

static void
assert_ends(struct rig *r, int fd)
{
	char c;
	bool end;

	assert_int_equal(hear(r, fd, &c, 1, &end), 0);
	assert_true(end);
	close(fd);
}

#define GET_ID "GET /latest/meta-data/instance-id HTTP/1.1\r\nHost: m\r\n\r\n"
#define ID_ANSWER(id, n) \
	"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nServer: EC2ws\r\n" \
	"Content-Length: " n "\r\n\r\n" id

static void
test_a_guest_by_its_address(void **state)
{
	struct rig r;
	int fd, other;

	(void)state;
	rig_init(&r);
	fd = connect_from(&r, "5");
	say(fd, GET_ID);
	assert_hears(&r, fd, ID_ANSWER("i-0123456789abcdef0", "19"));
	say(fd, GET_ID GET_ID); /* keep-alive, pipelined */
	assert_hears(&r, fd,
	    ID_ANSWER("i-0123456789abcdef0", "19") ID_ANSWER("i-0123456789abcdef0", "19"));
	other = connect_from(&r, "6");
	assert_ends(&r, other);
	guests_remove(r.guests, STR("i-0123456789abcdef0"));
	say(fd, GET_ID);
	assert_hears(&r, fd, "HTTP/1.1 404 Not Found\r\n");
	close(fd);
	rig_release(&r);
}

static void
test_this_hosts_own_instance(void **state)
{
	struct rig r;
	int fd, listening;
	struct sockaddr_un {
		sa_family_t family;
		char path[64];
	} to = { .family = AF_UNIX };

	(void)state;
	rig_init(&r);
	fd = connect_from(&r, "1"); /* both ends have one address */
	say(fd, GET_ID);
	assert_hears(&r, fd, ID_ANSWER("i-2222222222", "12"));
	close(fd);

	snprintf(r.path, sizeof(r.path), "/tmp/imds-test-%ld", (long)getpid());
	assert_int_equal(listener_unix_open(r.path, 0600, 8, &listening, NULL), 0);
	assert_int_equal(server_listen(r.server, listening), 0);
	memcpy(to.path, r.path, sizeof(to.path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)(void *)&to, sizeof(to)), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	say(fd, "GET /latest/meta-data/instance-id HTTP/1.0\r\n\r\n");
	assert_hears(&r, fd, "HTTP/1.1 200 OK\r\n");
	say(fd, "late");
	shutdown(fd, SHUT_WR);
	{
		char rest[512];
		bool end;

		hear(&r, fd, rest, sizeof(rest), &end);
		assert_true(end);
	}
	close(fd);
	rig_release(&r);
}

static int
ttl_of(int fd)
{
	socklen_t n = sizeof(int);
	int v = 0;

	assert_int_equal(getsockopt(fd, IPPROTO_IP, IP_TTL, &v, &n), 0);
	return v;
}

/* What the peer's kernel saw: IP_RECVTTL does not exist for TCP, so the socket of
 * the server is asked, which is the newest descriptor in this process. */
static void
test_hop_limit_stays_after_a_token(void **state)
{
	struct rig r;
	int fd, other, served, usual;

	(void)state;
	rig_init(&r);
	fd = connect_from(&r, "5");
	usual = ttl_of(fd);
	assert_int_not_equal(usual, 1);
	say(fd, GET_ID);
	assert_hears(&r, fd, ID_ANSWER("i-0123456789abcdef0", "19"));
	served = fd + 1;
	assert_int_equal(ttl_of(served), usual);
	say(fd,
	    "PUT /latest/api/token HTTP/1.1\r\nHost: m\r\n"
	    "X-aws-ec2-metadata-token-ttl-seconds: 5\r\nContent-Length: 0\r\n\r\n");
	assert_hears(&r, fd,
	    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
	    "X-Aws-Ec2-Metadata-Token-Ttl-Seconds: 5\r\nServer: EC2ws\r\n"
	    "Content-Length: 44\r\n\r\n");
	assert_int_equal(ttl_of(served), 1);
	{
		char token[TOKEN_LEN];
		bool end;

		assert_int_equal(hear(&r, fd, token, sizeof(token), &end), sizeof(token));
	}
	/* The token's segment may have to leave again: what comes next must not give
	 * it more hops. Neither must a limit that was raised meanwhile. */
	say(fd, GET_ID);
	assert_hears(&r, fd, ID_ANSWER("i-0123456789abcdef0", "19"));
	assert_int_equal(ttl_of(served), 1);
	guests_find(r.guests, STR("i-0123456789abcdef0"))->desc.hop_limit = 3;
	say(fd,
	    "PUT /latest/api/token HTTP/1.1\r\nHost: m\r\n"
	    "X-aws-ec2-metadata-token-ttl-seconds: 5\r\nContent-Length: 0\r\n\r\n");
	assert_hears(&r, fd, "HTTP/1.1 200 OK\r\n");
	assert_int_equal(ttl_of(served), 1);
	other = connect_from(&r, "5");
	say(other, GET_ID);
	assert_hears(&r, other, ID_ANSWER("i-0123456789abcdef0", "19"));
	assert_int_equal(ttl_of(other + 1), usual);
	close(other);
	close(fd);
	rig_release(&r);
}

static void
test_bad_requests_are_answered_and_closed(void **state)
{
	static const struct {
		const char *request, *answer;
	} rows[] = {
		{ "nonsense\r\n\r\n", "HTTP/1.1 400 " },
		{ "GET /latest HTTP/1.1\r\nHost: m\r\nContent-Length: 1\r\n\r\nx",
		    "HTTP/1.1 413 " },
		{ "GET /latest HTTP/2.1\r\nHost: m\r\n\r\n", "HTTP/1.1 505 " },
	};
	char rest[1024];
	struct rig r;
	bool end;
	size_t i;
	int fd;

	(void)state;
	rig_init(&r);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fd = connect_from(&r, "5");
		say(fd, rows[i].request);
		assert_hears(&r, fd, rows[i].answer);
		hear(&r, fd, rest, sizeof(rest), &end);
		assert_true(end);
		close(fd);
	}
	rig_release(&r);
}

static void
turns(struct rig *r, int n)
{
	while (n-- > 0)
		assert_int_equal(loop_turn(r->loop, 1), 0);
}

static void
assert_open(struct rig *r, int fd)
{
	char c;

	turns(r, 10);
	assert_int_equal(recv(fd, &c, 1, 0), -1);
	assert_int_equal(errno, EAGAIN);
}

/* Has the server closed its end of the newest connection, the descriptor after fd? */
static bool
is_closed(struct rig *r, int fd)
{
	turns(r, 10);
	return fcntl(fd + 1, F_GETFD) == -1;
}

static void
test_time_runs_out(void **state)
{
	struct rig r;
	int silent, slow, kept;

	(void)state;
	rig_init(&r);
	silent = connect_from(&r, "5");
	slow = connect_from(&r, "5");
	say(slow, "GET /la");
	kept = connect_from(&r, "5");
	turns(&r, 10);
	r.now += 10;
	say(kept, GET_ID);
	assert_hears(&r, kept, ID_ANSWER("i-0123456789abcdef0", "19"));
	r.now += SERVER_REQUEST_MS - 11;
	say(slow, "test"); /* some more of a request gives it no more time */
	assert_open(&r, slow);
	assert_open(&r, silent);
	r.now++;
	assert_hears(&r, slow, "HTTP/1.1 408 ");
	assert_ends(&r, silent);
	r.now += 9;
	assert_open(&r, kept);
	r.now++;
	assert_ends(&r, kept);
	close(slow);
	rig_release(&r);
}

/* The peer gets to read the last words: our direction ends, what it still sends is
 * thrown away, and after a second the connection is gone. */
static void
test_last_words_are_left_time(void **state)
{
	static const char *const requests[] = { "nonsense\r\n\r\n",
		"GET /latest/meta-data/instance-id HTTP/1.0\r\n\r\n" };
	struct rig r;
	size_t i;

	(void)state;
	rig_init(&r);
	for (i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		int fd = connect_from(&r, "5");
		char answer[1024];
		bool end;

		say(fd, requests[i]);
		assert_in_range(hear(&r, fd, answer, sizeof(answer), &end), 1, sizeof(answer) - 1);
		assert_true(end);
		r.now += 999;
		say(fd, "late");
		assert_false(is_closed(&r, fd));
		r.now++;
		assert_true(is_closed(&r, fd));
		close(fd);
	}
	rig_release(&r);
}

static void
test_a_peer_that_ends(void **state)
{
	struct rig r;
	int half = -1, whole;

	(void)state;
	rig_init(&r);
	half = connect_from(&r, "5");
	say(half, "GET /la");
	shutdown(half, SHUT_WR);
	assert_ends(&r, half);
	whole = connect_from(&r, "5");
	say(whole, GET_ID);
	shutdown(whole, SHUT_WR);
	assert_hears(&r, whole, ID_ANSWER("i-0123456789abcdef0", "19"));
	assert_ends(&r, whole);
	rig_release(&r);
}

static void
test_a_guest_has_a_rate(void **state)
{
	static char many[SERVER_RATE / 40 * (sizeof(GET_ID) - 1) + 1];
	static char got[SERVER_RATE / 40 * (sizeof(ID_ANSWER("i-0123456789abcdef0", "19")) - 1)];
	struct rig r;
	bool end;
	int fd, i;

	(void)state;
	for (i = 0; i < SERVER_RATE / 40; i++)
		memcpy(many + (size_t)i * (sizeof(GET_ID) - 1), GET_ID, sizeof(GET_ID));
	rig_init(&r);
	fd = connect_from(&r, "5");
	for (i = 0; i < 40; i++) {
		say(fd, many);
		assert_int_equal(hear(&r, fd, got, sizeof(got), &end), sizeof(got));
	}
	say(fd, GET_ID);
	assert_hears(&r, fd, "HTTP/1.1 503 ");
	close(fd);
	r.now += 100;
	fd = connect_from(&r, "5");
	say(fd, GET_ID);
	assert_hears(&r, fd, "HTTP/1.1 200 ");
	close(fd);
	rig_release(&r);
}

#define GET_MUCH "GET /latest/user-data HTTP/1.1\r\nHost: m\r\n\r\n"
static char much[LINK_MAX_USER_DATA];

/* The guest's longest answer. */
static void
much_to_read(struct rig *r)
{
	struct link_guest d = fixture_guest();

	d.private_ip = STR("127.0.0.5");
	memset(much, 'x', sizeof(much));
	d.user_data = (struct str){ much, sizeof(much) };
	assert_int_equal(guests_put(r->guests, &d), 0);
}

/* Makes the buffers of both ends of the newest connection as small as they can be, so
 * that little data is on its way. */
static void
buffers_small(struct rig *r, int fd)
{
	int end, small = 1;

	turns(r, 10);
	for (end = fd; end <= fd + 1; end++) {
		assert_int_equal(setsockopt(end, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)), 0);
		assert_int_equal(setsockopt(end, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), 0);
	}
}

/* Nothing more is read of one that does not read either, and it has the time of one
 * request to take an answer. */
static void
test_a_reader_has_as_much_time(void **state)
{
	static const char request[] = GET_MUCH;
	const size_t len = sizeof(request) - 1;
	size_t said = 0;
	int fd, full;
	struct rig r;
	ssize_t n;

	(void)state;
	rig_init(&r);
	much_to_read(&r);
	fd = connect_from(&r, "5");
	buffers_small(&r, fd);
	for (full = 0; full < 20 && said < (1u << 20);) {
		turns(&r, 1);
		n = send(fd, request + said % len, len - said % len, MSG_NOSIGNAL);
		assert_true(n > 0 || errno == EAGAIN);
		said += n > 0 ? (size_t)n : 0;
		full = n > 0 ? 0 : full + 1;
	}
	assert_int_equal(full, 20);
	r.now += SERVER_REQUEST_MS - 1;
	assert_false(is_closed(&r, fd));
	r.now++;
	assert_true(is_closed(&r, fd));
	close(fd);
	rig_release(&r);
}

/* So it has for last words; what is sent after the peer has read some of them gives
 * it no more. */
static void
test_last_words_that_are_not_read(void **state)
{
	struct rig r;
	char some[4096];
	int fd;

	(void)state;
	rig_init(&r);
	much_to_read(&r);
	fd = connect_from(&r, "5");
	buffers_small(&r, fd);
	say(fd, "GET /latest/user-data HTTP/1.0\r\n\r\n");
	turns(&r, 10);
	r.now += SERVER_REQUEST_MS - 1;
	assert_false(is_closed(&r, fd));
	assert_true(recv(fd, some, sizeof(some), 0) > 0);
	assert_false(is_closed(&r, fd));
	r.now++;
	assert_true(is_closed(&r, fd));
	close(fd);
	rig_release(&r);
}

static void
test_a_reader_that_does_not_read(void **state)
{
	enum { REQUESTS = 120 };
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
				   "Server: EC2ws\r\nContent-Length: 65536\r\n\r\n";
	static char got[LINK_MAX_USER_DATA + sizeof(head) - 1];
	int fd, i;
	struct rig r;
	bool end;

	(void)state;
	rig_init(&r);
	much_to_read(&r);
	fd = connect_from(&r, "5");
	for (i = 0; i < REQUESTS; i++)
		say(fd, GET_MUCH);
	for (i = 0; i < 50; i++)
		assert_int_equal(loop_turn(r.loop, 1), 0);
	for (i = 0; i < REQUESTS; i++) {
		assert_int_equal(hear(&r, fd, got, sizeof(got), &end), sizeof(got));
		assert_memory_equal(got, head, sizeof(head) - 1);
		assert_memory_equal(got + sizeof(head) - 1, much, sizeof(much));
	}
	close(fd);
	rig_release(&r);
}

/* At its limit a guest is served as well: of its connections the one goes that was idle longest,
 * or, when none is idle, whose request was incomplete longest. */
static void
test_connections_of_a_guest_are_bounded(void **state)
{
	static int fds[SERVER_GUEST_CONNECTIONS];
	struct rig r;
	int i, fd, other;

	(void)state;
	rig_init(&r);
	other = connect_from(&r, "1");
	for (i = 0; i < SERVER_GUEST_CONNECTIONS; i++) {
		fds[i] = connect_from(&r, "5");
		assert_int_equal(loop_turn(r.loop, 0), 0);
	}
	say(fds[0], GET_ID);
	assert_hears(&r, fds[0], ID_ANSWER("i-0123456789abcdef0", "19"));
	fd = connect_from(&r, "5");
	say(fd, GET_ID);
	assert_hears(&r, fd, ID_ANSWER("i-0123456789abcdef0", "19"));
	assert_ends(&r, fds[1]);
	assert_open(&r, fds[2]);
	for (i = 2; i < SERVER_GUEST_CONNECTIONS; i++)
		say(fds[i], "GET /lat");
	turns(&r, 10);
	fds[1] = connect_from(&r, "5"); /* fds[0] is idle */
	assert_ends(&r, fds[0]);
	say(fds[1], "GET /");
	say(fd, "GET /");
	turns(&r, 10);
	fds[0] = connect_from(&r, "5");
	say(fds[0], GET_ID);
	assert_hears(&r, fds[0], ID_ANSWER("i-0123456789abcdef0", "19"));
	assert_ends(&r, fds[2]);
	assert_open(&r, fds[3]);
	/* Another guest's are not touched. */
	say(other, GET_ID);
	assert_hears(&r, other, ID_ANSWER("i-2222222222", "12"));
	for (i = 0; i < SERVER_GUEST_CONNECTIONS; i++) {
		if (i != 2)
			close(fds[i]);
	}
	close(fd);
	close(other);
	rig_release(&r);
}

#define NOBODY 65534
#define SOMEBODY 65533

/* Connects to the Unix socket as this user. */
static int
connect_as(struct rig *r, uid_t uid)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(to.sun_path, r->path, sizeof(r->path));
	assert_int_equal(seteuid(uid), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(loop_turn(r->loop, 0), 0);
	return fd;
}

static void
listen_unix(struct rig *r)
{
	int fd;

	snprintf(r->path, sizeof(r->path), "/tmp/imds-test-%ld", (long)getpid());
	assert_int_equal(listener_unix_open(r->path, 0666, 8, &fd, NULL), 0);
	assert_int_equal(server_listen(r->server, fd), 0);
}

/* A user of this host who holds all connections of the Unix socket, and uses up the rate, keeps
 * neither sshd's helper nor other users out. */
static void
test_users_of_this_host(void **state)
{
	static char many[SERVER_RATE / 40 * (sizeof(GET_ID) - 1) + 1];
	static char got[SERVER_RATE / 40 * (sizeof(ID_ANSWER("i-2222222222", "12")) - 1)];
	static int fds[SERVER_LOCAL_CONNECTIONS], helpers[SERVER_HELPER_CONNECTIONS + 1];
	struct rig r;
	int i, other, guest;
	bool end;

	(void)state;
	if (geteuid() != 0)
		skip();
	rig_init(&r);
	listen_unix(&r);
	guest = connect_from(&r, "5");
	for (i = 0; i < SERVER_LOCAL_CONNECTIONS; i++)
		fds[i] = connect_as(&r, NOBODY);
	for (i = 0; i < SERVER_HELPER_CONNECTIONS; i++)
		helpers[i] = connect_as(&r, HELPER_UID);
	assert_open(&r, fds[0]); /* those of the helper are beside these */
	assert_open(&r, helpers[0]);
	other = connect_as(&r, SOMEBODY);
	say(other, GET_ID);
	assert_hears(&r, other, ID_ANSWER("i-2222222222", "12"));
	assert_ends(&r, fds[0]);
	fds[0] = connect_as(&r, NOBODY); /* its own oldest goes, not that of another user */
	assert_ends(&r, fds[1]);
	assert_open(&r, other);
	helpers[SERVER_HELPER_CONNECTIONS] = connect_as(&r, HELPER_UID);
	assert_ends(&r, helpers[0]);

	for (i = 0; i < SERVER_RATE / 40; i++)
		memcpy(many + (size_t)i * (sizeof(GET_ID) - 1), GET_ID, sizeof(GET_ID));
	/* other has had one of the rate. */
	for (i = 0; i < 40; i++) {
		size_t n = SERVER_RATE / 40 - (i == 0 ? 1 : 0);

		say(fds[2], many + (i == 0 ? sizeof(GET_ID) - 1 : 0));
		n *= sizeof(ID_ANSWER("i-2222222222", "12")) - 1;
		assert_int_equal(hear(&r, fds[2], got, n, &end), n);
	}
	say(fds[2], GET_ID);
	assert_hears(&r, fds[2], "HTTP/1.1 503 ");
	say(helpers[1], GET_ID);
	assert_hears(&r, helpers[1], ID_ANSWER("i-2222222222", "12"));
	say(guest, GET_ID);
	assert_hears(&r, guest, ID_ANSWER("i-0123456789abcdef0", "19"));
	close(guest);
	close(other);
	close(fds[0]);
	for (i = 2; i < SERVER_LOCAL_CONNECTIONS; i++)
		close(fds[i]);
	for (i = 1; i <= SERVER_HELPER_CONNECTIONS; i++)
		close(helpers[i]);
	rig_release(&r);
}

/* Both ends of each connection are in this process, and a login shell allows only 1024
 * descriptors. */
static int
descriptors_raise(void **state)
{
	struct rlimit rl = { 2048, 2048 };

	(void)state;
	if (setrlimit(RLIMIT_NOFILE, &rl) == 0) /* root may pass the hard limit */
		return 0;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &rl), 0);
	rl.rlim_cur = rl.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &rl);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_guest_by_its_address),
		cmocka_unit_test(test_this_hosts_own_instance),
		cmocka_unit_test(test_hop_limit_stays_after_a_token),
		cmocka_unit_test(test_bad_requests_are_answered_and_closed),
		cmocka_unit_test(test_time_runs_out),
		cmocka_unit_test(test_last_words_are_left_time),
		cmocka_unit_test(test_a_peer_that_ends),
		cmocka_unit_test(test_a_guest_has_a_rate),
		cmocka_unit_test(test_a_reader_has_as_much_time),
		cmocka_unit_test(test_last_words_that_are_not_read),
		cmocka_unit_test(test_a_reader_that_does_not_read),
		cmocka_unit_test(test_connections_of_a_guest_are_bounded),
		cmocka_unit_test(test_users_of_this_host),
	};

	return cmocka_run_group_tests(tests, descriptors_raise, NULL);
}
