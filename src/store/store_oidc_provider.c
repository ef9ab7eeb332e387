/*
 * store_oidc_provider: table oidc_provider.
 */
#include "store/store_oidc_provider.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	COL_TEXT(struct store_oidc_provider, provider_id, DB_KEY),
	COL_TEXT(struct store_oidc_provider, account_id, DB_ONCE),
	COL_TEXT(struct store_oidc_provider, url, DB_ONCE),
	COL_TEXT(struct store_oidc_provider, client_ids, 0),
	COL_TEXT(struct store_oidc_provider, thumbprints, 0),
	COL_INT(struct store_oidc_provider, created_at, DB_ONCE),
};
static const struct db_table table = {
	.name = "oidc_provider",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_oidc_provider),
};

int
store_oidc_provider_add(struct store *st, const struct store_oidc_provider *v)
{
	return table_insert(store_db(st), &table, v);
}

int
store_oidc_provider_update(struct store *st, const struct store_oidc_provider *v)
{
	return table_update(store_db(st), &table, v);
}

int
store_oidc_provider_get(struct store *st, struct arena *a, struct str account_id, struct str url,
    struct store_oidc_provider *ret)
{
	return table_get(store_db(st), &table,
	    "FROM oidc_provider WHERE account_id = $1 AND url = $2",
	    DB_ARGS(db_text(account_id), db_text(url)), a, ret);
}

int
store_oidc_provider_get_id(struct store *st, struct arena *a, struct str provider_id,
    struct store_oidc_provider *ret)
{
	return table_get(store_db(st), &table, "FROM oidc_provider WHERE provider_id = $1",
	    DB_ARGS(db_text(provider_id)), a, ret);
}

int
store_oidc_provider_list(struct store *st, struct arena *a, struct str account_id,
    struct store_oidc_provider **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM oidc_provider WHERE account_id = $1 ORDER BY url LIMIT $2",
	    DB_ARGS(db_text(account_id), db_int(STORE_PAGE_MAX)), a, ret, ret_n);
}

int
store_oidc_provider_delete(struct store *st, struct str provider_id)
{
	return db_run_one(store_db(st), "DELETE FROM oidc_provider WHERE provider_id = $1",
	    DB_ARGS(db_text(provider_id)));
}
