/*
 * store_used_signature: table used_signature.
 */
#include "store/store_used_signature.h"

#include "store/db.h"

int
store_used_signature_add(struct store *st, struct str signature, int64_t until_at)
{
	int64_t n = 0;
	int r;

	r = db_run(store_db(st),
	    "INSERT INTO used_signature (signature, until_at) VALUES ($1, $2)"
	    " ON CONFLICT DO NOTHING",
	    DB_ARGS(db_blob(signature), db_int(until_at)), &n);
	if (r != 0)
		return r;
	return n == 1 ? 0 : ERR_EXISTS;
}

int
store_used_signature_purge(struct store *st, int64_t before_at, int64_t *ret_n)
{
	return db_run(store_db(st), "DELETE FROM used_signature WHERE until_at < $1",
	    DB_ARGS(db_int(before_at)), ret_n);
}
