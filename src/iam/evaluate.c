/*
 * evaluate: see evaluate.h. It passes over the statements once: the first deny ends
 * the pass, and the first allow of each kind of policy is kept. Pure.
 */
#include "iam/evaluate.h"

#include "iam/document.h"

#define N_TYPES (IAM_RESOURCE_POLICY + 1)

/* What the policies of one kind said about the resource. */
struct tally {
	bool there;
	enum principal_match allowed;
	size_t policy, statement;
};

static void
decide_by(struct iam_decision *ret, const struct iam_attached_policy *policies, size_t policy,
    size_t statement)
{
	ret->policy_type = policies[policy].type;
	ret->policy = policies[policy].name;
	ret->policy_at = policy;
	ret->statement = statement;
	ret->sid = policies[policy].policy->v[statement].sid;
}

/* Can the statement still change the outcome? A deny always can; an allow can if its kind of
 * policy has not allowed as much already. */
static bool
matters(const struct statement *s, const struct tally *t)
{
	return s->effect == IAM_DENY || t->allowed != PRINCIPAL_ITSELF;
}

/* Asks the statements of one policy. True when one of them denies or no steps are left, which
 * ends everything. */
static bool
one_policy(const struct statement_question *q, const struct iam_attached_policy *policies,
    size_t at, struct tally *t, struct iam_decision *ret)
{
	const struct iam_policy *p = policies[at].policy;
	const struct statement *s;
	enum principal_match m;
	size_t i;

	t->there = true;
	for (i = 0; p != NULL && i < p->n; i++) {
		s = &p->v[i];
		if (!matters(s, t))
			continue;
		m = statement_applies(s, q);
		if (q->matching->steps.left == 0) {
			ret->reason = IAM_REASON_STEP_LIMIT;
			return true;
		}
		if (m == PRINCIPAL_NOT)
			continue;
		if (s->effect == IAM_DENY) {
			decide_by(ret, policies, at, i);
			return true;
		}
		if (m <= t->allowed)
			continue;
		t->allowed = m;
		t->policy = at;
		t->statement = i;
	}
	return false;
}

static void
allow_by(struct iam_decision *ret, const struct iam_attached_policy *policies,
    const struct tally *t)
{
	ret->effect = IAM_ALLOW;
	ret->reason = IAM_REASON_ALLOW_STATEMENT;
	decide_by(ret, policies, t->policy, t->statement);
}

/* Is there a policy of this kind, and none of them allows? */
static bool
refuses(const struct tally *t)
{
	return t->there && t->allowed == PRINCIPAL_NOT;
}

/* How far the trust policy's allow carries. For a caller of another account it never carries
 * further than naming that account would: the caller's own policies have to allow as well. */
static enum principal_match
granted(const struct tally *trust, bool foreign)
{
	return foreign && trust->allowed > PRINCIPAL_BY_ACCOUNT ? PRINCIPAL_BY_ACCOUNT
								: trust->allowed;
}

/* No statement denied. The first kind of policy that had to allow and did not decides. */
static void
implicit(const struct tally tally[N_TYPES], const struct evaluate_input *in,
    const struct iam_attached_policy *policies, struct iam_decision *ret)
{
	const struct tally *trust = &tally[IAM_RESOURCE_POLICY];
	const struct tally *identity = &tally[IAM_IDENTITY_POLICY];
	enum principal_match by = granted(trust, in->foreign);

	if (in->foreign && !trust->there) {
		ret->reason = IAM_REASON_OTHER_ACCOUNT;
	} else if (refuses(trust)) {
		ret->reason = IAM_REASON_NO_TRUST_ALLOW;
	} else if (by == PRINCIPAL_ITSELF) {
		allow_by(ret, policies, trust);
	} else if (!in->root && by != PRINCIPAL_BY_ROLE && identity->allowed == PRINCIPAL_NOT) {
		ret->reason = IAM_REASON_NO_IDENTITY_ALLOW;
	} else if (refuses(&tally[IAM_PERMISSIONS_BOUNDARY])) {
		ret->reason = IAM_REASON_NO_BOUNDARY_ALLOW;
	} else if (refuses(&tally[IAM_SESSION_POLICY])) {
		ret->reason = IAM_REASON_NO_SESSION_ALLOW;
	} else if (identity->allowed != PRINCIPAL_NOT || by == PRINCIPAL_BY_ROLE) {
		allow_by(ret, policies, identity->allowed != PRINCIPAL_NOT ? identity : trust);
	} else {
		ret->effect = IAM_ALLOW;
		ret->reason = IAM_REASON_ROOT;
	}
}

void
evaluate_resource(const struct evaluate_input *in, const struct iam_attached_policy *policies,
    size_t n, struct iam_decision *ret)
{
	struct tally tally[N_TYPES] = { 0 };
	size_t i;

	*ret = (struct iam_decision){ .effect = IAM_DENY, .reason = IAM_REASON_EXPLICIT_DENY };
	for (i = 0; i < n; i++)
		if (one_policy(&in->question, policies, i, &tally[policies[i].type], ret))
			return;
	implicit(tally, in, policies, ret);
}
