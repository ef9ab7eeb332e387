/*
 * store_client_token: table client_token.
 */
#include "store/store_client_token.h"

#include "store/db.h"

#define COLUMNS "account_id, action, token, request_hash, result, created_at"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_client_token *v = ret_row;

	v->account_id = db_col_text(q, 0, a);
	v->action = db_col_text(q, 1, a);
	v->token = db_col_text(q, 2, a);
	v->request_hash = db_col_blob(q, 3, a);
	v->result = db_col_blob(q, 4, a);
	v->created_at = db_col_i64(q, 5);
}

int
store_client_token_add(struct store *st, const struct store_client_token *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO client_token (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6)", &q)) !=
	    0)
		return r;
	db_bind_text(q, 1, v->account_id);
	db_bind_text(q, 2, v->action);
	db_bind_text(q, 3, v->token);
	db_bind_blob(q, 4, v->request_hash);
	db_bind_blob(q, 5, v->result);
	db_bind_i64(q, 6, v->created_at);
	return db_exec(q, NULL);
}

int
store_client_token_get(struct store *st, struct arena *a, struct str account_id, struct str action,
    struct str token, struct store_client_token *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS " FROM client_token"
		 " WHERE account_id = $1 AND action = $2 AND token = $3",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, account_id);
	db_bind_text(q, 2, action);
	db_bind_text(q, 3, token);
	return db_one(q, a, row, ret);
}

int
store_client_token_purge(struct store *st, int64_t created_before_at, int64_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "DELETE FROM client_token WHERE created_at < $1", &q)) !=
	    0)
		return r;
	db_bind_i64(q, 1, created_before_at);
	return db_exec(q, ret_n);
}
