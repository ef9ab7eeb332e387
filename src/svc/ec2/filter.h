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

#define FILTER_MAX_ATTRS 64

/* What an object has that can be filtered on: names with values. */
struct filter_attrs {
	struct {
		const char *name;
		struct str value;
	} v[FILTER_MAX_ATTRS];
	size_t n;
	const struct store_tag *tags;
	size_t n_tags;
};

/* Each beyond the maximum is dropped. An empty value is one that is not there. */
void filter_attr(struct filter_attrs *a, const char *name, struct str value);

/*
 * Do all filter names exist? names ends in NULL; tag:KEY, tag-key and tag-value
 * always do. AWSERR_NONE or AWSERR_INVALID_PARAMETER_VALUE.
 */
enum awserr filter_check(struct call *c, const struct field_list *filters,
    const char *const *names);
bool filter_matches(const struct field_list *filters, const struct filter_attrs *a);

/* One pattern against one text. */
bool filter_glob(struct str pattern, struct str s);

#endif
