/*
 * guests: the instances that this agent speaks for: what eicd told about each,
 * its live keys and its tokens. A guest is known by the address that it
 * connects from, never by anything it says.
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

struct guest {
	struct link_guest desc; /* guests.c's copy, replaced by guests_put */
	struct keys keys;
	struct tokens tokens;
	int64_t rate_at_ms; /* request rate: see imds/server */
	int32_t rate_left;
	/* guests.c's own */
	struct in6_addr ip;
	char *block; /* what desc borrows from */
	bool marked;
};

struct guests;

struct guests *guests_new(const struct rng *rng);
void guests_free(struct guests *g); /* NULL is fine */

/*
 * Copies d in; a guest of that id keeps its keys and tokens. An address that
 * another guest had is that guest's no more. As link_check; ERR_FULL
 * (GUESTS_MAX).
 */
int guests_put(struct guests *g, const struct link_guest *d) MUST_CHECK;
void guests_remove(struct guests *g, struct str instance_id);

/* Borrowed until the guest is removed or swept; NULL when there is none. */
struct guest *guests_find(const struct guests *g, struct str instance_id);
/* IPv4 addresses as ::ffff:a.b.c.d. */
struct guest *guests_find_ip(const struct guests *g, const struct in6_addr *ip);

/* Re-synchronisation, guests and their keys: mark all; guests_put and keys_put
 * unmark; sweep removes what is still marked. */
void guests_mark(struct guests *g);
void guests_sweep(struct guests *g);
/* Drops every guest's keys that have passed their deadline. */
void guests_expire(struct guests *g, int64_t now_ms);

#endif
