/*
 * store_subnet: table subnet.
 */
#include "store/store_subnet.h"

#include "store/db.h"

#define COLUMNS \
	"subnet_id, account_id, vpc_id, cidr, availability_zone, availability_zone_id," \
	" default_for_az, map_public_ip, state, created_at"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_subnet *v = ret_row;

	v->subnet_id = db_col_text(q, 0, a);
	v->account_id = db_col_text(q, 1, a);
	v->vpc_id = db_col_text(q, 2, a);
	v->cidr = db_col_text(q, 3, a);
	v->availability_zone = db_col_text(q, 4, a);
	v->availability_zone_id = db_col_text(q, 5, a);
	v->default_for_az = db_col_i64(q, 6) != 0;
	v->map_public_ip = db_col_i64(q, 7) != 0;
	v->state = (enum store_net_state)db_col_i64(q, 8);
	v->created_at = db_col_i64(q, 9);
}

int
store_subnet_add(struct store *st, const struct store_subnet *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO subnet (" COLUMNS ")"
		 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, v->subnet_id);
	db_bind_text(q, 2, v->account_id);
	db_bind_text(q, 3, v->vpc_id);
	db_bind_text(q, 4, v->cidr);
	db_bind_text(q, 5, v->availability_zone);
	db_bind_text(q, 6, v->availability_zone_id);
	db_bind_i64(q, 7, v->default_for_az);
	db_bind_i64(q, 8, v->map_public_ip);
	db_bind_i64(q, 9, v->state);
	db_bind_i64(q, 10, v->created_at);
	return db_exec(q, NULL);
}

int
store_subnet_get(struct store *st, struct arena *a, struct str subnet_id, struct store_subnet *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "SELECT " COLUMNS " FROM subnet WHERE subnet_id = $1",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, subnet_id);
	return db_one(q, a, row, ret);
}

int
store_subnet_list(struct store *st, struct arena *a, struct str account_id, struct str after,
    size_t limit, struct store_subnet **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS " FROM subnet WHERE account_id = $1 AND subnet_id > $2"
		 " ORDER BY subnet_id LIMIT $3",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, account_id);
	db_bind_text(q, 2, after);
	db_bind_i64(q, 3, store_page(limit));
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}

int
store_subnet_list_vpc(struct store *st, struct arena *a, struct str vpc_id,
    struct store_subnet **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS " FROM subnet WHERE vpc_id = $1"
		 " ORDER BY availability_zone, subnet_id",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, vpc_id);
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}

int
store_subnet_set_state(struct store *st, struct str subnet_id, enum store_net_state state)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "UPDATE subnet SET state = $1 WHERE subnet_id = $2",
		 &q)) != 0)
		return r;
	db_bind_i64(q, 1, state);
	db_bind_text(q, 2, subnet_id);
	return db_exec_one(q);
}

int
store_subnet_delete(struct store *st, struct str subnet_id)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "DELETE FROM subnet WHERE subnet_id = $1", &q)) != 0)
		return r;
	db_bind_text(q, 1, subnet_id);
	return db_exec_one(q);
}
