/*
 * channel: the channel to core: questions, and what core says to each. An exchange
 * is a question that a number stands for: a request, which gets one answer, or a
 * link, which stays open for messages both ways. Who asks, and what about, is
 * nothing to the channel.
 *
 * Questions go out in the order in which they were asked, one as soon as core has
 * taken the one before. The channel's queue holds at most that one, and what agents
 * say. Nonsense from core ends the channel, and the parent is asked for another.
 *
 * When another core comes (channel_attach) while there is one, the old one is told no
 * more, and has a moment to answer what it owes; then the new one is asked. Links stay
 * open over the change: each is asked for again, before any question that waits.
 */
#ifndef FRONT_CHANNEL_H
#define FRONT_CHANNEL_H

#include <sys/queue.h>

#include "front/words.h"
#include "net/loop.h"
#include "proc/control.h"

struct channel;

/* Each may end the exchange, and ask others. */
struct exchange_ops {
	/* Core takes it now: begin and fill m, with this number. */
	void (*ask)(void *ctx, uint64_t number, struct ipc_out *m);
	/* It is on its way. */
	void (*asked)(void *ctx);
	/* Core says this to it. ERR_PEER: it makes no sense here; ends the channel. */
	int (*said)(void *ctx, const struct core_words *w);
	/* The channel ended with the question unanswered or the link open: channel_forget
	 * it, or, of a link that was open, channel_ask_again. */
	void (*lost)(void *ctx);
};

enum exchange_state {
	EXCHANGE_NONE,
	EXCHANGE_WAITING, /* core has not been told */
	EXCHANGE_ASKED,
	EXCHANGE_OPEN, /* a link that core has accepted */
};

/* Lives in who asks, who sets ops and ctx; zeroed otherwise. */
struct exchange {
	const struct exchange_ops *ops;
	void *ctx;
	/* to look at: the channel's */
	uint64_t number; /* 0: none */
	enum exchange_state state;
	/* the channel's own */
	bool opened; /* by this core or by an earlier one */
	TAILQ_ENTRY(exchange) queue;
	LIST_ENTRY(exchange) by_number;
};

struct channel *channel_new(struct loop *loop, struct control *control);
void channel_free(struct channel *k); /* no exchange is left; NULL is fine */

/* A new channel, to core number; takes fd over. */
void channel_attach(struct channel *k, uint16_t number, int fd);

/* Asks core, as soon as it takes it, under a number that was never used before. */
void channel_ask(struct channel *k, struct exchange *x);
/* From `lost`, of a link that was open: asks the next core, under the same number. */
void channel_ask_again(struct channel *k, struct exchange *x);
/* From EXCHANGE_ASKED on: core has accepted the link. */
void channel_open(struct channel *k, struct exchange *x);
/* It is over, in whatever state; what core still says to its number is ignored. */
void channel_forget(struct channel *k, struct exchange *x);

/* Questions that wait for core, or for its answer; not links that are asked again. */
size_t channel_in_flight(const struct channel *k);

/* More about an open link. Releases m. ERR_CLOSED (no core now), ERR_FULL (core does
 * not keep up), ERR_TOOBIG. */
int channel_send(struct channel *k, struct ipc_out *m) MUST_CHECK;
/* The same, for what core must know: a channel that does not take it is given up. */
void channel_tell(struct channel *k, struct ipc_out *m);

#endif
