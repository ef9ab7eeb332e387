/*
 * table: all clients. It counts them, all and those of one address, says which one makes room for
 * a new one (net/slots.h), and tells watchers when one is gone. All addresses of an IPv6 network
 * (/64) count as one address. A stream, the link of an agent, is counted apart from all others, so
 * neither takes the other's places.
 */
#ifndef FRONT_TABLE_H
#define FRONT_TABLE_H

#include "net/addr.h"
#include "net/slots.h"

struct client;
struct table;

/* A client's place in the table. It lives in the client; the members are private to table.c. */
struct table_entry {
	struct client *client;
	const struct addr *peer;
	TAILQ_ENTRY(table_entry) all;
	struct slot slot;
	bool is_stream; /* then it has no slot */
};

struct table *table_new(const struct rng *rng); /* rng gives the seed of the hash */
void table_free(struct table *t);               /* asserts that it is empty; NULL is fine */

/* Adds a client, as SLOT_KEPT. peer must live as long as the entry is in the table. */
void table_add(struct table *t, struct table_entry *e, struct client *c, const struct addr *peer);
/* Removes e and then calls every watcher. */
void table_remove(struct table *t, struct table_entry *e);
size_t table_count(const struct table *t);   /* all clients */
size_t table_streams(const struct table *t); /* those of them that are streams */
/* Those of this address that are no streams. */
size_t table_count_addr(const struct table *t, const struct addr *a);

/* Notes what a client does, as slots_set. A stream is none any more. */
void table_set(struct table *t, struct table_entry *e, enum slot_kind kind);
/* Notes that a client is a stream. */
void table_set_stream(struct table *t, struct table_entry *e);
/* The client that makes room, of all or of one address, as slots_first; never a stream. */
struct client *table_first(const struct table *t);
struct client *table_first_of(const struct table *t, const struct addr *a);

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
