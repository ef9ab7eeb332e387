/*
 * last_use: notes when, where and for what an access key or a role was last used. IAM answers
 * GetAccessKeyLastUsed and a role's RoleLastUsed from these notes.
 */
#ifndef API_LAST_USE_H
#define API_LAST_USE_H

#include "api/call.h"
#include "store/store_access_key.h"
#include "store/store_role.h"

/* A note is written anew only when it is at least this old, so that not every push writes a row. */
#define LAST_USE_COARSE_S 60

/* Notes that the key has signed this request, which is authentic. region and service are those that
 * the request was signed for. Errors are those of store_access_key_set_last_used. */
int last_use_key(struct call *c, const struct store_access_key *key, struct str region,
    struct str service) MUST_CHECK;
/* The same for the role whose credentials signed the request. Errors are those of
 * store_role_set_last_used. */
int last_use_role(struct call *c, const struct store_role *role) MUST_CHECK;

#endif
