/*
 * store_security_group: tables security_group and security_group_rule.
 */
#include "store/store_security_group.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	COL_TEXT(struct store_security_group, group_id, DB_KEY),
	COL_TEXT(struct store_security_group, account_id, DB_ONCE),
	COL_TEXT(struct store_security_group, vpc_id, DB_ONCE),
	COL_TEXT(struct store_security_group, name, DB_ONCE),
	COL_TEXT(struct store_security_group, description, DB_ONCE),
	COL_INT(struct store_security_group, created_at, DB_ONCE),
};
static const struct db_table table = {
	.name = "security_group",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_security_group),
};

static const struct db_column rule_columns[] = {
	COL_TEXT(struct store_security_group_rule, rule_id, DB_KEY),
	COL_TEXT(struct store_security_group_rule, group_id, DB_ONCE),
	COL_INT(struct store_security_group_rule, is_egress, DB_ONCE),
	COL_TEXT(struct store_security_group_rule, protocol, DB_ONCE),
	COL_INT(struct store_security_group_rule, from_port, DB_ONCE),
	COL_INT(struct store_security_group_rule, to_port, DB_ONCE),
	COL_REF(struct store_security_group_rule, cidr_ipv4, DB_ONCE),
	COL_REF(struct store_security_group_rule, cidr_ipv6, DB_ONCE),
	COL_REF(struct store_security_group_rule, prefix_list_id, DB_ONCE),
	COL_REF(struct store_security_group_rule, referenced_group_id, DB_ONCE),
	COL_TEXT(struct store_security_group_rule, description, DB_ONCE),
};
static const struct db_table rule_table = {
	.name = "security_group_rule",
	DB_COLUMNS(rule_columns),
	.row_size = sizeof(struct store_security_group_rule),
};

int
store_security_group_add(struct store *st, const struct store_security_group *v)
{
	return table_insert(store_db(st), &table, v);
}

int
store_security_group_get(struct store *st, struct arena *a, struct str group_id,
    struct store_security_group *ret)
{
	return table_get(store_db(st), &table, "FROM security_group WHERE group_id = $1",
	    DB_ARGS(db_text(group_id)), a, ret);
}

int
store_security_group_get_by_name(struct store *st, struct arena *a, struct str vpc_id,
    struct str name, struct store_security_group *ret)
{
	return table_get(store_db(st), &table,
	    "FROM security_group WHERE vpc_id = $1 AND name = $2",
	    DB_ARGS(db_text(vpc_id), db_text(name)), a, ret);
}

int
store_security_group_list_of(struct store *st, struct arena *a, const struct str *ids, size_t n,
    struct store_security_group **ret, size_t *ret_n)
{
	return table_list_in(store_db(st), &table,
	    "FROM security_group WHERE group_id IN ($*) ORDER BY group_id", table_texts(a, ids, n),
	    a, ret, ret_n);
}

int
store_security_group_list(struct store *st, struct arena *a, struct str account_id,
    struct str after, size_t limit, struct store_security_group **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM security_group WHERE account_id = $1 AND group_id > $2"
	    " ORDER BY group_id LIMIT $3",
	    DB_ARGS(db_text(account_id), db_text(after), db_int(store_page(limit))), a, ret, ret_n);
}

/* Checks that nothing but the group itself needs it. ERR_BADSTATE: something does. */
static int
check_unused(struct store *st, struct str group_id)
{
	int64_t one;
	int r;

	r = db_number(store_db(st),
	    "SELECT 1 FROM instance_group WHERE group_id = $1"
	    " UNION ALL SELECT 1 FROM security_group_rule"
	    " WHERE referenced_group_id = $1 AND group_id <> $1 LIMIT 1",
	    DB_ARGS(db_text(group_id)), &one);
	if (r == 0)
		return ERR_BADSTATE;
	return r == ERR_NOTFOUND ? 0 : r;
}

static int delete (struct store *st, struct str group_id)
{
	int r;

	if ((r = check_unused(st, group_id)) != 0)
		return r;
	if ((r = db_run(store_db(st), "DELETE FROM security_group_rule WHERE group_id = $1",
		 DB_ARGS(db_text(group_id)), NULL)) != 0)
		return r;
	return db_run_one(store_db(st), "DELETE FROM security_group WHERE group_id = $1",
	    DB_ARGS(db_text(group_id)));
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

int
store_security_group_rule_add(struct store *st, const struct store_security_group_rule *v)
{
	return table_insert(store_db(st), &rule_table, v);
}

int
store_security_group_rule_delete(struct store *st, struct str rule_id)
{
	return db_run_one(store_db(st), "DELETE FROM security_group_rule WHERE rule_id = $1",
	    DB_ARGS(db_text(rule_id)));
}

int
store_security_group_rule_list(struct store *st, struct arena *a, struct str group_id,
    struct store_security_group_rule **ret, size_t *ret_n)
{
	return table_list(store_db(st), &rule_table,
	    "FROM security_group_rule WHERE group_id = $1 ORDER BY is_egress, rule_id",
	    DB_ARGS(db_text(group_id)), a, ret, ret_n);
}

int
store_security_group_rule_list_of(struct store *st, struct arena *a, const struct str *group_ids,
    size_t n, struct store_security_group_rules *ret)
{
	struct store_security_group_rule *all;
	size_t n_all;
	int r;

	if ((r = table_list_in(store_db(st), &rule_table,
		 "FROM security_group_rule WHERE group_id IN ($*)"
		 " ORDER BY group_id, is_egress, rule_id",
		 table_texts(a, group_ids, n), a, &all, &n_all)) != 0)
		return r;
	for (size_t i = 0; i < n; i++)
		ret[i].v = table_rows_of(&rule_table, all, n_all,
		    offsetof(struct store_security_group_rule, group_id), db_text(group_ids[i]),
		    &ret[i].n);
	return 0;
}
