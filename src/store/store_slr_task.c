/*
 * store_slr_task: table slr_task.
 */
#include "store/store_slr_task.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	COL_TEXT(struct store_slr_task, task_id, DB_KEY),
	COL_TEXT(struct store_slr_task, account_id, DB_ONCE),
	COL_TEXT(struct store_slr_task, role_name, DB_ONCE),
	COL_INT(struct store_slr_task, status, DB_ONCE),
	COL_TEXT(struct store_slr_task, reason, DB_ONCE),
	COL_TEXT(struct store_slr_task, usage, DB_ONCE),
	COL_INT(struct store_slr_task, created_at, DB_ONCE),
};
static const struct db_table table = {
	.name = "slr_task",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_slr_task),
};

int
store_slr_task_add(struct store *st, const struct store_slr_task *v)
{
	return table_insert(store_db(st), &table, v);
}

int
store_slr_task_get(struct store *st, struct arena *a, struct str account_id, struct str task_id,
    struct store_slr_task *ret)
{
	return table_get(store_db(st), &table,
	    "FROM slr_task WHERE task_id = $1 AND account_id = $2",
	    DB_ARGS(db_text(task_id), db_text(account_id)), a, ret);
}

int
store_slr_task_delete_before(struct store *st, int64_t created_at, int64_t *ret_n)
{
	return db_run(store_db(st), "DELETE FROM slr_task WHERE created_at < $1",
	    DB_ARGS(db_int(created_at)), ret_n);
}
