/*
 * accept: takes new connections. At the limit of all connections, the one that has been idle
 * longest is closed to make room; when none is idle, new ones wait in the kernel's queue until
 * one ends. At the limit of one address, the one of that address that has been idle longest is
 * closed; when none is idle, the new connection is closed.
 */
#ifndef FRONT_ACCEPT_H
#define FRONT_ACCEPT_H

#include "front/front.h"

#define ACCEPT_LISTENERS_MAX 16

struct accept;

struct accept *accept_new(struct front *f); /* needs f->table, which is freed after it */
void accept_free(struct accept *a);         /* closes the sockets; NULL is fine */

/* Takes over the listening socket, and closes it on failure. ERR_TOOBIG when there are
 * ACCEPT_LISTENERS_MAX already. */
int accept_add(struct accept *a, int fd) MUST_CHECK;
/* Begins to accept. ERR_SYS. */
int accept_start(struct accept *a) MUST_CHECK;
/* Closes the listening sockets. */
void accept_stop(struct accept *a);

#endif
