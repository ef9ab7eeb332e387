/*
 * store_digest: table audit_digest. That it only grows is kept by triggers of
 * the schema.
 */
#include "store/store_digest.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	COL_INT(struct store_digest, created_at, DB_ONCE),
	COL_INT(struct store_digest, first_seq, DB_ONCE),
	COL_INT(struct store_digest, last_seq, DB_ONCE),
	COL_BLOB(struct store_digest, last_hash, DB_ONCE),
	COL_BLOB(struct store_digest, previous_signature, DB_ONCE),
	COL_BLOB(struct store_digest, signature, DB_ONCE),
	COL_TEXT(struct store_digest, digest, DB_ONCE),
	COL_INT(struct store_digest, seq, DB_KEY | DB_READ),
};
static const struct db_table table = {
	.name = "audit_digest",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_digest),
};

int
store_digest_add(struct store *st, const struct store_digest *v, int64_t *ret_seq)
{
	int64_t seq;
	int r;

	if ((r = table_insert_seq(store_db(st), &table, v, &seq)) != 0)
		return r;
	if (ret_seq != NULL)
		*ret_seq = seq;
	return 0;
}

int
store_digest_last(struct store *st, struct arena *a, struct store_digest *ret)
{
	return table_get(store_db(st), &table, "FROM audit_digest ORDER BY seq DESC LIMIT 1",
	    DB_NO_ARGS, a, ret);
}

int
store_digest_list(struct store *st, struct arena *a, int64_t from_seq, size_t limit,
    struct store_digest **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM audit_digest WHERE seq >= $1 ORDER BY seq LIMIT $2",
	    DB_ARGS(db_int(from_seq), db_int(store_page(limit))), a, ret, ret_n);
}
