/*
 * store_group: the groups of table entity, and table group_member.
 */
#include "store/store_group.h"

#include "store/db.h"

#define SELECT "SELECT e.entity_id, e.account_id, e.name, e.path, e.arn, e.created_at"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_group *v = ret_row;

	v->group_id = db_col_text(q, 0, a);
	v->account_id = db_col_text(q, 1, a);
	v->name = db_col_text(q, 2, a);
	v->path = db_col_text(q, 3, a);
	v->arn = db_col_text(q, 4, a);
	v->created_at = db_col_i64(q, 5);
}

static struct store_entity
entity_of(const struct store_group *v)
{
	return (struct store_entity){ .entity_id = v->group_id,
		.account_id = v->account_id,
		.kind = STORE_ENTITY_GROUP,
		.name = v->name,
		.path = v->path,
		.arn = v->arn,
		.created_at = v->created_at };
}

int
store_group_add(struct store *st, const struct store_group *v)
{
	const struct store_entity e = entity_of(v);

	return store_entity_add(st, &e);
}

int
store_group_get(struct store *st, struct arena *a, struct str account_id, struct str name,
    struct store_group *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 SELECT " FROM entity e WHERE e.account_id = $1 AND e.kind = 2"
			" AND lower(e.name) = lower($2)",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, account_id);
	db_bind_text(q, 2, name);
	return db_one(q, a, row, ret);
}

int
store_group_get_id(struct store *st, struct arena *a, struct str group_id, struct store_group *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 SELECT " FROM entity e WHERE e.entity_id = $1 AND e.kind = 2", &q)) != 0)
		return r;
	db_bind_text(q, 1, group_id);
	return db_one(q, a, row, ret);
}

int
store_group_list(struct store *st, struct arena *a, const struct store_name_query *query,
    struct store_group **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 SELECT " FROM entity e WHERE e.account_id = $1 AND e.kind = 2"
			" AND lower(e.name) > lower($2) AND substr(e.path, 1, length($3)) = $3"
			" ORDER BY lower(e.name) LIMIT $4",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, query->account_id);
	db_bind_text(q, 2, query->after);
	db_bind_text(q, 3, query->path_prefix);
	db_bind_i64(q, 4, store_page(query->limit));
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}

int
store_group_update(struct store *st, const struct store_group *v)
{
	const struct store_entity e = entity_of(v);

	return store_entity_rename(st, &e);
}

int
store_group_delete(struct store *st, struct str group_id)
{
	return store_entity_delete(st, STORE_ENTITY_GROUP, group_id);
}

int
store_group_count(struct store *st, struct str account_id, int64_t *ret)
{
	return store_entity_count(st, STORE_ENTITY_GROUP, account_id, ret);
}

/* ---- members ---- */

int
store_group_add_user(struct store *st, struct str group_id, struct str user_id)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO group_member (group_id, user_id) VALUES ($1, $2)", &q)) != 0)
		return r;
	db_bind_text(q, 1, group_id);
	db_bind_text(q, 2, user_id);
	return db_exec(q, NULL);
}

int
store_group_remove_user(struct store *st, struct str group_id, struct str user_id)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "DELETE FROM group_member WHERE group_id = $1 AND user_id = $2", &q)) != 0)
		return r;
	db_bind_text(q, 1, group_id);
	db_bind_text(q, 2, user_id);
	return db_exec_one(q);
}

int
store_group_list_for_user(struct store *st, struct arena *a, const struct store_member_query *query,
    struct store_group **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 SELECT " FROM group_member m JOIN entity e ON e.entity_id = m.group_id"
			" WHERE m.user_id = $1 AND lower(e.name) > lower($2)"
			" ORDER BY lower(e.name) LIMIT $3",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, query->id);
	db_bind_text(q, 2, query->after);
	db_bind_i64(q, 3, store_page(query->limit));
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}

int
store_group_count_users(struct store *st, struct str group_id, int64_t *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "SELECT count(*) FROM group_member WHERE group_id = $1",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, group_id);
	return db_count(q, ret);
}

int
store_group_count_for_user(struct store *st, struct str user_id, int64_t *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "SELECT count(*) FROM group_member WHERE user_id = $1",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, user_id);
	return db_count(q, ret);
}
