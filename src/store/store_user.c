/*
 * store_user: the users of table entity, and table login_profile.
 */
#include "store/store_user.h"

#include "store/db_table.h"

static const struct db_column login_columns[] = {
	COL_TEXT(struct store_user, user_id, DB_KEY),
	COL_BLOB(struct store_user, sealed_password, 0),
	COL_AS(struct store_user, password_created_at, "created_at", DB_KIND_INT, 0),
	COL_AS(struct store_user, password_changed_at, "changed_at", DB_KIND_INT, 0),
	COL_INT(struct store_user, reset_required, 0),
	COL_AS(struct store_user, password_last_used_at, "last_used_at", DB_KIND_INT, 0),
};
static const struct db_table login_table = {
	.name = "login_profile",
	.alias = "l",
	DB_COLUMNS(login_columns),
	.row_size = sizeof(struct store_user),
};

static const struct db_column columns[] = {
	STORE_ENTITY_COLUMNS(struct store_user, user_id),
	COL_REF(struct store_user, boundary_arn, DB_ONCE),
};
static const struct db_table table = {
	.name = "entity",
	.alias = "e",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_user),
	.also = &login_table,
};

#define FROM "FROM entity e LEFT JOIN login_profile l ON l.user_id = e.entity_id"

static struct store_entity
entity_of(const struct store_user *v)
{
	return (struct store_entity){ .entity_id = v->user_id,
		.account_id = v->account_id,
		.kind = STORE_ENTITY_USER,
		.name = v->name,
		.path = v->path,
		.arn = v->arn,
		.boundary_arn = v->boundary_arn,
		.created_at = v->created_at };
}

int
store_user_add(struct store *st, const struct store_user *v)
{
	const struct store_entity e = entity_of(v);

	return store_entity_add(st, &e);
}

int
store_user_get(struct store *st, struct arena *a, struct str account_id, struct str name,
    struct store_user *ret)
{
	return table_get(store_db(st), &table,
	    FROM " WHERE e.account_id = $1 AND e.kind = 1 AND lower(e.name) = lower($2)",
	    DB_ARGS(db_text(account_id), db_text(name)), a, ret);
}

int
store_user_list_of(struct store *st, struct arena *a, const struct str *user_ids, size_t n,
    struct store_user **ret, size_t *ret_n)
{
	return table_list_in(store_db(st), &table,
	    FROM " WHERE e.entity_id IN ($*) AND e.kind = 1 ORDER BY e.entity_id",
	    table_texts(a, user_ids, n), a, ret, ret_n);
}

int
store_user_list(struct store *st, struct arena *a, const struct store_name_query *query,
    struct store_user **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    FROM " WHERE e.account_id = $1 AND e.kind = 1 AND lower(e.name) > lower($2)"
		 " AND substr(e.path, 1, length($3)) = $3 ORDER BY lower(e.name) LIMIT $4",
	    DB_ARGS(db_text(query->account_id), db_text(query->after), db_text(query->path_prefix),
		db_int(store_page(query->limit))),
	    a, ret, ret_n);
}

int
store_user_update(struct store *st, const struct store_user *v)
{
	const struct store_entity e = entity_of(v);

	return store_entity_rename(st, &e);
}

int
store_user_set_login_profile(struct store *st, const struct store_user *v)
{
	if (v->sealed_password.n == 0)
		return db_run(store_db(st), "DELETE FROM login_profile WHERE user_id = $1",
		    DB_ARGS(db_text(v->user_id)), NULL);
	return table_put(store_db(st), &login_table, v);
}

int
store_user_delete(struct store *st, struct str user_id)
{
	return store_entity_delete(st, STORE_ENTITY_USER, user_id);
}

int
store_user_count(struct store *st, struct str account_id, int64_t *ret)
{
	return store_entity_count(st, STORE_ENTITY_USER, account_id, ret);
}

/* ---- in groups ---- */

int
store_user_list_in_group(struct store *st, struct arena *a, const struct store_member_query *query,
    struct store_user **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM group_member m JOIN entity e ON e.entity_id = m.user_id"
	    " LEFT JOIN login_profile l ON l.user_id = e.entity_id"
	    " WHERE m.group_id = $1 AND lower(e.name) > lower($2) ORDER BY lower(e.name) LIMIT $3",
	    DB_ARGS(db_text(query->id), db_text(query->after), db_int(store_page(query->limit))), a,
	    ret, ret_n);
}
