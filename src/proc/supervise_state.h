/*
 * supervise_state: what supervise.c and supervise_renew.c share. No other file includes it.
 */
#ifndef PROC_SUPERVISE_STATE_H
#define PROC_SUPERVISE_STATE_H

#include "base/arena.h"
#include "base/buf.h"
#include "proc/child.h"
#include "proc/handed.h"
#include "proc/supervise.h"

/* The processes that were started together, and what they were started with. */
struct generation {
	struct arena *arena; /* of rows and child.libexec_dir */
	const struct supervise_row *rows;
	struct child_opts child;
	struct buf conf;
	struct handed *files;
};

struct unit {
	struct supervise *s;
	struct loop_timer again; /* when set, the unit is down and will be started then */
	int64_t started_ms, backoff_ms;
	size_t members;
	bool ending; /* one process has died, and the others have been killed */
};

/* A child, and what supervise knows about it. */
struct member {
	struct child child;
	const struct supervise_row *row;
	struct generation *generation;
	struct unit *unit;
	unsigned set; /* of files that it was started with (handed.h) */
	bool ready;   /* it has been, since it was spawned */
	bool fresh;   /* spawned, but CTL_GO has not been sent */
	bool held;    /* CTL_GO must wait until an old one has ended */
};

struct link {
	struct supervise *s;
	struct member *a, *b;
	bool follows;
	bool early;               /* the channel was made while b was held */
	struct loop_timer rejoin; /* when set, one end has asked for a new channel */
};

struct supervise {
	struct supervise_opts o;
	struct generation *current, *next; /* next: one that is not ready yet, or NULL */
	/* the members of all generations, the oldest first */
	struct member **members;
	struct link **links;
	size_t n_members, cap_members, n_links, cap_links;
	uint32_t retire_ms;
	int64_t kept_ms; /* when a file was replaced last; 0: never */
	bool was_ready, renewing, draining, failed;
};

/* ---- supervise.c ---- */

/* Makes a new channel between the ends of a link, which both run. */
void supervise_join(struct link *k);
/* Connects processes that have just been spawned with their peers, and sends them what they
 * need and CTL_GO. */
void supervise_launch(struct supervise *s);
/* Frees the members in CHILD_GONE, and their links. */
void supervise_sweep(struct supervise *s);

/* ---- supervise_renew.c ---- */

/* All processes of s->next that can run beside s->current serve: it counts from now on. */
void renew_commit(struct supervise *s);
/* Gives s->next up. */
void renew_abandon(struct supervise *s);
/* A process of another generation than s->current has ended; how is for the log. */
void renew_ended(struct supervise *s, struct member *m, const char *how);

#endif
