/*
 * core_queue: the requests that wait for a batch, and who is next. It is a fair queue: each client
 * that has requests waiting gets the same share of core, told by what they cost and not by how many
 * they are (start-time fair queuing: Goyal, Vin, Cheng, 1996). So one who asks for much waits for
 * itself.
 *
 * A client is a principal, with all its keys and sessions (api/limits.h). Before its signature is
 * checked a request can name any key, so it counts as a principal's only if it names a key that a
 * good request of that principal named, and comes from the same address. All others of an address
 * (IPv6: of a /64) are one client.
 *
 * What a request will cost is not known before it has run. It is taken to be what those of its
 * client cost lately, and made up for afterwards.
 */
#ifndef DAEMON_CORE_QUEUE_H
#define DAEMON_CORE_QUEUE_H

#include <sys/queue.h>

#include "api/request.h"
#include "base/arena.h"
#include "base/rand.h"

/* So much waits at most; beyond that the client that has most waiting loses its last request. */
#define CORE_QUEUE_MAX 1024
#define CORE_QUEUE_MAX_BYTES ((size_t)64 << 20)
/* The work of a batch (struct api_response): about 16 ms. */
#define CORE_QUEUE_BATCH_WORK (UINT64_C(1) << 22)

struct core_client;

struct queued {
	struct api_request rq; /* what it points to is in arena */
	struct arena *arena;
	/* private to core_queue.c */
	TAILQ_ENTRY(queued) next;
	struct core_client *client;
	struct str key;
	size_t bytes;
	uint64_t paid; /* what its client was charged for it already */
	bool early;    /* it was taken before its turn */
};

struct core_queue;

struct core_queue *core_queue_new(const struct rng *rng); /* rng seeds its maps */
void core_queue_free(struct core_queue *q);               /* NULL is fine */
size_t core_queue_count(const struct core_queue *q);

/* A request to fill in. Give it back with core_queue_add or core_queue_drop. */
struct queued *core_queue_request(struct core_queue *q);
void core_queue_drop(struct core_queue *q, struct queued *r);

/* Adds a request, which names this access key. Returns NULL, or a request that has to go because
 * too many wait: refuse it and drop it. It may be the one that was added. */
struct queued *core_queue_add(struct core_queue *q, struct queued *r, struct str key);

/*
 * Takes the requests of the next batch, at most max, and returns how many: as many as have
 * CORE_QUEUE_BATCH_WORK together, by what they are taken to cost, and one at least. End each with
 * core_queue_done.
 *
 * Clients that are reserved are before the others until they have half of that. What they had
 * before their turn, the others have before it happens again, so that it is half for long, too,
 * however large a request is. Beyond their half they have their turn as anybody has.
 */
size_t core_queue_take(struct core_queue *q, struct queued **ret, size_t max);

/* The request has run and been answered so; drops it. */
void core_queue_done(struct core_queue *q, struct queued *r, const struct api_response *resp);

#endif
