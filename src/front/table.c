/*
 * table: the clients in lists and in a hash table by address; see table.h.
 */
#include "front/table.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/hash.h"

#define BUCKETS 1024
#define IPV6_NETWORK_BYTES 8

TAILQ_HEAD(entry_queue, table_entry);
LIST_HEAD(entry_chain, table_entry);
LIST_HEAD(watch_list, table_watch);

struct table {
	struct hash_seed seed;
	size_t n;
	struct entry_queue all, idle;
	struct entry_chain by_addr[BUCKETS];
	struct watch_list watches;
};

struct table *
table_new(const struct rng *rng)
{
	struct table *t = xalloc(sizeof(*t));

	rand_fill(rng, &t->seed, sizeof(t->seed));
	TAILQ_INIT(&t->all);
	TAILQ_INIT(&t->idle);
	return t;
}

void
table_free(struct table *t)
{
	assert(t == NULL || t->n == 0);
	xfree(t);
}

/* The part of an address that tells hosts apart: without the port, and of IPv6 only the network
 * (/64), as one owner has all of its addresses. IPv4 never comes as ::ffff:a.b.c.d, since IPv6
 * listeners take IPv6 only. */
static struct str
host_bytes(const struct addr *a)
{
	if (a->len == 0)
		return STR("");
	if (a->u.sa.sa_family == AF_INET6)
		return str_of_n(&a->u.in6.sin6_addr, IPV6_NETWORK_BYTES);
	return str_of_n(&a->u.in.sin_addr, sizeof(a->u.in.sin_addr));
}

static size_t
addr_bucket(const struct table *t, const struct addr *a)
{
	return hash_sip(&t->seed, host_bytes(a)) % BUCKETS;
}

static bool
same_host(const struct table_entry *e, const struct addr *a)
{
	return str_eq(host_bytes(e->peer), host_bytes(a));
}

void
table_add(struct table *t, struct table_entry *e, struct client *c, const struct addr *peer)
{
	e->client = c;
	e->peer = peer;
	e->is_idle = false;
	t->n++;
	TAILQ_INSERT_TAIL(&t->all, e, all);
	LIST_INSERT_HEAD(&t->by_addr[addr_bucket(t, peer)], e, by_addr);
}

void
table_remove(struct table *t, struct table_entry *e)
{
	struct table_watch *w;

	table_set_idle(t, e, false);
	LIST_REMOVE(e, by_addr);
	TAILQ_REMOVE(&t->all, e, all);
	t->n--;
	LIST_FOREACH(w, &t->watches, next)
		w->gone(w->ctx);
}

size_t
table_count(const struct table *t)
{
	return t->n;
}

size_t
table_count_addr(const struct table *t, const struct addr *a)
{
	const struct table_entry *e;
	size_t n = 0;

	LIST_FOREACH(e, &t->by_addr[addr_bucket(t, a)], by_addr)
		n += same_host(e, a);
	return n;
}

void
table_set_idle(struct table *t, struct table_entry *e, bool idle)
{
	if (e->is_idle)
		TAILQ_REMOVE(&t->idle, e, idle);
	if (idle)
		TAILQ_INSERT_TAIL(&t->idle, e, idle);
	e->is_idle = idle;
}

struct client *
table_oldest_idle(const struct table *t)
{
	const struct table_entry *e = TAILQ_FIRST(&t->idle);

	return e != NULL ? e->client : NULL;
}

struct client *
table_oldest_idle_of(const struct table *t, const struct addr *a)
{
	const struct table_entry *e;

	TAILQ_FOREACH(e, &t->idle, idle)
		if (same_host(e, a))
			return e->client;
	return NULL;
}

void
table_each(struct table *t, void (*fn)(struct client *c))
{
	struct table_entry *e, *next;

	for (e = TAILQ_FIRST(&t->all); e != NULL; e = next) {
		next = TAILQ_NEXT(e, all);
		fn(e->client);
	}
}

void
table_watch(struct table *t, struct table_watch *w)
{
	LIST_INSERT_HEAD(&t->watches, w, next);
}
