/*
 * supervise: the processes of a daemon, by a table: starting them, joining them with
 * pairs of sockets, starting again what died, reloading, draining them in order.
 * eicd and eic-agent differ in their tables and in nothing else.
 *
 * Each start is the same: the program is run with its control channel (docs/PROTOCOL.md
 * 1.1), gets a channel to each of its peers, its files, the listening sockets if they
 * are its, and the word to go; then it has to say in time that it is ready.
 *
 * What dies is started again, after 50 ms at first, then after twice as long each time
 * up to 5 s, and after 50 ms again once it has lived for 10 s. A process that ends
 * before all of them were ready for the first time ends the daemon: what is wrong then
 * will not be better in five seconds.
 *
 * A generation is all processes that were started together with one configuration. While
 * one serves, another can be started beside it (supervise_renew), with what is installed
 * by then. Until all of the new one are ready the old one serves as if nothing was; if
 * one of the new dies before, the new are ended, and that was that. Then, in this order:
 * what talks to a role that there may be once only (alone) is told of the new one, the
 * old one drains, and when it has ended the new one goes. The rest of the old drains when
 * nobody of its generation needs it. What has connections of others (retires) takes no
 * more of them, is linked with the new, and ends with the last of them.
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
	const char *name; /* in CTL_FILE */
	const char *path; /* opened anew for each start and each reload */
};

/* A role: what is started, how often, and what it is given. */
struct supervise_row {
	enum msg_role role;
	const char *program; /* in libexec_dir */
	unsigned count;      /* processes, numbered from 0; at least 1 */
	bool listeners;      /* each gets all listening sockets */
	bool keep_stdout;    /* each has the standard output of the parent */
	bool alone;          /* a new one goes when no old one runs any more */
	bool retires;        /* an old one is told to retire, not to drain */
	/* Beside `conf`, which all of them get; those without a name are not there. */
	struct supervise_file files[SUPERVISE_FILES_MAX];
};

/* Each process of a has a channel to each process of b in its generation. */
struct supervise_link {
	enum msg_role a, b;
	bool follows; /* a is given a channel to the newest b, whichever its generation */
};

struct supervise_listener {
	int fd; /* stays the caller's */
	char address[SUPERVISE_ADDRESS_BYTES];
};

/* All pointers live on. */
struct supervise_opts {
	struct loop *loop;
	const struct spawner *spawner;
	/* In the order in which they are drained: a row's processes at the same time, the
	 * next row's when they have ended. Reloaded in the opposite order. */
	const struct supervise_row *rows;
	size_t n_rows;
	const struct supervise_link *links;
	size_t n_links;
	/* They start, drain and end as one: when one dies the others are ended, and all are
	 * started anew. None of them can ask for a new channel. */
	bool together;
	int64_t start_ms; /* how long a start may take */
	int64_t drain_ms; /* how long the end of one process may take */
	const char *libexec_dir;
	const char *conf_path; /* for who reads ps */
	struct supervise_listener listeners[SUPERVISE_LISTENERS_MAX];
	size_t n_listeners;
	void (*ready)(void *ctx); /* once: all of them serve */
	/* How supervise_renew went: the new generation is the one that counts from now on, or
	 * it has been given up. NULL: it is never called. */
	void (*renewed)(void *ctx, bool done);
	/* All of them have ended: after supervise_drain (failed: false), or because one
	 * ended before all were ready. */
	void (*ended)(void *ctx, bool failed);
	void *ctx;
};

struct supervise;

/*
 * Starts all of them. conf is the configuration that each is given, now and whenever it
 * is started again, as a file that nobody can change: what stands on the disk by then
 * may be worse. It is copied. ERR_SYS: a program cannot be run, logged.
 */
int supervise_new(const struct supervise_opts *o, struct str conf,
    struct supervise **ret) MUST_CHECK;
void supervise_free(struct supervise *s); /* kills what still runs; NULL is fine */

/*
 * Starts another generation beside the one that serves; how that goes is told by
 * renewed. rows are those of the new one, with the same roles in the same order; they
 * and libexec_dir live on. retire_ms: how long retiring may take, 0: as long as it does.
 * A program that cannot be run is told by renewed(false), perhaps before this returns.
 * ERR_BADSTATE: not all are ready, a change is under way, or draining; nothing has changed.
 */
int supervise_renew(struct supervise *s, const struct supervise_row *rows, const char *libexec_dir,
    struct str conf, uint32_t retire_ms) MUST_CHECK;

/* Gives all that run a new configuration and their files, and the word to take them
 * over; conf as above. While draining nothing happens. */
void supervise_reload(struct supervise *s, struct str conf);
/* Ends them in order; told again, at once. */
void supervise_drain(struct supervise *s);

#endif
