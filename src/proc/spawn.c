/*
 * spawn: fork and exec; see spawn.h. Between the two, the child makes only async-signal-safe
 * calls. It reports a failure through a pipe, which exec closes.
 */
#include "proc/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"

#define CHILD_FDS 16
#define HIGH_FD 64
#define ENV_MAX 32

static const char path_env[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/* Makes the environment of PATH and env. The caller frees the array, not the texts. */
static char **
environment(const char *const *env)
{
	char **all = xarray(ENV_MAX + 2, sizeof(char *));
	size_t n = 0;

	all[n++] = (char *)(uintptr_t)path_env;
	while (env != NULL && *env != NULL && n <= ENV_MAX)
		all[n++] = (char *)(uintptr_t)*env++;
	return all;
}

/* Puts the wanted descriptors at their numbers, and closes all others at exec. */
static int
place_fds(const struct spawn_opts *o)
{
	int at[CHILD_FDS], null_fd, fd;
	size_t i;

	for (fd = 0; fd < CHILD_FDS; fd++)
		at[fd] = -1;
	/* First move them out of the way, so that none is overwritten before its turn. */
	for (i = 0; i < o->n_fds; i++)
		if ((at[o->fds[i].as] = fcntl(o->fds[i].fd, F_DUPFD_CLOEXEC, HIGH_FD)) == -1)
			return -1;
	if ((null_fd = open("/dev/null", O_RDWR | O_CLOEXEC)) == -1)
		return -1;
	for (fd = 0; fd < 2; fd++)
		if (at[fd] == -1 && (at[fd] = fcntl(null_fd, F_DUPFD_CLOEXEC, HIGH_FD)) == -1)
			return -1;
	if (at[2] == -1 && (at[2] = fcntl(2, F_DUPFD_CLOEXEC, HIGH_FD)) == -1)
		return -1;
	for (fd = 0; fd < CHILD_FDS; fd++) {
		if (at[fd] == -1)
			(void)close(fd);
		else if (dup2(at[fd], fd) == -1)
			return -1;
	}
	return close_range(CHILD_FDS, ~0U, CLOSE_RANGE_CLOEXEC);
}

static int
default_signals(void)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t none;
	int s;

	for (s = 1; s < NSIG; s++)
		if (s != SIGKILL && s != SIGSTOP)
			(void)sigaction(s, &dfl, NULL);
	sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL);
}

_Noreturn static void
child(const struct spawn_opts *o, char *const *env, pid_t parent, int tell)
{
	int e;

	/* getppid: the parent may have died before PR_SET_PDEATHSIG was set. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent && setsid() != -1 &&
	    (tell = fcntl(tell, F_DUPFD_CLOEXEC, HIGH_FD)) != -1 && place_fds(o) == 0 &&
	    default_signals() == 0)
		(void)execve(o->path, (char *const *)(uintptr_t)o->argv, env);
	e = errno;
	(void)!write(tell, &e, sizeof(e));
	_exit(127);
}

/* Returns 0 when the child runs its program, else the errno of its failure. */
static int
wait_for_exec(int listen)
{
	int e = 0;
	ssize_t n;

	do
		n = read(listen, &e, sizeof(e));
	while (n == -1 && errno == EINTR);
	return n == (ssize_t)sizeof(e) ? e : 0;
}

int
spawn_run(const struct spawn_opts *o, pid_t *ret_pid, int *ret_pidfd)
{
	int e = 0, pidfd = -1, tell[2] = { -1, -1 };
	pid_t pid = -1, self = getpid();
	char **env = environment(o->env);
	size_t i;

	for (i = 0; i < o->n_fds; i++)
		if (o->fds[i].as < 0 || o->fds[i].as >= CHILD_FDS)
			abort();
	if (pipe2(tell, O_CLOEXEC) != 0 || (pid = fork()) == -1) {
		e = errno;
		goto out;
	}
	if (pid == 0)
		child(o, env, self, tell[1]);
	close(tell[1]);
	tell[1] = -1;
	e = wait_for_exec(tell[0]);
	if (e == 0 && (pidfd = pidfd_open(pid, 0)) == -1)
		e = errno;
	if (e != 0) {
		(void)kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
			;
		goto out;
	}
	*ret_pid = pid;
	*ret_pidfd = pidfd;
out:
	if (tell[0] != -1)
		close(tell[0]);
	if (tell[1] != -1)
		close(tell[1]);
	xfree(env);
	errno = e;
	return e != 0 ? ERR_SYS : 0;
}

void
spawn_ending(int status, char *ret, size_t cap)
{
	if (WIFSIGNALED(status))
		snprintf(ret, cap, "signal %d (SIG%s)", WTERMSIG(status),
		    sigabbrev_np(WTERMSIG(status)) != NULL ? sigabbrev_np(WTERMSIG(status)) : "?");
	else
		snprintf(ret, cap, "exit %d", WEXITSTATUS(status));
}
