/*
 * store_address: tables address_pool and address.
 */
#include "store/store_address.h"

#include "store/db.h"

struct pool {
	int64_t first, last, next;
};

int
store_address_pool_add(struct store *st, struct str pool, int64_t first, int64_t last)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO address_pool (pool_id, first_address, last_address, next_address)"
		 " VALUES ($1, $2, $3, $2)",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, pool);
	db_bind_i64(q, 2, first);
	db_bind_i64(q, 3, last);
	return db_exec(q, NULL);
}

int
store_address_pool_delete(struct store *st, struct str pool)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "DELETE FROM address_pool WHERE pool_id = $1", &q)) != 0)
		return r;
	db_bind_text(q, 1, pool);
	return db_exec_one(q);
}

static void
pool_row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct pool *v = ret_row;

	(void)a;
	v->first = db_col_i64(q, 0);
	v->last = db_col_i64(q, 1);
	v->next = db_col_i64(q, 2);
}

static int
pool_get(struct store *st, struct str pool, struct pool *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT first_address, last_address, next_address FROM address_pool"
		 " WHERE pool_id = $1",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, pool);
	return db_one(q, NULL, pool_row, ret);
}

static void
i64_row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	(void)a;
	*(int64_t *)ret_row = db_col_i64(q, 0);
}

static int
is_held(struct store *st, struct str pool, int64_t address, bool *ret)
{
	struct db_stmt *q;
	int64_t one;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT 1 FROM address WHERE pool_id = $1 AND address = $2", &q)) != 0)
		return r;
	db_bind_text(q, 1, pool);
	db_bind_i64(q, 2, address);
	r = db_one(q, NULL, i64_row, &one);
	*ret = r == 0;
	return r == ERR_NOTFOUND ? 0 : r;
}

/* The lowest free address from..last. ERR_UNAVAIL. */
static int
find_free(struct store *st, struct str pool, int64_t from, int64_t last, int64_t *ret)
{
	struct db_stmt *q;
	bool held;
	int r;

	if ((r = is_held(st, pool, from, &held)) != 0)
		return r;
	if (!held) {
		*ret = from;
		return 0;
	}
	/* Behind the first one held whose neighbour is free. */
	if ((r = db_prepare(store_db(st),
		 "SELECT a.address + 1 FROM address a LEFT JOIN address b"
		 " ON b.pool_id = a.pool_id AND b.address = a.address + 1"
		 " WHERE a.pool_id = $1 AND a.address >= $2 AND a.address < $3"
		 " AND b.address IS NULL ORDER BY a.address LIMIT 1",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, pool);
	db_bind_i64(q, 2, from);
	db_bind_i64(q, 3, last);
	r = db_one(q, NULL, i64_row, ret);
	return r == ERR_NOTFOUND ? ERR_UNAVAIL : r;
}

static int
hold(struct store *st, struct str pool, struct str owner, int64_t address)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO address (pool_id, address, owner_id) VALUES ($1, $2, $3)", &q)) != 0)
		return r;
	db_bind_text(q, 1, pool);
	db_bind_i64(q, 2, address);
	db_bind_text(q, 3, owner);
	return db_exec(q, NULL);
}

static int
set_next(struct store *st, struct str pool, int64_t next)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "UPDATE address_pool SET next_address = $1 WHERE pool_id = $2", &q)) != 0)
		return r;
	db_bind_i64(q, 1, next);
	db_bind_text(q, 2, pool);
	return db_exec_one(q);
}

static int
take(struct store *st, struct str pool, struct str owner, int64_t *ret)
{
	struct pool p;
	int64_t address;
	int r;

	if ((r = pool_get(st, pool, &p)) != 0)
		return r;
	r = find_free(st, pool, p.next, p.last, &address);
	if (r == ERR_UNAVAIL && p.next > p.first)
		r = find_free(st, pool, p.first, p.next - 1, &address);
	if (r != 0)
		return r;
	if ((r = hold(st, pool, owner, address)) != 0)
		return r;
	if ((r = set_next(st, pool, address < p.last ? address + 1 : p.first)) != 0)
		return r;
	*ret = address;
	return 0;
}

int
store_address_take(struct store *st, struct str pool, struct str owner, int64_t *ret)
{
	bool own;
	int r;

	if ((r = db_enter(store_db(st), &own)) != 0)
		return r;
	return db_leave(store_db(st), own, take(st, pool, owner, ret));
}

int
store_address_claim(struct store *st, struct str pool, struct str owner, int64_t address)
{
	struct pool p;
	int r;

	if ((r = pool_get(st, pool, &p)) != 0)
		return r;
	if (address < p.first || address > p.last)
		return ERR_RANGE;
	return hold(st, pool, owner, address);
}

int
store_address_release(struct store *st, struct str pool, struct str owner)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "DELETE FROM address WHERE owner_id = $1 AND ($2 = '' OR pool_id = $2)", &q)) != 0)
		return r;
	db_bind_text(q, 1, owner);
	db_bind_text(q, 2, pool);
	return db_exec(q, NULL);
}

int
store_address_count_free(struct store *st, struct str pool, int64_t *ret)
{
	struct db_stmt *q;
	struct pool p;
	int64_t held;
	int r;

	if ((r = pool_get(st, pool, &p)) != 0)
		return r;
	if ((r = db_prepare(store_db(st), "SELECT count(*) FROM address WHERE pool_id = $1", &q)) !=
	    0)
		return r;
	db_bind_text(q, 1, pool);
	if ((r = db_one(q, NULL, i64_row, &held)) != 0)
		return r;
	*ret = p.last - p.first + 1 - held;
	return 0;
}
