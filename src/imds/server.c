/*
 * server: sockets of the metadata service; see server.h. Answers are small and usually leave
 * at once, so a connection has a buffer only while its peer has not read them.
 */
#include "imds/server.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "codec/http.h"
#include "imds/handle.h"
#include "net/conn.h"
#include "net/listener.h"
#include "net/slots.h"

#define LISTENERS 8
#define READ_BYTES 8192 /* at once, so also the limit of what waits in client.rest */
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

/* Who may hold how many connections. Those of one pool take none from another. */
enum pool { POOL_GUESTS, POOL_LOCAL, POOL_HELPER, N_POOLS };

static const struct {
	size_t all, holder;
} pool_max[N_POOLS] = {
	[POOL_GUESTS] = { SERVER_CONNECTIONS - SERVER_LOCAL_CONNECTIONS - SERVER_HELPER_CONNECTIONS,
	    SERVER_GUEST_CONNECTIONS },
	[POOL_LOCAL] = { SERVER_LOCAL_CONNECTIONS, SERVER_LOCAL_CONNECTIONS },
	[POOL_HELPER] = { SERVER_HELPER_CONNECTIONS, SERVER_HELPER_CONNECTIONS },
};

/* Where a connection comes from. */
struct origin {
	enum pool pool;
	struct in6_addr ip; /* zero over a Unix socket */
	uid_t uid;          /* over a Unix socket */
};

struct client {
	struct server *server;
	struct slot slot; /* in its pool */
	struct conn *conn;
	struct loop_timer timer; /* until the next request is complete, or until the answer to the
				    last one is read */
	struct http_reader *reader;
	struct buf rest; /* bytes received behind a request whose answer is still queued */
	struct origin from;
	unsigned ttl; /* the IP TTL set on the socket; 0: none, so the system's */
	bool own;     /* from this host: gets the metadata of own_instance */
	bool closing; /* no more requests; closes when what is queued is sent */
};

struct server {
	struct server_opts o;
	struct conn_io *io;
	struct listening listening[LISTENERS];
	size_t n_listening;
	struct slots *pools[N_POOLS];
	struct rate helper_rate;
	struct loop_timer resume, expire;
	char own_instance[MAX_INSTANCE_ID + 1];
};

/* ---- a connection's life ---- */

static bool
is_local(const struct client *c)
{
	return c->from.pool != POOL_GUESTS;
}

static void
client_free(struct client *c)
{
	slots_remove(c->server->pools[c->from.pool], &c->slot);
	loop_timer_clear(c->server->o.loop, &c->timer);
	conn_free(c->conn);
	http_reader_free(c->reader);
	buf_release(&c->rest);
	xfree(c);
}

static void
slot_set(struct client *c, enum slot_kind kind)
{
	slots_set(c->server->pools[c->from.pool], &c->slot, kind);
}

static struct guest *
guest_of(const struct client *c)
{
	const struct server *s = c->server;

	if (c->own)
		return guests_find(s->o.guests, str_of(s->own_instance));
	return guests_find_ip(s->o.guests, &c->from.ip);
}

/* Takes one request from the rate. False when none is left for now. */
static bool
rate_take(struct rate *v, int64_t now_ms)
{
	int64_t gained = now_ms - v->at_ms;

	if (gained < 0 || gained >= 1000) {
		v->left = SERVER_RATE;
		v->at_ms = now_ms;
	} else if (gained > 0) {
		v->left += (int32_t)(gained * SERVER_RATE / 1000);
		if (v->left > SERVER_RATE)
			v->left = SERVER_RATE;
		v->at_ms = now_ms;
	}
	if (v->left <= 0)
		return false;
	v->left--;
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

	if (is_local(c) || ttl == 0 || (c->ttl != 0 && ttl >= c->ttl))
		return 0;
	if (IN6_IS_ADDR_V4MAPPED(&c->from.ip))
		r = setsockopt(conn_fd(c->conn), IPPROTO_IP, IP_TTL, &v, sizeof(v));
	else
		r = setsockopt(conn_fd(c->conn), IPPROTO_IPV6, IPV6_UNICAST_HOPS, &v, sizeof(v));
	if (r != 0)
		return ERR_SYS;
	c->ttl = ttl;
	return 0;
}

/* Answers with an error, which is the last answer. */
static int
refuse(struct client *c, uint16_t status)
{
	struct http_header h = { STR("Connection"), STR("close") };
	struct http_response resp = { .status = status,
		.headers = &h,
		.n_headers = 1,
		.body = str_of(http_reason(status)) };
	struct buf out;
	int r;

	c->closing = true;
	buf_init(&out, MAX_ANSWER);
	if ((r = http_response_write(&out, &resp, false)) == 0)
		r = conn_write(c->conn, buf_view(&out));
	buf_release(&out);
	return r;
}

/* Answers one request. An error ends the connection, as it does in refuse and pump. */
static int
answer(struct client *c, const struct http_request *q)
{
	struct server *s = c->server;
	struct handle_input in = { .signers = s->o.signers,
		.rng = s->o.rng,
		.now_ms = loop_now_ms(s->o.loop),
		.local = is_local(c),
		.request = q };
	bool helper = c->from.pool == POOL_HELPER;
	struct buf out;
	unsigned ttl;
	int r;

	if ((in.guest = guest_of(c)) == NULL)
		return refuse(c, 404);
	if (!rate_take(helper ? &s->helper_rate : &in.guest->rate, in.now_ms))
		return refuse(c, 503);
	c->closing = !q->keep_alive;
	buf_init(&out, MAX_ANSWER);
	if ((r = handle_request(&in, &out, &ttl)) == 0 && (r = ttl_set(c, ttl)) == 0)
		r = conn_write(c->conn, buf_view(&out));
	buf_release(&out);
	return r;
}

/* Reads requests from in and answers each. When the peer does not read an answer, the bytes
 * behind that request are kept in c->rest for later. */
static int
pump(struct client *c, struct str in)
{
	enum http_outcome outcome;
	size_t used;
	int r;

	while (in.n > 0 && !c->closing && conn_queued(c->conn) == 0) {
		outcome = http_reader_feed(c->reader, in, &used);
		in = str_from(in, used);
		if (outcome == HTTP_INCOMPLETE)
			return 0;
		if (outcome == HTTP_COMPLETE)
			r = answer(c, http_reader_request(c->reader));
		else
			r = refuse(c, http_outcome_status(outcome));
		if (r != 0)
			return r;
		http_reader_reset(c->reader);
		slot_set(c, SLOT_IDLE);
		loop_timer_set(c->server->o.loop, &c->timer, SERVER_REQUEST_MS);
	}
	if (!c->closing)
		buf_str(&c->rest, in);
	return buf_err(&c->rest);
}

/* What follows from the answers. Nothing is read of a peer that does not read. Who has read
 * the last answer gets a second to end, too, for a close with unread input would reset the
 * connection and could destroy that answer. */
static void
settle(struct client *c)
{
	bool waits = conn_queued(c->conn) > 0;
	bool slow = waits || c->closing || http_reader_started(c->reader);

	/* While it is slow, its place among the slow is that of the moment when it began. */
	if (slow != (c->slot.kind == SLOT_SLOW))
		slot_set(c, slow ? SLOT_SLOW : SLOT_IDLE);
	conn_read_want(c->conn, !waits);
	if (waits || !c->closing)
		return;
	loop_timer_clear(c->server->o.loop, &c->timer);
	conn_finish(c->conn, LINGER_MS);
}

static void
on_open(void *ctx)
{
	struct client *c = ctx;

	loop_timer_set(c->server->o.loop, &c->timer, SERVER_REQUEST_MS);
}

static void
on_data(void *ctx, char *p, size_t n)
{
	struct client *c = ctx;

	if (pump(c, str_of_n(p, n)) != 0)
		client_free(c);
	else
		settle(c);
}

static void
on_drained(void *ctx)
{
	struct client *c = ctx;
	struct buf rest = c->rest;
	int r;

	buf_init(&c->rest, READ_BYTES);
	r = pump(c, buf_view(&rest));
	buf_release(&rest);
	if (r != 0)
		client_free(c);
	else
		settle(c);
}

static void
on_end(void *ctx, int err, const struct errinfo *ei)
{
	(void)err;
	(void)ei;
	client_free(ctx);
}

static const struct conn_ops ops = { on_open, on_data, on_drained, on_end };

/* The timer ran out: no whole request came in time, or the peer does not read the answer. */
static void
on_timer(void *ctx)
{
	struct client *c = ctx;

	if (conn_queued(c->conn) > 0 || !http_reader_started(c->reader) || refuse(c, 408) != 0) {
		client_free(c);
		return;
	}
	loop_timer_set(c->server->o.loop, &c->timer, LINGER_MS);
	settle(c);
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

static struct str
holder(const struct origin *from)
{
	if (from->pool == POOL_GUESTS)
		return str_of_n(&from->ip, sizeof(from->ip));
	return str_of_n(&from->uid, sizeof(from->uid));
}

/* Finds out where fd comes from, and whether it gets the metadata of own_instance. False when it
 * is from nowhere that is served. */
static bool
origin_read(const struct server *s, int fd, const struct addr *peer, struct origin *ret,
    bool *ret_own)
{
	struct ucred cred = { .uid = (uid_t)-1 };
	socklen_t n = sizeof(cred);
	bool has_own = s->own_instance[0] != '\0';

	*ret = (struct origin){ .pool = POOL_GUESTS };
	ip_of(peer, &ret->ip);
	if (peer->len > 0) {
		*ret_own = has_own && from_here(fd, &ret->ip);
		return *ret_own || guests_find_ip(s->o.guests, &ret->ip) != NULL;
	}
	(void)getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n);
	ret->uid = cred.uid;
	ret->pool = cred.uid != (uid_t)-1 && cred.uid == s->o.helper_uid ? POOL_HELPER : POOL_LOCAL;
	*ret_own = has_own;
	return has_own;
}

static void
make_room(struct server *s, const struct origin *from)
{
	struct slots *pool = s->pools[from->pool];

	if (slots_held(pool, holder(from)) >= pool_max[from->pool].holder)
		client_free(slots_first_of(pool, holder(from)));
	else if (slots_count(pool) >= pool_max[from->pool].all)
		client_free(slots_first(pool));
}

static void
client_new(struct server *s, int fd, const struct addr *peer)
{
	struct conn_opts o = { .io = s->io, .max_queue_bytes = MAX_ANSWER, .ops = &ops };
	struct origin from;
	struct client *c;
	bool own;

	if (!origin_read(s, fd, peer, &from, &own)) {
		close(fd);
		return;
	}
	make_room(s, &from);
	c = xalloc(sizeof(*c));
	*c = (struct client){ .server = s, .from = from, .own = own };
	slots_add(s->pools[from.pool], &c->slot, c, holder(&from));
	slot_set(c, SLOT_IDLE);
	c->reader = http_reader_new_request(&limits);
	buf_init(&c->rest, READ_BYTES);
	loop_timer_init(&c->timer, on_timer, c);
	o.ctx = c;
	if (conn_accept(&o, fd, peer, &c->conn) != 0)
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
	size_t i;

	s->o = *o;
	s->io = conn_io_new(o->loop, READ_BYTES, NULL);
	for (i = 0; i < N_POOLS; i++)
		s->pools[i] = slots_new(o->rng);
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
	struct client *c;
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < N_POOLS; i++) {
		while ((c = slots_first(s->pools[i])) != NULL)
			client_free(c);
		slots_free(s->pools[i]);
	}
	for (i = 0; i < s->n_listening; i++) {
		loop_fd_del(s->o.loop, &s->listening[i].watch);
		close(s->listening[i].fd);
	}
	loop_timer_clear(s->o.loop, &s->resume);
	loop_timer_clear(s->o.loop, &s->expire);
	conn_io_free(s->io);
	xfree(s);
}
