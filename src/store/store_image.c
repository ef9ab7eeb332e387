/*
 * store_image: table image.
 */
#include "store/store_image.h"

#include "store/db.h"

#define COLUMNS "image_id, account_id, name, description, architecture, state, created_at"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_image *v = ret_row;

	v->image_id = db_col_text(q, 0, a);
	v->account_id = db_col_text(q, 1, a);
	v->name = db_col_text(q, 2, a);
	v->description = db_col_text(q, 3, a);
	v->architecture = db_col_text(q, 4, a);
	v->state = (enum store_image_state)db_col_i64(q, 5);
	v->created_at = db_col_i64(q, 6);
}

int
store_image_add(struct store *st, const struct store_image *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO image (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7)", &q)) != 0)
		return r;
	db_bind_text(q, 1, v->image_id);
	db_bind_text(q, 2, v->account_id);
	db_bind_text(q, 3, v->name);
	db_bind_text(q, 4, v->description);
	db_bind_text(q, 5, v->architecture);
	db_bind_i64(q, 6, v->state);
	db_bind_i64(q, 7, v->created_at);
	return db_exec(q, NULL);
}

int
store_image_get(struct store *st, struct arena *a, struct str image_id, struct store_image *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "SELECT " COLUMNS " FROM image WHERE image_id = $1",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, image_id);
	return db_one(q, a, row, ret);
}

int
store_image_list(struct store *st, struct arena *a, struct str account_id, struct str after,
    size_t limit, struct store_image **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS " FROM image WHERE account_id = $1 AND image_id > $2"
		 " ORDER BY image_id LIMIT $3",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, account_id);
	db_bind_text(q, 2, after);
	db_bind_i64(q, 3, store_page(limit));
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}

int
store_image_set_state(struct store *st, struct str image_id, enum store_image_state state)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "UPDATE image SET state = $1 WHERE image_id = $2", &q)) !=
	    0)
		return r;
	db_bind_i64(q, 1, state);
	db_bind_text(q, 2, image_id);
	return db_exec_one(q);
}
