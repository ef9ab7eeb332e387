/*
 * store_grant: the policies that count for a decision, over tables entity,
 * group_member, attachment, inline_policy, policy and policy_version.
 */
#include "store/store_grant.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	COL_INT(struct store_grant, is_boundary, DB_READ),
	COL_TEXT(struct store_grant, holder_id, DB_READ),
	COL_TEXT(struct store_grant, name, DB_READ),
	COL_INT(struct store_grant, version, DB_READ),
	COL_TEXT(struct store_grant, document, DB_READ),
};
static const struct db_table table = {
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_grant),
};

int
store_grant_list(struct store *st, struct arena *a, struct str entity_id, struct store_grant **ret,
    size_t *ret_n)
{
	/* A policy whose document is missing is returned with an empty one instead of being left
	 * out, because it might deny. */
	return table_list(store_db(st), &table,
	    "WITH holder (id) AS (SELECT $1 UNION ALL"
	    " SELECT group_id FROM group_member WHERE user_id = $1)"
	    " SELECT 0, i.entity_id, i.name, 0, i.document"
	    " FROM holder h JOIN inline_policy i ON i.entity_id = h.id"
	    " UNION ALL SELECT 0, t.entity_id, p.arn, p.default_version, v.document"
	    " FROM holder h JOIN attachment t ON t.entity_id = h.id"
	    " JOIN policy p ON p.policy_id = t.policy_id LEFT JOIN policy_version v"
	    " ON v.policy_id = p.policy_id AND v.version = p.default_version"
	    " UNION ALL SELECT 1, e.entity_id, e.boundary_arn, p.default_version, v.document"
	    " FROM entity e LEFT JOIN policy p ON p.arn = e.boundary_arn"
	    " LEFT JOIN policy_version v ON v.policy_id = p.policy_id"
	    " AND v.version = p.default_version"
	    " WHERE e.entity_id = $1 AND e.boundary_arn IS NOT NULL",
	    DB_ARGS(db_text(entity_id)), a, ret, ret_n);
}
