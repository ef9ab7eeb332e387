/*
 * table: all clients. It counts them, all and those of one address, finds the one that has been
 * idle longest, and tells watchers when one is gone. All addresses of an IPv6 network (/64)
 * count as one address.
 */
#ifndef FRONT_TABLE_H
#define FRONT_TABLE_H

#include <stdbool.h>
#include <sys/queue.h>

#include "base/rand.h"
#include "net/addr.h"

struct client;
struct table;

/* A client's place in the table. It lives in the client; the members are private to table.c. */
struct table_entry {
	struct client *client;
	const struct addr *peer;
	TAILQ_ENTRY(table_entry) all, idle;
	LIST_ENTRY(table_entry) by_addr;
	bool is_idle;
};

struct table *table_new(const struct rng *rng); /* rng gives the seed of the hash */
void table_free(struct table *t);               /* asserts that it is empty; NULL is fine */

/* peer must live as long as the entry is in the table. */
void table_add(struct table *t, struct table_entry *e, struct client *c, const struct addr *peer);
/* Removes e and then calls every watcher. */
void table_remove(struct table *t, struct table_entry *e);
size_t table_count(const struct table *t);
size_t table_count_addr(const struct table *t, const struct addr *a);

/* Notes whether a client is idle. The oldest idle client is the one that became idle first, of
 * all or of one address; NULL when none is idle. */
void table_set_idle(struct table *t, struct table_entry *e, bool idle);
struct client *table_oldest_idle(const struct table *t);
struct client *table_oldest_idle_of(const struct table *t, const struct addr *a);

/* Calls fn for each client. fn may remove the client it is called for, but no other. */
void table_each(struct table *t, void (*fn)(struct client *c));

/* A watcher: gone is called each time after a client was removed, and must not change the
 * table. The struct lives at the watcher, at least as long as the table. */
struct table_watch {
	void (*gone)(void *ctx);
	void *ctx;
	LIST_ENTRY(table_watch) next; /* private to table.c */
};
void table_watch(struct table *t, struct table_watch *w);

#endif
