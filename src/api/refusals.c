/*
 * refusals: see refusals.h. All kinds have one interval: it begins with the first refusal, and when
 * it is over, the whole table is told and another begins.
 */
#include "api/refusals.h"

#include "api/audit.h"
#include "base/alloc.h"
#include "base/array.h"
#include "base/log.h"
#include "base/map.h"
#include "iam/cidr.h"
#include "region/task.h"

/* When a table has so many kinds, it is told before its time. */
#define MAX_KINDS 4096u
/* When it cannot be told, because the store fails, it grows to this. Then nothing is counted, and
 * each is the first. */
#define MOST_KINDS (2 * MAX_KINDS)
/* All that is not from known principals has room for so many kinds; more count as one. */
#define MAX_UNKNOWN 1024u
#define TABLE_BYTES ((size_t)128 << 20)
#define MAX_TEXT_BYTES 128

enum sort { SORT_THROTTLED, SORT_STRANGER, SORT_NO_ACTION, SORT_UNAUTHENTIC, SORT_CROWDED };

static const char *const names[] = {
	[SORT_THROTTLED] = "throttled",
	[SORT_STRANGER] = "stranger",
	[SORT_NO_ACTION] = "no-action",
	[SORT_UNAUTHENTIC] = "unauthentic",
	[SORT_CROWDED] = "crowded",
};

/* What its kind is told by. */
struct what {
	enum sort sort;
	struct str who; /* whose kinds are limited: a principal, or an address */
	struct str principal, key, peer, service, action, why;
	/* Who of those that share principal; not of the kind, since a caller may have many. */
	struct str subject;
};

struct kind {
	struct str id;
	struct what what; /* of the first */
	size_t n_full;    /* that were told in full */
	bool fresh;       /* one of these is recorded, but not committed */
	bool others;      /* the others that were counted differ from the first */
	uint64_t n;       /* that were counted */
	int64_t first_at, last_at;
	char request_id[40];           /* of the last */
	const struct audit_kept *kept; /* for SORT_THROTTLED and SORT_STRANGER */
};

/* How many kinds of a sort somebody has. What is only logged never takes the place of what is
 * recorded. */
struct owner {
	struct str id;
	size_t n;
};

struct table {
	struct arena *arena; /* of all that is in it */
	struct map *kinds, *owners;
	struct kind **list; /* in the order in which they came */
	size_t n, cap, n_unknown;
	size_t told;       /* so many of them have been told */
	int64_t opened_ms; /* boot clock */
};

struct refusals {
	struct table now, before; /* before is being told */
	bool any_fresh;
};

/* ---- tables ---- */

static void
table_init(struct table *t, const struct rng *rng)
{
	*t = (struct table){ .arena = arena_new(TABLE_BYTES),
		.kinds = map_new(rng),
		.owners = map_new(rng) };
}

static void
table_clear(struct table *t)
{
	map_clear(t->kinds);
	map_clear(t->owners);
	arena_reset(t->arena);
	t->list = NULL;
	t->n = t->cap = t->n_unknown = t->told = 0;
}

static void
table_release(struct table *t)
{
	map_free(t->kinds);
	map_free(t->owners);
	arena_free(t->arena);
}

struct refusals *
refusals_new(const struct rng *rng)
{
	struct refusals *l = xalloc(sizeof(*l));

	table_init(&l->now, rng);
	table_init(&l->before, rng);
	return l;
}

void
refusals_free(struct refusals *l)
{
	if (l == NULL)
		return;
	table_release(&l->now);
	table_release(&l->before);
	xfree(l);
}

/* ---- kinds ---- */

/* Is it not known of whom it is? */
static bool
is_unknown(const struct what *w)
{
	return w->principal.n == 0;
}

static struct owner *
owner_get(struct table *t, const struct what *w)
{
	struct owner *o;
	struct buf id;

	buf_init(&id, 4096);
	buf_fmt(&id, "%s %s ", names[w->sort], is_unknown(w) ? "address" : "principal");
	buf_str(&id, w->who);
	if ((o = map_get(t->owners, buf_view(&id))) == NULL) {
		o = arena_alloc(t->arena, sizeof(*o));
		o->id = arena_str(t->arena, buf_view(&id));
		(void)map_put(t->owners, o->id, o);
	}
	buf_release(&id);
	return o;
}

static struct str
short_text(struct table *t, struct str s)
{
	return arena_str(t->arena, str_head(s, MAX_TEXT_BYTES));
}

static struct kind *
kind_add(struct table *t, const struct what *w, struct str id)
{
	struct kind *k = arena_alloc(t->arena, sizeof(*k));

	k->id = arena_str(t->arena, id);
	k->what = (struct what){ .sort = w->sort,
		.who = short_text(t, w->who),
		.principal = arena_str(t->arena, w->principal),
		.key = short_text(t, w->key),
		.peer = short_text(t, w->peer),
		.service = short_text(t, w->service),
		.action = short_text(t, w->action),
		.why = short_text(t, w->why),
		.subject = short_text(t, w->subject) };
	(void)map_put(t->kinds, k->id, k);
	t->list = array_room_arena(t->arena, t->list, t->n, &t->cap, sizeof(struct kind *));
	t->list[t->n++] = k;
	t->n_unknown += is_unknown(w);
	return k;
}

/* The kind that w is of; NULL when there is no room for one. */
static struct kind *
kind_get(struct table *t, const struct what *w)
{
	struct buf id;
	struct owner *o;
	struct kind *k;

	buf_init(&id, 8192);
	buf_fmt(&id, "%d\n%.*s\n%.*s\n%.*s\n%.*s\n%.*s\n%.*s", w->sort, STR_FMT(w->principal),
	    STR_FMT(w->key), STR_FMT(w->peer), STR_FMT(w->service), STR_FMT(w->action),
	    STR_FMT(w->why));
	k = map_get(t->kinds, buf_view(&id));
	if (k != NULL || t->n >= MOST_KINDS)
		goto out;
	if (is_unknown(w) && t->n_unknown >= MAX_UNKNOWN) {
		buf_clear(&id);
		buf_c(&id, "all others");
	} else {
		o = owner_get(t, w);
		if (o->n++ >= REFUSALS_KINDS) {
			buf_clear(&id);
			buf_fmt(&id, "others of %.*s", STR_FMT(o->id));
		}
	}
	if ((k = map_get(t->kinds, buf_view(&id))) != NULL)
		k->others = true;
	else
		k = kind_add(t, w, buf_view(&id));
out:
	buf_release(&id);
	return k;
}

/* Is this to be told in full? Otherwise it is counted. *ret: the kind, or NULL. */
static bool
is_told(struct call *c, const struct what *w, struct kind **ret)
{
	struct table *t = &c->api->refusals->now;
	struct kind *k;

	if (t->n == 0)
		t->opened_ms = clock_boot_ms(c->region->clock);
	*ret = k = kind_get(t, w);
	if (k == NULL || k->n_full < REFUSALS_IN_FULL) {
		if (k != NULL)
			k->n_full++;
		return true;
	}
	if (k->n++ == 0)
		k->first_at = c->now_s;
	k->others |= !str_eq(k->what.subject, str_head(w->subject, MAX_TEXT_BYTES));
	k->last_at = c->now_s;
	snprintf(k->request_id, sizeof(k->request_id), "%.*s", STR_FMT(c->req->request_id));
	return false;
}

/* ---- telling ---- */

static void
line(const struct call *c, const struct what *w)
{
	log_info(names[w->sort], log_s("req", c->req->request_id), log_s("peer", w->peer),
	    log_s("principal", w->principal), log_s("key", w->key), log_s("service", w->service),
	    log_s("action", w->action), log_s("why", w->why));
}

static void
line_again(const struct kind *k)
{
	const struct what *w = &k->what;

	log_info(names[w->sort], log_i("again", (int64_t)k->n),
	    log_i("seconds", k->last_at - k->first_at), log_c("others", k->others ? "true" : ""),
	    log_s("peer", w->peer), log_s("principal", w->principal), log_s("key", w->key),
	    log_s("service", w->service), log_s("action", w->action), log_s("why", w->why));
}

/* Logs the first few of a kind, and counts the others. */
static void
log_or_count(struct call *c, const struct what *w)
{
	struct kind *unused;

	if (is_told(c, w, &unused))
		line(c, w);
}

static int
record_or_count(struct call *c, const struct what *w, enum awserr e)
{
	struct refusals *l = c->api->refusals;
	struct kind *k;

	if (!is_told(c, w, &k))
		return 0;
	line(c, w);
	if (k != NULL) {
		k->kept = audit_keep(c, e, l->now.arena);
		k->fresh = l->any_fresh = true;
	}
	return audit_add(c, e);
}

int
refusals_record(struct call *c, enum awserr e)
{
	const struct what w = { .sort = c->action == NULL ? SORT_NO_ACTION
		    : c->stranger                         ? SORT_STRANGER
							  : SORT_THROTTLED,
		/* The subjects of an issuer may be anybody's to choose; its provider is not. */
		.who = c->stranger ? c->principal.arn : c->owner,
		.subject = c->stranger ? c->principal.name : STR(""),
		.principal = c->principal.arn,
		.key = c->access_key_id,
		.peer = c->req->peer_ip,
		.service = service_info(c->service)->event_source,
		.action = c->operation,
		.why = awserr_head(e, c->service).code };

	if (c->action != NULL && !c->too_fast && !c->stranger)
		return audit_add(c, e);
	if (c->action != NULL)
		return record_or_count(c, &w, e);
	log_or_count(c, &w);
	return 0;
}

void
refusals_unauthentic(struct call *c, struct str key, const char *why)
{
	const struct what w = { .sort = SORT_UNAUTHENTIC,
		.who = cidr_host(c->arena, c->req->peer_ip),
		.key = key,
		.peer = c->req->peer_ip,
		.why = str_of(why) };

	log_or_count(c, &w);
}

void
refusals_crowded(struct call *c)
{
	const struct what w = { .sort = SORT_CROWDED,
		.who = cidr_host(c->arena, c->req->peer_ip),
		.peer = c->req->peer_ip,
		.why = STR("too many requests wait") };

	log_or_count(c, &w);
}

void
refusals_settle(struct refusals *l, bool committed)
{
	struct kind *k;
	size_t i;

	if (!l->any_fresh)
		return;
	l->any_fresh = false;
	for (i = 0; i < l->now.n; i++) {
		k = l->now.list[i];
		if (k->fresh && !committed) {
			(void)map_remove(l->now.kinds, k->id);
			k->n = 0;
		}
		k->fresh = false;
	}
}

struct telling {
	struct table *table;
	size_t to; /* kinds before this one are told */
};

static int
records_add(struct region *region, void *ctx)
{
	const struct telling *v = ctx;
	const struct kind *k;
	size_t i;
	int r = 0;

	for (i = v->table->told; i < v->to && r == 0; i++) {
		k = v->table->list[i];
		if (k->n > 0 && k->kept != NULL)
			r = audit_add_again(region, k->kept,
			    &(struct audit_again){ .n = k->n,
				.first_at = k->first_at,
				.last_at = k->last_at,
				.others = k->others,
				.request_id = str_of(k->request_id) });
	}
	return r;
}

/* Makes the table of now the one that is told, when it is time and the one before has been. */
static void
turn(struct api *api, bool at_once)
{
	struct refusals *l = api->refusals;
	struct table t = l->before;

	if (l->before.told < l->before.n || l->now.n == 0)
		return;
	if (!at_once && l->now.n < MAX_KINDS &&
	    clock_boot_ms(api->region->clock) - l->now.opened_ms < REFUSALS_INTERVAL_MS)
		return;
	table_clear(&t);
	l->before = l->now;
	l->now = t;
}

bool
refusals_step(struct api *api, bool at_once)
{
	struct table *t = &api->refusals->before;
	struct telling v = { .table = t };
	bool records = false;
	size_t i, n = 0;

	turn(api, at_once);
	for (v.to = t->told; v.to < t->n && n < REFUSALS_STEP; v.to++) {
		n += t->list[v.to]->n > 0;
		records |= t->list[v.to]->n > 0 && t->list[v.to]->kept != NULL;
	}
	/* What the store does not take is told later. */
	if (records && task_run(api->region, records_add, &v) != 0)
		return false;
	for (i = t->told; i < v.to; i++) {
		if (t->list[i]->n > 0)
			line_again(t->list[i]);
	}
	t->told = v.to;
	return t->told < t->n || (at_once && api->refusals->now.n > 0);
}
