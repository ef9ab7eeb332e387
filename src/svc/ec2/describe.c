/*
 * describe: see describe.h.
 */
#include "svc/ec2/describe.h"

struct describe_ids
describe_ids(struct call *c, const struct field_strs *ids)
{
	return (struct describe_ids){ .ids = ids,
		.seen = arena_array(c->arena, ids->n > 0 ? ids->n : 1, sizeof(bool)) };
}

bool
describe_wanted(struct describe_ids *d, struct str id)
{
	bool wanted = d->ids->n == 0;
	size_t i;

	for (i = 0; i < d->ids->n; i++) {
		if (str_eq(d->ids->v[i], id))
			d->seen[i] = wanted = true;
	}
	return wanted;
}

enum awserr
describe_missing(struct call *c, const struct describe_ids *d, enum awserr e, const char *what)
{
	size_t i;

	for (i = 0; i < d->ids->n; i++) {
		if (!d->seen[i])
			return call_fail(c, e, "The %s '%.*s' does not exist", what,
			    STR_FMT(d->ids->v[i]));
	}
	return AWSERR_NONE;
}

enum awserr
describe_tags_get(struct call *c, struct str id, struct filter_attrs *at)
{
	struct store_tag *tags;
	int r;

	if ((r = store_tag_list(c->region->store, c->arena, id, &tags, &at->n_tags)) != 0)
		return call_internal(c, "tags", r);
	at->tags = tags;
	return AWSERR_NONE;
}

void
describe_tags_write(struct call *c, const struct filter_attrs *at)
{
	size_t i;

	out_list(&c->out, "tagSet");
	for (i = 0; i < at->n_tags; i++) {
		out_item(&c->out);
		out_str(&c->out, "key", at->tags[i].key);
		out_str(&c->out, "value", at->tags[i].value);
		out_end(&c->out);
	}
	out_end(&c->out);
}
