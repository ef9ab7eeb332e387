/*
 * assumed_role: the role that is to be assumed, for AssumeRole and AssumeRoleWithWebIdentity: how
 * it is found and becomes what the decision is about, and how its session is named in the answer.
 *
 * For a role that does not exist, a trust policy that trusts nobody is used. So it is refused in
 * the same way, and takes as long, as a role that does not trust the caller.
 */
#ifndef SVC_STS_ASSUMED_ROLE_H
#define SVC_STS_ASSUMED_ROLE_H

#include "api/call.h"
#include "store/store_role.h"

#define ASSUMED_ROLE_DEFAULT_S 3600

/* *ret is the name of the role in its ARN, which ends with "role/PATH/NAME". AWSERR_NONE,
 * AWSERR_VALIDATION. */
enum awserr assumed_role_name(struct call *c, struct str role_arn, struct str *ret);

/*
 * Finds the role by its name in the account of c->principal, parses its trust policy (c->trust) and
 * makes it the target. *role_arn becomes as it is stored. A role that does not exist has no id in
 * ret. AWSERR_NONE or an internal error.
 */
enum awserr assumed_role_find(struct call *c, struct str *role_arn, struct str name,
    struct store_role *ret);

/* For the end of scope: a session that would be longer than the role allows is refused, after the
 * decision. */
enum awserr assumed_role_duration(struct call *c, const struct store_role *role, int64_t seconds);

/* Writes <AssumedRoleUser>. */
void assumed_role_write(struct call *c, const struct store_role *role, struct str session_name);

#endif
