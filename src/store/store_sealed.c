/*
 * store_sealed: see store_sealed.h.
 */
#include "store/store_sealed.h"

#include "store/db.h"

#define LIST(id, kind, sealed, from) \
	"SELECT " id ", " kind ", " sealed " FROM " from " " id " > $1 ORDER BY " id " LIMIT $2"
#define SET(id, sealed, table) "UPDATE " table " SET " sealed " = $1 WHERE " id " = $2"

static const struct place {
	const char *list, *set;
} places[STORE_SEALED_PLACES] = {
	[STORE_SEALED_ACCESS_KEY] = { LIST("access_key_id", "0", "sealed_secret",
					  "access_key WHERE"),
	    SET("access_key_id", "sealed_secret", "access_key") },
	[STORE_SEALED_PASSWORD] = { LIST("user_id", "0", "sealed_password", "login_profile WHERE"),
	    SET("user_id", "sealed_password", "login_profile") },
	[STORE_SEALED_SEED] = { LIST("serial_number", "0", "sealed_seed", "mfa_device WHERE"),
	    SET("serial_number", "sealed_seed", "mfa_device") },
	[STORE_SEALED_DECOY] = { LIST("name", "0", "value", "meta WHERE name = 'decoy_secret' AND"),
	    SET("name", "value", "meta") },
	[STORE_SEALED_PKI] = { LIST("cert_id", "kind", "sealed_key", "pki WHERE"),
	    SET("cert_id", "sealed_key", "pki") },
};

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_sealed *v = ret_row;

	v->id = db_col_text(q, 0, a);
	v->kind = db_col_i64(q, 1);
	v->sealed = db_col_blob(q, 2, a);
}

int
store_sealed_list(struct store *st, struct arena *a, enum store_sealed_place place,
    struct str after, struct store_sealed **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), places[place].list, &q)) != 0)
		return r;
	db_bind_all(q, DB_ARGS(db_text(after), db_int(STORE_PAGE_MAX)));
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}

int
store_sealed_set(struct store *st, enum store_sealed_place place, struct str id, struct str sealed)
{
	return db_run_one(store_db(st), places[place].set, DB_ARGS(db_blob(sealed), db_text(id)));
}
