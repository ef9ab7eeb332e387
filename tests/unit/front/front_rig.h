/*
 * front_rig: runs the room front without a network. Clients and core are the other ends of socket
 * pairs, and the test moves the clock. There is no TLS, so agents use a route that does not ask
 * for their certificate. See also core_rig.h.
 */
#ifndef FRONT_RIG_H
#define FRONT_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/log.h"
#include "codec/ws.h"
#include "codec/ws_handshake.h"
#include "front/agent_link.h"
#include "front/room.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct rig {
	struct room room;
	struct loop *loop;
	struct control *control;
	struct ipc *parent; /* our end of front's control channel */
	struct ipc *core;   /* our end of its channel to core; NULL: none */
	struct clock clock;
	int64_t now_ms;
	bool over; /* the loop was stopped */
};

static inline int64_t
held_ms(void *ctx)
{
	return *(int64_t *)ctx;
}

static inline void
turns(struct rig *r, int n)
{
	while (n-- > 0)
		assert_int_equal(loop_turn(r->loop, 0), 0);
}

/* Time passes, and what is due is done. */
static inline void
pass(struct rig *r, int64_t ms)
{
	r->now_ms += ms;
	turns(r, 3);
}

static inline void
new_core(struct rig *r)
{
	int fd[2];

	ipc_free(r->core);
	assert_int_equal(ipc_pair(fd), 0);
	r->core = ipc_new(fd[0], true, 64u << 20);
	channel_attach(r->room.front.channel, 7, fd[1]);
	turns(r, 3);
}

static inline void
rig_init(struct rig *r, const struct front_route *route)
{
	static const struct control_ops no_orders;
	struct front *f = &r->room.front;
	int fd[2];

	memset(r, 0, sizeof(*r));
	log_set_level(LOG_LEVEL_ERROR + 1);
	assert_int_equal(ipc_pair(fd), 0);
	assert_int_equal(control_new(fd[1], &no_orders, r, &r->control), 0);
	r->parent = ipc_new(fd[0], true, 4096);
	r->now_ms = 1000000;
	r->clock = (struct clock){ held_ms, held_ms, &r->now_ms };
	assert_int_equal(loop_new(&r->clock, &r->loop), 0);
	room_init(&r->room, r->loop, r->control, route, 1);
	settings_default(&eicd_table, &f->settings);
	f->limits = (struct http_limits){ 200, 1000, 10, 1000 };
	new_core(r);
}

static inline void
rig_release(struct rig *r)
{
	room_release(&r->room);
	ipc_free(r->core);
	ipc_free(r->parent);
	loop_free(r->loop);
	control_free(r->control);
}

/* ---- a client ---- */

static inline int
connect_client(struct rig *r)
{
	const struct addr nowhere = { .len = 0 };
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd), 0);
	client_new(&r->room.front, fd[1], &nowhere);
	turns(r, 3);
	return fd[0];
}

static inline void
send_bytes(struct rig *r, int fd, const void *p, size_t n)
{
	assert_int_equal(send(fd, p, n, MSG_NOSIGNAL), n);
	turns(r, 3);
}

static inline void
send_text(struct rig *r, int fd, const char *text)
{
	send_bytes(r, fd, text, strlen(text));
}

/* What has come, as a string; "" when nothing, "<end>" at the end. */
static inline const char *
take(int fd)
{
	static char got[1 << 20];
	ssize_t n = recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT);

	if (n == 0)
		return "<end>";
	got[n > 0 ? n : 0] = '\0';
	return got;
}

/* The status line of the answer that has come. */
static inline void
answered(int fd, const char *status_line)
{
	assert_memory_equal(take(fd), status_line, strlen(status_line));
}

/* ---- requests ---- */

#define GET "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
#define UPGRADE \
	"GET /openeic/v1/uplink HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n" \
	"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" \
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

#endif
