/*
 * context: see context.h. Pure.
 */
#include "iam/context.h"

static const struct iam_context_entry *
find(const struct iam_context *ctx, struct str key)
{
	const struct iam_context_entry *e, *near = NULL;
	size_t i;

	for (i = 0; i < ctx->n; i++) {
		e = &ctx->entries[i];
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
context_find(const struct iam_context *ctx, struct str key)
{
	const struct iam_context_entry *e;

	if (str_eq_nocase(key, STR("ec2-instance-connect:osUser")) &&
	    (e = find(ctx, STR("ec2:osuser"))) != NULL)
		return e;
	return find(ctx, key);
}
