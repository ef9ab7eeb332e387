/*
 * store_entity: table entity, which users, groups and roles share.
 */
#include "store/store_entity.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	COL_TEXT(struct store_entity, entity_id, DB_KEY),
	COL_TEXT(struct store_entity, account_id, DB_ONCE),
	COL_INT(struct store_entity, kind, DB_KEY),
	COL_TEXT(struct store_entity, name, 0),
	COL_TEXT(struct store_entity, path, 0),
	COL_TEXT(struct store_entity, arn, 0),
	COL_REF(struct store_entity, boundary_arn, DB_ONCE),
	COL_INT(struct store_entity, created_at, DB_ONCE),
};
const struct db_table store_entity_table = {
	.name = "entity",
	.alias = "e",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_entity),
};

int
store_entity_get(struct store *st, struct arena *a, struct str entity_id, struct store_entity *ret)
{
	return table_get(store_db(st), &store_entity_table, "FROM entity e WHERE e.entity_id = $1",
	    DB_ARGS(db_text(entity_id)), a, ret);
}

int
store_entity_get_arn(struct store *st, struct arena *a, struct str arn, struct store_entity *ret)
{
	return table_get(store_db(st), &store_entity_table, "FROM entity e WHERE e.arn = $1",
	    DB_ARGS(db_text(arn)), a, ret);
}

int
store_entity_add(struct store *st, const struct store_entity *v)
{
	return table_insert(store_db(st), &store_entity_table, v);
}

int
store_entity_rename(struct store *st, const struct store_entity *v)
{
	return table_update(store_db(st), &store_entity_table, v);
}

int
store_entity_set_boundary(struct store *st, struct str entity_id, struct str policy_arn)
{
	return db_run_one(store_db(st),
	    "UPDATE entity SET boundary_arn = $1 WHERE entity_id = $2 AND kind <> 2",
	    DB_ARGS(db_ref(policy_arn), db_text(entity_id)));
}

int
store_entity_delete(struct store *st, enum store_entity_kind kind, struct str entity_id)
{
	return db_run_one(store_db(st), "DELETE FROM entity WHERE entity_id = $1 AND kind = $2",
	    DB_ARGS(db_text(entity_id), db_int(kind)));
}

int
store_entity_count(struct store *st, enum store_entity_kind kind, struct str account_id,
    int64_t *ret)
{
	return db_number(store_db(st),
	    "SELECT count(*) FROM entity WHERE account_id = $1 AND kind = $2",
	    DB_ARGS(db_text(account_id), db_int(kind)), ret);
}
