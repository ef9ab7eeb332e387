/*
 * metadata: HTTP over a socket with a deadline; see metadata.h.
 */
#include "authkeys/metadata.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/alloc.h"
#include "codec/http.h"
#include "settings/settings.h"

#define TOKEN_PATH "/latest/api/token"
#define TOKEN_TTL "5"
#define MAX_TOKEN 256
#define MAX_REQUESTS 16384
#define READ_BYTES 16384
#define STATUS_BUSY 503
#define PAUSE_MIN_MS 10
#define PAUSE_MAX_MS 160
#define TRIES_MAX 16 /* two seconds: who offers many keys would wait so long for each */

static const struct http_limits limits = { .target_bytes = 1024,
	.head_bytes = 8192,
	.n_headers = 64,
	.body_bytes = METADATA_MAX_BODY };

struct metadata {
	struct metadata_opts o;
	union {
		struct sockaddr sa;
		struct sockaddr_un un;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} to;
	socklen_t to_len;
	int fd; /* -1: not connected */
	struct http_reader *reader;
	int64_t pause_ms; /* before the next try */
	int tries;        /* how often the service was busy */
	char token[MAX_TOKEN + 1];
	char host[80];
	char bytes[READ_BYTES];
	struct str unread; /* the part of bytes that was received but not parsed yet */
};

/* ---- the socket ---- */

static int
wait_for(const struct metadata *m, short events)
{
	struct pollfd p = { .fd = m->fd, .events = events };
	int64_t left;
	int r;

	do {
		left = m->o.deadline_ms - clock_boot_ms(m->o.clock);
		if (left <= 0)
			return ERR_TIMEOUT;
		r = poll(&p, 1, (int)left);
	} while (r == -1 && errno == EINTR);
	if (r == -1)
		return ERR_SYS;
	return r == 0 ? ERR_TIMEOUT : 0;
}

/* Waits a little, longer each time, before the same is tried again. False when that was done often
 * enough, or there is no time left for it. */
static bool
pause_fits(struct metadata *m)
{
	int64_t left = m->o.deadline_ms - clock_boot_ms(m->o.clock);

	if (++m->tries >= TRIES_MAX || left <= m->pause_ms)
		return false;
	(void)poll(NULL, 0, (int)m->pause_ms);
	if (m->pause_ms < PAUSE_MAX_MS)
		m->pause_ms *= 2;
	return true;
}

static void
disconnect(struct metadata *m)
{
	if (m->fd != -1)
		close(m->fd);
	m->fd = -1;
	m->unread = STR("");
	http_reader_reset(m->reader);
}

static int
connect_now(struct metadata *m)
{
	socklen_t n = sizeof(int);
	int e = 0, r;

	m->fd = socket(m->to.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (m->fd == -1)
		return ERR_SYS;
	do {
		if (connect(m->fd, &m->to.sa, m->to_len) == 0)
			return 0;
		/* EAGAIN: too many wait at the Unix socket to be accepted. */
	} while (errno == EAGAIN && pause_fits(m));
	if (errno != EINPROGRESS)
		return ERR_UNAVAIL;
	if ((r = wait_for(m, POLLOUT)) != 0)
		return r;
	if (getsockopt(m->fd, SOL_SOCKET, SO_ERROR, &e, &n) != 0 || e != 0)
		return ERR_UNAVAIL;
	return 0;
}

static int
send_all(struct metadata *m, struct str s)
{
	ssize_t n;
	int r;

	while (s.n > 0) {
		n = send(m->fd, s.p, s.n, MSG_NOSIGNAL);
		if (n >= 0)
			s = str_from(s, (size_t)n);
		else if (errno == EAGAIN && (r = wait_for(m, POLLOUT)) != 0)
			return r;
		else if (errno != EAGAIN && errno != EINTR)
			return ERR_CLOSED;
	}
	return 0;
}

/* Receives more bytes into m->unread, which is empty. */
static int
receive(struct metadata *m)
{
	ssize_t n;
	int r;

	for (;;) {
		n = recv(m->fd, m->bytes, sizeof(m->bytes), 0);
		if (n > 0) {
			m->unread = str_of_n(m->bytes, (size_t)n);
			return 0;
		}
		if (n == 0 || (errno != EAGAIN && errno != EINTR))
			return ERR_CLOSED;
		if (errno == EAGAIN && (r = wait_for(m, POLLIN)) != 0)
			return r;
	}
}

/* ---- opening ---- */

/* A path that is too long for a socket is one at which nobody listens. */
static int
connect_unix(struct metadata *m)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	if (str_copy(un.sun_path, sizeof(un.sun_path), m->o.socket) != 0)
		return ERR_UNAVAIL;
	m->to.un = un;
	m->to_len = sizeof(un);
	return connect_now(m);
}

static int
to_address(struct metadata *m)
{
	char text[INET6_ADDRSTRLEN];
	struct str host;
	uint16_t port;
	int r;

	if ((r = settings_address_parse(m->o.address, &host, &port)) != 0 ||
	    (r = str_copy(text, sizeof(text), host)) != 0)
		return r;
	if (inet_pton(AF_INET, text, &m->to.in.sin_addr) == 1) {
		m->to.in.sin_family = AF_INET;
		m->to.in.sin_port = htons(port);
		m->to_len = sizeof(m->to.in);
	} else if (inet_pton(AF_INET6, text, &m->to.in6.sin6_addr) == 1) {
		m->to.in6.sin6_family = AF_INET6;
		m->to.in6.sin6_port = htons(port);
		m->to_len = sizeof(m->to.in6);
	} else {
		return ERR_SYNTAX;
	}
	return str_copy(m->host, sizeof(m->host), port == 80 ? host : m->o.address);
}

int
metadata_open(const struct metadata_opts *o, struct metadata **ret)
{
	struct metadata *m = xalloc(sizeof(*m));
	int r = ERR_UNAVAIL;

	m->o = *o;
	m->fd = -1;
	m->pause_ms = PAUSE_MIN_MS;
	m->reader = http_reader_new_response(&limits);
	if ((r = to_address(m)) != 0)
		goto out;
	r = ERR_UNAVAIL;
	if (o->socket.n > 0) {
		struct metadata over_ip = *m;

		if ((r = connect_unix(m)) != 0) {
			disconnect(m);
			m->to = over_ip.to;
			m->to_len = over_ip.to_len;
		}
	}
	if (r != 0 && r != ERR_TIMEOUT)
		r = connect_now(m);
	if (r == 0)
		*ret = m;
out:
	if (r != 0)
		metadata_close(m);
	return r;
}

void
metadata_close(struct metadata *m)
{
	if (m == NULL)
		return;
	disconnect(m);
	http_reader_free(m->reader);
	xfree(m);
}

bool
metadata_is_local(const struct metadata *m)
{
	return m->to.sa.sa_family == AF_UNIX;
}

/* ---- asking ---- */

static int
request_write(const struct metadata *m, struct str method, struct str path, struct buf *out)
{
	struct http_header h[2] = { { STR("Host"), str_of(m->host) } };
	struct http_request q = { .method = method, .target = path, .headers = h, .n_headers = 1 };

	if (str_eq_c(method, "PUT"))
		h[q.n_headers++] =
		    (struct http_header){ STR("X-aws-ec2-metadata-token-ttl-seconds"),
			    STR(TOKEN_TTL) };
	else if (m->token[0] != '\0')
		h[q.n_headers++] =
		    (struct http_header){ STR("X-aws-ec2-metadata-token"), str_of(m->token) };
	return http_request_write(out, &q);
}

/* Reads one answer. *ret_more: the connection can carry another. ERR_AGAIN when the service is too
 * busy to answer. */
static int
answer_read(struct metadata *m, struct arena *a, struct metadata_answer *ret, bool *ret_more)
{
	const struct http_response *resp;
	enum http_outcome outcome = HTTP_INCOMPLETE;
	size_t used;
	int r;

	while (outcome == HTTP_INCOMPLETE) {
		if (m->unread.n == 0 && (r = receive(m)) != 0) {
			if (r != ERR_CLOSED || http_reader_finish(m->reader) != HTTP_COMPLETE)
				return r;
			break;
		}
		outcome = http_reader_feed(m->reader, m->unread, &used);
		m->unread = str_from(m->unread, used);
	}
	if (outcome != HTTP_COMPLETE && outcome != HTTP_INCOMPLETE)
		return ERR_SYNTAX;
	resp = http_reader_response(m->reader);
	if (resp->status == STATUS_BUSY)
		return ERR_AGAIN;
	ret->status = resp->status;
	ret->body = arena_str(a, resp->body);
	*ret_more = resp->keep_alive && outcome == HTTP_COMPLETE;
	http_reader_reset(m->reader);
	return 0;
}

/* Sends the questions from *ret_got on, and reads answers until all are there or the connection
 * ends. *ret_got counts the answers that are there. */
static int
round_trip(struct metadata *m, struct arena *a, struct str method, const struct str *paths,
    size_t n, struct metadata_answer *ret, size_t *ret_got)
{
	size_t i = *ret_got;
	bool more = true;
	struct buf out;
	int r = 0;

	buf_init(&out, MAX_REQUESTS);
	for (; i < n && r == 0; i++)
		r = request_write(m, method, paths[i], &out);
	if (r == 0 && (r = buf_err(&out)) == 0)
		r = send_all(m, buf_view(&out));
	while (r == 0 && more && *ret_got < n) {
		if ((r = answer_read(m, a, &ret[*ret_got], &more)) == 0)
			(*ret_got)++;
	}
	if (r != 0 || !more)
		disconnect(m);
	buf_release(&out);
	return r;
}

/*
 * Asks all n questions. A service may end the connection after any answer; then the rest is asked
 * on a new one. One that ends it without an answer, or answers that it is busy, is asked again for
 * a while: others on this machine may have taken all of its connections or its rate.
 */
static int
ask(struct metadata *m, struct arena *a, struct str method, const struct str *paths, size_t n,
    struct metadata_answer *ret)
{
	size_t got = 0, before;
	int r;

	while (got < n) {
		before = got;
		if (m->fd == -1 && (r = connect_now(m)) != 0)
			return r;
		r = round_trip(m, a, method, paths, n, ret, &got);
		if (r != 0 && r != ERR_CLOSED && r != ERR_AGAIN)
			return r;
		if (got == before && !pause_fits(m))
			return r == ERR_AGAIN ? ERR_UNAVAIL : r;
	}
	return 0;
}

int
metadata_token(struct metadata *m)
{
	struct arena *a = arena_new(2 * METADATA_MAX_BODY);
	const struct str path = STR(TOKEN_PATH);
	struct metadata_answer answer;
	int r;

	if ((r = ask(m, a, STR("PUT"), &path, 1, &answer)) == 0) {
		if (answer.status != 200 || answer.body.n == 0 || str_has_ctl(answer.body) ||
		    str_copy(m->token, sizeof(m->token), answer.body) != 0)
			r = ERR_DENIED;
	}
	arena_free(a);
	return r;
}

int
metadata_ask(struct metadata *m, struct arena *a, const struct str *paths, size_t n,
    struct metadata_answer *ret)
{
	return ask(m, a, STR("GET"), paths, n, ret);
}
