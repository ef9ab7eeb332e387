/*
 * feed: what eic-agent-uplink relays, into the tables that eic-agent-imds serves.
 */
#ifndef AGENT_FEED_H
#define AGENT_FEED_H

#include "imds/guests.h"
#include "imds/signers.h"
#include "ipc/ipc.h"

struct feed_opts {
	struct guests *guests;
	struct signers *signers;
	int64_t (*now_ms)(void *ctx); /* boot clock */
	void (*synced)(void *ctx);    /* the tables are what eicd says */
	void *ctx;
};

struct feed;

struct feed *feed_new(const struct feed_opts *o);
void feed_free(struct feed *f); /* NULL is fine */

/*
 * Takes one message. ERR_PEER when it does not parse or does not belong here. A
 * value that the tables refuse is logged and left out: the rest still holds.
 */
int feed_take(struct feed *f, struct ipc_in *in) MUST_CHECK;

#endif
