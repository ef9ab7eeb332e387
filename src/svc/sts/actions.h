/*
 * actions: the actions of the Security Token Service (docs/wire.md 7.7). Each has a file with its
 * row and its act, and exports its row here; the list of them is in actions.c.
 */
#ifndef SVC_STS_ACTIONS_H
#define SVC_STS_ACTIONS_H

#include "api/action.h"

extern const struct action_rows *const sts_actions[];

extern const struct action_rows assume_role_rows;
extern const struct action_rows assume_role_with_web_identity_rows;
extern const struct action_rows decode_authorization_message_rows;
extern const struct action_rows get_access_key_info_rows;
extern const struct action_rows get_caller_identity_rows;
extern const struct action_rows get_federation_token_rows;
extern const struct action_rows get_session_token_rows;

#endif
