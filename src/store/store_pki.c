/*
 * store_pki: tables pki and pki_staple.
 */
#include "store/store_pki.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	COL_TEXT(struct store_pki, cert_id, DB_KEY),
	COL_INT(struct store_pki, kind, DB_ONCE),
	COL_INT(struct store_pki, state, 0),
	COL_INT(struct store_pki, key_kind, DB_ONCE),
	COL_REF(struct store_pki, issuer_id, DB_ONCE),
	COL_BLOB(struct store_pki, sealed_key, DB_ONCE),
	COL_BLOB(struct store_pki, cert_der, DB_ONCE),
	COL_INT(struct store_pki, not_before_at, DB_ONCE),
	COL_INT(struct store_pki, not_after_at, DB_ONCE),
};
static const struct db_table table = {
	.name = "pki",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_pki),
};

static const struct db_column staple_columns[] = {
	COL_TEXT(struct store_pki_staple, cert_id, DB_KEY),
	COL_BLOB(struct store_pki_staple, ocsp_der, 0),
	COL_INT(struct store_pki_staple, this_update_at, 0),
	COL_INT(struct store_pki_staple, next_update_at, 0),
};
static const struct db_table staple_table = {
	.name = "pki_staple",
	DB_COLUMNS(staple_columns),
	.row_size = sizeof(struct store_pki_staple),
};

int
store_pki_add(struct store *st, const struct store_pki *v)
{
	return table_insert(store_db(st), &table, v);
}

int
store_pki_get(struct store *st, struct arena *a, struct str cert_id, struct store_pki *ret)
{
	return table_get(store_db(st), &table, "FROM pki WHERE cert_id = $1",
	    DB_ARGS(db_text(cert_id)), a, ret);
}

int
store_pki_list_active(struct store *st, struct arena *a, enum store_pki_kind kind,
    struct store_pki **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM pki WHERE kind = $1 AND state = $2 ORDER BY not_before_at DESC, cert_id",
	    DB_ARGS(db_int(kind), db_int(STORE_PKI_ACTIVE)), a, ret, ret_n);
}

int
store_pki_list_good(struct store *st, struct arena *a, enum store_pki_kind kind, int64_t from_at,
    int64_t to_at, struct store_pki **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM pki WHERE kind = $1 AND not_after_at >= $2 AND not_before_at <= $3"
	    " ORDER BY not_before_at DESC, cert_id",
	    DB_ARGS(db_int(kind), db_int(from_at), db_int(to_at)), a, ret, ret_n);
}

int
store_pki_list(struct store *st, struct arena *a, struct store_pki **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table, "FROM pki ORDER BY kind, not_before_at, cert_id",
	    DB_NO_ARGS, a, ret, ret_n);
}

int
store_pki_reseal(struct store *st, struct str cert_id, struct str sealed_key)
{
	return db_run_one(store_db(st), "UPDATE pki SET sealed_key = $1 WHERE cert_id = $2",
	    DB_ARGS(db_blob(sealed_key), db_text(cert_id)));
}

int
store_pki_retire(struct store *st, struct str cert_id)
{
	return db_run_one(store_db(st), "UPDATE pki SET state = $1 WHERE cert_id = $2",
	    DB_ARGS(db_int(STORE_PKI_RETIRED), db_text(cert_id)));
}

int
store_pki_staple_set(struct store *st, const struct store_pki_staple *v)
{
	return table_put(store_db(st), &staple_table, v);
}

int
store_pki_staple_get(struct store *st, struct arena *a, struct str cert_id,
    struct store_pki_staple *ret)
{
	return table_get(store_db(st), &staple_table, "FROM pki_staple WHERE cert_id = $1",
	    DB_ARGS(db_text(cert_id)), a, ret);
}
