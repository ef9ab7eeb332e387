/*
 * client: one connection of a client: HTTP/1.1 requests one after another,
 * each sent to core and answered, or turned into an agent's uplink.
 */
#ifndef FRONT_CLIENT_H
#define FRONT_CLIENT_H

#include <sys/queue.h>

#include "front/front.h"

enum client_state {
	CLIENT_HANDSHAKE, /* TLS under way */
	CLIENT_IDLE,      /* not one byte of a request yet */
	CLIENT_HEAD,
	CLIENT_BODY,
	CLIENT_WAITING,   /* request at core, or on its way there */
	CLIENT_UPGRADING, /* the same, for an uplink */
	CLIENT_SENDING,   /* the answer is not yet taken by the peer */
	CLIENT_UPLINK,    /* agent_link has it */
	CLIENT_CLOSING,   /* last words are said */
};

struct front_uplink;

struct client {
	struct front *front;
	struct conn *conn;
	enum client_state state;
	struct loop_timer timer;    /* of the state; while an uplink, of that */
	struct http_reader *reader; /* NULL until the first byte */
	struct buf ahead;           /* came behind the request that is waiting */
	struct front_uplink *uplink;
	uint64_t id; /* at core; 0: nothing is there */
	bool sent;   /* core has been told of id */
	bool peer_ended;
	bool close_after; /* the answer to come is the last */
	bool feeding;     /* client.c is at work with what came */
	char request_id[37];
	/* table's */
	TAILQ_ENTRY(client) all, idle, waiting;
	LIST_ENTRY(client) by_id, by_addr;
	bool is_idle, is_waiting;
};

/* Takes the accepted socket over. A failure closes it. */
void client_new(struct front *f, int fd, const struct addr *peer);
/* Closes at once, tells core when it has to know. */
void client_free(struct client *c);
/* The same for an idle one, in order: the peer is told. */
void client_retire(struct client *c);

/* Puts the request that waits into core's channel. ERR_AGAIN: not now. */
int client_send_request(struct client *c) MUST_CHECK;

/* What core says to the request that waits. ERR_PEER: nonsense. */
int client_answer(struct client *c, const struct http_response *resp) MUST_CHECK;
/* The answer of front itself, in the form of the request's protocol. Ends the
 * connection too when bytes of this request may still come. */
void client_refuse(struct client *c, uint16_t status);

/* For agent_link: the connection is an uplink now; it has said its last words. */
void client_become_uplink(struct client *c, struct front_uplink *u);
void client_close(struct client *c, int linger_ms);

#endif
