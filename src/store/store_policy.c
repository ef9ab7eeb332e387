/*
 * store_policy: tables policy and policy_version.
 */
#include "store/store_policy.h"

#include "store/db_table.h"

/* $1 is the account that asks. */
#define ATTACHED \
	"FROM attachment t JOIN entity e ON e.entity_id = t.entity_id" \
	" WHERE t.policy_id = p.policy_id AND e.account_id = $1"
#define BOUNDARY "FROM entity e WHERE e.boundary_arn = p.arn AND e.account_id = $1"
#define FROM "FROM policy p WHERE (p.account_id = $1 OR p.account_id IS NULL)"

static const struct db_column columns[] = {
	COL_TEXT(struct store_policy, policy_id, DB_KEY),
	COL_REF(struct store_policy, account_id, DB_ONCE),
	COL_TEXT(struct store_policy, arn, DB_ONCE),
	COL_TEXT(struct store_policy, name, DB_ONCE),
	COL_TEXT(struct store_policy, path, DB_ONCE),
	COL_TEXT(struct store_policy, description, DB_ONCE),
	COL_INT(struct store_policy, created_at, DB_ONCE),
	COL_INT(struct store_policy, updated_at, 0),
	COL_INT(struct store_policy, default_version, 0),
	COL_INT(struct store_policy, next_version, 0),
	COL_AS(struct store_policy, attachment_count, "(SELECT count(*) " ATTACHED ")", DB_KIND_INT,
	    DB_READ),
	COL_AS(struct store_policy, boundary_count, "(SELECT count(*) " BOUNDARY ")", DB_KIND_INT,
	    DB_READ),
};
static const struct db_table table = {
	.name = "policy",
	.alias = "p",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_policy),
};

static const struct db_column version_columns[] = {
	COL_TEXT(struct store_policy_version, policy_id, DB_KEY),
	COL_INT(struct store_policy_version, version, DB_KEY),
	COL_TEXT(struct store_policy_version, document, DB_ONCE),
	COL_INT(struct store_policy_version, created_at, DB_ONCE),
	COL_AS(struct store_policy_version, is_default, "v.version = p.default_version",
	    DB_KIND_INT, DB_READ),
};
static const struct db_table version_table = {
	.name = "policy_version",
	.alias = "v",
	DB_COLUMNS(version_columns),
	.row_size = sizeof(struct store_policy_version),
};

static int
add(struct store *st, const struct store_policy *v, struct str document)
{
	const struct store_policy_version first = { .policy_id = v->policy_id,
		.version = 1,
		.document = document,
		.created_at = v->created_at };
	struct store_policy row = *v;
	int r;

	row.updated_at = v->created_at;
	row.default_version = 1;
	row.next_version = 2;
	if ((r = table_insert(store_db(st), &table, &row)) != 0)
		return r;
	return table_insert(store_db(st), &version_table, &first);
}

int
store_policy_add(struct store *st, const struct store_policy *v, struct str document)
{
	bool own;
	int r;

	if ((r = db_enter(store_db(st), &own)) != 0)
		return r;
	return db_leave(store_db(st), own, add(st, v, document));
}

int
store_policy_get(struct store *st, struct arena *a, struct str account_id, struct str arn,
    struct store_policy *ret)
{
	return table_get(store_db(st), &table, FROM " AND p.arn = $2",
	    DB_ARGS(db_text(account_id), db_text(arn)), a, ret);
}

int
store_policy_list(struct store *st, struct arena *a, const struct store_policy_query *query,
    struct store_policy **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    FROM " AND p.arn > $2 AND substr(p.path, 1, length($3)) = $3"
		 " AND ($4 = 0 OR ($4 = 1 AND p.account_id IS NULL)"
		 " OR ($4 = 2 AND p.account_id IS NOT NULL))"
		 " AND ($5 = 0 OR ($5 = 1 AND EXISTS (SELECT 1 " ATTACHED "))"
		 " OR ($5 = 2 AND EXISTS (SELECT 1 " BOUNDARY ")))"
		 " ORDER BY p.arn LIMIT $6",
	    DB_ARGS(db_text(query->account_id), db_text(query->after), db_text(query->path_prefix),
		db_int(query->scope), db_int(query->usage), db_int(store_page(query->limit))),
	    a, ret, ret_n);
}

static int delete (struct store *st, struct str policy_id)
{
	int r;

	if ((r = db_run_one(store_db(st),
		 "DELETE FROM policy_version WHERE policy_id = $1 AND version ="
		 " (SELECT default_version FROM policy WHERE policy_id = $1)",
		 DB_ARGS(db_text(policy_id)))) != 0)
		return r;
	return db_run_one(store_db(st), "DELETE FROM policy WHERE policy_id = $1",
	    DB_ARGS(db_text(policy_id)));
}

int
store_policy_delete(struct store *st, struct str policy_id)
{
	bool own;
	int r;

	if ((r = db_enter(store_db(st), &own)) != 0)
		return r;
	return db_leave(store_db(st), own, delete (st, policy_id));
}

int
store_policy_count(struct store *st, struct str account_id, int64_t *ret)
{
	return db_number(store_db(st),
	    "SELECT count(*) FROM policy WHERE coalesce(account_id, 'aws') = $1",
	    DB_ARGS(db_text(account_id)), ret);
}

/* ---- versions ---- */

#define FROM_VERSION "FROM policy_version v JOIN policy p ON p.policy_id = v.policy_id"

/* The number of the next version. It is used up by this. */
static int
version_number(struct store *st, struct str policy_id, int64_t *ret)
{
	int r;

	if ((r = db_run_one(store_db(st),
		 "UPDATE policy SET next_version = next_version + 1 WHERE policy_id = $1",
		 DB_ARGS(db_text(policy_id)))) != 0)
		return r;
	return db_number(store_db(st), "SELECT next_version - 1 FROM policy WHERE policy_id = $1",
	    DB_ARGS(db_text(policy_id)), ret);
}

static int
version_add(struct store *st, const struct store_policy_version *in, int64_t *ret_version)
{
	struct store_policy_version v = *in;
	int r;

	if ((r = version_number(st, v.policy_id, &v.version)) != 0)
		return r;
	if ((r = table_insert(store_db(st), &version_table, &v)) != 0)
		return r;
	if (v.is_default &&
	    (r = store_policy_set_default(st, v.policy_id, v.version, v.created_at)) != 0)
		return r;
	if (ret_version != NULL)
		*ret_version = v.version;
	return 0;
}

int
store_policy_version_add(struct store *st, const struct store_policy_version *v,
    int64_t *ret_version)
{
	bool own;
	int r;

	if ((r = db_enter(store_db(st), &own)) != 0)
		return r;
	return db_leave(store_db(st), own, version_add(st, v, ret_version));
}

int
store_policy_version_get(struct store *st, struct arena *a, struct str policy_id, int64_t version,
    struct store_policy_version *ret)
{
	return table_get(store_db(st), &version_table,
	    FROM_VERSION " WHERE v.policy_id = $1 AND v.version = $2",
	    DB_ARGS(db_text(policy_id), db_int(version)), a, ret);
}

int
store_policy_version_list(struct store *st, struct arena *a, struct str policy_id, int64_t before,
    size_t limit, struct store_policy_version **ret, size_t *ret_n)
{
	return table_list(store_db(st), &version_table,
	    FROM_VERSION " WHERE v.policy_id = $1 AND v.version < $2"
			 " ORDER BY v.version DESC LIMIT $3",
	    DB_ARGS(db_text(policy_id), db_int(before == 0 ? INT64_MAX : before),
		db_int(store_page(limit))),
	    a, ret, ret_n);
}

int
store_policy_version_delete(struct store *st, struct str policy_id, int64_t version)
{
	int64_t is_default;
	int r;

	if ((r = db_number(store_db(st),
		 "SELECT count(*) FROM policy WHERE policy_id = $1 AND default_version = $2",
		 DB_ARGS(db_text(policy_id), db_int(version)), &is_default)) != 0)
		return r;
	if (is_default > 0)
		return ERR_BADSTATE;
	return db_run_one(store_db(st),
	    "DELETE FROM policy_version WHERE policy_id = $1 AND version = $2",
	    DB_ARGS(db_text(policy_id), db_int(version)));
}

int
store_policy_set_default(struct store *st, struct str policy_id, int64_t version,
    int64_t updated_at)
{
	return db_run_one(store_db(st),
	    "UPDATE policy SET default_version = $1, updated_at = $2 WHERE policy_id = $3"
	    " AND EXISTS (SELECT 1 FROM policy_version v WHERE v.policy_id = $3"
	    " AND v.version = $1)",
	    DB_ARGS(db_int(version), db_int(updated_at), db_text(policy_id)));
}

int
store_policy_version_count(struct store *st, struct str policy_id, int64_t *ret)
{
	return db_number(store_db(st), "SELECT count(*) FROM policy_version WHERE policy_id = $1",
	    DB_ARGS(db_text(policy_id)), ret);
}

int
store_policy_version_count_all(struct store *st, struct str account_id, int64_t *ret)
{
	return db_number(store_db(st),
	    "SELECT count(*) FROM policy p JOIN policy_version v ON v.policy_id = p.policy_id"
	    " WHERE coalesce(p.account_id, 'aws') = $1",
	    DB_ARGS(db_text(account_id)), ret);
}
