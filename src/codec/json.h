/*
 * json: reads JSON (RFC 8259). A document is parsed as a whole, and then typed getters read its
 * values. jsonw writes JSON.
 *
 * Refused are: a name given twice, trailing bytes, NUL (raw or \u0000), invalid UTF-8, lone
 * surrogates, integers outside 64 bits, a top level that is neither object nor array, and what
 * exceeds the limits.
 */
#ifndef CODEC_JSON_H
#define CODEC_JSON_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* A value. The one that json_parse returns owns all others of its document. */
struct json;

enum json_kind {
	JSON_KIND_NULL,
	JSON_KIND_BOOL,
	JSON_KIND_INT,
	JSON_KIND_REAL,
	JSON_KIND_STR,
	JSON_KIND_ARRAY,
	JSON_KIND_OBJECT,
};

/*
 * Parses all of s. max_depth counts nested arrays and objects ("{}" is 1). Errors: ERR_SYNTAX,
 * ERR_DUP, ERR_TOOBIG (longer than max_bytes, or deeper than max_depth). ei (may be NULL) says
 * where, but never quotes the text, which may have secrets.
 */
int json_parse(struct str s, size_t max_bytes, unsigned max_depth, struct json **ret,
    struct errinfo *ei) MUST_CHECK;
void json_free(struct json *root); /* only for the value from json_parse; NULL is fine */

/* v may be NULL in all of these: then it is null, and has no members. */
enum json_kind json_kind(const struct json *v);
/* The member of this name, or NULL when there is none or v is no object. */
const struct json *json_get(const struct json *v, const char *name);
/* The number of elements of an array or members of an object, else 0. */
size_t json_len(const struct json *v);
/* Element i of an array, or NULL. */
const struct json *json_at(const struct json *v, size_t i);

/*
 * Each gets the value as a type, for example json_str(json_get(o, "InstanceId"), &s).
 * ERR_NOTFOUND when v is NULL; ERR_SYNTAX when it is of another kind, also when it is null. Text
 * is UTF-8 without NUL and lives as long as the document. json_number takes whole numbers too.
 */
int json_str(const struct json *v, struct str *ret) MUST_CHECK;
int json_i64(const struct json *v, int64_t *ret) MUST_CHECK;
int json_number(const struct json *v, double *ret) MUST_CHECK;
int json_bool(const struct json *v, bool *ret) MUST_CHECK;

/* Walks through the members of an object in the order of the text: start with { .obj = obj } and
 * call json_next until it returns false. */
struct json_iter {
	const struct json *obj;
	void *pos;
	bool begun;
};
bool json_next(struct json_iter *it, struct str *ret_name, const struct json **ret_value);

#endif
