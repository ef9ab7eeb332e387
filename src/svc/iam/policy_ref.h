/*
 * policy_ref: the managed policy that a request names by its ARN. The actions on policies, their
 * versions, tags and attachments share this.
 */
#ifndef SVC_IAM_POLICY_REF_H
#define SVC_IAM_POLICY_REF_H

#include "api/call.h"
#include "store/store_policy.h"

struct policy_ref {
	struct str arn; /* as the request has it */
	bool found;
	struct store_policy policy;
};

/* The row of PolicyArn. The member is the arn of a struct policy_ref. */
#define POLICY_REF_FIELD(input, member) \
	{ \
		.name = "PolicyArn", .type = FIELD_STR, .at = offsetof(input, member), \
		.required = true, .form = FORM_IAM_ARN, .min = 20, .max = 2048 \
	}

/* Looks the policy up; found says whether it exists. AWSERR_NONE, AWSERR_INVALID_INPUT (not the ARN
 * of a policy), or an internal error. */
enum awserr policy_ref_find(struct call *c, struct policy_ref *ref);
/*
 * For scope: looks the policy up, and makes it the target, with its tags. One that does not exist
 * is a target as well, and AWSERR_NO_SUCH_ENTITY is deferred until after the decision. Errors as
 * policy_ref_find.
 */
enum awserr policy_ref_target(struct call *c, struct policy_ref *ref);
/* The same for an action that changes the policy. For AWS's own policies AWSERR_ACCESS_DENIED is
 * deferred. */
enum awserr policy_ref_target_own(struct call *c, struct policy_ref *ref);

/* A version number as clients see it, "v3", and back. It is 0 for what never was a version, such as
 * "v1.draft" or a number beyond 64 bits. */
struct str policy_ref_version_id(struct call *c, int64_t version);
int64_t policy_ref_version(struct str version_id);

/* For act: may the policy be attached, or become a boundary? AWSERR_NONE, AWSERR_NO_SUCH_ENTITY or
 * AWSERR_POLICY_NOT_ATTACHABLE. */
enum awserr policy_ref_attachable(struct call *c, const struct policy_ref *ref);

/* Writes the members of a Policy, except Tags. described: also Description, which GetPolicy has and
 * ListPolicies does not. */
void policy_ref_write(struct call *c, const struct store_policy *p, bool described);
/* Writes the members of a PolicyVersion. document: also the document itself. */
void policy_ref_version_write(struct call *c, const struct store_policy_version *v, bool document);

#endif
