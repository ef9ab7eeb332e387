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

/* Writes the name of a field that is in no set. */
static void
name_write(struct jsonw *w, const struct field *f)
{
	char small[64];
	int n;

	if (f->audit != NULL) {
		jsonw_name_str(w, str_head(str_of(f->audit), str_index(str_of(f->audit), '[')));
		return;
	}
	n = snprintf(small, sizeof(small), "%s", f->name);
	assert(n > 0 && (size_t)n < sizeof(small));
	small[0] = str_lower(small[0]);
	jsonw_name(w, small);
}

static void
strs_write(struct jsonw *w, const struct field_strs *v)
{
	size_t i;

	jsonw_array(w);
	for (i = 0; i < v->n; i++)
		jsonw_str(w, v->v[i]);
	jsonw_end(w);
}

static void
structs_write(struct jsonw *w, const struct field *f, const struct field_list *v, bool items)
{
	bool wrapped = items && (f->audit == NULL || strchr(f->audit, '[') == NULL);
	size_t i;

	if (wrapped) {
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
	if (wrapped)
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
empty_write(struct jsonw *w, bool items)
{
	if (items)
		jsonw_object(w);
	else
		jsonw_array(w);
	jsonw_end(w);
}

/* Writes the value of a member that the request has, or that is always recorded. */
static void
value_write(struct jsonw *w, const struct field *f, const void *base, bool items)
{
	if (f->record == FIELD_RECORD_HIDDEN) {
		jsonw_c(w, "<sensitiveDataRemoved>");
		return;
	}
	if (!is_given(f, base) && f->type != FIELD_BOOL && f->type != FIELD_STRUCT) {
		empty_write(w, items);
		return;
	}
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
		strs_write(w, place(f, base));
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

/* ---- sets ---- */

/* The name of the set that the field is part of; empty: none. */
static struct str
set_of(const struct field *f)
{
	const char *slash = f->audit != NULL ? strchr(f->audit, '/') : NULL;

	return slash == NULL ? STR("") : str_of_n(f->audit, (size_t)(slash - f->audit));
}

static bool
is_of_set(const struct field *row, const struct field *f)
{
	return str_eq(set_of(row), set_of(f));
}

/* The name of the values of a row of a set. */
static const char *
element_of(const struct field *f)
{
	return strchr(f->audit, '/') + 1;
}

static void
set_lists_write(struct jsonw *w, const struct field *f, size_t n, const void *base)
{
	const struct field_strs *v;
	size_t i, k;

	for (i = 0; i < n; i++) {
		if (f[i].type != FIELD_STR_LIST || !is_of_set(&f[i], f))
			continue;
		v = place(&f[i], base);
		for (k = 0; k < v->n; k++) {
			jsonw_object(w);
			jsonw_m_str(w, element_of(&f[i]), v->v[k]);
			jsonw_end(w);
		}
	}
}

static void
set_item_write(struct jsonw *w, const struct field *f, size_t n, const void *base)
{
	bool open = false;
	size_t i;

	for (i = 0; i < n; i++) {
		if (f[i].type == FIELD_STR_LIST || !is_of_set(&f[i], f) || !is_given(&f[i], base))
			continue;
		if (!open)
			jsonw_object(w);
		open = true;
		jsonw_name(w, element_of(&f[i]));
		value_write(w, &f[i], base, true);
	}
	if (open)
		jsonw_end(w);
}

/* Writes the set of which f is the first of n rows. */
static void
set_write(struct jsonw *w, const struct field *f, size_t n, const void *base)
{
	bool given = false, always = false;
	size_t i;

	for (i = 0; i < n; i++) {
		if (!is_of_set(&f[i], f))
			continue;
		given = given || is_given(&f[i], base);
		always = always || f[i].record == FIELD_RECORD_ALWAYS;
	}
	if (!given && !always)
		return;
	jsonw_name_str(w, set_of(f));
	jsonw_object(w);
	if (given) {
		jsonw_m_array(w, "items");
		set_lists_write(w, f, n, base);
		set_item_write(w, f, n, base);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static bool
is_first_of_set(const struct field *fields, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++) {
		if (is_of_set(&fields[k], &fields[i]))
			return false;
	}
	return true;
}

/* ---- all ---- */

static void
members_write(struct jsonw *w, const struct field *fields, size_t n, const void *base, bool items)
{
	const struct field *f;
	size_t i;

	for (i = 0; i < n; i++) {
		f = &fields[i];
		if (!is_recorded(f))
			continue;
		if (set_of(f).n > 0) {
			if (is_first_of_set(fields, i))
				set_write(w, f, n - i, base);
		} else if (f->audit != NULL && f->audit[0] == '\0') {
			members_write(w, f->members, f->n_members, place(f, base), items);
		} else if (is_given(f, base) || f->record == FIELD_RECORD_ALWAYS) {
			name_write(w, f);
			value_write(w, f, base, items);
		}
	}
}

static bool
any_given(const struct call *c, const void *input)
{
	size_t i;

	for (i = 0; i < c->action->n_fields; i++) {
		if (is_recorded(&c->action->fields[i]) &&
		    (is_given(&c->action->fields[i], input) ||
			c->action->fields[i].record == FIELD_RECORD_ALWAYS))
			return true;
	}
	return c->n_params_seen > 0;
}

void
input_audit_write(const struct call *c, const void *input, struct jsonw *w)
{
	bool items = service_info(c->service)->protocol == SERVICE_EC2_QUERY;
	size_t i;

	if (!items && !any_given(c, input)) {
		jsonw_null(w);
		return;
	}
	jsonw_object(w);
	members_write(w, c->action->fields, c->action->n_fields, input, items);
	for (i = 0; i < c->n_params_seen; i++)
		jsonw_m_str(w, c->params_seen[i].name, c->params_seen[i].value);
	jsonw_end(w);
}
