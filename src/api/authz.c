/*
 * authz: see authz.h.
 */
#include "api/authz.h"

#include "api/authz_context.h"
#include "api/denial.h"
#include "api/policies.h"

/* The steps that each further target adds to what the decisions about a call may take together.
 * The targets of one call, of which there may be a thousand, share the limit of one decision and
 * this, which is more than a target takes under a hundred policies of five statements. */
#define STEPS_PER_TARGET ((uint64_t)1 << 15)

struct policy_set {
	const struct iam_attached_policy *v;
	size_t n;
};

/* Collects the caller's policies and, for sts:AssumeRole, the role's trust policy. */
static int
policies_find(struct call *c, struct policy_set *ret)
{
	struct iam_attached_policy *v;
	int r;

	if ((r = policies_of_caller(c, &ret->v, &ret->n)) != 0 || c->trust == NULL)
		return r;
	v = arena_array(c->arena, ret->n + 1, sizeof(*v));
	if (ret->n > 0)
		memcpy(v, ret->v, ret->n * sizeof(*v));
	v[ret->n++] = (struct iam_attached_policy){ .type = IAM_RESOURCE_POLICY,
		.name = STR("AssumeRolePolicyDocument"),
		.policy = c->trust };
	ret->v = v;
	return 0;
}

static enum awserr
target_check(struct call *c, const struct call_target *t, const struct policy_set *p,
    uint64_t *steps)
{
	struct iam_request rq = { .principal = &c->principal,
		.resources = &t->arn,
		.n_resources = 1,
		.max_steps = *steps };
	struct iam_context all;
	struct iam_decision d;
	int r;

	rq.action = str_of(t->iam_action != NULL ? t->iam_action : c->action->iam_action);
	if ((r = authz_context_asked(c, t, p->v, p->n, &rq.context)) != 0)
		return call_internal(c, "condition keys", r);
	iam_decide(&rq, p->v, p->n, &d);
	*steps -= d.steps;
	if (d.effect == IAM_ALLOW && !c->context_full)
		return AWSERR_NONE;
	if (d.effect == IAM_ALLOW)
		d = (struct iam_decision){ .effect = IAM_DENY,
			.reason = IAM_REASON_MALFORMED,
			.resource = t->arn };
	c->told = t->told;
	authz_context_all(c, t, &all);
	return denial_answer(c, &rq, &all, p->v, p->n, &d);
}

enum awserr
authz_check(struct call *c)
{
	struct policy_set p;
	uint64_t steps = IAM_MAX_STEPS;
	enum awserr e = AWSERR_NONE;
	size_t i;
	int r;

	if (c->action->iam_action == NULL)
		return AWSERR_NONE;
	if (c->n_targets == 0)
		call_target_arn(c, STR("*"));
	if ((r = policies_find(c, &p)) != 0)
		return call_internal(c, "policies", r);
	for (i = 0; i < c->n_targets && e == AWSERR_NONE; i++) {
		e = target_check(c, &c->targets[i], &p, &steps);
		steps += STEPS_PER_TARGET;
	}
	return e;
}
