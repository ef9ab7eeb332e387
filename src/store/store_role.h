/*
 * store_role: IAM roles, also service-linked ones. For names see store_entity.h.
 */
#ifndef STORE_STORE_ROLE_H
#define STORE_STORE_ROLE_H

#include "store/store_entity.h"

struct store_role {
	struct str role_id; /* AROA... */
	struct str account_id;
	struct str name;
	struct str path;
	struct str arn;
	struct str boundary_arn; /* empty: none */
	int64_t created_at;
	struct str description;
	struct str trust_policy; /* the document as JSON */
	int64_t max_session_s;
	/* Of a service-linked role, such as "ec2-instance-connect.amazonaws.com"; else empty. */
	struct str service_name;
	int64_t last_used_at;
	struct str last_used_region;
};

/* ERR_EXISTS (name or ARN), ERR_BADSTATE (no such account or boundary). */
int store_role_add(struct store *st, const struct store_role *v) MUST_CHECK;
int store_role_get(struct store *st, struct arena *a, struct str account_id, struct str name,
    struct store_role *ret) MUST_CHECK; /* ERR_NOTFOUND */
int store_role_get_id(struct store *st, struct arena *a, struct str role_id,
    struct store_role *ret) MUST_CHECK; /* ERR_NOTFOUND */
/* Lists those of these ids that exist, in the order of their ids, with one statement for 1000. If
 * there are more, the ids must be in order. */
int store_role_list_of(struct store *st, struct arena *a, const struct str *role_ids, size_t n,
    struct store_role **ret, size_t *ret_n) MUST_CHECK;
int store_role_list(struct store *st, struct arena *a, const struct store_name_query *query,
    struct store_role **ret, size_t *ret_n) MUST_CHECK;
/* Writes description, trust policy and max_session_s. ERR_NOTFOUND. */
int store_role_update(struct store *st, const struct store_role *v) MUST_CHECK;
int store_role_set_last_used(struct store *st, struct str role_id, int64_t at,
    struct str region) MUST_CHECK; /* ERR_NOTFOUND */
/* The caller deletes its tags. ERR_NOTFOUND, ERR_BADSTATE (it still has policies, or is in an
 * instance profile). */
int store_role_delete(struct store *st, struct str role_id) MUST_CHECK;
int store_role_count(struct store *st, struct str account_id, int64_t *ret) MUST_CHECK;

#endif
