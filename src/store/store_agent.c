/*
 * store_agent: table agent.
 */
#include "store/store_agent.h"

#include "store/db.h"

#define COLUMNS "agent_id, account_id, cert_sha256, vpc_id, instance_id, created_at, last_seen_at"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_agent *v = ret_row;

	v->agent_id = db_col_text(q, 0, a);
	v->account_id = db_col_text(q, 1, a);
	v->cert_sha256 = db_col_text(q, 2, a);
	v->vpc_id = db_col_text(q, 3, a);
	v->instance_id = db_col_text(q, 4, a);
	v->created_at = db_col_i64(q, 5);
	v->last_seen_at = db_col_i64(q, 6);
}

int
store_agent_add(struct store *st, const struct store_agent *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO agent (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7)", &q)) != 0)
		return r;
	db_bind_text(q, 1, v->agent_id);
	db_bind_text(q, 2, v->account_id);
	db_bind_text(q, 3, v->cert_sha256);
	db_bind_ref(q, 4, v->vpc_id);
	db_bind_ref(q, 5, v->instance_id);
	db_bind_i64(q, 6, v->created_at);
	db_bind_i64(q, 7, v->last_seen_at);
	return db_exec(q, NULL);
}

static int
get_by(struct store *st, struct arena *a, const char *sql, struct str value,
    struct store_agent *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), sql, &q)) != 0)
		return r;
	db_bind_text(q, 1, value);
	return db_one(q, a, row, ret);
}

int
store_agent_get(struct store *st, struct arena *a, struct str agent_id, struct store_agent *ret)
{
	return get_by(st, a, "SELECT " COLUMNS " FROM agent WHERE agent_id = $1", agent_id, ret);
}

int
store_agent_get_by_cert(struct store *st, struct arena *a, struct str cert_sha256,
    struct store_agent *ret)
{
	return get_by(st, a, "SELECT " COLUMNS " FROM agent WHERE cert_sha256 = $1", cert_sha256,
	    ret);
}

int
store_agent_get_by_vpc(struct store *st, struct arena *a, struct str vpc_id,
    struct store_agent *ret)
{
	return get_by(st, a,
	    "SELECT " COLUMNS " FROM agent WHERE vpc_id = $1"
	    " ORDER BY created_at DESC, agent_id LIMIT 1",
	    vpc_id, ret);
}

int
store_agent_get_by_instance(struct store *st, struct arena *a, struct str instance_id,
    struct store_agent *ret)
{
	return get_by(st, a,
	    "SELECT " COLUMNS " FROM agent WHERE instance_id = $1"
	    " ORDER BY created_at DESC, agent_id LIMIT 1",
	    instance_id, ret);
}

int
store_agent_seen(struct store *st, struct str agent_id, int64_t at)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "UPDATE agent SET last_seen_at = $1 WHERE agent_id = $2",
		 &q)) != 0)
		return r;
	db_bind_i64(q, 1, at);
	db_bind_text(q, 2, agent_id);
	return db_exec_one(q);
}

int
store_agent_set_cert(struct store *st, struct str agent_id, struct str cert_sha256)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "UPDATE agent SET cert_sha256 = $1 WHERE agent_id = $2",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, cert_sha256);
	db_bind_text(q, 2, agent_id);
	return db_exec_one(q);
}

int
store_agent_delete(struct store *st, struct str agent_id)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "DELETE FROM agent WHERE agent_id = $1", &q)) != 0)
		return r;
	db_bind_text(q, 1, agent_id);
	return db_exec_one(q);
}
