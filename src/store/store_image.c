/*
 * store_image: table image.
 */
#include "store/store_image.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	COL_TEXT(struct store_image, image_id, DB_KEY),
	COL_TEXT(struct store_image, account_id, DB_ONCE),
	COL_TEXT(struct store_image, name, DB_ONCE),
	COL_TEXT(struct store_image, description, DB_ONCE),
	COL_TEXT(struct store_image, architecture, DB_ONCE),
	COL_INT(struct store_image, state, 0),
	COL_INT(struct store_image, created_at, DB_ONCE),
};
static const struct db_table table = {
	.name = "image",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_image),
};

int
store_image_add(struct store *st, const struct store_image *v)
{
	return table_insert(store_db(st), &table, v);
}

int
store_image_get(struct store *st, struct arena *a, struct str image_id, struct store_image *ret)
{
	return table_get(store_db(st), &table, "FROM image WHERE image_id = $1",
	    DB_ARGS(db_text(image_id)), a, ret);
}

int
store_image_list(struct store *st, struct arena *a, struct str account_id, struct str after,
    size_t limit, struct store_image **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM image WHERE account_id = $1 AND image_id > $2 ORDER BY image_id LIMIT $3",
	    DB_ARGS(db_text(account_id), db_text(after), db_int(store_page(limit))), a, ret, ret_n);
}
