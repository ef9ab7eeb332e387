/*
 * core_keyd: core's side of the channel to keyd (docs/PROTOCOL.md 1.3): one
 * question, one answer, with a deadline. A keyd that died is waited for, since
 * the parent starts another, and the question is asked once more: all of them
 * can be. After one wait in vain, and after an answer that was late or nonsense,
 * every question fails at once until core_keyd_attach: the next ones of a batch
 * would wait in the same transaction, one after the other.
 */
#ifndef DAEMON_CORE_KEYD_H
#define DAEMON_CORE_KEYD_H

#include "region/ports.h"
#include "ipc/ipc.h"

struct core_keyd;

struct core_keyd *core_keyd_new(void);
void core_keyd_free(struct core_keyd *k); /* NULL is fine */

/* A new channel, taken over; the one before is closed. */
void core_keyd_attach(struct core_keyd *k, int fd);

/* How another channel is come by. */
struct core_keyd_parent {
	int (*wait)(void *ctx, int timeout_ms); /* 0: core_keyd_attach was called */
	void (*rejoin)(void *ctx);              /* asks for one; it comes later */
	void *ctx;
};
void core_keyd_set_parent(struct core_keyd *k, const struct core_keyd_parent *p);

const struct keyd_port *core_keyd_port(const struct core_keyd *k);

#endif
