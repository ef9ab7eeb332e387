/*
 * store_password_policy: what the passwords of an account's users must be, if its administrators
 * have set it.
 */
#ifndef STORE_STORE_PASSWORD_POLICY_H
#define STORE_STORE_PASSWORD_POLICY_H

#include "store/store.h"

struct store_password_policy {
	struct str account_id;
	int64_t minimum_length;                      /* 6..128 characters */
	bool symbols, numbers, uppercase, lowercase; /* a password must have one of them */
	bool users_may_change;
	int64_t max_age_days;     /* 0: none */
	int64_t reuse_prevention; /* how many old passwords must not come again; 0: none */
	bool hard_expiry;
};

/* Sets or replaces. ERR_BADSTATE (no such account), ERR_RANGE (the length). */
int store_password_policy_put(struct store *st, const struct store_password_policy *v) MUST_CHECK;
int store_password_policy_get(struct store *st, struct arena *a, struct str account_id,
    struct store_password_policy *ret) MUST_CHECK; /* ERR_NOTFOUND */
int store_password_policy_delete(struct store *st,
    struct str account_id) MUST_CHECK; /* ERR_NOTFOUND */

#endif
