/*
 * tags: ec2:CreateTags and ec2:DeleteTags, and what others do with tags: the rules
 * for them and how they are shown.
 */
#ifndef SVC_EC2_TAGS_H
#define SVC_EC2_TAGS_H

#include "api/call.h"

#define TAGS_MAX 50 /* of a resource */

struct tag_input {
	struct str key;
	struct str value; /* p NULL: not given */
};

extern const struct field tags_fields[];
#define TAGS_N_FIELDS 2

/*
 * Keys of 1 to 128 characters, not "aws:...", each once; values up to 256; both
 * UTF-8 without control bytes; at most TAGS_MAX. AWSERR_NONE,
 * AWSERR_INVALID_PARAMETER_VALUE, AWSERR_TAG_LIMIT.
 */
enum awserr tags_check(struct call *c, const struct field_list *tags);

/* aws:RequestTag/KEY for each, and aws:TagKeys; of_target: for the target added last
 * alone. */
void tags_context(struct call *c, const struct field_list *tags, bool of_target);

/* Sets them all. A value not given is empty. */
enum awserr tags_set(struct call *c, enum ids_type type, struct str id,
    const struct field_list *tags);

/* <tagSet>, empty when there are none. */
void tags_write(struct out *o, const struct store_tag *tags, size_t n);

#endif
