/*
 * store_access_key: table access_key.
 */
#include "store/store_access_key.h"

#include "store/db.h"

#define COLUMNS \
	"access_key_id, account_id, sealed_secret, principal_type, principal_arn," \
	" principal_id, principal_name, status, created_at"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_access_key *v = ret_row;

	v->access_key_id = db_col_text(q, 0, a);
	v->account_id = db_col_text(q, 1, a);
	v->sealed_secret = db_col_blob(q, 2, a);
	v->principal_type = (enum store_principal_type)db_col_i64(q, 3);
	v->principal_arn = db_col_text(q, 4, a);
	v->principal_id = db_col_text(q, 5, a);
	v->principal_name = db_col_text(q, 6, a);
	v->status = (enum store_access_key_status)db_col_i64(q, 7);
	v->created_at = db_col_i64(q, 8);
}

int
store_access_key_add(struct store *st, const struct store_access_key *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
	    "INSERT INTO access_key (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
	    &q)) != 0)
		return r;
	db_bind_text(q, 1, v->access_key_id);
	db_bind_text(q, 2, v->account_id);
	db_bind_blob(q, 3, v->sealed_secret);
	db_bind_i64(q, 4, v->principal_type);
	db_bind_text(q, 5, v->principal_arn);
	db_bind_text(q, 6, v->principal_id);
	db_bind_text(q, 7, v->principal_name);
	db_bind_i64(q, 8, v->status);
	db_bind_i64(q, 9, v->created_at);
	return db_exec(q, NULL);
}

int
store_access_key_get(struct store *st, struct arena *a, struct str access_key_id,
    struct store_access_key *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
	    "SELECT " COLUMNS " FROM access_key WHERE access_key_id = $1", &q)) != 0)
		return r;
	db_bind_text(q, 1, access_key_id);
	return db_one(q, a, row, ret);
}

int
store_access_key_list(struct store *st, struct arena *a, struct str principal_arn,
    struct store_access_key **ret, size_t *ret_n)
{
	struct db_stmt *q;
	struct db_rows rows;
	int r;

	if ((r = db_prepare(store_db(st),
	    "SELECT " COLUMNS " FROM access_key WHERE principal_arn = $1"
	    " ORDER BY created_at, access_key_id", &q)) != 0)
		return r;
	db_bind_text(q, 1, principal_arn);
	if ((r = db_list(q, a, sizeof(**ret), row, &rows)) != 0)
		return r;
	*ret = rows.p;
	*ret_n = rows.n;
	return 0;
}

int
store_access_key_set_status(struct store *st, struct str access_key_id,
    enum store_access_key_status status)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
	    "UPDATE access_key SET status = $1 WHERE access_key_id = $2", &q)) != 0)
		return r;
	db_bind_i64(q, 1, status);
	db_bind_text(q, 2, access_key_id);
	return db_exec_one(q);
}

int
store_access_key_delete(struct store *st, struct str access_key_id)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
	    "DELETE FROM access_key WHERE access_key_id = $1", &q)) != 0)
		return r;
	db_bind_text(q, 1, access_key_id);
	return db_exec_one(q);
}
