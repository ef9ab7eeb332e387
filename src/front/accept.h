/*
 * accept: takes new connections. At the limit of all connections, the address that keeps front
 * waiting on most of them loses one: that which has been idle longest or, when none is idle, the
 * one whose request or answer has been incomplete longest (net/slots.h). At the limit of one
 * address, one of its own is closed by the same rule. A client that waits for core is never
 * closed: when all do, new ones wait in the kernel's queue, and beyond the limit of their
 * address are closed. The links of agents count toward neither limit and are not closed.
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
