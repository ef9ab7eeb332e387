/*
 * child: one process of a role, as its parent sees it. It is spawned with a control channel,
 * gets messages on it, is watched, and is killed when it does not start or end in time.
 * proc/supervise decides when it starts and ends.
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
	CHILD_DOWN,     /* does not run, and will be started (again) */
	CHILD_STARTING, /* runs, and has to say within start_ms that it is ready */
	CHILD_UP,       /* serves */
	CHILD_DRAINING, /* finishes its work, and has to end within drain_ms */
	CHILD_GONE,     /* has ended, and is not started again */
};

struct child;

/* What happens to a child. The loop calls these. */
struct child_events {
	/* It serves from now on: its state was CHILD_STARTING and is CHILD_UP. */
	void (*ready)(void *ctx, struct child *c);
	/* It asks for a new channel to the process of this role and number. If this returns an
	 * error, as it may not ask for that one, it is killed. */
	int (*rejoin)(void *ctx, struct child *c, enum msg_role role, uint16_t number);
	/* It asks for a file of this name to be replaced. If this returns an error, as it has no
	 * such file, it is killed. */
	int (*keep)(void *ctx, struct child *c, struct str name, struct str bytes);
	/* It has ended; how is the text of spawn_ending. Its state is still the one in which it
	 * ended, and this function sets the next. */
	void (*ended)(void *ctx, struct child *c, const char *how);
};

struct child_opts {
	struct loop *loop;
	const struct spawner *spawner;
	const struct child_events *events;
	void *ctx;
	const char *libexec_dir; /* directory of the programs */
	const char *conf_path;   /* in its arguments, for people who read ps; it is not opened */
	int64_t start_ms;        /* how long a start may take */
	int64_t drain_ms;        /* how long draining may take */
};

struct child {
	const struct child_opts *o;
	enum msg_role role;
	const char *program;
	uint16_t number;
	bool keep_stdout; /* it has the standard output of the parent */
	char name[CHILD_NAME_BYTES];

	enum child_state state;
	pid_t pid; /* valid while it runs, and while ended is called */
	int pidfd;
	struct ipc *control;
	struct loop_fd watch_end, watch_control;
	struct loop_timer deadline;
};

/* Makes a child in CHILD_DOWN. o and program must outlive it. Its name is that of the program,
 * followed by ".NUMBER" unless the number is 0. */
void child_init(struct child *c, const struct child_opts *o, enum msg_role role,
    const char *program, uint16_t number);
/* Kills it if it runs, waits for its end, and frees everything. ended is not called. */
void child_release(struct child *c);

/* True in CHILD_STARTING, CHILD_UP and CHILD_DRAINING. */
bool child_runs(const struct child *c);

/* Starts the program of a child in CHILD_DOWN, which becomes CHILD_STARTING. On ERR_SYS, which
 * is logged, it stays CHILD_DOWN. */
int child_spawn(struct child *c) MUST_CHECK;
/* Tells a child that runs to finish; it becomes CHILD_DRAINING. */
void child_drain(struct child *c);
/* Kills a child that runs; why is for the log. ended is called when it has ended. */
void child_kill(struct child *c, const char *why);

/*
 * Call this with the result r of each control_send_* to the child. If it does not take messages
 * any more, it is killed. After ERR_CLOSED its end will be told anyway.
 */
void child_sent(struct child *c, int r);
/* True when it has taken all messages that were sent; if not, it is killed. */
bool child_reads(struct child *c);

#endif
