/*
 * entity_tag: the tags of an entity of IAM, or of a session, as a request has them.
 */
#ifndef SVC_IDENTITY_ENTITY_TAG_H
#define SVC_IDENTITY_ENTITY_TAG_H

#include "api/call.h"

struct entity_tag {
	struct str key, value;
};

#define ENTITY_N_TAG_FIELDS 2
extern const struct field entity_tag_fields[ENTITY_N_TAG_FIELDS];

/* The rows of "Tags" (a struct field_list) and "TagKeys" (a struct field_strs). */
#define ENTITY_TAGS_FIELD(input, member, needed) \
	{ \
		.name = "Tags", .type = FIELD_LIST, .at = offsetof(input, member), \
		.required = (needed), .max_items = 50, .members = entity_tag_fields, \
		.n_members = ENTITY_N_TAG_FIELDS, .size = sizeof(struct entity_tag) \
	}
#define ENTITY_TAG_KEYS_FIELD(input, member) \
	{ \
		.name = "TagKeys", .type = FIELD_STR_LIST, .at = offsetof(input, member), \
		.required = true, .max_items = 50, .form = FORM_TAG_KEY, .min = 1, .max = 128 \
	}

/*
 * For scope: add the condition keys for the tags of the request, aws:RequestTag/KEY and
 * aws:TagKeys. AWSERR_NONE, or, in STS, AWSERR_INVALID_PARAMETER_VALUE, elsewhere
 * AWSERR_INVALID_INPUT: a key begins with "aws:", or is there twice (case does not count here).
 */
enum awserr entity_tag_request(struct call *c, const struct field_list *tags);
void entity_tag_keys_request(struct call *c, const struct field_strs *keys);

#endif
