/*
 * store_access_key: access keys and the principal each belongs to. The secret
 * is here only as sealed by keyd; nothing in this process can open it.
 */
#ifndef STORE_STORE_ACCESS_KEY_H
#define STORE_STORE_ACCESS_KEY_H

#include "store/store.h"

/* Numbers are in the database. */
enum store_principal_type {
	STORE_PRINCIPAL_ROOT = 1,
	STORE_PRINCIPAL_USER = 2,
	STORE_PRINCIPAL_ASSUMED_ROLE = 3,
};

enum store_access_key_status {
	STORE_ACCESS_KEY_ACTIVE = 1,
	STORE_ACCESS_KEY_INACTIVE = 2,
};

struct store_access_key {
	struct str access_key_id;	/* AKIA... */
	struct str account_id;
	struct str sealed_secret;	/* bytes, for keyd only */
	enum store_principal_type principal_type;
	struct str principal_arn;
	struct str principal_id;	/* AIDA..., or the account id for root */
	struct str principal_name;	/* user name; empty for root */
	enum store_access_key_status status;
	int64_t created_at;
};

/* ERR_EXISTS; ERR_BADSTATE (no such account). */
int store_access_key_add(struct store *st, const struct store_access_key *v) MUST_CHECK;
/* ERR_NOTFOUND. Inactive keys are found too: look at the status. */
int store_access_key_get(struct store *st, struct arena *a, struct str access_key_id,
    struct store_access_key *ret) MUST_CHECK;
/* All of a principal, oldest first (AWS allows a user two). */
int store_access_key_list(struct store *st, struct arena *a, struct str principal_arn,
    struct store_access_key **ret, size_t *ret_n) MUST_CHECK;
int store_access_key_set_status(struct store *st, struct str access_key_id,
    enum store_access_key_status status) MUST_CHECK;	/* ERR_NOTFOUND */
int store_access_key_delete(struct store *st,
    struct str access_key_id) MUST_CHECK;	/* ERR_NOTFOUND */

#endif
