/*
 * client: one connection: HTTP/1.1 requests one after another, each sent to core and
 * answered, or, by its path, turned into a stream (front.h, routes).
 */
#ifndef FRONT_CLIENT_H
#define FRONT_CLIENT_H

#include "front/channel.h"
#include "front/front.h"
#include "front/stream.h"
#include "front/table.h"

enum client_state {
	CLIENT_HANDSHAKE, /* TLS under way */
	CLIENT_IDLE,      /* not one byte of a request yet */
	CLIENT_HEAD,
	CLIENT_BODY,
	CLIENT_WAITING, /* for core, or for the stream that has the request */
	CLIENT_SENDING, /* the answer is not yet taken by the peer */
	CLIENT_STREAM,
	CLIENT_CLOSING, /* last words are said */
};

/* Streams look at front, conn and request_id. */
struct client {
	struct front *front;
	struct conn *conn;
	char request_id[37];
	/* client's own */
	enum client_state state;
	struct loop_timer timer;         /* of the state */
	struct http_reader *reader;      /* NULL until the first byte */
	struct buf ahead;                /* came behind the request that is waiting */
	struct exchange question;        /* the request, when it is for core */
	const struct stream_ops *stream; /* NULL: none has taken it */
	void *stream_ctx;
	struct table_entry entry;
	bool peer_ended;
	bool close_after; /* the answer to come is the last */
	bool feeding;     /* client.c is at work with what came */
};

/* Takes the accepted socket over. A failure closes it. */
void client_new(struct front *f, int fd, const struct addr *peer);
/* Closes at once. */
void client_free(struct client *c);
/* Of one that waits for nothing (idle, or in its handshake): closes in order. Others
 * stay as they are. */
void client_retire(struct client *c);
/* Of a stream: has it say its last words, then closes. Others stay. */
void client_go_away(struct client *c);

/* ---- for streams ---- */

/* From `begin`: the request that waits is the stream's, whose end is told by
 * ops->end. It is answered by client_answer or client_refuse, which end the stream,
 * or by the stream itself, with client_begin behind. */
void client_take(struct client *c, const struct stream_ops *ops, void *ctx);
/* Core has the question: how long its answer may take begins now. */
void client_asked(struct client *c);
/* The request that waits. */
const struct http_request *client_request(const struct client *c);
/* What core says to the request that waits. ERR_PEER: nonsense. */
int client_answer(struct client *c, const struct http_response *resp) MUST_CHECK;
/* The answer of front itself, in the form of the request's protocol. Ends the
 * connection too when bytes of this request may still come. */
void client_refuse(struct client *c, uint16_t status);
/* The stream begins. What has come behind the request is its `data`. */
void client_begin(struct client *c);
/* The last words are said: sends them, and waits so long for the peer to end. The
 * client stays until the loop's next turn. */
void client_close(struct client *c, int linger_ms);

#endif
