/*
 * client: one connection. It reads HTTP/1.1 requests one after another. Each is sent to core
 * and answered or, if its path is that of a route (front.h), may turn the connection into a
 * stream.
 */
#ifndef FRONT_CLIENT_H
#define FRONT_CLIENT_H

#include "front/channel.h"
#include "front/front.h"
#include "front/stream.h"
#include "front/table.h"

enum client_state {
	CLIENT_HANDSHAKE, /* the TLS handshake is going on */
	CLIENT_IDLE,      /* no byte of a request has come yet */
	CLIENT_HEAD,      /* reads the head of a request */
	CLIENT_BODY,      /* reads the body */
	CLIENT_WAITING,   /* for core, or for the stream that took the request */
	CLIENT_SENDING,   /* the kernel has not taken all of the answer yet */
	CLIENT_STREAM,
	CLIENT_CLOSING, /* everything is said; waits for the peer to end */
};

/* Streams may read front, conn and request_id. */
struct client {
	struct front *front;
	struct conn *conn;
	char request_id[37];
	/* private to client.c */
	enum client_state state;
	struct loop_timer timer;         /* the time limit of the state */
	struct http_reader *reader;      /* NULL until the first byte */
	struct buf ahead;                /* bytes behind the request that waits */
	struct exchange question;        /* the request, when it is for core */
	const struct stream_ops *stream; /* NULL: no stream has taken the request */
	void *stream_ctx;
	struct table_entry entry;
	bool peer_ended;
	bool close_after; /* the next answer is the last */
	bool feeding;     /* feed() is running further up the stack */
};

/* Takes over fd, a socket that was accepted, and closes it on failure. */
void client_new(struct front *f, int fd, const struct addr *peer);
/* Closes at once. */
void client_free(struct client *c);
/* Closes a client that is idle or in its handshake, in order. Others stay as they are. */
void client_retire(struct client *c);
/* Closes a client that makes room for another (table_first), in order. */
void client_evict(struct client *c);
/* Ends a client that is a stream, after the stream's last words. Others stay as they are. */
void client_go_away(struct client *c);

/* ---- for streams ---- */

/* Called from the route's `begin`: the stream takes the waiting request, and ops->end tells it
 * when it is over. The request is then answered with client_answer or client_refuse, which end
 * the stream, or by the stream itself, which writes the answer and calls client_begin. */
void client_take(struct client *c, const struct stream_ops *ops, void *ctx);
/* The question has been sent to core: the time limit for its answer begins now. */
void client_asked(struct client *c);
/* The request that waits; borrowed. */
const struct http_request *client_request(const struct client *c);
/* Answers the waiting request with resp, which is core's. ERR_PEER when resp is nonsense; then
 * nothing is sent. */
int client_answer(struct client *c, const struct http_response *resp) MUST_CHECK;
/* Answers the request with an error of front itself, in the form of the request's protocol. If
 * the request is not complete, that also ends the connection. */
void client_refuse(struct client *c, uint16_t status);
/* The connection is the stream's from now on. What came behind the request is its first
 * `data`. */
void client_begin(struct client *c);
/* Calls the stream's tick before it is due, and sets the timer for the next. Does nothing when the
 * stream is over. */
void client_tick(struct client *c);
/* Sends what is queued, then waits up to linger_ms for the peer to end. The client lives at
 * least until the loop's next turn. */
void client_close(struct client *c, int linger_ms);

#endif
