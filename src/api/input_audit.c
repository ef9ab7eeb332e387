/*
 * input_audit: writes requestParameters of the audit record. The values come from the input
 * struct of the action, the names from the rows of its fields (wire.md 8.2, 8.5).
 */
#include "api/input_audit.h"

#include <assert.h>

#include "base/date.h"

static void members_write(struct jsonw *w, const struct field *fields, size_t n, const void *base,
    bool items);

static bool
is_recorded(const struct field *f)
{
	return f->audit == NULL || strcmp(f->audit, "-") != 0;
}

static const void *
place(const struct field *f, const void *base)
{
	return (const char *)base + f->at;
}

static bool
is_given(const struct field *f, const void *base)
{
	size_t i;

	switch (f->type) {
	case FIELD_STR:
		return ((const struct str *)place(f, base))->p != NULL;
	case FIELD_INT:
		return ((const struct field_int *)place(f, base))->given;
	case FIELD_BOOL:
		return ((const struct field_bool *)place(f, base))->given;
	case FIELD_TIME:
		return ((const struct field_time *)place(f, base))->given;
	case FIELD_STR_LIST:
		return ((const struct field_strs *)place(f, base))->n > 0;
	case FIELD_LIST:
		return ((const struct field_list *)place(f, base))->n > 0;
	case FIELD_STRUCT:
		for (i = 0; i < f->n_members; i++) {
			if (is_given(&f->members[i], place(f, base)))
				return true;
		}
		return false;
	case FIELD_UNSUPPORTED:
	case FIELD_IGNORED:
		return false;
	}
	return false;
}

/* Writes the name of a field. For a list, returns the name that each element gets in an object
 * of its own, or NULL when the elements are written as bare values. */
static const char *
name_write(struct jsonw *w, const struct field *f)
{
	const char *slash = f->audit != NULL ? strchr(f->audit, '/') : NULL;
	char small[64];
	int n;

	if (f->audit != NULL) {
		jsonw_name_str(w,
		    slash == NULL ? str_of(f->audit)
				  : str_of_n(f->audit, (size_t)(slash - f->audit)));
		return slash == NULL ? NULL : slash + 1;
	}
	n = snprintf(small, sizeof(small), "%s", f->name);
	assert(n > 0 && (size_t)n < sizeof(small));
	small[0] = str_lower(small[0]);
	jsonw_name(w, small);
	return NULL;
}

static void
strs_write(struct jsonw *w, const struct field_strs *v, const char *element)
{
	size_t i;

	if (element == NULL) {
		jsonw_array(w);
		for (i = 0; i < v->n; i++)
			jsonw_str(w, v->v[i]);
		jsonw_end(w);
		return;
	}
	jsonw_object(w);
	jsonw_m_array(w, "items");
	for (i = 0; i < v->n; i++) {
		jsonw_object(w);
		jsonw_m_str(w, element, v->v[i]);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_end(w);
}

static void
structs_write(struct jsonw *w, const struct field *f, const struct field_list *v, bool items)
{
	size_t i;

	if (items) {
		jsonw_object(w);
		jsonw_name(w, "items");
	}
	jsonw_array(w);
	for (i = 0; i < v->n; i++) {
		jsonw_object(w);
		members_write(w, f->members, f->n_members, (const char *)v->v + i * f->size, items);
		jsonw_end(w);
	}
	jsonw_end(w);
	if (items)
		jsonw_end(w);
}

static void
time_write(struct jsonw *w, const struct field_time *v)
{
	struct buf text;

	buf_init(&text, 64);
	date_words_write(&text, v->at_ms / 1000);
	jsonw_str(w, buf_view(&text));
	buf_release(&text);
}

static void
one_write(struct jsonw *w, const struct field *f, const void *base, bool items)
{
	const char *element = name_write(w, f);

	switch (f->type) {
	case FIELD_STR:
		jsonw_str(w, *(const struct str *)place(f, base));
		return;
	case FIELD_INT:
		jsonw_i64(w, ((const struct field_int *)place(f, base))->v);
		return;
	case FIELD_BOOL:
		jsonw_bool(w, ((const struct field_bool *)place(f, base))->v);
		return;
	case FIELD_TIME:
		time_write(w, place(f, base));
		return;
	case FIELD_STR_LIST:
		strs_write(w, place(f, base), element);
		return;
	case FIELD_LIST:
		structs_write(w, f, place(f, base), items);
		return;
	case FIELD_STRUCT:
		jsonw_object(w);
		members_write(w, f->members, f->n_members, place(f, base), items);
		jsonw_end(w);
		return;
	case FIELD_UNSUPPORTED:
	case FIELD_IGNORED:
		return;
	}
}

static void
members_write(struct jsonw *w, const struct field *fields, size_t n, const void *base, bool items)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (is_recorded(&fields[i]) && is_given(&fields[i], base))
			one_write(w, &fields[i], base, items);
	}
}

static bool
any_given(const struct call *c)
{
	size_t i;

	for (i = 0; i < c->action->n_fields; i++) {
		if (is_recorded(&c->action->fields[i]) && is_given(&c->action->fields[i], c->input))
			return true;
	}
	return c->n_params_seen > 0;
}

void
input_audit_write(const struct call *c, struct jsonw *w)
{
	bool items = service_info(c->service)->protocol == SERVICE_EC2_QUERY;
	size_t i;

	if (!items && !any_given(c)) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	members_write(w, c->action->fields, c->action->n_fields, c->input, items);
	for (i = 0; i < c->n_params_seen; i++)
		jsonw_m_str(w, c->params_seen[i].name, c->params_seen[i].value);
	jsonw_end(w);
}
