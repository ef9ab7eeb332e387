/*
 * policy: see policy.h. This file reads the top level of a document; statement.c reads each
 * statement. Pure.
 */
#include "iam/policy.h"

#include "base/alloc.h"
#include "iam/document.h"
#include "iam/names.h"

/* Each byte of a document becomes fewer than a hundred bytes of the compiled form, so that no
 * document that is short enough to be accepted can reach this limit. */
#define MAX_ARENA_BYTES ((size_t)256 * IAM_POLICY_MAX_BYTES)

static int
members_check(struct compile *c, const struct json *v)
{
	struct json_iter it = { .obj = v };
	const struct json *m;
	struct str name;

	if (json_kind(v) != JSON_KIND_OBJECT)
		return compile_fail(c, "the policy is not a JSON object: {...}");
	while (json_next(&it, &name, &m)) {
		if (str_eq_c(name, "Version") || str_eq_c(name, "Id") ||
		    str_eq_c(name, "Statement"))
			continue;
		compile_enter(c, name);
		return compile_fail(c, "no such element");
	}
	return 0;
}

static int
head_compile(struct compile *c, const struct json *v)
{
	const struct json *version = json_get(v, "Version"), *id = json_get(v, "Id");
	struct str text = STR("");

	compile_enter(c, STR("Version"));
	if (version != NULL &&
	    (json_str(version, &text) != 0 ||
		(!str_eq_c(text, "2012-10-17") && !str_eq_c(text, "2008-10-17"))))
		return compile_fail(c, "neither 2012-10-17 nor 2008-10-17");
	c->variables = str_eq_c(text, "2012-10-17");
	compile_leave(c);
	compile_enter(c, STR("Id"));
	if (id != NULL && json_str(id, &text) != 0)
		return compile_fail(c, "not a string");
	compile_leave(c);
	return 0;
}

static int
statements_compile(struct compile *c, bool trust, struct iam_policy *p)
{
	size_t i;
	int r;

	c->in_statement = true;
	if (p->statements == NULL)
		return compile_fail(c, "missing");
	if ((r = compile_count(c, p->statements, &p->n)) != 0)
		return r;
	c->statement_listed = json_kind(p->statements) == JSON_KIND_ARRAY;
	p->v = arena_array(p->arena, p->n, sizeof(*p->v));
	for (i = 0; i < p->n; i++) {
		c->statement = i;
		if ((r = statement_compile(c, document_statement(p, i), trust, &p->v[i])) != 0)
			return r;
	}
	return 0;
}

/* Reports a Sid that two statements have. The place is that of the second one. */
static int
sid_fail(struct compile *c, const struct iam_policy *p, struct str sid)
{
	size_t i, seen = 0;

	for (i = 0; i < p->n && seen < 2; i++)
		if (str_eq(p->v[i].sid, sid)) {
			seen++;
			c->statement = i;
		}
	compile_enter(c, STR("Sid"));
	return compile_fail(c, "not unique");
}

static int
sids_check(struct compile *c, const struct iam_policy *p)
{
	struct str *sids = arena_array(p->arena, p->n, sizeof(*sids));
	size_t i, n = 0;

	for (i = 0; i < p->n; i++)
		if (p->v[i].sid.n > 0)
			sids[n++] = p->v[i].sid;
	names_sort(sids, n, str_cmp);
	for (i = 1; i < n; i++)
		if (str_eq(sids[i - 1], sids[i]))
			return sid_fail(c, p, sids[i]);
	return 0;
}

/* Keeps each condition key once, spelled as it was first written. */
static void
keys_publish(struct compile *c, struct iam_policy *p)
{
	struct str *keys = arena_array(p->arena, c->n_keys, sizeof(*keys));
	size_t i;

	names_sort(c->keys, c->n_keys, names_cmp_nocase);
	for (i = 0; i < c->n_keys; i++)
		if (i == 0 || !str_eq_nocase(c->keys[i - 1], c->keys[i]))
			keys[p->n_keys++] = c->keys[i];
	p->keys = keys;
}

/* Parses the text. json_parse says where an error is, and this function says what was read. */
static int
read_json(struct str text, struct json **ret, struct errinfo *ei)
{
	struct errinfo where = { "" };
	int r;

	/* Also "null", which is JSON, and what a script sends that has no policy. */
	if (str_trim(text).n > 0 && str_index(STR("{["), str_trim(text).p[0]) == 2) {
		err_set(ei, "the policy is not a JSON object: {...}");
		return ERR_SYNTAX;
	}
	r = json_parse(text, IAM_POLICY_MAX_BYTES, DOCUMENT_MAX_DEPTH, ret, &where);
	if (r == 0)
		return 0;
	if (r == ERR_TOOBIG)
		err_set(ei, "%s", where.text);
	else
		err_set(ei, "%s: %s", where.text,
		    r == ERR_DUP ? "a member given twice" : "not JSON");
	return ERR_SYNTAX;
}

int
iam_policy_parse(struct str json, enum iam_policy_type type, struct iam_policy **ret,
    struct errinfo *ei)
{
	struct compile c = { .ei = ei };
	struct iam_policy *p;
	int r;

	if (json.n > IAM_POLICY_MAX_BYTES) {
		err_set(ei, "longer than %d bytes", IAM_POLICY_MAX_BYTES);
		return ERR_TOOBIG;
	}
	p = xalloc(sizeof(*p));
	c.arena = p->arena = arena_new(MAX_ARENA_BYTES);
	if ((r = read_json(json, &p->json, ei)) != 0 || (r = members_check(&c, p->json)) != 0 ||
	    (r = head_compile(&c, p->json)) != 0)
		goto out;
	p->variables = c.variables;
	p->statements = json_get(p->json, "Statement");
	if ((r = statements_compile(&c, type == IAM_RESOURCE_POLICY, p)) != 0 ||
	    (r = sids_check(&c, p)) != 0)
		goto out;
	keys_publish(&c, p);
	*ret = p;
	p = NULL;
out:
	xfree(c.keys);
	iam_policy_free(p);
	return r;
}

void
iam_policy_free(struct iam_policy *p)
{
	if (p == NULL)
		return;
	json_free(p->json);
	arena_free(p->arena);
	xfree(p);
}

size_t
iam_policy_context_keys(const struct iam_policy *p, const struct str **ret)
{
	*ret = p->keys;
	return p->n_keys;
}
