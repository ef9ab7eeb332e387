/*
 * core_compute: core's side of the channel to compute (docs/PROTOCOL.md 1.4).
 */
#ifndef DAEMON_CORE_COMPUTE_H
#define DAEMON_CORE_COMPUTE_H

#include "ipc/ipc.h"
#include "region/state.h"

struct core_compute;

struct core_compute *core_compute_new(void);
void core_compute_free(struct core_compute *c); /* NULL is fine */

const struct compute_port *core_compute_port(const struct core_compute *c);

/* Takes over fd, a new channel, which replaces any earlier one. The state of everything that
 * changes is asked for again. */
void core_compute_attach(struct core_compute *c, struct region *region, int fd);

/* The descriptor to poll, or -1, and the events to wait for. */
int core_compute_fd(const struct core_compute *c, short *ret_events);
/* Handles the messages that are there, without waiting. If the channel has ended or failed, it
 * is closed and its error returned: after any but ERR_CLOSED a new one must be asked for. */
int core_compute_step(struct core_compute *c, struct region *region) MUST_CHECK;

#endif
