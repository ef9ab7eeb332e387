/*
 * front: what the files of this room share. From the bottom up: words (messages with core),
 * channel (the channel to core), table (all clients), answer (the bytes of answers), stream
 * (what a connection may become), client (HTTP on one connection), agent_link (a stream),
 * accept (new connections), room (all of it together). A file uses those below it, never one
 * above. sign (TLS signatures) stands alone.
 */
#ifndef FRONT_FRONT_H
#define FRONT_FRONT_H

#include "codec/http.h"
#include "net/conn.h"
#include "proc/control.h"
#include "settings/eicd.h"

struct client;

/* A path whose requests are not sent to core as they are, but turn into a stream. */
struct front_route {
	const char *target; /* the exact target of the request */
	/* Returns 0 when this request may become a stream, else the status to refuse it with. */
	uint16_t (*check)(const struct client *c, const struct http_request *rq);
	/* The request of c waits: take it with client_take, and have it answered. */
	void (*begin)(struct client *c);
};

struct front {
	struct loop *loop;
	struct control *control;
	struct eicd_settings settings;
	struct http_limits limits; /* from the settings */
	struct tls *tls;           /* for new connections; NULL: plain */
	const struct front_route *routes;
	size_t n_routes;
	/* made by room.c */
	struct conn_io *io;
	struct accept *accept;
	struct table *table;
	struct channel *channel;
	struct buf out;    /* where answers are put together */
	bool last_answers; /* from now on each answer is the last on its connection */
};

#endif
