/*
 * store_oidc_provider: the OpenID Connect providers of an account: issuers of tokens with which
 * roles may be assumed. A URL is unique within the account, and has its own case.
 */
#ifndef STORE_STORE_OIDC_PROVIDER_H
#define STORE_STORE_OIDC_PROVIDER_H

#include "store/store.h"

struct store_oidc_provider {
	struct str provider_id; /* OIDC...; an id of ours, as AWS has none */
	struct str account_id;
	struct str url; /* without "https://" */
	/* Both are lists with LF behind each item. */
	struct str client_ids;
	struct str thumbprints;
	int64_t created_at;
};

/* ERR_EXISTS (the URL), ERR_BADSTATE (no such account). */
int store_oidc_provider_add(struct store *st, const struct store_oidc_provider *v) MUST_CHECK;
/* Writes both lists again. ERR_NOTFOUND. */
int store_oidc_provider_update(struct store *st, const struct store_oidc_provider *v) MUST_CHECK;
int store_oidc_provider_get(struct store *st, struct arena *a, struct str account_id,
    struct str url, struct store_oidc_provider *ret) MUST_CHECK; /* ERR_NOTFOUND */
int store_oidc_provider_get_id(struct store *st, struct arena *a, struct str provider_id,
    struct store_oidc_provider *ret) MUST_CHECK; /* ERR_NOTFOUND */
/* All of an account, in the order of their URLs; the caller keeps them few. */
int store_oidc_provider_list(struct store *st, struct arena *a, struct str account_id,
    struct store_oidc_provider **ret, size_t *ret_n) MUST_CHECK;
int store_oidc_provider_delete(struct store *st,
    struct str provider_id) MUST_CHECK; /* ERR_NOTFOUND */

#endif
