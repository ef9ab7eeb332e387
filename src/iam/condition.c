/*
 * condition: see condition.h. Pure.
 */
#include "iam/condition.h"

#include "iam/context.h"

static int
values_compile(struct compile *c, const struct json *v, struct condition *ret)
{
	union value *values;
	struct str text;
	size_t i;
	int r;

	ret->n = compile_len(v);
	ret->values = values = arena_array(c->arena, ret->n, sizeof(*values));
	for (i = 0; i < ret->n; i++)
		if ((r = compile_text(c, v, i, true, &text)) != 0 ||
		    (r = value_compile(c, ret->op.type, text, &values[i])) != 0)
			return r;
	return 0;
}

/* Compiles what stands under one operator: {KEY: VALUES, ...}. */
static int
keys_compile(struct compile *c, const struct json *v, struct condition_operator op,
    struct condition *ret, size_t *at)
{
	struct json_iter it = { .obj = v };
	const struct json *values;
	struct str key;
	int r;

	if (json_kind(v) != JSON_KIND_OBJECT)
		return compile_fail(c, "not an object");
	while (json_next(&it, &key, &values)) {
		compile_enter(c, key);
		if (!compile_key_valid(key))
			return compile_fail(c, "not a condition key");
		compile_key(c, key);
		ret[*at] = (struct condition){ .op = op, .key = key };
		if ((r = values_compile(c, values, &ret[(*at)++])) != 0)
			return r;
		compile_leave(c);
	}
	return 0;
}

static size_t
count_keys(const struct json *v)
{
	struct json_iter it = { .obj = v };
	const struct json *keys;
	struct str name;
	size_t n = 0;

	while (json_next(&it, &name, &keys))
		n += json_len(keys);
	return n;
}

int
condition_compile(struct compile *c, const struct json *v, struct condition_list *ret)
{
	struct json_iter it = { .obj = v };
	struct condition *conditions;
	const struct json *keys;
	struct condition_operator op;
	struct str name;
	int r;

	if (json_kind(v) != JSON_KIND_OBJECT)
		return compile_fail(c, "not an object");
	conditions = arena_array(c->arena, count_keys(v), sizeof(*conditions));
	ret->v = conditions;
	ret->n = 0;
	while (json_next(&it, &name, &keys)) {
		compile_enter(c, name);
		/* An operator without keys asks for nothing, and may have any name. */
		if (operator_parse(name, &op) != 0 &&
		    (json_kind(keys) != JSON_KIND_OBJECT || json_len(keys) > 0))
			return compile_fail(c, "no such operator");
		if ((r = keys_compile(c, keys, op, conditions, &ret->n)) != 0)
			return r;
		compile_leave(c);
	}
	return 0;
}

/* Does one value of the request pass against the values of the policy? */
static bool
value_passes(const struct condition *cond, struct str text, struct matching *m)
{
	union value_subject subject;
	size_t i;

	if (!steps_take(&m->steps, 1 + text.n))
		return false;
	if (!value_read(cond->op.type, text, &subject))
		return cond->op.negated;
	for (i = 0; i < cond->n; i++)
		if (value_match(cond->op.type, cond->op.cmp, &cond->values[i], &subject, m))
			return !cond->op.negated;
	return cond->op.negated;
}

/* Does every value of the request pass (all is true), or at least one of them? */
static bool
values_pass(const struct condition *cond, const struct iam_context_entry *e, bool all,
    struct matching *m)
{
	size_t i;

	for (i = 0; i < e->n_values; i++)
		if (value_passes(cond, e->values[i], m) != all)
			return !all;
	return all;
}

static bool
null_holds(const struct condition *cond, bool absent)
{
	size_t i;

	for (i = 0; i < cond->n; i++)
		if (cond->values[i].flag == absent)
			return true;
	return false;
}

static bool
holds(const struct condition *cond, struct matching *m)
{
	const struct iam_context_entry *e = context_find(m, cond->key);
	bool negated = cond->op.negated;

	if (cond->op.null)
		return null_holds(cond, e == NULL || e->n_values == 0);
	switch (cond->op.set) {
	case OPERATOR_SINGLE:
		if (e == NULL)
			return cond->op.if_exists || negated;
		/* Several values can only be compared with a set operator. */
		return e->n_values <= 1 && values_pass(cond, e, negated, m);
	case OPERATOR_ALL_VALUES:
		return e == NULL || values_pass(cond, e, true, m);
	case OPERATOR_ANY_VALUE:
		break;
	}
	/* IfExists does not help: without a value there is none that passes. */
	return e != NULL && values_pass(cond, e, false, m);
}

bool
condition_holds(const struct condition_list *l, struct matching *m)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (!holds(&l->v[i], m))
			return false;
	return true;
}
