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

/* An account's name for people, if it has one. */
struct store_account_alias {
	struct str account_id;
	struct str alias;
};

/* ERR_EXISTS. */
int store_account_add(struct store *st, const struct store_account *v) MUST_CHECK;
int store_account_get(struct store *st, struct arena *a, struct str account_id,
    struct store_account *ret) MUST_CHECK; /* ERR_NOTFOUND */
/* Sets or replaces. ERR_EXISTS (another account has it), ERR_BADSTATE (no such account). */
int store_account_alias_put(struct store *st, const struct store_account_alias *v) MUST_CHECK;
int store_account_alias_get(struct store *st, struct arena *a, struct str account_id,
    struct store_account_alias *ret) MUST_CHECK; /* ERR_NOTFOUND */
int store_account_alias_delete(struct store *st,
    struct str account_id) MUST_CHECK; /* ERR_NOTFOUND */
/* All accounts, the oldest first. */
int store_account_list(struct store *st, struct arena *a, struct store_account **ret,
    size_t *ret_n) MUST_CHECK;

#endif
