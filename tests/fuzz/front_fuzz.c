/*
 * front_fuzz: clients, agents and core, all hostile, talk to the room front without TLS. Input:
 * steps of u8 what, u8 length and bytes; the low bits of `what` choose the client. The input also
 * moves the clock.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "codec/ws_handshake.h"
#include "front/agent_link.h"
#include "front/room.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CLIENTS 3
#define STEPS_MAX 200

struct rig {
	struct room room;
	struct loop *loop;
	struct control *control;
	struct clock clock;
	int64_t now_ms;
	int client[CLIENTS]; /* our ends; -1: none */
	struct ipc *core;    /* our end */
	int parent;          /* the other end of front's control channel */
};

static const struct control_ops no_orders;

/* The route of agents, whose certificate is not asked for: there is no TLS. */
static uint16_t
check(const struct client *c, const struct http_request *rq)
{
	struct str key;

	(void)c;
	return ws_handshake_check(rq, &key) == 0 ? 0 : 400;
}

static void
begin(struct client *c)
{
	agent_link_ask(c, STR("certificate"));
}

static const struct front_route route = { "/openeic/v1/uplink", check, begin };

static int64_t
held_ms(void *ctx)
{
	return *(int64_t *)ctx;
}

/* Takes whatever waits, so that nothing is blocked for ever. */
static void
soak(struct rig *r)
{
	char bytes[65536];
	struct ipc_in m;
	size_t i;

	for (i = 0; i < CLIENTS; i++)
		while (r->client[i] != -1 &&
		    recv(r->client[i], bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
			;
	while (r->core != NULL && ipc_recv(r->core, &m) == 0)
		;
}

static void
turn(struct rig *r)
{
	int n;

	for (n = 0; n < 3; n++)
		if (loop_turn(r->loop, 0) != 0)
			abort();
}

static void
new_client(struct rig *r, size_t i)
{
	const struct addr nowhere = { .len = 0 };
	int fd[2];

	if (r->client[i] != -1)
		close(r->client[i]);
	r->client[i] = -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd) != 0)
		return;
	r->client[i] = fd[0];
	client_new(&r->room.front, fd[1], &nowhere);
	turn(r);
}

static void
new_core(struct rig *r)
{
	int fd[2];

	ipc_free(r->core);
	r->core = NULL;
	if (ipc_pair(fd) != 0)
		return;
	r->core = ipc_new(fd[0], true, 1u << 20);
	channel_attach(r->room.front.channel, 0, fd[1]);
}

/* A message of core: type, id and the rest as the input has it. */
static void
core_says(struct rig *r, struct str s)
{
	struct ipc_out m;
	size_t i;

	if (r->core == NULL || s.n < 2)
		return;
	ipc_begin(&m, (uint16_t)(0x280 | (s.p[0] & 7)));
	ipc_put_u64(&m, (uint8_t)s.p[1]);
	for (i = 2; i < s.n; i++)
		ipc_put_u8(&m, (uint8_t)s.p[i]);
	(void)!ipc_send(r->core, &m, -1);
}

static void
step(struct rig *r, uint8_t what, struct str s)
{
	size_t i = what % CLIENTS;

	switch (what >> 4) {
	case 0:
		new_client(r, i);
		break;
	case 1:
		new_core(r);
		break;
	case 2:
		if (r->client[i] != -1)
			(void)shutdown(r->client[i], SHUT_WR);
		break;
	case 3:
		r->now_ms += (int64_t)s.n * 1000;
		break;
	case 4:
	case 5:
	case 6:
	case 7:
		core_says(r, s);
		break;
	default:
		if (r->client[i] != -1)
			(void)!send(r->client[i], s.p, s.n, MSG_NOSIGNAL);
		break;
	}
	turn(r);
	soak(r);
}

static void
rig_init(struct rig *r)
{
	struct front *f = &r->room.front;
	int fd[2];
	size_t i;

	log_set_level(LOG_LEVEL_ERROR + 1);
	if (ipc_pair(fd) != 0 || control_new(fd[1], &no_orders, r, &r->control) != 0)
		abort();
	r->parent = fd[0];
	r->now_ms = 1000;
	r->clock = (struct clock){ held_ms, held_ms, &r->now_ms };
	if (loop_new(&r->clock, &r->loop) != 0)
		abort();
	room_init(&r->room, r->loop, r->control, &route, 1);
	settings_default(&eicd_table, &f->settings);
	f->limits = (struct http_limits){ 200, 1000, 10, 1000 };
	for (i = 0; i < CLIENTS; i++)
		r->client[i] = -1;
}

static void
rig_release(struct rig *r)
{
	size_t i;

	room_release(&r->room);
	for (i = 0; i < CLIENTS; i++)
		if (r->client[i] != -1)
			close(r->client[i]);
	ipc_free(r->core);
	loop_free(r->loop);
	control_free(r->control);
	close(r->parent);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rig *r = xalloc(sizeof(*r));
	size_t at = 0, n, steps;

	rig_init(r);
	new_core(r);
	new_client(r, 0);
	for (steps = 0; steps < STEPS_MAX && size - at >= 2; steps++) {
		n = data[at + 1];
		if (n > size - at - 2)
			n = size - at - 2;
		step(r, data[at], str_of_n(data + at + 2, n));
		at += 2 + n;
	}
	rig_release(r);
	xfree(r);
	return 0;
}
