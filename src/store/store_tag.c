/*
 * store_tag: table tag.
 */
#include "store/store_tag.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	COL_TEXT(struct store_tag, account_id, DB_ONCE),
	COL_TEXT(struct store_tag, resource_id, DB_KEY),
	COL_TEXT(struct store_tag, resource_type, DB_ONCE),
	COL_TEXT(struct store_tag, key, DB_KEY),
	COL_TEXT(struct store_tag, value, 0),
};
static const struct db_table table = {
	.name = "tag",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_tag),
};

int
store_tag_set(struct store *st, const struct store_tag *v)
{
	return table_put(store_db(st), &table, v);
}

int
store_tag_delete(struct store *st, struct str resource_id, struct str key)
{
	return db_run(store_db(st), "DELETE FROM tag WHERE resource_id = $1 AND key = $2",
	    DB_ARGS(db_text(resource_id), db_text(key)), NULL);
}

int
store_tag_delete_value(struct store *st, struct str resource_id, struct str key, struct str value)
{
	return db_run(store_db(st),
	    "DELETE FROM tag WHERE resource_id = $1 AND key = $2 AND value = $3",
	    DB_ARGS(db_text(resource_id), db_text(key), db_text(value)), NULL);
}

int
store_tag_delete_all(struct store *st, struct str resource_id)
{
	return db_run(store_db(st), "DELETE FROM tag WHERE resource_id = $1",
	    DB_ARGS(db_text(resource_id)), NULL);
}

int
store_tag_list(struct store *st, struct arena *a, struct str resource_id, struct store_tag **ret,
    size_t *ret_n)
{
	return table_list(store_db(st), &table, "FROM tag WHERE resource_id = $1 ORDER BY key",
	    DB_ARGS(db_text(resource_id)), a, ret, ret_n);
}

int
store_tag_list_of(struct store *st, struct arena *a, const struct str *ids, size_t n,
    struct store_tags *ret)
{
	struct store_tag *all;
	size_t n_all;
	int r;

	if ((r = table_list_in(store_db(st), &table,
		 "FROM tag WHERE resource_id IN ($*) ORDER BY resource_id, key",
		 table_texts(a, ids, n), a, &all, &n_all)) != 0)
		return r;
	for (size_t i = 0; i < n; i++)
		ret[i].v = table_rows_of(&table, all, n_all,
		    offsetof(struct store_tag, resource_id), db_text(ids[i]), &ret[i].n);
	return 0;
}

int
store_tag_page(struct store *st, struct arena *a, struct str resource_id, struct str after,
    size_t limit, struct store_tag **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM tag WHERE resource_id = $1 AND key > $2 ORDER BY key LIMIT $3",
	    DB_ARGS(db_text(resource_id), db_text(after), db_int(store_page(limit))), a, ret,
	    ret_n);
}
