/*
 * store_meta: table meta.
 */
#include "store/store_meta.h"

#include "store/db_table.h"

struct row {
	struct str name;
	struct str value;
};

static const struct db_column columns[] = {
	COL_TEXT(struct row, name, DB_KEY),
	COL_BLOB(struct row, value, 0),
};
static const struct db_table table = {
	.name = "meta",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct row),
};

int
store_meta_set(struct store *st, struct str name, struct str value)
{
	return table_put(store_db(st), &table, &(struct row){ name, value });
}

int
store_meta_get(struct store *st, struct arena *a, struct str name, struct str *ret)
{
	struct row v;
	int r;

	r = table_get(store_db(st), &table, "FROM meta WHERE name = $1", DB_ARGS(db_text(name)), a,
	    &v);
	if (r == 0)
		*ret = v.value;
	return r;
}
