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
store_agent_get_by_cert(struct store *st, struct arena *a, struct str cert_sha256,
    struct store_agent *ret)
{
	return table_get(store_db(st), &table, "FROM agent WHERE cert_sha256 = $1",
	    DB_ARGS(db_text(cert_sha256)), a, ret);
}

int
store_agent_seen(struct store *st, struct str agent_id, int64_t at)
{
	return db_run_one(store_db(st), "UPDATE agent SET last_seen_at = $1 WHERE agent_id = $2",
	    DB_ARGS(db_int(at), db_text(agent_id)));
}
