/*
 * store_subnet: table subnet.
 */
#include "store/store_subnet.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	COL_TEXT(struct store_subnet, subnet_id, DB_KEY),
	COL_TEXT(struct store_subnet, account_id, DB_ONCE),
	COL_TEXT(struct store_subnet, vpc_id, DB_ONCE),
	COL_TEXT(struct store_subnet, cidr, DB_ONCE),
	COL_TEXT(struct store_subnet, availability_zone, DB_ONCE),
	COL_TEXT(struct store_subnet, availability_zone_id, DB_ONCE),
	COL_INT(struct store_subnet, default_for_az, DB_ONCE),
	COL_INT(struct store_subnet, map_public_ip, DB_ONCE),
	COL_INT(struct store_subnet, state, 0),
	COL_INT(struct store_subnet, created_at, DB_ONCE),
};
static const struct db_table table = {
	.name = "subnet",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_subnet),
};

int
store_subnet_add(struct store *st, const struct store_subnet *v)
{
	return table_insert(store_db(st), &table, v);
}

int
store_subnet_get(struct store *st, struct arena *a, struct str subnet_id, struct store_subnet *ret)
{
	return table_get(store_db(st), &table, "FROM subnet WHERE subnet_id = $1",
	    DB_ARGS(db_text(subnet_id)), a, ret);
}

int
store_subnet_list_of(struct store *st, struct arena *a, const struct str *ids, size_t n,
    struct store_subnet **ret, size_t *ret_n)
{
	return table_list_in(store_db(st), &table,
	    "FROM subnet WHERE subnet_id IN ($*) ORDER BY subnet_id", table_texts(a, ids, n), a,
	    ret, ret_n);
}

int
store_subnet_list(struct store *st, struct arena *a, struct str account_id, struct str after,
    size_t limit, struct store_subnet **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM subnet WHERE account_id = $1 AND subnet_id > $2 ORDER BY subnet_id LIMIT $3",
	    DB_ARGS(db_text(account_id), db_text(after), db_int(store_page(limit))), a, ret, ret_n);
}

int
store_subnet_list_vpc(struct store *st, struct arena *a, struct str vpc_id,
    struct store_subnet **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM subnet WHERE vpc_id = $1 ORDER BY availability_zone, subnet_id",
	    DB_ARGS(db_text(vpc_id)), a, ret, ret_n);
}

int
store_subnet_set_state(struct store *st, struct str subnet_id, enum store_net_state state)
{
	return db_run_one(store_db(st), "UPDATE subnet SET state = $1 WHERE subnet_id = $2",
	    DB_ARGS(db_int(state), db_text(subnet_id)));
}

int
store_subnet_delete(struct store *st, struct str subnet_id)
{
	return db_run_one(store_db(st), "DELETE FROM subnet WHERE subnet_id = $1",
	    DB_ARGS(db_text(subnet_id)));
}
