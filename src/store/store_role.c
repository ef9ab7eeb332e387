/*
 * store_role: the roles of table entity, and table role.
 */
#include "store/store_role.h"

#include "store/db.h"

#define SELECT \
	"SELECT e.entity_id, e.account_id, e.name, e.path, e.arn, e.boundary_arn, e.created_at," \
	" o.description, o.trust_policy, o.max_session_s, o.service_name, o.last_used_at," \
	" o.last_used_region FROM entity e JOIN role o ON o.role_id = e.entity_id"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_role *v = ret_row;

	v->role_id = db_col_text(q, 0, a);
	v->account_id = db_col_text(q, 1, a);
	v->name = db_col_text(q, 2, a);
	v->path = db_col_text(q, 3, a);
	v->arn = db_col_text(q, 4, a);
	v->boundary_arn = db_col_text(q, 5, a);
	v->created_at = db_col_i64(q, 6);
	v->description = db_col_text(q, 7, a);
	v->trust_policy = db_col_text(q, 8, a);
	v->max_session_s = db_col_i64(q, 9);
	v->service_name = db_col_text(q, 10, a);
	v->last_used_at = db_col_i64(q, 11);
	v->last_used_region = db_col_text(q, 12, a);
}

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
	struct db_stmt *q;
	int r;

	if ((r = store_entity_add(st, &e)) != 0)
		return r;
	if ((r = db_prepare(store_db(st),
		 "INSERT INTO role (role_id, description, "
		 "trust_policy, max_session_s, service_name,"
		 " last_used_at, last_used_region) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, v->role_id);
	db_bind_text(q, 2, v->description);
	db_bind_text(q, 3, v->trust_policy);
	db_bind_i64(q, 4, v->max_session_s);
	db_bind_text(q, 5, v->service_name);
	db_bind_i64(q, 6, v->last_used_at);
	db_bind_text(q, 7, v->last_used_region);
	return db_exec(q, NULL);
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
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 SELECT " WHERE e.account_id = $1 AND e.kind = 3 AND lower(e.name) = lower($2)",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, account_id);
	db_bind_text(q, 2, name);
	return db_one(q, a, row, ret);
}

int
store_role_get_id(struct store *st, struct arena *a, struct str role_id, struct store_role *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), SELECT " WHERE e.entity_id = $1", &q)) != 0)
		return r;
	db_bind_text(q, 1, role_id);
	return db_one(q, a, row, ret);
}

int
store_role_get_arn(struct store *st, struct arena *a, struct str arn, struct store_role *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), SELECT " WHERE e.arn = $1", &q)) != 0)
		return r;
	db_bind_text(q, 1, arn);
	return db_one(q, a, row, ret);
}

int
store_role_list(struct store *st, struct arena *a, const struct store_name_query *query,
    struct store_role **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 SELECT " WHERE e.account_id = $1 AND e.kind = 3 AND lower(e.name) > lower($2)"
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
store_role_update(struct store *st, const struct store_role *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "UPDATE role SET description = $1, trust_policy = $2, max_session_s = $3"
		 " WHERE role_id = $4",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, v->description);
	db_bind_text(q, 2, v->trust_policy);
	db_bind_i64(q, 3, v->max_session_s);
	db_bind_text(q, 4, v->role_id);
	return db_exec_one(q);
}

int
store_role_set_boundary(struct store *st, struct str role_id, struct str policy_arn)
{
	return store_entity_set_boundary(st, role_id, policy_arn);
}

int
store_role_set_last_used(struct store *st, struct str role_id, int64_t at, struct str region)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "UPDATE role SET last_used_at = $1, last_used_region = $2 WHERE role_id = $3",
		 &q)) != 0)
		return r;
	db_bind_i64(q, 1, at);
	db_bind_text(q, 2, region);
	db_bind_text(q, 3, role_id);
	return db_exec_one(q);
}

static int delete (struct store *st, struct str role_id)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "DELETE FROM role WHERE role_id = $1", &q)) != 0)
		return r;
	db_bind_text(q, 1, role_id);
	if ((r = db_exec_one(q)) != 0)
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
