/*
 * store_vpc: table vpc.
 */
#include "store/store_vpc.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	COL_TEXT(struct store_vpc, vpc_id, DB_KEY),
	COL_TEXT(struct store_vpc, account_id, DB_ONCE),
	COL_TEXT(struct store_vpc, cidr, DB_ONCE),
	COL_INT(struct store_vpc, is_default, DB_ONCE),
	COL_INT(struct store_vpc, state, 0),
	COL_INT(struct store_vpc, created_at, DB_ONCE),
};
static const struct db_table table = {
	.name = "vpc",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_vpc),
};

int
store_vpc_add(struct store *st, const struct store_vpc *v)
{
	return table_insert(store_db(st), &table, v);
}

int
store_vpc_get(struct store *st, struct arena *a, struct str vpc_id, struct store_vpc *ret)
{
	return table_get(store_db(st), &table, "FROM vpc WHERE vpc_id = $1",
	    DB_ARGS(db_text(vpc_id)), a, ret);
}

int
store_vpc_get_default(struct store *st, struct arena *a, struct str account_id,
    struct store_vpc *ret)
{
	return table_get(store_db(st), &table, "FROM vpc WHERE account_id = $1 AND is_default = 1",
	    DB_ARGS(db_text(account_id)), a, ret);
}

int
store_vpc_list(struct store *st, struct arena *a, struct str account_id, struct str after,
    size_t limit, struct store_vpc **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM vpc WHERE account_id = $1 AND vpc_id > $2 ORDER BY vpc_id LIMIT $3",
	    DB_ARGS(db_text(account_id), db_text(after), db_int(store_page(limit))), a, ret, ret_n);
}

int
store_vpc_set_state(struct store *st, struct str vpc_id, enum store_net_state state)
{
	return db_run_one(store_db(st), "UPDATE vpc SET state = $1 WHERE vpc_id = $2",
	    DB_ARGS(db_int(state), db_text(vpc_id)));
}

int
store_vpc_delete(struct store *st, struct str vpc_id)
{
	return db_run_one(store_db(st), "DELETE FROM vpc WHERE vpc_id = $1",
	    DB_ARGS(db_text(vpc_id)));
}
