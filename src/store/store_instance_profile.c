/*
 * store_instance_profile: table instance_profile.
 */
#include "store/store_instance_profile.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	COL_TEXT(struct store_instance_profile, profile_id, DB_KEY),
	COL_TEXT(struct store_instance_profile, account_id, DB_ONCE),
	COL_TEXT(struct store_instance_profile, name, DB_ONCE),
	COL_TEXT(struct store_instance_profile, path, DB_ONCE),
	COL_TEXT(struct store_instance_profile, arn, DB_ONCE),
	COL_REF(struct store_instance_profile, role_id, 0),
	COL_INT(struct store_instance_profile, created_at, DB_ONCE),
};
static const struct db_table table = {
	.name = "instance_profile",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_instance_profile),
};

int
store_instance_profile_add(struct store *st, const struct store_instance_profile *v)
{
	return table_insert(store_db(st), &table, v);
}

int
store_instance_profile_get(struct store *st, struct arena *a, struct str account_id,
    struct str name, struct store_instance_profile *ret)
{
	return table_get(store_db(st), &table,
	    "FROM instance_profile WHERE account_id = $1 AND lower(name) = lower($2)",
	    DB_ARGS(db_text(account_id), db_text(name)), a, ret);
}

int
store_instance_profile_list(struct store *st, struct arena *a, const struct store_name_query *query,
    struct store_instance_profile **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM instance_profile WHERE account_id = $1 AND lower(name) > lower($2)"
	    " AND substr(path, 1, length($3)) = $3 ORDER BY lower(name) LIMIT $4",
	    DB_ARGS(db_text(query->account_id), db_text(query->after), db_text(query->path_prefix),
		db_int(store_page(query->limit))),
	    a, ret, ret_n);
}

int
store_instance_profile_list_for_role(struct store *st, struct arena *a, struct str role_id,
    struct str after, size_t limit, struct store_instance_profile **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM instance_profile WHERE role_id = $1 AND lower(name) > lower($2)"
	    " ORDER BY lower(name) LIMIT $3",
	    DB_ARGS(db_text(role_id), db_text(after), db_int(store_page(limit))), a, ret, ret_n);
}

int
store_instance_profile_set_role(struct store *st, struct str profile_id, struct str role_id)
{
	return db_run_one(store_db(st),
	    "UPDATE instance_profile SET role_id = $1 WHERE profile_id = $2",
	    DB_ARGS(db_ref(role_id), db_text(profile_id)));
}

int
store_instance_profile_delete(struct store *st, struct str profile_id)
{
	return db_run_one(store_db(st), "DELETE FROM instance_profile WHERE profile_id = $1",
	    DB_ARGS(db_text(profile_id)));
}

int
store_instance_profile_count(struct store *st, struct str account_id, int64_t *ret)
{
	return db_number(store_db(st),
	    "SELECT count(*) FROM instance_profile WHERE account_id = $1",
	    DB_ARGS(db_text(account_id)), ret);
}
