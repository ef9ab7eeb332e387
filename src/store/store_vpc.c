/*
 * store_vpc: table vpc.
 */
#include "store/store_vpc.h"

#include "store/db.h"

#define COLUMNS "vpc_id, account_id, cidr, is_default, state, created_at"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_vpc *v = ret_row;

	v->vpc_id = db_col_text(q, 0, a);
	v->account_id = db_col_text(q, 1, a);
	v->cidr = db_col_text(q, 2, a);
	v->is_default = db_col_i64(q, 3) != 0;
	v->state = (enum store_net_state)db_col_i64(q, 4);
	v->created_at = db_col_i64(q, 5);
}

int
store_vpc_add(struct store *st, const struct store_vpc *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO vpc (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6)", &q)) != 0)
		return r;
	db_bind_text(q, 1, v->vpc_id);
	db_bind_text(q, 2, v->account_id);
	db_bind_text(q, 3, v->cidr);
	db_bind_i64(q, 4, v->is_default);
	db_bind_i64(q, 5, v->state);
	db_bind_i64(q, 6, v->created_at);
	return db_exec(q, NULL);
}

int
store_vpc_get(struct store *st, struct arena *a, struct str vpc_id, struct store_vpc *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "SELECT " COLUMNS " FROM vpc WHERE vpc_id = $1", &q)) !=
	    0)
		return r;
	db_bind_text(q, 1, vpc_id);
	return db_one(q, a, row, ret);
}

int
store_vpc_get_default(struct store *st, struct arena *a, struct str account_id,
    struct store_vpc *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS " FROM vpc WHERE account_id = $1 AND is_default = 1", &q)) != 0)
		return r;
	db_bind_text(q, 1, account_id);
	return db_one(q, a, row, ret);
}

int
store_vpc_list(struct store *st, struct arena *a, struct str account_id, struct str after,
    size_t limit, struct store_vpc **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS " FROM vpc WHERE account_id = $1 AND vpc_id > $2"
		 " ORDER BY vpc_id LIMIT $3",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, account_id);
	db_bind_text(q, 2, after);
	db_bind_i64(q, 3, store_page(limit));
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}

int
store_vpc_set_state(struct store *st, struct str vpc_id, enum store_net_state state)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "UPDATE vpc SET state = $1 WHERE vpc_id = $2", &q)) != 0)
		return r;
	db_bind_i64(q, 1, state);
	db_bind_text(q, 2, vpc_id);
	return db_exec_one(q);
}

int
store_vpc_delete(struct store *st, struct str vpc_id)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "DELETE FROM vpc WHERE vpc_id = $1", &q)) != 0)
		return r;
	db_bind_text(q, 1, vpc_id);
	return db_exec_one(q);
}
