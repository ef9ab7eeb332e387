/*
 * store_pki: tables pki and pki_staple.
 */
#include "store/store_pki.h"

#include "store/db.h"

#define COLUMNS "cert_id, kind, state, issuer_id, sealed_key, cert_der, not_before_at, not_after_at"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_pki *v = ret_row;

	v->cert_id = db_col_text(q, 0, a);
	v->kind = (enum store_pki_kind)db_col_i64(q, 1);
	v->state = (enum store_pki_state)db_col_i64(q, 2);
	v->issuer_id = db_col_text(q, 3, a);
	v->sealed_key = db_col_blob(q, 4, a);
	v->cert_der = db_col_blob(q, 5, a);
	v->not_before_at = db_col_i64(q, 6);
	v->not_after_at = db_col_i64(q, 7);
}

int
store_pki_add(struct store *st, const struct store_pki *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO pki (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", &q)) != 0)
		return r;
	db_bind_text(q, 1, v->cert_id);
	db_bind_i64(q, 2, v->kind);
	db_bind_i64(q, 3, v->state);
	db_bind_ref(q, 4, v->issuer_id);
	db_bind_blob(q, 5, v->sealed_key);
	db_bind_blob(q, 6, v->cert_der);
	db_bind_i64(q, 7, v->not_before_at);
	db_bind_i64(q, 8, v->not_after_at);
	return db_exec(q, NULL);
}

int
store_pki_get(struct store *st, struct arena *a, struct str cert_id, struct store_pki *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "SELECT " COLUMNS " FROM pki WHERE cert_id = $1", &q)) !=
	    0)
		return r;
	db_bind_text(q, 1, cert_id);
	return db_one(q, a, row, ret);
}

int
store_pki_list_active(struct store *st, struct arena *a, enum store_pki_kind kind,
    struct store_pki **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS " FROM pki WHERE kind = $1 AND state = 1"
		 " ORDER BY not_before_at DESC, cert_id",
		 &q)) != 0)
		return r;
	db_bind_i64(q, 1, kind);
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}

int
store_pki_retire(struct store *st, struct str cert_id)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "UPDATE pki SET state = 2 WHERE cert_id = $1", &q)) != 0)
		return r;
	db_bind_text(q, 1, cert_id);
	return db_exec_one(q);
}

int
store_pki_staple_set(struct store *st, const struct store_pki_staple *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO pki_staple (cert_id, ocsp_der, this_update_at, next_update_at)"
		 " VALUES ($1, $2, $3, $4) ON CONFLICT (cert_id) DO UPDATE SET"
		 " ocsp_der = excluded.ocsp_der, this_update_at = excluded.this_update_at,"
		 " next_update_at = excluded.next_update_at",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, v->cert_id);
	db_bind_blob(q, 2, v->ocsp_der);
	db_bind_i64(q, 3, v->this_update_at);
	db_bind_i64(q, 4, v->next_update_at);
	return db_exec(q, NULL);
}

static void
staple_row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_pki_staple *v = ret_row;

	v->cert_id = db_col_text(q, 0, a);
	v->ocsp_der = db_col_blob(q, 1, a);
	v->this_update_at = db_col_i64(q, 2);
	v->next_update_at = db_col_i64(q, 3);
}

int
store_pki_staple_get(struct store *st, struct arena *a, struct str cert_id,
    struct store_pki_staple *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT cert_id, ocsp_der, this_update_at, next_update_at FROM pki_staple"
		 " WHERE cert_id = $1",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, cert_id);
	return db_one(q, a, staple_row, ret);
}
