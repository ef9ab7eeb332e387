/*
 * compute: eicd-compute, the process that runs the driver's programs as root. It takes one type
 * of message, from core only, and checks each against the table of compute/verb before it runs
 * anything.
 */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "compute/jobs.h"
#include "proc/role.h"
#include "settings/eicd.h"

#define QUEUE_BYTES (64u << 20)
#define MAX_RUNNING 8
#define MAX_NAME_BYTES 64
#define MAX_VALUE_BYTES 32768

struct compute {
	struct eicd_settings settings;
	struct role *role;
	struct ipc *core; /* NULL: none at the moment */
	uint16_t core_number;
	struct jobs *jobs;
	bool draining;
};

/* ---- core ---- */

/* Closes the channel to core, which failed with r. An error means that compute must end. */
static int
core_close(struct compute *c, int r)
{
	log_warn("core-lost", log_e(r));
	ipc_free(c->core);
	c->core = NULL;
	return r == ERR_CLOSED ? 0
			       : control_rejoin(role_control(c->role), ROLE_CORE, c->core_number);
}

/* Tells core how a job went. Without core that is dropped: the next core asks for the state. */
static void
on_job_done(void *ctx, const struct jobs_result *res)
{
	struct compute *c = ctx;
	struct ipc_out m;
	int r;

	log_info("verb", log_i("job", (int64_t)res->job), log_i("status", res->status),
	    log_s("why", res->reason));
	if (c->core == NULL)
		return;
	ipc_begin(&m, MSG_MC_DONE);
	ipc_put_u64(&m, res->job);
	ipc_put_u32(&m, res->status);
	ipc_put_str(&m, res->output);
	ipc_put_str(&m, res->reason);
	if ((r = ipc_send(c->core, &m, -1)) != 0)
		log_warn("core", log_e(r));
}

static int
on_verb(void *ctx, struct ipc_in *m)
{
	struct verb_option options[VERB_MAX_OPTIONS];
	struct compute *c = ctx;
	struct str verb;
	uint64_t job;
	uint16_t i, n;
	int r;

	if ((r = ipc_get_u64(m, &job)) != 0 || (r = ipc_get_str(m, MAX_NAME_BYTES, &verb)) != 0 ||
	    (r = ipc_get_u16(m, &n)) != 0)
		return r;
	if (n > VERB_MAX_OPTIONS)
		return ERR_PEER;
	for (i = 0; i < n; i++) {
		if ((r = ipc_get_str(m, MAX_NAME_BYTES, &options[i].name)) != 0 ||
		    (r = ipc_get_str(m, MAX_VALUE_BYTES, &options[i].value)) != 0)
			return r;
	}
	if ((r = ipc_get_end(m)) != 0)
		return r;
	jobs_submit(c->jobs, job, verb, options, n);
	return 0;
}

/* Handles core's messages. An error means that compute must end. */
static int
core_step(struct compute *c)
{
	static const struct ipc_rule rules[] = { { MSG_CM_VERB, false, on_verb } };
	uint64_t used = 0;
	struct ipc_in m;
	int r = 0;

	if (ipc_pending(c->core))
		r = ipc_flush(c->core);
	while (r == 0 || r == ERR_AGAIN) {
		if ((r = ipc_recv(c->core, &m)) == ERR_AGAIN)
			return 0;
		if (r == 0)
			r = ipc_dispatch(rules, 1, &used, &m, c);
	}
	return core_close(c, r);
}

/* ---- control ---- */

static int
on_peer(void *ctx, enum msg_role role, uint16_t number, int fd)
{
	struct compute *c = ctx;

	if (role != ROLE_CORE) {
		close(fd);
		return ERR_PEER;
	}
	ipc_free(c->core);
	/* A new core numbers its jobs from the start, so it must not hear of the old one's. */
	if (c->jobs != NULL)
		jobs_orphan(c->jobs);
	c->core = ipc_new(fd, true, QUEUE_BYTES);
	c->core_number = number;
	return 0;
}

static void
on_reload(void *ctx)
{
	struct compute *c = ctx;

	jobs_set_timeout(c->jobs, c->settings.verb_timeout_s * 1000);
}

static void
on_drain(void *ctx)
{
	((struct compute *)ctx)->draining = true;
}

static const struct control_ops control_ops = {
	.peer = on_peer,
	.reload = on_reload,
	.drain = on_drain,
};

/* ---- serving ---- */

/* Waits for something to do and does it. An error means that compute must end. */
static int
serve_once(struct compute *c)
{
	struct pollfd fds[2 + 3 * MAX_RUNNING] = {
		{ .fd = control_fd(role_control(c->role)), .events = POLLIN },
		{ .fd = -1 },
	};
	size_t n;
	int r;

	if (c->core != NULL) {
		fds[1].fd = ipc_fd(c->core);
		fds[1].events = (short)(ipc_pending(c->core) ? POLLOUT : 0);
		/* Draining takes no new work. */
		if (!c->draining)
			fds[1].events |= POLLIN;
	}
	n = 2 + jobs_poll_fill(c->jobs, fds + 2, 3 * MAX_RUNNING);
	if (poll(fds, n, jobs_poll_ms(c->jobs)) == -1)
		return errno == EINTR ? 0 : ERR_SYS;
	jobs_step(c->jobs);
	if (fds[1].revents != 0 && (r = core_step(c)) != 0)
		return r;
	/* Last, as this may replace the channel that was polled above. */
	return fds[0].revents != 0 ? control_read(role_control(c->role)) : 0;
}

/* Serves until the parent is gone, or until it drains us and no verb is running. */
static int
serve(struct compute *c)
{
	int r = 0;

	while (r == 0 && !(c->draining && !jobs_busy(c->jobs)))
		r = serve_once(c);
	return r == ERR_CLOSED ? 0 : r;
}

static int
prepare(void *ctx, struct role_confine *ret, struct errinfo *ei)
{
	struct compute *c = ctx;
	struct jobs_opts o = { .max_running = MAX_RUNNING,
		.clock = clock_system(),
		.done = on_job_done,
		.ctx = c };

	(void)ei;
	o.driver_dir = c->settings.driver_dir;
	o.state_dir = c->settings.state_dir;
	o.timeout_ms = c->settings.verb_timeout_s * 1000;
	c->jobs = jobs_new(&o);
	ret->keep_processes = true;
	return 0;
}

int
main(void)
{
	struct compute c = { .draining = false };
	const struct role_opts o = { .settings = &eicd_table,
		.values = &c.settings,
		.log_level = &c.settings.log_level,
		.ops = &control_ops,
		.prepare = prepare,
		.ctx = &c };
	int r;

	log_set_name("compute");
	if ((r = role_new(&o, &c.role)) == 0 && (r = role_start(c.role)) == 0 &&
	    (r = serve(&c)) != 0)
		log_error("end", log_e(r));
	jobs_free(c.jobs);
	ipc_free(c.core);
	role_free(c.role);
	return r == 0 ? 0 : 1;
}
