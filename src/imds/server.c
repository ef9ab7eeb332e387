/*
 * server: sockets of the metadata service; see server.h. Answers are small and usually leave
 * at once, so a connection has a buffer only while its peer has not read them.
 */
#include "imds/server.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "codec/http.h"
#include "imds/handle.h"
#include "net/listener.h"

#define LISTENERS 8
#define BUCKETS 256u
#define READ_BYTES 8192
#define MAX_ANSWER ((1u << 20) + 4096)
#define ACCEPT_AT_ONCE 64
#define LINGER_MS 1000
#define ACCEPT_PAUSE_MS 100
#define EXPIRE_EVERY_MS 1000
#define MAX_INSTANCE_ID 32

static const struct http_limits limits = { .target_bytes = 1024,
	.head_bytes = 8192,
	.n_headers = 64,
	.body_bytes = 0 };

struct listening {
	struct server *server;
	struct loop_fd watch;
	int fd;
};

struct client {
	struct server *server;
	struct client *next, **prev; /* in its bucket */
	struct loop_fd watch;
	struct loop_timer timer; /* until the next request is complete, then until the end */
	struct http_reader *reader;
	struct buf out;
	struct buf rest; /* bytes received behind a request whose answer still waits in out */
	struct in6_addr ip;
	int fd;
	unsigned ttl;  /* the IP TTL set on the socket; 0: none, so the system's */
	bool own;      /* from this host: gets the metadata of own_instance */
	bool local;    /* over a Unix socket */
	bool closing;  /* no more requests; closes when out is sent */
	bool finished; /* our direction has been shut down */
};

struct server {
	struct server_opts o;
	struct listening listening[LISTENERS];
	size_t n_listening;
	struct client *clients[BUCKETS]; /* hash table by address */
	struct hash_seed seed;           /* for bucket_of */
	size_t n_clients;
	struct loop_timer resume, expire;
	char own_instance[MAX_INSTANCE_ID + 1];
	char scratch[READ_BYTES];
};

/* ---- a connection's life ---- */

static struct client **
bucket_of(struct server *s, const struct in6_addr *ip)
{
	return &s->clients[hash_sip(&s->seed, str_of_n(ip, sizeof(*ip))) % BUCKETS];
}

static void
client_free(struct client *c)
{
	*c->prev = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	c->server->n_clients--;
	loop_timer_clear(c->server->o.loop, &c->timer);
	loop_fd_del(c->server->o.loop, &c->watch);
	close(c->fd);
	http_reader_free(c->reader);
	buf_release(&c->out);
	buf_release(&c->rest);
	xfree(c);
}

static struct guest *
guest_of(const struct client *c)
{
	const struct server *s = c->server;

	if (c->own)
		return guests_find(s->o.guests, str_of(s->own_instance));
	return guests_find_ip(s->o.guests, &c->ip);
}

/* Takes one request from the guest's rate. False when none is left for now. */
static bool
rate_take(struct guest *g, int64_t now_ms)
{
	int64_t gained = now_ms - g->rate_at_ms;

	if (gained < 0 || gained >= 1000) {
		g->rate_left = SERVER_RATE;
		g->rate_at_ms = now_ms;
	} else if (gained > 0) {
		g->rate_left += (int32_t)(gained * SERVER_RATE / 1000);
		if (g->rate_left > SERVER_RATE)
			g->rate_left = SERVER_RATE;
		g->rate_at_ms = now_ms;
	}
	if (g->rate_left <= 0)
		return false;
	g->rate_left--;
	return true;
}

/* ---- answering ---- */

/*
 * Sets the hop limit, which is the IP TTL of packets (wire.md 5.2); 0 changes nothing. A
 * connection's TTL is only ever lowered, never raised: the kernel uses the TTL that is set
 * when a segment leaves, and it may have to send the segment with a token once more after
 * later answers.
 */
static int
ttl_set(struct client *c, unsigned ttl)
{
	int v = (int)ttl, r;

	if (c->local || ttl == 0 || (c->ttl != 0 && ttl >= c->ttl))
		return 0;
	if (IN6_IS_ADDR_V4MAPPED(&c->ip))
		r = setsockopt(c->fd, IPPROTO_IP, IP_TTL, &v, sizeof(v));
	else
		r = setsockopt(c->fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &v, sizeof(v));
	if (r != 0)
		return ERR_SYS;
	c->ttl = ttl;
	return 0;
}

static void
refuse(struct client *c, uint16_t status)
{
	struct http_header h = { STR("Connection"), STR("close") };
	struct http_response r = { .status = status,
		.headers = &h,
		.n_headers = 1,
		.body = str_of(http_reason(status)) };

	c->closing = true;
	if (http_response_write(&c->out, &r, false) != 0)
		buf_clear(&c->out);
}

/* Writes the answer to one request into c->out. An error ends the connection. */
static int
answer(struct client *c, const struct http_request *q)
{
	struct server *s = c->server;
	struct handle_input in = { .signers = s->o.signers,
		.rng = s->o.rng,
		.now_ms = loop_now_ms(s->o.loop),
		.local = c->local,
		.request = q };
	unsigned ttl;
	int r;

	if ((in.guest = guest_of(c)) == NULL) {
		refuse(c, 404);
		return 0;
	}
	if (!rate_take(in.guest, in.now_ms)) {
		refuse(c, 503);
		return 0;
	}
	if ((r = handle_request(&in, &c->out, &ttl)) != 0)
		return r;
	if (!q->keep_alive)
		c->closing = true;
	return ttl_set(c, ttl);
}

/* Sends what the kernel takes. ERR_AGAIN: some is left. ERR_SYS: the connection is dead. */
static int
flush(struct client *c)
{
	ssize_t n;

	while (c->out.n > 0) {
		n = send(c->fd, c->out.p, c->out.n, MSG_NOSIGNAL);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return errno == EAGAIN ? ERR_AGAIN : ERR_SYS;
		buf_drop(&c->out, (size_t)n);
	}
	buf_release(&c->out);
	return 0;
}

/* Reads requests from in and answers each. When the peer does not read an answer, the bytes
 * behind that request are kept in c->rest for later. An error ends the connection. */
static int
pump(struct client *c, struct str in)
{
	enum http_outcome outcome;
	size_t used;
	int r = 0;

	while (in.n > 0 && !c->closing && r == 0) {
		outcome = http_reader_feed(c->reader, in, &used);
		in = str_from(in, used);
		if (outcome == HTTP_INCOMPLETE)
			return 0;
		if (outcome == HTTP_COMPLETE)
			r = answer(c, http_reader_request(c->reader));
		else
			refuse(c, http_outcome_status(outcome));
		if (r != 0)
			return r;
		http_reader_reset(c->reader);
		loop_timer_set(c->server->o.loop, &c->timer, SERVER_REQUEST_MS);
		r = flush(c);
	}
	if (r == ERR_AGAIN && !c->closing) {
		buf_str(&c->rest, in);
		r = buf_err(&c->rest);
	}
	return r == ERR_AGAIN ? 0 : r;
}

/* Everything has been sent. Goes on with the requests in c->rest, or begins to close. Closing
 * first shuts down our direction only and reads what the peer still sends: a close with unread
 * input would reset the connection and could destroy the last answer. */
static int
drained(struct client *c)
{
	struct buf rest = c->rest;
	int r = 0;

	buf_init(&c->rest, READ_BYTES);
	if (!c->closing && rest.n > 0)
		r = pump(c, buf_view(&rest));
	buf_release(&rest);
	if (r != 0 || c->out.n > 0 || !c->closing || c->finished)
		return r;
	c->finished = true;
	loop_timer_set(c->server->o.loop, &c->timer, LINGER_MS);
	return shutdown(c->fd, SHUT_WR) == 0 ? 0 : ERR_CLOSED;
}

/* Reads once. ERR_CLOSED when the peer has ended and nothing is left to send. */
static int
readable(struct client *c)
{
	char *scratch = c->server->scratch;
	ssize_t n = recv(c->fd, scratch, READ_BYTES, 0);

	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? 0 : ERR_SYS;
	if (n == 0) {
		c->closing = true;
		return c->out.n == 0 ? ERR_CLOSED : 0;
	}
	return c->closing ? 0 : pump(c, str_of_n(scratch, (size_t)n));
}

static void
on_client(void *ctx, unsigned events)
{
	struct client *c = ctx;
	int r = 0;

	if (c->out.n > 0) {
		if ((r = flush(c)) == ERR_AGAIN)
			return;
	} else if (events & (LOOP_READ | LOOP_HUP)) {
		r = readable(c);
	}
	if (r == 0 && c->out.n == 0)
		r = drained(c);
	if (r != 0) {
		client_free(c);
		return;
	}
	loop_fd_want(c->server->o.loop, &c->watch, c->out.n > 0 ? LOOP_WRITE : LOOP_READ);
}

/* The timer ran out: no whole request came in time, or the peer does not read the answer or
 * does not close. */
static void
on_timer(void *ctx)
{
	struct client *c = ctx;

	if (c->closing || c->out.n > 0 || !http_reader_started(c->reader)) {
		client_free(c);
		return;
	}
	refuse(c, 408);
	loop_timer_set(c->server->o.loop, &c->timer, LINGER_MS);
	on_client(c, LOOP_WRITE);
}

/* ---- accepting ---- */

static void
ip_of(const struct addr *a, struct in6_addr *ret)
{
	*ret = (struct in6_addr){ 0 };
	if (a->len == 0)
		return;
	if (a->u.sa.sa_family == AF_INET6) {
		*ret = a->u.in6.sin6_addr;
		return;
	}
	ret->s6_addr[10] = ret->s6_addr[11] = 0xff;
	memcpy(ret->s6_addr + 12, &a->u.in.sin_addr, 4);
}

/* True when the peer is on this host: then both ends have the same address. */
static bool
from_here(int fd, const struct in6_addr *peer)
{
	struct addr here = { .len = sizeof(here.u) };
	struct in6_addr ip;

	if (getsockname(fd, &here.u.sa, &here.len) != 0)
		return false;
	ip_of(&here, &ip);
	return memcmp(&ip, peer, sizeof(ip)) == 0;
}

static bool
has_room(struct server *s, const struct in6_addr *ip, bool local)
{
	const struct client *c;
	unsigned n = 0;

	if (s->n_clients >= SERVER_CONNECTIONS)
		return false;
	for (c = *bucket_of(s, ip); c != NULL; c = c->next) {
		if (c->local == local && memcmp(&c->ip, ip, sizeof(*ip)) == 0)
			n++;
	}
	return n < SERVER_GUEST_CONNECTIONS;
}

static void
client_new(struct server *s, int fd, const struct addr *peer)
{
	struct client **bucket, *c;
	struct in6_addr ip;
	bool local = peer->len == 0, own;

	ip_of(peer, &ip);
	own = s->own_instance[0] != '\0' && (local || from_here(fd, &ip));
	if ((!own && (local || guests_find_ip(s->o.guests, &ip) == NULL)) ||
	    !has_room(s, &ip, local)) {
		close(fd);
		return;
	}
	c = xalloc(sizeof(*c));
	*c = (struct client){ .server = s, .fd = fd, .ip = ip, .own = own, .local = local };
	bucket = bucket_of(s, &ip);
	c->next = *bucket;
	c->prev = bucket;
	if (c->next != NULL)
		c->next->prev = &c->next;
	*bucket = c;
	s->n_clients++;
	c->reader = http_reader_new_request(&limits);
	buf_init(&c->out, MAX_ANSWER);
	buf_init(&c->rest, READ_BYTES);
	loop_timer_init(&c->timer, on_timer, c);
	loop_timer_set(s->o.loop, &c->timer, SERVER_REQUEST_MS);
	if (loop_fd_add(s->o.loop, &c->watch, fd, LOOP_READ, on_client, c) != 0)
		client_free(c);
}

static void
listeners_want(struct server *s, unsigned want)
{
	size_t i;

	for (i = 0; i < s->n_listening; i++)
		loop_fd_want(s->o.loop, &s->listening[i].watch, want);
}

static void
on_resume(void *ctx)
{
	listeners_want(ctx, LOOP_READ);
}

static void
on_listener(void *ctx, unsigned events)
{
	struct listening *l = ctx;
	struct server *s = l->server;
	struct addr peer;
	int fd, i, r;

	(void)events;
	for (i = 0; i < ACCEPT_AT_ONCE; i++) {
		r = listener_accept(l->fd, &fd, &peer);
		if (r == 0) {
			client_new(s, fd, &peer);
			continue;
		}
		if (r != ERR_AGAIN) {
			listeners_want(s, 0);
			loop_timer_set(s->o.loop, &s->resume, ACCEPT_PAUSE_MS);
		}
		return;
	}
}

int
server_listen(struct server *s, int fd)
{
	struct listening *l = &s->listening[s->n_listening];
	int r = ERR_FULL;

	if (s->n_listening < LISTENERS) {
		*l = (struct listening){ .server = s, .fd = fd };
		r = loop_fd_add(s->o.loop, &l->watch, fd, LOOP_READ, on_listener, l);
	}
	if (r != 0)
		close(fd);
	else
		s->n_listening++;
	return r;
}

/* ---- the server ---- */

static void
on_expire(void *ctx)
{
	struct server *s = ctx;

	guests_expire(s->o.guests, loop_now_ms(s->o.loop));
	loop_timer_set(s->o.loop, &s->expire, EXPIRE_EVERY_MS);
}

struct server *
server_new(const struct server_opts *o)
{
	struct server *s = xalloc(sizeof(*s));

	s->o = *o;
	rand_fill(o->rng, &s->seed, sizeof(s->seed));
	if (str_copy(s->own_instance, sizeof(s->own_instance), o->own_instance) != 0)
		s->own_instance[0] = '\0';
	loop_timer_init(&s->resume, on_resume, s);
	loop_timer_init(&s->expire, on_expire, s);
	loop_timer_set(o->loop, &s->expire, EXPIRE_EVERY_MS);
	return s;
}

void
server_free(struct server *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < BUCKETS; i++) {
		while (s->clients[i] != NULL)
			client_free(s->clients[i]);
	}
	for (i = 0; i < s->n_listening; i++) {
		loop_fd_del(s->o.loop, &s->listening[i].watch);
		close(s->listening[i].fd);
	}
	loop_timer_clear(s->o.loop, &s->resume);
	loop_timer_clear(s->o.loop, &s->expire);
	xfree(s);
}
