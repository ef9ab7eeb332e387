/*
 * store_group: the groups of table entity, and table group_member.
 */
#include "store/store_group.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	STORE_ENTITY_COLUMNS(struct store_group, group_id),
};
static const struct db_table table = {
	.name = "entity",
	.alias = "e",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_group),
};

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
	return table_get(store_db(st), &table,
	    "FROM entity e WHERE e.account_id = $1 AND e.kind = 2 AND lower(e.name) = lower($2)",
	    DB_ARGS(db_text(account_id), db_text(name)), a, ret);
}

int
store_group_list(struct store *st, struct arena *a, const struct store_name_query *query,
    struct store_group **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM entity e WHERE e.account_id = $1 AND e.kind = 2"
	    " AND lower(e.name) > lower($2) AND substr(e.path, 1, length($3)) = $3"
	    " ORDER BY lower(e.name) LIMIT $4",
	    DB_ARGS(db_text(query->account_id), db_text(query->after), db_text(query->path_prefix),
		db_int(store_page(query->limit))),
	    a, ret, ret_n);
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

struct member {
	struct str group_id;
	struct str user_id;
};

static const struct db_column member_columns[] = {
	COL_TEXT(struct member, group_id, DB_KEY),
	COL_TEXT(struct member, user_id, DB_KEY),
};
static const struct db_table member_table = {
	.name = "group_member",
	DB_COLUMNS(member_columns),
	.row_size = sizeof(struct member),
};

int
store_group_add_user(struct store *st, struct str group_id, struct str user_id)
{
	return table_insert_or(store_db(st), &member_table,
	    "ON CONFLICT (group_id, user_id) DO NOTHING", &(struct member){ group_id, user_id });
}

int
store_group_remove_user(struct store *st, struct str group_id, struct str user_id)
{
	return db_run_one(store_db(st),
	    "DELETE FROM group_member WHERE group_id = $1 AND user_id = $2",
	    DB_ARGS(db_text(group_id), db_text(user_id)));
}

int
store_group_list_for_user(struct store *st, struct arena *a, const struct store_member_query *query,
    struct store_group **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM group_member m JOIN entity e ON e.entity_id = m.group_id"
	    " WHERE m.user_id = $1 AND lower(e.name) > lower($2) ORDER BY lower(e.name) LIMIT $3",
	    DB_ARGS(db_text(query->id), db_text(query->after), db_int(store_page(query->limit))), a,
	    ret, ret_n);
}

int
store_group_count_users(struct store *st, struct str group_id, int64_t *ret)
{
	return db_number(store_db(st), "SELECT count(*) FROM group_member WHERE group_id = $1",
	    DB_ARGS(db_text(group_id)), ret);
}

int
store_group_count_for_user(struct store *st, struct str user_id, int64_t *ret)
{
	return db_number(store_db(st), "SELECT count(*) FROM group_member WHERE user_id = $1",
	    DB_ARGS(db_text(user_id)), ret);
}
