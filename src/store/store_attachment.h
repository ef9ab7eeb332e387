/*
 * store_attachment: managed policies attached to users, groups and roles, and who uses a policy.
 * The number of its users is in struct store_policy.
 */
#ifndef STORE_STORE_ATTACHMENT_H
#define STORE_STORE_ATTACHMENT_H

#include "store/store_entity.h"

/* A policy that is attached to an entity. */
struct store_attachment {
	struct str policy_id;
	struct str arn;
	struct str name;
	struct str path;
	int64_t attached_at;
};

/* ERR_EXISTS, and one can go on; ERR_BADSTATE (no such entity or policy). */
int store_attachment_add(struct store *st, struct str entity_id, struct str policy_id,
    int64_t attached_at) MUST_CHECK;
int store_attachment_delete(struct store *st, struct str entity_id,
    struct str policy_id) MUST_CHECK; /* ERR_NOTFOUND */

struct store_attachment_query {
	struct str entity_id;
	struct str path_prefix; /* of the policy; empty: all */
	struct str after;       /* ARN of the last item of the page before; empty: the first page */
	size_t limit;
};
/* Lists them in the order of the policies' ARNs. */
int store_attachment_list(struct store *st, struct arena *a,
    const struct store_attachment_query *query, struct store_attachment **ret,
    size_t *ret_n) MUST_CHECK;
int store_attachment_count(struct store *st, struct str entity_id, int64_t *ret) MUST_CHECK;

struct store_attachment_entity_query {
	struct str account_id; /* of the entities */
	struct str policy_id;
	/* list those whose boundary it is, not those who have it attached */
	bool boundary;
	enum store_entity_kind kind; /* 0: any */
	struct str path_prefix;      /* of the entity; empty: all */
	struct str after; /* id of the last item of the page before; empty: the first page */
	size_t limit;
};
/* Lists them in the order of the ids, so that groups (AGPA), users (AIDA) and roles (AROA) follow
 * each other. */
int store_attachment_list_entities(struct store *st, struct arena *a,
    const struct store_attachment_entity_query *query, struct store_entity **ret,
    size_t *ret_n) MUST_CHECK;

#endif
