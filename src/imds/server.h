/*
 * server: the sockets of the metadata service: plain HTTP/1.1 with keep-alive. On TCP a guest
 * is recognised by the address that it connects from. A Unix socket, and TCP from this host
 * itself, serve this host's own instance.
 *
 * Limits of a connection: one request at a time, SERVER_REQUEST_MS until it is complete, a
 * head of 8 KiB, no body. Limits of a guest: SERVER_GUEST_CONNECTIONS connections, and
 * SERVER_RATE requests a second, beyond which it gets 503. Limit of all: SERVER_CONNECTIONS.
 * Connections beyond a limit, and those from an address of no guest, are closed at once.
 */
#ifndef IMDS_SERVER_H
#define IMDS_SERVER_H

#include "base/rand.h"
#include "imds/guests.h"
#include "imds/signers.h"
#include "net/loop.h"

#define SERVER_CONNECTIONS 8192
#define SERVER_GUEST_CONNECTIONS 512
#define SERVER_RATE 4000 /* requests a second, and as many at once */
#define SERVER_REQUEST_MS 5000

struct server_opts {
	struct loop *loop;
	struct guests *guests;
	struct signers *signers;
	const struct rng *rng;
	struct str own_instance; /* id of this host's own instance, copied; empty: none */
};

struct server;

/* What o points to is borrowed and outlives the server. */
struct server *server_new(const struct server_opts *o);
void server_free(struct server *s); /* closes everything; NULL is fine */
/* Takes over the listening socket, TCP or Unix, and closes it on failure. ERR_SYS; ERR_FULL
 * when there are 8 already. */
int server_listen(struct server *s, int fd) MUST_CHECK;

#endif
