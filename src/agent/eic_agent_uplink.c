/*
 * eic-agent-uplink: the agent's connection to eicd. It reads messages from eicd, checks them,
 * and passes them to eic-agent-imds in their IPC form. It listens nowhere.
 *
 * It holds the private key of the agent's certificate, which it needs to authenticate. Whoever
 * takes this process over can speak to eicd as this agent, and can give the guests of this
 * host any metadata, but cannot log in to them: sshd's helper accepts only keys that are
 * signed under the root certificate that the host pins. It makes the next key of the agent too,
 * and has the parent keep it.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/credentials.h"
#include "agent/lag.h"
#include "agent/uplink.h"
#include "base/log.h"
#include "link/ipc.h"
#include "link/json.h"
#include "net/addr.h"
#include "net/record.h"
#include "proc/file.h"
#include "proc/role.h"
#include "settings/agent.h"

#define RESOLV_CONF "/etc/resolv.conf"
#define NOFILE 256
#define MAX_PEM 65536
#define QUEUE_BYTES (32u << 20) /* to imds: far more than is read from eicd in one go */
#define ARENA_BYTES (8u << 20)
#define WARN_S (7 * 86400)

enum { FILE_CA, FILE_CERTIFICATE, FILE_KEY, FILE_RENEWED, N_FILES };
static const char *const file_names[N_FILES] = { "ca", "certificate", "key", "renewed" };

struct process {
	struct agent_settings settings;
	bool failed;
	struct role *role;
	struct loop_fd watch_control;
	struct loop *loop;
	struct conn_io *io;
	struct buf files[N_FILES]; /* PEM, wiped as soon as tls is made of them */
	struct credentials *credentials;
	struct uplink *uplink;
	bool asked; /* eicd wants a new key since the last certificate */
	struct lag lag;
	struct ipc *imds;
	struct loop_fd watch_imds;
	struct arena *arena;
	struct confine_path readable[2];
	char resolver_dir[PATH_MAX];
};

/* The system calls that a name lookup and a TLS connection need: no listen, no exec. */
static const struct seccomp_rule rules[] = {
	/* to eicd and to name servers, to a name service of this machine, to the kernel's routes */
	SECCOMP_ALLOW_IF(socket, 0, UINT32_MAX, AF_INET),
	SECCOMP_ALLOW_IF(socket, 0, UINT32_MAX, AF_INET6),
	SECCOMP_ALLOW_IF(socket, 0, UINT32_MAX, AF_UNIX),
	SECCOMP_ALLOW_IF(socket, 0, UINT32_MAX, AF_NETLINK),
	SECCOMP_ALLOW(connect),
	SECCOMP_ALLOW(bind), /* getaddrinfo binds a netlink socket */
	SECCOMP_ALLOW(getsockname),
	SECCOMP_ALLOW(getpeername),
	SECCOMP_ALLOW(getsockopt),
	SECCOMP_ALLOW(setsockopt),
	SECCOMP_ALLOW(shutdown),
	SECCOMP_ALLOW(recvfrom),
	SECCOMP_ALLOW(sendmmsg),
	SECCOMP_ALLOW(recvmmsg),
	/* getaddrinfo asks how long an answer is, and for the number of a named interface */
	SECCOMP_ALLOW_IF(ioctl, 1, UINT32_MAX, FIONREAD),
	SECCOMP_ALLOW_IF(ioctl, 1, UINT32_MAX, SIOCGIFINDEX),
	SECCOMP_ALLOW(uname),
	SECCOMP_ALLOW(open),
	SECCOMP_ALLOW(openat),
	SECCOMP_ALLOW(stat),
	SECCOMP_ALLOW(newfstatat),
	SECCOMP_ALLOW(statx),
	SECCOMP_ALLOW(access),
	SECCOMP_ALLOW(readlink),
	SECCOMP_ALLOW(pread64),
	SECCOMP_ALLOW(sysinfo),
};
static const struct seccomp_table calls = { rules, sizeof(rules) / sizeof(rules[0]) };

static void
give_up(struct process *p, const char *ev, int r)
{
	log_error(ev, log_e(r));
	p->failed = true;
	loop_stop(p->loop);
}

/* resolv.conf may lead to another directory by now than the one that this process was left. Then
 * only a new process can read it. */
static void
on_unresolved(void *ctx)
{
	struct process *p = ctx;
	char now[PATH_MAX];
	int fd = open(RESOLV_CONF, O_RDONLY | O_CLOEXEC);

	if (fd != -1) {
		close(fd);
		return;
	}
	if (errno == EACCES && confine_dir_of(RESOLV_CONF, now) == 0 &&
	    strcmp(now, p->resolver_dir) != 0)
		give_up(p, "resolver_moved", ERR_BADSTATE);
}

/* ---- to imds ---- */

static void
send_imds(struct process *p, struct ipc_out *out)
{
	int r;

	if ((r = ipc_send(p->imds, out, -1)) != 0)
		give_up(p, "imds_channel", r);
	else if (ipc_pending(p->imds)) {
		loop_fd_want(p->loop, &p->watch_imds, LOOP_READ | LOOP_WRITE);
		/* eicd may send more at once than the queue holds: it waits for imds. */
		uplink_read_want(p->uplink, false);
	}
}

static void
on_imds(void *ctx, unsigned events)
{
	struct process *p = ctx;
	struct ipc_in in;
	int r;

	if ((events & LOOP_WRITE) != 0) {
		r = ipc_flush(p->imds);
		if (r == 0) {
			loop_fd_want(p->loop, &p->watch_imds, LOOP_READ);
			uplink_read_want(p->uplink, true);
		} else if (r != ERR_AGAIN)
			give_up(p, "imds_channel", r);
	}
	/* imds never sends anything, so what is read here is its end or nonsense. */
	if ((events & (LOOP_READ | LOOP_HUP)) != 0 && (r = ipc_recv(p->imds, &in)) != ERR_AGAIN)
		give_up(p, "imds_channel", r == 0 ? ERR_PEER : r);
}

static void
on_connecting(void *ctx)
{
	struct process *p = ctx;

	credentials_connecting(p->credentials);
}

static void
on_opened(void *ctx)
{
	const struct link_message m = { .type = LINK_RESET };
	struct process *p = ctx;
	struct ipc_out out;

	credentials_opened(p->credentials);
	lag_init(&p->lag);
	link_ipc_write(&out, &m);
	send_imds(p, &out);
}

/* The options as they are now. */
static void
change(struct process *p)
{
	uplink_change(p->uplink, credentials_tls(p->credentials), p->settings.reconnect_min_ms,
	    p->settings.reconnect_max_ms, p->settings.silence_s * 1000);
}

static void
on_refused(void *ctx)
{
	struct process *p = ctx;

	credentials_refused(p->credentials);
	change(p);
}

/* What eicd told counts no more: the guests of this host lose their metadata and their keys. */
static void
on_revoked(void *ctx)
{
	static const enum link_type nothing[] = { LINK_RESET, LINK_SYNCED };
	struct process *p = ctx;
	struct ipc_out out;
	size_t i;

	log_error("revoked", log_c("endpoint", p->settings.endpoint));
	for (i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++) {
		const struct link_message m = { .type = nothing[i] };

		link_ipc_write(&out, &m);
		send_imds(p, &out);
	}
}

static void
on_time(void *ctx, int64_t boot_ms)
{
	struct process *p = ctx;

	(void)lag_note(&p->lag, boot_ms, clock_boot_ms(loop_clock(p->loop)));
}

/* A key lives from the push on, however long it took to come here. */
static void
deadline_set(struct process *p, struct link_key *key, int64_t now_ms)
{
	if (key->at_ms > 0)
		key->deadline_ms -= lag_note(&p->lag, key->at_ms, now_ms);
	if (key->deadline_ms < now_ms)
		key->deadline_ms = now_ms; /* which imds drops */
}

static bool
helper_openeic(const struct process *p)
{
	return p->settings.helper == AGENT_HELPER_OPENEIC;
}

/* ---- the renewal of the certificate ---- */

static void
key_make(struct process *p, const struct link_renew *v)
{
	struct link_message m = { .type = LINK_RENEWAL };
	int r;

	r = credentials_renew(p->credentials, clock_boot_ms(loop_clock(p->loop)), &m.renewal);
	if (r == ERR_AGAIN)
		return;
	if (p->asked && v->left_s > 0 && v->left_s < WARN_S)
		log_warn("certificate_ends", log_i("in_s", v->left_s),
		    log_c("why", "eicd has asked for a new key before and has certified none"));
	p->asked = true;
	if (r != 0 || (r = uplink_say(p->uplink, &m)) != 0)
		log_error("renewal", log_e(r));
}

/* The parent writes the certificate and its key to the disk, which this process cannot, and then
 * gives them back (on_reload): so what is used is what the next start finds. */
static void
certificate_keep(struct process *p, struct str pem)
{
	int64_t now_ms = clock_boot_ms(loop_clock(p->loop));
	struct buf file;
	int r;

	buf_init(&file, CONTROL_KEEP_MAX);
	if ((r = credentials_certified(p->credentials, pem, now_ms, &file)) != 0 ||
	    (r = control_keep(role_control(p->role), str_of(file_names[FILE_RENEWED]),
		 buf_view(&file))) != 0)
		log_error("renewal", log_e(r));
	buf_wipe(&file);
}

/* True: the message was of the certificate, and is not for imds. */
static bool
on_renewal(struct process *p, const struct link_message *m)
{
	if (m->type == LINK_RENEW)
		key_make(p, &m->renew);
	else if (m->type == LINK_CERTIFICATE)
		certificate_keep(p, m->certificate.certificate);
	else if (m->type == LINK_RENEWAL_REFUSED)
		log_warn("renewal_refused", log_s("why", m->renewal_refused.reason));
	else
		return false;
	return true;
}

static int
on_text(void *ctx, struct str text, struct errinfo *ei)
{
	struct process *p = ctx;
	struct ipc_out out;
	int64_t now_ms = clock_boot_ms(loop_clock(p->loop));
	struct link_message m;
	int r;

	arena_reset(p->arena);
	r = link_json_parse(p->arena, text, now_ms, &m, ei);
	if (r != 0 && link_dispensable(m.type)) {
		log_warn("left_out", log_e(r), log_c("why", ei->text));
		return 0;
	}
	if (r != 0 || m.type == LINK_UNKNOWN || on_renewal(p, &m))
		return r;
	/* It would let nobody in; better that the agent is seen to be away. */
	if (m.type == LINK_SIGNER && m.signer.ecdsa && !helper_openeic(p)) {
		err_set(ei, "signer: ECDSA is nothing that the setting helper = stock allows");
		return ERR_DENIED;
	}
	if (m.type == LINK_KEY)
		deadline_set(p, &m.key, now_ms);
	if (m.type == LINK_SYNCED) {
		log_info("synced", log_c("endpoint", p->settings.endpoint));
		uplink_serves(p->uplink);
	}
	link_ipc_write(&out, &m);
	send_imds(p, &out);
	return 0;
}

/* ---- what the parent gives ---- */

static int
on_peer(void *ctx, enum msg_role role, uint16_t number, int fd)
{
	struct process *p = ctx;

	(void)number; /* there is only one imds */
	if (role != ROLE_IMDS || p->imds != NULL) {
		close(fd);
		return ERR_PEER;
	}
	p->imds = ipc_new(fd, true, QUEUE_BYTES);
	return 0;
}

static int
on_file(void *ctx, struct str name, int fd)
{
	struct process *p = ctx;
	size_t i;
	int r;

	for (i = 0; i < N_FILES && !str_eq_c(name, file_names[i]); i++)
		;
	r = ERR_PEER;
	if (i < N_FILES) {
		buf_wipe(&p->files[i]);
		r = file_read_fd(fd, &p->files[i]);
	}
	close(fd);
	return r;
}

static int
credentials_take(struct process *p)
{
	const struct credentials_files f = { buf_view(&p->files[FILE_CA]),
		buf_view(&p->files[FILE_CERTIFICATE]), buf_view(&p->files[FILE_KEY]),
		buf_view(&p->files[FILE_RENEWED]) };
	size_t i;
	int r;

	r = credentials_load(p->credentials, &f);
	for (i = 0; i < N_FILES; i++)
		buf_wipe(&p->files[i]);
	return r;
}

/* Takes over new settings and a new certificate; see uplink_change. */
static void
on_reload(void *ctx)
{
	struct process *p = ctx;

	if (credentials_take(p) != 0)
		return;
	change(p);
	if (!credentials_renewed(p->credentials))
		return;
	/* What was renewed is on the disk. eicd forgets the certificate before as soon as this one
	 * comes, which need not be late. imds goes on with what it has been told meanwhile. */
	p->asked = false;
	log_info("renewed", log_c("endpoint", p->settings.endpoint));
	uplink_reconnect(p->uplink);
}

static void
on_drain(void *ctx)
{
	struct process *p = ctx;

	loop_stop(p->loop);
}

static const struct control_ops ops = {
	.peer = on_peer,
	.file = on_file,
	.reload = on_reload,
	.drain = on_drain,
};

/* ---- life ---- */

static void
on_control(void *ctx, unsigned events)
{
	struct process *p = ctx;
	int r;

	(void)events;
	if ((r = control_read(role_control(p->role))) == 0)
		return;
	/* ERR_CLOSED: the parent is gone. Anything else: it sent nonsense. */
	if (r != ERR_CLOSED)
		give_up(p, "control", r);
	loop_stop(p->loop);
}

static int
set_up(struct process *p)
{
	struct uplink_opts o = { .loop = p->loop,
		.rng = rand_system(),
		.clock = clock_system(),
		.refused = on_refused,
		.revoked = on_revoked,
		.connecting = on_connecting,
		.opened = on_opened,
		.unresolved = on_unresolved,
		.text = on_text,
		.time = on_time,
		.ctx = p,
		.hello = { .version = STR(EIC_VERSION) } };
	struct addr unused;
	int r;

	if (p->imds == NULL)
		return ERR_PEER;
	if ((r = credentials_take(p)) != 0)
		return r;
	o.tls = credentials_tls(p->credentials);
	o.io = p->io = conn_io_new(p->loop, CONN_READ_BYTES, &record_ops);
	o.endpoint = str_of(p->settings.endpoint);
	o.server_name = str_of(p->settings.server_name);
	o.hello.helper_openeic = helper_openeic(p);
	o.min_ms = p->settings.reconnect_min_ms;
	o.max_ms = p->settings.reconnect_max_ms;
	o.silence_ms = p->settings.silence_s * 1000;
	p->arena = arena_new(ARENA_BYTES);
	/* The resolver loads libraries at its first question. That must happen before seccomp,
	 * after which no code can be mapped. */
	(void)!addr_resolve(o.endpoint, &unused, NULL);
	if ((r = uplink_new(&o, &p->uplink)) != 0 ||
	    (r = loop_fd_add(p->loop, &p->watch_control, control_fd(role_control(p->role)),
		 LOOP_READ, on_control, p)) != 0)
		return r;
	return loop_fd_add(p->loop, &p->watch_imds, ipc_fd(p->imds), LOOP_READ, on_imds, p);
}

static void
tear_down(struct process *p)
{
	size_t i;

	uplink_free(p->uplink);
	if (p->imds != NULL)
		loop_fd_del(p->loop, &p->watch_imds);
	loop_fd_del(p->loop, &p->watch_control);
	conn_io_free(p->io);
	credentials_free(p->credentials);
	ipc_free(p->imds);
	role_free(p->role);
	loop_free(p->loop);
	arena_free(p->arena);
	for (i = 0; i < N_FILES; i++)
		buf_wipe(&p->files[i]);
}

/* Fills in p->readable, and returns how many there are: what the system's resolver reads. Often
 * resolv.conf is a link, to a file that is replaced when the network changes, and that may be
 * missing until the network is up. */
static size_t
files_find(struct process *p)
{
	p->readable[0] = (struct confine_path){ "/etc", CONFINE_READ };
	if (confine_dir_of(RESOLV_CONF, p->resolver_dir) != 0) {
		p->resolver_dir[0] = '\0';
		return 1;
	}
	p->readable[1] = (struct confine_path){ p->resolver_dir, CONFINE_READ };
	return 2;
}

static int
prepare(void *ctx, struct role_confine *ret, struct errinfo *ei)
{
	struct process *p = ctx;
	int r;

	ret->user = p->settings.uplink_user;
	ret->files = p->readable;
	ret->n_files = files_find(p);
	ret->may_share_user = true;
	ret->nofile = NOFILE;
	ret->calls[0] = &seccomp_base;
	ret->calls[1] = &calls;
	if ((r = set_up(p)) != 0)
		err_set(ei, "%s", err_text(r));
	return r;
}

int
main(void)
{
	struct process p = { .failed = false };
	const struct role_opts o = { .settings = &agent_table,
		.values = &p.settings,
		.log_level = &p.settings.log_level,
		.ops = &ops,
		.prepare = prepare,
		.ctx = &p };
	size_t i;
	int r;

	log_set_name("eic-agent-uplink");
	p.credentials = credentials_new();
	for (i = 0; i < N_FILES; i++)
		buf_init(&p.files[i], MAX_PEM);
	if ((r = loop_new(clock_system(), &p.loop)) == 0 && (r = role_new(&o, &p.role)) == 0 &&
	    (r = role_start(p.role)) == 0 && (r = loop_run(p.loop)) != 0)
		log_error("ending", log_e(r));
	r = r != 0 || p.failed;
	tear_down(&p);
	return r;
}
