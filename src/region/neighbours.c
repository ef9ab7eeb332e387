/*
 * neighbours: see neighbours.h.
 */
#include "region/neighbours.h"

#include "base/alloc.h"
#include "base/array.h"
#include "region/ingress.h"

#define PAGE 64
#define PAGES 16 /* how many pages are looked at in one go */
#define PAGE_BYTES (64u << 20)

/* What came or went: instances of these security groups. */
struct change {
	char **group_ids;
	size_t n, cap;
	/* The one instance that came or went. It needs no new rules itself: its own were made
	 * with it. NULL when there were several. */
	char *only;
};

struct vpc {
	char *id;
	struct change now;  /* for this change, the walk through the VPC is at `after` */
	int64_t after;      /* the seq of the last instance that was looked at */
	struct change next; /* what came since that walk began */
};

struct neighbours {
	struct vpc *vpcs;
	size_t n, cap;
};

/* ---- what is noted ---- */

static void
change_clear(struct change *c)
{
	while (c->n > 0)
		xfree(c->group_ids[--c->n]);
	xfree(c->only);
	c->only = NULL;
}

static void
change_add(struct change *c, struct str group_id)
{
	size_t i;

	for (i = 0; i < c->n; i++) {
		if (str_eq_c(group_id, c->group_ids[i]))
			return;
	}
	c->group_ids = array_room(c->group_ids, c->n, &c->cap, sizeof(char *));
	c->group_ids[c->n++] = str_dup(group_id);
}

struct neighbours *
neighbours_new(void)
{
	return xalloc(sizeof(struct neighbours));
}

void
neighbours_free(struct neighbours *ns)
{
	struct vpc *v;

	if (ns == NULL)
		return;
	for (v = ns->vpcs; v < ns->vpcs + ns->n; v++) {
		change_clear(&v->now);
		change_clear(&v->next);
		xfree(v->now.group_ids);
		xfree(v->next.group_ids);
		xfree(v->id);
	}
	xfree(ns->vpcs);
	xfree(ns);
}

static struct vpc *
vpc_get(struct neighbours *ns, struct str id)
{
	size_t i;

	for (i = 0; i < ns->n; i++) {
		if (str_eq_c(id, ns->vpcs[i].id))
			return &ns->vpcs[i];
	}
	ns->vpcs = array_room(ns->vpcs, ns->n, &ns->cap, sizeof(ns->vpcs[0]));
	ns->vpcs[ns->n] = (struct vpc){ .id = str_dup(id) };
	return &ns->vpcs[ns->n++];
}

void
neighbours_note(struct neighbours *ns, const struct store_instance *v)
{
	struct change *next = &vpc_get(ns, v->vpc_id)->next;
	bool first = next->n == 0;
	size_t i;

	xfree(next->only);
	next->only = first ? str_dup(v->instance_id) : NULL;
	for (i = 0; i < v->n_group_ids; i++)
		change_add(next, v->group_ids[i]);
}

bool
neighbours_due(const struct neighbours *ns)
{
	size_t i;

	for (i = 0; i < ns->n; i++) {
		if (ns->vpcs[i].now.n > 0 || ns->vpcs[i].next.n > 0)
			return true;
	}
	return false;
}

/* ---- the walk ---- */

struct walk {
	struct region *region;
	void (*give)(struct region *region, struct str instance_id, struct str ingress);
	struct ingress *ingress;
	struct arena *arena; /* for one page at a time */
	size_t given, pages;
};

/* Begins the next walk through the VPC, if the last one is over. False when none is due. */
static bool
vpc_begin(struct vpc *v)
{
	struct change over = v->now;

	if (v->now.n > 0 || v->next.n == 0)
		return v->now.n > 0;
	v->now = v->next;
	v->next = over;
	v->after = 0;
	return true;
}

static int
one_refresh(struct walk *w, const struct change *c, const struct store_instance *v,
    struct buf *text)
{
	bool depends;
	int r;

	if (v->state != STORE_INSTANCE_RUNNING ||
	    (c->only != NULL && str_eq_c(v->instance_id, c->only)))
		return 0;
	if ((r = ingress_depends(w->ingress, v, c->group_ids, c->n, &depends)) != 0 || !depends ||
	    (r = ingress_write(w->ingress, v, text)) != 0)
		return r;
	w->give(w->region, v->instance_id, buf_view(text));
	w->given++;
	return 0;
}

static int
page_refresh(struct walk *w, struct vpc *v)
{
	struct store_instance *page;
	struct buf text;
	size_t i, n;
	int r;

	arena_reset(w->arena);
	buf_init(&text, INGRESS_MAX_BYTES);
	r = store_instance_list_vpc(w->region->store, w->arena, str_of(v->id), v->after, PAGE,
	    &page, &n);
	for (i = 0; r == 0 && i < n; i++)
		r = one_refresh(w, &v->now, &page[i], &text);
	buf_release(&text);
	if (r != 0)
		return r;
	w->pages++;
	if (n > 0)
		v->after = page[n - 1].seq;
	if (n < PAGE)
		change_clear(&v->now);
	return 0;
}

int
neighbours_refresh(struct region *region, struct neighbours *ns,
    void (*give)(struct region *region, struct str instance_id, struct str ingress))
{
	struct walk w = { .region = region,
		.give = give,
		.ingress = ingress_new(region),
		.arena = arena_new(PAGE_BYTES) };
	size_t i;
	int r = 0;

	for (i = 0; i < ns->n; i++) {
		while (r == 0 && w.given == 0 && w.pages < PAGES && vpc_begin(&ns->vpcs[i]))
			r = page_refresh(&w, &ns->vpcs[i]);
	}
	ingress_free(w.ingress);
	arena_free(w.arena);
	return r;
}
