/*
 * server: the sockets of the metadata service: plain HTTP/1.1 with keep-alive
 * on TCP listeners, where a guest is known by the address it comes from, and on
 * Unix sockets, which serve this host's own instance.
 *
 * Limits, a connection: one request at a time, 5 s for it to come, head of 8 KiB,
 * no body; a guest: SERVER_GUEST_CONNECTIONS and SERVER_RATE requests a second
 * (503 beyond); all: SERVER_CONNECTIONS. An address that is no guest's gets its
 * connection closed.
 */
#ifndef IMDS_SERVER_H
#define IMDS_SERVER_H

#include "base/rand.h"
#include "imds/guests.h"
#include "imds/signers.h"
#include "net/loop.h"

#define SERVER_CONNECTIONS 8192
#define SERVER_GUEST_CONNECTIONS 512
#define SERVER_RATE 4000 /* a second, and as many at once */
#define SERVER_REQUEST_MS 5000

struct server_opts {
	struct loop *loop;
	struct guests *guests;
	struct signers *signers;
	const struct rng *rng;
	struct str own_instance; /* copied; empty: none */
};

struct server;

struct server *server_new(const struct server_opts *o);
void server_free(struct server *s); /* closes everything; NULL is fine */
/* Takes the listening socket over, TCP or Unix. ERR_SYS, ERR_FULL (8). */
int server_listen(struct server *s, int fd) MUST_CHECK;

#endif
