/*
 * authz: gathers what iam decides on, and asks it whether the principal may do this.
 */
#ifndef API_AUTHZ_H
#define API_AUTHZ_H

#include "api/call.h"

/*
 * Decides about the action on each of its targets, with the target's own tags and condition keys,
 * by the caller's policies and, for sts:AssumeRole, the role's trust policy. Returns AWSERR_NONE,
 * AWSERR_ACCESS_DENIED (denial.h says how the first refusal is told), or an internal error.
 */
enum awserr authz_check(struct call *c);

#endif
