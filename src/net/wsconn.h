/*
 * wsconn: one WebSocket session (RFC 6455) after its opening handshake, for both roles: front
 * serves agents with it, and an agent talks to eicd with it.
 *
 * The session uses a connection that belongs to its owner. The owner hands it what arrives
 * (wsconn_data, wsconn_drained), calls wsconn_tick when it is due, and is told what happens by
 * the operations below. The session writes to the connection but never ends it; the owner does
 * that when the session is over.
 *
 * Text is joined to whole messages, checked for UTF-8 and bounded. Binary is handed on in
 * parts and in place, so that nothing is copied. A PING is answered, and one is sent every ten
 * seconds or every third of silence_ms, whichever is shorter. A peer that sends nothing for
 * silence_ms, or takes nothing of what is queued for it, is given up.
 *
 * With answer_ms the session knows earlier that a peer is gone: right behind a message, once the
 * queue is empty, it sends a PING with a payload, and a peer that does not answer that in time is
 * given up. The answer says that the peer has read all messages before it.
 *
 * The payload of a PING: "?" if it asks for such an answer, then, with tells_time, the boot clock
 * in milliseconds, in decimal digits.
 *
 * A close frame of the peer is answered with its own code and no reason (RFC 6455 5.5.1), or
 * without a code if it had none. A peer that sends bad frames, text that is not UTF-8, too
 * long messages or an unwanted kind gets a close frame with the code of RFC 6455 7.4.1. A code
 * that must not be sent is never sent.
 */
#ifndef NET_WSCONN_H
#define NET_WSCONN_H

#include "base/rand.h"
#include "codec/ws.h"
#include "net/conn.h"

struct wsconn;

/* Why a session ended that its owner did not close. */
enum wsconn_why {
	WSCONN_CLOSED,   /* the peer sent a close frame, which was answered */
	WSCONN_NONSENSE, /* the peer broke the rules, and was told so */
	WSCONN_SILENT,   /* the peer sent nothing for silence_ms, or no answer in time */
	WSCONN_STUCK,    /* the peer took nothing for silence_ms, or the queue is full */
};

struct wsconn_end {
	enum wsconn_why why;
	/* With CLOSED the code that the peer sent, WS_CODE_NONE if it sent none; with NONSENSE
	 * the code that we sent; otherwise 0. */
	uint16_t code;
	/* A close frame of ours is on its way; conn_finish lets the peer read it. If false,
	 * there is nothing to wait for: conn_free, or conn_finish with 0 ms. */
	bool said;
	const char *text; /* for the log */
};

/* The owner's functions. Each may close or free the session. */
struct wsconn_ops {
	/* A whole text, valid during the call. NULL: text is refused (1003). */
	void (*text)(void *ctx, struct str text);
	/* n bytes of a binary message; n may be 0, and the bytes may be overwritten. end: they
	 * are the last of the message. NULL: binary is refused (1003). */
	void (*binary)(void *ctx, char *p, size_t n, bool end);
	/* The connection's queue has become empty. NULL: the owner does not want to know. */
	void (*drained)(void *ctx);
	/* The session is over and does nothing more: the owner frees it and ends the
	 * connection. Called once, and not after wsconn_close. */
	void (*end)(void *ctx, const struct wsconn_end *end);
	/* The peer, which has tells_time, said what its boot clock shows. NULL: the owner does not
	 * want to know. */
	void (*time)(void *ctx, int64_t boot_ms);
};

struct wsconn_opts {
	struct loop *loop;
	struct conn *conn; /* open; outlives the session */
	enum ws_role role;
	const struct rng *rng;     /* WS_CLIENT: for masks; WS_SERVER: NULL */
	uint64_t max_text_bytes;   /* of one message; a longer one is refused (1009) */
	uint64_t max_binary_bytes; /* the same; UINT64_MAX for no limit */
	size_t max_queue_bytes;    /* bytes in the connection's queue that it may fill */
	int64_t silence_ms;
	/* How long the answer to a message may take, and a second more for each 64,000 bytes of
	 * what was sent before; 0: none is asked for. */
	int64_t answer_ms;
	/* Our PINGs carry our boot clock, and the first is sent at once. */
	bool tells_time;
	const struct wsconn_ops *ops;
	void *ctx;
};

struct wsconn *wsconn_new(const struct wsconn_opts *o);
/* Does not touch the connection. NULL is fine. */
void wsconn_free(struct wsconn *w);

/* Takes what arrived on the connection, and overwrites it. */
void wsconn_data(struct wsconn *w, char *p, size_t n);
/* The owner calls it in the connection's `drained`. */
void wsconn_drained(struct wsconn *w);
/* Sends a PING when it is due, and ends a session that is silent or stuck. Returns in how many
 * milliseconds to call it again, or -1: the session is over and may be freed already. The
 * owner calls it first right after wsconn_new and, with answer_ms, after each message, each
 * wsconn_data and each wsconn_drained, as an answer may be due then. */
int64_t wsconn_tick(struct wsconn *w);

/*
 * Sends one message as one frame. ERR_FULL: the queue has no room for it, nothing was sent, and
 * the session goes on; a caller that must not lose the message checks wsconn_queued first and
 * waits for `drained`. ERR_BADSTATE: the session or its connection is over.
 */
int wsconn_text(struct wsconn *w, struct str text) MUST_CHECK;
int wsconn_binary(struct wsconn *w, struct str bytes) MUST_CHECK;
size_t wsconn_queued(const struct wsconn *w); /* as conn_queued */

/*
 * Sends a close frame and ends the session. `end` is not called; the owner finishes the
 * connection. With WS_CODE_NONE the frame has neither code nor reason. A code that must not be
 * sent (RFC 6455 7.4.2) is replaced by WS_CODE_INTERNAL. The reason is cut to 123 bytes. Errors
 * as wsconn_text: the frame was not sent, but the session is over all the same.
 */
int wsconn_close(struct wsconn *w, uint16_t code, struct str reason) MUST_CHECK;

/* Stops (false) and resumes reading, for back-pressure. What has been read already may still be
 * handed on. While reading is stopped, silence is not counted. */
void wsconn_read_want(struct wsconn *w, bool want);
/* Changes silence_ms. It counts from the next tick on. */
void wsconn_set_silence(struct wsconn *w, int64_t silence_ms);

#endif
