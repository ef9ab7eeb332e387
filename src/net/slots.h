/*
 * slots: which connections of a server make room for a new one. Each connection has a slot, and
 * each slot a holder: whoever counts as one, such as an address or a user. When there is no room,
 * the holder that keeps the server waiting on most connections loses one, so whoever holds a
 * single one loses it only when nobody holds two.
 */
#ifndef NET_SLOTS_H
#define NET_SLOTS_H

#include <stdbool.h>
#include <sys/queue.h>

#include "base/rand.h"
#include "base/str.h"

#define SLOTS_HOLDER_MAX 24 /* the longest name of a holder, in bytes */

/* What a connection does. Of one holder the idle go before the slow, and of each kind the one
 * that is of that kind for longest. */
enum slot_kind {
	SLOT_KEPT, /* its peer waits for us: it is not closed to make room */
	SLOT_SLOW, /* we wait for its peer, which has sent or read a part of something */
	SLOT_IDLE, /* nothing is under way */
};

struct slots;
struct slot_holder;

/* Lives in its owner. The members are private to slots.c. */
struct slot {
	void *owner;
	struct slot_holder *holder;
	enum slot_kind kind;
	uint64_t since;
	TAILQ_ENTRY(slot) order;
};

struct slots *slots_new(const struct rng *rng); /* rng gives the seed of a hash */
void slots_free(struct slots *s);               /* asserts that it is empty; NULL is fine */

/* Adds a slot of this holder as SLOT_KEPT. The name is copied. */
void slots_add(struct slots *s, struct slot *slot, void *owner, struct str holder);
void slots_remove(struct slots *s, struct slot *slot);
/* From now on it is of this kind, as the last of its holder, also when it was before. */
void slots_set(struct slots *s, struct slot *slot, enum slot_kind kind);

size_t slots_count(const struct slots *s);
size_t slots_held(const struct slots *s, struct str holder);

/* The owner of the slot that goes first, of all or of one holder; NULL when all are kept. Between
 * holders that keep us waiting on as many, one with an idle slot comes first, then the one whose
 * slot is of its kind for longest. */
void *slots_first(const struct slots *s);
void *slots_first_of(const struct slots *s, struct str holder);

#endif
