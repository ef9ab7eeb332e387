/*
 * store_client_token: what was answered to a client token, so that a request that is sent twice
 * acts only once (wire.md 4.1).
 */
#ifndef STORE_STORE_CLIENT_TOKEN_H
#define STORE_STORE_CLIENT_TOKEN_H

#include "store/store.h"

struct store_client_token {
	struct str account_id;
	struct str action; /* such as "RunInstances" */
	struct str token;
	struct str request_hash; /* any bytes; equal for equal parameters */
	struct str result;       /* any bytes; enough to answer again */
	int64_t created_at;
};

/* ERR_EXISTS (the token was used for this action), ERR_BADSTATE (no such account). */
int store_client_token_add(struct store *st, const struct store_client_token *v) MUST_CHECK;
/* ERR_NOTFOUND. */
int store_client_token_get(struct store *st, struct arena *a, struct str account_id,
    struct str action, struct str token, struct store_client_token *ret) MUST_CHECK;
int store_client_token_purge(struct store *st, int64_t created_before_at,
    int64_t *ret_n) MUST_CHECK;

#endif
