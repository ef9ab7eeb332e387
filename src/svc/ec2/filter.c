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

void
filter_attr(struct filter_attrs *a, const char *name, struct str value)
{
	if (a->n == FILTER_MAX_ATTRS || value.n == 0)
		return;
	a->v[a->n].name = name;
	a->v[a->n++].value = value;
}

/*
 * Linear but for '*', of which only the last one seen is ever tried again: at
 * most pattern times text steps.
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

static bool
any_value(const struct filter *f, struct str s)
{
	size_t i;

	for (i = 0; i < f->values.n; i++) {
		if (filter_glob(f->values.v[i], s))
			return true;
	}
	return false;
}

static bool
tag_matches(const struct filter *f, const struct filter_attrs *a)
{
	size_t i;

	for (i = 0; i < a->n_tags; i++) {
		if (str_starts(f->name, TAG_PREFIX)) {
			if (str_eq(str_from(f->name, TAG_PREFIX.n), a->tags[i].key) &&
			    any_value(f, a->tags[i].value))
				return true;
		} else if (any_value(f,
			       str_eq_c(f->name, "tag-key") ? a->tags[i].key : a->tags[i].value)) {
			return true;
		}
	}
	return false;
}

static bool
is_tag_filter(struct str name)
{
	return str_starts(name, TAG_PREFIX) || str_eq_c(name, "tag-key") ||
	    str_eq_c(name, "tag-value");
}

static bool
one_matches(const struct filter *f, const struct filter_attrs *a)
{
	size_t i;

	if (is_tag_filter(f->name))
		return tag_matches(f, a);
	for (i = 0; i < a->n; i++) {
		if (str_eq_c(f->name, a->v[i].name) && any_value(f, a->v[i].value))
			return true;
	}
	return false;
}

bool
filter_matches(const struct field_list *filters, const struct filter_attrs *a)
{
	const struct filter *f = filters->v;
	size_t i;

	for (i = 0; i < filters->n; i++) {
		if (!one_matches(&f[i], a))
			return false;
	}
	return true;
}

enum awserr
filter_check(struct call *c, const struct field_list *filters, const char *const *names)
{
	const struct filter *f = filters->v;
	const char *const *n;
	size_t i;

	for (i = 0; i < filters->n; i++) {
		for (n = names; *n != NULL && !str_eq_c(f[i].name, *n); n++)
			;
		if (*n == NULL && !is_tag_filter(f[i].name))
			return call_fail(c, AWSERR_INVALID_PARAMETER_VALUE,
			    "The filter '%.*s' is invalid", STR_FMT(f[i].name));
	}
	return AWSERR_NONE;
}
