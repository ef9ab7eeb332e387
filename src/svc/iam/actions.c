/*
 * actions: see actions.h.
 */
#include "svc/iam/actions.h"

const struct action_rows *const iam_actions[] = {
	&access_key_rows,
	&account_rows,
	&account_alias_rows,
	&credential_report_rows,
	&empty_lists_rows,
	&group_rows,
	&instance_profile_rows,
	&login_profile_rows,
	&mfa_device_rows,
	&oidc_provider_rows,
	&password_policy_rows,
	&role_rows,
	&service_linked_role_rows,
	&user_rows,
	&policy_rows,
	&policy_version_rows,
	&attach_rows,
	&inline_rows,
	&boundary_rows,
	&context_keys_rows,
	&simulate_rows,
	&account_details_rows,
	NULL,
};
