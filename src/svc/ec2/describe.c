/*
 * describe: see describe.h.
 */
#include "svc/ec2/describe.h"

#include "svc/ec2/page.h"

#define PAGE_BYTES (32u << 20)

static const struct str *
text_at(const void *item, size_t at)
{
	return (const struct str *)(const void *)((const char *)item + at);
}

/* ---- filters ---- */

static const struct describe_filter *
filter_find(const struct describe_entity *t, struct str name)
{
	size_t i;

	for (i = 0; i < t->n_filters; i++) {
		if (str_eq_c(name, t->filters[i].name))
			return &t->filters[i];
	}
	return NULL;
}

static enum awserr
filter_check(struct call *c, const struct describe_filter *row, struct str name)
{
	if (row == NULL && !filter_is_of_tags(name))
		return call_fail(c, AWSERR_INVALID_PARAMETER_VALUE, "The filter '%.*s' is invalid",
		    STR_FMT(name));
	if (row != NULL && row->source == DESCRIBE_UNSUPPORTED)
		return call_fail(c, AWSERR_UNSUPPORTED,
		    "The filter '%.*s' is not supported by this installation", STR_FMT(name));
	return AWSERR_NONE;
}

static enum awserr
filters_bind(struct describe *d)
{
	const struct filter *f = d->in->filters.v;
	size_t i, n = d->in->filters.n;
	enum awserr e;

	d->filters = arena_array(d->c->arena, n > 0 ? n : 1, sizeof(*d->filters));
	for (i = 0; i < n; i++) {
		d->filters[i] = filter_find(d->entity, f[i].name);
		if ((e = filter_check(d->c, d->filters[i], f[i].name)) != AWSERR_NONE)
			return e;
	}
	return AWSERR_NONE;
}

void
describe_offer(struct describe *d, struct str value)
{
	if (value.n > 0 && filter_accepts(d->filter, value))
		d->matches = true;
}

static enum awserr
values_offer(struct describe *d, const struct describe_filter *row, const void *item)
{
	if (row->has != NULL && !row->has(item))
		return AWSERR_NONE;
	d->row = row;
	switch (row->source) {
	case DESCRIBE_STR:
		describe_offer(d, *text_at(item, row->at));
		break;
	case DESCRIBE_BOOL:
		describe_offer(d,
		    *(const bool *)((const char *)item + row->at) ? STR("true") : STR("false"));
		break;
	case DESCRIBE_TEXT:
		describe_offer(d, str_of(row->text));
		break;
	case DESCRIBE_OFFER:
		return row->offer(d, item);
	case DESCRIBE_NEVER:
	case DESCRIBE_UNSUPPORTED:
		break;
	}
	return AWSERR_NONE;
}

/* Sets *ret to whether all filters accept the item. */
static enum awserr
filters_ask(struct describe *d, const void *item, const struct store_tag *tags, size_t n_tags,
    bool *ret)
{
	const struct filter *f = d->in->filters.v;
	enum awserr e;
	size_t i;

	*ret = false;
	for (i = 0; i < d->in->filters.n; i++) {
		d->filter = &f[i];
		d->matches = false;
		if (d->filters[i] == NULL)
			d->matches = filter_accepts_tags(&f[i], tags, n_tags);
		else if ((e = values_offer(d, d->filters[i], item)) != AWSERR_NONE)
			return e;
		if (!d->matches)
			return AWSERR_NONE;
	}
	*ret = true;
	return AWSERR_NONE;
}

/* ---- ids and names that are asked for ---- */

static const struct field_strs *
picked(const struct describe *d, const struct describe_pick *p)
{
	return (const struct field_strs *)(const void *)((const char *)d->in + p->input_at);
}

static void
picks_bind(struct describe *d)
{
	const struct describe_entity *t = d->entity;
	size_t i, n;

	d->seen = arena_array(d->c->arena, t->n_picks > 0 ? t->n_picks : 1, sizeof(*d->seen));
	for (i = 0; i < t->n_picks; i++) {
		n = picked(d, &t->picks[i])->n;
		d->seen[i] = arena_array(d->c->arena, n > 0 ? n : 1, sizeof(bool));
	}
}

/* Is the item one of those that the request names? If it names none, all are. */
static bool
is_picked(struct describe *d, const void *item)
{
	const struct describe_entity *t = d->entity;
	const struct field_strs *ids;
	bool wanted;
	size_t i, k;

	for (i = 0; i < t->n_picks; i++) {
		ids = picked(d, &t->picks[i]);
		wanted = ids->n == 0;
		for (k = 0; k < ids->n; k++) {
			if (str_eq(ids->v[k], *text_at(item, t->picks[i].item_at)))
				d->seen[i][k] = wanted = true;
		}
		if (!wanted)
			return false;
	}
	return true;
}

static enum awserr
picks_check(struct describe *d)
{
	const struct describe_entity *t = d->entity;
	const struct field_strs *ids;
	size_t i, k;

	for (i = 0; i < t->n_picks; i++) {
		ids = picked(d, &t->picks[i]);
		for (k = 0; k < ids->n; k++) {
			if (!d->seen[i][k])
				return call_fail(d->c, t->picks[i].missing,
				    "The %s '%.*s' does not exist", t->picks[i].what,
				    STR_FMT(ids->v[k]));
		}
	}
	return AWSERR_NONE;
}

/* ---- the list ---- */

static void
group_close(struct describe *d)
{
	if (d->group.n == 0)
		return;
	d->entity->group_close(d->c);
	d->group = STR("");
}

static void
group_enter(struct describe *d, const void *item)
{
	const struct describe_entity *t = d->entity;

	if (t->group_open == NULL || str_eq(d->group, *text_at(item, t->group_at)))
		return;
	group_close(d);
	d->group = arena_str(d->c->arena, *text_at(item, t->group_at));
	t->group_open(d->c, item);
}

static int64_t
seq_of(const struct describe *d, const void *item)
{
	return *(const int64_t *)(const void *)((const char *)item + d->entity->seq_at);
}

/* Makes the next page that is read from the store begin behind this item. */
static void
page_turn(struct describe *d, const void *item)
{
	if (d->entity->by_seq)
		d->after_seq = seq_of(d, item);
	else
		d->after = arena_str(d->c->arena, *text_at(item, d->entity->id_at));
}

/* The place of an item in the list, as text for a token. */
static struct str
place_text(const struct describe *d, const void *item)
{
	return d->entity->by_seq ? arena_fmt(d->c->arena, "%lld", (long long)seq_of(d, item))
				 : arena_str(d->c->arena, *text_at(item, d->entity->id_at));
}

/* Reads the tags of n items with one statement. *ret is NULL when this type of item has no
 * tags. */
static enum awserr
tags_get(struct describe *d, const char *items, size_t n, struct store_tags **ret)
{
	const struct describe_entity *t = d->entity;
	struct str *ids;
	size_t i;
	int r;

	*ret = NULL;
	if (!t->tagged || n == 0)
		return AWSERR_NONE;
	ids = arena_array(d->arena, n, sizeof(*ids));
	*ret = arena_array(d->arena, n, sizeof(**ret));
	for (i = 0; i < n; i++)
		ids[i] = *text_at(items + i * t->size, t->id_at);
	r = store_tag_list_of(d->c->region->store, d->arena, ids, n, *ret);
	return r == 0 ? AWSERR_NONE : call_internal(d->c, "tags", r);
}

/* Has the answer become so long that a list in pages goes on in another one? Tags alone could make
 * a thousand items longer than an answer may be. */
static bool
is_full(const struct describe *d)
{
	return d->n > 0 && d->entity->max_results > 0 && d->in->ids.n == 0 &&
	    buf_view(&d->c->out.body).n > OUT_MAX_BYTES / 2;
}

/* Writes the item if the request asks for it and the page has room. */
static enum awserr
consider(struct describe *d, const void *item, const struct store_tag *tags, size_t n_tags)
{
	const struct describe_entity *t = d->entity;
	bool matches;
	enum awserr e;

	if (!is_picked(d, item) || (t->is_shown != NULL && !t->is_shown(d, item)))
		return AWSERR_NONE;
	if ((e = filters_ask(d, item, tags, n_tags, &matches)) != AWSERR_NONE || !matches)
		return e;
	if (d->n == d->max || is_full(d)) {
		d->more = true;
		return AWSERR_NONE;
	}
	group_enter(d, item);
	out_item(&d->c->out);
	if ((e = t->write(d->c, item, tags, n_tags)) != AWSERR_NONE)
		return e;
	out_end(&d->c->out);
	d->n++;
	d->last = place_text(d, item);
	return AWSERR_NONE;
}

/* Considers each item of a page from the store. */
static enum awserr
consider_all(struct describe *d, const char *items, size_t n)
{
	struct store_tags *tags;
	const char *item;
	enum awserr e;
	size_t i;

	e = tags_get(d, items, n, &tags);
	for (i = 0; i < n && !d->more && e == AWSERR_NONE; i++) {
		item = items + i * d->entity->size;
		page_turn(d, item);
		e = tags == NULL ? consider(d, item, NULL, 0)
				 : consider(d, item, tags[i].v, tags[i].n);
	}
	return e;
}

static enum awserr
list_ids(struct describe *d)
{
	enum awserr e;
	size_t n;
	void *v;

	e = d->entity->get_ids(d, &v, &n);
	return e == AWSERR_NONE ? consider_all(d, v, n) : e;
}

static enum awserr
list_pages(struct describe *d)
{
	enum awserr e;
	size_t n;
	void *v;
	int r;

	do {
		arena_reset(d->arena);
		if ((r = d->entity->list_page(d, &v, &n)) != 0)
			return call_internal(d->c, d->entity->list, r);
		e = consider_all(d, v, n);
	} while (n == DESCRIBE_PAGE && !d->more && e == AWSERR_NONE);
	return e;
}

/* ---- the act ---- */

static enum awserr
page_read(struct describe *d)
{
	const struct describe_input *in = d->in;

	if (in->next_token.n == 0)
		return AWSERR_NONE;
	return d->entity->by_seq ? page_place_number(d->c, in->next_token, &d->after_seq)
				 : page_place(d->c, in->next_token, &d->after);
}

static enum awserr
input_read(struct describe *d)
{
	const struct describe_input *in = d->in;
	enum awserr e;

	d->max = d->entity->max_results > 0 ? d->entity->max_results : SIZE_MAX;
	if (in->max_results.given) {
		d->max = (size_t)in->max_results.v;
		if (in->ids.n > 0)
			return call_fail(d->c, AWSERR_INVALID_PARAMETER_COMBINATION,
			    "The parameter %s cannot be used with the parameter maxResults",
			    d->entity->ids_set);
	}
	if ((e = filters_bind(d)) != AWSERR_NONE || (e = page_read(d)) != AWSERR_NONE)
		return e;
	picks_bind(d);
	return AWSERR_NONE;
}

enum awserr
describe_act(struct call *c)
{
	struct describe d = { .c = c, .in = c->input, .entity = c->action->about };
	enum awserr e;

	if ((e = input_read(&d)) != AWSERR_NONE)
		return e;
	d.arena = arena_new(PAGE_BYTES);
	out_list(&c->out, d.entity->list);
	e = d.entity->get_ids != NULL && d.in->ids.n > 0 ? list_ids(&d) : list_pages(&d);
	if (e == AWSERR_NONE) {
		group_close(&d);
		out_end(&c->out);
		if (d.more)
			out_str(&c->out, "nextToken", page_token(c, d.last));
		e = picks_check(&d);
	}
	arena_free(d.arena);
	return e;
}
