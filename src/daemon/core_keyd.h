/*
 * core_keyd: what core asks of keyd (docs/PROTOCOL.md 1.3), and of which: signers,
 * of which there may be several, verify, sign and seal; another one hashes passwords,
 * looks for one-time codes and makes keys, so that no signature stands
 * behind that.
 * How questions travel is in keyd_pool.h.
 */
#ifndef DAEMON_CORE_KEYD_H
#define DAEMON_CORE_KEYD_H

#include "base/clock.h"
#include "ipc/msg.h"
#include "region/ports.h"

struct core_keyd;

struct core_keyd *core_keyd_new(const struct clock *clock);
void core_keyd_free(struct core_keyd *k); /* NULL is fine */

/* A new channel to that process of ROLE_KEYD or ROLE_KEYD_HASH, taken over; the one
 * before under this role and number is closed. */
void core_keyd_attach(struct core_keyd *k, enum msg_role role, uint16_t number, int fd);

/* How another channel is come by. */
struct core_keyd_parent {
	/* 0: core_keyd_attach was called for this role */
	int (*wait)(void *ctx, enum msg_role role, int timeout_ms);
	/* Asks for one; it comes later. */
	void (*rejoin)(void *ctx, enum msg_role role, uint16_t number);
	void *ctx;
};
void core_keyd_set_parent(struct core_keyd *k, const struct core_keyd_parent *p);

const struct keyd_port *core_keyd_port(const struct core_keyd *k);

#endif
