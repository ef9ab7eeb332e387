/* conn_rig: two ends of a socket pair in one loop, for the tests of connections. */
#ifndef CONN_RIG_H
#define CONN_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "net/conn.h"
#include "net/record.h"

#define QUEUE (256u << 10)

struct rig {
	struct loop *loop;
	struct conn_io *io;
};

struct end {
	struct conn *c;
	int opened, ended, drained;
	int err;
	char why[201];
	struct buf got;
	size_t most; /* at once */
	/* what to do in callbacks */
	bool free_on_open, free_on_data, stop_on_data;
};

static inline void
on_open(void *ctx)
{
	struct end *e = ctx;

	e->opened++;
	if (e->free_on_open) {
		conn_free(e->c);
		e->c = NULL;
	}
}

static inline void
on_data(void *ctx, char *p, size_t n)
{
	struct end *e = ctx;

	assert_true(n > 0);
	buf_add(&e->got, p, n);
	e->most = n > e->most ? n : e->most;
	memset(p, 0, n);
	if (e->stop_on_data)
		conn_read_want(e->c, false);
	if (e->free_on_data) {
		conn_free(e->c);
		e->c = NULL;
	}
}

static inline void
on_drained(void *ctx)
{
	struct end *e = ctx;

	e->drained++;
}

static inline void
on_end(void *ctx, int err, const struct errinfo *ei)
{
	struct end *e = ctx;

	e->ended++;
	e->err = err;
	snprintf(e->why, sizeof(e->why), "%s", ei->text);
	if (err != ERR_CLOSED) {
		conn_free(e->c);
		e->c = NULL;
	}
}

static const struct conn_ops ops = { on_open, on_data, on_drained, on_end };

static inline void
rig_init(struct rig *r)
{
	assert_int_equal(loop_new(clock_system(), &r->loop), 0);
	r->io = conn_io_new(r->loop, CONN_READ_BYTES, &record_ops);
}

static inline void
rig_release(struct rig *r)
{
	conn_io_free(r->io);
	loop_free(r->loop);
}

static inline void
end_init(struct end *e)
{
	memset(e, 0, sizeof(*e));
	buf_init(&e->got, 8u << 20);
}

static inline void
end_release(struct end *e)
{
	conn_free(e->c);
	buf_release(&e->got);
}

/* Turns until *flag is at least n. */
static inline void
until(struct rig *r, const int *flag, int n)
{
	int64_t deadline = loop_now_ms(r->loop) + 10000;

	while (*flag < n) {
		assert_true(loop_now_ms(r->loop) < deadline);
		assert_int_equal(loop_turn(r->loop, 100), 0);
	}
}

static inline void
until_got(struct rig *r, const struct end *e, size_t n)
{
	int64_t deadline = loop_now_ms(r->loop) + 10000;

	while (e->got.n < n) {
		assert_true(loop_now_ms(r->loop) < deadline);
		assert_int_equal(loop_turn(r->loop, 100), 0);
	}
}

static inline void
idle_turns(struct rig *r, int n)
{
	while (n-- > 0)
		assert_int_equal(loop_turn(r->loop, 0), 0);
}

static inline struct conn_opts
opts(struct rig *r, struct tls *tls, struct end *e)
{
	return (struct conn_opts){ .io = r->io,
		.tls = tls,
		.max_queue_bytes = QUEUE,
		.ops = &ops,
		.ctx = e };
}

static inline void
sockets(int fd[static 2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd), 0);
}

static const struct addr nowhere = { .len = 0 };

/* Two ends of one connection; tls NULL for both: plain. */
static inline void
join(struct rig *r, struct end *server, struct tls *stls, struct end *client, struct tls *ctls,
    const char *name)
{
	struct conn_opts so = opts(r, stls, server), co = opts(r, ctls, client);
	int fd[2];

	end_init(server);
	end_init(client);
	sockets(fd);
	assert_int_equal(conn_accept(&so, fd[0], &nowhere, &server->c), 0);
	assert_int_equal(conn_connecting(&co, fd[1], &nowhere, str_of(name), &client->c), 0);
}

static inline char *
pattern(size_t n)
{
	char *p = xalloc(n);
	size_t i;

	for (i = 0; i < n; i++)
		p[i] = (char)(i * 7 + i / 251);
	return p;
}

#endif
