/*
 * store_account: table account.
 */
#include "store/store_account.h"

#include "store/db.h"

#define COLUMNS "account_id, created_at"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_account *v = ret_row;

	v->account_id = db_col_text(q, 0, a);
	v->created_at = db_col_i64(q, 1);
}

int
store_account_add(struct store *st, const struct store_account *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "INSERT INTO account (" COLUMNS ") VALUES ($1, $2)",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, v->account_id);
	db_bind_i64(q, 2, v->created_at);
	return db_exec(q, NULL);
}

int
store_account_get(struct store *st, struct arena *a, struct str account_id,
    struct store_account *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "SELECT " COLUMNS " FROM account WHERE account_id = $1",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, account_id);
	return db_one(q, a, row, ret);
}

int
store_account_list(struct store *st, struct arena *a, struct store_account **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS " FROM account ORDER BY created_at, account_id", &q)) != 0)
		return r;
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}
