/*
 * pair: eic-agent's two processes. They start together and end together: the one
 * tells the other what there is, so a new imds needs a new connection of uplink,
 * and when one dies both are started anew, with back-off.
 */
#ifndef AGENT_PAIR_H
#define AGENT_PAIR_H

#include "base/err.h"
#include "net/loop.h"
#include "settings/agent.h"

#define PAIR_LISTENERS 4

struct pair_opts {
	struct loop *loop;
	const struct agent_settings *settings; /* changes only before pair_reload */
	const char *conf_path;
	int listeners[PAIR_LISTENERS]; /* for imds; the caller keeps them */
	size_t n_listeners;
	void (*ready)(void *ctx); /* once: both serve */
	/* Both have ended, after pair_drain (failed: false), or before they were
	 * ready for the first time. */
	void (*ended)(void *ctx, bool failed);
	void *ctx;
};

struct pair;

/* Starts both at once; how it went is told by ready and ended. */
struct pair *pair_new(const struct pair_opts *o);
void pair_free(struct pair *p); /* kills what runs; NULL is fine */
void pair_reload(struct pair *p);
void pair_drain(struct pair *p); /* again: at once */

#endif
