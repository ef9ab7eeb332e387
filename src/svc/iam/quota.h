/*
 * quota: the table of limits on numbers and sizes. Source: IAM user guide, "IAM and STS quotas";
 * these are the default ones.
 */
#ifndef SVC_IAM_QUOTA_H
#define SVC_IAM_QUOTA_H

#include "api/call.h"

enum quota {
	QUOTA_USERS,
	QUOTA_GROUPS,
	QUOTA_ROLES,
	QUOTA_POLICIES,
	QUOTA_INSTANCE_PROFILES,
	QUOTA_OIDC_PROVIDERS,
	QUOTA_CLIENT_IDS, /* of one provider */
	QUOTA_GROUPS_PER_USER,
	QUOTA_ACCESS_KEYS_PER_USER,
	QUOTA_MFA_DEVICES_PER_USER,
	QUOTA_POLICIES_PER_USER, /* managed ones that are attached to it, also below */
	QUOTA_POLICIES_PER_GROUP,
	QUOTA_POLICIES_PER_ROLE,
	QUOTA_VERSIONS_PER_POLICY,
	QUOTA_POLICY_SIZE,      /* in characters, without white space, also below */
	QUOTA_USER_POLICY_SIZE, /* of all its inline policies together, also below */
	QUOTA_GROUP_POLICY_SIZE,
	QUOTA_ROLE_POLICY_SIZE,
	QUOTA_TRUST_POLICY_SIZE, /* of its one document */
	QUOTA_TAGS,              /* of one entity, of any kind */
	QUOTA_COUNT,
};

int64_t quota_limit(enum quota q);
/* Is there room for one more, when there are already `have`? AWSERR_NONE, or AWSERR_LIMIT_EXCEEDED:
 * "Cannot exceed quota for AccessKeysPerUser: 2". */
enum awserr quota_check(struct call *c, enum quota q, int64_t have);
/* The same for a size (store_inline_policy_size_of), which may be as large as the quota. */
enum awserr quota_check_size(struct call *c, enum quota q, int64_t size);

#endif
