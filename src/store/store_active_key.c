/*
 * store_active_key: table active_key. LEFT_MS says how long a key lives, for listing and deleting
 * alike.
 */
#include "store/store_active_key.h"

#include "store/db_table.h"

/* The key was pushed in the boot of now. An empty id is no boot, because nothing is known about
 * it. */
#define SAME_BOOT "(boot_id = $1 AND boot_id <> '')"
/*
 * The milliseconds that are left; 0 or less: the key is dead. $1 is the boot id, $2 the boot clock,
 * $3 the lifetime, $4 the wall clock. A key of another boot that was made after now is dead,
 * because the clock was set back.
 */
#define LEFT_MS \
	"CASE WHEN " SAME_BOOT " THEN" \
	"  CASE WHEN boot_deadline_ms - $2 < $3 THEN boot_deadline_ms - $2 ELSE $3 END" \
	" WHEN created_at * 1000 > $4 THEN 0" \
	" WHEN expires_at * 1000 < created_at * 1000 + $3 THEN expires_at * 1000 - $4" \
	" ELSE created_at * 1000 + $3 - $4 END"
#define NOW(now) \
	db_text((now)->boot_id), db_int((now)->boot_ms), db_int((now)->lifetime_ms), \
	    db_int((now)->wall_ms)

static const struct db_column columns[] = {
	COL_AS(struct store_active_key, left_ms, LEFT_MS, DB_KIND_INT, DB_READ),
	COL_TEXT(struct store_active_key, request_id, DB_KEY),
	COL_TEXT(struct store_active_key, instance_id, DB_KEY),
	COL_TEXT(struct store_active_key, os_user, DB_ONCE),
	COL_TEXT(struct store_active_key, public_key, DB_ONCE),
	COL_TEXT(struct store_active_key, caller_arn, DB_ONCE),
	COL_TEXT(struct store_active_key, owner, DB_ONCE),
	COL_TEXT(struct store_active_key, signer_id, 0),
	COL_TEXT(struct store_active_key, entry, 0),
	COL_INT(struct store_active_key, created_at, DB_KEY),
	COL_INT(struct store_active_key, expires_at, DB_ONCE),
	COL_TEXT(struct store_active_key, boot_id, DB_ONCE),
	COL_INT(struct store_active_key, boot_deadline_ms, DB_ONCE),
};
static const struct db_table table = {
	.name = "active_key",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_active_key),
};

int
store_active_key_add(struct store *st, const struct store_active_key *v)
{
	return table_insert(store_db(st), &table, v);
}

int
store_active_key_sign(struct store *st, const struct store_active_key *v)
{
	return table_update(store_db(st), &table, v);
}

/* ---- superseded ---- */

/* $1 is the instance, $2 the user, $3 the key, $4 the push that stays, $5 who pushed. */
#define SUPERSEDED \
	"instance_id = $1 AND os_user = $2 AND public_key = $3 AND request_id <> $4" \
	" AND caller_arn = $5"

static const struct db_column id_columns[] = {
	{ "request_id", DB_KIND_TEXT, DB_READ, 0, sizeof(struct str) },
};
static const struct db_table id_table = {
	DB_COLUMNS(id_columns),
	.row_size = sizeof(struct str),
};

int
store_active_key_supersede(struct store *st, struct arena *a, const struct store_active_key *v,
    struct str **ret_ids, size_t *ret_n)
{
	const struct db_args args = DB_ARGS(db_text(v->instance_id), db_text(v->os_user),
	    db_text(v->public_key), db_text(v->request_id), db_text(v->caller_arn));
	int r;

	r = table_list(store_db(st), &id_table, "FROM active_key WHERE " SUPERSEDED, args, a,
	    ret_ids, ret_n);
	if (r != 0 || *ret_n == 0)
		return r;
	return db_run(store_db(st), "DELETE FROM active_key WHERE " SUPERSEDED, args, NULL);
}

/* ---- counting ---- */

struct counts {
	int64_t user;
	int64_t instance;
};

static const struct db_column count_columns[] = {
	COL_AS(struct counts, user, "coalesce(sum(CASE WHEN os_user = $1 THEN 1 ELSE 0 END), 0)",
	    DB_KIND_INT, DB_READ),
	COL_AS(struct counts, instance, "count(*)", DB_KIND_INT, DB_READ),
};
static const struct db_table count_table = {
	DB_COLUMNS(count_columns),
	.row_size = sizeof(struct counts),
};

int
store_active_key_count(struct store *st, struct str instance_id, struct str os_user,
    int64_t *ret_instance, int64_t *ret_user)
{
	struct counts c;
	int r;

	if ((r = table_get(store_db(st), &count_table, "FROM active_key WHERE instance_id = $2",
		 DB_ARGS(db_text(os_user), db_text(instance_id)), NULL, &c)) != 0)
		return r;
	*ret_instance = c.instance;
	*ret_user = c.user;
	return 0;
}

/* Those that count. $1 is the instance, $2 the user or empty. */
#define COUNTED "FROM active_key WHERE instance_id = $1 AND ($2 = '' OR os_user = $2)"
#define OLDEST "created_at, boot_deadline_ms, request_id"

static const struct db_column most_columns[] = {
	COL_TEXT(struct store_active_key_most, owner, DB_READ),
	COL_AS(struct store_active_key_most, n, "count(*)", DB_KIND_INT, DB_READ),
};
static const struct db_table most_table = {
	DB_COLUMNS(most_columns),
	.row_size = sizeof(struct store_active_key_most),
};

int
store_active_key_most(struct store *st, struct arena *a, struct str instance_id, struct str os_user,
    struct store_active_key_most *ret)
{
	struct str *ids;
	size_t n;
	int r;

	if ((r = table_get(store_db(st), &most_table,
		 COUNTED " GROUP BY owner ORDER BY count(*) DESC, owner LIMIT 1",
		 DB_ARGS(db_text(instance_id), db_text(os_user)), a, ret)) != 0)
		return r;
	if ((r = table_list(store_db(st), &id_table,
		 COUNTED " AND owner = $3 ORDER BY " OLDEST " LIMIT 1",
		 DB_ARGS(db_text(instance_id), db_text(os_user), db_text(ret->owner)), a, &ids,
		 &n)) != 0)
		return r;
	if (n == 0)
		return ERR_NOTFOUND;
	ret->request_id = ids[0];
	return 0;
}

int
store_active_key_count_owner(struct store *st, struct str instance_id, struct str os_user,
    struct str owner, int64_t *ret)
{
	return db_number(store_db(st), "SELECT count(*) " COUNTED " AND owner = $3",
	    DB_ARGS(db_text(instance_id), db_text(os_user), db_text(owner)), ret);
}

/* ---- life ---- */

int
store_active_key_delete(struct store *st, struct str instance_id, struct str request_id)
{
	int64_t n;
	int r;

	r = db_run(store_db(st),
	    "DELETE FROM active_key WHERE instance_id = $1 AND request_id = $2",
	    DB_ARGS(db_text(instance_id), db_text(request_id)), &n);
	return r == 0 && n == 0 ? ERR_NOTFOUND : r;
}

int
store_active_key_list(struct store *st, struct arena *a, struct str instance_id,
    const struct store_active_key_now *now, struct store_active_key **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM active_key WHERE instance_id = $5 AND " LEFT_MS " > 0"
	    " ORDER BY " OLDEST,
	    DB_ARGS(NOW(now), db_text(instance_id)), a, ret, ret_n);
}

int
store_active_key_expire(struct store *st, const struct store_active_key_now *now, int64_t *ret_n)
{
	int64_t same, other;
	int r;

	/* The many rows of this boot are found by the index on the deadline. */
	if ((r = db_run(store_db(st),
		 "DELETE FROM active_key WHERE " SAME_BOOT " AND boot_deadline_ms <= $2",
		 DB_ARGS(db_text(now->boot_id), db_int(now->boot_ms)), &same)) != 0)
		return r;
	if ((r = db_run(store_db(st),
		 "DELETE FROM active_key WHERE NOT " SAME_BOOT " AND " LEFT_MS " <= 0",
		 DB_ARGS(NOW(now)), &other)) != 0)
		return r;
	if (ret_n != NULL)
		*ret_n = same + other;
	return 0;
}

int
store_active_key_delete_instance(struct store *st, struct str instance_id)
{
	return db_run(store_db(st), "DELETE FROM active_key WHERE instance_id = $1",
	    DB_ARGS(db_text(instance_id)), NULL);
}
