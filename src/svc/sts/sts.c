/*
 * sts: the rows of STS in the action table.
 */
#include "svc/sts/sts.h"

static const struct action actions[] = {
	/* Needs no permission, on AWS as here. */
	{ .name = "GetCallerIdentity",
	    .class = ACTION_OTHER,
	    .read_only = true,
	    .act = get_caller_identity_act },
};
static const struct action_rows rows = { actions, FIELD_N(actions) };
const struct action_rows *const sts_rows[] = {
	&rows,
	&assume_role_rows,
	&decode_authorization_message_rows,
	&get_access_key_info_rows,
	&get_session_token_rows,
	NULL,
};
