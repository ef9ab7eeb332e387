/*
 * server: the sockets of the metadata service: plain HTTP/1.1 with keep-alive. On TCP a guest
 * is recognised by the address that it connects from. A Unix socket, and TCP from this host
 * itself, serve this host's own instance.
 *
 * Limits of a connection: one request at a time, SERVER_REQUEST_MS until it is complete, a
 * head of 8 KiB, no body. Limit of a guest: SERVER_RATE requests a second, beyond which it
 * gets 503. Connections from an address of no guest are closed at once.
 *
 * Limits of connections: each of the three pools below has its own. At a limit a new connection
 * is taken, and another one closed for it (net/slots.h): at SERVER_GUEST_CONNECTIONS one of the
 * same address; at that of a pool one of whoever holds most of it, an address on TCP and a user
 * on the Unix socket. Of these the one goes that has been idle longest, or else has been in the
 * middle of a request longest. On the Unix socket, helper_uid has a pool and a rate of its own,
 * so that no other user of this host keeps sshd's helper out. On TCP nothing is known of a
 * connection but its address; there only the rule above, and that the helper tries again, help.
 */
#ifndef IMDS_SERVER_H
#define IMDS_SERVER_H

#include <sys/types.h>

#include "base/rand.h"
#include "imds/guests.h"
#include "imds/signers.h"
#include "net/loop.h"

#define SERVER_GUEST_CONNECTIONS 512  /* of one address */
#define SERVER_LOCAL_CONNECTIONS 512  /* the pool of the Unix socket */
#define SERVER_HELPER_CONNECTIONS 128 /* the pool of helper_uid */
#define SERVER_CONNECTIONS 8192       /* of the three pools; TCP has the rest */
#define SERVER_RATE 4000              /* requests a second, and as many at once */
#define SERVER_REQUEST_MS 5000

struct server_opts {
	struct loop *loop;
	struct guests *guests;
	struct signers *signers;
	const struct rng *rng;
	struct str own_instance; /* id of this host's own instance, copied; empty: none */
	uid_t helper_uid;        /* the user of sshd's helper; (uid_t)-1: not known */
};

struct server;

/* What o points to is borrowed and outlives the server. */
struct server *server_new(const struct server_opts *o);
void server_free(struct server *s); /* closes everything; NULL is fine */
/* Takes over the listening socket, TCP or Unix, and closes it on failure. ERR_SYS; ERR_FULL
 * when there are 8 already. */
int server_listen(struct server *s, int fd) MUST_CHECK;

#endif
