/*
 * input_query: reads the parameters of a request in one of the Query protocols (aws/query) into
 * the input struct, by the rows of the action.
 */
#include "api/input_query.h"

#include "api/input_check.h"
#include "base/num.h"

static const struct field *
row_find(const struct field *fields, size_t n, struct str name)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (str_eq_c(name, fields[i].name))
			return &fields[i];
	}
	return NULL;
}

/* Finds the elements of a list. *ret is the first of *ret_n nodes, whose names are numbers;
 * aws/query has sorted them. */
static enum awserr
list_open(struct call *c, const struct field *f, const struct query *q, struct str path,
    const struct query **ret, size_t *ret_n)
{
	if (query_list(q, "", ret, ret_n) != 0)
		return input_check_bad(c, f, path, "it is not a list");
	return input_check_count(c, f, path, *ret_n);
}

static enum awserr
read_strs(struct call *c, const struct field *f, const struct query *q, struct str path, void *base)
{
	struct field_strs *place = input_check_place(f, base);
	const struct query *e;
	enum awserr err;
	size_t i, n, before = c->n_violations;
	struct str *v, at;

	if ((err = list_open(c, f, q, path, &e, &n)) != AWSERR_NONE)
		return err;
	v = arena_array(c->arena, n, sizeof(*v));
	for (i = 0; i < n; i++, e = e->next) {
		at = input_check_path(c, path, e->name);
		if (!e->has_value || e->child != NULL)
			return input_check_bad(c, f, at, "it is not a value");
		if ((err = input_check_str(c, f, at, e->value)) != AWSERR_NONE)
			return err;
		v[i] = e->value;
	}
	if (c->n_violations == before)
		*place = (struct field_strs){ .v = v, .n = n };
	return AWSERR_NONE;
}

/* Refuses a structure that is given a value, of which nothing could be kept. An empty one asks for
 * nothing. */
static enum awserr
no_value(struct call *c, const struct field *f, const struct query *q, struct str path)
{
	if (q->has_value && (q->value.n > 0 || q->child != NULL))
		return input_check_bad(c, f, path, "it is a structure and not a value");
	return AWSERR_NONE;
}

static enum awserr
read_structs(struct call *c, const struct field *f, const struct query *q, struct str path,
    void *base)
{
	struct field_list *place = input_check_place(f, base);
	const struct query *e;
	enum awserr err;
	struct str at;
	size_t i, n;
	char *v;

	if ((err = list_open(c, f, q, path, &e, &n)) != AWSERR_NONE)
		return err;
	v = arena_array(c->arena, n, f->size);
	for (i = 0; i < n; i++, e = e->next) {
		at = input_check_path(c, path, e->name);
		if ((err = no_value(c, f, e, at)) != AWSERR_NONE ||
		    (err = input_query_read(c, f->members, f->n_members, e, at, v + i * f->size)) !=
			AWSERR_NONE)
			return err;
	}
	*place = (struct field_list){ .v = v, .n = n };
	return AWSERR_NONE;
}

static enum awserr
read_scalar(struct call *c, const struct field *f, const struct query *q, struct str path,
    void *base)
{
	struct field_bool *b;
	int64_t i;

	if (!q->has_value || q->child != NULL)
		return input_check_bad(c, f, path, "it is not a value");
	if (f->type == FIELD_STR)
		return input_check_set_str(c, f, path, q->value, base);
	if (f->type == FIELD_INT) {
		if (num_i64_parse(q->value, INT64_MIN, INT64_MAX, &i) != 0)
			return input_check_bad(c, f, path, "it is not an integer");
		return input_check_set_int(c, f, path, i, base);
	}
	b = input_check_place(f, base);
	b->v = str_eq_nocase(q->value, STR("true"));
	if (!b->v && !str_eq_nocase(q->value, STR("false")))
		return input_check_bad(c, f, path, "it is neither true nor false");
	b->given = true;
	return AWSERR_NONE;
}

static enum awserr
read_one(struct call *c, const struct field *f, const struct query *q, struct str path, void *base)
{
	enum awserr e;

	switch (f->type) {
	case FIELD_STR:
	case FIELD_INT:
	case FIELD_BOOL:
		return read_scalar(c, f, q, path, base);
	case FIELD_TIME:
		return input_check_unsupported(c, path);
	case FIELD_STR_LIST:
		return read_strs(c, f, q, path, base);
	case FIELD_LIST:
		return read_structs(c, f, q, path, base);
	case FIELD_STRUCT:
		if ((e = no_value(c, f, q, path)) != AWSERR_NONE)
			return e;
		return input_query_read(c, f->members, f->n_members, q, path,
		    input_check_place(f, base));
	case FIELD_UNSUPPORTED:
		return input_check_unsupported(c, path);
	case FIELD_IGNORED:
		return AWSERR_NONE;
	}
	return AWSERR_INTERNAL;
}

/* Action, Version and, in EC2, DryRun are in every request; they belong to no action's rows. */
static bool
is_frame(const struct call *c, const struct query *q, struct str path)
{
	if (path.n != 0)
		return false;
	return str_eq_c(q->name, "Action") || str_eq_c(q->name, "Version") ||
	    (c->service == SERVICE_EC2 && str_eq_c(q->name, "DryRun"));
}

static enum awserr
unknown(struct call *c, struct str path)
{
	return call_fail(c,
	    c->service == SERVICE_EC2 ? AWSERR_UNKNOWN_PARAMETER : AWSERR_VALIDATION,
	    "The parameter %.*s is not recognized", STR_FMT(path));
}

enum awserr
input_query_read(struct call *c, const struct field *fields, size_t n, const struct query *q,
    struct str path, void *base)
{
	const struct query *m, *found;
	const struct field *f;
	enum awserr e;
	size_t i;
	/* In IAM and STS an empty parameter counts as given: the value of a tag may be empty,
	 * and "Tags=" is an empty list. */
	bool may_be_empty = service_info(c->service)->protocol == SERVICE_AWS_QUERY;

	for (m = q->child; m != NULL; m = m->next) {
		if (is_frame(c, m, path)) {
			/* "DryRun.1=true" is not the DryRun that has been looked at. */
			if (m->child != NULL)
				return unknown(c, input_check_path(c, m->name, m->child->name));
			continue;
		}
		if ((f = row_find(fields, n, m->name)) == NULL)
			return unknown(c, input_check_path(c, path, m->name));
		e = read_one(c, f, m, input_check_path(c, path, m->name), base);
		if (e != AWSERR_NONE)
			return e;
	}
	for (i = 0; i < n; i++) {
		if (!fields[i].required)
			continue;
		found = query_get(q, fields[i].name);
		if (found != NULL && (found->value.n > 0 || found->child != NULL || may_be_empty))
			continue;
		e = input_check_missing(c, input_check_path(c, path, str_of(fields[i].name)));
		if (e != AWSERR_NONE)
			return e;
	}
	return AWSERR_NONE;
}
