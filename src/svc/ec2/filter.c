/*
 * filter: see filter.h.
 */
#include "svc/ec2/filter.h"

#define TAG_PREFIX STR("tag:")

const struct field filter_fields[FILTER_N_FIELDS] = {
	{ .name = "Name",
	    .type = FIELD_STR,
	    .at = offsetof(struct filter, name),
	    .required = true,
	    .form = FORM_PRINTABLE,
	    .min = 1,
	    .max = 255 },
	{ .name = "Value",
	    .type = FIELD_STR_LIST,
	    .at = offsetof(struct filter, values),
	    .max_items = 200,
	    .min = 0,
	    .max = 1024,
	    .audit = "valueSet/value" },
};

/*
 * When the text does not match any further, the last '*' that was passed takes one byte more. It is
 * never necessary that an earlier one does. So the time is at most proportional to the length of
 * the pattern times the length of the text.
 */
bool
filter_glob(struct str pattern, struct str s)
{
	size_t p = 0, i = 0, star = SIZE_MAX, mark = 0;
	bool literal;

	while (i < s.n) {
		literal = p + 1 < pattern.n && pattern.p[p] == '\\';
		if (!literal && p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			mark = i;
		} else if (p < pattern.n &&
		    ((!literal && pattern.p[p] == '?') ||
			pattern.p[literal ? p + 1 : p] == s.p[i])) {
			p += literal ? 2 : 1;
			i++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			i = ++mark;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

bool
filter_accepts(const struct filter *f, struct str value)
{
	size_t i;

	for (i = 0; i < f->values.n; i++) {
		if (filter_glob(f->values.v[i], value))
			return true;
	}
	return false;
}

bool
filter_is_of_tags(struct str name)
{
	return str_starts(name, TAG_PREFIX) || str_eq_c(name, "tag-key") ||
	    str_eq_c(name, "tag-value");
}

bool
filter_accepts_tags(const struct filter *f, const struct store_tag *tags, size_t n_tags)
{
	bool of_key = str_starts(f->name, TAG_PREFIX), keys = str_eq_c(f->name, "tag-key");
	size_t i;

	for (i = 0; i < n_tags; i++) {
		if (of_key && !str_eq(str_from(f->name, TAG_PREFIX.n), tags[i].key))
			continue;
		if (filter_accepts(f, keys ? tags[i].key : tags[i].value))
			return true;
	}
	return false;
}
