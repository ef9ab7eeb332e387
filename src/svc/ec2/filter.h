/*
 * filter: the parameters Filter.N of the Describe actions (wire.md 4.2, 4.3). An item must match
 * all filters, and each filter by one of its values. In a value '*' stands for any text and '?' for
 * any character; a backslash before them takes that meaning away.
 */
#ifndef SVC_EC2_FILTER_H
#define SVC_EC2_FILTER_H

#include "api/call.h"

/* One Filter.N. */
struct filter {
	struct str name;
	struct field_strs values;
};

extern const struct field filter_fields[];
#define FILTER_N_FIELDS 2

/* The beginning of the row for the filters of an action's input. The member is a struct field_list
 * of struct filter. */
#define FILTER_ROW(input, member) \
	.name = "Filter", .type = FIELD_LIST, .at = offsetof(input, member), .max_items = 200, \
	.members = filter_fields, .n_members = FILTER_N_FIELDS, .size = sizeof(struct filter), \
	.audit = "filterSet"

/* Does one of the filter's values match? They may be patterns. */
bool filter_accepts(const struct filter *f, struct str value);

/* Is this a filter by tags: "tag:KEY", "tag-key" or "tag-value"? Whatever carries tags has them. */
bool filter_is_of_tags(struct str name);
/* The same for such a filter and the tags of an item. */
bool filter_accepts_tags(const struct filter *f, const struct store_tag *tags, size_t n_tags);

/* Does one pattern match one text? */
bool filter_glob(struct str pattern, struct str s);

#endif
