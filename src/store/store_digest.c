/*
 * store_digest: table audit_digest. That it only grows is kept by triggers of
 * the schema.
 */
#include "store/store_digest.h"

#include "store/db.h"

#define COLUMNS "created_at, first_seq, last_seq, last_hash, previous_signature, signature, digest"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_digest *v = ret_row;

	v->created_at = db_col_i64(q, 0);
	v->first_seq = db_col_i64(q, 1);
	v->last_seq = db_col_i64(q, 2);
	v->last_hash = db_col_blob(q, 3, a);
	v->previous_signature = db_col_blob(q, 4, a);
	v->signature = db_col_blob(q, 5, a);
	v->digest = db_col_text(q, 6, a);
	v->seq = db_col_i64(q, 7);
}

int
store_digest_add(struct store *st, const struct store_digest *v, int64_t *ret_seq)
{
	struct db_stmt *q;
	int64_t seq;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO audit_digest (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7)",
		 &q)) != 0)
		return r;
	db_bind_i64(q, 1, v->created_at);
	db_bind_i64(q, 2, v->first_seq);
	db_bind_i64(q, 3, v->last_seq);
	db_bind_blob(q, 4, v->last_hash);
	db_bind_blob(q, 5, v->previous_signature);
	db_bind_blob(q, 6, v->signature);
	db_bind_text(q, 7, v->digest);
	if ((r = db_exec_seq(q, &seq)) != 0)
		return r;
	if (ret_seq != NULL)
		*ret_seq = seq;
	return 0;
}

int
store_digest_last(struct store *st, struct arena *a, struct store_digest *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS ", seq FROM audit_digest ORDER BY seq DESC LIMIT 1", &q)) != 0)
		return r;
	return db_one(q, a, row, ret);
}

int
store_digest_list(struct store *st, struct arena *a, int64_t from_seq, size_t limit,
    struct store_digest **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS ", seq FROM audit_digest WHERE seq >= $1 ORDER BY seq LIMIT $2",
		 &q)) != 0)
		return r;
	db_bind_i64(q, 1, from_seq);
	db_bind_i64(q, 2, store_page(limit));
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}
