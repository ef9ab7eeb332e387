/*
 * supervise: the processes of a daemon, by a table: starting them, connecting them with pairs
 * of sockets, starting again those that died, reloading, and draining them in order. eicd and
 * eic-agent have different tables and share everything else.
 *
 * Each start is the same: the program is run with its control channel (docs/PROTOCOL.md 1.1)
 * and is sent a channel to each of its peers, its files, the listening sockets if its row says
 * so, and CTL_GO. Then it has to say in time that it is ready.
 *
 * What a process is started again with is what the daemon accepted, never what lies on disk by
 * then: the configuration, and the files of handed.h.
 *
 * A process that dies is started again after 50 ms, then after twice as long each time up to
 * 5 s, and after 50 ms again once it has lived for 10 s. If one ends before all were ready for
 * the first time, the daemon ends: waiting would not help then.
 *
 * A generation is all processes that were started together with one configuration. While one
 * serves, another can be started beside it (supervise_renew), with the programs that are
 * installed then. The old generation serves as before until all of the new one are ready that
 * can run beside it; if one of the new ones dies before, the new generation is ended. After
 * that the new generation counts. A role that may run only once (`alone`) changes over like
 * this: its peers get a channel to the new process, the old process is drained, and when it has
 * ended, the new one gets CTL_GO. Processes that serve connections (`retires`) accept no more,
 * and end with their last connection. All others of the old generation are drained when no
 * process of their generation can ask them any more.
 */
#ifndef PROC_SUPERVISE_H
#define PROC_SUPERVISE_H

#include "base/str.h"
#include "ipc/msg.h"
#include "net/loop.h"
#include "proc/spawn.h"

#define SUPERVISE_FILES_MAX 4
#define SUPERVISE_LISTENERS_MAX 16
#define SUPERVISE_ADDRESS_BYTES 64

struct supervise_file {
	const char *name; /* in CTL_FILE; NULL: no file */
	const char *path; /* read at the start of a generation and at each reload (handed.h) */
	bool secret;      /* it has to belong to root, and nobody else may read it */
	bool kept;        /* it may be missing, and the role may have it replaced (control_keep) */
	bool revocable;   /* one that is missing is an empty one; no start fails for its text */
};

/* A role: the program, how many processes of it run, and what each is given. */
struct supervise_row {
	enum msg_role role;
	const char *program; /* in libexec_dir */
	unsigned count;      /* number of processes, at least 1 */
	bool listeners;      /* each gets all listening sockets */
	bool keep_stdout;    /* each has the standard output of the parent */
	bool alone;          /* a new one gets CTL_GO when no old one runs any more */
	bool retires;        /* old ones get CTL_RETIRE, not CTL_DRAIN */
	/* The files that each gets beside `conf`. */
	struct supervise_file files[SUPERVISE_FILES_MAX];
};

/* Each process of role a has a channel to each process of role b in its generation. */
struct supervise_link {
	enum msg_role a, b;
	bool follows; /* a also gets channels to b of the generation before or after */
};

struct supervise_listener {
	int fd; /* stays the caller's */
	char address[SUPERVISE_ADDRESS_BYTES];
};

/* rows and libexec_dir are copied. Everything else that this points to outlives the supervise. */
struct supervise_opts {
	struct loop *loop;
	const struct spawner *spawner;
	/* In the order of draining: all processes of a row at the same time, and those of the
	 * next row when they have ended. Reloading goes in the opposite order. */
	const struct supervise_row *rows;
	size_t n_rows;
	const struct supervise_link *links;
	size_t n_links;
	/* The processes start, drain and end as one: when one dies the others are killed, and
	 * all are started again. None of them may ask for a new channel. */
	bool together;
	int64_t start_ms; /* how long a start may take */
	int64_t drain_ms; /* how long draining may take, for each process */
	const char *libexec_dir;
	const char *conf_path; /* see child.h */
	struct supervise_listener listeners[SUPERVISE_LISTENERS_MAX];
	size_t n_listeners;
	void (*ready)(void *ctx); /* called once, when all processes serve */
	/* The result of supervise_renew: the new generation counts from now on (true), or has
	 * been given up. It may call supervise_reload. May be NULL when supervise_renew is not
	 * called. */
	void (*renewed)(void *ctx, bool done);
	/* All processes have ended: after supervise_drain (failed is false), or because one
	 * ended before all were ready. */
	void (*ended)(void *ctx, bool failed);
	void *ctx;
};

struct supervise;

/*
 * Starts all processes. Each gets conf, the configuration, now and whenever it is started
 * again, as a file that no process can change; the file on disk may have become bad by then.
 * conf is copied. ERR_SYS when a program cannot be run, which is logged.
 */
int supervise_new(const struct supervise_opts *o, struct str conf,
    struct supervise **ret) MUST_CHECK;
void supervise_free(struct supervise *s); /* kills what still runs; NULL is fine */

/*
 * Starts another generation beside the one that serves; o.renewed tells the result, perhaps
 * before this returns. rows are those of the new generation, with the same roles in the same
 * order; they and libexec_dir are copied, as its processes may run long after it is given up
 * or replaced. retire_ms is how long retiring may take (0: no limit). ERR_BADSTATE, with
 * nothing changed, when not all processes are ready, another change is under way, or it is
 * draining.
 */
int supervise_renew(struct supervise *s, const struct supervise_row *rows, const char *libexec_dir,
    struct str conf, uint32_t retire_ms) MUST_CHECK;

/* Sends all processes of the present generation the configuration conf, their files and
 * CTL_RELOAD; conf is as above. Does nothing while draining. */
void supervise_reload(struct supervise *s, struct str conf);
/* Drains all processes in order. When it is called again, they are killed. */
void supervise_drain(struct supervise *s);

#endif
