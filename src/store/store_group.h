/*
 * store_group: IAM groups and their members. For names see store_entity.h.
 */
#ifndef STORE_STORE_GROUP_H
#define STORE_STORE_GROUP_H

#include "store/store_entity.h"

struct store_group {
	struct str group_id; /* AGPA... */
	struct str account_id;
	struct str name;
	struct str path;
	struct str arn;
	int64_t created_at;
};

/* ERR_EXISTS (name or ARN), ERR_BADSTATE (no such account). */
int store_group_add(struct store *st, const struct store_group *v) MUST_CHECK;
int store_group_get(struct store *st, struct arena *a, struct str account_id, struct str name,
    struct store_group *ret) MUST_CHECK; /* ERR_NOTFOUND */
int store_group_list(struct store *st, struct arena *a, const struct store_name_query *query,
    struct store_group **ret, size_t *ret_n) MUST_CHECK;
/* Writes name, path and ARN. ERR_NOTFOUND, ERR_EXISTS. */
int store_group_update(struct store *st, const struct store_group *v) MUST_CHECK;
/* ERR_NOTFOUND, ERR_BADSTATE (it still has users or policies). */
int store_group_delete(struct store *st, struct str group_id) MUST_CHECK;
int store_group_count(struct store *st, struct str account_id, int64_t *ret) MUST_CHECK;

/* ---- members (see also store_user_list_in_group) ---- */

/* ERR_EXISTS (the user is in it), and one can go on; ERR_BADSTATE (no such group or user). */
int store_group_add_user(struct store *st, struct str group_id, struct str user_id) MUST_CHECK;
int store_group_remove_user(struct store *st, struct str group_id,
    struct str user_id) MUST_CHECK; /* ERR_NOTFOUND */

/* Lists the groups of a user. */
int store_group_list_for_user(struct store *st, struct arena *a,
    const struct store_member_query *query, struct store_group **ret, size_t *ret_n) MUST_CHECK;
int store_group_count_users(struct store *st, struct str group_id, int64_t *ret) MUST_CHECK;
int store_group_count_for_user(struct store *st, struct str user_id, int64_t *ret) MUST_CHECK;

#endif
