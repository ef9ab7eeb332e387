/*
 * store_mfa_device: table mfa_device.
 */
#include "store/store_mfa_device.h"

#include "store/db.h"

#define COLUMNS \
	"serial_number, account_id, name, path, user_id, sealed_seed, enabled_at, last_step," \
	" failures, locked_until_at, created_at, drift_steps"
#define ASSIGNMENT \
	" AND ($2 = 0 OR ($2 = 1 AND user_id IS NOT NULL) OR ($2 = 2 AND user_id IS NULL))"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_mfa_device *v = ret_row;

	v->serial_number = db_col_text(q, 0, a);
	v->account_id = db_col_text(q, 1, a);
	v->name = db_col_text(q, 2, a);
	v->path = db_col_text(q, 3, a);
	v->user_id = db_col_text(q, 4, a);
	v->sealed_seed = db_col_blob(q, 5, a);
	v->enabled_at = db_col_i64(q, 6);
	v->last_step = (uint64_t)db_col_i64(q, 7);
	v->failures = db_col_i64(q, 8);
	v->locked_until_at = db_col_i64(q, 9);
	v->created_at = db_col_i64(q, 10);
	v->drift_steps = db_col_i64(q, 11);
}

int
store_mfa_device_add(struct store *st, const struct store_mfa_device *v)
{
	struct db_stmt *q;
	int r;

	if (v->last_step > INT64_MAX)
		return ERR_RANGE;
	if ((r = db_prepare(store_db(st),
		 "INSERT INTO mfa_device (" COLUMNS ")"
		 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, v->serial_number);
	db_bind_text(q, 2, v->account_id);
	db_bind_text(q, 3, v->name);
	db_bind_text(q, 4, v->path);
	db_bind_ref(q, 5, v->user_id);
	db_bind_blob(q, 6, v->sealed_seed);
	db_bind_i64(q, 7, v->enabled_at);
	db_bind_i64(q, 8, (int64_t)v->last_step);
	db_bind_i64(q, 9, v->failures);
	db_bind_i64(q, 10, v->locked_until_at);
	db_bind_i64(q, 11, v->created_at);
	db_bind_i64(q, 12, v->drift_steps);
	return db_exec(q, NULL);
}

int
store_mfa_device_get(struct store *st, struct arena *a, struct str serial_number,
    struct store_mfa_device *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS " FROM mfa_device WHERE serial_number = $1", &q)) != 0)
		return r;
	db_bind_text(q, 1, serial_number);
	return db_one(q, a, row, ret);
}

int
store_mfa_device_list(struct store *st, struct arena *a, const struct store_mfa_device_query *query,
    struct store_mfa_device **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS " FROM mfa_device WHERE account_id = $1" ASSIGNMENT
		 " AND serial_number > $3 ORDER BY serial_number LIMIT $4",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, query->account_id);
	db_bind_i64(q, 2, query->assignment);
	db_bind_text(q, 3, query->after);
	db_bind_i64(q, 4, store_page(query->limit));
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}

int
store_mfa_device_list_for_user(struct store *st, struct arena *a, struct str user_id,
    struct store_mfa_device **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS " FROM mfa_device WHERE user_id = $1"
		 " ORDER BY enabled_at, serial_number",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, user_id);
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}

/* What to answer when an update that is conditional changed nothing. */
static int
refusal(struct store *st, struct str serial_number, int r_if_there)
{
	struct db_stmt *q;
	int64_t n;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT count(*) FROM mfa_device WHERE serial_number = $1", &q)) != 0)
		return r;
	db_bind_text(q, 1, serial_number);
	if ((r = db_count(q, &n)) != 0)
		return r;
	return n > 0 ? r_if_there : ERR_NOTFOUND;
}

int
store_mfa_device_assign(struct store *st, struct str serial_number, struct str user_id,
    int64_t enabled_at, uint64_t last_step)
{
	struct db_stmt *q;
	int r;

	if (last_step > INT64_MAX)
		return ERR_RANGE;
	if (user_id.n == 0)
		return ERR_BADSTATE;
	if ((r = db_prepare(store_db(st),
		 "UPDATE mfa_device SET user_id = $1, enabled_at "
		 "= $2, last_step = $3, failures = 0,"
		 " locked_until_at = 0 WHERE serial_number = $4 AND user_id IS NULL",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, user_id);
	db_bind_i64(q, 2, enabled_at);
	db_bind_i64(q, 3, (int64_t)last_step);
	db_bind_text(q, 4, serial_number);
	r = db_exec_one(q);
	return r == ERR_NOTFOUND ? refusal(st, serial_number, ERR_EXISTS) : r;
}

int
store_mfa_device_unassign(struct store *st, struct str serial_number)
{
	struct db_stmt *q;
	int r;

	/* last_step stays: a code does not count again for the next user. */
	if ((r = db_prepare(store_db(st),
		 "UPDATE mfa_device SET user_id = NULL, enabled_at = 0, failures = 0,"
		 " locked_until_at = 0 WHERE serial_number = $1 AND user_id IS NOT NULL",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, serial_number);
	return db_exec_one(q);
}

int
store_mfa_device_set_step(struct store *st, struct str serial_number, uint64_t step)
{
	struct db_stmt *q;
	int r;

	if (step > INT64_MAX)
		return ERR_RANGE;
	if ((r = db_prepare(store_db(st),
		 "UPDATE mfa_device SET last_step = $1, failures = 0, locked_until_at = 0"
		 " WHERE serial_number = $2 AND last_step < $1",
		 &q)) != 0)
		return r;
	db_bind_i64(q, 1, (int64_t)step);
	db_bind_text(q, 2, serial_number);
	r = db_exec_one(q);
	return r == ERR_NOTFOUND ? refusal(st, serial_number, ERR_DENIED) : r;
}

int
store_mfa_device_set_drift(struct store *st, struct str serial_number, int64_t drift_steps)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "UPDATE mfa_device SET drift_steps = $1 WHERE serial_number = $2", &q)) != 0)
		return r;
	db_bind_i64(q, 1, drift_steps);
	db_bind_text(q, 2, serial_number);
	return db_exec_one(q);
}

int
store_mfa_device_set_failures(struct store *st, struct str serial_number, int64_t failures,
    int64_t locked_until_at)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "UPDATE mfa_device SET failures = $1, locked_until_at = $2"
		 " WHERE serial_number = $3",
		 &q)) != 0)
		return r;
	db_bind_i64(q, 1, failures);
	db_bind_i64(q, 2, locked_until_at);
	db_bind_text(q, 3, serial_number);
	return db_exec_one(q);
}

int
store_mfa_device_delete(struct store *st, struct str serial_number)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "DELETE FROM mfa_device WHERE serial_number = $1", &q)) !=
	    0)
		return r;
	db_bind_text(q, 1, serial_number);
	return db_exec_one(q);
}

int
store_mfa_device_count(struct store *st, struct str account_id,
    enum store_mfa_assignment assignment, int64_t *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT count(*) FROM mfa_device WHERE account_id = $1" ASSIGNMENT, &q)) != 0)
		return r;
	db_bind_text(q, 1, account_id);
	db_bind_i64(q, 2, assignment);
	return db_count(q, ret);
}
