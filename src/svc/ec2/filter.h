/*
 * filter: the Filter.N of the Describe actions (wire.md 4.2, 4.3): values of
 * one filter are alternatives, all filters must match, '*' and '?' stand for
 * any text and any character, a backslash takes their meaning away.
 */
#ifndef SVC_EC2_FILTER_H
#define SVC_EC2_FILTER_H

#include "api/call.h"

/* Filter.N as an input struct. */
struct filter {
	struct str name;
	struct field_strs values;
};

extern const struct field filter_fields[];
#define FILTER_N_FIELDS 2

/* The row of an action's input for its filters, bound to a struct field_list. */
#define FILTER_ROW(input, member) \
	{ \
		.name = "Filter", .type = FIELD_LIST, .at = offsetof(input, member), \
		.max_items = 200, .members = filter_fields, .n_members = FILTER_N_FIELDS, \
		.size = sizeof(struct filter), .audit = "filterSet" \
	}

/* Does one of its values, which may be patterns, match? */
bool filter_accepts(const struct filter *f, struct str value);

/* tag:KEY, tag-key and tag-value, which whatever carries tags can be filtered by. */
bool filter_is_of_tags(struct str name);
/* f is one of these. */
bool filter_accepts_tags(const struct filter *f, const struct store_tag *tags, size_t n_tags);

/* One pattern against one text. */
bool filter_glob(struct str pattern, struct str s);

#endif
