/*
 * feed: puts the messages that eic-agent-uplink relays into the tables that eic-agent-imds
 * serves from.
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
	void (*synced)(void *ctx);    /* the tables now hold exactly what eicd sent */
	void *ctx;
};

struct feed;

struct feed *feed_new(const struct feed_opts *o);
void feed_free(struct feed *f); /* NULL is fine */

/*
 * Applies one message. ERR_PEER when it does not parse or does not belong here. A guest, key
 * or signer that the tables refuse is logged and left out, and 0 is returned.
 */
int feed_take(struct feed *f, struct ipc_in *in) MUST_CHECK;

#endif
