/*
 * front: eicd-front, the process that serves the network. It holds no secret, opens no file and
 * connects nowhere. This file starts it, lists its system calls and handles the parent's
 * messages; the rest is in the room front.
 *
 * A message of the parent may come while a TLS handshake waits for keyd-tls, so in the middle
 * of a connection's work. It is only noted then, and acted on from the loop.
 */
#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "front/agent_link.h"
#include "front/room.h"
#include "front/sign.h"
#include "link/link.h"
#include "proc/file.h"
#include "proc/role.h"

#define PEM_MAX_BYTES (256u << 10)
#define TARGET_MAX_BYTES 8192u
#define HEADERS_MAX 100u
/* Descriptors beside those of clients. */
#define OWN_FDS 64u

struct process {
	struct loop *loop;
	struct role *role;
	struct sign *sign;
	struct room room;
	struct loop_fd watch_control;
	struct loop_timer todo;                             /* acts on what was noted */
	char empty[SETTINGS_PATH_BYTES + sizeof("/empty")]; /* our root directory */
	/* noted by the functions of control_ops */
	struct buf certificate, agent_ca;
	int core_fd;
	uint16_t core_number;
	bool reload, retire, drain;
	uint32_t retire_ms;
};

/* ---- settings and certificate ---- */

static int
take_tls(struct process *r, struct errinfo *ei)
{
	struct tls_server_opts o = { .cert_pem = buf_view(&r->certificate),
		.client_ca_pem = buf_view(&r->agent_ca),
		.cert_alpn = STR(LINK_ALPN),
		.sign = sign_digest,
		.sign_ctx = r->sign };
	struct tls *fresh;
	int err;

	if ((err = tls_server_new(&o, &fresh, ei)) != 0)
		return err;
	tls_free(r->room.front.tls);
	r->room.front.tls = fresh;
	return 0;
}

static void
apply_settings(struct front *f)
{
	f->limits = (struct http_limits){
		.target_bytes = TARGET_MAX_BYTES,
		.head_bytes = (size_t)f->settings.max_header_bytes,
		.n_headers = HEADERS_MAX,
		.body_bytes = (size_t)f->settings.max_body_bytes,
	};
}

/* ---- what the parent says ---- */

static void
reload(struct process *r)
{
	struct errinfo ei = { "" };

	apply_settings(&r->room.front);
	if (take_tls(r, &ei) != 0)
		log_error("reload", log_c("file", "tls_certificate"), log_c("why", ei.text));
}

static void
on_todo(void *ctx)
{
	struct process *r = ctx;
	int fd = r->core_fd;

	r->core_fd = -1;
	if (fd != -1)
		channel_attach(r->room.front.channel, r->core_number, fd);
	if (r->reload)
		reload(r);
	r->reload = false;
	if (r->retire)
		room_retire(&r->room, r->retire_ms);
	r->retire = false;
	if (r->drain)
		room_drain(&r->room);
	r->drain = false;
}

static void
note(struct process *r)
{
	loop_timer_set(r->loop, &r->todo, 0);
}

static int
on_peer(void *ctx, enum msg_role role, uint16_t number, int fd)
{
	struct process *r = ctx;

	if (role == ROLE_KEYD_TLS) {
		sign_attach(r->sign, number, fd);
		return 0;
	}
	if (role != ROLE_CORE) {
		close(fd);
		return ERR_PEER;
	}
	if (r->core_fd != -1)
		close(r->core_fd);
	r->core_fd = fd;
	r->core_number = number;
	note(r);
	return 0;
}

static int
on_listener(void *ctx, struct str address, int fd)
{
	struct process *r = ctx;

	(void)address;
	return accept_add(r->room.front.accept, fd);
}

static int
on_file(void *ctx, struct str name, int fd)
{
	struct process *r = ctx;
	struct buf *b, fresh;
	int err;

	if (str_eq_c(name, "tls_certificate"))
		b = &r->certificate;
	else if (str_eq_c(name, "agent_ca"))
		b = &r->agent_ca;
	else
		b = NULL;
	buf_init(&fresh, PEM_MAX_BYTES);
	err = file_read_fd(fd, &fresh);
	close(fd);
	if (b == NULL || err != 0) {
		buf_release(&fresh);
		log_error("file", log_s("name", name), log_e(err));
		return b == NULL ? ERR_PEER : 0;
	}
	buf_release(b);
	*b = fresh;
	return 0;
}

static void
on_reload(void *ctx)
{
	struct process *r = ctx;

	r->reload = true;
	note(r);
}

static void
on_drain(void *ctx)
{
	struct process *r = ctx;

	r->drain = true;
	note(r);
}

static void
on_retire(void *ctx, uint32_t ms)
{
	struct process *r = ctx;

	r->retire = true;
	r->retire_ms = ms;
	note(r);
}

static const struct control_ops control_ops = { on_peer, on_listener, on_file, on_reload, on_drain,
	on_retire };

static void
on_control(void *ctx, unsigned events)
{
	struct process *r = ctx;
	int err;

	(void)events;
	if ((err = control_read(role_control(r->role))) == 0)
		return;
	/* ERR_CLOSED: the parent is gone. Anything else: it sent nonsense. */
	if (err != ERR_CLOSED)
		log_error("control", log_e(err));
	loop_stop(r->loop);
}

/* ---- starting ---- */

static const struct seccomp_rule own_calls[] = {
	SECCOMP_ALLOW(accept4),
	SECCOMP_ALLOW(shutdown),
};
static const struct seccomp_table own_table = {
	own_calls,
	sizeof(own_calls) / sizeof(own_calls[0]),
};

/* Clients, and as many links of agents. */
static unsigned
files_for(int64_t connections)
{
	return 2 * (unsigned)connections + OWN_FDS;
}

static int
prepare(void *ctx, struct role_confine *ret, struct errinfo *ei)
{
	struct process *r = ctx;
	struct eicd_settings *s = &r->room.front.settings;

	apply_settings(&r->room.front);
	snprintf(r->empty, sizeof(r->empty), "%s/empty", s->run_dir);
	ret->user = s->front_user;
	ret->root = r->empty;
	ret->nofile = files_for(s->max_connections);
	ret->calls[0] = &seccomp_base;
	ret->calls[1] = &own_table;
	return take_tls(r, ei);
}

/* Lowers max_connections when there are not enough descriptors for it. */
static int
fit(void *ctx, struct errinfo *ei)
{
	struct process *r = ctx;
	struct eicd_settings *s = &r->room.front.settings;
	struct rlimit rl;

	(void)ei;
	if (getrlimit(RLIMIT_NOFILE, &rl) == 0 && rl.rlim_cur < files_for(s->max_connections)) {
		log_warn("fewer-connections", log_c("why", "limit of open files"),
		    log_i("files", (int64_t)rl.rlim_cur));
		s->max_connections = rl.rlim_cur > 3 * OWN_FDS
		    ? ((int64_t)rl.rlim_cur - OWN_FDS) / 2
		    : (int64_t)OWN_FDS;
	}
	return 0;
}

static int
begin(void *ctx, struct errinfo *ei)
{
	struct process *r = ctx;
	int err;

	if ((err = accept_start(r->room.front.accept)) != 0 ||
	    (err = loop_fd_add(r->loop, &r->watch_control, control_fd(role_control(r->role)),
		 LOOP_READ, on_control, r)) != 0)
		err_set(ei, "%s", strerror(errno));
	return err;
}

/* Makes everything that is needed before peers, listeners and files come. */
static int
process_init(struct process *r)
{
	const struct role_opts o = { .settings = &eicd_table,
		.values = &r->room.front.settings,
		.log_level = &r->room.front.settings.log_level,
		.ops = &control_ops,
		.prepare = prepare,
		.open = fit,
		.begin = begin,
		.ctx = r };
	int err;

	r->core_fd = -1;
	buf_init(&r->certificate, PEM_MAX_BYTES);
	buf_init(&r->agent_ca, PEM_MAX_BYTES);
	if ((err = loop_new(clock_system(), &r->loop)) != 0 || (err = role_new(&o, &r->role)) != 0)
		return err;
	loop_timer_init(&r->todo, on_todo, r);
	room_init(&r->room, r->loop, role_control(r->role), &agent_link_route, 1);
	r->sign = sign_new(role_control(r->role));
	return 0;
}

static void
process_release(struct process *r)
{
	room_release(&r->room);
	if (r->core_fd != -1)
		close(r->core_fd);
	tls_free(r->room.front.tls);
	sign_free(r->sign);
	loop_fd_del(r->loop, &r->watch_control);
	role_free(r->role);
	loop_free(r->loop);
	buf_release(&r->certificate);
	buf_release(&r->agent_ca);
}

int
main(void)
{
	struct process *r = xalloc(sizeof(*r));
	int err;

	log_set_name("front");
	if (process_init(r) != 0 || role_start(r->role) != 0)
		_exit(1);
	err = loop_run(r->loop);
	if (err != 0)
		log_error("loop", log_c("why", strerror(errno)));
	process_release(r);
	xfree(r);
	/* Not exit: handlers of libraries make system calls that seccomp forbids. */
	_exit(err == 0 ? 0 : 1);
}
