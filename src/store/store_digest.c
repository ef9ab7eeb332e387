/*
 * store_digest: table audit_digest. Triggers in the schema make it append-only.
 */
#include "store/store_digest.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	COL_INT(struct store_digest, node_id, DB_KEY),
	COL_INT(struct store_digest, seq, DB_KEY),
	COL_INT(struct store_digest, created_at, DB_ONCE),
	COL_INT(struct store_digest, first_seq, DB_ONCE),
	COL_INT(struct store_digest, last_seq, DB_ONCE),
	COL_BLOB(struct store_digest, last_hash, DB_ONCE),
	COL_BLOB(struct store_digest, previous_signature, DB_ONCE),
	COL_BLOB(struct store_digest, signature, DB_ONCE),
	COL_TEXT(struct store_digest, digest, DB_ONCE),
};
static const struct db_table table = {
	.name = "audit_digest",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_digest),
};

static int
add(struct store *st, const struct store_digest *v, int64_t *ret_seq)
{
	struct store_digest row = *v;
	int64_t last;
	int r;

	/* The last digest of a node is never deleted, so that no number is used twice. */
	if ((r = db_number(store_db(st),
		 "SELECT coalesce(max(seq), 0) FROM audit_digest WHERE node_id = $1",
		 DB_ARGS(db_int(v->node_id)), &last)) != 0)
		return r;
	row.seq = last + 1;
	if ((r = table_insert(store_db(st), &table, &row)) != 0)
		return r;
	if (ret_seq != NULL)
		*ret_seq = row.seq;
	return 0;
}

int
store_digest_add(struct store *st, const struct store_digest *v, int64_t *ret_seq)
{
	bool own;
	int r;

	if ((r = db_enter(store_db(st), &own)) != 0)
		return r;
	return db_leave(store_db(st), own, add(st, v, ret_seq));
}

int
store_digest_last(struct store *st, struct arena *a, int64_t node_id, struct store_digest *ret)
{
	return table_get(store_db(st), &table,
	    "FROM audit_digest WHERE node_id = $1 ORDER BY seq DESC LIMIT 1",
	    DB_ARGS(db_int(node_id)), a, ret);
}

int
store_digest_list(struct store *st, struct arena *a, int64_t node_id, int64_t from_seq,
    size_t limit, struct store_digest **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM audit_digest WHERE node_id = $1 AND seq >= $2 ORDER BY seq LIMIT $3",
	    DB_ARGS(db_int(node_id), db_int(from_seq), db_int(store_page(limit))), a, ret, ret_n);
}
