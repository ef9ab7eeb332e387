/* wsconn_rig: a session on one end of a socket pair, with a clock that the test moves. */
#ifndef WSCONN_RIG_H
#define WSCONN_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "net/wsconn.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MAX_TEXT 70000u
#define MAX_BINARY 200000u
#define QUEUE 400000u
#define LAST_WORDS 1000u
#define SILENCE_MS 30000
#define MASK "\x37\xfa\x21\x3d"

struct world {
	int64_t now_ms;
	struct clock clock;
	struct rng rng;
	struct loop *loop;
	struct conn_io *io;
	int64_t answer_ms; /* of the servers that are opened next */
	bool tells_time;
};

/* One end: its connection, its session and, as text, what it was told: t{...} for a
 * text, b{...} for a part of a binary message, "." where that ends, d for drained,
 * and the end as E:why:code:said. */
struct side {
	struct conn *conn;
	struct wsconn *ws;
	struct buf told;
	int opened;
	char free_on; /* the session frees itself in this operation */
};

static inline int64_t
held_ms(void *ctx)
{
	return *(int64_t *)ctx;
}

static inline void
fixed(void *ctx, void *p, size_t n)
{
	(void)ctx;
	memset(p, 0x5a, n);
}

static inline void
world_init(struct world *w)
{
	*w = (struct world){ .now_ms = 1000000 };
	w->clock = (struct clock){ held_ms, held_ms, &w->now_ms };
	w->rng = (struct rng){ .fill = fixed };
	assert_int_equal(loop_new(&w->clock, &w->loop), 0);
	w->io = conn_io_new(w->loop, CONN_READ_BYTES, NULL);
}

static inline void
world_release(struct world *w)
{
	conn_io_free(w->io);
	loop_free(w->loop);
}

static inline void
turns(struct world *w, int n)
{
	while (n-- > 0)
		assert_int_equal(loop_turn(w->loop, 0), 0);
}

/* ---- one side ---- */

static inline void
tell(struct side *s, char what)
{
	if (s->free_on != what)
		return;
	wsconn_free(s->ws);
	s->ws = NULL;
}

static inline void
on_text(void *ctx, struct str text)
{
	struct side *s = ctx;

	if (text.n > 64)
		buf_fmt(&s->told, "t%zu", text.n);
	else
		buf_fmt(&s->told, "t{%.*s}", (int)text.n, text.p);
	tell(s, 't');
}

static inline void
on_binary(void *ctx, char *p, size_t n, bool end)
{
	struct side *s = ctx;

	if (n > 0)
		buf_fmt(&s->told, "b{%.*s}", (int)n, p);
	if (end)
		buf_ch(&s->told, '.');
	if (n > 0)
		memset(p, 0, n);
	tell(s, 'b');
}

static inline void
on_drained(void *ctx)
{
	struct side *s = ctx;

	buf_ch(&s->told, 'd');
	tell(s, 'd');
}

static inline void
on_end(void *ctx, const struct wsconn_end *e)
{
	struct side *s = ctx;

	buf_fmt(&s->told, "E:%c:%u:%d", "cnst"[e->why], e -> code, e -> said);
	assert_true(e->text[0] != '\0');
	tell(s, 'E');
}

static inline void
on_time(void *ctx, int64_t boot_ms)
{
	struct side *s = ctx;

	buf_fmt(&s->told, "@%lld", (long long)boot_ms);
}

static const struct wsconn_ops both = { on_text, on_binary, on_drained, on_end, on_time };
static const struct wsconn_ops text_only = { .text = on_text, .end = on_end };
static const struct wsconn_ops binary_only = { .binary = on_binary, .end = on_end };

static inline void
conn_open(void *ctx)
{
	((struct side *)ctx)->opened++;
}

static inline void
conn_data(void *ctx, char *p, size_t n)
{
	struct side *s = ctx;

	if (s->ws != NULL)
		wsconn_data(s->ws, p, n);
}

static inline void
conn_drained(void *ctx)
{
	struct side *s = ctx;

	if (s->ws != NULL)
		wsconn_drained(s->ws);
}

static inline void
conn_end(void *ctx, int err, const struct errinfo *ei)
{
	(void)ctx;
	(void)err;
	(void)ei;
}

static const struct conn_ops conn_ops = { conn_open, conn_data, conn_drained, conn_end };

static inline void
side_open(struct world *w, struct side *s, int fd, enum ws_role role, const struct wsconn_ops *ops)
{
	static const struct addr nowhere = { .len = 0 };
	const struct conn_opts co = { .io = w->io,
		.max_queue_bytes = QUEUE + LAST_WORDS,
		.ops = &conn_ops,
		.ctx = s };
	struct wsconn_opts o = { .loop = w->loop,
		.role = role,
		.rng = role == WS_CLIENT ? &w->rng : NULL,
		.max_text_bytes = MAX_TEXT,
		.max_binary_bytes = MAX_BINARY,
		.max_queue_bytes = QUEUE,
		.silence_ms = SILENCE_MS,
		.answer_ms = role == WS_SERVER ? w->answer_ms : 0,
		.tells_time = role == WS_SERVER && w->tells_time,
		.ops = ops,
		.ctx = s };

	memset(s, 0, sizeof(*s));
	buf_init(&s->told, 1u << 20);
	assert_int_equal(conn_accept(&co, fd, &nowhere, &s->conn), 0);
	turns(w, 2);
	assert_int_equal(s->opened, 1);
	o.conn = s->conn;
	s->ws = wsconn_new(&o);
}

static inline void
side_close(struct side *s)
{
	wsconn_free(s->ws);
	conn_free(s->conn);
	buf_release(&s->told);
}

static inline void
told(struct side *s, const char *want)
{
	buf_ch(&s->told, '\0');
	assert_string_equal(s->told.p, want);
	buf_clear(&s->told);
}

static inline void
pair(int fd[static 2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd), 0);
}

/* A server and a client, joined. */
static inline void
join(struct world *w, struct side *server, struct side *client)
{
	int fd[2];

	pair(fd);
	side_open(w, server, fd[0], WS_SERVER, &both);
	side_open(w, client, fd[1], WS_CLIENT, &both);
}

#endif
