/*
 * spawn: starts a program as a child with exactly the descriptors it is given,
 * an environment of PATH and what is listed, default signals, a session of its
 * own (kill(-pid) reaches what it started), and no way to outlive its parent.
 */
#ifndef PROC_SPAWN_H
#define PROC_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

struct spawn_fd {
	int fd; /* here */
	int as; /* its number in the child, 0..15 */
};

struct spawn_opts {
	const char *path;           /* absolute */
	const char *const *argv;    /* NULL at the end */
	const char *const *env;     /* "NAME=value" beside PATH, NULL at the end;
				     * may be NULL */
	const struct spawn_fd *fds; /* 0, 1 and 2, when not listed, are /dev/null,
				     * /dev/null and our own stderr */
	size_t n_fds;               /* at most 16 */
};

/*
 * The caller keeps its descriptors, and gets a pidfd (close-on-exec) to poll and
 * to close. A program that cannot be executed is ERR_SYS here, not a dead child.
 */
int spawn_run(const struct spawn_opts *o, pid_t *ret_pid, int *ret_pidfd) MUST_CHECK;

/* How a child ended, in words: "exit 1", "signal 9 (SIGKILL)". status: as of waitpid. */
void spawn_ending(int status, char *ret, size_t cap);

/*
 * spawn_run, kill and waitpid as a parameter, so that a test can play the children.
 */
struct spawner {
	int (*run)(void *ctx, const struct spawn_opts *o, pid_t *ret_pid, int *ret_pidfd);
	void (*kill)(void *ctx, pid_t pid, int signal);
	/* True: it has ended, and is gone. wait: until it has. */
	bool (*reap)(void *ctx, pid_t pid, bool wait, int *ret_status);
	void *ctx;
};

/* The real one. */
const struct spawner *spawner_system(void);

int spawner_run(const struct spawner *s, const struct spawn_opts *o, pid_t *ret_pid,
    int *ret_pidfd) MUST_CHECK;
void spawner_kill(const struct spawner *s, pid_t pid, int signal);
bool spawner_reap(const struct spawner *s, pid_t pid, bool wait, int *ret_status);

#endif
