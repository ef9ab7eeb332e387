/*
 * wsconn_fuzz: a hostile peer talks to a WebSocket session. Input: a byte for the role, then steps
 * of u8 what, u8 length and bytes: data that arrives, something that we send, or time that passes.
 * The session must end at most once and do nothing after that.
 */
#include <assert.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "net/wsconn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEPS_MAX 200
#define MAX_BYTES 2000

struct rig {
	int64_t now_ms;
	struct conn *conn;
	struct wsconn *ws;
	int ends;
	bool closed;
	bool free_at_end;
};

static int64_t
held_ms(void *ctx)
{
	return *(int64_t *)ctx;
}

static void
zeros(void *ctx, void *p, size_t n)
{
	(void)ctx;
	memset(p, 0, n);
}

static void
on_text(void *ctx, struct str text)
{
	const struct rig *r = ctx;

	assert(r->ends == 0 && !r->closed && text.n <= MAX_BYTES);
}

static void
on_binary(void *ctx, char *p, size_t n, bool end)
{
	const struct rig *r = ctx;

	(void)end;
	assert(r->ends == 0 && !r->closed && n <= MAX_BYTES);
	if (n > 0)
		memset(p, 0xff, n);
}

static void
on_end(void *ctx, const struct wsconn_end *e)
{
	struct rig *r = ctx;

	assert(++r->ends == 1 && !r->closed);
	assert(!e->said || e->code == WS_CODE_NONE || ws_code_is_valid(e->code));
	if (r->free_at_end) {
		wsconn_free(r->ws);
		r->ws = NULL;
	}
}

static void
conn_open(void *ctx)
{
	(void)ctx;
}

static void
conn_data(void *ctx, char *p, size_t n)
{
	struct rig *r = ctx;

	if (r->ws != NULL)
		wsconn_data(r->ws, p, n);
}

static void
conn_end(void *ctx, int err, const struct errinfo *ei)
{
	(void)ctx;
	(void)err;
	(void)ei;
}

static void
step(struct rig *r, struct loop *l, int fd, uint8_t what, struct str s)
{
	switch (what & 7) {
	case 0:
		r->now_ms += (int64_t)s.n * 500;
		break;
	case 1:
		(void)wsconn_tick(r->ws);
		break;
	case 2:
		(void)!wsconn_binary(r->ws, s);
		break;
	case 3:
		wsconn_read_want(r->ws, s.n % 2 == 0);
		break;
	case 4:
		r->closed = r->ends == 0;
		(void)!wsconn_close(r->ws, (uint16_t)(s.n * 40), s);
		break;
	default:
		(void)!send(fd, s.p, s.n, MSG_NOSIGNAL);
		break;
	}
	if (loop_turn(l, 0) != 0 || loop_turn(l, 0) != 0)
		abort();
}

static void
on_time(void *ctx, int64_t boot_ms)
{
	const struct rig *r = ctx;

	assert(r->ends == 0 && !r->closed && boot_ms > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct wsconn_ops ops = { on_text, on_binary, NULL, on_end, on_time };
	static const struct conn_ops conn_ops = { conn_open, conn_data, NULL, conn_end };
	static const struct addr nowhere = { .len = 0 };
	const struct rng rng = { .fill = zeros };
	struct rig r = { .now_ms = 1000 };
	const struct clock clock = { held_ms, held_ms, &r.now_ms };
	struct conn_opts co = { .max_queue_bytes = 8000, .ops = &conn_ops, .ctx = &r };
	struct wsconn_opts o = { .rng = &rng,
		.max_text_bytes = MAX_BYTES,
		.max_binary_bytes = MAX_BYTES,
		.max_queue_bytes = 4000,
		.silence_ms = 30000,
		.ops = &ops,
		.ctx = &r };
	size_t at = 1, n, steps;
	int fd[2];

	if (size == 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd) != 0)
		return 0;
	if (loop_new(&clock, &o.loop) != 0)
		abort();
	co.io = conn_io_new(o.loop, CONN_READ_BYTES, NULL);
	if (conn_accept(&co, fd[0], &nowhere, &r.conn) != 0 || loop_turn(o.loop, 0) != 0)
		abort();
	o.conn = r.conn;
	o.role = (data[0] & 1) != 0 ? WS_SERVER : WS_CLIENT;
	r.free_at_end = (data[0] & 2) != 0;
	o.tells_time = (data[0] & 4) != 0;
	o.answer_ms = (data[0] & 8) != 0 ? 1000 : 0;
	r.ws = wsconn_new(&o);
	for (steps = 0; steps < STEPS_MAX && size - at >= 2 && r.ws != NULL; steps++) {
		n = data[at + 1];
		if (n > size - at - 2)
			n = size - at - 2;
		step(&r, o.loop, fd[1], data[at], str_of_n(data + at + 2, n));
		at += 2 + n;
	}
	wsconn_free(r.ws);
	conn_free(r.conn);
	conn_io_free(co.io);
	loop_free(o.loop);
	close(fd[1]);
	return 0;
}
