/*
 * iam: the decision. A pure function from who, what, on which and under which
 * circumstances to allow or deny, with the reason. It does no I/O and knows
 * neither HTTP nor the store; what is not explicitly allowed is denied.
 *
 * Called from api for every request, and later for what-if simulation.
 */
#ifndef IAM_IAM_H
#define IAM_IAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum iam_principal_type {
	IAM_ROOT, /* the account itself (its own access keys) */
	IAM_USER,
	IAM_ASSUMED_ROLE,
};

/* Who asks. Views are borrowed for the call. */
struct iam_principal {
	enum iam_principal_type type;
	struct str arn;        /* arn:aws:iam::A:root, or of the user or session */
	struct str account_id; /* 12 digits */
	struct str user_id;    /* AIDA..., AROA...:session, or the account id for root */
	struct str name;       /* user name; session name; empty for root */
	/* Of an assumed role: arn:aws:iam::A:role/PATH/NAME. Empty otherwise. */
	struct str role_arn;
};

/*
 * One condition key with its values. A key that is absent has no entry: that
 * is not the same as an entry with no value (an empty multi-valued key).
 * Key names compare without case; values with.
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
	const struct str *resources; /* ARNs, or a single "*"; all must be allowed */
	size_t n_resources;
	struct iam_context context;
};

/* Which kind of policy a document is attached as. */
enum iam_policy_type {
	IAM_IDENTITY_POLICY,
	IAM_PERMISSIONS_BOUNDARY,
	IAM_SESSION_POLICY,
	IAM_RESOURCE_POLICY, /* a role's trust policy */
};

/* A policy, parsed once and kept compiled; see iam/policy.h. */
struct iam_policy;

struct iam_attached_policy {
	enum iam_policy_type type;
	struct str name; /* ARN of a managed policy, or the name of an inline one */
	const struct iam_policy *policy;
};

enum iam_effect { IAM_DENY, IAM_ALLOW };

/* Why. The order is that of the evaluation (wire.md 7.6). */
enum iam_reason {
	IAM_REASON_ROOT,            /* allowed: the account's own key */
	IAM_REASON_ALLOW_STATEMENT, /* allowed: a statement says so */
	IAM_REASON_EXPLICIT_DENY,
	IAM_REASON_NO_IDENTITY_ALLOW,
	IAM_REASON_NO_BOUNDARY_ALLOW,
	IAM_REASON_NO_SESSION_ALLOW,
	IAM_REASON_NO_TRUST_ALLOW, /* the role's trust policy does not */
	IAM_REASON_OTHER_ACCOUNT,  /* a resource of another account */
	IAM_REASON_MALFORMED,      /* the request itself: nothing to decide on */
};

struct iam_decision {
	enum iam_effect effect;
	enum iam_reason reason;
	enum iam_policy_type policy_type; /* of the deciding policy, where one decided */
	struct str policy;                /* its name, or empty */
	size_t policy_at;                 /* and its place among those handed in */
	size_t statement;                 /* of that policy, counted from 0 */
	struct str sid;                   /* its Sid, or empty */
	struct str resource;              /* the first one denied; empty when allowed */
};

/*
 * Decides, in the order of wire.md 7.6. Never fails: whatever is unknown or
 * malformed is a denial. ret is filled in any case; its views point into the
 * arguments.
 *
 * An explicit deny of any policy decides, for the root of the account too if a
 * policy is handed in for it. One identity policy must allow; if there is a
 * permissions boundary, or a session policy, one of these must allow as well.
 * Kinds that nothing is handed in for do not limit: who has a boundary that
 * cannot be read must not ask. A policy that is NULL allows nothing. The root of
 * the account needs no identity policy.
 *
 * The resource "*" (of actions that have none) is matched by "*" alone, not by
 * an ARN with wildcards.
 *
 * IAM_RESOURCE_POLICY is the trust policy of the role that is to be assumed, and
 * there is at most one. If there is one it must allow. If it names the principal
 * itself (user ARN or session ARN), that is enough; if it names the role of the
 * session, boundary and session policy must allow too; if it names the account or
 * everybody, an identity policy as well. A resource of another account is allowed
 * only with a trust policy, and then both sides must allow, whoever is named.
 * Source: IAM user guide, (cross-account) policy evaluation logic.
 *
 * Time is linear in the size of the policies and of the request, but for a pattern
 * with wildcards: that costs at most its length times that of the text.
 */
void iam_decide(const struct iam_request *req, const struct iam_attached_policy *policies,
    size_t n_policies, struct iam_decision *ret);

/*
 * The sentence that a denied caller is told, in AWS's words (wire.md 7.6):
 * "User: ARN is not authorized to perform: ACTION on resource: R because ..."
 */
void iam_denial_write(struct buf *b, const struct iam_request *req, const struct iam_decision *d);

#endif
