/*
 * store_grant: the policies that count for a decision, over tables entity,
 * group_member, attachment, inline_policy, policy and policy_version.
 */
#include "store/store_grant.h"

#include "store/db.h"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_grant *v = ret_row;

	v->kind = (enum store_grant_kind)db_col_i64(q, 0);
	v->holder_id = db_col_text(q, 1, a);
	v->name = db_col_text(q, 2, a);
	v->version = db_col_i64(q, 3);
	v->document = db_col_text(q, 4, a);
}

int
store_grant_list(struct store *st, struct arena *a, struct str entity_id, struct store_grant **ret,
    size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	/* A policy whose document is not there comes with an empty one, and is not
	 * left out: it might deny. */
	if ((r = db_prepare(store_db(st),
		 "WITH holder (id) AS (SELECT $1 UNION ALL"
		 " SELECT group_id FROM group_member WHERE user_id = $1)"
		 " SELECT 1, i.entity_id, i.name, 0, i.document"
		 " FROM holder h JOIN inline_policy i ON i.entity_id = h.id"
		 " UNION ALL SELECT 1, t.entity_id, p.arn, p.default_version, v.document"
		 " FROM holder h JOIN attachment t ON t.entity_id = h.id"
		 " JOIN policy p ON p.policy_id = t.policy_id LEFT JOIN policy_version v"
		 " ON v.policy_id = p.policy_id AND v.version = p.default_version"
		 " UNION ALL SELECT 2, e.entity_id, e.boundary_arn, p.default_version, v.document"
		 " FROM entity e LEFT JOIN policy p ON p.arn = e.boundary_arn"
		 " LEFT JOIN policy_version v ON v.policy_id = p.policy_id"
		 " AND v.version = p.default_version"
		 " WHERE e.entity_id = $1 AND e.boundary_arn IS NOT NULL",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, entity_id);
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}
