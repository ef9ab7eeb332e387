/*
 * store_credential_report: table credential_report.
 */
#include "store/store_credential_report.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	COL_TEXT(struct store_credential_report, account_id, DB_KEY),
	COL_INT(struct store_credential_report, created_at, 0),
	COL_BLOB(struct store_credential_report, content, 0),
};
static const struct db_table table = {
	.name = "credential_report",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_credential_report),
};

int
store_credential_report_put(struct store *st, const struct store_credential_report *v)
{
	return table_put(store_db(st), &table, v);
}

int
store_credential_report_get(struct store *st, struct arena *a, struct str account_id,
    struct store_credential_report *ret)
{
	return table_get(store_db(st), &table, "FROM credential_report WHERE account_id = $1",
	    DB_ARGS(db_text(account_id)), a, ret);
}
