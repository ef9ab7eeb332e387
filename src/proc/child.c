/*
 * child: see child.h. The end of a child is seen at its pidfd only. After a kill, or when the
 * control channel ends, the pidfd will tell as well.
 */
#include "proc/child.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "base/log.h"
#include "proc/control.h"

/* Plenty: messages on this channel are a few dozen bytes. */
#define QUEUE_BYTES 65536

static void on_deadline(void *ctx);

void
child_init(struct child *c, const struct child_opts *o, enum msg_role role, const char *program,
    uint16_t number)
{
	*c = (struct child){ .o = o,
		.role = role,
		.program = program,
		.number = number,
		.state = CHILD_DOWN,
		.pidfd = -1 };
	if (number == 0)
		snprintf(c->name, sizeof(c->name), "%s", program);
	else
		snprintf(c->name, sizeof(c->name), "%s.%u", program, (unsigned)number);
	loop_timer_init(&c->deadline, on_deadline, c);
}

bool
child_runs(const struct child *c)
{
	return c->state == CHILD_STARTING || c->state == CHILD_UP || c->state == CHILD_DRAINING;
}

/* Frees everything of the process that ran and has been reaped. */
static void
close_all(struct child *c)
{
	loop_fd_del(c->o->loop, &c->watch_end);
	loop_fd_del(c->o->loop, &c->watch_control);
	loop_timer_clear(c->o->loop, &c->deadline);
	ipc_free(c->control);
	c->control = NULL;
	if (c->pidfd != -1)
		close(c->pidfd);
	c->pidfd = -1;
}

static void
kill_and_wait(struct child *c)
{
	int status;

	spawner_kill(c->o->spawner, c->pid, SIGKILL);
	(void)spawner_reap(c->o->spawner, c->pid, true, &status);
	close_all(c);
}

void
child_release(struct child *c)
{
	if (child_runs(c))
		kill_and_wait(c);
	loop_timer_clear(c->o->loop, &c->deadline);
	c->state = CHILD_GONE;
}

/* ---- what it is told ---- */

void
child_kill(struct child *c, const char *why)
{
	log_warn("kill", log_c("role", c->name), log_c("why", why));
	spawner_kill(c->o->spawner, c->pid, SIGKILL);
}

void
child_sent(struct child *c, int r)
{
	if (r != 0 && r != ERR_CLOSED)
		child_kill(c, err_text(r));
	else if (ipc_pending(c->control))
		loop_fd_want(c->o->loop, &c->watch_control, LOOP_READ | LOOP_WRITE);
}

bool
child_reads(struct child *c)
{
	if (!ipc_pending(c->control))
		return true;
	child_kill(c, "does not read its control channel");
	return false;
}

void
child_drain(struct child *c)
{
	c->state = CHILD_DRAINING;
	loop_timer_set(c->o->loop, &c->deadline, c->o->drain_ms);
	child_sent(c, control_send(c->control, MSG_CTL_DRAIN));
}

static void
on_deadline(void *ctx)
{
	struct child *c = ctx;

	if (c->state == CHILD_STARTING)
		child_kill(c, "not ready in time");
	else if (c->state == CHILD_DRAINING)
		child_kill(c, "not drained in time");
}

/* ---- what it says ---- */

static int
on_rejoin(struct child *c, struct ipc_in *m)
{
	uint16_t number;
	uint8_t role;

	if (ipc_get_u8(m, &role) != 0 || ipc_get_u16(m, &number) != 0 || ipc_get_end(m) != 0)
		return ERR_PEER;
	return c->o->events->rejoin(c->o->ctx, c, (enum msg_role)role, number);
}

static int
on_keep(struct child *c, struct ipc_in *m)
{
	struct str name, bytes;

	if (ipc_get_str(m, CHILD_NAME_BYTES, &name) != 0 ||
	    ipc_get_str(m, CONTROL_KEEP_MAX, &bytes) != 0 || ipc_get_end(m) != 0)
		return ERR_PEER;
	return c->o->events->keep(c->o->ctx, c, name, bytes);
}

static int
on_ready(struct child *c, struct ipc_in *m)
{
	if (ipc_get_end(m) != 0)
		return ERR_PEER;
	if (c->state == CHILD_STARTING) {
		c->state = CHILD_UP;
		loop_timer_clear(c->o->loop, &c->deadline);
		c->o->events->ready(c->o->ctx, c);
	}
	return 0;
}

static void
on_message(struct child *c, struct ipc_in *m)
{
	int r = ERR_PEER;

	if (m->type == MSG_CTL_REJOIN)
		r = on_rejoin(c, m);
	else if (m->type == MSG_CTL_READY)
		r = on_ready(c, m);
	else if (m->type == MSG_CTL_KEEP)
		r = on_keep(c, m);
	if (r != 0)
		child_kill(c, "nonsense on the control channel");
}

static void
on_control(void *ctx, unsigned events)
{
	struct child *c = ctx;
	struct ipc_in m;
	int r = 0;

	if ((events & LOOP_WRITE) != 0 && ipc_flush(c->control) == 0)
		loop_fd_want(c->o->loop, &c->watch_control, LOOP_READ);
	while (r == 0)
		if ((r = ipc_recv(c->control, &m)) == 0)
			on_message(c, &m);
	if (r == ERR_AGAIN)
		return;
	loop_fd_del(c->o->loop, &c->watch_control);
	/* After nonsense the channel is dead, so the process cannot be told to end. */
	if (r != ERR_CLOSED)
		child_kill(c, "nonsense on the control channel");
}

static void
on_end(void *ctx, unsigned events)
{
	struct child *c = ctx;
	char how[64];
	int status;

	(void)events;
	if (!spawner_reap(c->o->spawner, c->pid, false, &status))
		return;
	close_all(c);
	spawn_ending(status, how, sizeof(how));
	c->o->events->ended(c->o->ctx, c, how);
}

/* ---- starting ---- */

static int
watch(struct child *c)
{
	struct loop *l = c->o->loop;
	int r;

	if ((r = loop_fd_add(l, &c->watch_end, c->pidfd, LOOP_READ, on_end, c)) != 0)
		return r;
	return loop_fd_add(l, &c->watch_control, ipc_fd(c->control), LOOP_READ, on_control, c);
}

static int
run(struct child *c, int control_fd)
{
	const char *argv[] = { c->name, "-c", c->o->conf_path, NULL };
	char path[CHILD_PATH_BYTES];
	struct spawn_fd fds[2] = { { control_fd, CONTROL_FD } };
	struct spawn_opts so = { .path = path, .argv = argv, .fds = fds, .n_fds = 1 };
	int r;

	snprintf(path, sizeof(path), "%s/%s", c->o->libexec_dir, c->program);
	if (c->keep_stdout)
		fds[so.n_fds++] = (struct spawn_fd){ STDOUT_FILENO, STDOUT_FILENO };
	if ((r = spawner_run(c->o->spawner, &so, &c->pid, &c->pidfd)) != 0)
		log_error("spawn", log_c("program", path), log_c("why", strerror(errno)));
	return r;
}

int
child_spawn(struct child *c)
{
	int pair[2], r;

	assert(c->state == CHILD_DOWN);
	if ((r = ipc_pair(pair)) != 0)
		return r;
	r = run(c, pair[1]);
	close(pair[1]);
	if (r != 0) {
		close(pair[0]);
		return r;
	}
	c->control = ipc_new(pair[0], true, QUEUE_BYTES);
	if ((r = watch(c)) != 0) {
		log_error("spawn", log_c("role", c->name), log_e(r));
		kill_and_wait(c);
		return r;
	}
	c->state = CHILD_STARTING;
	loop_timer_set(c->o->loop, &c->deadline, c->o->start_ms);
	return 0;
}
