/*
 * core_keyd: the questions that core asks keyds (docs/PROTOCOL.md 1.3). The signers
 * (eicd-keyd), of which there may be several, verify, sign and seal. eicd-keyd-hash does what
 * takes long, so that no signature has to wait for that: it hashes passwords, checks one-time
 * codes and makes keys. keyd_pool.h says how questions travel.
 */
#ifndef DAEMON_CORE_KEYD_H
#define DAEMON_CORE_KEYD_H

#include "base/clock.h"
#include "daemon/keyd_pool.h"
#include "ipc/msg.h"
#include "region/ports.h"

struct core_keyd;

struct core_keyd *core_keyd_new(const struct clock *clock);
void core_keyd_free(struct core_keyd *k); /* NULL is fine */

/* Takes over fd, a new channel to the process of this role (ROLE_KEYD or ROLE_KEYD_HASH) and
 * number. An earlier one to the same process is closed. */
void core_keyd_attach(struct core_keyd *k, enum msg_role role, uint16_t number, int fd);

/* How to get another channel from the parent. */
struct core_keyd_parent {
	/* Waits for a channel to any process of role. Returns 0 when core_keyd_attach was
	 * called with one. */
	int (*wait)(void *ctx, enum msg_role role, int timeout_ms);
	/* Asks for a channel to this process, and does not wait for it. */
	void (*rejoin)(void *ctx, enum msg_role role, uint16_t number);
	void *ctx;
};
void core_keyd_set_parent(struct core_keyd *k, const struct core_keyd_parent *p);

const struct keyd_port *core_keyd_port(const struct core_keyd *k);

/* Of what takes long, and is not waited for (hash_ready, region/ports.h): takes the answers that
 * are there. */
void core_keyd_step(struct core_keyd *k);
/* What to wait for until there are some, at most KEYD_POOL_CHANNELS_MAX; returns how many. */
size_t core_keyd_poll(const struct core_keyd *k, struct pollfd *ret);

#endif
