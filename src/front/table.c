/*
 * table: the clients in a list, and their slots; see table.h.
 */
#include "front/table.h"

#include <assert.h>

#include "base/alloc.h"

#define IPV6_NETWORK_BYTES 8

TAILQ_HEAD(entry_queue, table_entry);
LIST_HEAD(watch_list, table_watch);

struct table {
	struct slots *slots;
	size_t n, n_streams;
	struct entry_queue all;
	struct watch_list watches;
};

struct table *
table_new(const struct rng *rng)
{
	struct table *t = xalloc(sizeof(*t));

	t->slots = slots_new(rng);
	TAILQ_INIT(&t->all);
	return t;
}

void
table_free(struct table *t)
{
	if (t == NULL)
		return;
	assert(t->n == 0);
	slots_free(t->slots);
	xfree(t);
}

/* The part of an address that tells hosts apart: without the port, and of IPv6 only the network
 * (/64), as one owner has all of its addresses. IPv4 that comes as ::ffff:a.b.c.d is IPv4. */
static struct str
host_bytes(const struct addr *a)
{
	if (a->len == 0)
		return STR("");
	if (a->u.sa.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&a->u.in6.sin6_addr))
		return str_of_n(&a->u.in6.sin6_addr.s6_addr[12], sizeof(a->u.in.sin_addr));
	if (a->u.sa.sa_family == AF_INET6)
		return str_of_n(&a->u.in6.sin6_addr, IPV6_NETWORK_BYTES);
	return str_of_n(&a->u.in.sin_addr, sizeof(a->u.in.sin_addr));
}

void
table_add(struct table *t, struct table_entry *e, struct client *c, const struct addr *peer)
{
	e->client = c;
	e->peer = peer;
	e->is_stream = false;
	t->n++;
	TAILQ_INSERT_TAIL(&t->all, e, all);
	slots_add(t->slots, &e->slot, c, host_bytes(peer));
}

void
table_remove(struct table *t, struct table_entry *e)
{
	struct table_watch *w;

	if (e->is_stream)
		t->n_streams--;
	else
		slots_remove(t->slots, &e->slot);
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
table_streams(const struct table *t)
{
	return t->n_streams;
}

size_t
table_count_addr(const struct table *t, const struct addr *a)
{
	return slots_held(t->slots, host_bytes(a));
}

void
table_set(struct table *t, struct table_entry *e, enum slot_kind kind)
{
	if (e->is_stream) {
		e->is_stream = false;
		t->n_streams--;
		slots_add(t->slots, &e->slot, e->client, host_bytes(e->peer));
	}
	slots_set(t->slots, &e->slot, kind);
}

void
table_set_stream(struct table *t, struct table_entry *e)
{
	if (e->is_stream)
		return;
	slots_remove(t->slots, &e->slot);
	e->is_stream = true;
	t->n_streams++;
}

struct client *
table_first(const struct table *t)
{
	return slots_first(t->slots);
}

struct client *
table_first_of(const struct table *t, const struct addr *a)
{
	return slots_first_of(t->slots, host_bytes(a));
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
