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
	bool all; /* of any */
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

/* An instance that is owed its rules. */
struct owed {
	char *instance_id;
	int64_t due_ms; /* boot clock */
	bool given;     /* by the page that was given last */
};

/* The page that was given last. Until neighbours_given, the walk stands before it. */
struct page {
	struct vpc *vpc; /* NULL: none, or it was a page of those that are owed */
	int64_t after;
	bool last;
};

struct neighbours {
	struct vpc *vpcs;
	size_t n, cap;
	struct owed *owed;
	size_t n_owed, cap_owed;
	size_t turn; /* whose page comes next: that of a VPC, or n: of those that are owed */
	struct page given;
};

/* ---- what is noted ---- */

static void
change_clear(struct change *c)
{
	while (c->n > 0)
		xfree(c->group_ids[--c->n]);
	xfree(c->only);
	c->only = NULL;
	c->all = false;
}

static bool
change_is_empty(const struct change *c)
{
	return c->n == 0 && !c->all;
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
	while (ns->n_owed > 0)
		xfree(ns->owed[--ns->n_owed].instance_id);
	xfree(ns->owed);
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
	bool first = change_is_empty(next);
	size_t i;

	xfree(next->only);
	next->only = first ? str_dup(v->instance_id) : NULL;
	for (i = 0; i < v->n_group_ids; i++)
		change_add(next, v->group_ids[i]);
}

void
neighbours_note_vpc(struct neighbours *ns, struct str vpc_id)
{
	struct change *next = &vpc_get(ns, vpc_id)->next;

	xfree(next->only);
	next->only = NULL;
	next->all = true;
}

void
neighbours_owe(struct neighbours *ns, struct str instance_id, int64_t now_ms)
{
	size_t i = 0;

	while (i < ns->n_owed && !str_eq_c(instance_id, ns->owed[i].instance_id))
		i++;
	if (i == ns->n_owed) {
		ns->owed = array_room(ns->owed, ns->n_owed, &ns->cap_owed, sizeof(ns->owed[0]));
		ns->owed[ns->n_owed++] = (struct owed){ .instance_id = str_dup(instance_id) };
	}
	ns->owed[i].due_ms = now_ms + NEIGHBOURS_PAUSE_MS;
	ns->owed[i].given = false;
}

static void
owed_drop(struct neighbours *ns, size_t i)
{
	xfree(ns->owed[i].instance_id);
	ns->owed[i] = ns->owed[--ns->n_owed];
}

bool
neighbours_due(const struct neighbours *ns, int64_t now_ms)
{
	size_t i;

	for (i = 0; i < ns->n; i++) {
		if (!change_is_empty(&ns->vpcs[i].now) || !change_is_empty(&ns->vpcs[i].next))
			return true;
	}
	for (i = 0; i < ns->n_owed; i++) {
		if (ns->owed[i].due_ms <= now_ms)
			return true;
	}
	return false;
}

/* ---- the walk ---- */

struct walk {
	struct region *region;
	struct neighbours *ns;
	void (*give)(struct region *region, struct str instance_id, struct str ingress);
	struct ingress *ingress;
	struct arena *arena; /* for one page at a time */
	struct buf text;
	int64_t now_ms;
	size_t given, pages;
};

/* Begins the next walk through the VPC, if the last one is over. False when none is due. */
static bool
vpc_begin(struct vpc *v)
{
	struct change over = v->now;

	if (!change_is_empty(&v->now) || change_is_empty(&v->next))
		return !change_is_empty(&v->now);
	v->now = v->next;
	v->next = over;
	v->after = 0;
	return true;
}

static int
one_give(struct walk *w, const struct store_instance *v)
{
	int r;

	if ((r = ingress_write(w->ingress, v, &w->text)) != 0)
		return r;
	w->give(w->region, v->instance_id, buf_view(&w->text));
	w->given++;
	return 0;
}

static int
one_refresh(struct walk *w, const struct change *c, const struct store_instance *v)
{
	bool depends;
	int r;

	if ((v->state != STORE_INSTANCE_RUNNING && v->state != STORE_INSTANCE_PENDING) ||
	    (c->only != NULL && str_eq_c(v->instance_id, c->only)))
		return 0;
	r = ingress_depends(w->ingress, v, c->all ? NULL : c->group_ids, c->n, &depends);
	if (r != 0 || !depends)
		return r;
	if (v->state == STORE_INSTANCE_RUNNING)
		return one_give(w, v);
	/* Compute may be bringing it up with the rules of before. */
	neighbours_owe(w->ns, v->instance_id, w->now_ms);
	return 0;
}

static void
page_over(const struct page *p)
{
	p->vpc->after = p->after;
	if (p->last)
		change_clear(&p->vpc->now);
}

static int
page_refresh(struct walk *w, struct vpc *v)
{
	struct page over = { .vpc = v, .after = v->after };
	struct store_instance *page;
	size_t i, n;
	int r;

	arena_reset(w->arena);
	r = store_instance_list_vpc(w->region->store, w->arena, str_of(v->id), v->after, PAGE,
	    &page, &n);
	for (i = 0; r == 0 && i < n; i++)
		r = one_refresh(w, &v->now, &page[i]);
	if (r != 0)
		return r;
	w->pages++;
	if (n > 0)
		over.after = page[n - 1].seq;
	over.last = n < PAGE;
	if (w->given > 0)
		w->ns->given = over;
	else
		page_over(&over);
	return 0;
}

static int
vpc_refresh(struct walk *w, struct vpc *v)
{
	int r = 0;

	while (r == 0 && w->given == 0 && w->pages < PAGES && vpc_begin(v))
		r = page_refresh(w, v);
	return r;
}

/* Gives its rules to the i-th that is owed them. *ret_over: it is not owed them any more. */
static int
owed_one(struct walk *w, size_t i, bool *ret_over)
{
	struct owed *o = &w->ns->owed[i];
	struct store_instance v;
	int r;

	*ret_over = false;
	r = store_instance_get(w->region->store, w->arena, str_of(o->instance_id), &v);
	if (r != 0 && r != ERR_NOTFOUND)
		return r;
	if (r == 0 && v.state == STORE_INSTANCE_PENDING) {
		o->due_ms = w->now_ms + NEIGHBOURS_PAUSE_MS;
		return 0;
	}
	/* One that is down gets its rules when it comes up. */
	*ret_over = r == ERR_NOTFOUND || v.state != STORE_INSTANCE_RUNNING;
	if (*ret_over || (r = one_give(w, &v)) != 0)
		return *ret_over ? 0 : r;
	o->given = true;
	return 0;
}

static int
owed_refresh(struct walk *w)
{
	size_t i = 0, seen = 0;
	bool over;
	int r;

	arena_reset(w->arena);
	while (i < w->ns->n_owed && seen < PAGE) {
		if (w->ns->owed[i].due_ms > w->now_ms) {
			i++;
			continue;
		}
		seen++;
		if ((r = owed_one(w, i, &over)) != 0)
			return r;
		if (over)
			owed_drop(w->ns, i);
		else
			i++;
	}
	return 0;
}

int
neighbours_refresh(struct region *region, struct neighbours *ns,
    void (*give)(struct region *region, struct str instance_id, struct str ingress))
{
	struct walk w = { .region = region,
		.ns = ns,
		.give = give,
		.ingress = ingress_new(region),
		.arena = arena_new(PAGE_BYTES),
		.now_ms = clock_boot_ms(region->clock) };
	size_t i, turn;
	int r = 0;

	ns->given = (struct page){ 0 };
	for (i = 0; i < ns->n_owed; i++)
		ns->owed[i].given = false;
	buf_init(&w.text, INGRESS_MAX_BYTES);
	for (i = 0; i <= ns->n && r == 0 && w.given == 0 && w.pages < PAGES; i++) {
		turn = ns->turn % (ns->n + 1);
		ns->turn = turn + 1;
		r = turn < ns->n ? vpc_refresh(&w, &ns->vpcs[turn]) : owed_refresh(&w);
	}
	buf_release(&w.text);
	ingress_free(w.ingress);
	arena_free(w.arena);
	return r;
}

void
neighbours_given(struct neighbours *ns)
{
	size_t i = 0;

	if (ns->given.vpc != NULL)
		page_over(&ns->given);
	ns->given = (struct page){ 0 };
	while (i < ns->n_owed) {
		if (ns->owed[i].given)
			owed_drop(ns, i);
		else
			i++;
	}
}
