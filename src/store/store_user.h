/*
 * store_user: IAM users and their login profiles. For names see store_entity.h.
 */
#ifndef STORE_STORE_USER_H
#define STORE_STORE_USER_H

#include "store/store_entity.h"

struct store_user {
	struct str user_id; /* AIDA... */
	struct str account_id;
	struct str name;
	struct str path;
	struct str arn;
	struct str boundary_arn; /* empty: none */
	int64_t created_at;
	/* The login profile, which only store_user_set_login_profile writes. */
	struct str sealed_password;  /* for keyd only; empty: there is no profile */
	int64_t password_created_at; /* the profile, not the password */
	int64_t password_changed_at;
	bool reset_required;
	int64_t password_last_used_at;
};

/* Adds a user without a login profile. ERR_EXISTS (name or ARN), ERR_BADSTATE (no such account or
 * boundary). */
int store_user_add(struct store *st, const struct store_user *v) MUST_CHECK;
int store_user_get(struct store *st, struct arena *a, struct str account_id, struct str name,
    struct store_user *ret) MUST_CHECK; /* ERR_NOTFOUND */
/* Lists those of these ids that exist, in the order of their ids, with one statement for 1000. If
 * there are more, the ids must be in order. */
int store_user_list_of(struct store *st, struct arena *a, const struct str *user_ids, size_t n,
    struct store_user **ret, size_t *ret_n) MUST_CHECK;
int store_user_list(struct store *st, struct arena *a, const struct store_name_query *query,
    struct store_user **ret, size_t *ret_n) MUST_CHECK;
/* Writes name, path and ARN. ERR_NOTFOUND, ERR_EXISTS. */
int store_user_update(struct store *st, const struct store_user *v) MUST_CHECK;
/* Writes the five members of the login profile. An empty password takes the profile away.
 * ERR_BADSTATE (no such user). */
int store_user_set_login_profile(struct store *st, const struct store_user *v) MUST_CHECK;
/* The caller deletes its tags. ERR_NOTFOUND, ERR_BADSTATE (it still has a login profile, keys,
 * devices, groups or policies). */
int store_user_delete(struct store *st, struct str user_id) MUST_CHECK;
int store_user_count(struct store *st, struct str account_id, int64_t *ret) MUST_CHECK;
/* Lists the users in the group query->id. */
int store_user_list_in_group(struct store *st, struct arena *a,
    const struct store_member_query *query, struct store_user **ret, size_t *ret_n) MUST_CHECK;

#endif
