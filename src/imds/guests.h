/*
 * guests: the instances that this agent speaks for: the description of each from eicd, its
 * live keys and its tokens. A guest is recognised by the address that it connects from, never
 * by anything that it sends.
 */
#ifndef IMDS_GUESTS_H
#define IMDS_GUESTS_H

#include <netinet/in.h>
#include <stdint.h>

#include "base/err.h"
#include "base/rand.h"
#include "base/str.h"
#include "imds/keys.h"
#include "imds/token.h"
#include "link/link.h"

#define GUESTS_MAX 4096

/* What is left of a limit of requests, and when that was so, on the boot clock. */
struct rate {
	int64_t at_ms;
	int32_t left;
};

struct guest {
	struct link_guest desc; /* a copy, replaced by guests_put */
	struct keys keys;
	struct tokens tokens;
	struct rate rate; /* the limit of its requests, kept by imds/server.c */
	uint32_t warned;  /* the signer (its generation) of which imds/handle.c has warned */
	/* private to guests.c */
	struct in6_addr ip;
	char *block; /* the memory that desc points into */
	bool marked;
};

struct guests;

struct guests *guests_new(const struct rng *rng);
void guests_free(struct guests *g); /* NULL is fine */

/*
 * Adds a guest with a copy of d, or replaces the description of the guest with d's id, which
 * keeps its keys and tokens. If another guest had d's address, that one is no longer found by
 * it. Errors as link_check, and ERR_FULL (GUESTS_MAX).
 */
int guests_put(struct guests *g, const struct link_guest *d) MUST_CHECK;
/* Does nothing when there is no such guest. */
void guests_remove(struct guests *g, struct str instance_id);

/* Both return the guest, borrowed until it is removed or swept, or NULL. In ip, IPv4 is
 * ::ffff:a.b.c.d. */
struct guest *guests_find(const struct guests *g, struct str instance_id);
struct guest *guests_find_ip(const struct guests *g, const struct in6_addr *ip);

/* When eicd sends everything again: guests_mark marks all guests and their keys, guests_put
 * and keys_put remove the mark, and guests_sweep removes what is still marked. */
void guests_mark(struct guests *g);
void guests_sweep(struct guests *g);
/* Drops the keys of all guests whose deadline is not after now_ms (boot clock). */
void guests_expire(struct guests *g, int64_t now_ms);

#endif
