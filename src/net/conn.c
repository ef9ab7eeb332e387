/*
 * conn: byte connections; see conn.h. The state says which events matter:
 *
 *   NEW         plain and just accepted; `open` is called in the loop's next turn
 *   CONNECTING  the kernel is connecting
 *   HANDSHAKE   of TLS
 *   OPEN
 *   FINISH      after conn_finish: sends what is queued
 *   LINGER      our direction has ended; waits for the peer to end its own
 *   DEAD        `end` has been called; the owner frees it
 *
 * Callbacks are called only while `entered` is set. A connection that the owner frees in one of
 * them is destroyed in leave. FINISH and LINGER have a deadline here; how long the states
 * before may last is the owner's affair.
 */
#include "net/conn.h"

#include <assert.h>
#include <errno.h>
#include <unistd.h>

#include "base/alloc.h"
#include "net/record.h"

/* Room beyond the owner's limit, for TLS alerts and the like. */
#define QUEUE_SLACK_BYTES 4096u
/* The gather buffer (record_env.out) is freed when a big message made it larger than this. */
#define GATHER_KEEP_BYTES (1u << 20)

struct conn_io {
	struct loop *loop;
	const struct record_ops *tls; /* NULL: no connection has TLS */
	struct record_env env;
	char plain[RECORD_PLAIN_BYTES];
	size_t read_bytes;
	char in[];
};

enum conn_state {
	CONN_NEW,
	CONN_CONNECTING,
	CONN_HANDSHAKE,
	CONN_OPEN,
	CONN_FINISH,
	CONN_LINGER,
	CONN_DEAD,
};

struct conn {
	struct conn_io *io;
	const struct conn_ops *ops;
	void *ctx;
	enum conn_state state;
	int fd;
	struct loop_fd watch;
	struct loop_timer later; /* tells a failure, opens, reads on, or ends the lingering */
	struct record *tls;      /* NULL: plain */
	struct buf out;          /* from out_at on: bytes that the kernel has not taken yet */
	size_t out_at;
	size_t max_queue;
	struct buf left; /* received, but not decrypted, as the owner stopped reading */
	struct addr peer;
	int linger_ms;
	int failed; /* errno of a failed write, which `later` tells the owner */
	bool want_read;
	bool peer_ended;
	bool entered; /* a callback may be running: destroy in leave only */
	bool freed;
	bool unwatched; /* taken off the loop, as it reported an error without end */
};

struct conn_io *
conn_io_new(struct loop *l, size_t read_bytes, const struct record_ops *tls)
{
	struct conn_io *io = xalloc(sizeof(*io) + read_bytes);

	io->loop = l;
	io->read_bytes = read_bytes;
	io->tls = tls;
	if (tls != NULL && tls->env_init(&io->env) != 0)
		abort();
	return io;
}

void
conn_io_free(struct conn_io *io)
{
	if (io == NULL)
		return;
	if (io->tls != NULL)
		io->tls->env_release(&io->env);
	xfree(io);
}

/* ---- watching ---- */

static void conn_event(void *ctx, unsigned events);

static bool
reads(const struct conn *c)
{
	switch (c->state) {
	case CONN_HANDSHAKE:
	case CONN_FINISH:
	case CONN_LINGER:
		return !c->peer_ended;
	case CONN_OPEN:
		return c->want_read && !c->peer_ended && c->left.n == 0;
	case CONN_NEW:
	case CONN_CONNECTING:
	case CONN_DEAD:
		break;
	}
	return false;
}

static void
fail_later(struct conn *c, int e)
{
	if (c->failed != 0 || c->state == CONN_DEAD)
		return;
	c->failed = e;
	loop_timer_set(c->io->loop, &c->later, 0);
}

static void
update_watch(struct conn *c)
{
	unsigned want = 0;

	if (c->state == CONN_DEAD)
		return;
	if (reads(c))
		want |= LOOP_READ;
	if (c->state == CONN_CONNECTING || conn_queued(c) > 0)
		want |= LOOP_WRITE;
	if (c->watch.on) {
		loop_fd_want(c->io->loop, &c->watch, want);
	} else if (want != 0 || !c->unwatched) {
		c->unwatched = false;
		if (loop_fd_add(c->io->loop, &c->watch, c->fd, want, conn_event, c) != 0)
			fail_later(c, errno);
	}
}

static void
destroy(struct conn *c)
{
	loop_fd_del(c->io->loop, &c->watch);
	loop_timer_clear(c->io->loop, &c->later);
	if (c->tls != NULL)
		c->io->tls->close(c->tls);
	buf_release(&c->out);
	buf_release(&c->left);
	close(c->fd);
	xfree(c);
}

void
conn_free(struct conn *c)
{
	if (c == NULL)
		return;
	c->freed = true;
	if (!c->entered)
		destroy(c);
}

static void
leave(struct conn *c)
{
	c->entered = false;
	if (c->freed)
		destroy(c);
	else
		update_watch(c);
}

static bool
is_open(const struct conn *c)
{
	return !c->freed && c->state == CONN_OPEN;
}

/* Tells the owner that the connection is dead. Only while entered is set. */
static void
die(struct conn *c, int err, const struct errinfo *ei)
{
	c->state = CONN_DEAD;
	loop_fd_del(c->io->loop, &c->watch);
	loop_timer_clear(c->io->loop, &c->later);
	c->ops->end(c->ctx, err, ei);
}

static void
die_errno(struct conn *c, int e)
{
	struct errinfo ei = { "" };

	err_set(&ei, "%s", strerror(e));
	die(c, ERR_SYS, &ei);
}

static void
die_plainly(struct conn *c, int err)
{
	struct errinfo ei = { "" };

	err_set(&ei, "%s", err_text(err));
	die(c, err, &ei);
}

/* ---- sending ---- */

size_t
conn_queued(const struct conn *c)
{
	return c->out.n - c->out_at;
}

/* The buffer may hold twice the limit, as bytes that were sent stay in it until they are the
 * greater half (send_or_queue). Its limit is never set below what it holds. */
void
conn_set_max_queue(struct conn *c, size_t max_queue_bytes)
{
	size_t max = 2 * max_queue_bytes + QUEUE_SLACK_BYTES;

	c->max_queue = max_queue_bytes;
	c->out.max = max > c->out.n ? max : c->out.n;
}

/* Returns how many bytes of s the kernel took. */
static size_t
send_now(struct conn *c, struct str s)
{
	ssize_t n;

	do
		n = send(c->fd, s.p, s.n, MSG_NOSIGNAL);
	while (n == -1 && errno == EINTR);
	if (n >= 0)
		return (size_t)n;
	if (errno != EAGAIN)
		fail_later(c, errno);
	return 0;
}

static void
send_or_queue(struct conn *c, struct str s)
{
	if (conn_queued(c) == 0)
		s = str_from(s, send_now(c, s));
	if (s.n == 0 || c->failed != 0)
		return;
	if (c->out_at > c->out.n / 2) {
		buf_drop(&c->out, c->out_at);
		c->out_at = 0;
	}
	buf_str(&c->out, s);
	if (buf_err(&c->out) != 0)
		fail_later(c, ENOBUFS);
}

/* Sends what the TLS session wrote into the gather buffer in its last call. */
static void
send_gathered(struct conn *c)
{
	struct buf *out = &c->io->env.out;

	if (out->n > 0)
		send_or_queue(c, buf_view(out));
	if (out->cap > GATHER_KEEP_BYTES)
		buf_release(out);
	else
		buf_clear(out);
}

static void
linger(struct conn *c)
{
	c->state = CONN_LINGER;
	(void)shutdown(c->fd, SHUT_WR);
	loop_timer_set(c->io->loop, &c->later, c->peer_ended ? 0 : c->linger_ms);
}

static void
flush(struct conn *c)
{
	size_t n;

	n = send_now(c, str_from(buf_view(&c->out), c->out_at));
	c->out_at += n;
	if (n > 0 && c->state == CONN_FINISH)
		loop_timer_set(c->io->loop, &c->later, c->linger_ms);
	if (conn_queued(c) > 0)
		return;
	buf_release(&c->out);
	c->out_at = 0;
	if (c->state == CONN_FINISH)
		linger(c);
	else if (c->state == CONN_OPEN && c->ops->drained != NULL)
		c->ops->drained(c->ctx);
}

int
conn_write(struct conn *c, struct str s)
{
	size_t n = c->tls != NULL ? c->io->tls->sealed_bytes(s.n) : s.n;

	if (c->state != CONN_OPEN || c->failed != 0 || c->freed)
		return ERR_BADSTATE;
	if (n > c->max_queue || conn_queued(c) > c->max_queue - n)
		return ERR_FULL;
	if (c->tls == NULL) {
		send_or_queue(c, s);
	} else if (c->io->tls->write(c->tls, s) == 0) {
		send_gathered(c);
	} else {
		buf_clear(&c->io->env.out);
		fail_later(c, EPROTO);
	}
	if (!c->entered)
		update_watch(c);
	return 0;
}

void
conn_finish(struct conn *c, int linger_ms)
{
	if (c->state == CONN_DEAD || c->state == CONN_FINISH || c->state == CONN_LINGER)
		return;
	c->linger_ms = linger_ms;
	buf_release(&c->left);
	if (c->state == CONN_OPEN && c->tls != NULL) {
		c->io->tls->shutdown(c->tls);
		send_gathered(c);
	}
	if (c->failed != 0) {
		c->state = CONN_FINISH;
	} else if (conn_queued(c) > 0) {
		c->state = CONN_FINISH;
		loop_timer_set(c->io->loop, &c->later, linger_ms);
	} else {
		linger(c);
	}
	if (!c->entered)
		update_watch(c);
}

/* ---- receiving ---- */

static void
open_now(struct conn *c)
{
	c->state = CONN_OPEN;
	c->ops->open(c->ctx);
}

static void
peer_end(struct conn *c)
{
	struct errinfo ei = { "" };

	c->peer_ended = true;
	if (c->state == CONN_LINGER) {
		die_plainly(c, ERR_CLOSED);
	} else if (c->state == CONN_HANDSHAKE) {
		err_set(&ei, "closed during the TLS handshake");
		die(c, ERR_CRYPTO, &ei);
	} else if (c->state == CONN_OPEN) {
		err_set(&ei, "%s", err_text(ERR_CLOSED));
		c->ops->end(c->ctx, ERR_CLOSED, &ei);
	}
}

/* Calls the TLS session once and acts on the result. False: nothing more can be done now. */
static bool
pump_step(struct conn *c)
{
	struct conn_io *io = c->io;
	struct errinfo ei = { "" };
	size_t n = 0;
	int r;

	if (c->state == CONN_HANDSHAKE)
		r = io->tls->handshake(c->tls, &ei);
	else
		r = io->tls->read(c->tls, io->plain, &n, &ei);
	send_gathered(c);
	if (r == ERR_AGAIN)
		return false;
	if (r == ERR_CLOSED) {
		peer_end(c);
		return false;
	}
	if (r != 0) {
		die(c, r, &ei);
		return false;
	}
	if (c->state == CONN_HANDSHAKE)
		open_now(c);
	else
		c->ops->data(c->ctx, io->plain, n);
	return true;
}

/* Decrypts what arrived and hands it to the owner, for as long as the owner wants to read. The
 * rest is kept in c->left. */
static void
pump(struct conn *c, struct str arrived)
{
	struct record_env *env = &c->io->env;

	env->in = arrived;
	while ((c->state == CONN_HANDSHAKE || (c->state == CONN_OPEN && c->want_read)) &&
	    !c->freed && !c->peer_ended && c->failed == 0)
		if (!pump_step(c))
			break;
	if (is_open(c) && !c->peer_ended && env->in.n > 0)
		buf_str(&c->left, env->in);
	env->in = STR("");
}

static void
receive(struct conn *c)
{
	ssize_t n = read(c->fd, c->io->in, c->io->read_bytes);

	if (n == -1) {
		if (errno != EAGAIN && errno != EINTR)
			die_errno(c, errno);
		return;
	}
	if (n == 0)
		peer_end(c);
	else if (c->state == CONN_FINISH || c->state == CONN_LINGER)
		return;
	else if (c->tls == NULL)
		c->ops->data(c->ctx, c->io->in, (size_t)n);
	else
		pump(c, str_of_n(c->io->in, (size_t)n));
}

static void
connected(struct conn *c)
{
	socklen_t n = sizeof(int);
	int e = 0;

	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &e, &n) != 0)
		e = errno;
	if (e != 0) {
		die_errno(c, e);
	} else if (c->tls == NULL) {
		open_now(c);
	} else {
		c->state = CONN_HANDSHAKE;
		pump(c, STR(""));
	}
}

static void
conn_event(void *ctx, unsigned events)
{
	struct conn *c = ctx;

	c->entered = true;
	if (c->state == CONN_CONNECTING) {
		connected(c);
	} else {
		if ((events & (LOOP_WRITE | LOOP_HUP)) != 0 && conn_queued(c) > 0)
			flush(c);
		if ((events & (LOOP_READ | LOOP_HUP)) != 0 && !c->freed && reads(c))
			receive(c);
		/* An error that neither a read nor a write clears would be reported again
		 * and again, so the loop stops watching. */
		if ((events & LOOP_HUP) != 0 && !c->freed && !reads(c) && conn_queued(c) == 0 &&
		    c->state != CONN_DEAD) {
			loop_fd_del(c->io->loop, &c->watch);
			c->unwatched = true;
		}
	}
	leave(c);
}

static void
conn_later(void *ctx)
{
	struct conn *c = ctx;
	struct buf left;

	c->entered = true;
	if (c->failed != 0) {
		die_errno(c, c->failed);
	} else if (c->state == CONN_NEW) {
		open_now(c);
	} else if (c->state == CONN_FINISH || c->state == CONN_LINGER) {
		die_plainly(c, c->peer_ended ? ERR_CLOSED : ERR_TIMEOUT);
	} else if (is_open(c) && c->want_read && c->tls != NULL) {
		left = c->left;
		buf_init(&c->left, left.max);
		pump(c, buf_view(&left));
		buf_release(&left);
	}
	leave(c);
}

void
conn_read_want(struct conn *c, bool want)
{
	if (c->want_read == want)
		return;
	c->want_read = want;
	if (c->state != CONN_OPEN || c->failed != 0)
		return;
	/* What was left is read in the loop's next turn. (In a callback, pump looks at
	 * want_read itself.) */
	if (want && c->left.n > 0)
		loop_timer_set(c->io->loop, &c->later, 0);
	if (!c->entered)
		update_watch(c);
}

/* ---- making ---- */

static int
conn_new(const struct conn_opts *o, int fd, const struct addr *peer, struct str name,
    struct conn **ret)
{
	struct conn *c = xalloc(sizeof(*c));

	assert(o->tls == NULL || o->io->tls != NULL);
	c->io = o->io;
	c->ops = o->ops;
	c->ctx = o->ctx;
	c->fd = fd;
	c->peer = *peer;
	c->want_read = true;
	buf_init(&c->out, 0);
	conn_set_max_queue(c, o->max_queue_bytes);
	buf_init(&c->left, c->io->read_bytes);
	loop_timer_init(&c->later, conn_later, c);
	if (o->tls != NULL && c->io->tls->open(&c->io->env, o->tls, name, &c->tls) != 0) {
		destroy(c);
		errno = ENOMEM;
		return ERR_SYS;
	}
	*ret = c;
	return 0;
}

/* Begins to watch. On failure (ERR_SYS) c is destroyed. */
static int
conn_start(struct conn *c, enum conn_state state, struct conn **ret)
{
	int e;

	c->state = state;
	update_watch(c);
	if (c->failed != 0) {
		e = c->failed;
		destroy(c);
		errno = e;
		return ERR_SYS;
	}
	if (state == CONN_NEW)
		loop_timer_set(c->io->loop, &c->later, 0);
	*ret = c;
	return 0;
}

int
conn_accept(const struct conn_opts *o, int fd, const struct addr *peer, struct conn **ret)
{
	struct conn *c;
	int r;

	if ((r = conn_new(o, fd, peer, STR(""), &c)) != 0)
		return r;
	return conn_start(c, o->tls != NULL ? CONN_HANDSHAKE : CONN_NEW, ret);
}

int
conn_connecting(const struct conn_opts *o, int fd, const struct addr *to, struct str name,
    struct conn **ret)
{
	struct conn *c;
	int r;

	if ((r = conn_new(o, fd, to, name, &c)) != 0)
		return r;
	return conn_start(c, CONN_CONNECTING, ret);
}

/* ---- about the peer ---- */

const struct addr *
conn_peer(const struct conn *c)
{
	return &c->peer;
}

int
conn_fd(const struct conn *c)
{
	return c->fd;
}

struct record *
conn_record(const struct conn *c)
{
	return c->tls;
}
