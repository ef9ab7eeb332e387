/*
 * store_instance: tables instance and instance_group.
 */
#include "store/store_instance.h"

#include "store/db.h"

/* In two parts: what never changes, and what store_instance_update writes. */
#define FIXED_COLUMNS \
	"instance_id, account_id, reservation_id, ami_launch_index, image_id, instance_type," \
	" client_token, availability_zone, key_name, user_data, hostname, eni_id, mac," \
	" public_ip_auto, created_at"
#define STATE_COLUMNS \
	"state, state_reason_code, state_reason, launched_at, terminated_at, vpc_id," \
	" subnet_id, private_ip, public_ip, agent_id, http_endpoint, http_tokens_required," \
	" http_hop_limit"
#define COLUMNS FIXED_COLUMNS ", " STATE_COLUMNS ", seq"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_instance *v = ret_row;
	int i = 0;

	v->instance_id = db_col_text(q, i++, a);
	v->account_id = db_col_text(q, i++, a);
	v->reservation_id = db_col_text(q, i++, a);
	v->ami_launch_index = (int32_t)db_col_i64(q, i++);
	v->image_id = db_col_text(q, i++, a);
	v->instance_type = db_col_text(q, i++, a);
	v->client_token = db_col_text(q, i++, a);
	v->availability_zone = db_col_text(q, i++, a);
	v->key_name = db_col_text(q, i++, a);
	v->user_data = db_col_blob(q, i++, a);
	v->hostname = db_col_text(q, i++, a);
	v->eni_id = db_col_text(q, i++, a);
	v->mac = db_col_text(q, i++, a);
	v->public_ip_auto = db_col_i64(q, i++) != 0;
	v->created_at = db_col_i64(q, i++);
	v->state = (enum store_instance_state)db_col_i64(q, i++);
	v->state_reason_code = db_col_text(q, i++, a);
	v->state_reason = db_col_text(q, i++, a);
	v->launched_at = db_col_i64(q, i++);
	v->terminated_at = db_col_i64(q, i++);
	v->vpc_id = db_col_text(q, i++, a);
	v->subnet_id = db_col_text(q, i++, a);
	v->private_ip = db_col_text(q, i++, a);
	v->public_ip = db_col_text(q, i++, a);
	v->agent_id = db_col_text(q, i++, a);
	v->http_endpoint = db_col_i64(q, i++) != 0;
	v->http_tokens_required = db_col_i64(q, i++) != 0;
	v->http_hop_limit = (int32_t)db_col_i64(q, i++);
	v->seq = db_col_i64(q, i);
}

static void
bind_state(struct db_stmt *q, int i, const struct store_instance *v)
{
	db_bind_i64(q, i++, v->state);
	db_bind_text(q, i++, v->state_reason_code);
	db_bind_text(q, i++, v->state_reason);
	db_bind_i64(q, i++, v->launched_at);
	db_bind_i64(q, i++, v->terminated_at);
	db_bind_ref(q, i++, v->vpc_id);
	db_bind_ref(q, i++, v->subnet_id);
	db_bind_text(q, i++, v->private_ip);
	db_bind_text(q, i++, v->public_ip);
	db_bind_text(q, i++, v->agent_id);
	db_bind_i64(q, i++, v->http_endpoint);
	db_bind_i64(q, i++, v->http_tokens_required);
	db_bind_i64(q, i, v->http_hop_limit);
}

/* ---- the security groups of an instance ---- */

static int
groups_add(struct store *st, const struct store_instance *v)
{
	struct db_stmt *q;
	int r;

	for (size_t i = 0; i < v->n_group_ids; i++) {
		if ((r = db_prepare(store_db(st),
			 "INSERT INTO instance_group (instance_id, position, group_id)"
			 " VALUES ($1, $2, $3)",
			 &q)) != 0)
			return r;
		db_bind_text(q, 1, v->instance_id);
		db_bind_i64(q, 2, (int64_t)i);
		db_bind_text(q, 3, v->group_ids[i]);
		if ((r = db_exec(q, NULL)) != 0)
			return r;
	}
	return 0;
}

static int
groups_delete(struct store *st, struct str instance_id)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "DELETE FROM instance_group WHERE instance_id = $1",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, instance_id);
	return db_exec(q, NULL);
}

static void
group_row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	*(struct str *)ret_row = db_col_text(q, 0, a);
}

static int
groups_get(struct store *st, struct arena *a, struct store_instance *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT group_id FROM instance_group WHERE instance_id = $1"
		 " ORDER BY position",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, v->instance_id);
	return db_list(q, a, sizeof(*v->group_ids), group_row, &v->group_ids, &v->n_group_ids);
}

/* ---- instances ---- */

static int
add(struct store *st, const struct store_instance *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO instance (" FIXED_COLUMNS ", " STATE_COLUMNS ")"
		 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
		 " $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, v->instance_id);
	db_bind_text(q, 2, v->account_id);
	db_bind_text(q, 3, v->reservation_id);
	db_bind_i64(q, 4, v->ami_launch_index);
	db_bind_text(q, 5, v->image_id);
	db_bind_text(q, 6, v->instance_type);
	db_bind_text(q, 7, v->client_token);
	db_bind_text(q, 8, v->availability_zone);
	db_bind_text(q, 9, v->key_name);
	db_bind_blob(q, 10, v->user_data);
	db_bind_text(q, 11, v->hostname);
	db_bind_text(q, 12, v->eni_id);
	db_bind_text(q, 13, v->mac);
	db_bind_i64(q, 14, v->public_ip_auto);
	db_bind_i64(q, 15, v->created_at);
	bind_state(q, 16, v);
	if ((r = db_exec(q, NULL)) != 0)
		return r;
	return groups_add(st, v);
}

static int
update(struct store *st, const struct store_instance *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "UPDATE instance SET (" STATE_COLUMNS ") ="
		 " ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
		 " WHERE instance_id = $14",
		 &q)) != 0)
		return r;
	bind_state(q, 1, v);
	db_bind_text(q, 14, v->instance_id);
	if ((r = db_exec_one(q)) != 0)
		return r;
	if ((r = groups_delete(st, v->instance_id)) != 0)
		return r;
	return groups_add(st, v);
}

int
store_instance_add(struct store *st, const struct store_instance *v)
{
	bool own;
	int r;

	if ((r = db_enter(store_db(st), &own)) != 0)
		return r;
	return db_leave(store_db(st), own, add(st, v));
}

int
store_instance_update(struct store *st, const struct store_instance *v)
{
	bool own;
	int r;

	if ((r = db_enter(store_db(st), &own)) != 0)
		return r;
	return db_leave(store_db(st), own, update(st, v));
}

int
store_instance_get(struct store *st, struct arena *a, struct str instance_id,
    struct store_instance *ret)
{
	struct store_instance v;
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "SELECT " COLUMNS " FROM instance WHERE instance_id = $1",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, instance_id);
	if ((r = db_one(q, a, row, &v)) != 0)
		return r;
	if ((r = groups_get(st, a, &v)) != 0)
		return r;
	*ret = v;
	return 0;
}

/* Takes q over, bound but for the page. */
static int
list(struct store *st, struct db_stmt *q, struct arena *a, int64_t after_seq, size_t limit,
    struct store_instance **ret, size_t *ret_n)
{
	struct store_instance *v;
	size_t n;
	int r;

	db_bind_i64(q, 2, after_seq);
	db_bind_i64(q, 3, store_page(limit));
	if ((r = db_list(q, a, sizeof(*v), row, &v, &n)) != 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		if ((r = groups_get(st, a, &v[i])) != 0)
			return r;
	}
	*ret = v;
	*ret_n = n;
	return 0;
}

#define PAGE " AND seq > $2 ORDER BY seq LIMIT $3"

int
store_instance_list(struct store *st, struct arena *a, struct str account_id, int64_t after_seq,
    size_t limit, struct store_instance **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS " FROM instance WHERE account_id = $1" PAGE, &q)) != 0)
		return r;
	db_bind_text(q, 1, account_id);
	return list(st, q, a, after_seq, limit, ret, ret_n);
}

int
store_instance_list_vpc(struct store *st, struct arena *a, struct str vpc_id, int64_t after_seq,
    size_t limit, struct store_instance **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "SELECT " COLUMNS " FROM instance WHERE vpc_id = $1" PAGE,
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, vpc_id);
	return list(st, q, a, after_seq, limit, ret, ret_n);
}

int
store_instance_list_state(struct store *st, struct arena *a, enum store_instance_state state,
    int64_t after_seq, size_t limit, struct store_instance **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "SELECT " COLUMNS " FROM instance WHERE state = $1" PAGE,
		 &q)) != 0)
		return r;
	db_bind_i64(q, 1, state);
	return list(st, q, a, after_seq, limit, ret, ret_n);
}

static int
purge(struct store *st, int64_t terminated_before_at, int64_t *ret_n)
{
	/* What hangs on an instance goes before it. */
	static const char *const sql[] = {
		"DELETE FROM instance_group WHERE instance_id IN (SELECT instance_id"
		" FROM instance WHERE state = 48 AND terminated_at < $1)",
		"DELETE FROM active_key WHERE instance_id IN (SELECT instance_id"
		" FROM instance WHERE state = 48 AND terminated_at < $1)",
		"DELETE FROM tag WHERE resource_id IN (SELECT instance_id"
		" FROM instance WHERE state = 48 AND terminated_at < $1)",
		"DELETE FROM instance WHERE state = 48 AND terminated_at < $1",
	};
	struct db_stmt *q;
	int64_t n = 0;
	int r;

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		if ((r = db_prepare(store_db(st), sql[i], &q)) != 0)
			return r;
		db_bind_i64(q, 1, terminated_before_at);
		if ((r = db_exec(q, &n)) != 0)
			return r;
	}
	if (ret_n != NULL)
		*ret_n = n;
	return 0;
}

int
store_instance_purge(struct store *st, int64_t terminated_before_at, int64_t *ret_n)
{
	bool own;
	int r;

	if ((r = db_enter(store_db(st), &own)) != 0)
		return r;
	return db_leave(store_db(st), own, purge(st, terminated_before_at, ret_n));
}

int
store_instance_count(struct store *st, struct str account_id, int64_t *ret)
{
	struct db_stmt *q;
	bool row_there;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT count(*) FROM instance WHERE account_id = $1 AND state <> 48", &q)) != 0)
		return r;
	db_bind_text(q, 1, account_id);
	if ((r = db_step(q, &row_there)) == 0)
		*ret = row_there ? db_col_i64(q, 0) : 0;
	db_done(q);
	return r;
}
