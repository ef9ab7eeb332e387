/*
 * store_instance: tables instance and instance_group.
 */
#include "store/store_instance.h"

#include "store/db_table.h"

static const struct db_column columns[] = {
	COL_TEXT(struct store_instance, instance_id, DB_KEY),
	COL_TEXT(struct store_instance, account_id, DB_ONCE),
	COL_TEXT(struct store_instance, reservation_id, DB_ONCE),
	COL_INT(struct store_instance, ami_launch_index, DB_ONCE),
	COL_TEXT(struct store_instance, image_id, DB_ONCE),
	COL_TEXT(struct store_instance, instance_type, DB_ONCE),
	COL_TEXT(struct store_instance, client_token, DB_ONCE),
	COL_TEXT(struct store_instance, availability_zone, DB_ONCE),
	COL_TEXT(struct store_instance, key_name, DB_ONCE),
	COL_BLOB(struct store_instance, user_data, DB_ONCE),
	COL_TEXT(struct store_instance, hostname, DB_ONCE),
	COL_TEXT(struct store_instance, eni_id, DB_ONCE),
	COL_TEXT(struct store_instance, mac, DB_ONCE),
	COL_INT(struct store_instance, public_ip_auto, DB_ONCE),
	COL_INT(struct store_instance, created_at, DB_ONCE),
	/* The following columns are written again by store_instance_update. */
	COL_INT(struct store_instance, state, 0),
	COL_TEXT(struct store_instance, state_reason_code, 0),
	COL_TEXT(struct store_instance, state_reason, 0),
	COL_TEXT(struct store_instance, transition_reason, 0),
	COL_INT(struct store_instance, launched_at, 0),
	COL_INT(struct store_instance, terminated_at, 0),
	COL_REF(struct store_instance, vpc_id, 0),
	COL_REF(struct store_instance, subnet_id, 0),
	COL_TEXT(struct store_instance, private_ip, 0),
	COL_TEXT(struct store_instance, public_ip, 0),
	COL_TEXT(struct store_instance, agent_id, 0),
	COL_INT(struct store_instance, http_endpoint, 0),
	COL_INT(struct store_instance, http_tokens_required, 0),
	COL_INT(struct store_instance, http_hop_limit, 0),
	COL_INT(struct store_instance, seq, DB_READ),
};
static const struct db_table table = {
	.name = "instance",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_instance),
};

/* ---- the security groups of an instance ---- */

struct group {
	struct str instance_id;
	int64_t position;
	struct str group_id;
};

static const struct db_column group_columns[] = {
	COL_TEXT(struct group, instance_id, DB_KEY),
	COL_INT(struct group, position, DB_KEY),
	COL_TEXT(struct group, group_id, DB_ONCE),
};
static const struct db_table group_table = {
	.name = "instance_group",
	DB_COLUMNS(group_columns),
	.row_size = sizeof(struct group),
};

static int
groups_add(struct store *st, const struct store_instance *v)
{
	int r;

	for (size_t i = 0; i < v->n_group_ids; i++) {
		const struct group g = { v->instance_id, (int64_t)i, v->group_ids[i] };

		if ((r = table_insert(store_db(st), &group_table, &g)) != 0)
			return r;
	}
	return 0;
}

static int
groups_delete(struct store *st, struct str instance_id)
{
	return db_run(store_db(st), "DELETE FROM instance_group WHERE instance_id = $1",
	    DB_ARGS(db_text(instance_id)), NULL);
}

/* Reads the groups of n instances, with one statement for 1000. If there are more, they must be in
 * the order of their ids. */
static int
groups_get(struct store *st, struct arena *a, struct store_instance *v, size_t n)
{
	struct db_arg *ids = arena_array(a, n, sizeof(*ids));
	struct group *all;
	size_t n_all;
	int r;

	for (size_t i = 0; i < n; i++)
		ids[i] = db_text(v[i].instance_id);
	if ((r = table_list_in(store_db(st), &group_table,
		 "FROM instance_group WHERE instance_id IN ($*) ORDER BY instance_id, position",
		 (struct db_args){ ids, n }, a, &all, &n_all)) != 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		const struct group *some = table_rows_of(&group_table, all, n_all,
		    offsetof(struct group, instance_id), ids[i], &v[i].n_group_ids);
		struct str *group_ids = arena_array(a, v[i].n_group_ids, sizeof(*group_ids));

		for (size_t k = 0; k < v[i].n_group_ids; k++)
			group_ids[k] = some[k].group_id;
		v[i].group_ids = v[i].n_group_ids > 0 ? group_ids : NULL;
	}
	return 0;
}

/* ---- instances ---- */

static int
add(struct store *st, const struct store_instance *v)
{
	int r;

	if ((r = table_insert(store_db(st), &table, v)) != 0)
		return r;
	return groups_add(st, v);
}

static int
update(struct store *st, const struct store_instance *v)
{
	int r;

	if ((r = table_update(store_db(st), &table, v)) != 0)
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
	int r;

	if ((r = table_get(store_db(st), &table, "FROM instance WHERE instance_id = $1",
		 DB_ARGS(db_text(instance_id)), a, &v)) != 0)
		return r;
	if ((r = groups_get(st, a, &v, 1)) != 0)
		return r;
	*ret = v;
	return 0;
}

static int
list(struct store *st, struct arena *a, const char *from, struct db_args args,
    struct store_instance **ret, size_t *ret_n)
{
	struct store_instance *v;
	size_t n;
	int r;

	if ((r = table_list(store_db(st), &table, from, args, a, &v, &n)) != 0)
		return r;
	if (n > 0 && (r = groups_get(st, a, v, n)) != 0)
		return r;
	*ret = v;
	*ret_n = n;
	return 0;
}

int
store_instance_list_of(struct store *st, struct arena *a, const struct str *ids, size_t n,
    struct store_instance **ret, size_t *ret_n)
{
	struct store_instance *v;
	size_t n_all;
	int r;

	if ((r = table_list_in(store_db(st), &table,
		 "FROM instance WHERE instance_id IN ($*) ORDER BY instance_id",
		 table_texts(a, ids, n), a, &v, &n_all)) != 0)
		return r;
	if (n_all > 0 && (r = groups_get(st, a, v, n_all)) != 0)
		return r;
	*ret = v;
	*ret_n = n_all;
	return 0;
}

#define PAGE " AND seq > $2 ORDER BY seq LIMIT $3"

int
store_instance_list(struct store *st, struct arena *a, struct str account_id, int64_t after_seq,
    size_t limit, struct store_instance **ret, size_t *ret_n)
{
	return list(st, a, "FROM instance WHERE account_id = $1" PAGE,
	    DB_ARGS(db_text(account_id), db_int(after_seq), db_int(store_page(limit))), ret, ret_n);
}

int
store_instance_list_vpc(struct store *st, struct arena *a, struct str vpc_id, int64_t after_seq,
    size_t limit, struct store_instance **ret, size_t *ret_n)
{
	return list(st, a, "FROM instance WHERE vpc_id = $1" PAGE,
	    DB_ARGS(db_text(vpc_id), db_int(after_seq), db_int(store_page(limit))), ret, ret_n);
}

int
store_instance_list_state(struct store *st, struct arena *a, enum store_instance_state state,
    int64_t after_seq, size_t limit, struct store_instance **ret, size_t *ret_n)
{
	return list(st, a, "FROM instance WHERE state = $1" PAGE,
	    DB_ARGS(db_int(state), db_int(after_seq), db_int(store_page(limit))), ret, ret_n);
}

static const struct db_column address_columns[] = {
	{ "i.private_ip", DB_KIND_TEXT, DB_READ, 0, sizeof(struct str) },
};
static const struct db_table address_table = {
	DB_COLUMNS(address_columns),
	.row_size = sizeof(struct str),
};

int
store_instance_list_addresses(struct store *st, struct arena *a, struct str group_id,
    struct str **ret, size_t *ret_n)
{
	return table_list(store_db(st), &address_table,
	    "FROM instance_group g JOIN instance i ON i.instance_id = g.instance_id"
	    " WHERE g.group_id = $1 AND i.state <> 48 ORDER BY i.seq LIMIT $2",
	    DB_ARGS(db_text(group_id), db_int(STORE_PAGE_MAX)), a, ret, ret_n);
}

static int
purge(struct store *st, int64_t terminated_before_at, int64_t *ret_n)
{
	/* What refers to an instance must be deleted before it. */
	static const char *const sql[] = {
		"DELETE FROM instance_group WHERE instance_id IN (SELECT instance_id"
		" FROM instance WHERE state = 48 AND terminated_at < $1)",
		"DELETE FROM active_key WHERE instance_id IN (SELECT instance_id"
		" FROM instance WHERE state = 48 AND terminated_at < $1)",
		"DELETE FROM tag WHERE resource_id IN (SELECT instance_id"
		" FROM instance WHERE state = 48 AND terminated_at < $1)",
		"DELETE FROM instance WHERE state = 48 AND terminated_at < $1",
	};
	int64_t n = 0;
	int r;

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		if ((r = db_run(store_db(st), sql[i], DB_ARGS(db_int(terminated_before_at)), &n)) !=
		    0)
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
	return db_number(store_db(st),
	    "SELECT count(*) FROM instance WHERE account_id = $1 AND state <> 48",
	    DB_ARGS(db_text(account_id)), ret);
}
