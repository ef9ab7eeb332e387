/*
 * table: all clients: how many, how many of one address, which is idle longest; and
 * who wants to know that one has gone. All addresses of one IPv6 network (/64) are
 * one address. Knows of a client nothing but its peer.
 */
#ifndef FRONT_TABLE_H
#define FRONT_TABLE_H

#include <stdbool.h>
#include <sys/queue.h>

#include "net/addr.h"

struct client;
struct table;

/* A client's place in the table; lives in it. Fields are table's. */
struct table_entry {
	struct client *client;
	const struct addr *peer;
	TAILQ_ENTRY(table_entry) all, idle;
	LIST_ENTRY(table_entry) by_addr;
	bool is_idle;
};

struct table *table_new(void);
void table_free(struct table *t); /* empty, or NULL */

/* peer lives as long as the entry is in the table. */
void table_add(struct table *t, struct table_entry *e, struct client *c, const struct addr *peer);
/* Tells those who watch. */
void table_remove(struct table *t, struct table_entry *e);
size_t table_count(const struct table *t);
size_t table_count_addr(const struct table *t, const struct addr *a);

/* Idle ones in the order in which they became so. */
void table_set_idle(struct table *t, struct table_entry *e, bool idle);
struct client *table_oldest_idle(const struct table *t); /* NULL: none */
struct client *table_oldest_idle_of(const struct table *t, const struct addr *a);

/* Calls fn for each; fn may remove the one it is called for, and no other. */
void table_each(struct table *t, void (*fn)(struct client *c));

/* Calls gone each time that a client has been removed; lives in who watches, at
 * least as long as the table. gone must not change the table. */
struct table_watch {
	void (*gone)(void *ctx);
	void *ctx;
	LIST_ENTRY(table_watch) next; /* table's */
};
void table_watch(struct table *t, struct table_watch *w);

#endif
