/*
 * authz: see authz.h.
 */
#include "api/authz.h"

#include "api/authz_context.h"
#include "api/denial.h"
#include "api/policies.h"
#include "iam/steps.h"

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

/* What the decisions about the targets of one call have in common. */
struct deciding {
	struct policy_set policies;
	struct authz_keys keys;
	struct steps steps; /* that they may still take */
};

/* Lets the target look up what it left for its turn. */
static enum awserr
fill(struct call *c, struct call_target *t)
{
	enum awserr e;

	if (t->fill == NULL)
		return AWSERR_NONE;
	c->filling = t;
	e = t->fill(c, t->audit_name);
	c->filling = NULL;
	return e;
}

/* Decides about one target, in c->arena. *rq is what was decided on. */
static enum awserr
decide(struct call *c, struct call_target *t, struct deciding *all, struct iam_request *rq,
    struct iam_decision *d)
{
	const struct policy_set *p = &all->policies;
	enum awserr e;

	if ((e = fill(c, t)) != AWSERR_NONE)
		return e;
	authz_context_asked(c, t, &all->keys, &all->steps, &rq->context);
	*d = (struct iam_decision){ .reason = IAM_REASON_STEP_LIMIT, .resource = t->arn };
	if (all->steps.left == 0)
		return AWSERR_NONE;
	rq->max_steps = all->steps.left;
	iam_decide(rq, p->v, p->n, d);
	all->steps.left -= d->steps;
	if (d->effect == IAM_ALLOW && c->context_full)
		*d = (struct iam_decision){ .reason = IAM_REASON_MALFORMED, .resource = t->arn };
	return AWSERR_NONE;
}

static enum awserr
target_check(struct call *c, struct call_target *t, struct deciding *all)
{
	struct arena *arena = c->arena, *scratch = c->api->scratch;
	struct iam_request rq = { .principal = &c->principal,
		.resources = &t->arn,
		.n_resources = 1 };
	struct iam_context shown;
	struct iam_decision d;
	enum awserr e;

	rq.action = str_of(t->iam_action != NULL ? t->iam_action : c->action->iam_action);
	/* There may be a thousand targets, and nothing of a decision is needed for the next. */
	arena_reset(scratch);
	c->arena = scratch;
	e = decide(c, t, all, &rq, &d);
	c->arena = arena;
	c->n_decided++;
	if (e == AWSERR_NONE && d.effect == IAM_DENY) {
		c->told = t->told;
		authz_context_all(c, t, &shown);
		e = denial_answer(c, &rq, &shown, all->policies.v, all->policies.n, &d);
	}
	if (t->fill != NULL) {
		t->tags = NULL;
		t->context = NULL;
		t->n_tags = t->n_context = 0;
	}
	return e;
}

enum awserr
authz_check(struct call *c)
{
	struct deciding all = { .steps = { IAM_MAX_STEPS } };
	enum awserr e = AWSERR_NONE;
	size_t i;
	int r;

	if (c->action->iam_action == NULL)
		return AWSERR_NONE;
	if (c->n_targets == 0)
		call_target_arn(c, STR("*"));
	if ((r = policies_find(c, &all.policies)) != 0 ||
	    (r = authz_context_find(c, all.policies.v, all.policies.n, &all.steps, &all.keys)) != 0)
		return call_internal(c, "policies", r);
	for (i = 0; i < c->n_targets && e == AWSERR_NONE; i++) {
		e = target_check(c, &c->targets[i], &all);
		all.steps.left += STEPS_PER_TARGET;
	}
	c->work += IAM_MAX_STEPS + c->n_decided * STEPS_PER_TARGET - all.steps.left;
	return e;
}
