/*
 * store_security_group: tables security_group and security_group_rule.
 */
#include "store/store_security_group.h"

#include "store/db.h"

#define COLUMNS "group_id, account_id, vpc_id, name, description, created_at"
#define RULE_COLUMNS \
	"rule_id, group_id, is_egress, protocol, from_port, to_port, cidr_ipv4, cidr_ipv6," \
	" prefix_list_id, referenced_group_id, description"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_security_group *v = ret_row;

	v->group_id = db_col_text(q, 0, a);
	v->account_id = db_col_text(q, 1, a);
	v->vpc_id = db_col_text(q, 2, a);
	v->name = db_col_text(q, 3, a);
	v->description = db_col_text(q, 4, a);
	v->created_at = db_col_i64(q, 5);
}

int
store_security_group_add(struct store *st, const struct store_security_group *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO security_group (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6)", &q)) !=
	    0)
		return r;
	db_bind_text(q, 1, v->group_id);
	db_bind_text(q, 2, v->account_id);
	db_bind_text(q, 3, v->vpc_id);
	db_bind_text(q, 4, v->name);
	db_bind_text(q, 5, v->description);
	db_bind_i64(q, 6, v->created_at);
	return db_exec(q, NULL);
}

int
store_security_group_get(struct store *st, struct arena *a, struct str group_id,
    struct store_security_group *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS " FROM security_group WHERE group_id = $1", &q)) != 0)
		return r;
	db_bind_text(q, 1, group_id);
	return db_one(q, a, row, ret);
}

int
store_security_group_get_by_name(struct store *st, struct arena *a, struct str vpc_id,
    struct str name, struct store_security_group *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS " FROM security_group WHERE vpc_id = $1 AND name = $2", &q)) !=
	    0)
		return r;
	db_bind_text(q, 1, vpc_id);
	db_bind_text(q, 2, name);
	return db_one(q, a, row, ret);
}

int
store_security_group_list(struct store *st, struct arena *a, struct str account_id,
    struct str after, size_t limit, struct store_security_group **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " COLUMNS " FROM security_group WHERE account_id = $1 AND group_id > $2"
		 " ORDER BY group_id LIMIT $3",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, account_id);
	db_bind_text(q, 2, after);
	db_bind_i64(q, 3, store_page(limit));
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}

/* Whether something but the group itself needs it. */
static int
check_unused(struct store *st, struct str group_id)
{
	struct db_stmt *q;
	bool used;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT 1 FROM instance_group WHERE group_id = $1"
		 " UNION ALL SELECT 1 FROM security_group_rule"
		 " WHERE referenced_group_id = $1 AND group_id <> $1 LIMIT 1",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, group_id);
	r = db_step(q, &used);
	db_done(q);
	if (r != 0)
		return r;
	return used ? ERR_BADSTATE : 0;
}

static int delete (struct store *st, struct str group_id)
{
	struct db_stmt *q;
	int r;

	if ((r = check_unused(st, group_id)) != 0)
		return r;
	if ((r = db_prepare(store_db(st), "DELETE FROM security_group_rule WHERE group_id = $1",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, group_id);
	if ((r = db_exec(q, NULL)) != 0)
		return r;
	if ((r = db_prepare(store_db(st), "DELETE FROM security_group WHERE group_id = $1", &q)) !=
	    0)
		return r;
	db_bind_text(q, 1, group_id);
	return db_exec_one(q);
}

int
store_security_group_delete(struct store *st, struct str group_id)
{
	bool own;
	int r;

	if ((r = db_enter(store_db(st), &own)) != 0)
		return r;
	return db_leave(store_db(st), own, delete (st, group_id));
}

static void
rule_row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_security_group_rule *v = ret_row;

	v->rule_id = db_col_text(q, 0, a);
	v->group_id = db_col_text(q, 1, a);
	v->is_egress = db_col_i64(q, 2) != 0;
	v->protocol = db_col_text(q, 3, a);
	v->from_port = (int32_t)db_col_i64(q, 4);
	v->to_port = (int32_t)db_col_i64(q, 5);
	v->cidr_ipv4 = db_col_text(q, 6, a);
	v->cidr_ipv6 = db_col_text(q, 7, a);
	v->prefix_list_id = db_col_text(q, 8, a);
	v->referenced_group_id = db_col_text(q, 9, a);
	v->description = db_col_text(q, 10, a);
}

int
store_security_group_rule_add(struct store *st, const struct store_security_group_rule *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO security_group_rule (" RULE_COLUMNS ")"
		 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, v->rule_id);
	db_bind_text(q, 2, v->group_id);
	db_bind_i64(q, 3, v->is_egress);
	db_bind_text(q, 4, v->protocol);
	db_bind_i64(q, 5, v->from_port);
	db_bind_i64(q, 6, v->to_port);
	db_bind_ref(q, 7, v->cidr_ipv4);
	db_bind_ref(q, 8, v->cidr_ipv6);
	db_bind_ref(q, 9, v->prefix_list_id);
	db_bind_ref(q, 10, v->referenced_group_id);
	db_bind_text(q, 11, v->description);
	return db_exec(q, NULL);
}

int
store_security_group_rule_delete(struct store *st, struct str rule_id)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "DELETE FROM security_group_rule WHERE rule_id = $1",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, rule_id);
	return db_exec_one(q);
}

int
store_security_group_rule_list(struct store *st, struct arena *a, struct str group_id,
    struct store_security_group_rule **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT " RULE_COLUMNS " FROM security_group_rule WHERE group_id = $1"
		 " ORDER BY is_egress, rule_id",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, group_id);
	return db_list(q, a, sizeof(**ret), rule_row, ret, ret_n);
}
