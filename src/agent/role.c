/*
 * role: what the agent's two roles share; see role.h.
 */
#include "agent/role.h"

#include <unistd.h>

#include "base/log.h"
#include "proc/drop.h"
#include "proc/file.h"

int
role_settings(int fd, struct agent_settings *ret)
{
	struct errinfo ei = { "" };
	struct buf text;
	int r;

	buf_init(&text, SETTINGS_MAX_FILE_BYTES);
	if ((r = file_read_fd(fd, &text)) == 0)
		r = settings_parse(&agent_table, "conf", buf_view(&text), ret, &ei);
	if (r != 0)
		log_error("settings", log_e(r), log_c("why", ei.text));
	buf_release(&text);
	close(fd);
	return r;
}

int
role_drop(const struct role_drop *o)
{
	const struct seccomp_table *const tables[] = { &seccomp_base, o->calls };
	struct drop_opts d = { .nofile = o->nofile };
	struct errinfo ei = { "" };
	int r = 0;

	if (geteuid() == 0) {
		d.change_id = true;
		d.root = o->root;
		if ((r = drop_resolve(str_of(o->user), &d.id)) != 0)
			err_set(&ei, "no user %s", o->user);
	}
	if (r == 0)
		r = drop_privileges(&d, &ei);
	if (r == 0)
		r = seccomp_enter(tables, sizeof(tables) / sizeof(tables[0]));
	if (r != 0)
		log_error("drop", log_e(r), log_c("why", ei.text));
	return r;
}

static void
on_control(void *ctx, unsigned events)
{
	struct role_control *c = ctx;
	int r;

	(void)events;
	if ((r = control_read(c->control)) == 0)
		return;
	c->failed = r != ERR_CLOSED;
	if (c->failed)
		log_error("control", log_e(r));
	loop_stop(c->loop);
}

int
role_control_watch(struct role_control *c)
{
	return loop_fd_add(c->loop, &c->watch, control_fd(c->control), LOOP_READ, on_control, c);
}
