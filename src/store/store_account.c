/*
 * store_account: tables account and account_alias.
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
static const struct db_column alias_columns[] = {
	COL_TEXT(struct store_account_alias, account_id, DB_KEY),
	COL_TEXT(struct store_account_alias, alias, 0),
};
static const struct db_table alias_table = {
	.name = "account_alias",
	DB_COLUMNS(alias_columns),
	.row_size = sizeof(struct store_account_alias),
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
store_account_alias_put(struct store *st, const struct store_account_alias *v)
{
	return table_put(store_db(st), &alias_table, v);
}

int
store_account_alias_get(struct store *st, struct arena *a, struct str account_id,
    struct store_account_alias *ret)
{
	return table_get(store_db(st), &alias_table, "FROM account_alias WHERE account_id = $1",
	    DB_ARGS(db_text(account_id)), a, ret);
}

int
store_account_alias_delete(struct store *st, struct str account_id)
{
	return db_run_one(store_db(st), "DELETE FROM account_alias WHERE account_id = $1",
	    DB_ARGS(db_text(account_id)));
}

int
store_account_list(struct store *st, struct arena *a, struct store_account **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table, "FROM account ORDER BY created_at, account_id",
	    DB_NO_ARGS, a, ret, ret_n);
}
