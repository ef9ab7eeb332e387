/*
 * store_access_key: table access_key. The name and ARN of the principal come from the user, because
 * a user can be renamed.
 */
#include "store/store_access_key.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	COL_TEXT(struct store_access_key, access_key_id, DB_KEY),
	COL_TEXT(struct store_access_key, account_id, DB_ONCE),
	/* For root the column is NULL, but the member is never empty. */
	COL_AS(struct store_access_key, principal_id, "user_id", DB_KIND_REF, DB_ONCE | DB_WRITE),
	COL_AS(struct store_access_key, principal_id, "coalesce(k.user_id, k.account_id)",
	    DB_KIND_TEXT, DB_READ),
	COL_BLOB(struct store_access_key, sealed_secret, DB_ONCE),
	COL_INT(struct store_access_key, status, 0),
	COL_INT(struct store_access_key, created_at, DB_ONCE),
	COL_INT(struct store_access_key, last_used_at, 0),
	COL_TEXT(struct store_access_key, last_used_region, 0),
	COL_TEXT(struct store_access_key, last_used_service, 0),
	COL_AS(struct store_access_key, principal_type,
	    "CASE WHEN k.user_id IS NULL THEN 1 ELSE 2 END", DB_KIND_INT, DB_READ),
	COL_AS(struct store_access_key, principal_arn,
	    "coalesce(e.arn, 'arn:aws:iam::' || k.account_id || ':root')", DB_KIND_TEXT, DB_READ),
	COL_AS(struct store_access_key, principal_name, "e.name", DB_KIND_TEXT, DB_READ),
};
static const struct db_table table = {
	.name = "access_key",
	.alias = "k",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_access_key),
};

#define FROM "FROM access_key k LEFT JOIN entity e ON e.entity_id = k.user_id"
/* A key whose user is gone must not be taken for the root's. The foreign key prevents it as
 * well. */
#define NOT_ORPHANED " AND (k.user_id IS NULL OR e.entity_id IS NOT NULL)"

int
store_access_key_add(struct store *st, const struct store_access_key *v)
{
	struct store_access_key row = *v;

	if (v->principal_id.n == 0)
		return ERR_BADSTATE;
	if (str_eq(v->principal_id, v->account_id))
		row.principal_id = STR("");
	return table_insert(store_db(st), &table, &row);
}

int
store_access_key_get(struct store *st, struct arena *a, struct str access_key_id,
    struct store_access_key *ret)
{
	return table_get(store_db(st), &table, FROM " WHERE k.access_key_id = $1" NOT_ORPHANED,
	    DB_ARGS(db_text(access_key_id)), a, ret);
}

int
store_access_key_some(struct store *st, struct arena *a, struct store_access_key **ret,
    size_t *ret_n)
{
	return table_list(store_db(st), &table, FROM " ORDER BY k.access_key_id LIMIT 8",
	    DB_NO_ARGS, a, ret, ret_n);
}

int
store_access_key_list(struct store *st, struct arena *a, struct str principal_id,
    struct store_access_key **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    FROM " WHERE coalesce(k.user_id, k.account_id) = $1" NOT_ORPHANED
		 " ORDER BY k.created_at, k.access_key_id",
	    DB_ARGS(db_text(principal_id)), a, ret, ret_n);
}

int
store_access_key_list_of(struct store *st, struct arena *a, const struct str *principal_ids,
    size_t n, struct store_access_key **ret, size_t *ret_n)
{
	return table_list_in(store_db(st), &table,
	    FROM " WHERE coalesce(k.user_id, k.account_id) IN ($*)" NOT_ORPHANED
		 " ORDER BY coalesce(k.user_id, k.account_id), k.created_at, k.access_key_id",
	    table_texts(a, principal_ids, n), a, ret, ret_n);
}

int
store_access_key_count(struct store *st, struct str principal_id, int64_t *ret)
{
	return db_number(store_db(st),
	    "SELECT count(*) FROM access_key WHERE coalesce(user_id, account_id) = $1",
	    DB_ARGS(db_text(principal_id)), ret);
}

int
store_access_key_set_status(struct store *st, struct str access_key_id,
    enum store_access_key_status status)
{
	return db_run_one(store_db(st),
	    "UPDATE access_key SET status = $1 WHERE access_key_id = $2",
	    DB_ARGS(db_int(status), db_text(access_key_id)));
}

int
store_access_key_set_last_used(struct store *st, const struct store_access_key *v)
{
	return db_run_one(store_db(st),
	    "UPDATE access_key SET last_used_at = $1, last_used_region = $2,"
	    " last_used_service = $3 WHERE access_key_id = $4",
	    DB_ARGS(db_int(v->last_used_at), db_text(v->last_used_region),
		db_text(v->last_used_service), db_text(v->access_key_id)));
}

int
store_access_key_delete(struct store *st, struct str access_key_id)
{
	return db_run_one(store_db(st), "DELETE FROM access_key WHERE access_key_id = $1",
	    DB_ARGS(db_text(access_key_id)));
}
