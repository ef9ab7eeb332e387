/*
 * input_json: reads the members of a JSON 1.1 request into the input struct, by the rows of the
 * action. Members without a row are ignored, as on AWS, because newer clients may send more.
 */
#include "api/input_json.h"

#include "api/input_check.h"

#define MAX_AT_S 253402300799.0 /* the end of the year 9999 */

static enum awserr
wrong_kind(struct call *c, struct str path)
{
	return call_fail(c, AWSERR_SERIALIZATION, "The value of %.*s is of another type",
	    STR_FMT(path));
}

static enum awserr
read_strs(struct call *c, const struct field *f, const struct json *v, struct str path, void *base)
{
	struct field_strs *place = input_check_place(f, base);
	size_t i, n = json_len(v);
	enum awserr e;
	struct str *out;

	if (json_kind(v) != JSON_KIND_ARRAY)
		return wrong_kind(c, path);
	if ((e = input_check_count(c, f, path, n)) != AWSERR_NONE)
		return e;
	out = arena_array(c->arena, n, sizeof(*out));
	for (i = 0; i < n; i++) {
		if (json_str(json_at(v, i), &out[i]) != 0)
			return wrong_kind(c, path);
		if ((e = input_check_str(c, f, path, out[i])) != AWSERR_NONE)
			return e;
	}
	*place = (struct field_strs){ .v = out, .n = n };
	return AWSERR_NONE;
}

static enum awserr
read_structs(struct call *c, const struct field *f, const struct json *v, struct str path,
    void *base)
{
	struct field_list *place = input_check_place(f, base);
	size_t i, n = json_len(v);
	enum awserr e;
	char *out;

	if (json_kind(v) != JSON_KIND_ARRAY)
		return wrong_kind(c, path);
	if ((e = input_check_count(c, f, path, n)) != AWSERR_NONE)
		return e;
	out = arena_array(c->arena, n, f->size);
	for (i = 0; i < n; i++) {
		e = input_json_read(c, f->members, f->n_members, json_at(v, i), path,
		    out + i * f->size);
		if (e != AWSERR_NONE)
			return e;
	}
	*place = (struct field_list){ .v = out, .n = n };
	return AWSERR_NONE;
}

/* Reads a timestamp of JSON 1.1: seconds since 1970, with or without a fraction. */
static enum awserr
read_time(struct call *c, const struct field *f, const struct json *v, struct str path, void *base)
{
	struct field_time *place = input_check_place(f, base);
	double at_s;

	if (json_number(v, &at_s) != 0)
		return wrong_kind(c, path);
	if (!(at_s >= 0 && at_s <= MAX_AT_S))
		return input_check_bad(c, f, path, "it is not a time");
	*place = (struct field_time){ .given = true, .at_ms = (int64_t)(at_s * 1000) };
	return AWSERR_NONE;
}

static enum awserr
read_one(struct call *c, const struct field *f, const struct json *v, struct str path, void *base)
{
	struct field_bool *b;
	struct str s;
	int64_t i;

	switch (f->type) {
	case FIELD_STR:
		return json_str(v, &s) != 0 ? wrong_kind(c, path)
					    : input_check_set_str(c, f, path, s, base);
	case FIELD_INT:
		return json_i64(v, &i) != 0 ? wrong_kind(c, path)
					    : input_check_set_int(c, f, path, i, base);
	case FIELD_BOOL:
		b = input_check_place(f, base);
		if (json_bool(v, &b->v) != 0)
			return wrong_kind(c, path);
		b->given = true;
		return AWSERR_NONE;
	case FIELD_TIME:
		return read_time(c, f, v, path, base);
	case FIELD_STR_LIST:
		return read_strs(c, f, v, path, base);
	case FIELD_LIST:
		return read_structs(c, f, v, path, base);
	case FIELD_STRUCT:
		return input_json_read(c, f->members, f->n_members, v, path,
		    input_check_place(f, base));
	case FIELD_UNSUPPORTED:
		return input_check_unsupported(c, path);
	case FIELD_IGNORED:
		return AWSERR_NONE;
	}
	return AWSERR_INTERNAL;
}

enum awserr
input_json_read(struct call *c, const struct field *fields, size_t n, const struct json *v,
    struct str path, void *base)
{
	const struct json *m;
	struct str at;
	enum awserr e;
	size_t i;

	if (json_kind(v) != JSON_KIND_OBJECT)
		return wrong_kind(c, path.n > 0 ? path : STR("the request"));
	for (i = 0; i < n; i++) {
		at = input_check_path(c, path, str_of(fields[i].name));
		m = json_get(v, fields[i].name);
		/* A member that is null counts as not given; AWS SDKs may send it. */
		if (json_kind(m) == JSON_KIND_NULL) {
			if (fields[i].required && (e = input_check_missing(c, at)) != AWSERR_NONE)
				return e;
			continue;
		}
		if ((e = read_one(c, &fields[i], m, at, base)) != AWSERR_NONE)
			return e;
	}
	return AWSERR_NONE;
}
