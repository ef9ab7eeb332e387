/*
 * store_account: table account.
 */
#include "store/store_account.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	COL_TEXT(struct store_account, account_id, DB_KEY),
	COL_INT(struct store_account, created_at, DB_ONCE),
};
static const struct db_table table = {
	.name = "account",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_account),
};

int
store_account_add(struct store *st, const struct store_account *v)
{
	return table_insert(store_db(st), &table, v);
}

int
store_account_get(struct store *st, struct arena *a, struct str account_id,
    struct store_account *ret)
{
	return table_get(store_db(st), &table, "FROM account WHERE account_id = $1",
	    DB_ARGS(db_text(account_id)), a, ret);
}

int
store_account_list(struct store *st, struct arena *a, struct store_account **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table, "FROM account ORDER BY created_at, account_id",
	    DB_NO_ARGS, a, ret, ret_n);
}
