/*
 * jobs: see jobs.h. A job's end is the end of its program, not of its pipes: a
 * driver starts daemons that may hold them open.
 */
#include "compute/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/queue.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "proc/spawn.h"

#define MAX_STDERR_BYTES 4096
#define INGRESS "instance-ingress"

enum job_state { JOB_WAITING, JOB_RUNNING };

struct job {
	TAILQ_ENTRY(job) link;
	enum job_state state;
	uint64_t number;
	char *id;
	char *path;
	char *argv[2 + 2 * VERB_MAX_OPTIONS + 1];
	pid_t pid;
	int pidfd, out_fd, err_fd;
	bool timed_out;
	bool orphan; /* nobody wants to hear of it */
	int64_t deadline_ms;
	struct buf out, err;
};

TAILQ_HEAD(job_list, job);

struct jobs {
	struct jobs_opts o;
	char *env;
	struct job_list list; /* in the order of arrival */
	size_t n_waiting, n_running;
};

struct jobs *
jobs_new(const struct jobs_opts *o)
{
	struct jobs *j = xalloc(sizeof(*j));
	struct buf env;

	j->o = *o;
	TAILQ_INIT(&j->list);
	buf_init(&env, 4096);
	buf_c(&env, "EIC_STATE_DIR=");
	buf_c(&env, o->state_dir);
	j->env = buf_take(&env, NULL);
	return j;
}

static void
job_free(struct job *job)
{
	size_t i;

	if (job->pidfd != -1) {
		(void)kill(-job->pid, SIGKILL);
		(void)waitid(P_PIDFD, (id_t)job->pidfd, &(siginfo_t){ 0 }, WEXITED);
		close(job->pidfd);
	}
	if (job->out_fd != -1)
		close(job->out_fd);
	if (job->err_fd != -1)
		close(job->err_fd);
	for (i = 0; job->argv[i] != NULL; i++)
		xfree(job->argv[i]);
	xfree(job->id);
	xfree(job->path);
	buf_release(&job->out);
	buf_release(&job->err);
	xfree(job);
}

void
jobs_free(struct jobs *j)
{
	struct job *job;

	if (j == NULL)
		return;
	while ((job = TAILQ_FIRST(&j->list)) != NULL) {
		TAILQ_REMOVE(&j->list, job, link);
		job_free(job);
	}
	xfree(j->env);
	xfree(j);
}

void
jobs_orphan(struct jobs *j)
{
	struct job *job;

	TAILQ_FOREACH(job, &j->list, link)
		job->orphan = true;
}

void
jobs_set_timeout(struct jobs *j, int64_t timeout_ms)
{
	j->o.timeout_ms = timeout_ms;
}

bool
jobs_busy(const struct jobs *j)
{
	return !TAILQ_EMPTY(&j->list);
}

static char *
text(const char *a, const char *b, struct str c)
{
	struct buf t;

	buf_init(&t, 1 << 16);
	buf_c(&t, a);
	buf_c(&t, b);
	buf_str(&t, c);
	return buf_take(&t, NULL);
}

static struct job *
job_new(const struct jobs *j, uint64_t number, struct str verb, const struct verb_option *options,
    size_t n, struct str id)
{
	struct job *job = xalloc(sizeof(*job));
	size_t i, a = 0;

	job->state = JOB_WAITING;
	job->number = number;
	job->pidfd = job->out_fd = job->err_fd = -1;
	buf_init(&job->out, JOBS_MAX_OUTPUT_BYTES);
	buf_init(&job->err, 2 * MAX_STDERR_BYTES);
	job->id = str_dup(id);
	job->path = text(j->o.driver_dir, "/", verb);
	job->argv[a++] = str_dup(verb);
	for (i = 0; i < n; i++) {
		job->argv[a++] = text("--", "", options[i].name);
		job->argv[a++] = str_dup(options[i].value);
	}
	return job;
}

static void
refuse(struct jobs *j, uint64_t number, const char *reason)
{
	const struct jobs_result res = { .job = number,
		.status = JOBS_STATUS_NOT_STARTED,
		.reason = str_of(reason) };

	j->o.done(j->o.ctx, &res);
}

static int
pipe_new(int ret[static 2])
{
	if (pipe2(ret, O_CLOEXEC) == -1)
		return ERR_SYS;
	/* Ours alone must not block: the driver writes to an ordinary pipe. */
	if (fcntl(ret[0], F_SETFL, O_NONBLOCK) == -1) {
		close(ret[0]);
		close(ret[1]);
		ret[0] = ret[1] = -1;
		return ERR_SYS;
	}
	return 0;
}

static int
job_start(struct jobs *j, struct job *job)
{
	int out[2] = { -1, -1 }, err[2] = { -1, -1 };
	const char *env[] = { j->env, NULL };
	struct spawn_fd fds[2];
	struct spawn_opts o = { .path = job->path,
		.argv = (const char *const *)job->argv,
		.env = env,
		.fds = fds,
		.n_fds = 2 };
	int r;

	if ((r = pipe_new(out)) != 0 || (r = pipe_new(err)) != 0)
		goto out;
	fds[0] = (struct spawn_fd){ .fd = out[1], .as = 1 };
	fds[1] = (struct spawn_fd){ .fd = err[1], .as = 2 };
	if ((r = spawn_run(&o, &job->pid, &job->pidfd)) != 0)
		goto out;
	job->out_fd = out[0];
	job->err_fd = err[0];
	out[0] = err[0] = -1;
	job->deadline_ms = clock_boot_ms(j->o.clock) + j->o.timeout_ms;
	job->state = JOB_RUNNING;
out:
	if (out[0] != -1)
		close(out[0]);
	if (out[1] != -1)
		close(out[1]);
	if (err[0] != -1)
		close(err[0]);
	if (err[1] != -1)
		close(err[1]);
	return r;
}

/* An earlier job for the same id that has not ended? */
static bool
must_wait(const struct jobs *j, const struct job *job)
{
	const struct job *other;

	TAILQ_FOREACH(other, &j->list, link) {
		if (other == job)
			return false;
		if (strcmp(other->id, job->id) == 0)
			return true;
	}
	return false;
}

static void
start_what_may(struct jobs *j)
{
	struct job *job, *next;

	for (job = TAILQ_FIRST(&j->list); job != NULL && j->n_running < j->o.max_running;
	     job = next) {
		next = TAILQ_NEXT(job, link);
		if (job->state != JOB_WAITING || must_wait(j, job))
			continue;
		j->n_waiting--;
		if (job_start(j, job) == 0) {
			j->n_running++;
			continue;
		}
		TAILQ_REMOVE(&j->list, job, link);
		if (!job->orphan)
			refuse(j, job->number, strerror(errno));
		job_free(job);
	}
}

/* The youngest job for an id; NULL: none. */
static struct job *
last_of(const struct jobs *j, struct str id)
{
	struct job *job;

	TAILQ_FOREACH_REVERSE(job, &j->list, job_list, link)
	if (str_eq_c(id, job->id))
		return job;
	return NULL;
}

/* Every start of an instance sends its neighbours' ingress anew: without this
 * the jobs of n starts would be n * n. */
static void
supersede(struct jobs *j, struct str verb, struct str id)
{
	struct jobs_result res = { .reason = STR("superseded") };
	struct job *job = last_of(j, id);

	if (!str_eq_c(verb, INGRESS) || job == NULL || job->state != JOB_WAITING ||
	    strcmp(job->argv[0], INGRESS) != 0)
		return;
	TAILQ_REMOVE(&j->list, job, link);
	j->n_waiting--;
	res.job = job->number;
	if (!job->orphan)
		j->o.done(j->o.ctx, &res);
	job_free(job);
}

void
jobs_submit(struct jobs *j, uint64_t number, struct str verb, const struct verb_option *options,
    size_t n)
{
	struct errinfo ei = { "" };
	struct job *job;
	struct str id;

	if (n > VERB_MAX_OPTIONS || verb_check(verb, options, n, &id, &ei) != 0) {
		refuse(j, number, ei.text[0] != '\0' ? ei.text : "too many options");
		return;
	}
	supersede(j, verb, id);
	if (j->n_waiting >= JOBS_MAX_WAITING) {
		refuse(j, number, "too many jobs wait");
		return;
	}
	job = job_new(j, number, verb, options, n, id);
	TAILQ_INSERT_TAIL(&j->list, job, link);
	j->n_waiting++;
	start_what_may(j);
}

size_t
jobs_poll_fill(const struct jobs *j, struct pollfd *fds, size_t max)
{
	const struct job *job;
	size_t n = 0;

	TAILQ_FOREACH(job, &j->list, link) {
		if (job->state != JOB_RUNNING || n + 3 > max)
			continue;
		fds[n++] = (struct pollfd){ .fd = job->pidfd, .events = POLLIN };
		fds[n++] = (struct pollfd){ .fd = job->out_fd, .events = POLLIN };
		fds[n++] = (struct pollfd){ .fd = job->err_fd, .events = POLLIN };
	}
	return n;
}

int
jobs_poll_ms(const struct jobs *j)
{
	int64_t now = clock_boot_ms(j->o.clock), left = -1;
	const struct job *job;

	TAILQ_FOREACH(job, &j->list, link) {
		if (job->state != JOB_RUNNING)
			continue;
		if (left == -1 || job->deadline_ms - now < left)
			left = job->deadline_ms > now ? job->deadline_ms - now : 0;
	}
	return left > 60000 ? 60000 : (int)left;
}

/* Reads what is there. Closes *fd at the end of file. */
static void
pipe_read(int *fd, struct buf *b, bool keep_end)
{
	char chunk[4096];
	ssize_t n;
	int turn;

	/* So many turns that one noisy program cannot hold up the others. */
	for (turn = 0; turn < 32 && *fd != -1; turn++) {
		n = read(*fd, chunk, sizeof(chunk));
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			close(*fd);
			*fd = -1;
			return;
		}
		if (keep_end && b->n + (size_t)n > 2 * MAX_STDERR_BYTES)
			buf_drop(b, b->n < (size_t)n ? b->n : (size_t)n);
		if (!keep_end && (size_t)n > JOBS_MAX_OUTPUT_BYTES - b->n)
			n = (ssize_t)(JOBS_MAX_OUTPUT_BYTES - b->n);
		buf_add(b, chunk, (size_t)n);
	}
}

static struct str
last_line(struct str s)
{
	size_t i;

	s = str_trim(s);
	for (i = s.n; i > 0 && s.p[i - 1] != '\n'; i--)
		;
	return str_head(str_from(s, i), JOBS_MAX_REASON_BYTES);
}

/* Whether its program ended; status as reported. */
static bool
job_ended(struct job *job, uint32_t *ret_status)
{
	siginfo_t si = { 0 };

	if (waitid(P_PIDFD, (id_t)job->pidfd, &si, WEXITED | WNOHANG) == -1 || si.si_pid == 0)
		return false;
	close(job->pidfd);
	job->pidfd = -1;
	if (job->timed_out)
		*ret_status = JOBS_STATUS_TIMEOUT;
	else if (si.si_code == CLD_EXITED)
		*ret_status = (uint32_t)si.si_status & 0xff;
	else
		*ret_status = 128 + ((uint32_t)si.si_status & 0x7f);
	return true;
}

static void
job_report(struct jobs *j, struct job *job, uint32_t status)
{
	struct jobs_result res = { .job = job->number, .status = status };

	pipe_read(&job->out_fd, &job->out, false);
	pipe_read(&job->err_fd, &job->err, true);
	res.output = buf_view(&job->out);
	res.reason =
	    status == JOBS_STATUS_TIMEOUT ? STR("took too long") : last_line(buf_view(&job->err));
	TAILQ_REMOVE(&j->list, job, link);
	j->n_running--;
	if (!job->orphan)
		j->o.done(j->o.ctx, &res);
	job_free(job);
}

void
jobs_step(struct jobs *j)
{
	int64_t now = clock_boot_ms(j->o.clock);
	struct job *job, *next;
	uint32_t status;

	for (job = TAILQ_FIRST(&j->list); job != NULL; job = next) {
		next = TAILQ_NEXT(job, link);
		if (job->state != JOB_RUNNING)
			continue;
		pipe_read(&job->out_fd, &job->out, false);
		pipe_read(&job->err_fd, &job->err, true);
		if (now >= job->deadline_ms && !job->timed_out) {
			job->timed_out = true;
			/* What it started and did not set free goes with it. */
			(void)kill(-job->pid, SIGKILL);
		}
		if (job_ended(job, &status))
			job_report(j, job, status);
	}
	start_what_may(j);
}
