/*
 * store_client_token: table client_token.
 */
#include "store/store_client_token.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	COL_TEXT(struct store_client_token, account_id, DB_KEY),
	COL_TEXT(struct store_client_token, action, DB_KEY),
	COL_TEXT(struct store_client_token, token, DB_KEY),
	COL_BLOB(struct store_client_token, request_hash, DB_ONCE),
	COL_BLOB(struct store_client_token, result, DB_ONCE),
	COL_INT(struct store_client_token, created_at, DB_ONCE),
};
static const struct db_table table = {
	.name = "client_token",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_client_token),
};

int
store_client_token_add(struct store *st, const struct store_client_token *v)
{
	return table_insert(store_db(st), &table, v);
}

int
store_client_token_get(struct store *st, struct arena *a, struct str account_id, struct str action,
    struct str token, struct store_client_token *ret)
{
	return table_get(store_db(st), &table,
	    "FROM client_token WHERE account_id = $1 AND action = $2 AND token = $3",
	    DB_ARGS(db_text(account_id), db_text(action), db_text(token)), a, ret);
}

int
store_client_token_purge(struct store *st, int64_t created_before_at, int64_t *ret_n)
{
	return db_run(store_db(st), "DELETE FROM client_token WHERE created_at < $1",
	    DB_ARGS(db_int(created_before_at)), ret_n);
}
