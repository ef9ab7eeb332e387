/*
 * core_keyd: core's side of the channel to keyd (docs/PROTOCOL.md 1.3): one
 * question, one answer, with a deadline. A keyd that died is waited for, since
 * the parent starts another, and the question is asked once more: all of them
 * can be.
 */
#ifndef DAEMON_CORE_KEYD_H
#define DAEMON_CORE_KEYD_H

#include "api/ports.h"
#include "ipc/ipc.h"

struct core_keyd;

struct core_keyd *core_keyd_new(void);
void core_keyd_free(struct core_keyd *k);	/* NULL is fine */

/* A new channel, taken over; the one before is closed. */
void core_keyd_attach(struct core_keyd *k, int fd);

/* How to wait for another channel: returns 0 after core_keyd_attach was called. */
void core_keyd_set_wait(struct core_keyd *k, int (*wait)(void *ctx, int timeout_ms), void *ctx);

const struct keyd_port *core_keyd_port(const struct core_keyd *k);

#endif
