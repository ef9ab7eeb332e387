/*
 * keyd_pool: core's channels to the processes of one keyd role, and the questions
 * that are under way there (docs/PROTOCOL.md 1.3). A question is begun now and its
 * answer taken later; in between, core does something else and keyd works. Each
 * channel answers in the order in which it was asked, several work side by side.
 *
 * A question whose keyd died is asked of another, and if there is none, of the one
 * that the parent starts: all of them can be asked twice. An answer that does not
 * come within REPLY_MS costs the channel, since it would be taken for that to the
 * next question, and that keyd is asked no more for 10 s while there are others. When no channel is
 * left, one question waits for a new one; after a wait in vain, and after an answer that was late
 * or nonsense, the others fail at once until keyd_pool_attach: they would wait in the same
 * transaction, one after the other.
 */
#ifndef DAEMON_KEYD_POOL_H
#define DAEMON_KEYD_POOL_H

#include "base/clock.h"
#include "ipc/ipc.h"

struct keyd_pool;
struct keyd_question; /* as in region/ports.h */

/* How another channel is come by. */
struct keyd_pool_parent {
	int (*wait)(void *ctx, int timeout_ms);     /* 0: keyd_pool_attach was called */
	void (*rejoin)(void *ctx, uint16_t number); /* asks for one; it comes later */
	void *ctx;
};

/* clock is borrowed; deadlines are of its boot time. */
struct keyd_pool *keyd_pool_new(const struct clock *clock);
void keyd_pool_free(struct keyd_pool *p); /* NULL is fine; with all questions finished */
void keyd_pool_set_parent(struct keyd_pool *p, const struct keyd_pool_parent *parent);

/* A new channel, taken over; the one before under this number is closed, and what
 * it owed is asked of another. */
void keyd_pool_attach(struct keyd_pool *p, uint16_t number, int fd);

/* Asks m of the keyd that has the least to do, and releases m. What goes wrong is
 * told by keyd_pool_finish, which has to be called for each, once, in any order. */
struct keyd_question *keyd_pool_begin(struct keyd_pool *p, struct ipc_out *m);

/*
 * Waits for the answer. The fields of a success are left in reply, good until the
 * next finish of this pool. ERR_UNAVAIL (no keyd), ERR_TIMEOUT, ERR_PEER (the reply
 * was nonsense), ERR_CRYPTO (keyd could not; logged).
 */
int keyd_pool_finish(struct keyd_pool *p, struct keyd_question *q, struct ipc_in *reply) MUST_CHECK;

/* What keyd_pool_finish gave last does not parse: its channel is given up.
 * Returns ERR_PEER. */
int keyd_pool_refuse(struct keyd_pool *p);

#endif
