/*
 * rebind: see rebind.h. It walks down to the principals and copies everything else. Pure, except
 * for what the function does.
 */
#include "iam/rebind.h"

#include "iam/document.h"

/* Where in the document the walk is. The elements of a list are on the level of the list. */
enum level { TOP, STATEMENT, PRINCIPAL, AWS, ELSEWHERE };

struct walk {
	rebind_fn *fn;
	void *ctx;
	struct jsonw w;
	bool changed;
};

static enum level
below(enum level l, struct str name)
{
	switch (l) {
	case TOP:
		return str_eq_c(name, "Statement") ? STATEMENT : ELSEWHERE;
	case STATEMENT:
		return str_eq_c(name, "Principal") ? PRINCIPAL : ELSEWHERE;
	case PRINCIPAL:
		return str_eq_c(name, "AWS") ? AWS : ELSEWHERE;
	case AWS:
	case ELSEWHERE:
		break;
	}
	return ELSEWHERE;
}

static int
principal_write(struct walk *k, struct str text)
{
	struct str other = text;
	int r;

	if ((r = k->fn(k->ctx, text, &other)) != 0)
		return r;
	k->changed = k->changed || !str_eq(text, other);
	jsonw_str(&k->w, other);
	return 0;
}

static int value_write(struct walk *k, const struct json *v, enum level l);

static int
object_write(struct walk *k, const struct json *v, enum level l)
{
	struct json_iter it = { .obj = v };
	const struct json *m;
	struct str name;
	int r = 0;

	jsonw_object(&k->w);
	while (r == 0 && json_next(&it, &name, &m)) {
		jsonw_name_str(&k->w, name);
		r = value_write(k, m, below(l, name));
	}
	if (r == 0)
		jsonw_end(&k->w);
	return r;
}

static int
list_write(struct walk *k, const struct json *v, enum level l)
{
	size_t i;
	int r = 0;

	jsonw_array(&k->w);
	for (i = 0; i < json_len(v) && r == 0; i++)
		r = value_write(k, json_at(v, i), l);
	if (r == 0)
		jsonw_end(&k->w);
	return r;
}

/* The parser limits how deep a document is, and with it this recursion. */
static int
value_write(struct walk *k, const struct json *v, enum level l)
{
	struct str text;

	if (l == AWS && json_str(v, &text) == 0)
		return principal_write(k, text);
	if (l != ELSEWHERE && json_kind(v) == JSON_KIND_OBJECT)
		return object_write(k, v, l);
	if (l != ELSEWHERE && json_kind(v) == JSON_KIND_ARRAY)
		return list_write(k, v, l);
	document_value_write(&k->w, v);
	return 0;
}

int
rebind(struct str document, rebind_fn *fn, void *ctx, struct buf *out, bool *ret_changed)
{
	struct walk k = { .fn = fn, .ctx = ctx };
	struct json *v = NULL;
	int r;

	if ((r = json_parse(document, IAM_POLICY_MAX_BYTES, DOCUMENT_MAX_DEPTH, &v, NULL)) != 0)
		return r;
	jsonw_init(&k.w, out);
	if ((r = value_write(&k, v, TOP)) == 0 && (r = jsonw_finish(&k.w)) == 0)
		*ret_changed = k.changed;
	json_free(v);
	return r;
}
