/*
 * store_address: tables address_pool and address.
 */
#include "store/store_address.h"

#include "store/db_table.h"

struct pool {
	struct str pool_id;
	int64_t first, last, next;
};

static const struct db_column pool_columns[] = {
	COL_TEXT(struct pool, pool_id, DB_KEY | DB_WRITE),
	COL_AS(struct pool, first, "first_address", DB_KIND_INT, DB_ONCE),
	COL_AS(struct pool, last, "last_address", DB_KIND_INT, DB_ONCE),
	COL_AS(struct pool, next, "next_address", DB_KIND_INT, 0),
};
static const struct db_table pool_table = {
	.name = "address_pool",
	DB_COLUMNS(pool_columns),
	.row_size = sizeof(struct pool),
};

struct held {
	struct str pool_id;
	int64_t address;
	struct str owner_id;
};

static const struct db_column held_columns[] = {
	COL_TEXT(struct held, pool_id, DB_KEY),
	COL_INT(struct held, address, DB_KEY),
	COL_TEXT(struct held, owner_id, DB_ONCE),
};
static const struct db_table held_table = {
	.name = "address",
	DB_COLUMNS(held_columns),
	.row_size = sizeof(struct held),
};

int
store_address_pool_add(struct store *st, struct str pool, int64_t first, int64_t last)
{
	return table_insert(store_db(st), &pool_table, &(struct pool){ pool, first, last, first });
}

int
store_address_pool_delete(struct store *st, struct str pool)
{
	return db_run_one(store_db(st), "DELETE FROM address_pool WHERE pool_id = $1",
	    DB_ARGS(db_text(pool)));
}

static int
pool_get(struct store *st, struct str pool, struct pool *ret)
{
	return table_get(store_db(st), &pool_table, "FROM address_pool WHERE pool_id = $1",
	    DB_ARGS(db_text(pool)), NULL, ret);
}

static int
is_held(struct store *st, struct str pool, int64_t address, bool *ret)
{
	int64_t one;
	int r;

	r = db_number(store_db(st), "SELECT 1 FROM address WHERE pool_id = $1 AND address = $2",
	    DB_ARGS(db_text(pool), db_int(address)), &one);
	*ret = r == 0;
	return r == ERR_NOTFOUND ? 0 : r;
}

/* Finds the lowest free address in from..last. ERR_UNAVAIL: there is none. */
static int
find_free(struct store *st, struct str pool, int64_t from, int64_t last, int64_t *ret)
{
	bool held;
	int r;

	if ((r = is_held(st, pool, from, &held)) != 0)
		return r;
	if (!held) {
		*ret = from;
		return 0;
	}
	/* The one behind the first held address whose neighbour is free. */
	r = db_number(store_db(st),
	    "SELECT a.address + 1 FROM address a LEFT JOIN address b"
	    " ON b.pool_id = a.pool_id AND b.address = a.address + 1"
	    " WHERE a.pool_id = $1 AND a.address >= $2 AND a.address < $3"
	    " AND b.address IS NULL ORDER BY a.address LIMIT 1",
	    DB_ARGS(db_text(pool), db_int(from), db_int(last)), ret);
	return r == ERR_NOTFOUND ? ERR_UNAVAIL : r;
}

static int
hold(struct store *st, struct str pool, struct str owner, int64_t address)
{
	return table_insert(store_db(st), &held_table, &(struct held){ pool, address, owner });
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
	p.pool_id = pool;
	p.next = address < p.last ? address + 1 : p.first;
	if ((r = table_update(store_db(st), &pool_table, &p)) != 0)
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
	return db_run(store_db(st),
	    "DELETE FROM address WHERE owner_id = $1 AND ($2 = '' OR pool_id = $2)",
	    DB_ARGS(db_text(owner), db_text(pool)), NULL);
}

/* ---- how many are free ---- */

struct room {
	struct str pool_id;
	int64_t free;
};

static const struct db_column room_columns[] = {
	COL_TEXT(struct room, pool_id, DB_READ),
	COL_AS(struct room, free,
	    "p.last_address - p.first_address + 1"
	    " - (SELECT count(*) FROM address a WHERE a.pool_id = p.pool_id)",
	    DB_KIND_INT, DB_READ),
};
static const struct db_table room_table = {
	.alias = "p",
	DB_COLUMNS(room_columns),
	.row_size = sizeof(struct room),
};

int
store_address_count_free_of(struct store *st, struct arena *a, const struct str *pools, size_t n,
    int64_t *ret)
{
	struct room *all;
	size_t n_all, k;
	int r;

	if ((r = table_list_in(store_db(st), &room_table,
		 "FROM address_pool p WHERE p.pool_id IN ($*) ORDER BY p.pool_id",
		 table_texts(a, pools, n), a, &all, &n_all)) != 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		const struct room *one = table_rows_of(&room_table, all, n_all,
		    offsetof(struct room, pool_id), db_text(pools[i]), &k);

		if (one == NULL)
			return ERR_NOTFOUND;
		ret[i] = one->free;
	}
	return 0;
}
