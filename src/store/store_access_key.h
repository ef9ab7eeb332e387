/*
 * store_access_key: long-term access keys, each of a user or of the root of the account. The secret
 * is kept only in the form that keyd sealed; core cannot open it.
 */
#ifndef STORE_STORE_ACCESS_KEY_H
#define STORE_STORE_ACCESS_KEY_H

#include "store/store.h"

enum store_principal_type {
	STORE_PRINCIPAL_ROOT = 1,
	STORE_PRINCIPAL_USER = 2,
};

/* The numbers are those in the database. */
enum store_access_key_status {
	STORE_ACCESS_KEY_ACTIVE = 1,
	STORE_ACCESS_KEY_INACTIVE = 2,
};

struct store_access_key {
	struct str access_key_id; /* begins with AKIA */
	struct str account_id;
	struct str sealed_secret; /* for keyd only */
	struct str principal_id;  /* AIDA..., or for root the account id */
	enum store_access_key_status status;
	int64_t created_at;
	int64_t last_used_at; /* 0: never */
	struct str last_used_region;
	struct str last_used_service; /* such as "ec2-instance-connect" */
	/* Set by the store, from the user as it is now. */
	enum store_principal_type principal_type;
	struct str principal_arn;
	struct str principal_name; /* empty for root */
};

/* ERR_EXISTS (id), ERR_BADSTATE (no such account or user). */
int store_access_key_add(struct store *st, const struct store_access_key *v) MUST_CHECK;
/* ERR_NOTFOUND. Inactive keys are found too, so the caller must look at the status. */
int store_access_key_get(struct store *st, struct arena *a, struct str access_key_id,
    struct store_access_key *ret) MUST_CHECK;
/* All keys of a principal, the oldest first. */
int store_access_key_list(struct store *st, struct arena *a, struct str principal_id,
    struct store_access_key **ret, size_t *ret_n) MUST_CHECK;
/* All keys of these principals, at most 1000, in the order of the principals' ids, and the oldest
 * first. */
int store_access_key_list_of(struct store *st, struct arena *a, const struct str *principal_ids,
    size_t n, struct store_access_key **ret, size_t *ret_n) MUST_CHECK;
/* Some keys of the store, at most 8: the first ones by their ids. */
int store_access_key_some(struct store *st, struct arena *a, struct store_access_key **ret,
    size_t *ret_n) MUST_CHECK;
int store_access_key_count(struct store *st, struct str principal_id, int64_t *ret) MUST_CHECK;
int store_access_key_set_status(struct store *st, struct str access_key_id,
    enum store_access_key_status status) MUST_CHECK; /* ERR_NOTFOUND */
/* Writes the three members last_used_*. ERR_NOTFOUND. */
int store_access_key_set_last_used(struct store *st, const struct store_access_key *v) MUST_CHECK;
int store_access_key_delete(struct store *st,
    struct str access_key_id) MUST_CHECK; /* ERR_NOTFOUND */

#endif
