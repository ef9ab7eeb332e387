/*
 * wsconn: one WebSocket session (RFC 6455) after its opening, for both roles: what
 * a front does with an agent's link, an agent with eicd, and every tunnel to come.
 *
 * The session stands on a connection that its owner has. The owner hands it what
 * arrives (wsconn_data), calls wsconn_tick when it is due, and reads what the
 * session says through the operations below. The session writes to the connection
 * and never ends it: that is the owner's, once the session is over.
 *
 * Text is joined to whole messages, checked for UTF-8 and bounded. Binary is handed
 * on in parts, in place, so that a tunnel copies nothing. PING is answered, sent
 * every ten seconds or three times in the silence that is borne, and a peer that
 * says nothing for that long, or takes nothing of what is queued for it, is given up.
 *
 * The end: a close of the peer is answered with its own code, without reason (RFC
 * 6455 5.5.1), and without code when it had none; what is no frame, no UTF-8, too
 * long or not wanted with the code of RFC 6455 7.4.1. A code that must not be sent
 * is never sent.
 */
#ifndef NET_WSCONN_H
#define NET_WSCONN_H

#include "base/rand.h"
#include "codec/ws.h"
#include "net/conn.h"

struct wsconn;

/* Why a session is over that its owner did not close. */
enum wsconn_why {
	WSCONN_CLOSED,   /* the peer sent its close, which has been answered */
	WSCONN_NONSENSE, /* the peer broke the rules, and has been told */
	WSCONN_SILENT,   /* nothing was heard for silence_ms */
	WSCONN_STUCK,    /* nothing was taken for silence_ms, or the queue is full */
};

struct wsconn_end {
	enum wsconn_why why;
	/* CLOSED: what the peer said, WS_CODE_NONE when nothing. NONSENSE: what we
	 * said. Otherwise 0. */
	uint16_t code;
	/* A close frame of ours is on its way: conn_finish lets the peer read it. Not:
	 * conn_free, or conn_finish without waiting. */
	bool said;
	const char *text; /* for the log */
};

/* Each may close or free the session. */
struct wsconn_ops {
	/* A whole text, valid during the call. NULL: text is refused (1003). */
	void (*text)(void *ctx, struct str text);
	/* n bytes of a binary message, which may be 0 and may be overwritten; end: the
	 * message ends here. NULL: binary is refused (1003). */
	void (*binary)(void *ctx, char *p, size_t n, bool end);
	/* Everything that was queued has been taken. NULL: not wanted. */
	void (*drained)(void *ctx);
	/* The session is over and does nothing more: free it, and end the connection.
	 * Called once, and not when the owner closed. */
	void (*end)(void *ctx, const struct wsconn_end *end);
};

struct wsconn_opts {
	struct loop *loop;
	struct conn *conn; /* open; outlives the session */
	enum ws_role role;
	const struct rng *rng;     /* WS_CLIENT: for masks; WS_SERVER: NULL */
	uint64_t max_text_bytes;   /* of a message; longer: 1009 */
	uint64_t max_binary_bytes; /* the same; UINT64_MAX for no limit */
	size_t max_queue_bytes;    /* sent and not taken; the connection's may be less */
	int64_t silence_ms;
	const struct wsconn_ops *ops;
	void *ctx;
};

struct wsconn *wsconn_new(const struct wsconn_opts *o);
/* The connection stays. NULL is fine. */
void wsconn_free(struct wsconn *w);

/* What arrived on the connection; overwritten. */
void wsconn_data(struct wsconn *w, char *p, size_t n);
/* The connection's `drained`. */
void wsconn_drained(struct wsconn *w);
/* Sends the ping that is due, ends a session that is silent or stuck. Returns in how
 * many milliseconds it is to be called again, also the first time; -1: the session
 * is over, and may be freed already. */
int64_t wsconn_tick(struct wsconn *w);

/*
 * Sends one message of one frame. ERR_FULL: there is no room for it in the queue,
 * nothing was sent, the session goes on; who does not want to lose it looks at
 * wsconn_queued before, and waits for `drained`. ERR_BADSTATE: the session or its
 * connection is over.
 */
int wsconn_text(struct wsconn *w, struct str text) MUST_CHECK;
int wsconn_binary(struct wsconn *w, struct str bytes) MUST_CHECK;
size_t wsconn_queued(const struct wsconn *w);

/*
 * Says a last word and ends the session, without `end`: the owner finishes the
 * connection. WS_CODE_NONE: a close without code and reason. A code that must not be
 * sent (RFC 6455 7.4.2) goes out as WS_CODE_INTERNAL. The reason is cut to 123 bytes.
 * Errors as wsconn_text: the peer has not been told, and the session is over all the
 * same.
 */
int wsconn_close(struct wsconn *w, uint16_t code, struct str reason) MUST_CHECK;

/* Stops and resumes reading, for back-pressure: true at first. One piece that has
 * arrived already may still come. While it is stopped, silence is not counted. */
void wsconn_read_want(struct wsconn *w, bool want);
/* From now on. */
void wsconn_set_silence(struct wsconn *w, int64_t silence_ms);

#endif
