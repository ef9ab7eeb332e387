/*
 * store_attachment: table attachment, and the boundaries of table entity seen
 * from the policy.
 */
#include "store/store_attachment.h"

#include "store/db.h"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_attachment *v = ret_row;

	v->policy_id = db_col_text(q, 0, a);
	v->arn = db_col_text(q, 1, a);
	v->name = db_col_text(q, 2, a);
	v->path = db_col_text(q, 3, a);
	v->attached_at = db_col_i64(q, 4);
}

int
store_attachment_add(struct store *st, struct str entity_id, struct str policy_id,
    int64_t attached_at)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO attachment (entity_id, policy_id, attached_at) VALUES ($1, $2, $3)",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, entity_id);
	db_bind_text(q, 2, policy_id);
	db_bind_i64(q, 3, attached_at);
	return db_exec(q, NULL);
}

int
store_attachment_delete(struct store *st, struct str entity_id, struct str policy_id)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "DELETE FROM attachment WHERE entity_id = $1 AND policy_id = $2", &q)) != 0)
		return r;
	db_bind_text(q, 1, entity_id);
	db_bind_text(q, 2, policy_id);
	return db_exec_one(q);
}

int
store_attachment_list(struct store *st, struct arena *a, const struct store_attachment_query *query,
    struct store_attachment **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT p.policy_id, p.arn, p.name, p.path, t.attached_at FROM attachment t"
		 " JOIN policy p ON p.policy_id = t.policy_id WHERE t.entity_id = $1 AND p.arn > $2"
		 " AND substr(p.path, 1, length($3)) = $3 ORDER BY p.arn LIMIT $4",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, query->entity_id);
	db_bind_text(q, 2, query->after);
	db_bind_text(q, 3, query->path_prefix);
	db_bind_i64(q, 4, store_page(query->limit));
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}

int
store_attachment_count(struct store *st, struct str entity_id, int64_t *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "SELECT count(*) FROM attachment WHERE entity_id = $1",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, entity_id);
	return db_count(q, ret);
}

/* ---- who uses a policy ---- */

#define SELECT_ENTITY \
	"SELECT e.entity_id, e.account_id, e.kind, e.name, e.path, e.arn, e.boundary_arn," \
	" e.created_at FROM "
#define ENTITY_WHERE \
	" AND e.account_id = $2 AND e.entity_id > $3 AND ($4 = 0 OR e.kind = $4)" \
	" AND substr(e.path, 1, length($5)) = $5 ORDER BY e.entity_id LIMIT $6"

int
store_attachment_list_entities(struct store *st, struct arena *a,
    const struct store_attachment_entity_query *query, struct store_entity **ret, size_t *ret_n)
{
	const char *sql = query->boundary
	    ? SELECT_ENTITY "policy p JOIN entity e ON e.boundary_arn = p.arn"
			    " WHERE p.policy_id = $1" ENTITY_WHERE
	    : SELECT_ENTITY "attachment t JOIN entity e ON e.entity_id = t.entity_id"
			    " WHERE t.policy_id = $1" ENTITY_WHERE;
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), sql, &q)) != 0)
		return r;
	db_bind_text(q, 1, query->policy_id);
	db_bind_text(q, 2, query->account_id);
	db_bind_text(q, 3, query->after);
	db_bind_i64(q, 4, query->kind);
	db_bind_text(q, 5, query->path_prefix);
	db_bind_i64(q, 6, store_page(query->limit));
	return db_list(q, a, sizeof(**ret), store_entity_row, ret, ret_n);
}
