/*
 * front: what the files of this room share. From the bottom up: words and channel
 * (core), table (all clients), answer (what is said), client (HTTP on one
 * connection), stream (what it may become), agent_link (one such), accept (who
 * comes in), room (all of it together). A file uses those below it, never one above.
 */
#ifndef FRONT_FRONT_H
#define FRONT_FRONT_H

#include "codec/http.h"
#include "net/conn.h"
#include "proc/control.h"
#include "settings/eicd.h"

struct client;

/* A path whose requests are not for core: each becomes a stream. */
struct front_route {
	const char *target; /* exact */
	/* May this request become one? 0, or the status of the refusal. */
	uint16_t (*check)(const struct client *c, const struct http_request *rq);
	/* The request of c waits: take it (client_take), and see that it is answered. */
	void (*begin)(struct client *c);
};

struct front {
	struct loop *loop;
	struct control *control;
	struct eicd_settings settings;
	struct http_limits limits; /* from the settings */
	struct tls *tls;           /* for connections to come; NULL: plain */
	const struct front_route *routes;
	size_t n_routes;
	/* room's */
	struct conn_io *io;
	struct accept *accept;
	struct table *table;
	struct channel *channel;
	struct buf out; /* where answers are put together */
	/* client's */
	size_t n_streams;  /* clients that are one now */
	bool last_answers; /* each answer from now on is its connection's last */
};

#endif
