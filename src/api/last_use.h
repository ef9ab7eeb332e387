/*
 * last_use: when, where and for what an access key or a role was last used, for
 * GetAccessKeyLastUsed and RoleLastUsed.
 */
#ifndef API_LAST_USE_H
#define API_LAST_USE_H

#include "api/call.h"
#include "store/store_access_key.h"
#include "store/store_role.h"

/* A note is at least this old when it is written anew: pushes shall not cost a
 * row each. */
#define LAST_USE_COARSE_S 60

/* The key has signed this request, which is authentic. Errors as
 * store_access_key_set_last_used. */
int last_use_key(struct call *c, const struct store_access_key *key, struct str region,
    struct str service) MUST_CHECK;
/* The same for the role whose credentials signed it. Errors as
 * store_role_set_last_used. */
int last_use_role(struct call *c, const struct store_role *role) MUST_CHECK;

#endif
