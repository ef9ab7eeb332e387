/*
 * audit_resources: see audit_resources.h.
 */
#include "api/audit_resources.h"

#include "aws/arn.h"

/* Who is denied chose the names. So no more of them are found by LookupEvents and cost room. */
#define MAX_DENIED_RESOURCES 16

/* Finds the type of the resource that an IAM ARN names, and its name in a record. False when
 * the ARN names no single resource of IAM. */
static bool
iam_resource(struct str text, struct store_audit_resource *ret)
{
	static const struct {
		const char *prefix, *type;
		bool whole; /* known by its whole ARN */
	} rows[] = {
		{ "user/", "AWS::IAM::User", false },
		{ "role/", "AWS::IAM::Role", false },
		{ "group/", "AWS::IAM::Group", false },
		{ "policy/", "AWS::IAM::Policy", true },
		{ "instance-profile/", "AWS::IAM::InstanceProfile", false },
		{ "mfa/", "AWS::IAM::VirtualMFADevice", true },
	};
	struct arn arn;
	size_t i;

	if (arn_parse(text, &arn) != 0 || !str_eq_c(arn.service, "iam"))
		return false;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!str_starts(arn.resource, str_of(rows[i].prefix)))
			continue;
		ret->type = str_of(rows[i].type);
		ret->name = rows[i].whole ? text : arn_name(text);
		/* An ARN that ends with a slash is a path, which is not a resource. */
		return text.p[text.n - 1] != '/';
	}
	return false;
}

/* By ARN, and those of the same ARN in the order of the list. */
static int
target_cmp(const void *a, const void *b)
{
	const struct call_target *const *x = a, *const *y = b;
	int r = str_cmp((*x)->arn, (*y)->arn);

	return r != 0 ? r : (*x > *y) - (*x < *y);
}

/* Lists each resource once, in the order of the targets: one that is authorized for two actions is
 * two targets. */
static const struct call_target **
resources_once(const struct call *c, size_t *ret_n)
{
	const struct call_target **v = arena_array(c->arena, c->n_targets, sizeof(*v));
	bool *repeated = arena_array(c->arena, c->n_targets, sizeof(*repeated));
	size_t i, n = 0;

	for (i = 0; i < c->n_targets; i++)
		v[i] = &c->targets[i];
	if (c->n_targets > 1)
		qsort(v, c->n_targets, sizeof(*v), target_cmp);
	for (i = 1; i < c->n_targets; i++)
		repeated[v[i] - c->targets] = str_eq(v[i]->arn, v[i - 1]->arn);
	for (i = 0; i < c->n_targets; i++) {
		if (!repeated[i])
			v[n++] = &c->targets[i];
	}
	*ret_n = n;
	return v;
}

/* In records of STS the list of resources stands in the record: the role of sts:AssumeRole.
 * Other services have no such member. */
void
audit_resources_write(const struct call *c, struct jsonw *w)
{
	const struct call_target **v;
	struct store_audit_resource r;
	size_t i, n;

	if (c->service != SERVICE_STS || c->denied || c->n_targets == 0 ||
	    !iam_resource(c->targets[0].arn, &r))
		return;
	jsonw_m_array(w, "resources");
	v = resources_once(c, &n);
	for (i = 0; i < n; i++) {
		if (!iam_resource(v[i]->arn, &r))
			continue;
		jsonw_object(w);
		jsonw_m_str(w, "accountId", c->principal.account_id);
		jsonw_m_str(w, "type", r.type);
		jsonw_m_str(w, "ARN", v[i]->arn);
		jsonw_end(w);
	}
	jsonw_end(w);
}

/* Of a denied call, MAX_DENIED_RESOURCES are listed, and the one that was denied is among them. */
static size_t
denied_head(const struct call *c, const struct call_target **v, size_t n)
{
	if (!c->denied || n <= MAX_DENIED_RESOURCES)
		return n;
	if (v[MAX_DENIED_RESOURCES - 1] < &c->targets[c->n_decided - 1])
		v[MAX_DENIED_RESOURCES - 1] = &c->targets[c->n_decided - 1];
	return MAX_DENIED_RESOURCES;
}

size_t
audit_resources_find(const struct call *c, struct store_audit_resource **ret)
{
	struct store_audit_resource *v;
	const struct call_target **once;
	size_t i, n_once, n = 0;

	once = resources_once(c, &n_once);
	n_once = denied_head(c, once, n_once);
	v = arena_array(c->arena, n_once, sizeof(*v));
	for (i = 0; i < n_once; i++) {
		if (once[i]->audit_type.n > 0)
			v[n++] = (struct store_audit_resource){ once[i]->audit_type,
				once[i]->audit_name };
		else if (iam_resource(once[i]->arn, &v[n]))
			n++;
	}
	*ret = v;
	return n;
}
