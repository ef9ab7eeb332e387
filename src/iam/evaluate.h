/*
 * evaluate: what all policies together say about one resource, in the order of wire.md 7.6.
 */
#ifndef IAM_EVALUATE_H
#define IAM_EVALUATE_H

#include "iam/statement.h"

struct evaluate_input {
	struct statement_question question;
	bool root;    /* the principal is the account's root: it needs no identity policy */
	bool foreign; /* another account owns the resource: both sides must allow */
};

/* Fills every member of ret except resource. */
void evaluate_resource(const struct evaluate_input *in, const struct iam_attached_policy *policies,
    size_t n, struct iam_decision *ret);

#endif
