/*
 * password_policy: what the passwords of an account's users must be.
 */
#ifndef SVC_IAM_PASSWORD_POLICY_H
#define SVC_IAM_PASSWORD_POLICY_H

#include "api/call.h"

/* Checks a new password of the user of this name by the policy of the caller's account, or by AWS's
 * default one if it has none. AWSERR_NONE, AWSERR_PASSWORD_POLICY, or an internal error. */
enum awserr password_policy_check(struct call *c, struct str user_name, struct str password);

#endif
