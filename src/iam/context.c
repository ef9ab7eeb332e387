/*
 * context: see context.h. Pure.
 */
#include "iam/context.h"

static const struct iam_context_entry *
find(struct matching *m, struct str key)
{
	const struct iam_context_entry *e, *near = NULL;
	size_t i;

	for (i = 0; i < m->context->n; i++) {
		e = &m->context->entries[i];
		if (!steps_take(&m->steps, e->key.n == key.n ? 1 + key.n : 1))
			return NULL;
		if (e->key.n != key.n || !str_eq_nocase(e->key, key))
			continue;
		if (str_eq(e->key, key))
			return e;
		if (near == NULL)
			near = e;
	}
	return near;
}

const struct iam_context_entry *
context_find(struct matching *m, struct str key)
{
	const struct iam_context_entry *e;

	if (str_eq_nocase(key, STR("ec2-instance-connect:osUser")) &&
	    (e = find(m, STR("ec2:osuser"))) != NULL)
		return e;
	return find(m, key);
}
