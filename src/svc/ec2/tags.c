/*
 * tags: see tags.h.
 */
#include "svc/ec2/tags.h"

#include "codec/utf8.h"

#define MAX_KEY_CHARACTERS 128
#define MAX_VALUE_CHARACTERS 256
#define RESERVED STR("aws:")

const struct field tags_fields[TAGS_N_FIELDS] = {
	{ .name = "Key", .type = FIELD_STR, .at = offsetof(struct tag_input, key) },
	{ .name = "Value", .type = FIELD_STR, .at = offsetof(struct tag_input, value) },
};

/* What is shown in lists, metadata and logs: one line of text. */
static bool
is_text(struct str s)
{
	return !str_has_ctl(s) && utf8_valid(s);
}

static enum awserr
one_check(struct call *c, const struct tag_input *t)
{
	if (!is_text(t->key))
		return call_fail(c, AWSERR_INVALID_PARAMETER_VALUE,
		    "Tag key contains characters that are not allowed");
	if (!is_text(t->value))
		return call_fail(c, AWSERR_INVALID_PARAMETER_VALUE,
		    "Tag value contains characters that are not allowed");
	if (t->key.n == 0)
		return call_fail(c, AWSERR_INVALID_PARAMETER_VALUE, "Tag key cannot be empty.");
	if (utf8_length(t->key) > MAX_KEY_CHARACTERS)
		return call_fail(c, AWSERR_INVALID_PARAMETER_VALUE,
		    "Tag key exceeds the maximum length of 128 characters");
	if (utf8_length(t->value) > MAX_VALUE_CHARACTERS)
		return call_fail(c, AWSERR_INVALID_PARAMETER_VALUE,
		    "Tag value exceeds the maximum length of 256 characters");
	if (str_eq_nocase(str_head(t->key, RESERVED.n), RESERVED))
		return call_fail(c, AWSERR_INVALID_PARAMETER_VALUE,
		    "Tag keys starting with 'aws:' are reserved for internal use");
	return AWSERR_NONE;
}

enum awserr
tags_check(struct call *c, const struct field_list *tags)
{
	const struct tag_input *t = tags->v;
	enum awserr e;
	size_t i, j;

	if (tags->n > TAGS_MAX)
		return AWSERR_TAG_LIMIT;
	for (i = 0; i < tags->n; i++) {
		if ((e = one_check(c, &t[i])) != AWSERR_NONE)
			return e;
		for (j = 0; j < i; j++) {
			if (str_eq(t[i].key, t[j].key))
				return call_fail(c, AWSERR_INVALID_PARAMETER_VALUE,
				    "Duplicate tag key '%.*s' specified.", STR_FMT(t[i].key));
		}
	}
	return AWSERR_NONE;
}

void
tags_context(struct call *c, const struct field_list *tags, bool of_target)
{
	struct str *keys = arena_array(c->arena, tags->n > 0 ? tags->n : 1, sizeof(*keys));
	const struct tag_input *t = tags->v;
	struct str name;
	size_t i;

	if (tags->n == 0)
		return;
	for (i = 0; i < tags->n; i++) {
		keys[i] = t[i].key;
		name = arena_fmt(c->arena, "aws:RequestTag/%.*s", STR_FMT(t[i].key));
		if (of_target)
			call_target_context(c, name, t[i].value);
		else
			call_context(c, name, t[i].value);
	}
	if (of_target)
		call_target_context_list(c, STR("aws:TagKeys"), keys, tags->n);
	else
		call_context_list(c, STR("aws:TagKeys"), keys, tags->n);
}

enum awserr
tags_set(struct call *c, enum ids_type type, struct str id, const struct field_list *tags)
{
	struct store_tag v = { .account_id = c->principal.account_id,
		.resource_id = id,
		.resource_type = str_of(ids_resource_type(type)) };
	const struct tag_input *t = tags->v;
	struct store_tag *there;
	size_t i, n;
	int r;

	for (i = 0; i < tags->n; i++) {
		v.key = t[i].key;
		v.value = t[i].value;
		if ((r = store_tag_set(c->region->store, &v)) != 0)
			return call_internal(c, "tag", r);
	}
	if ((r = store_tag_list(c->region->store, c->arena, id, &there, &n)) != 0)
		return call_internal(c, "tags", r);
	return n > TAGS_MAX ? AWSERR_TAG_LIMIT : AWSERR_NONE;
}
