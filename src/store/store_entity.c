/*
 * store_entity: table entity, which users, groups and roles share.
 */
#include "store/store_entity.h"

#include "store/db.h"

#define COLUMNS "entity_id, account_id, kind, name, path, arn, boundary_arn, created_at"

void
store_entity_row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_entity *v = ret_row;

	v->entity_id = db_col_text(q, 0, a);
	v->account_id = db_col_text(q, 1, a);
	v->kind = (enum store_entity_kind)db_col_i64(q, 2);
	v->name = db_col_text(q, 3, a);
	v->path = db_col_text(q, 4, a);
	v->arn = db_col_text(q, 5, a);
	v->boundary_arn = db_col_text(q, 6, a);
	v->created_at = db_col_i64(q, 7);
}

int
store_entity_get(struct store *st, struct arena *a, struct str entity_id, struct store_entity *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "SELECT " COLUMNS " FROM entity WHERE entity_id = $1",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, entity_id);
	return db_one(q, a, store_entity_row, ret);
}

int
store_entity_get_arn(struct store *st, struct arena *a, struct str arn, struct store_entity *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "SELECT " COLUMNS " FROM entity WHERE arn = $1", &q)) !=
	    0)
		return r;
	db_bind_text(q, 1, arn);
	return db_one(q, a, store_entity_row, ret);
}

int
store_entity_add(struct store *st, const struct store_entity *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO entity (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", &q)) !=
	    0)
		return r;
	db_bind_text(q, 1, v->entity_id);
	db_bind_text(q, 2, v->account_id);
	db_bind_i64(q, 3, v->kind);
	db_bind_text(q, 4, v->name);
	db_bind_text(q, 5, v->path);
	db_bind_text(q, 6, v->arn);
	db_bind_ref(q, 7, v->boundary_arn);
	db_bind_i64(q, 8, v->created_at);
	return db_exec(q, NULL);
}

int
store_entity_rename(struct store *st, const struct store_entity *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "UPDATE entity SET name = $1, path = $2, arn = $3 WHERE entity_id = $4"
		 " AND kind = $5",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, v->name);
	db_bind_text(q, 2, v->path);
	db_bind_text(q, 3, v->arn);
	db_bind_text(q, 4, v->entity_id);
	db_bind_i64(q, 5, v->kind);
	return db_exec_one(q);
}

int
store_entity_set_boundary(struct store *st, struct str entity_id, struct str policy_arn)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "UPDATE entity SET boundary_arn = $1 WHERE entity_id = $2 AND kind <> 2", &q)) !=
	    0)
		return r;
	db_bind_ref(q, 1, policy_arn);
	db_bind_text(q, 2, entity_id);
	return db_exec_one(q);
}

int
store_entity_delete(struct store *st, enum store_entity_kind kind, struct str entity_id)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "DELETE FROM entity WHERE entity_id = $1 AND kind = $2",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, entity_id);
	db_bind_i64(q, 2, kind);
	return db_exec_one(q);
}

int
store_entity_count(struct store *st, enum store_entity_kind kind, struct str account_id,
    int64_t *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT count(*) FROM entity WHERE account_id = $1 AND kind = $2", &q)) != 0)
		return r;
	db_bind_text(q, 1, account_id);
	db_bind_i64(q, 2, kind);
	return db_count(q, ret);
}
