/*
 * sts: the actions of the Security Token Service.
 */
#ifndef SVC_STS_STS_H
#define SVC_STS_STS_H

#include "api/action.h"

extern const struct action_rows *const sts_rows[];

extern const struct action_rows assume_role_rows;
extern const struct action_rows decode_authorization_message_rows;
extern const struct action_rows get_access_key_info_rows;
extern const struct action_rows get_session_token_rows;

/* Who am I: Account, Arn, UserId (wire.md 7.7). */
enum awserr get_caller_identity_act(struct call *c);

#endif
