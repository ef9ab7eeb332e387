/*
 * table: lists and hash chains through the clients; see table.h.
 */
#include "front/table.h"

#include <assert.h>

#include "base/alloc.h"

#define BUCKETS 1024
#define IPV6_NETWORK_BYTES 8

TAILQ_HEAD(client_queue, client);
LIST_HEAD(client_chain, client);

struct front_table {
	size_t n;
	uint64_t last_id;
	struct client_queue all, idle, waiting;
	struct client_chain by_id[BUCKETS], by_addr[BUCKETS];
};

struct front_table *
table_new(void)
{
	struct front_table *t = xalloc(sizeof(*t));

	TAILQ_INIT(&t->all);
	TAILQ_INIT(&t->idle);
	TAILQ_INIT(&t->waiting);
	return t;
}

void
table_free(struct front_table *t)
{
	assert(t == NULL || t->n == 0);
	xfree(t);
}

/* The bytes that make a client: of IPv6 the network (/64), whose addresses are all
 * its owner's; the port never. Listeners take IPv4 on sockets of its own. */
static struct str
host_bytes(const struct addr *a)
{
	if (a->len == 0)
		return STR("");
	if (a->u.sa.sa_family == AF_INET6)
		return str_of_n(&a->u.in6.sin6_addr, IPV6_NETWORK_BYTES);
	return str_of_n(&a->u.in.sin_addr, sizeof(a->u.in.sin_addr));
}

/* FNV-1a. Who can choose addresses to collide gains nothing but a slow count. */
static size_t
addr_bucket(const struct addr *a)
{
	struct str s = host_bytes(a);
	uint32_t h = 2166136261u;
	size_t i;

	for (i = 0; i < s.n; i++)
		h = (h ^ (uint8_t)s.p[i]) * 16777619u;
	return h % BUCKETS;
}

static bool
same_host(const struct client *c, const struct addr *a)
{
	return str_eq(host_bytes(conn_peer(c->conn)), host_bytes(a));
}

void
table_add(struct front_table *t, struct client *c)
{
	t->n++;
	TAILQ_INSERT_TAIL(&t->all, c, all);
	LIST_INSERT_HEAD(&t->by_addr[addr_bucket(conn_peer(c->conn))], c, by_addr);
}

void
table_remove(struct front_table *t, struct client *c)
{
	table_set_idle(t, c, false);
	table_set_waiting(t, c, false);
	table_clear_id(c);
	LIST_REMOVE(c, by_addr);
	TAILQ_REMOVE(&t->all, c, all);
	t->n--;
}

size_t
table_count(const struct front_table *t)
{
	return t->n;
}

size_t
table_count_addr(const struct front_table *t, const struct addr *a)
{
	const struct client *c;
	size_t n = 0;

	LIST_FOREACH(c, &t->by_addr[addr_bucket(a)], by_addr)
		n += same_host(c, a);
	return n;
}

void
table_set_idle(struct front_table *t, struct client *c, bool idle)
{
	if (c->is_idle)
		TAILQ_REMOVE(&t->idle, c, idle);
	if (idle)
		TAILQ_INSERT_TAIL(&t->idle, c, idle);
	c->is_idle = idle;
}

struct client *
table_oldest_idle(const struct front_table *t)
{
	return TAILQ_FIRST(&t->idle);
}

struct client *
table_oldest_idle_of(const struct front_table *t, const struct addr *a)
{
	struct client *c;

	TAILQ_FOREACH(c, &t->idle, idle)
		if (same_host(c, a))
			return c;
	return NULL;
}

void
table_set_waiting(struct front_table *t, struct client *c, bool waiting)
{
	if (c->is_waiting)
		TAILQ_REMOVE(&t->waiting, c, waiting);
	if (waiting)
		TAILQ_INSERT_TAIL(&t->waiting, c, waiting);
	c->is_waiting = waiting;
}

struct client *
table_first_waiting(const struct front_table *t)
{
	return TAILQ_FIRST(&t->waiting);
}

void
table_set_id(struct front_table *t, struct client *c)
{
	assert(c->id == 0);
	c->id = ++t->last_id;
	LIST_INSERT_HEAD(&t->by_id[c->id % BUCKETS], c, by_id);
}

void
table_clear_id(struct client *c)
{
	if (c->id == 0)
		return;
	LIST_REMOVE(c, by_id);
	c->id = 0;
}

struct client *
table_find(const struct front_table *t, uint64_t id)
{
	struct client *c;

	LIST_FOREACH(c, &t->by_id[id % BUCKETS], by_id)
		if (c->id == id)
			return c;
	return NULL;
}

bool
table_knew(const struct front_table *t, uint64_t id)
{
	return id != 0 && id <= t->last_id;
}

void
table_each(struct front_table *t, void (*fn)(struct client *c))
{
	struct client *c, *next;

	for (c = TAILQ_FIRST(&t->all); c != NULL; c = next) {
		next = TAILQ_NEXT(c, all);
		fn(c);
	}
}
