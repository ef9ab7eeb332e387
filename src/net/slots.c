/*
 * slots: holders by name and in a heap, at whose top is the one that makes room; see slots.h.
 */
#include "net/slots.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/array.h"
#include "base/map.h"

TAILQ_HEAD(slot_queue, slot);

struct slot_holder {
	char name[SLOTS_HOLDER_MAX];
	size_t name_n;
	size_t n;                     /* all of its slots */
	size_t n_waiting;             /* those that are not SLOT_KEPT */
	struct slot_queue slow, idle; /* in each the oldest first */
	size_t at;                    /* its place in the heap */
};

struct slots {
	struct map *holders;
	struct slot_holder **heap;
	size_t n_heap, cap;
	size_t n;      /* slots */
	uint64_t turn; /* counts slots_set, to tell which slot is older */
};

struct slots *
slots_new(const struct rng *rng)
{
	struct slots *s = xalloc(sizeof(*s));

	s->holders = map_new(rng);
	return s;
}

void
slots_free(struct slots *s)
{
	if (s == NULL)
		return;
	assert(s->n == 0);
	map_free(s->holders);
	xfree(s->heap);
	xfree(s);
}

/* ---- the heap ---- */

static const struct slot *
first_of(const struct slot_holder *h)
{
	const struct slot *slot = TAILQ_FIRST(&h->idle);

	return slot != NULL ? slot : TAILQ_FIRST(&h->slow);
}

/* Does a make room before b? */
static bool
goes_before(const struct slot_holder *a, const struct slot_holder *b)
{
	const struct slot *x = first_of(a), *y = first_of(b);

	if (a->n_waiting != b->n_waiting)
		return a->n_waiting > b->n_waiting;
	if (x == NULL || y == NULL)
		return false;
	return x->kind != y->kind ? x->kind == SLOT_IDLE : x->since < y->since;
}

static void
put_at(struct slots *s, size_t at, struct slot_holder *h)
{
	s->heap[at] = h;
	h->at = at;
}

/* Puts h, which is in the heap and has changed, where it belongs. */
static void
settle(struct slots *s, struct slot_holder *h)
{
	size_t at = h->at, child;

	while (at > 0 && goes_before(h, s->heap[(at - 1) / 2])) {
		put_at(s, at, s->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	while ((child = 2 * at + 1) < s->n_heap) {
		if (child + 1 < s->n_heap && goes_before(s->heap[child + 1], s->heap[child]))
			child++;
		if (!goes_before(s->heap[child], h))
			break;
		put_at(s, at, s->heap[child]);
		at = child;
	}
	put_at(s, at, h);
}

static struct str
name_of(const struct slot_holder *h)
{
	return str_of_n(h->name, h->name_n);
}

static struct slot_holder *
holder_get(struct slots *s, struct str name)
{
	struct slot_holder *h = map_get(s->holders, name);

	if (h != NULL)
		return h;
	assert(name.n <= SLOTS_HOLDER_MAX);
	h = xalloc(sizeof(*h));
	if (name.n > 0)
		memcpy(h->name, name.p, name.n);
	h->name_n = name.n;
	TAILQ_INIT(&h->slow);
	TAILQ_INIT(&h->idle);
	s->heap = array_room(s->heap, s->n_heap, &s->cap, sizeof(struct slot_holder *));
	put_at(s, s->n_heap++, h);
	map_put(s->holders, name_of(h), h);
	return h;
}

static void
holder_remove(struct slots *s, struct slot_holder *h)
{
	struct slot_holder *last = s->heap[--s->n_heap];

	if (last != h) {
		put_at(s, h->at, last);
		settle(s, last);
	}
	map_remove(s->holders, name_of(h));
	xfree(h);
}

/* ---- slots ---- */

static void
unlink_slot(struct slot *slot)
{
	struct slot_holder *h = slot->holder;

	if (slot->kind == SLOT_KEPT)
		return;
	TAILQ_REMOVE(slot->kind == SLOT_IDLE ? &h->idle : &h->slow, slot, order);
	h->n_waiting--;
}

void
slots_add(struct slots *s, struct slot *slot, void *owner, struct str holder)
{
	*slot = (struct slot){ .owner = owner, .holder = holder_get(s, holder) };
	slot->holder->n++;
	s->n++;
	settle(s, slot->holder);
}

void
slots_remove(struct slots *s, struct slot *slot)
{
	struct slot_holder *h = slot->holder;

	unlink_slot(slot);
	slot->holder = NULL;
	s->n--;
	if (--h->n == 0)
		holder_remove(s, h);
	else
		settle(s, h);
}

void
slots_set(struct slots *s, struct slot *slot, enum slot_kind kind)
{
	struct slot_holder *h = slot->holder;

	unlink_slot(slot);
	slot->kind = kind;
	slot->since = s->turn++;
	if (kind != SLOT_KEPT) {
		TAILQ_INSERT_TAIL(kind == SLOT_IDLE ? &h->idle : &h->slow, slot, order);
		h->n_waiting++;
	}
	settle(s, h);
}

size_t
slots_count(const struct slots *s)
{
	return s->n;
}

size_t
slots_held(const struct slots *s, struct str holder)
{
	const struct slot_holder *h = map_get(s->holders, holder);

	return h != NULL ? h->n : 0;
}

static void *
owner_of(const struct slot_holder *h)
{
	const struct slot *slot = h != NULL ? first_of(h) : NULL;

	return slot != NULL ? slot->owner : NULL;
}

void *
slots_first(const struct slots *s)
{
	return owner_of(s->n_heap > 0 ? s->heap[0] : NULL);
}

void *
slots_first_of(const struct slots *s, struct str holder)
{
	return owner_of(map_get(s->holders, holder));
}
