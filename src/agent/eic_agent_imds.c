/*
 * eic-agent-imds: the metadata service for the guests of this host and for the host itself. It
 * has listening sockets, and a channel on which eic-agent-uplink sends the metadata. It opens
 * nothing, connects nowhere, and holds no private key.
 */
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/feed.h"
#include "base/log.h"
#include "imds/server.h"
#include "proc/drop.h"
#include "proc/role.h"
#include "settings/agent.h"

#define PATIENCE_MS 3000 /* how long to wait for the first sync before serving without it */
#define MAX_LISTENERS 8
#define NOFILE (SERVER_CONNECTIONS + 64)
#define QUEUE_BYTES 4096

struct imds {
	struct agent_settings settings;
	struct role *role;
	struct loop_fd watch_control;
	char root[SETTINGS_PATH_BYTES + sizeof("/empty")];
	struct loop *loop;
	struct guests *guests;
	struct signers *signers;
	struct server *server;
	struct feed *feed;
	struct ipc *uplink;
	struct loop_fd watch_uplink;
	struct loop_timer patience;
	int listeners[MAX_LISTENERS];
	size_t n_listeners;
	bool failed;
};

static const struct seccomp_rule rules[] = {
	SECCOMP_ALLOW(accept4),
	SECCOMP_ALLOW(getsockname),
	/* the hop limit of answers; all options of these numbers, whatever their level */
	SECCOMP_ALLOW_IF(setsockopt, 2, UINT32_MAX, IP_TTL),
	SECCOMP_ALLOW_IF(setsockopt, 2, UINT32_MAX, IPV6_UNICAST_HOPS),
	SECCOMP_ALLOW_IF(getsockopt, 2, UINT32_MAX, SO_PEERCRED),
	SECCOMP_ALLOW(shutdown),
};
static const struct seccomp_table calls = { rules, sizeof(rules) / sizeof(rules[0]) };

/* ---- what the parent gives ---- */

static int
on_peer(void *ctx, enum msg_role role, uint16_t number, int fd)
{
	struct imds *m = ctx;

	(void)number; /* there is only one uplink */
	if (role != ROLE_UPLINK || m->uplink != NULL) {
		close(fd);
		return ERR_PEER;
	}
	m->uplink = ipc_new(fd, true, QUEUE_BYTES);
	return 0;
}

static int
on_listener(void *ctx, struct str address, int fd)
{
	struct imds *m = ctx;

	(void)address;
	if (m->n_listeners == MAX_LISTENERS) {
		close(fd);
		return ERR_PEER;
	}
	m->listeners[m->n_listeners++] = fd;
	return 0;
}

static void
on_drain(void *ctx)
{
	struct imds *m = ctx;

	loop_stop(m->loop);
}

static const struct control_ops ops = {
	.peer = on_peer,
	.listener = on_listener,
	.drain = on_drain,
};

/* ---- serving ---- */

/* Accepts connections from now on. Earlier ones have waited in the kernel's queue. */
static void
serve(struct imds *m)
{
	size_t i;

	loop_timer_clear(m->loop, &m->patience);
	for (i = 0; i < m->n_listeners; i++) {
		if (server_listen(m->server, m->listeners[i]) != 0)
			m->failed = true;
	}
	m->n_listeners = 0;
	if (m->failed)
		loop_stop(m->loop);
}

static void
on_patience(void *ctx)
{
	log_warn("serving", log_c("why", "eicd has not told yet what there is"));
	serve(ctx);
}

static void
on_synced(void *ctx)
{
	log_info("synced", log_c("from", "eicd"));
	serve(ctx);
}

static int64_t
now_ms(void *ctx)
{
	struct imds *m = ctx;

	return clock_boot_ms(loop_clock(m->loop));
}

static void
on_uplink(void *ctx, unsigned events)
{
	struct imds *m = ctx;
	struct ipc_in in;
	int r;

	(void)events;
	while ((r = ipc_recv(m->uplink, &in)) == 0) {
		if ((r = feed_take(m->feed, &in)) != 0)
			break;
	}
	if (r == ERR_AGAIN)
		return;
	/* Without the channel the metadata would become stale. The parent starts both processes
	 * again. */
	log_error("uplink_channel", log_e(r));
	m->failed = true;
	loop_stop(m->loop);
}

static void
on_control(void *ctx, unsigned events)
{
	struct imds *m = ctx;
	int r;

	(void)events;
	if ((r = control_read(role_control(m->role))) == 0)
		return;
	/* ERR_CLOSED: the parent is gone. Anything else: it sent nonsense. */
	if (r != ERR_CLOSED) {
		log_error("control", log_e(r));
		m->failed = true;
	}
	loop_stop(m->loop);
}

/* The user of sshd's helper; (uid_t)-1 when this host has none, as one that only has guests. */
static uid_t
helper_uid(const struct imds *m)
{
	struct drop_id id;

	return drop_resolve(str_of(m->settings.helper_user), &id) == 0 ? id.uid : (uid_t)-1;
}

static int
set_up(struct imds *m)
{
	struct feed_opts fo = { .now_ms = now_ms, .synced = on_synced, .ctx = m };
	struct server_opts so = { .rng = rand_system(),
		.own_instance = str_of(m->settings.instance_id),
		.helper_uid = helper_uid(m) };
	int r;

	if (m->uplink == NULL)
		return ERR_PEER;
	fo.guests = so.guests = m->guests = guests_new(rand_system());
	fo.signers = so.signers = m->signers = signers_new();
	so.loop = m->loop;
	m->server = server_new(&so);
	m->feed = feed_new(&fo);
	loop_timer_init(&m->patience, on_patience, m);
	loop_timer_set(m->loop, &m->patience, PATIENCE_MS);
	if ((r = loop_fd_add(m->loop, &m->watch_control, control_fd(role_control(m->role)),
		 LOOP_READ, on_control, m)) != 0)
		return r;
	return loop_fd_add(m->loop, &m->watch_uplink, ipc_fd(m->uplink), LOOP_READ, on_uplink, m);
}

static void
tear_down(struct imds *m)
{
	size_t i;

	if (m->uplink != NULL)
		loop_fd_del(m->loop, &m->watch_uplink);
	loop_fd_del(m->loop, &m->watch_control);
	for (i = 0; i < m->n_listeners; i++)
		close(m->listeners[i]);
	feed_free(m->feed);
	server_free(m->server);
	guests_free(m->guests);
	signers_free(m->signers);
	ipc_free(m->uplink);
	role_free(m->role);
	loop_free(m->loop);
}

static int
prepare(void *ctx, struct role_confine *ret, struct errinfo *ei)
{
	struct imds *m = ctx;
	int r;

	snprintf(m->root, sizeof(m->root), "%s/empty", m->settings.run_dir);
	ret->user = m->settings.imds_user;
	ret->root = m->root;
	ret->may_share_user = true;
	ret->nofile = NOFILE;
	ret->calls[0] = &seccomp_base;
	ret->calls[1] = &calls;
	if ((r = set_up(m)) != 0)
		err_set(ei, "%s", err_text(r));
	return r;
}

int
main(void)
{
	struct imds m = { .failed = false };
	const struct role_opts o = { .settings = &agent_table,
		.values = &m.settings,
		.log_level = &m.settings.log_level,
		.ops = &ops,
		.prepare = prepare,
		.ctx = &m };
	int r;

	log_set_name("eic-agent-imds");
	if ((r = loop_new(clock_system(), &m.loop)) == 0 && (r = role_new(&o, &m.role)) == 0 &&
	    (r = role_start(m.role)) == 0 && (r = loop_run(m.loop)) != 0)
		log_error("ending", log_e(r));
	r = r != 0 || m.failed;
	tear_down(&m);
	return r;
}
