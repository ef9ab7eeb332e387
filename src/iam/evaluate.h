/*
 * evaluate: all policies about one resource, in the order of wire.md 7.6.
 */
#ifndef IAM_EVALUATE_H
#define IAM_EVALUATE_H

#include "iam/statement.h"

/*
 * Fills all of ret but its resource. root: the principal is the account itself,
 * which needs no identity policy.
 */
void evaluate_resource(const struct statement_question *q, bool root,
    const struct iam_attached_policy *policies, size_t n, struct iam_decision *ret);

#endif
