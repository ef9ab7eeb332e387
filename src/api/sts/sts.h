/*
 * sts: the actions of the Security Token Service.
 */
#ifndef API_STS_STS_H
#define API_STS_STS_H

#include "api/action.h"

extern const struct action_rows *const sts_rows[];

/* Who am I: Account, Arn, UserId (wire.md 7.7). */
enum awserr get_caller_identity_act(struct call *c);

#endif
