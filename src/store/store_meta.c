/*
 * store_meta: table meta.
 */
#include "store/store_meta.h"

#include "store/db.h"

int
store_meta_set(struct store *st, struct str name, struct str value)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO meta (name, value) VALUES ($1, $2)"
		 " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, name);
	db_bind_blob(q, 2, value);
	return db_exec(q, NULL);
}

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	*(struct str *)ret_row = db_col_blob(q, 0, a);
}

int
store_meta_get(struct store *st, struct arena *a, struct str name, struct str *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "SELECT value FROM meta WHERE name = $1", &q)) != 0)
		return r;
	db_bind_text(q, 1, name);
	return db_one(q, a, row, ret);
}
