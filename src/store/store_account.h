/*
 * store_account: the accounts of this installation.
 */
#ifndef STORE_STORE_ACCOUNT_H
#define STORE_STORE_ACCOUNT_H

#include "store/store.h"

struct store_account {
	struct str account_id; /* 12 digits */
	int64_t created_at;
};

/* ERR_EXISTS. */
int store_account_add(struct store *st, const struct store_account *v) MUST_CHECK;
int store_account_get(struct store *st, struct arena *a, struct str account_id,
    struct store_account *ret) MUST_CHECK; /* ERR_NOTFOUND */
/* All accounts, the oldest first. */
int store_account_list(struct store *st, struct arena *a, struct store_account **ret,
    size_t *ret_n) MUST_CHECK;

#endif
