/*
 * authz: may the principal do this? Puts together what iam decides on.
 */
#ifndef API_AUTHZ_H
#define API_AUTHZ_H

#include "api/call.h"

/*
 * The action on every one of its targets, each with its own tags and keys, by the
 * caller's policies and a role's trust policy. AWSERR_NONE, AWSERR_ACCESS_DENIED
 * with what denial.h says of the first one refused, or an internal error.
 */
enum awserr authz_check(struct call *c);

#endif
