/*
 * eic-agent-imds: the metadata service of this host's guests and of the host
 * itself. Has listening sockets, and a channel on which eic-agent-uplink tells
 * what there is; opens nothing, connects nowhere, holds no key but public ones.
 */
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/feed.h"
#include "agent/role.h"
#include "base/log.h"
#include "imds/server.h"

#define GO_MS 10000
#define PATIENCE_MS 3000 /* for the first sync, before serving without */
#define MAX_LISTENERS 8
#define NOFILE (SERVER_CONNECTIONS + 64)
#define QUEUE_BYTES 4096

struct imds {
	struct agent_settings settings;
	bool configured;
	struct role_control control;
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
	SECCOMP_ALLOW(getpeername),
	SECCOMP_ALLOW(getsockopt),
	SECCOMP_ALLOW(setsockopt),
	SECCOMP_ALLOW(shutdown),
	SECCOMP_ALLOW(sendto),
	SECCOMP_ALLOW(recvfrom),
};
static const struct seccomp_table calls = { rules, sizeof(rules) / sizeof(rules[0]) };

/* ---- what the parent gives ---- */

static int
on_peer(void *ctx, enum msg_role role, uint16_t number, int fd)
{
	struct imds *m = ctx;

	(void)number; /* there is one */
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

static int
on_file(void *ctx, struct str name, int fd)
{
	struct imds *m = ctx;
	struct agent_settings fresh;
	int r;

	if (!str_eq_c(name, "conf")) {
		close(fd);
		return ERR_PEER;
	}
	if ((r = role_settings(fd, &fresh)) != 0)
		return r;
	if (!m->configured)
		m->settings = fresh;
	m->configured = true;
	log_set_level((enum log_level)fresh.log_level);
	return 0;
}

static void
on_reload(void *ctx)
{
	(void)ctx; /* on_file took what can be reloaded */
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
	.file = on_file,
	.reload = on_reload,
	.drain = on_drain,
};

/* ---- serving ---- */

/* Takes connections from now on. Those that came before have waited. */
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
	/* Without a feed there is nothing to be trusted for long: the parent starts
	 * both anew. */
	log_error("uplink_channel", log_e(r));
	m->failed = true;
	loop_stop(m->loop);
}

static int
set_up(struct imds *m)
{
	struct feed_opts fo = { .now_ms = now_ms, .synced = on_synced, .ctx = m };
	struct server_opts so = { .rng = rand_system(),
		.own_instance = str_of(m->settings.instance_id) };
	int r;

	if (m->uplink == NULL || !m->configured)
		return ERR_PEER;
	fo.guests = so.guests = m->guests = guests_new();
	fo.signers = so.signers = m->signers = signers_new();
	so.loop = m->loop;
	m->server = server_new(&so);
	m->feed = feed_new(&fo);
	loop_timer_init(&m->patience, on_patience, m);
	loop_timer_set(m->loop, &m->patience, PATIENCE_MS);
	m->control.loop = m->loop;
	if ((r = role_control_watch(&m->control)) != 0)
		return r;
	return loop_fd_add(m->loop, &m->watch_uplink, ipc_fd(m->uplink), LOOP_READ, on_uplink, m);
}

static void
tear_down(struct imds *m)
{
	size_t i;

	if (m->uplink != NULL)
		loop_fd_del(m->loop, &m->watch_uplink);
	loop_fd_del(m->loop, &m->control.watch);
	for (i = 0; i < m->n_listeners; i++)
		close(m->listeners[i]);
	feed_free(m->feed);
	server_free(m->server);
	guests_free(m->guests);
	signers_free(m->signers);
	ipc_free(m->uplink);
	control_free(m->control.control);
	loop_free(m->loop);
}

int
main(void)
{
	struct imds m = { .failed = false };
	struct role_drop d = { .nofile = NOFILE, .calls = &calls };
	char root[SETTINGS_PATH_BYTES + 8];
	int r;

	log_set_name("eic-agent-imds");
	if ((r = loop_new(clock_system(), &m.loop)) != 0 ||
	    (r = control_new(CONTROL_FD, &ops, &m, &m.control.control)) != 0 ||
	    (r = control_wait_go(m.control.control, GO_MS)) != 0 || (r = set_up(&m)) != 0)
		goto out;
	snprintf(root, sizeof(root), "%s/empty", m.settings.run_dir);
	d.user = m.settings.imds_user;
	d.root = root;
	if ((r = role_drop(&d)) != 0 || (r = control_ready(m.control.control)) != 0)
		goto out;
	r = loop_run(m.loop);
out:
	if (r != 0)
		log_error("ending", log_e(r));
	r = r != 0 || m.failed || m.control.failed;
	tear_down(&m);
	return r;
}
