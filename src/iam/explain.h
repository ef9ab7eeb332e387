/*
 * explain: writes a decision as the message that sts:DecodeAuthorizationMessage returns: whether it
 * was allowed, the statement that decided, and the principal, action, resource and condition keys
 * that were looked at. Source: AWS STS API reference, DecodeAuthorizationMessage; AWS re:Post
 * samples.
 */
#ifndef IAM_EXPLAIN_H
#define IAM_EXPLAIN_H

#include "iam/iam.h"

/*
 * Appends a JSON object with "allowed", "explicitDeny", "matchedStatements", "failures" and
 * "context". Beyond AWS it has "reason" and, if a statement decided, its "policy", "policyType" and
 * "statement" (its number, from 0). policies are those that d was decided with; without them the
 * text of the statement is left out. If it does not fit, buf_err says ERR_TOOBIG.
 */
void iam_explain_write(struct buf *b, const struct iam_request *req,
    const struct iam_attached_policy *policies, size_t n_policies, const struct iam_decision *d);

/* The name of a reason for logs, such as "ExplicitDeny". */
const char *iam_explain_reason(enum iam_reason r);

#endif
