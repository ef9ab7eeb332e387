/*
 * store_instance_profile: table instance_profile.
 */
#include "store/store_instance_profile.h"

#include "store/db.h"

#define COLUMNS "profile_id, account_id, name, path, arn, role_id, created_at"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_instance_profile *v = ret_row;

	v->profile_id = db_col_text(q, 0, a);
	v->account_id = db_col_text(q, 1, a);
	v->name = db_col_text(q, 2, a);
	v->path = db_col_text(q, 3, a);
	v->arn = db_col_text(q, 4, a);
	v->role_id = db_col_text(q, 5, a);
	v->created_at = db_col_i64(q, 6);
}

int
store_instance_profile_add(struct store *st, const struct store_instance_profile *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO instance_profile (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7)",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, v->profile_id);
	db_bind_text(q, 2, v->account_id);
	db_bind_text(q, 3, v->name);
	db_bind_text(q, 4, v->path);
	db_bind_text(q, 5, v->arn);
	db_bind_ref(q, 6, v->role_id);
	db_bind_i64(q, 7, v->created_at);
	return db_exec(q, NULL);
}

int
store_instance_profile_get(struct store *st, struct arena *a, struct str account_id,
    struct str name, struct store_instance_profile *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS " FROM instance_profile WHERE account_id = $1"
		 " AND lower(name) = lower($2)",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, account_id);
	db_bind_text(q, 2, name);
	return db_one(q, a, row, ret);
}

int
store_instance_profile_list(struct store *st, struct arena *a, const struct store_name_query *query,
    struct store_instance_profile **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS " FROM instance_profile WHERE account_id = $1"
		 " AND lower(name) > lower($2) AND substr(path, 1, length($3)) = $3"
		 " ORDER BY lower(name) LIMIT $4",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, query->account_id);
	db_bind_text(q, 2, query->after);
	db_bind_text(q, 3, query->path_prefix);
	db_bind_i64(q, 4, store_page(query->limit));
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}

int
store_instance_profile_list_for_role(struct store *st, struct arena *a, struct str role_id,
    struct str after, size_t limit, struct store_instance_profile **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS " FROM instance_profile WHERE role_id = $1"
		 " AND lower(name) > lower($2) ORDER BY lower(name) LIMIT $3",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, role_id);
	db_bind_text(q, 2, after);
	db_bind_i64(q, 3, store_page(limit));
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}

int
store_instance_profile_set_role(struct store *st, struct str profile_id, struct str role_id)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "UPDATE instance_profile SET role_id = $1 WHERE profile_id = $2", &q)) != 0)
		return r;
	db_bind_ref(q, 1, role_id);
	db_bind_text(q, 2, profile_id);
	return db_exec_one(q);
}

int
store_instance_profile_delete(struct store *st, struct str profile_id)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "DELETE FROM instance_profile WHERE profile_id = $1",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, profile_id);
	return db_exec_one(q);
}

int
store_instance_profile_count(struct store *st, struct str account_id, int64_t *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT count(*) FROM instance_profile WHERE account_id = $1", &q)) != 0)
		return r;
	db_bind_text(q, 1, account_id);
	return db_count(q, ret);
}
