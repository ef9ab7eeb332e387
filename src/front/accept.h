/*
 * accept: who comes in. At the limits (of all connections, of one address)
 * the connection that is idle longest makes room; when none is idle, the next
 * ones wait in the kernel's queue until one goes.
 */
#ifndef FRONT_ACCEPT_H
#define FRONT_ACCEPT_H

#include "front/front.h"

#define ACCEPT_LISTENERS_MAX 16

struct accept;

struct accept *accept_new(struct front *f); /* after f->table, which outlives it */
void accept_free(struct accept *a);         /* closes; NULL is fine */

/* Takes the listening socket over. ERR_TOOBIG (too many). */
int accept_add(struct accept *a, int fd) MUST_CHECK;
/* Begins to watch. ERR_SYS. */
int accept_start(struct accept *a) MUST_CHECK;
/* For good. */
void accept_stop(struct accept *a);

#endif
