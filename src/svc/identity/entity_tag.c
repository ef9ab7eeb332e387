/*
 * entity_tag: see entity_tag.h.
 */
#include "svc/identity/entity_tag.h"

#define RESERVED STR("aws:")

const struct field entity_tag_fields[ENTITY_N_TAG_FIELDS] = {
	{ .name = "Key",
	    .type = FIELD_STR,
	    .at = offsetof(struct entity_tag, key),
	    .required = true,
	    .form = FORM_TAG_KEY,
	    .min = 1,
	    .max = 128 },
	{ .name = "Value",
	    .type = FIELD_STR,
	    .at = offsetof(struct entity_tag, value),
	    .required = true,
	    .form = FORM_TAG_VALUE,
	    .min = 0,
	    .max = 256 },
};

enum awserr
entity_tag_request(struct call *c, const struct field_list *tags)
{
	const struct entity_tag *v = tags->v;
	struct str *keys = arena_array(c->arena, tags->n, sizeof(*keys));
	enum awserr bad =
	    c->service == SERVICE_STS ? AWSERR_INVALID_PARAMETER_VALUE : AWSERR_INVALID_INPUT;
	size_t i, j;

	for (i = 0; i < tags->n; i++) {
		if (str_eq_nocase(str_head(v[i].key, RESERVED.n), RESERVED))
			return call_fail(c, bad,
			    "Tag keys starting with 'aws:' are reserved for system use.");
		for (j = 0; j < i; j++) {
			if (str_eq_nocase(v[i].key, v[j].key))
				return call_fail(c, bad,
				    "Duplicate tag keys found. Please note that Tag keys are "
				    "case insensitive.");
		}
		keys[i] = v[i].key;
		call_context(c, arena_fmt(c->arena, "aws:RequestTag/%.*s", STR_FMT(v[i].key)),
		    v[i].value);
	}
	if (tags->n > 0)
		call_context_list(c, STR("aws:TagKeys"), keys, tags->n);
	return AWSERR_NONE;
}

void
entity_tag_keys_request(struct call *c, const struct field_strs *keys)
{
	if (keys->n > 0)
		call_context_list(c, STR("aws:TagKeys"), keys->v, keys->n);
}
