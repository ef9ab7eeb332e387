/*
 * child: one process of a role, as its parent sees it: it is spawned with a control
 * channel, told things on it, watched, and killed when it does not do in time what
 * it was told. When it is started and ended is decided by proc/supervise.
 */
#ifndef PROC_CHILD_H
#define PROC_CHILD_H

#include "ipc/ipc.h"
#include "ipc/msg.h"
#include "net/loop.h"
#include "proc/spawn.h"

#define CHILD_NAME_BYTES 48
#define CHILD_PATH_BYTES 256

enum child_state {
	CHILD_DOWN,     /* does not run, and is to be started (again) */
	CHILD_STARTING, /* runs, and has to say in time that it is ready */
	CHILD_UP,       /* serves */
	CHILD_DRAINING, /* finishes what it has, and has to end in time */
	CHILD_GONE,     /* has ended, and is not started again */
};

struct child;

/* What happens to a child, told from the loop. */
struct child_events {
	/* It serves from now on: it was CHILD_STARTING and is CHILD_UP. */
	void (*ready)(void *ctx, struct child *c);
	/* It asks for a new channel to that process. ERR_PEER: it may not, and is killed. */
	int (*rejoin)(void *ctx, struct child *c, enum msg_role role, uint16_t number);
	/* It has ended, in the words of spawn_ending. It does not run any more, and its
	 * state is still the one in which it ended: the callee sets the next. */
	void (*ended)(void *ctx, struct child *c, const char *how);
};

struct child_opts {
	struct loop *loop;
	const struct spawner *spawner;
	const struct child_events *events;
	void *ctx;
	const char *libexec_dir; /* directory of the programs */
	const char *conf_path;   /* for who reads ps; the role does not open it */
	int64_t start_ms;        /* how long a start may take */
	int64_t drain_ms;        /* how long the end may take */
};

struct child {
	const struct child_opts *o; /* of all of them */
	enum msg_role role;
	const char *program;
	uint16_t number;
	bool keep_stdout; /* its standard output is the parent's */
	char name[CHILD_NAME_BYTES];

	enum child_state state;
	pid_t pid; /* valid while it runs */
	int pidfd;
	struct ipc *control;
	struct loop_fd watch_end, watch_control;
	struct loop_timer deadline;
};

/* o and program live on. The child is CHILD_DOWN. Its name is that of the program,
 * with ".number" behind it from 1 on. */
void child_init(struct child *c, const struct child_opts *o, enum msg_role role,
    const char *program, uint16_t number);
/* Kills what runs, without a call of ended. */
void child_release(struct child *c);

/* CHILD_STARTING, CHILD_UP or CHILD_DRAINING. */
bool child_runs(const struct child *c);

/* Starts its program: CHILD_DOWN becomes CHILD_STARTING. ERR_SYS, logged: then it is
 * CHILD_DOWN as before. */
int child_spawn(struct child *c) MUST_CHECK;
/* Tells it to finish: CHILD_DRAINING. It runs. */
void child_drain(struct child *c);
/* Ends it at once; why is for the log. Its end is told by ended. */
void child_kill(struct child *c, const char *why);

/*
 * The outcome r of a control_send_* to it. One that cannot be told things does not
 * read its channel, and is killed; ERR_CLOSED is followed by its end anyway.
 */
void child_sent(struct child *c, int r);
/* Whether it has read all that it was told; if not, it is killed. */
bool child_reads(struct child *c);

#endif
