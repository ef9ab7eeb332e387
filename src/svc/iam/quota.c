/*
 * quota: see quota.h.
 */
#include "svc/iam/quota.h"

static const struct {
	const char *name; /* in LimitExceeded */
	int64_t limit;
} quotas[QUOTA_COUNT] = {
	[QUOTA_USERS] = { "UsersPerAccount", 5000 },
	[QUOTA_GROUPS] = { "GroupsPerAccount", 300 },
	[QUOTA_ROLES] = { "RolesPerAccount", 1000 },
	[QUOTA_POLICIES] = { "PoliciesPerAccount", 1500 },
	[QUOTA_INSTANCE_PROFILES] = { "InstanceProfilesPerAccount", 1000 },
	[QUOTA_OIDC_PROVIDERS] = { "OpenIdConnectProvidersPerAccount", 100 },
	[QUOTA_CLIENT_IDS] = { "ClientIdsPerOpenIdConnectProvider", 100 },
	[QUOTA_GROUPS_PER_USER] = { "GroupsPerUser", 10 },
	[QUOTA_ACCESS_KEYS_PER_USER] = { "AccessKeysPerUser", 2 },
	[QUOTA_MFA_DEVICES_PER_USER] = { "MFADevicesPerUser", 8 },
	[QUOTA_POLICIES_PER_USER] = { "PoliciesPerUser", 10 },
	[QUOTA_POLICIES_PER_GROUP] = { "PoliciesPerGroup", 10 },
	[QUOTA_POLICIES_PER_ROLE] = { "PoliciesPerRole", 10 },
	[QUOTA_VERSIONS_PER_POLICY] = { "VersionsPerPolicy", 5 },
	[QUOTA_POLICY_SIZE] = { "PolicySize", 6144 },
	[QUOTA_USER_POLICY_SIZE] = { "UserPolicySize", 2048 },
	[QUOTA_GROUP_POLICY_SIZE] = { "GroupPolicySize", 5120 },
	[QUOTA_ROLE_POLICY_SIZE] = { "RolePolicySize", 10240 },
	[QUOTA_TRUST_POLICY_SIZE] = { "ACLSizePerRole", 2048 },
	[QUOTA_TAGS] = { "TagsPerEntity", 50 },
};

int64_t
quota_limit(enum quota q)
{
	return quotas[q].limit;
}

enum awserr
quota_check(struct call *c, enum quota q, int64_t have)
{
	return quota_check_size(c, q, have + 1);
}

enum awserr
quota_check_size(struct call *c, enum quota q, int64_t size)
{
	if (size <= quotas[q].limit)
		return AWSERR_NONE;
	return call_fail(c, AWSERR_LIMIT_EXCEEDED, "Cannot exceed quota for %s: %lld",
	    quotas[q].name, (long long)quotas[q].limit);
}
