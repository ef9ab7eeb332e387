/*
 * account: GetAccountSummary. Source: IAM API reference; wire.md 7.7.
 */
#include "svc/iam/entity.h"
#include "svc/iam/actions.h"
#include "svc/iam/quota.h"
#include "store/store_access_key.h"
#include "store/store_instance_profile.h"
#include "store/store_mfa_device.h"
#include "store/store_policy.h"

struct counts {
	int64_t users, groups, roles, policies, versions, profiles, devices, devices_in_use,
	    root_keys;
};

static int
counts_get(struct call *c, struct counts *ret)
{
	struct store *st = c->region->store;
	struct str account = c->principal.account_id;
	int r;

	if ((r = store_user_count(st, account, &ret->users)) != 0 ||
	    (r = store_group_count(st, account, &ret->groups)) != 0 ||
	    (r = store_role_count(st, account, &ret->roles)) != 0 ||
	    (r = store_policy_count(st, account, &ret->policies)) != 0 ||
	    (r = store_policy_version_count_all(st, account, &ret->versions)) != 0 ||
	    (r = store_instance_profile_count(st, account, &ret->profiles)) != 0 ||
	    (r = store_mfa_device_count(st, account, STORE_MFA_ANY, &ret->devices)) != 0 ||
	    (r = store_mfa_device_count(st, account, STORE_MFA_ASSIGNED, &ret->devices_in_use)) !=
		0)
		return r;
	return store_access_key_count(st, account, &ret->root_keys);
}

static void
entry_out(struct call *c, const char *key, int64_t value)
{
	out_object(&c->out, "entry");
	out_c(&c->out, "key", key);
	out_i64(&c->out, "value", value);
	out_end(&c->out);
}

static enum awserr
summary_act(struct call *c)
{
	static const struct {
		const char *key;
		enum quota quota;
	} quotas[] = {
		{ "UsersQuota", QUOTA_USERS },
		{ "GroupsQuota", QUOTA_GROUPS },
		{ "RolesQuota", QUOTA_ROLES },
		{ "PoliciesQuota", QUOTA_POLICIES },
		{ "InstanceProfilesQuota", QUOTA_INSTANCE_PROFILES },
		{ "GroupsPerUserQuota", QUOTA_GROUPS_PER_USER },
		{ "AccessKeysPerUserQuota", QUOTA_ACCESS_KEYS_PER_USER },
		{ "AttachedPoliciesPerUserQuota", QUOTA_POLICIES_PER_USER },
		{ "AttachedPoliciesPerGroupQuota", QUOTA_POLICIES_PER_GROUP },
		{ "AttachedPoliciesPerRoleQuota", QUOTA_POLICIES_PER_ROLE },
		{ "VersionsPerPolicyQuota", QUOTA_VERSIONS_PER_POLICY },
		{ "PolicySizeQuota", QUOTA_POLICY_SIZE },
		{ "UserPolicySizeQuota", QUOTA_USER_POLICY_SIZE },
		{ "GroupPolicySizeQuota", QUOTA_GROUP_POLICY_SIZE },
		{ "RolePolicySizeQuota", QUOTA_ROLE_POLICY_SIZE },
		{ "AssumeRolePolicySizeQuota", QUOTA_TRUST_POLICY_SIZE },
	};
	struct counts n;
	size_t i;
	int r;

	if ((r = counts_get(c, &n)) != 0)
		return call_internal(c, "counts", r);
	out_object(&c->out, "SummaryMap");
	entry_out(c, "Users", n.users);
	entry_out(c, "Groups", n.groups);
	entry_out(c, "Roles", n.roles);
	entry_out(c, "Policies", n.policies);
	entry_out(c, "PolicyVersionsInUse", n.versions);
	entry_out(c, "InstanceProfiles", n.profiles);
	entry_out(c, "MFADevices", n.devices);
	entry_out(c, "MFADevicesInUse", n.devices_in_use);
	entry_out(c, "AccountMFAEnabled", 0);
	entry_out(c, "AccountAccessKeysPresent", n.root_keys > 0);
	entry_out(c, "AccountPasswordPresent", 0);
	entry_out(c, "AccountSigningCertificatesPresent", 0);
	entry_out(c, "ServerCertificates", 0);
	entry_out(c, "Providers", 0);
	/* These quotas are AWS's, for what there is none of here; versions are limited by those of
	 * each policy. A session's token is good in all regions, which version 2 says. */
	entry_out(c, "ServerCertificatesQuota", 20);
	entry_out(c, "SigningCertificatesPerUserQuota", 2);
	entry_out(c, "PolicyVersionsInUseQuota", 10000);
	entry_out(c, "GlobalEndpointTokenVersion", 2);
	for (i = 0; i < sizeof(quotas) / sizeof(quotas[0]); i++)
		entry_out(c, quotas[i].key, quota_limit(quotas[i].quota));
	out_end(&c->out);
	return AWSERR_NONE;
}

static const struct action actions[] = {
	{ IAM_BARE("GetAccountSummary"), .read_only = true, .act = summary_act },
};
const struct action_rows account_rows = { actions, FIELD_N(actions) };
