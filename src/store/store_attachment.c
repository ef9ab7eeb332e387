/*
 * store_attachment: table attachment, and the boundaries in table entity, seen from the policy.
 */
#include "store/store_attachment.h"

#include "store/db_table.h"

/* A row of the table, which is only written. */
struct row {
	struct str entity_id;
	struct str policy_id;
	int64_t attached_at;
};

static const struct db_column row_columns[] = {
	COL_TEXT(struct row, entity_id, DB_KEY),
	COL_TEXT(struct row, policy_id, DB_KEY),
	COL_INT(struct row, attached_at, DB_ONCE),
};
static const struct db_table row_table = {
	.name = "attachment",
	DB_COLUMNS(row_columns),
	.row_size = sizeof(struct row),
};

/* An attachment in a listing, with members of its policy. */
static const struct db_column columns[] = {
	COL_TEXT(struct store_attachment, policy_id, DB_READ),
	COL_TEXT(struct store_attachment, arn, DB_READ),
	COL_TEXT(struct store_attachment, name, DB_READ),
	COL_TEXT(struct store_attachment, path, DB_READ),
	COL_AS(struct store_attachment, attached_at, "t.attached_at", DB_KIND_INT, DB_READ),
};
static const struct db_table table = {
	.alias = "p",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_attachment),
};

int
store_attachment_add(struct store *st, struct str entity_id, struct str policy_id,
    int64_t attached_at)
{
	return table_insert_or(store_db(st), &row_table,
	    "ON CONFLICT (entity_id, policy_id) DO NOTHING",
	    &(struct row){ entity_id, policy_id, attached_at });
}

int
store_attachment_delete(struct store *st, struct str entity_id, struct str policy_id)
{
	return db_run_one(store_db(st),
	    "DELETE FROM attachment WHERE entity_id = $1 AND policy_id = $2",
	    DB_ARGS(db_text(entity_id), db_text(policy_id)));
}

int
store_attachment_list(struct store *st, struct arena *a, const struct store_attachment_query *query,
    struct store_attachment **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM attachment t JOIN policy p ON p.policy_id = t.policy_id"
	    " WHERE t.entity_id = $1 AND p.arn > $2"
	    " AND substr(p.path, 1, length($3)) = $3 ORDER BY p.arn LIMIT $4",
	    DB_ARGS(db_text(query->entity_id), db_text(query->after), db_text(query->path_prefix),
		db_int(store_page(query->limit))),
	    a, ret, ret_n);
}

int
store_attachment_count(struct store *st, struct str entity_id, int64_t *ret)
{
	return db_number(store_db(st), "SELECT count(*) FROM attachment WHERE entity_id = $1",
	    DB_ARGS(db_text(entity_id)), ret);
}

/* ---- who uses a policy ---- */

#define ENTITY_WHERE \
	" WHERE p.policy_id = $1 AND e.account_id = $2 AND e.entity_id > $3" \
	" AND ($4 = 0 OR e.kind = $4)" \
	" AND substr(e.path, 1, length($5)) = $5 ORDER BY e.entity_id LIMIT $6"

int
store_attachment_list_entities(struct store *st, struct arena *a,
    const struct store_attachment_entity_query *query, struct store_entity **ret, size_t *ret_n)
{
	const char *from = query->boundary
	    ? "FROM policy p JOIN entity e ON e.boundary_arn = p.arn" ENTITY_WHERE
	    : "FROM attachment p JOIN entity e ON e.entity_id = p.entity_id" ENTITY_WHERE;

	return table_list(store_db(st), &store_entity_table, from,
	    DB_ARGS(db_text(query->policy_id), db_text(query->account_id), db_text(query->after),
		db_int(query->kind), db_text(query->path_prefix), db_int(store_page(query->limit))),
	    a, ret, ret_n);
}
