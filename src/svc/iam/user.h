/*
 * user: what IAM's answers say about a user.
 */
#ifndef SVC_IAM_USER_H
#define SVC_IAM_USER_H

#include "api/call.h"
#include "store/store_user.h"

/* Writes the members of a User that lists have too: all but boundary and tags. */
void user_out(struct call *c, const struct store_user *u);

#endif
