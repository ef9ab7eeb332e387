/*
 * channel: the channel to core (docs/PROTOCOL.md 1.2). It carries exchanges, each under a
 * number: a request, which gets one answer, or a link, which stays open for messages both ways.
 * What an exchange is about is not the channel's business.
 *
 * Questions are sent in the order in which they were asked, each as soon as core has taken the
 * one before. So the channel's queue holds at most one of them, and what agents say. Nonsense
 * from core ends the channel, and the parent is asked for a new one.
 *
 * When a new core comes (channel_attach) while the old one is there, the old one is sent
 * nothing more and has PARTING_MS to send the answers that it owes; then the new one is asked.
 * Links stay open over the change: each is asked for again, before any question that waits.
 */
#ifndef FRONT_CHANNEL_H
#define FRONT_CHANNEL_H

#include <sys/queue.h>

#include "front/words.h"
#include "net/loop.h"
#include "proc/control.h"

struct channel;

/* The functions of whoever asks. Each but ask may end the exchange and begin others. */
struct exchange_ops {
	/* Core can take the question now: begin and fill m, with this number. */
	void (*ask)(void *ctx, uint64_t number, struct ipc_out *m);
	/* The question has been sent. */
	void (*asked)(void *ctx);
	/* Core sent w for this exchange. Return ERR_PEER when it makes no sense here; that
	 * ends the channel. */
	int (*said)(void *ctx, const struct core_words *w);
	/* The channel ended before the answer came, or with the link open. Call
	 * channel_forget, or, for a link that was open, channel_ask_again. */
	void (*lost)(void *ctx);
};

enum exchange_state {
	EXCHANGE_NONE,
	EXCHANGE_WAITING, /* not yet sent to core */
	EXCHANGE_ASKED,
	EXCHANGE_OPEN, /* a link that core has accepted */
};

/* Lives in a struct of whoever asks, who sets ops and ctx; otherwise all zero at first. */
struct exchange {
	const struct exchange_ops *ops;
	void *ctx;
	/* set by the channel, to read only */
	uint64_t number; /* 0: none */
	enum exchange_state state;
	/* private to channel.c */
	bool opened; /* a link that this core or an earlier one accepted */
	TAILQ_ENTRY(exchange) queue;
	LIST_ENTRY(exchange) by_number;
};

struct channel *channel_new(struct loop *loop, struct control *control);
void channel_free(struct channel *k); /* asserts that no exchange is left; NULL is fine */

/* The parent gave us fd, a new channel to the core with this number. Takes fd over. */
void channel_attach(struct channel *k, uint16_t number, int fd);

/* Asks core as soon as it can take the question, under a number that was never used before. */
void channel_ask(struct channel *k, struct exchange *x);
/* Only from `lost`, for a link that was open: asks the next core under the same number. */
void channel_ask_again(struct channel *k, struct exchange *x);
/* Core has accepted the link x, which is in EXCHANGE_ASKED. */
void channel_open(struct channel *k, struct exchange *x);
/* The exchange is over, whatever its state. What core still sends for it is ignored. */
void channel_forget(struct channel *k, struct exchange *x);

/* How many exchanges wait to be sent or answered; links that are asked for again do not
 * count. */
size_t channel_in_flight(const struct channel *k);

/* Sends one more message about an open link, and releases m in any case. ERR_CLOSED (there is
 * no core now, or it ends), ERR_FULL (core does not keep up), ERR_TOOBIG, ERR_SYS. */
int channel_send(struct channel *k, struct ipc_out *m) MUST_CHECK;
/* The same for what core must know: if it does not take the message, the channel is ended. */
void channel_tell(struct channel *k, struct ipc_out *m);

#endif
