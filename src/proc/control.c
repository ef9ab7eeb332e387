/*
 * control: the role's side of the control channel; see control.h.
 */
#include "proc/control.h"

#include <signal.h>
#include <unistd.h>

#include "base/alloc.h"

#define NAME_MAX_BYTES 256
/* Plenty: a role sends messages of a few bytes. */
#define QUEUE_BYTES 4096

struct control {
	struct ipc *ipc;
	const struct control_ops *ops;
	void *ctx;
	uint64_t used;
	bool go;
	uint16_t last_peer; /* the role in the last CTL_PEER; 0: none came */
};

int
control_new(int fd, const struct control_ops *ops, void *ctx, struct control **ret)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct control *c;
	size_t i;

	for (i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		if (sigaction(ignored[i], &ignore, NULL) != 0)
			return ERR_SYS;
	c = xalloc(sizeof(*c));
	c->ipc = ipc_new(fd, true, QUEUE_BYTES);
	c->ops = ops;
	c->ctx = ctx;
	*ret = c;
	return 0;
}

void
control_free(struct control *c)
{
	if (c == NULL)
		return;
	ipc_free(c->ipc);
	xfree(c);
}

int
control_fd(const struct control *c)
{
	return ipc_fd(c->ipc);
}

/* ---- what the parent says ---- */

static int
on_peer(void *ctx, struct ipc_in *m)
{
	struct control *c = ctx;
	uint16_t number;
	uint8_t role;
	int fd, r;

	if ((r = ipc_get_u8(m, &role)) != 0 || (r = ipc_get_u16(m, &number)) != 0 ||
	    (r = ipc_get_end(m)) != 0)
		return r;
	if (m->fd == -1 || c->ops->peer == NULL || role < ROLE_PARENT || role > ROLE_KEYD_HASH)
		return ERR_PEER;
	fd = ipc_take_fd(c->ipc, m);
	c->last_peer = role;
	return c->ops->peer(c->ctx, (enum msg_role)role, number, fd);
}

/* Reads a name and a descriptor and hands them to fn. */
static int
on_named_fd(struct control *c, struct ipc_in *m, int (*fn)(void *, struct str, int))
{
	struct str name;
	int r;

	if ((r = ipc_get_str(m, NAME_MAX_BYTES, &name)) != 0 || (r = ipc_get_end(m)) != 0)
		return r;
	if (m->fd == -1 || fn == NULL)
		return ERR_PEER;
	return fn(c->ctx, name, ipc_take_fd(c->ipc, m));
}

static int
on_listener(void *ctx, struct ipc_in *m)
{
	struct control *c = ctx;

	return on_named_fd(c, m, c->ops->listener);
}

static int
on_file(void *ctx, struct ipc_in *m)
{
	struct control *c = ctx;

	return on_named_fd(c, m, c->ops->file);
}

static int
on_go(void *ctx, struct ipc_in *m)
{
	struct control *c = ctx;

	c->go = true;
	return ipc_get_end(m);
}

static int
on_reload(void *ctx, struct ipc_in *m)
{
	struct control *c = ctx;

	if (ipc_get_end(m) != 0 || c->ops->reload == NULL)
		return ERR_PEER;
	c->ops->reload(c->ctx);
	return 0;
}

static int
on_drain(void *ctx, struct ipc_in *m)
{
	struct control *c = ctx;

	if (ipc_get_end(m) != 0 || c->ops->drain == NULL)
		return ERR_PEER;
	c->ops->drain(c->ctx);
	return 0;
}

static int
on_retire(void *ctx, struct ipc_in *m)
{
	struct control *c = ctx;
	uint32_t ms;
	int r;

	if ((r = ipc_get_u32(m, &ms)) != 0 || (r = ipc_get_end(m)) != 0)
		return r;
	if (c->ops->retire == NULL)
		return ERR_PEER;
	c->ops->retire(c->ctx, ms);
	return 0;
}

static const struct ipc_rule rules[] = {
	{ MSG_CTL_PEER, false, on_peer },
	{ MSG_CTL_LISTENER, false, on_listener },
	{ MSG_CTL_FILE, false, on_file },
	{ MSG_CTL_GO, true, on_go },
	{ MSG_CTL_RELOAD, false, on_reload },
	{ MSG_CTL_DRAIN, true, on_drain },
	{ MSG_CTL_RETIRE, true, on_retire },
};

static int
dispatch(struct control *c, struct ipc_in *m)
{
	return ipc_dispatch(rules, sizeof(rules) / sizeof(rules[0]), &c->used, m, c);
}

/* ---- waiting and reading ---- */

/* Waits up to timeout_ms for the next message, and handles it. */
static int
next(struct control *c, int timeout_ms)
{
	struct ipc_in m;
	int r;

	do
		r = ipc_recv_wait(c->ipc, &m, timeout_ms);
	while (r == ERR_AGAIN);
	return r != 0 ? r : dispatch(c, &m);
}

int
control_wait_go(struct control *c, int timeout_ms)
{
	int r = 0;

	while (r == 0 && !c->go)
		r = next(c, timeout_ms);
	return r;
}

int
control_wait_peer(struct control *c, const struct clock *clock, enum msg_role role, int timeout_ms)
{
	int64_t until_ms = clock_boot_ms(clock) + timeout_ms, left_ms;
	int r = 0;

	c->last_peer = 0;
	while (r == 0 && c->last_peer != role) {
		if ((left_ms = until_ms - clock_boot_ms(clock)) < 0)
			return ERR_TIMEOUT;
		r = next(c, (int)left_ms);
	}
	return r;
}

int
control_read(struct control *c)
{
	struct ipc_in m;
	int r;

	while ((r = ipc_recv(c->ipc, &m)) == 0)
		if ((r = dispatch(c, &m)) != 0)
			return r;
	return r == ERR_AGAIN ? 0 : r;
}

int
control_ready(struct control *c)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CTL_READY);
	return ipc_send(c->ipc, &m, -1);
}

int
control_keep(struct control *c, struct str name, struct str bytes)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CTL_KEEP);
	ipc_put_str(&m, name);
	ipc_put_str(&m, bytes);
	return ipc_send(c->ipc, &m, -1);
}

int
control_rejoin(struct control *c, enum msg_role role, uint16_t number)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CTL_REJOIN);
	ipc_put_u8(&m, (uint8_t)role);
	ipc_put_u16(&m, number);
	return ipc_send(c->ipc, &m, -1);
}
