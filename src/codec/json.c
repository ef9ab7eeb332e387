/*
 * json: reads JSON with jansson; see json.h. A struct json is a json_t under another name, so
 * that only this file includes the library's header. Pure.
 */
#include "codec/json.h"

#include <jansson.h>

#include "base/alloc.h"

static const json_t *
of(const struct json *v)
{
	return (const json_t *)(const void *)v;
}

static const struct json *
as(const json_t *v)
{
	return (const struct json *)(const void *)v;
}

/* The library recurses up to 2048 levels, so levels are counted before it is called. */
static bool
is_too_deep(struct str s, unsigned max)
{
	bool in_text = false;
	unsigned depth = 0;
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (in_text) {
			if (s.p[i] == '\\')
				i++;
			else if (s.p[i] == '"')
				in_text = false;
		} else if (s.p[i] == '"') {
			in_text = true;
		} else if (s.p[i] == '{' || s.p[i] == '[') {
			if (depth++ == max)
				return true;
		} else if ((s.p[i] == '}' || s.p[i] == ']') && depth > 0) {
			depth--;
		}
	}
	return false;
}

int
json_parse(struct str s, size_t max_bytes, unsigned max_depth, struct json **ret,
    struct errinfo *ei)
{
	json_error_t e;
	json_t *root;

	/* What the library has copied of a text is wiped like the arena of a request, which may
	 * hold what should not be there. It keeps these functions; each call sets the same. */
	json_set_alloc_funcs(xalloc, xfree_wiped);
	if (s.n > max_bytes) {
		err_set(ei, "longer than %zu bytes", max_bytes);
		return ERR_TOOBIG;
	}
	if (is_too_deep(s, max_depth)) {
		err_set(ei, "nested deeper than %u levels", max_depth);
		return ERR_TOOBIG;
	}
	root = json_loadb(s.n == 0 ? "" : s.p, s.n, JSON_REJECT_DUPLICATES, &e);
	if (root == NULL) {
		/* e.text quotes the input, which may hold a secret. */
		err_set(ei, "line %d column %d", e.line, e.column);
		return json_error_code(&e) == json_error_duplicate_key ? ERR_DUP : ERR_SYNTAX;
	}
	*ret = (struct json *)(void *)root;
	return 0;
}

void
json_free(struct json *root)
{
	json_decref((json_t *)(void *)root);
}

enum json_kind
json_kind(const struct json *v)
{
	if (v == NULL)
		return JSON_KIND_NULL;
	switch (json_typeof(of(v))) {
	case JSON_OBJECT:
		return JSON_KIND_OBJECT;
	case JSON_ARRAY:
		return JSON_KIND_ARRAY;
	case JSON_STRING:
		return JSON_KIND_STR;
	case JSON_INTEGER:
		return JSON_KIND_INT;
	case JSON_REAL:
		return JSON_KIND_REAL;
	case JSON_TRUE:
	case JSON_FALSE:
		return JSON_KIND_BOOL;
	case JSON_NULL:
		break;
	}
	return JSON_KIND_NULL;
}

const struct json *
json_get(const struct json *v, const char *name)
{
	return as(json_object_get(of(v), name));
}

size_t
json_len(const struct json *v)
{
	switch (json_kind(v)) {
	case JSON_KIND_ARRAY:
		return json_array_size(of(v));
	case JSON_KIND_OBJECT:
		return json_object_size(of(v));
	case JSON_KIND_NULL:
	case JSON_KIND_BOOL:
	case JSON_KIND_INT:
	case JSON_KIND_REAL:
	case JSON_KIND_STR:
		break;
	}
	return 0;
}

const struct json *
json_at(const struct json *v, size_t i)
{
	return as(json_array_get(of(v), i));
}

static int
check_kind(const struct json *v, enum json_kind want)
{
	if (v == NULL)
		return ERR_NOTFOUND;
	return json_kind(v) == want ? 0 : ERR_SYNTAX;
}

int
json_str(const struct json *v, struct str *ret)
{
	int r;

	if ((r = check_kind(v, JSON_KIND_STR)) == 0)
		*ret = str_of_n(json_string_value(of(v)), json_string_length(of(v)));
	return r;
}

int
json_i64(const struct json *v, int64_t *ret)
{
	int r;

	if ((r = check_kind(v, JSON_KIND_INT)) == 0)
		*ret = json_integer_value(of(v));
	return r;
}

int
json_number(const struct json *v, double *ret)
{
	if (v == NULL)
		return ERR_NOTFOUND;
	if (!json_is_number(of(v)))
		return ERR_SYNTAX;
	*ret = json_number_value(of(v));
	return 0;
}

int
json_bool(const struct json *v, bool *ret)
{
	int r;

	if ((r = check_kind(v, JSON_KIND_BOOL)) == 0)
		*ret = json_is_true(of(v));
	return r;
}

bool
json_next(struct json_iter *it, struct str *ret_name, const struct json **ret_value)
{
	/* The library's pointer is not const, but it does not write. */
	json_t *obj = (json_t *)(uintptr_t)it->obj;

	it->pos = it->begun ? json_object_iter_next(obj, it->pos) : json_object_iter(obj);
	it->begun = true;
	if (it->pos == NULL)
		return false;
	*ret_name = str_of_n(json_object_iter_key(it->pos), json_object_iter_key_len(it->pos));
	*ret_value = as(json_object_iter_value(it->pos));
	return true;
}
