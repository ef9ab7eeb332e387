/*
 * store_mfa_device: table mfa_device.
 */
#include "store/store_mfa_device.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	COL_TEXT(struct store_mfa_device, serial_number, DB_KEY),
	COL_TEXT(struct store_mfa_device, account_id, DB_ONCE),
	COL_TEXT(struct store_mfa_device, name, DB_ONCE),
	COL_TEXT(struct store_mfa_device, path, DB_ONCE),
	COL_REF(struct store_mfa_device, user_id, 0),
	COL_BLOB(struct store_mfa_device, sealed_seed, DB_ONCE),
	COL_INT(struct store_mfa_device, enabled_at, 0),
	COL_INT(struct store_mfa_device, last_step, 0),
	COL_INT(struct store_mfa_device, failures, 0),
	COL_INT(struct store_mfa_device, locked_until_at, 0),
	COL_INT(struct store_mfa_device, created_at, DB_ONCE),
	COL_INT(struct store_mfa_device, drift_steps, 0),
};
static const struct db_table table = {
	.name = "mfa_device",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_mfa_device),
};

#define ASSIGNMENT \
	" AND ($2 = 0 OR ($2 = 1 AND user_id IS NOT NULL) OR ($2 = 2 AND user_id IS NULL))"

int
store_mfa_device_add(struct store *st, const struct store_mfa_device *v)
{
	if (v->last_step > INT64_MAX)
		return ERR_RANGE;
	return table_insert(store_db(st), &table, v);
}

int
store_mfa_device_get(struct store *st, struct arena *a, struct str serial_number,
    struct store_mfa_device *ret)
{
	return table_get(store_db(st), &table, "FROM mfa_device WHERE serial_number = $1",
	    DB_ARGS(db_text(serial_number)), a, ret);
}

int
store_mfa_device_list(struct store *st, struct arena *a, const struct store_mfa_device_query *query,
    struct store_mfa_device **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM mfa_device WHERE account_id = $1" ASSIGNMENT
	    " AND serial_number > $3 ORDER BY serial_number LIMIT $4",
	    DB_ARGS(db_text(query->account_id), db_int(query->assignment), db_text(query->after),
		db_int(store_page(query->limit))),
	    a, ret, ret_n);
}

int
store_mfa_device_list_of(struct store *st, struct arena *a, const struct str *user_ids, size_t n,
    struct store_mfa_device **ret, size_t *ret_n)
{
	return table_list_in(store_db(st), &table,
	    "FROM mfa_device WHERE user_id IN ($*) ORDER BY user_id, enabled_at, serial_number",
	    table_texts(a, user_ids, n), a, ret, ret_n);
}

int
store_mfa_device_list_for_user(struct store *st, struct arena *a, struct str user_id,
    struct store_mfa_device **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM mfa_device WHERE user_id = $1 ORDER BY enabled_at, serial_number",
	    DB_ARGS(db_text(user_id)), a, ret, ret_n);
}

/* The error when a conditional update has changed nothing: is the device there at all? */
static int
refusal(struct store *st, struct str serial_number, int r_if_there)
{
	int64_t n;
	int r;

	if ((r = db_number(store_db(st), "SELECT count(*) FROM mfa_device WHERE serial_number = $1",
		 DB_ARGS(db_text(serial_number)), &n)) != 0)
		return r;
	return n > 0 ? r_if_there : ERR_NOTFOUND;
}

int
store_mfa_device_assign(struct store *st, struct str serial_number, struct str user_id,
    int64_t enabled_at, uint64_t last_step)
{
	int r;

	if (last_step > INT64_MAX)
		return ERR_RANGE;
	if (user_id.n == 0)
		return ERR_BADSTATE;
	r = db_run_one(store_db(st),
	    "UPDATE mfa_device SET user_id = $1, enabled_at = $2, last_step = $3, failures = 0,"
	    " locked_until_at = 0 WHERE serial_number = $4 AND user_id IS NULL",
	    DB_ARGS(db_text(user_id), db_int(enabled_at), db_int((int64_t)last_step),
		db_text(serial_number)));
	return r == ERR_NOTFOUND ? refusal(st, serial_number, ERR_EXISTS) : r;
}

int
store_mfa_device_unassign(struct store *st, struct str serial_number)
{
	/* last_step is kept, so that a code does not count again for the next user. */
	return db_run_one(store_db(st),
	    "UPDATE mfa_device SET user_id = NULL, enabled_at = 0, failures = 0,"
	    " locked_until_at = 0 WHERE serial_number = $1 AND user_id IS NOT NULL",
	    DB_ARGS(db_text(serial_number)));
}

int
store_mfa_device_set_step(struct store *st, struct str serial_number, uint64_t step)
{
	int r;

	if (step > INT64_MAX)
		return ERR_RANGE;
	r = db_run_one(store_db(st),
	    "UPDATE mfa_device SET last_step = $1, failures = 0, locked_until_at = 0"
	    " WHERE serial_number = $2 AND last_step < $1",
	    DB_ARGS(db_int((int64_t)step), db_text(serial_number)));
	return r == ERR_NOTFOUND ? refusal(st, serial_number, ERR_DENIED) : r;
}

int
store_mfa_device_set_drift(struct store *st, struct str serial_number, int64_t drift_steps)
{
	return db_run_one(store_db(st),
	    "UPDATE mfa_device SET drift_steps = $1 WHERE serial_number = $2",
	    DB_ARGS(db_int(drift_steps), db_text(serial_number)));
}

int
store_mfa_device_set_failures(struct store *st, struct str serial_number, int64_t failures,
    int64_t locked_until_at)
{
	return db_run_one(store_db(st),
	    "UPDATE mfa_device SET failures = $1, locked_until_at = $2 WHERE serial_number = $3",
	    DB_ARGS(db_int(failures), db_int(locked_until_at), db_text(serial_number)));
}

int
store_mfa_device_delete(struct store *st, struct str serial_number)
{
	return db_run_one(store_db(st), "DELETE FROM mfa_device WHERE serial_number = $1",
	    DB_ARGS(db_text(serial_number)));
}

int
store_mfa_device_count(struct store *st, struct str account_id,
    enum store_mfa_assignment assignment, int64_t *ret)
{
	return db_number(store_db(st),
	    "SELECT count(*) FROM mfa_device WHERE account_id = $1" ASSIGNMENT,
	    DB_ARGS(db_text(account_id), db_int(assignment)), ret);
}
