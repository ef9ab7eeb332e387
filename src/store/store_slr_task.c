/*
 * store_slr_task: table slr_task.
 */
#include "store/store_slr_task.h"

#include "store/db.h"

#define COLUMNS "task_id, account_id, role_name, status, reason, usage, created_at"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_slr_task *v = ret_row;

	v->task_id = db_col_text(q, 0, a);
	v->account_id = db_col_text(q, 1, a);
	v->role_name = db_col_text(q, 2, a);
	v->status = (enum store_slr_task_status)db_col_i64(q, 3);
	v->reason = db_col_text(q, 4, a);
	v->usage = db_col_text(q, 5, a);
	v->created_at = db_col_i64(q, 6);
}

int
store_slr_task_add(struct store *st, const struct store_slr_task *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO slr_task (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7)", &q)) !=
	    0)
		return r;
	db_bind_text(q, 1, v->task_id);
	db_bind_text(q, 2, v->account_id);
	db_bind_text(q, 3, v->role_name);
	db_bind_i64(q, 4, v->status);
	db_bind_text(q, 5, v->reason);
	db_bind_text(q, 6, v->usage);
	db_bind_i64(q, 7, v->created_at);
	return db_exec(q, NULL);
}

int
store_slr_task_get(struct store *st, struct arena *a, struct str account_id, struct str task_id,
    struct store_slr_task *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS " FROM slr_task WHERE task_id = $1 AND account_id = $2", &q)) !=
	    0)
		return r;
	db_bind_text(q, 1, task_id);
	db_bind_text(q, 2, account_id);
	return db_one(q, a, row, ret);
}

int
store_slr_task_update(struct store *st, const struct store_slr_task *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "UPDATE slr_task SET status = $1, reason = $2, usage = $3 WHERE task_id = $4",
		 &q)) != 0)
		return r;
	db_bind_i64(q, 1, v->status);
	db_bind_text(q, 2, v->reason);
	db_bind_text(q, 3, v->usage);
	db_bind_text(q, 4, v->task_id);
	return db_exec_one(q);
}

int
store_slr_task_delete_before(struct store *st, int64_t created_at, int64_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "DELETE FROM slr_task WHERE created_at < $1", &q)) != 0)
		return r;
	db_bind_i64(q, 1, created_at);
	return db_exec(q, ret_n);
}
