/*
 * statement: one statement of a policy.
 */
#ifndef IAM_STATEMENT_H
#define IAM_STATEMENT_H

#include "iam/condition.h"
#include "iam/principal.h"

struct statement {
	enum iam_effect effect;
	struct str sid; /* empty: none */
	bool not_action, not_resource;
	const struct pattern *actions;
	size_t n_actions;
	/* A trust policy has none, because it is about the role that it belongs to. */
	const struct arnpattern *resources;
	size_t n_resources;
	struct principal_list principals; /* in a trust policy only */
	struct condition_list conditions;
};

/* What is asked about one resource. */
struct statement_question {
	const struct iam_principal *principal;
	struct str action; /* in lower case, as actions of patterns are */
	struct arnpattern_subject resource;
	struct arnpattern_subject also; /* the resource under another name; no ARN: it has none */
	struct matching *matching;
};

/* v is the statement, and c's place is there. trust: it belongs to a trust policy. ERR_SYNTAX. */
int statement_compile(struct compile *c, const struct json *v, bool trust,
    struct statement *ret) MUST_CHECK;

/* Does the statement apply, and how closely does it name the principal? PRINCIPAL_NOT: it does not
 * apply. PRINCIPAL_ITSELF also for statements that name none. Whatever it is, it is worth nothing
 * if no steps are left afterwards. */
enum principal_match statement_applies(const struct statement *s,
    const struct statement_question *q);

#endif
