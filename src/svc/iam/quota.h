/*
 * quota: how many, how long, in one table. Source: IAM user guide, "IAM and STS
 * quotas" (the default ones).
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
	QUOTA_GROUPS_PER_USER,
	QUOTA_ACCESS_KEYS_PER_USER,
	QUOTA_MFA_DEVICES_PER_USER,
	QUOTA_POLICIES_PER_USER, /* attached */
	QUOTA_POLICIES_PER_GROUP,
	QUOTA_POLICIES_PER_ROLE,
	QUOTA_VERSIONS_PER_POLICY,
	QUOTA_POLICY_SIZE,      /* characters, without white space, as those below */
	QUOTA_USER_POLICY_SIZE, /* all inline ones together */
	QUOTA_GROUP_POLICY_SIZE,
	QUOTA_ROLE_POLICY_SIZE,
	QUOTA_TRUST_POLICY_SIZE,
	QUOTA_TAGS, /* of one entity */
	QUOTA_COUNT,
};

int64_t quota_limit(enum quota q);
/* have: how many there are before one more. AWSERR_NONE, or AWSERR_LIMIT_EXCEEDED:
 * "Cannot exceed quota for AccessKeysPerUser: 2". */
enum awserr quota_check(struct call *c, enum quota q, int64_t have);
/* The same for what may just reach the quota: a size
 * (store_inline_policy_size_of). */
enum awserr quota_check_size(struct call *c, enum quota q, int64_t size);

#endif
