/*
 * store_attachment: managed policies attached to users, groups and roles, and
 * who uses a policy. How many do is in struct store_policy.
 */
#ifndef STORE_STORE_ATTACHMENT_H
#define STORE_STORE_ATTACHMENT_H

#include "store/store_entity.h"

/* A policy as attached to an entity. */
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
	struct str after;       /* ARN of the last one of the page before; empty: from the first */
	size_t limit;
};
/* In the order of the policies' ARNs. */
int store_attachment_list(struct store *st, struct arena *a,
    const struct store_attachment_query *query, struct store_attachment **ret,
    size_t *ret_n) MUST_CHECK;
int store_attachment_count(struct store *st, struct str entity_id, int64_t *ret) MUST_CHECK;

struct store_attachment_entity_query {
	struct str account_id; /* of the entities */
	struct str policy_id;
	bool boundary;               /* whose boundary it is, instead of who has it attached */
	enum store_entity_kind kind; /* 0: any */
	struct str path_prefix;      /* of the entity; empty: all */
	struct str after; /* id of the last one of the page before; empty: from the first */
	size_t limit;
};
/* In the order of the ids: groups, users, roles come in turn (AGPA, AIDA, AROA). */
int store_attachment_list_entities(struct store *st, struct arena *a,
    const struct store_attachment_entity_query *query, struct store_entity **ret,
    size_t *ret_n) MUST_CHECK;

#endif
