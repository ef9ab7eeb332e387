/*
 * document: see document.h. Pure.
 */
#include "iam/document.h"

const struct json *
document_statement(const struct iam_policy *p, size_t i)
{
	bool listed = json_kind(p->statements) == JSON_KIND_ARRAY;

	return listed ? json_at(p->statements, i) : p->statements;
}

static void
object_write(struct jsonw *w, const struct json *v)
{
	struct json_iter it = { .obj = v };
	const struct json *m;
	struct str name;

	jsonw_object(w);
	while (json_next(&it, &name, &m)) {
		jsonw_name_str(w, name);
		document_value_write(w, m);
	}
	jsonw_end(w);
}

static void
real_write(struct jsonw *w, const struct json *v)
{
	struct buf b;

	buf_init(&b, 64);
	/* This cannot fail: the same number was written when the policy was compiled. */
	if (compile_real_write(v, &b) == 0)
		jsonw_value(w, buf_view(&b));
	else
		jsonw_null(w);
	buf_release(&b);
}

/* The parser limits how deep a document is, and with it this recursion. */
void
document_value_write(struct jsonw *w, const struct json *v)
{
	struct str s;
	int64_t n;
	size_t i;
	bool flag;

	if (json_kind(v) == JSON_KIND_OBJECT) {
		object_write(w, v);
	} else if (json_kind(v) == JSON_KIND_ARRAY) {
		jsonw_array(w);
		for (i = 0; i < json_len(v); i++)
			document_value_write(w, json_at(v, i));
		jsonw_end(w);
	} else if (json_str(v, &s) == 0) {
		jsonw_str(w, s);
	} else if (json_i64(v, &n) == 0) {
		jsonw_i64(w, n);
	} else if (json_bool(v, &flag) == 0) {
		jsonw_bool(w, flag);
	} else {
		real_write(w, v);
	}
}
