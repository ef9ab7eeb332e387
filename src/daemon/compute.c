/*
 * compute: the process that runs the driver's programs, as root. It takes
 * commands from core alone, one message type, each checked against the table
 * of compute/verb before anything is run.
 */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/log.h"
#include "compute/jobs.h"
#include "proc/control.h"
#include "proc/drop.h"
#include "proc/file.h"
#include "settings/eicd.h"

#define GO_TIMEOUT_MS 30000
#define QUEUE_BYTES (64u << 20)
#define MAX_RUNNING 8
#define MAX_NAME_BYTES 64
#define MAX_VALUE_BYTES 32768

struct compute {
	struct eicd_settings settings, next_settings;
	bool have_next_settings;
	struct control *control;
	struct ipc *core; /* NULL: none at the moment */
	uint16_t core_number;
	struct jobs *jobs;
	bool draining;
};

/* ---- core ---- */

/* 0, or why compute must end. */
static int
core_close(struct compute *c, int r)
{
	log_warn("core-lost", log_e(r));
	ipc_free(c->core);
	c->core = NULL;
	return r == ERR_CLOSED ? 0 : control_rejoin(c->control, ROLE_CORE, c->core_number);
}

/* An outcome that nobody is there to hear is dropped: core asks again. */
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

/* As core_close. */
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
	/* A new core counts its jobs from the start: an old one's end is not its. */
	jobs_orphan(c->jobs);
	c->core = ipc_new(fd, true, QUEUE_BYTES);
	c->core_number = number;
	return 0;
}

static int
on_file(void *ctx, struct str name, int fd)
{
	struct errinfo ei = { "" };
	struct compute *c = ctx;
	struct buf text;
	int r;

	if (!str_eq_c(name, "conf")) {
		close(fd);
		return ERR_PEER;
	}
	buf_init(&text, SETTINGS_MAX_FILE_BYTES);
	if ((r = file_read_fd(fd, &text)) == 0)
		r = settings_parse(&eicd_table, "conf", buf_view(&text), &c->next_settings, &ei);
	close(fd);
	buf_release(&text);
	c->have_next_settings = r == 0;
	if (r != 0)
		log_error("reload", log_e(r), log_c("why", ei.text));
	return 0;
}

static void
on_reload(void *ctx)
{
	struct compute *c = ctx;
	struct buf ignored;

	if (!c->have_next_settings)
		return;
	buf_init(&ignored, 4096);
	settings_adopt(&eicd_table, &c->settings, &c->next_settings, &ignored);
	buf_release(&ignored);
	log_set_level((enum log_level)c->settings.log_level);
	jobs_set_timeout(c->jobs, c->settings.verb_timeout_s * 1000);
	c->have_next_settings = false;
}

static void
on_drain(void *ctx)
{
	((struct compute *)ctx)->draining = true;
}

static const struct control_ops control_ops = {
	.peer = on_peer,
	.file = on_file,
	.reload = on_reload,
	.drain = on_drain,
};

/* ---- serving ---- */

/* 0, or why compute must end. */
static int
serve_once(struct compute *c)
{
	struct pollfd fds[2 + 3 * MAX_RUNNING] = {
		{ .fd = control_fd(c->control), .events = POLLIN },
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
	/* Last: it may replace the channel that was looked at above. */
	return fds[0].revents != 0 ? control_read(c->control) : 0;
}

/* Until the parent is gone or wants us gone, and no verb is left half done. */
static int
serve(struct compute *c)
{
	int r = 0;

	while (r == 0 && !(c->draining && !jobs_busy(c->jobs)))
		r = serve_once(c);
	return r == ERR_CLOSED ? 0 : r;
}

static int
start(struct compute *c, const char *conf, struct errinfo *ei)
{
	const struct drop_opts keep = { .keep_processes = true };
	struct jobs_opts o = { .max_running = MAX_RUNNING,
		.clock = clock_system(),
		.done = on_job_done,
		.ctx = c };
	int r;

	if ((r = settings_load(&eicd_table, conf, &c->settings, ei)) != 0)
		return r;
	log_set_level((enum log_level)c->settings.log_level);
	o.driver_dir = c->settings.driver_dir;
	o.state_dir = c->settings.state_dir;
	o.timeout_ms = c->settings.verb_timeout_s * 1000;
	c->jobs = jobs_new(&o);
	if ((r = control_new(CONTROL_FD, &control_ops, c, &c->control)) != 0 ||
	    (r = control_wait_go(c->control, GO_TIMEOUT_MS)) != 0 ||
	    (r = drop_privileges(&keep, ei)) != 0)
		return r;
	return control_ready(c->control);
}

int
main(int argc, char **argv)
{
	struct compute c = { .draining = false };
	struct errinfo ei = { "" };
	int r;

	log_set_name("compute");
	if (argc != 3 || strcmp(argv[1], "-c") != 0) {
		fprintf(stderr, "usage: eicd-compute -c FILE (started by eicd)\n");
		return 2;
	}
	if ((r = start(&c, argv[2], &ei)) != 0)
		log_error("start", log_e(r), log_c("why", ei.text));
	else if ((r = serve(&c)) != 0)
		log_error("end", log_e(r));
	jobs_free(c.jobs);
	ipc_free(c.core);
	control_free(c.control);
	return r == 0 ? 0 : 1;
}
