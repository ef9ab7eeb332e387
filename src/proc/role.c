/*
 * role: see role.h.
 */
#include "proc/role.h"

#include <errno.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/log.h"
#include "proc/drop.h"
#include "proc/file.h"

/* How long to wait for a message before CTL_GO. The parent sends everything at once, but a new
 * core waits for the end of the old one in between. */
#define GO_MS 30000

struct role {
	struct role_opts o;
	struct control *control;
	void *next; /* the settings of the last `conf`, not yet taken over */
	bool have_next, configured;
};

/* ---- the control channel ---- */

static int
on_peer(void *ctx, enum msg_role role, uint16_t number, int fd)
{
	struct role *r = ctx;

	if (r->o.ops->peer != NULL)
		return r->o.ops->peer(r->o.ctx, role, number, fd);
	close(fd);
	return ERR_PEER;
}

static int
on_listener(void *ctx, struct str address, int fd)
{
	struct role *r = ctx;

	if (r->o.ops->listener != NULL)
		return r->o.ops->listener(r->o.ctx, address, fd);
	close(fd);
	return ERR_PEER;
}

/* Reads a new configuration. If it is bad, the settings stay as they are. The parent has
 * accepted it, so that happens only when this program is of another version. */
static void
take_conf(struct role *r, int fd)
{
	struct errinfo ei = { "" };
	struct buf text;
	int e;

	buf_init(&text, SETTINGS_MAX_FILE_BYTES);
	if ((e = file_read_fd(fd, &text)) == 0)
		e = settings_parse(r->o.settings, "conf", buf_view(&text), r->next, &ei);
	buf_release(&text);
	close(fd);
	r->have_next = e == 0;
	if (e != 0)
		log_error("reload", log_c("file", "conf"), log_e(e), log_c("why", ei.text));
}

static int
on_file(void *ctx, struct str name, int fd)
{
	struct role *r = ctx;

	if (str_eq_c(name, "conf")) {
		take_conf(r, fd);
		return 0;
	}
	if (r->o.ops->file != NULL)
		return r->o.ops->file(r->o.ctx, name, fd);
	close(fd);
	return ERR_PEER;
}

/* Takes over the new configuration: all of it at the start, later what can be reloaded. */
static void
adopt(struct role *r)
{
	struct buf ignored;

	if (!r->have_next)
		return;
	r->have_next = false;
	if (r->configured) {
		buf_init(&ignored, SETTINGS_MAX_FILE_BYTES);
		settings_adopt(r->o.settings, r->o.values, r->next, &ignored);
		buf_release(&ignored);
	} else {
		memcpy(r->o.values, r->next, r->o.settings->size);
		r->configured = true;
	}
	log_set_level((enum log_level) * r->o.log_level);
}

static void
on_reload(void *ctx)
{
	struct role *r = ctx;

	adopt(r);
	if (r->o.ops->reload != NULL)
		r->o.ops->reload(r->o.ctx);
}

static void
on_drain(void *ctx)
{
	struct role *r = ctx;

	r->o.ops->drain(r->o.ctx);
}

/* The parent sends this only to roles whose row has `retires` (proc/supervise.h). */
static void
on_retire(void *ctx, uint32_t ms)
{
	struct role *r = ctx;

	if (r->o.ops->retire != NULL)
		r->o.ops->retire(r->o.ctx, ms);
}

static const struct control_ops ops = { on_peer, on_listener, on_file, on_reload, on_drain,
	on_retire };

struct control *
role_control(const struct role *r)
{
	return r->control;
}

/* ---- giving up ---- */

static int
drop(const struct role_confine *c, struct errinfo *ei)
{
	struct drop_opts o = { .nofile = c->nofile,
		.keep_processes = c->keep_processes,
		.files = c->files,
		.n_files = c->n_files };
	int e;

	if (!c->may_share_user || geteuid() == 0) {
		o.change_id = c->user != NULL;
		o.root = c->root;
	}
	if (o.change_id && (e = drop_resolve(str_of(c->user), &o.id)) != 0) {
		err_set(ei, "no such user: %s", c->user);
		return e;
	}
	if ((e = drop_privileges(&o, ei)) == ERR_UNSUPPORTED) {
		log_warn("unconfined", log_c("why", "this kernel has no Landlock"));
		e = 0;
	}
	return e;
}

static int
forbid(const struct role_confine *c, struct errinfo *ei)
{
	size_t n = 0;
	int e;

	while (n < ROLE_TABLES_MAX && c->calls[n] != NULL)
		n++;
	if (n == 0)
		return 0;
	if ((e = seccomp_enter(c->calls, n)) != 0)
		err_set(ei, "seccomp: %s", strerror(errno));
	return e;
}

/* ---- the recipe ---- */

static int
configure(struct role *r, struct errinfo *ei)
{
	int e;

	if ((e = control_wait_go(r->control, GO_MS)) != 0)
		return e;
	adopt(r);
	if (r->configured)
		return 0;
	err_set(ei, "no configuration that can be read");
	return ERR_PEER;
}

static int
start(struct role *r, struct errinfo *ei)
{
	struct role_confine c = { .user = NULL };
	int e;

	if ((e = configure(r, ei)) != 0)
		return e;
	if (r->o.prepare != NULL && (e = r->o.prepare(r->o.ctx, &c, ei)) != 0)
		return e;
	if ((e = drop(&c, ei)) != 0)
		return e;
	if (r->o.open != NULL && (e = r->o.open(r->o.ctx, ei)) != 0)
		return e;
	if ((e = forbid(&c, ei)) != 0)
		return e;
	if (r->o.begin != NULL && (e = r->o.begin(r->o.ctx, ei)) != 0)
		return e;
	return control_ready(r->control);
}

int
role_new(const struct role_opts *o, struct role **ret)
{
	struct role *r = xalloc(sizeof(*r));
	int e;

	r->o = *o;
	r->next = xalloc(o->settings->size);
	if ((e = control_new(CONTROL_FD, &ops, r, &r->control)) != 0) {
		role_free(r);
		return e;
	}
	*ret = r;
	return 0;
}

int
role_start(struct role *r)
{
	struct errinfo ei = { "" };
	int e;

	if ((e = start(r, &ei)) != 0)
		log_error("start", log_e(e), log_c("why", ei.text));
	return e;
}

void
role_free(struct role *r)
{
	if (r == NULL)
		return;
	control_free(r->control);
	xfree(r->next);
	xfree(r);
}
