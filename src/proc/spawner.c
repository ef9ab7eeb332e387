/*
 * spawner: the spawner that calls the kernel, and calling any spawner; see spawn.h.
 */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "proc/spawn.h"

static int
run(void *ctx, const struct spawn_opts *o, pid_t *ret_pid, int *ret_pidfd)
{
	(void)ctx;
	return spawn_run(o, ret_pid, ret_pidfd);
}

static void
send_signal(void *ctx, pid_t pid, int signal)
{
	(void)ctx;
	(void)kill(pid, signal);
}

static bool
reap(void *ctx, pid_t pid, bool wait, int *ret_status)
{
	pid_t got;

	(void)ctx;
	do
		got = waitpid(pid, ret_status, wait ? 0 : WNOHANG);
	while (got == -1 && errno == EINTR);
	return got == pid;
}

const struct spawner *
spawner_system(void)
{
	static const struct spawner system_spawner = { run, send_signal, reap, NULL };

	return &system_spawner;
}

int
spawner_run(const struct spawner *s, const struct spawn_opts *o, pid_t *ret_pid, int *ret_pidfd)
{
	return s->run(s->ctx, o, ret_pid, ret_pidfd);
}

void
spawner_kill(const struct spawner *s, pid_t pid, int signal)
{
	s->kill(s->ctx, pid, signal);
}

bool
spawner_reap(const struct spawner *s, pid_t pid, bool wait, int *ret_status)
{
	return s->reap(s->ctx, pid, wait, ret_status);
}
