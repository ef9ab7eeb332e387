/*
 * actions: the actions of IAM (wire.md 7.7). Each entity has a file with its rows and acts, and
 * exports its rows here; the list of them is in actions.c.
 */
#ifndef SVC_IAM_ACTIONS_H
#define SVC_IAM_ACTIONS_H

#include "api/action.h"

extern const struct action_rows *const iam_actions[];

extern const struct action_rows access_key_rows;
extern const struct action_rows account_rows;
extern const struct action_rows account_alias_rows;
extern const struct action_rows credential_report_rows;
extern const struct action_rows empty_lists_rows;
extern const struct action_rows group_rows;
extern const struct action_rows instance_profile_rows;
extern const struct action_rows login_profile_rows;
extern const struct action_rows mfa_device_rows;
extern const struct action_rows oidc_provider_rows;
extern const struct action_rows password_policy_rows;
extern const struct action_rows role_rows;
extern const struct action_rows service_linked_role_rows;
extern const struct action_rows user_rows;
extern const struct action_rows policy_rows;
extern const struct action_rows policy_version_rows;
extern const struct action_rows attach_rows;
extern const struct action_rows inline_rows;
extern const struct action_rows boundary_rows;
extern const struct action_rows context_keys_rows;
extern const struct action_rows simulate_rows;
extern const struct action_rows account_details_rows;

/* The beginning of a row. .scope and .act follow it. */
#define IAM_WRITE(NAME, FIELDS, INPUT) \
	.name = (NAME), .iam_action = "iam:" NAME, .class = ACTION_OTHER, .fields = (FIELDS), \
	.n_fields = FIELD_N(FIELDS), .input_size = sizeof(INPUT)
#define IAM_READ(NAME, FIELDS, INPUT) IAM_WRITE(NAME, FIELDS, INPUT), .read_only = true
/* The beginning of a row without input; that of one that only reads adds .read_only. */
#define IAM_BARE(NAME) .name = (NAME), .iam_action = "iam:" NAME, .class = ACTION_OTHER

#endif
