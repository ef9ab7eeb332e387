/*
 * store_password_policy: table password_policy.
 */
#include "store/store_password_policy.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	COL_TEXT(struct store_password_policy, account_id, DB_KEY),
	COL_INT(struct store_password_policy, minimum_length, 0),
	COL_INT(struct store_password_policy, symbols, 0),
	COL_INT(struct store_password_policy, numbers, 0),
	COL_INT(struct store_password_policy, uppercase, 0),
	COL_INT(struct store_password_policy, lowercase, 0),
	COL_INT(struct store_password_policy, users_may_change, 0),
	COL_INT(struct store_password_policy, max_age_days, 0),
	COL_INT(struct store_password_policy, reuse_prevention, 0),
	COL_INT(struct store_password_policy, hard_expiry, 0),
};
static const struct db_table table = {
	.name = "password_policy",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_password_policy),
};

int
store_password_policy_put(struct store *st, const struct store_password_policy *v)
{
	return table_put(store_db(st), &table, v);
}

int
store_password_policy_get(struct store *st, struct arena *a, struct str account_id,
    struct store_password_policy *ret)
{
	return table_get(store_db(st), &table, "FROM password_policy WHERE account_id = $1",
	    DB_ARGS(db_text(account_id)), a, ret);
}

int
store_password_policy_delete(struct store *st, struct str account_id)
{
	return db_run_one(store_db(st), "DELETE FROM password_policy WHERE account_id = $1",
	    DB_ARGS(db_text(account_id)));
}
