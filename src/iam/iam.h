/*
 * iam: the decision. It is a pure function from the principal, the action, the resources and the
 * condition keys to allow or deny, with the reason. It does no I/O and knows neither HTTP nor the
 * store. What is not explicitly allowed is denied.
 *
 * api calls it for every request, and svc/iam for simulations.
 */
#ifndef IAM_IAM_H
#define IAM_IAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum iam_principal_type {
	IAM_ROOT, /* the account itself, with its own access keys */
	IAM_USER,
	IAM_ASSUMED_ROLE,
	IAM_FEDERATED_USER, /* for whom a user got credentials, with GetFederationToken */
	/* Whom an issuer's token is of, who assumes a role with it. It has no policies of its own.
	 */
	IAM_WEB_IDENTITY,
};

/* Who asks. The texts are borrowed for the call. */
struct iam_principal {
	enum iam_principal_type type;
	/* arn:aws:iam::A:root, or that of the user or session; of a web identity, of its provider
	 */
	struct str arn;
	struct str account_id; /* 12 digits */
	/* AIDA..., AROA...:session, A:name of a federated user, the account id for root, or
	 * PROVIDER-ARN:AUDIENCE:SUBJECT */
	struct str user_id;
	struct str name; /* of the user or of the session; empty for root */
	/* The ARN of an assumed role: arn:aws:iam::A:role/PATH/NAME. Empty for others. */
	struct str role_arn;
};

/*
 * One condition key with its values. An absent key has no entry, which is not the same as an entry
 * without values (an empty multi-valued key). Names of keys are compared without regard to case,
 * values with it.
 */
struct iam_context_entry {
	struct str key; /* "ec2:osuser", "aws:ResourceTag/Name" */
	const struct str *values;
	size_t n_values;
};

struct iam_context {
	const struct iam_context_entry *entries;
	size_t n;
};

struct iam_request {
	const struct iam_principal *principal;
	struct str action;           /* "ec2-instance-connect:SendSSHPublicKey" */
	const struct str *resources; /* ARNs, or a single "*"; all of them must be allowed */
	size_t n_resources;
	struct iam_context context;
	uint64_t max_steps; /* what the decision may take (see iam_decide); 0: IAM_MAX_STEPS */
};

/* The kind of policy that a document is attached as. */
enum iam_policy_type {
	IAM_IDENTITY_POLICY,
	IAM_PERMISSIONS_BOUNDARY,
	IAM_SESSION_POLICY,
	IAM_RESOURCE_POLICY, /* the trust policy of a role */
};

/* A policy, parsed once and kept compiled; see iam/policy.h. */
struct iam_policy;

struct iam_attached_policy {
	enum iam_policy_type type;
	struct str name; /* the ARN of a managed policy, the name of an inline one */
	const struct iam_policy *policy;
};

enum iam_effect { IAM_DENY, IAM_ALLOW };

/* Why it was decided so, in the order of the evaluation (wire.md 7.6). */
enum iam_reason {
	IAM_REASON_ROOT,            /* allowed: it is the account's root */
	IAM_REASON_ALLOW_STATEMENT, /* allowed by a statement */
	IAM_REASON_EXPLICIT_DENY,
	IAM_REASON_NO_IDENTITY_ALLOW,
	IAM_REASON_NO_BOUNDARY_ALLOW,
	IAM_REASON_NO_SESSION_ALLOW,
	IAM_REASON_NO_TRUST_ALLOW, /* the role's trust policy does not allow */
	IAM_REASON_OTHER_ACCOUNT,  /* the resource belongs to another account */
	IAM_REASON_MALFORMED,      /* the request is malformed: there is nothing to decide on */
	IAM_REASON_STEP_LIMIT,     /* it would take more steps than it may */
};

struct iam_decision {
	enum iam_effect effect;
	enum iam_reason reason;
	enum iam_policy_type policy_type; /* of the policy that decided, if one did */
	struct str policy;                /* the name of that policy, or empty */
	size_t policy_at;                 /* the index of that policy among those handed in */
	size_t statement;                 /* the statement of that policy, from 0 */
	struct str sid;                   /* the Sid of that statement, or empty */
	/* the first resource that is denied; empty when allowed */
	struct str resource;
	uint64_t steps; /* that it took */
};

/* The most steps of one decision. A hundred policies of five statements take less than a hundredth
 * of it for an ordinary request (tests/unit/iam/steps_test.c, docs/decisions/0040). */
#define IAM_MAX_STEPS ((uint64_t)1 << 22)

/*
 * Decides, in the order of wire.md 7.6. Never fails: whatever is unknown or malformed is denied.
 * ret is filled in any case; its texts point into the arguments.
 *
 * An explicit deny in any policy decides, even for the root of the account if a policy is handed in
 * for it. One identity policy must allow. If there is a permissions boundary it must allow as well,
 * and if there are session policies, one of them must. A kind of policy that is not handed in does
 * not limit, so whoever cannot read a principal's boundary must not ask. A policy that is NULL
 * allows nothing. The root of the account needs no identity policy.
 *
 * The resource "*", which stands for actions without resources, is matched only by "*", not by an
 * ARN with wildcards.
 *
 * IAM_RESOURCE_POLICY is the trust policy of the role that is to be assumed; there is at most one.
 * If there is one, it must allow. If it names the principal itself (by the ARN of the user or
 * session) or if a user is among everybody ("*"), nothing else is needed. If it names the role of
 * the session, or everybody and a session asks, boundary and session policy must allow too. If it
 * names the account, an identity policy must allow as well. A web identity is let in only by the
 * ARN of its provider as "Federated", not as one of everybody. A resource of another account is
 * allowed only with a trust policy, and then both sides must allow, whoever is named. Source: IAM
 * user guide, (cross-account) policy evaluation logic.
 *
 * The work is counted in steps (iam/steps.h), and a decision that takes more than it may is a
 * denial. Each comparison takes time in proportion to the lengths of the two texts, except for a
 * pattern with a "?" behind a "*" (iam/glob.h). The number of comparisons is that of the patterns
 * in the policies times that of the values in the request that they are for.
 */
void iam_decide(const struct iam_request *req, const struct iam_attached_policy *policies,
    size_t n_policies, struct iam_decision *ret);

/* Appends the sentence that a denied caller is told, in AWS's words (wire.md 7.6): "User: ARN is
 * not authorized to perform: ACTION on resource: R because ..." */
void iam_denial_write(struct buf *b, const struct iam_request *req, const struct iam_decision *d);

#endif
