/*
 * core_front: core's side of the channels to the fronts (docs/PROTOCOL.md 1.2), of which there
 * may be several. It reads the requests of all of them, a message of each in turn, runs them in
 * batches, in an order that is fair to their principals (core_queue.h), and keeps the links of
 * agents.
 *
 * Each front numbers its links for itself. In core a link has a number that is made of its
 * channel and of the front's own number.
 */
#ifndef DAEMON_CORE_FRONT_H
#define DAEMON_CORE_FRONT_H

#include <poll.h>

#include "api/api.h"
#include "ipc/ipc.h"

/* Enough for two generations of fronts, and channels that have not ended yet. */
#define CORE_FRONT_CHANNELS_MAX 32

struct core_front;

/* rejoin is called when a channel was given up for another reason than its end, and asks for a
 * new one to this front. An error that it returns is one for which core must end.
 * rng is for the queue. */
struct core_front *core_front_new(int (*rejoin)(void *ctx, uint16_t front), void *ctx,
    const struct rng *rng);
void core_front_free(struct core_front *f); /* NULL is fine */

const struct front_port *core_front_port(const struct core_front *f);

/* Takes over fd, a new channel to this front, which the next core_front_poll takes up. An
 * earlier channel to the same front is used until the front ends it. */
void core_front_attach(struct core_front *f, uint16_t front, int fd);

/* Fills ret, which has CORE_FRONT_CHANNELS_MAX places, with what to wait for, and returns how
 * many there are. Not to be called during a step. */
size_t core_front_poll(struct core_front *f, struct pollfd *ret);
/* Handles the messages that wait, up to a limit, and runs one batch of requests; *ret_more: there
 * may be more already. An error means that core must end. */
int core_front_step(struct core_front *f, struct region *region, struct api *api,
    bool *ret_more) MUST_CHECK;
/* True when something is queued that a front has not read yet. */
bool core_front_pending(const struct core_front *f);

/* True when there is a channel whose end has not been seen. */
bool core_front_open(const struct core_front *f);

#endif
