/*
 * key_use: when, where and for what an access key was last used, for
 * GetAccessKeyLastUsed.
 */
#ifndef API_KEY_USE_H
#define API_KEY_USE_H

#include "api/call.h"
#include "store/store_access_key.h"

/* A note is at least this old when it is written anew. */
#define KEY_USE_COARSE_S 60

/*
 * The key has signed this request, which is authentic. Writes at most once in
 * KEY_USE_COARSE_S: pushes shall not cost a row each. Errors as
 * store_access_key_set_last_used.
 */
int key_use_note(struct call *c, const struct store_access_key *key, struct str region,
    struct str service) MUST_CHECK;

#endif
