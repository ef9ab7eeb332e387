/*
 * supervise_state: what supervise.c and supervise_renew.c share; for nobody else.
 */
#ifndef PROC_SUPERVISE_STATE_H
#define PROC_SUPERVISE_STATE_H

#include "base/buf.h"
#include "proc/child.h"
#include "proc/supervise.h"

/* All that were started together, and with what. */
struct generation {
	const struct supervise_row *rows;
	struct child_opts child;
	struct buf conf;
};

struct unit {
	struct supervise *s;
	struct loop_timer again; /* set: it does not run, and is started then */
	int64_t started_ms, backoff_ms;
	size_t members;
	bool ending; /* one of it has died, and the others have been killed */
};

/* A child and what supervise knows of it. */
struct member {
	struct child child;
	const struct supervise_row *row;
	struct generation *generation;
	struct unit *unit;
	bool fresh; /* spawned, and not told to go yet */
	bool held;  /* not to be told to go before an old one has ended */
};

struct link {
	struct supervise *s;
	struct member *a, *b;
	bool follows;
	bool early;               /* joined while b was held */
	struct loop_timer rejoin; /* set: one of them asked for a new channel */
};

struct supervise {
	struct supervise_opts o;
	struct generation *current, *next; /* next: not ready yet; NULL: none */
	/* Of all generations, the oldest first. */
	struct member **members;
	struct link **links;
	size_t n_members, n_links;
	uint32_t retire_ms;
	bool was_ready, renewing, draining, failed;
};

/* ---- supervise.c ---- */

/* Gives both ends of a link a new end of a channel to each other. Both run. */
void supervise_join(struct link *k);
/* Joins those that have just been spawned with all that run, and lets them go. */
void supervise_launch(struct supervise *s);
/* Forgets those that are gone, and their links. */
void supervise_sweep(struct supervise *s);

/* ---- supervise_renew.c ---- */

/* All of s->next that can run beside s->current serve: it counts from now on. */
void renew_commit(struct supervise *s);
/* s->next is given up. */
void renew_abandon(struct supervise *s);
/* A process of another generation than s->current has ended, in the words of how. */
void renew_ended(struct supervise *s, struct member *m, const char *how);

#endif
