/*
 * store_tag: table tag.
 */
#include "store/store_tag.h"

#include "store/db.h"

#define COLUMNS "account_id, resource_id, resource_type, key, value"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_tag *v = ret_row;

	v->account_id = db_col_text(q, 0, a);
	v->resource_id = db_col_text(q, 1, a);
	v->resource_type = db_col_text(q, 2, a);
	v->key = db_col_text(q, 3, a);
	v->value = db_col_text(q, 4, a);
}

int
store_tag_set(struct store *st, const struct store_tag *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO tag (" COLUMNS ") VALUES ($1, $2, $3, $4, $5)"
		 " ON CONFLICT (resource_id, key) DO UPDATE SET value = excluded.value",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, v->account_id);
	db_bind_text(q, 2, v->resource_id);
	db_bind_text(q, 3, v->resource_type);
	db_bind_text(q, 4, v->key);
	db_bind_text(q, 5, v->value);
	return db_exec(q, NULL);
}

int
store_tag_delete(struct store *st, struct str resource_id, struct str key)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "DELETE FROM tag WHERE resource_id = $1 AND key = $2",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, resource_id);
	db_bind_text(q, 2, key);
	return db_exec(q, NULL);
}

int
store_tag_delete_value(struct store *st, struct str resource_id, struct str key, struct str value)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "DELETE FROM tag WHERE resource_id = $1 AND key = $2 AND value = $3", &q)) != 0)
		return r;
	db_bind_text(q, 1, resource_id);
	db_bind_text(q, 2, key);
	db_bind_text(q, 3, value);
	return db_exec(q, NULL);
}

int
store_tag_delete_all(struct store *st, struct str resource_id)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "DELETE FROM tag WHERE resource_id = $1", &q)) != 0)
		return r;
	db_bind_text(q, 1, resource_id);
	return db_exec(q, NULL);
}

int
store_tag_list(struct store *st, struct arena *a, struct str resource_id, struct store_tag **ret,
    size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS " FROM tag WHERE resource_id = $1 ORDER BY key", &q)) != 0)
		return r;
	db_bind_text(q, 1, resource_id);
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}

int
store_tag_page(struct store *st, struct arena *a, struct str resource_id, struct str after,
    size_t limit, struct store_tag **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS " FROM tag WHERE resource_id = $1 AND key > $2 ORDER BY key"
		 " LIMIT $3",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, resource_id);
	db_bind_text(q, 2, after);
	db_bind_i64(q, 3, store_page(limit));
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}
