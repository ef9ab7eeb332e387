/*
 * store_user: the users of table entity, and table login_profile.
 */
#include "store/store_user.h"

#include "store/db.h"

#define SELECT \
	"SELECT e.entity_id, e.account_id, e.name, e.path, e.arn, e.boundary_arn, e.created_at," \
	" l.sealed_password, l.created_at, l.reset_required, l.last_used_at"
#define FROM " FROM entity e LEFT JOIN login_profile l ON l.user_id = e.entity_id"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_user *v = ret_row;

	v->user_id = db_col_text(q, 0, a);
	v->account_id = db_col_text(q, 1, a);
	v->name = db_col_text(q, 2, a);
	v->path = db_col_text(q, 3, a);
	v->arn = db_col_text(q, 4, a);
	v->boundary_arn = db_col_text(q, 5, a);
	v->created_at = db_col_i64(q, 6);
	v->sealed_password = db_col_blob(q, 7, a);
	v->password_created_at = db_col_i64(q, 8);
	v->reset_required = db_col_i64(q, 9) != 0;
	v->password_last_used_at = db_col_i64(q, 10);
}

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
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 SELECT FROM
		 " WHERE e.account_id = $1 AND e.kind = 1 AND lower(e.name) = lower($2)",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, account_id);
	db_bind_text(q, 2, name);
	return db_one(q, a, row, ret);
}

int
store_user_get_id(struct store *st, struct arena *a, struct str user_id, struct store_user *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), SELECT FROM " WHERE e.entity_id = $1 AND e.kind = 1",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, user_id);
	return db_one(q, a, row, ret);
}

int
store_user_list(struct store *st, struct arena *a, const struct store_name_query *query,
    struct store_user **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 SELECT FROM
		 " WHERE e.account_id = $1 AND e.kind = 1 AND lower(e.name) > lower($2)"
		 " AND substr(e.path, 1, length($3)) = $3 ORDER BY lower(e.name) LIMIT $4",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, query->account_id);
	db_bind_text(q, 2, query->after);
	db_bind_text(q, 3, query->path_prefix);
	db_bind_i64(q, 4, store_page(query->limit));
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}

int
store_user_update(struct store *st, const struct store_user *v)
{
	const struct store_entity e = entity_of(v);

	return store_entity_rename(st, &e);
}

int
store_user_set_boundary(struct store *st, struct str user_id, struct str policy_arn)
{
	return store_entity_set_boundary(st, user_id, policy_arn);
}

static int
login_profile_delete(struct store *st, struct str user_id)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "DELETE FROM login_profile WHERE user_id = $1", &q)) != 0)
		return r;
	db_bind_text(q, 1, user_id);
	return db_exec(q, NULL);
}

int
store_user_set_login_profile(struct store *st, const struct store_user *v)
{
	struct db_stmt *q;
	int r;

	if (v->sealed_password.n == 0)
		return login_profile_delete(st, v->user_id);
	if ((r = db_prepare(store_db(st),
		 "INSERT INTO login_profile (user_id, sealed_password, created_at, reset_required,"
		 " last_used_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (user_id) DO UPDATE SET"
		 " sealed_password = excluded.sealed_password, created_at = excluded.created_at,"
		 " reset_required = excluded.reset_required, last_used_at = excluded.last_used_at",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, v->user_id);
	db_bind_blob(q, 2, v->sealed_password);
	db_bind_i64(q, 3, v->password_created_at);
	db_bind_i64(q, 4, v->reset_required);
	db_bind_i64(q, 5, v->password_last_used_at);
	return db_exec(q, NULL);
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
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 SELECT " FROM group_member m JOIN entity e ON e.entity_id = m.user_id"
			" LEFT JOIN login_profile l ON l.user_id = e.entity_id"
			" WHERE m.group_id = $1 AND lower(e.name) > lower($2)"
			" ORDER BY lower(e.name) LIMIT $3",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, query->id);
	db_bind_text(q, 2, query->after);
	db_bind_i64(q, 3, store_page(query->limit));
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}
