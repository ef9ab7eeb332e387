/*
 * table: all clients: how many, how many of one address, which is idle
 * longest, which waits for core first, which has an id. All addresses of one IPv6
 * network (/64) are one address.
 */
#ifndef FRONT_TABLE_H
#define FRONT_TABLE_H

#include "front/client.h"

struct front_table;

struct front_table *table_new(void);
void table_free(struct front_table *t); /* empty, or NULL */

void table_add(struct front_table *t, struct client *c);
void table_remove(struct front_table *t, struct client *c); /* from everything */
size_t table_count(const struct front_table *t);
size_t table_count_addr(const struct front_table *t, const struct addr *a);

/* Idle ones in the order in which they became so. */
void table_set_idle(struct front_table *t, struct client *c, bool idle);
struct client *table_oldest_idle(const struct front_table *t); /* NULL: none */
struct client *table_oldest_idle_of(const struct front_table *t, const struct addr *a);

/* Requests that core has not been told of, in order. */
void table_set_waiting(struct front_table *t, struct client *c, bool waiting);
struct client *table_first_waiting(const struct front_table *t);

/* Gives c an id that was never used before. */
void table_set_id(struct front_table *t, struct client *c);
void table_clear_id(struct client *c);
struct client *table_find(const struct front_table *t, uint64_t id);
/* An id that was given out once, though nobody has it any more. */
bool table_knew(const struct front_table *t, uint64_t id);

/* Calls fn for each; fn may remove the one it is called for, and no other. */
void table_each(struct front_table *t, void (*fn)(struct client *c));

#endif
