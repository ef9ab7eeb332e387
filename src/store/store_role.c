/*
 * store_role: the roles of table entity, and table role.
 */
#include "store/store_role.h"

#include "store/db_table.h"

static const struct db_column role_columns[] = {
	COL_TEXT(struct store_role, role_id, DB_KEY),
	COL_TEXT(struct store_role, description, 0),
	COL_TEXT(struct store_role, trust_policy, 0),
	COL_INT(struct store_role, max_session_s, 0),
	COL_TEXT(struct store_role, service_name, DB_ONCE),
	/* These two are written by store_role_set_last_used. */
	COL_INT(struct store_role, last_used_at, DB_ONCE),
	COL_TEXT(struct store_role, last_used_region, DB_ONCE),
};
static const struct db_table role_table = {
	.name = "role",
	.alias = "o",
	DB_COLUMNS(role_columns),
	.row_size = sizeof(struct store_role),
};

static const struct db_column columns[] = {
	STORE_ENTITY_COLUMNS(struct store_role, role_id),
	COL_REF(struct store_role, boundary_arn, DB_ONCE),
};
static const struct db_table table = {
	.name = "entity",
	.alias = "e",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_role),
	.also = &role_table,
};

#define FROM "FROM entity e JOIN role o ON o.role_id = e.entity_id"

static int
add(struct store *st, const struct store_role *v)
{
	const struct store_entity e = { .entity_id = v->role_id,
		.account_id = v->account_id,
		.kind = STORE_ENTITY_ROLE,
		.name = v->name,
		.path = v->path,
		.arn = v->arn,
		.boundary_arn = v->boundary_arn,
		.created_at = v->created_at };
	int r;

	if ((r = store_entity_add(st, &e)) != 0)
		return r;
	return table_insert(store_db(st), &role_table, v);
}

int
store_role_add(struct store *st, const struct store_role *v)
{
	bool own;
	int r;

	if ((r = db_enter(store_db(st), &own)) != 0)
		return r;
	return db_leave(store_db(st), own, add(st, v));
}

int
store_role_get(struct store *st, struct arena *a, struct str account_id, struct str name,
    struct store_role *ret)
{
	return table_get(store_db(st), &table,
	    FROM " WHERE e.account_id = $1 AND e.kind = 3 AND lower(e.name) = lower($2)",
	    DB_ARGS(db_text(account_id), db_text(name)), a, ret);
}

int
store_role_get_id(struct store *st, struct arena *a, struct str role_id, struct store_role *ret)
{
	return table_get(store_db(st), &table, FROM " WHERE e.entity_id = $1",
	    DB_ARGS(db_text(role_id)), a, ret);
}

int
store_role_list_of(struct store *st, struct arena *a, const struct str *role_ids, size_t n,
    struct store_role **ret, size_t *ret_n)
{
	return table_list_in(store_db(st), &table,
	    FROM " WHERE e.entity_id IN ($*) ORDER BY e.entity_id", table_texts(a, role_ids, n), a,
	    ret, ret_n);
}

int
store_role_list(struct store *st, struct arena *a, const struct store_name_query *query,
    struct store_role **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    FROM " WHERE e.account_id = $1 AND e.kind = 3 AND lower(e.name) > lower($2)"
		 " AND substr(e.path, 1, length($3)) = $3 ORDER BY lower(e.name) LIMIT $4",
	    DB_ARGS(db_text(query->account_id), db_text(query->after), db_text(query->path_prefix),
		db_int(store_page(query->limit))),
	    a, ret, ret_n);
}

int
store_role_update(struct store *st, const struct store_role *v)
{
	return table_update(store_db(st), &role_table, v);
}

int
store_role_set_last_used(struct store *st, struct str role_id, int64_t at, struct str region)
{
	return db_run_one(store_db(st),
	    "UPDATE role SET last_used_at = $1, last_used_region = $2 WHERE role_id = $3",
	    DB_ARGS(db_int(at), db_text(region), db_text(role_id)));
}

static int delete (struct store *st, struct str role_id)
{
	int r;

	if ((r = db_run_one(store_db(st), "DELETE FROM role WHERE role_id = $1",
		 DB_ARGS(db_text(role_id)))) != 0)
		return r;
	return store_entity_delete(st, STORE_ENTITY_ROLE, role_id);
}

int
store_role_delete(struct store *st, struct str role_id)
{
	bool own;
	int r;

	if ((r = db_enter(store_db(st), &own)) != 0)
		return r;
	return db_leave(store_db(st), own, delete (st, role_id));
}

int
store_role_count(struct store *st, struct str account_id, int64_t *ret)
{
	return store_entity_count(st, STORE_ENTITY_ROLE, account_id, ret);
}
