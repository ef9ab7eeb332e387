/*
 * tags: ec2:CreateTags and ec2:DeleteTags, and what other actions do with tags: the rules for them,
 * and how they are shown.
 */
#ifndef SVC_EC2_TAGS_H
#define SVC_EC2_TAGS_H

#include "api/call.h"

#define TAGS_MAX 50 /* of a resource */

struct tag_input {
	struct str key;
	struct str value; /* p is NULL when it was not given */
};

extern const struct field tags_fields[];
#define TAGS_N_FIELDS 2

/*
 * Checks new tags: at most TAGS_MAX, each key once, no key that begins with "aws:", 1 to 128
 * characters for a key and up to 256 for a value, UTF-8 without control characters. Returns
 * AWSERR_NONE, AWSERR_INVALID_PARAMETER_VALUE, or AWSERR_TAG_LIMIT (too many).
 */
enum awserr tags_check(struct call *c, const struct field_list *tags);

/* Adds the condition keys aws:RequestTag/KEY, one for each tag, and aws:TagKeys. With of_target
 * they are added to the target added last alone. */
void tags_context(struct call *c, const struct field_list *tags, bool of_target);

/* Adds the tags to what the resource has already. A value that was not given is empty. Returns
 * AWSERR_NONE, AWSERR_TAG_LIMIT (the resource now has more than TAGS_MAX), or an internal error. */
enum awserr tags_set(struct call *c, enum ids_type type, struct str id,
    const struct field_list *tags);

/* Writes <tagSet>, which is empty when there are no tags. */
void tags_write(struct out *o, const struct store_tag *tags, size_t n);

#endif
