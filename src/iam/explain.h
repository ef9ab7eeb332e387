/*
 * explain: a decision as the message that sts:DecodeAuthorizationMessage gives
 * back: whether it was allowed, the statements that decided, and the principal,
 * action, resource and condition keys that were looked at.
 * Source: AWS STS API reference, DecodeAuthorizationMessage; AWS re:Post samples.
 */
#ifndef IAM_EXPLAIN_H
#define IAM_EXPLAIN_H

#include "iam/iam.h"

/*
 * Appends the JSON object: with "allowed", "explicitDeny", "matchedStatements",
 * "failures", "context"; and, beyond AWS, "reason", and of the deciding statement
 * "policy", "policyType" and "statement" (its number, from 0). buf_err says
 * ERR_TOOBIG when it does not fit. policies: those that d was decided with; without
 * them the text of the statement is left out.
 */
void iam_explain_write(struct buf *b, const struct iam_request *req,
    const struct iam_attached_policy *policies, size_t n_policies, const struct iam_decision *d);

/* "ExplicitDeny": for a log. */
const char *iam_explain_reason(enum iam_reason r);

#endif
