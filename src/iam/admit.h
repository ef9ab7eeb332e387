/*
 * admit: what IAM refuses when a policy is written, beyond the grammar of iam/policy.h. A policy
 * that was stored before a check was made still counts, so the decisions do not depend on it.
 */
#ifndef IAM_ADMIT_H
#define IAM_ADMIT_H

#include "iam/policy.h"

enum admit_as {
	ADMIT_MANAGED,
	ADMIT_INLINE, /* and the policy of a session */
	ADMIT_TRUST,
};

/*
 * 0, or ERR_SYNTAX with the reason appended to why, in AWS's words and in printable ASCII:
 * - a managed policy has the Version 2012-10-17;
 * - an action's service is "*" or has no wildcards; in a trust policy it is an action that gives a
 *   session (NotAction is not looked at), and a service that is trusted is one that AWS has;
 * - a resource's partition is one of AWS's, or a pattern that matches one; the ARN of a resource of
 *   IAM has no region and a type that IAM knows; that of a bucket has no region.
 * Sources: the cases of moto's test_iam_policies.py, which were tried on AWS; IAM user guide,
 * reference-arns; public reports of the refusal of trust policies.
 */
int admit_check(const struct iam_policy *p, enum admit_as as, struct buf *why) MUST_CHECK;

#endif
