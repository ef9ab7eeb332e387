/*
 * store_instance_profile: instance profiles, each with one role or none. A name is unique within
 * the account, and it is found without regard to case.
 */
#ifndef STORE_STORE_INSTANCE_PROFILE_H
#define STORE_STORE_INSTANCE_PROFILE_H

#include "store/store_entity.h"

struct store_instance_profile {
	struct str profile_id; /* AIPA... */
	struct str account_id;
	struct str name;
	struct str path;
	struct str arn;
	struct str role_id; /* empty: none */
	int64_t created_at;
};

/* ERR_EXISTS (name or ARN), ERR_BADSTATE (no such account or role). */
int store_instance_profile_add(struct store *st, const struct store_instance_profile *v) MUST_CHECK;
int store_instance_profile_get(struct store *st, struct arena *a, struct str account_id,
    struct str name, struct store_instance_profile *ret) MUST_CHECK; /* ERR_NOTFOUND */
int store_instance_profile_list(struct store *st, struct arena *a,
    const struct store_name_query *query, struct store_instance_profile **ret,
    size_t *ret_n) MUST_CHECK;
/* Lists those that hold the role, in the order of the names in lower case. after and limit as in
 * store_name_query. */
int store_instance_profile_list_for_role(struct store *st, struct arena *a, struct str role_id,
    struct str after, size_t limit, struct store_instance_profile **ret, size_t *ret_n) MUST_CHECK;
/* Sets the role; an empty role_id takes it away. ERR_NOTFOUND, ERR_BADSTATE (no such role). */
int store_instance_profile_set_role(struct store *st, struct str profile_id,
    struct str role_id) MUST_CHECK;
int store_instance_profile_delete(struct store *st,
    struct str profile_id) MUST_CHECK; /* ERR_NOTFOUND */
int store_instance_profile_count(struct store *st, struct str account_id, int64_t *ret) MUST_CHECK;

#endif
