/*
 * trust: see trust.h.
 */
#include "svc/iam/trust.h"

#include "svc/iam/document.h"
#include "aws/arn.h"
#include "iam/policy.h"
#include "iam/rebind.h"
#include "store/store_entity.h"

#define ENTITY_BYTES 16384 /* room for one entity at a time */

struct lookup {
	struct call *c;
	struct arena *arena;
	enum awserr e; /* the error of a lookup, if one failed */
};

/* Is this the ARN of a user or role of this account? */
static bool
arn_is_own(const struct call *c, struct str text)
{
	struct arn arn;

	return arn_parse(text, &arn) == 0 && str_eq_c(arn.service, "iam") &&
	    str_eq(arn.account, c->principal.account_id) &&
	    (str_starts(arn.resource, STR("user/")) || str_starts(arn.resource, STR("role/")));
}

static int
id_of(void *ctx, struct str text, struct str *ret)
{
	struct lookup *l = ctx;
	struct store_entity v;
	int r;

	if (!arn_is_own(l->c, text))
		return 0;
	arena_reset(l->arena);
	r = store_entity_get_arn(l->c->region->store, l->arena, text, &v);
	if (r == 0)
		*ret = v.entity_id;
	else if (r == ERR_NOTFOUND)
		l->e = call_fail(l->c, AWSERR_MALFORMED_POLICY,
		    "Invalid principal in policy: \"AWS\":\"%.*s\"", STR_FMT(text));
	else
		l->e = call_internal(l->c, "principal", r);
	return r;
}

static int
arn_of(void *ctx, struct str text, struct str *ret)
{
	struct lookup *l = ctx;
	struct store_entity v;
	int r;

	if (!str_starts(text, STR("AIDA")) && !str_starts(text, STR("AROA")))
		return 0;
	arena_reset(l->arena);
	r = store_entity_get(l->c->region->store, l->arena, text, &v);
	if (r == 0 && str_eq(v.account_id, l->c->principal.account_id))
		*ret = v.arn;
	else if (r != 0 && r != ERR_NOTFOUND)
		l->e = call_internal(l->c, "principal", r);
	return l->e == AWSERR_NONE ? 0 : r;
}

/* Appends the document to b, each principal replaced by what fn returns for it. */
static int
names_replace(struct lookup *l, struct str document, rebind_fn *fn, struct buf *b,
    bool *ret_changed)
{
	int r;

	l->arena = arena_new(ENTITY_BYTES);
	r = rebind(document, fn, l, b, ret_changed);
	arena_free(l->arena);
	return r;
}

enum awserr
trust_bind(struct call *c, struct str document, struct str *ret)
{
	struct lookup l = { .c = c };
	bool changed = false;
	struct buf b;
	int r;

	buf_init(&b, IAM_POLICY_MAX_BYTES);
	r = names_replace(&l, document, id_of, &b, &changed);
	if (r != 0 && l.e == AWSERR_NONE)
		l.e = call_internal(c, "trust policy", r);
	if (r == 0)
		*ret = changed ? arena_str(c->arena, buf_view(&b)) : document;
	buf_release(&b);
	return l.e;
}

enum awserr
trust_write(struct call *c, struct str document)
{
	struct lookup l = { .c = c };
	bool changed = false;
	struct buf b;
	int r;

	buf_init(&b, IAM_POLICY_MAX_BYTES);
	r = names_replace(&l, document, arn_of, &b, &changed);
	/* A document that does not parse trusts nobody. It is shown unchanged. */
	if (l.e == AWSERR_NONE)
		document_write(c, "AssumeRolePolicyDocument",
		    r == 0 && changed ? buf_view(&b) : document);
	buf_release(&b);
	return l.e;
}
