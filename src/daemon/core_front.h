/*
 * core_front: core's side of the channel to front (docs/PROTOCOL.md 1.2):
 * gathers the requests that wait into one batch, and keeps the links of agents.
 */
#ifndef DAEMON_CORE_FRONT_H
#define DAEMON_CORE_FRONT_H

#include "api/api.h"
#include "ipc/ipc.h"

struct core_front;

struct core_front *core_front_new(void);
void core_front_free(struct core_front *f); /* NULL is fine */

const struct front_port *core_front_port(const struct core_front *f);

/* A new channel, taken over, never during a step. Nothing that belongs to the
 * one before, requests, answers or links, has a meaning any more. */
void core_front_attach(struct core_front *f, struct region *region, int fd);

/* For poll: the descriptor, or -1, and the events to wait for. */
int core_front_fd(const struct core_front *f, short *ret_events);
/* Answers what waits. more: there may be more already. 0, or why the channel was
 * given up; unless that is ERR_CLOSED, another one has to be asked for. */
int core_front_step(struct core_front *f, struct region *region, struct api *api,
    bool *ret_more) MUST_CHECK;

#endif
