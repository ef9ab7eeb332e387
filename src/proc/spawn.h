/*
 * spawn: starts a program as a child. It has exactly the descriptors that it is given, an
 * environment of PATH and what is listed, default signals, and a session of its own, so that
 * kill(-pid) also reaches what it started. It is killed when its parent dies.
 */
#ifndef PROC_SPAWN_H
#define PROC_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

struct spawn_fd {
	int fd; /* its number here */
	int as; /* its number in the child, 0..15 */
};

struct spawn_opts {
	const char *path;           /* absolute */
	const char *const *argv;    /* NULL at the end */
	const char *const *env;     /* "NAME=value" beside PATH, at most 32, NULL at the end;
				     * may be NULL */
	const struct spawn_fd *fds; /* if 0, 1 or 2 is not listed, it is /dev/null,
				     * /dev/null or our own stderr */
	size_t n_fds;               /* at most 16 */
};

/*
 * Starts the program. The caller keeps its descriptors, and gets a pidfd (close-on-exec) to
 * poll and to close. ERR_SYS, with errno, also when the program cannot be executed.
 */
int spawn_run(const struct spawn_opts *o, pid_t *ret_pid, int *ret_pidfd) MUST_CHECK;

/* Writes how a child ended: "exit 1", "signal 9 (SIGKILL)". status is that of waitpid. */
void spawn_ending(int status, char *ret, size_t cap);

/*
 * spawn_run, kill and waitpid as a parameter, so that children can be simulated.
 */
struct spawner {
	int (*run)(void *ctx, const struct spawn_opts *o, pid_t *ret_pid, int *ret_pidfd);
	void (*kill)(void *ctx, pid_t pid, int signal);
	/* True when the child has ended; it is reaped then. With wait, waits for its end. */
	bool (*reap)(void *ctx, pid_t pid, bool wait, int *ret_status);
	void *ctx;
};

/* The spawner that calls the kernel. */
const struct spawner *spawner_system(void);

int spawner_run(const struct spawner *s, const struct spawn_opts *o, pid_t *ret_pid,
    int *ret_pidfd) MUST_CHECK;
void spawner_kill(const struct spawner *s, pid_t pid, int signal);
bool spawner_reap(const struct spawner *s, pid_t pid, bool wait, int *ret_status);

#endif
