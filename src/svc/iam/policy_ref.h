/*
 * policy_ref: the managed policy that a request names by its ARN; what the
 * actions about policies, their versions, tags and attachments share.
 */
#ifndef SVC_IAM_POLICY_REF_H
#define SVC_IAM_POLICY_REF_H

#include "api/call.h"
#include "store/store_policy.h"

struct policy_ref {
	struct str arn; /* as given */
	bool found;
	struct store_policy policy;
};

/* The row of PolicyArn; member: a struct policy_ref's arn. */
#define POLICY_REF_FIELD(input, member) \
	{ \
		.name = "PolicyArn", .type = FIELD_STR, .at = offsetof(input, member), \
		.required = true, .form = FORM_IAM_ARN, .min = 20, .max = 2048 \
	}

/* Looks it up. AWSERR_INVALID_INPUT: no ARN of a policy; as call_internal. */
enum awserr policy_ref_find(struct call *c, struct policy_ref *ref);
/*
 * For scope: looks it up, and makes it the target, with its tags. One that there
 * is not is a target too; AWSERR_NO_SUCH_ENTITY waits for the decision.
 */
enum awserr policy_ref_target(struct call *c, struct policy_ref *ref);
/* The same for an action that changes it: AWS's own cannot be (AWSERR_ACCESS_DENIED). */
enum awserr policy_ref_target_own(struct call *c, struct policy_ref *ref);

/* "v3". *ret: 0 for what never was one ("v1.draft", beyond 64 bits). */
struct str policy_ref_version_id(struct call *c, int64_t version);
int64_t policy_ref_version(struct str version_id);

/* A policy that only roles of its service can have. */
bool policy_ref_is_service(const struct store_policy *p);
/* For act: may it be attached, or be a boundary? AWSERR_NO_SUCH_ENTITY,
 * AWSERR_POLICY_NOT_ATTACHABLE. */
enum awserr policy_ref_attachable(struct call *c, const struct policy_ref *ref);

/* The members of an answer's Policy but its Tags. described: with Description, as
 * GetPolicy has it and ListPolicies does not. */
void policy_ref_write(struct call *c, const struct store_policy *p, bool described);
/* Those of a PolicyVersion. */
void policy_ref_version_write(struct call *c, const struct store_policy_version *v, bool document);

#endif
