/*
 * core_front: core's side of the channels to the fronts (docs/PROTOCOL.md 1.2), of
 * which there may be several: gathers the requests that wait on any of them into one
 * batch, a message of each in turn, and keeps the links of agents.
 *
 * A front numbers its links for itself. Towards the api a link has a number that is
 * made of which channel it is on and of the front's own.
 */
#ifndef DAEMON_CORE_FRONT_H
#define DAEMON_CORE_FRONT_H

#include <poll.h>

#include "api/api.h"
#include "ipc/ipc.h"

/* Two generations of some, and those that have not ended yet. */
#define CORE_FRONT_CHANNELS_MAX 32

struct core_front;

/* rejoin: the channel to this front was given up for another reason than its end, so
 * that another one has to be asked for. 0, or why core must end. */
struct core_front *core_front_new(int (*rejoin)(void *ctx, uint16_t front), void *ctx);
void core_front_free(struct core_front *f); /* NULL is fine */

const struct front_port *core_front_port(const struct core_front *f);

/* A new channel to that front, taken over; taken up by the next core_front_poll. One
 * that leads there already goes on to its end, which the front makes. */
void core_front_attach(struct core_front *f, uint16_t front, int fd);

/* What to wait for, at most CORE_FRONT_CHANNELS_MAX; returns how many. Never during
 * a step. */
size_t core_front_poll(struct core_front *f, struct pollfd *ret);
/* Answers what waits. more: there may be more already. 0, or why core must end. */
int core_front_step(struct core_front *f, struct region *region, struct api *api,
    bool *ret_more) MUST_CHECK;
/* Something has been said that a front has not read yet. */
bool core_front_pending(const struct core_front *f);

/* There is a channel whose end has not been seen. */
bool core_front_open(const struct core_front *f);

#endif
