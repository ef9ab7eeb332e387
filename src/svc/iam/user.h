/*
 * user: what answers of IAM say about a user.
 */
#ifndef SVC_IAM_USER_H
#define SVC_IAM_USER_H

#include "api/call.h"
#include "store/store_user.h"

/* The members of a User that lists have too: without boundary and tags. */
void user_out(struct call *c, const struct store_user *u);

#endif
