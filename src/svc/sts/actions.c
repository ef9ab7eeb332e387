/*
 * actions: see actions.h.
 */
#include "svc/sts/actions.h"

const struct action_rows *const sts_actions[] = {
	&assume_role_rows,
	&assume_role_with_web_identity_rows,
	&decode_authorization_message_rows,
	&get_access_key_info_rows,
	&get_caller_identity_rows,
	&get_federation_token_rows,
	&get_session_token_rows,
	NULL,
};
