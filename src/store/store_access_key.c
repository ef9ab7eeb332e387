/*
 * store_access_key: table access_key. Name and ARN of the principal come from
 * the user, which can be renamed.
 */
#include "store/store_access_key.h"

#include "store/db.h"

#define SELECT \
	"SELECT k.access_key_id, k.account_id, k.sealed_secret," \
	" CASE WHEN k.user_id IS NULL THEN 1 ELSE 2 END, coalesce(k.user_id, k.account_id)," \
	" coalesce(e.arn, 'arn:aws:iam::' || k.account_id || ':root'), e.name, k.status," \
	" k.created_at, k.last_used_at, k.last_used_region, k.last_used_service" \
	" FROM access_key k LEFT JOIN entity e ON e.entity_id = k.user_id"
/* The foreign key forbids it, and nobody becomes root by it. */
#define NOT_ORPHANED " AND (k.user_id IS NULL OR e.entity_id IS NOT NULL)"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_access_key *v = ret_row;

	v->access_key_id = db_col_text(q, 0, a);
	v->account_id = db_col_text(q, 1, a);
	v->sealed_secret = db_col_blob(q, 2, a);
	v->principal_type = (enum store_principal_type)db_col_i64(q, 3);
	v->principal_id = db_col_text(q, 4, a);
	v->principal_arn = db_col_text(q, 5, a);
	v->principal_name = db_col_text(q, 6, a);
	v->status = (enum store_access_key_status)db_col_i64(q, 7);
	v->created_at = db_col_i64(q, 8);
	v->last_used_at = db_col_i64(q, 9);
	v->last_used_region = db_col_text(q, 10, a);
	v->last_used_service = db_col_text(q, 11, a);
}

int
store_access_key_add(struct store *st, const struct store_access_key *v)
{
	bool root = str_eq(v->principal_id, v->account_id);
	struct db_stmt *q;
	int r;

	if (v->principal_id.n == 0)
		return ERR_BADSTATE;
	if ((r = db_prepare(store_db(st),
		 "INSERT INTO access_key (access_key_id, account_id,"
		 " user_id, sealed_secret, status,"
		 " created_at, last_used_at, last_used_region, last_used_service)"
		 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, v->access_key_id);
	db_bind_text(q, 2, v->account_id);
	db_bind_ref(q, 3, root ? STR("") : v->principal_id);
	db_bind_blob(q, 4, v->sealed_secret);
	db_bind_i64(q, 5, v->status);
	db_bind_i64(q, 6, v->created_at);
	db_bind_i64(q, 7, v->last_used_at);
	db_bind_text(q, 8, v->last_used_region);
	db_bind_text(q, 9, v->last_used_service);
	return db_exec(q, NULL);
}

int
store_access_key_get(struct store *st, struct arena *a, struct str access_key_id,
    struct store_access_key *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), SELECT " WHERE k.access_key_id = $1" NOT_ORPHANED, &q)) !=
	    0)
		return r;
	db_bind_text(q, 1, access_key_id);
	return db_one(q, a, row, ret);
}

int
store_access_key_list(struct store *st, struct arena *a, struct str principal_id,
    struct store_access_key **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 SELECT " WHERE coalesce(k.user_id, k.account_id) = $1" NOT_ORPHANED
			" ORDER BY k.created_at, k.access_key_id",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, principal_id);
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}

int
store_access_key_count(struct store *st, struct str principal_id, int64_t *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT count(*) FROM access_key WHERE coalesce(user_id, account_id) = $1", &q)) !=
	    0)
		return r;
	db_bind_text(q, 1, principal_id);
	return db_count(q, ret);
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
store_access_key_set_last_used(struct store *st, const struct store_access_key *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "UPDATE access_key SET last_used_at = $1, last_used_region = $2,"
		 " last_used_service = $3 WHERE access_key_id = $4",
		 &q)) != 0)
		return r;
	db_bind_i64(q, 1, v->last_used_at);
	db_bind_text(q, 2, v->last_used_region);
	db_bind_text(q, 3, v->last_used_service);
	db_bind_text(q, 4, v->access_key_id);
	return db_exec_one(q);
}

int
store_access_key_delete(struct store *st, struct str access_key_id)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "DELETE FROM access_key WHERE access_key_id = $1", &q)) !=
	    0)
		return r;
	db_bind_text(q, 1, access_key_id);
	return db_exec_one(q);
}
