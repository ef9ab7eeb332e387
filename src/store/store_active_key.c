/*
 * store_active_key: table active_key. The rule of life stands once, in
 * LEFT_MS, for listing and for deleting alike.
 */
#include "store/store_active_key.h"

#include "store/db.h"

#define COLUMNS \
	"request_id, instance_id, os_user, public_key, caller_arn, signer_id, entry," \
	" created_at, expires_at, boot_id, boot_deadline_ms"

/* Pushed in the boot of now. An empty id is no boot: nothing is known of it. */
#define SAME_BOOT "(boot_id = $1 AND boot_id <> '')"
/*
 * Milliseconds left, 0 or less when dead. $1 boot id, $2 boot clock, $3
 * lifetime, $4 wall clock. A row of another boot that was made after now tells
 * of a clock set back: dead.
 */
#define LEFT_MS \
	"CASE WHEN " SAME_BOOT " THEN" \
	"  CASE WHEN boot_deadline_ms - $2 < $3 THEN boot_deadline_ms - $2 ELSE $3 END" \
	" WHEN created_at * 1000 > $4 THEN 0" \
	" WHEN expires_at * 1000 < created_at * 1000 + $3 THEN expires_at * 1000 - $4" \
	" ELSE created_at * 1000 + $3 - $4 END"

static void
bind_now(struct db_stmt *q, const struct store_active_key_now *now)
{
	db_bind_text(q, 1, now->boot_id);
	db_bind_i64(q, 2, now->boot_ms);
	db_bind_i64(q, 3, now->lifetime_ms);
	db_bind_i64(q, 4, now->wall_ms);
}

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_active_key *v = ret_row;

	v->left_ms = db_col_i64(q, 0);
	v->request_id = db_col_text(q, 1, a);
	v->instance_id = db_col_text(q, 2, a);
	v->os_user = db_col_text(q, 3, a);
	v->public_key = db_col_text(q, 4, a);
	v->caller_arn = db_col_text(q, 5, a);
	v->signer_id = db_col_text(q, 6, a);
	v->entry = db_col_text(q, 7, a);
	v->created_at = db_col_i64(q, 8);
	v->expires_at = db_col_i64(q, 9);
	v->boot_id = db_col_text(q, 10, a);
	v->boot_deadline_ms = db_col_i64(q, 11);
}

int
store_active_key_add(struct store *st, const struct store_active_key *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO active_key (" COLUMNS ")"
		 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, v->request_id);
	db_bind_text(q, 2, v->instance_id);
	db_bind_text(q, 3, v->os_user);
	db_bind_text(q, 4, v->public_key);
	db_bind_text(q, 5, v->caller_arn);
	db_bind_text(q, 6, v->signer_id);
	db_bind_text(q, 7, v->entry);
	db_bind_i64(q, 8, v->created_at);
	db_bind_i64(q, 9, v->expires_at);
	db_bind_text(q, 10, v->boot_id);
	db_bind_i64(q, 11, v->boot_deadline_ms);
	return db_exec(q, NULL);
}

static void
request_id_row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	*(struct str *)ret_row = db_col_text(q, 0, a);
}

/* $1 instance, $2 user, $3 key, $4 the push that stays */
#define SUPERSEDED "instance_id = $1 AND os_user = $2 AND public_key = $3 AND request_id <> $4"

static void
bind_superseded(struct db_stmt *q, const struct store_active_key *v)
{
	db_bind_text(q, 1, v->instance_id);
	db_bind_text(q, 2, v->os_user);
	db_bind_text(q, 3, v->public_key);
	db_bind_text(q, 4, v->request_id);
}

int
store_active_key_supersede(struct store *st, struct arena *a, const struct store_active_key *v,
    struct str **ret_ids, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "SELECT request_id FROM active_key WHERE " SUPERSEDED,
		 &q)) != 0)
		return r;
	bind_superseded(q, v);
	r = db_list(q, a, sizeof(**ret_ids), request_id_row, ret_ids, ret_n);
	if (r != 0 || *ret_n == 0)
		return r;
	if ((r = db_prepare(store_db(st), "DELETE FROM active_key WHERE " SUPERSEDED, &q)) != 0)
		return r;
	bind_superseded(q, v);
	return db_exec(q, NULL);
}

struct counts {
	int64_t instance, user;
};

static void
counts_row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct counts *c = ret_row;

	(void)a;
	c->instance = db_col_i64(q, 0);
	c->user = db_col_i64(q, 1);
}

int
store_active_key_count(struct store *st, struct str instance_id, struct str os_user,
    int64_t *ret_instance, int64_t *ret_user)
{
	struct db_stmt *q;
	struct counts c;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT count(*), coalesce(sum(CASE WHEN os_user = $1 THEN 1 ELSE 0 END), 0)"
		 " FROM active_key WHERE instance_id = $2",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, os_user);
	db_bind_text(q, 2, instance_id);
	if ((r = db_one(q, NULL, counts_row, &c)) != 0)
		return r;
	*ret_instance = c.instance;
	*ret_user = c.user;
	return 0;
}

int
store_active_key_list(struct store *st, struct arena *a, struct str instance_id,
    const struct store_active_key_now *now, struct store_active_key **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT * FROM (SELECT " LEFT_MS " AS left_ms, " COLUMNS
		 " FROM active_key WHERE instance_id = $5) AS k"
		 " WHERE left_ms > 0 ORDER BY created_at, request_id",
		 &q)) != 0)
		return r;
	bind_now(q, now);
	db_bind_text(q, 5, instance_id);
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}

/* The many rows of this boot go by the index on the deadline. */
static int
expire_same_boot(struct store *st, const struct store_active_key_now *now, int64_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "DELETE FROM active_key WHERE " SAME_BOOT " AND boot_deadline_ms <= $2", &q)) != 0)
		return r;
	db_bind_text(q, 1, now->boot_id);
	db_bind_i64(q, 2, now->boot_ms);
	return db_exec(q, ret_n);
}

static int
expire_other_boots(struct store *st, const struct store_active_key_now *now, int64_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "DELETE FROM active_key WHERE NOT " SAME_BOOT " AND " LEFT_MS " <= 0", &q)) != 0)
		return r;
	bind_now(q, now);
	return db_exec(q, ret_n);
}

int
store_active_key_expire(struct store *st, const struct store_active_key_now *now, int64_t *ret_n)
{
	int64_t same, other;
	int r;

	if ((r = expire_same_boot(st, now, &same)) != 0)
		return r;
	if ((r = expire_other_boots(st, now, &other)) != 0)
		return r;
	if (ret_n != NULL)
		*ret_n = same + other;
	return 0;
}

int
store_active_key_delete_instance(struct store *st, struct str instance_id)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "DELETE FROM active_key WHERE instance_id = $1", &q)) !=
	    0)
		return r;
	db_bind_text(q, 1, instance_id);
	return db_exec(q, NULL);
}
