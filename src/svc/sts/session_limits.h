/*
 * session_limits: the session policies and session tags that a request for credentials may have, in
 * AssumeRole and GetFederationToken alike. Source: STS API reference; IAM user guide, "Session
 * policies", "Pass session tags in AWS STS".
 */
#ifndef SVC_STS_SESSION_LIMITS_H
#define SVC_STS_SESSION_LIMITS_H

#include "api/call.h"
#include "svc/identity/entity_tag.h"

struct session_limits {
	struct str policy;
	struct field_list policy_arns; /* of struct session_limits_arn */
	struct field_list tags;        /* of struct entity_tag */
};

struct session_limits_arn {
	struct str arn;
};

extern const struct field session_limits_arn_fields[1];

/* The rows of policies of an input that has a struct session_limits; that of its tags is
 * ENTITY_TAGS_FIELD. policy_audit: what the record of a call has of Policy (api/field.h), or NULL.
 */
#define SESSION_POLICY_FIELDS(input, member, policy_audit) \
	{ .name = "PolicyArns", \
		.type = FIELD_LIST, \
		.at = offsetof(input, member) + offsetof(struct session_limits, policy_arns), \
		.max_items = SESSION_MAX_POLICIES, \
		.members = session_limits_arn_fields, \
		.n_members = 1, \
		.size = sizeof(struct session_limits_arn) }, \
	{ \
		.name = "Policy", .type = FIELD_STR, \
		.at = offsetof(input, member) + offsetof(struct session_limits, policy), \
		.form = FORM_POLICY_DOCUMENT, .min = 1, .max = 2048, .audit = (policy_audit) \
	}

/* For scope: checks the session policy, and how long it is together with the ARNs. AWSERR_NONE,
 * AWSERR_PACKED_POLICY_TOO_LARGE, AWSERR_MALFORMED_POLICY. */
enum awserr session_limits_check(struct call *c, const struct session_limits *in);
/*
 * For act: gives them to the session. The tags whose keys are among transitive, and those of the
 * caller's session that are, go on to the sessions that come of this one. *ret_packed is what it
 * takes in percent of the room for it, which there is 100 of at most. AWSERR_NONE,
 * AWSERR_VALIDATION (no such policy), AWSERR_PACKED_POLICY_TOO_LARGE, or an internal error.
 */
enum awserr session_limits_set(struct call *c, const struct session_limits *in,
    const struct field_strs *transitive, struct session *s, int64_t *ret_packed);

#endif
