/*
 * store_agent: table agent.
 */
#include "store/store_agent.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	COL_TEXT(struct store_agent, agent_id, DB_KEY),
	COL_TEXT(struct store_agent, account_id, DB_ONCE),
	COL_TEXT(struct store_agent, cert_sha256, 0),
	COL_REF(struct store_agent, vpc_id, DB_ONCE),
	COL_REF(struct store_agent, instance_id, DB_ONCE),
	COL_INT(struct store_agent, created_at, DB_ONCE),
	COL_INT(struct store_agent, last_seen_at, 0),
	COL_INT(struct store_agent, cert_not_after, 0),
	COL_REF(struct store_agent, issuer_id, 0),
	COL_REF(struct store_agent, next_sha256, 0),
	COL_INT(struct store_agent, next_not_after, 0),
	COL_REF(struct store_agent, next_issuer_id, 0),
	COL_INT(struct store_agent, revoked_at, 0),
};
static const struct db_table table = {
	.name = "agent",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_agent),
};

int
store_agent_add(struct store *st, const struct store_agent *v)
{
	return table_insert(store_db(st), &table, v);
}

int
store_agent_get(struct store *st, struct arena *a, struct str agent_id, struct store_agent *ret)
{
	return table_get(store_db(st), &table, "FROM agent WHERE agent_id = $1",
	    DB_ARGS(db_text(agent_id)), a, ret);
}

int
store_agent_get_by_cert(struct store *st, struct arena *a, struct str cert_sha256,
    struct store_agent *ret)
{
	const struct db_args args = DB_ARGS(db_text(cert_sha256));
	int r;

	r = table_get(store_db(st), &table, "FROM agent WHERE cert_sha256 = $1", args, a, ret);
	if (r == ERR_NOTFOUND)
		r = table_get(store_db(st), &table, "FROM agent WHERE next_sha256 = $1", args, a,
		    ret);
	return r;
}

int
store_agent_list(struct store *st, struct arena *a, struct str after, size_t limit,
    struct store_agent **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM agent WHERE agent_id > $1 ORDER BY agent_id LIMIT $2",
	    DB_ARGS(db_text(after), db_int(store_page(limit))), a, ret, ret_n);
}

int
store_agent_seen(struct store *st, struct str agent_id, int64_t at)
{
	return db_run_one(store_db(st), "UPDATE agent SET last_seen_at = $1 WHERE agent_id = $2",
	    DB_ARGS(db_int(at), db_text(agent_id)));
}

int
store_agent_next(struct store *st, struct str agent_id, struct str present_sha256,
    const struct store_agent_cert *v)
{
	return db_run_one(store_db(st),
	    "UPDATE agent SET next_sha256 = $1, next_not_after = $2, next_issuer_id = $3"
	    " WHERE agent_id = $4 AND cert_sha256 = $5 AND revoked_at = 0",
	    DB_ARGS(db_ref(v->sha256), db_int(v->not_after), db_ref(v->issuer_id),
		db_text(agent_id), db_text(present_sha256)));
}

int
store_agent_follow(struct store *st, struct str agent_id)
{
	return db_run_one(store_db(st),
	    "UPDATE agent SET cert_sha256 = next_sha256, cert_not_after = next_not_after,"
	    " issuer_id = next_issuer_id, next_sha256 = NULL, next_not_after = 0,"
	    " next_issuer_id = NULL WHERE agent_id = $1 AND next_sha256 IS NOT NULL",
	    DB_ARGS(db_text(agent_id)));
}

int
store_agent_replace(struct store *st, struct str agent_id, const struct store_agent_cert *v)
{
	return db_run_one(store_db(st),
	    "UPDATE agent SET cert_sha256 = $1, cert_not_after = $2, issuer_id = $3,"
	    " next_sha256 = NULL, next_not_after = 0, next_issuer_id = NULL, revoked_at = 0"
	    " WHERE agent_id = $4",
	    DB_ARGS(db_text(v->sha256), db_int(v->not_after), db_ref(v->issuer_id),
		db_text(agent_id)));
}

int
store_agent_revoke(struct store *st, struct str agent_id, int64_t at)
{
	return db_run_one(store_db(st),
	    "UPDATE agent SET revoked_at = $1 WHERE agent_id = $2 AND revoked_at = 0",
	    DB_ARGS(db_int(at), db_text(agent_id)));
}
