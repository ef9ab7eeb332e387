/*
 * keyd_pool: core's channels to the processes of one keyd role, and the questions that are
 * under way there (docs/PROTOCOL.md 1.3). A question is begun first and its reply taken later;
 * in between core does other work. Each channel replies in the order of the questions; several
 * channels work in parallel.
 *
 * A question whose keyd died is asked once more, of another one or of the one that the parent
 * starts. A reply that does not come within 2 s costs the channel, since it would be taken for
 * the reply to the next question; that keyd is not asked for 10 s while there are others. When
 * no channel is left, one question waits up to 2 s for a new one. After waiting in vain, and
 * after a reply that was late or nonsense, questions fail at once until keyd_pool_attach:
 * otherwise many would wait in one transaction, one after the other.
 *
 * A caller that must not wait calls keyd_pool_step whenever one of the channels of keyd_pool_poll
 * is readable, and keyd_pool_ready for each of its questions.
 */
#ifndef DAEMON_KEYD_POOL_H
#define DAEMON_KEYD_POOL_H

#include <poll.h>

#include "base/clock.h"
#include "ipc/ipc.h"

/* More channels are refused. The settings allow fewer signers. */
#define KEYD_POOL_CHANNELS_MAX 64

struct keyd_pool;
struct keyd_question; /* as in region/ports.h */

/* How to get another channel from the parent. */
struct keyd_pool_parent {
	/* Waits for a channel to any keyd of this role. Returns 0 when keyd_pool_attach was
	 * called with one. */
	int (*wait)(void *ctx, int timeout_ms);
	/* Asks for a channel to this keyd, and does not wait for it. */
	void (*rejoin)(void *ctx, uint16_t number);
	void *ctx;
};

/* clock is borrowed; times are its boot time. */
struct keyd_pool *keyd_pool_new(const struct clock *clock);
void keyd_pool_free(struct keyd_pool *p); /* after all questions are finished; NULL is fine */
void keyd_pool_set_parent(struct keyd_pool *p, const struct keyd_pool_parent *parent);

/* Takes over fd, a new channel to the keyd with this number. An earlier one is closed, and its
 * unanswered questions are asked again. */
void keyd_pool_attach(struct keyd_pool *p, uint16_t number, int fd);

/* Sends m to the keyd that has the fewest questions, and releases m. Errors are told by
 * keyd_pool_finish, which must be called once for each question, in any order. */
struct keyd_question *keyd_pool_begin(struct keyd_pool *p, struct ipc_out *m);

/*
 * The same for a question that takes long. Its reply may take reply_ms from when the keyd has
 * replied to the questions before it, and not from when it was asked.
 */
struct keyd_question *keyd_pool_begin_long(struct keyd_pool *p, struct ipc_out *m,
    int64_t reply_ms);

/*
 * Waits for the reply and frees q. On success reply holds its fields, which are valid until the
 * next finish of this pool. ERR_TOOBIG (the question was too long), ERR_UNAVAIL (no keyd),
 * ERR_TIMEOUT, ERR_PEER (the reply was nonsense), ERR_CRYPTO (the operation failed in keyd, which
 * is logged).
 */
int keyd_pool_finish(struct keyd_pool *p, struct keyd_question *q, struct ipc_in *reply) MUST_CHECK;

/* The caller found that the last reply of keyd_pool_finish does not parse: gives its channel up.
 * Returns ERR_PEER. */
int keyd_pool_refuse(struct keyd_pool *p);
/* Overwrites the last reply of keyd_pool_finish, which the caller has read. */
void keyd_pool_forget(struct keyd_pool *p);

/*
 * Whether keyd_pool_finish would return at once, because q is answered or has failed. It fails when
 * its reply is late, or when it has no keyd and none comes within 2 s. A question whose keyd died
 * is asked again only by this call, so the caller repeats it every fraction of a second.
 */
bool keyd_pool_ready(struct keyd_pool *p, struct keyd_question *q);
/* Takes the replies that are there, and sends what could not be sent before. Does not wait. */
void keyd_pool_step(struct keyd_pool *p);
/* Writes to ret the channels that have unanswered questions, at most KEYD_POOL_CHANNELS_MAX, and
 * returns how many there are. */
size_t keyd_pool_poll(const struct keyd_pool *p, struct pollfd *ret);

#endif
