/*
 * store_policy: tables policy and policy_version.
 */
#include "store/store_policy.h"

#include "store/db.h"

#define ATTACHED \
	"FROM attachment t JOIN entity e ON e.entity_id = t.entity_id" \
	" WHERE t.policy_id = p.policy_id AND e.account_id = $1"
#define BOUNDARY "FROM entity e WHERE e.boundary_arn = p.arn AND e.account_id = $1"
/* $1: the account that asks. */
#define SELECT \
	"SELECT p.policy_id, p.account_id, p.arn, p.name, p.path, p.description, p.created_at," \
	" p.updated_at, p.default_version, p.next_version, (SELECT count(*) " ATTACHED ")," \
	" (SELECT count(*) " BOUNDARY ") FROM policy p" \
	" WHERE (p.account_id = $1 OR p.account_id IS NULL)"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_policy *v = ret_row;

	v->policy_id = db_col_text(q, 0, a);
	v->account_id = db_col_text(q, 1, a);
	v->arn = db_col_text(q, 2, a);
	v->name = db_col_text(q, 3, a);
	v->path = db_col_text(q, 4, a);
	v->description = db_col_text(q, 5, a);
	v->created_at = db_col_i64(q, 6);
	v->updated_at = db_col_i64(q, 7);
	v->default_version = db_col_i64(q, 8);
	v->next_version = db_col_i64(q, 9);
	v->attachment_count = db_col_i64(q, 10);
	v->boundary_count = db_col_i64(q, 11);
}

static int
version_insert(struct store *st, const struct store_policy_version *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO policy_version (policy_id, version, document, created_at)"
		 " VALUES ($1, $2, $3, $4)",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, v->policy_id);
	db_bind_i64(q, 2, v->version);
	db_bind_text(q, 3, v->document);
	db_bind_i64(q, 4, v->created_at);
	return db_exec(q, NULL);
}

static int
add(struct store *st, const struct store_policy *v, struct str document)
{
	const struct store_policy_version first = { .policy_id = v->policy_id,
		.version = 1,
		.document = document,
		.created_at = v->created_at };
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO policy (policy_id, account_id, arn,"
		 " name, path, description, created_at,"
		 " updated_at, default_version, next_version)"
		 " VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 1, 2)",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, v->policy_id);
	db_bind_ref(q, 2, v->account_id);
	db_bind_text(q, 3, v->arn);
	db_bind_text(q, 4, v->name);
	db_bind_text(q, 5, v->path);
	db_bind_text(q, 6, v->description);
	db_bind_i64(q, 7, v->created_at);
	if ((r = db_exec(q, NULL)) != 0)
		return r;
	return version_insert(st, &first);
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
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), SELECT " AND p.arn = $2", &q)) != 0)
		return r;
	db_bind_text(q, 1, account_id);
	db_bind_text(q, 2, arn);
	return db_one(q, a, row, ret);
}

int
store_policy_get_id(struct store *st, struct arena *a, struct str account_id, struct str policy_id,
    struct store_policy *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), SELECT " AND p.policy_id = $2", &q)) != 0)
		return r;
	db_bind_text(q, 1, account_id);
	db_bind_text(q, 2, policy_id);
	return db_one(q, a, row, ret);
}

int
store_policy_list(struct store *st, struct arena *a, const struct store_policy_query *query,
    struct store_policy **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 SELECT " AND p.arn > $2 AND substr(p.path, 1, length($3)) = $3"
			" AND ($4 = 0 OR ($4 = 1 AND p.account_id IS NULL)"
			" OR ($4 = 2 AND p.account_id IS NOT NULL))"
			" AND ($5 = 0 OR ($5 IN (1, 3) AND EXISTS (SELECT 1 " ATTACHED "))"
			" OR ($5 IN (2, 3) AND EXISTS (SELECT 1 " BOUNDARY ")))"
			" ORDER BY p.arn LIMIT $6",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, query->account_id);
	db_bind_text(q, 2, query->after);
	db_bind_text(q, 3, query->path_prefix);
	db_bind_i64(q, 4, query->scope);
	db_bind_i64(q, 5, query->usage);
	db_bind_i64(q, 6, store_page(query->limit));
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}

static int delete (struct store *st, struct str policy_id)
{
	static const char *const sql[] = {
		"DELETE FROM policy_version WHERE policy_id = $1 AND version ="
		" (SELECT default_version FROM policy WHERE policy_id = $1)",
		"DELETE FROM policy WHERE policy_id = $1",
	};
	struct db_stmt *q;
	int r;

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		if ((r = db_prepare(store_db(st), sql[i], &q)) != 0)
			return r;
		db_bind_text(q, 1, policy_id);
		if ((r = db_exec_one(q)) != 0)
			return r;
	}
	return 0;
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
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT count(*) FROM policy WHERE coalesce(account_id, 'aws') = $1", &q)) != 0)
		return r;
	db_bind_text(q, 1, account_id);
	return db_count(q, ret);
}

/* ---- versions ---- */

#define SELECT_VERSION \
	"SELECT v.policy_id, v.version, v.document, v.created_at, v.version = p.default_version" \
	" FROM policy_version v JOIN policy p ON p.policy_id = v.policy_id"

static void
version_row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_policy_version *v = ret_row;

	v->policy_id = db_col_text(q, 0, a);
	v->version = db_col_i64(q, 1);
	v->document = db_col_text(q, 2, a);
	v->created_at = db_col_i64(q, 3);
	v->is_default = db_col_i64(q, 4) != 0;
}

/* The number of the next version, which then is used up. */
static int
version_number(struct store *st, struct str policy_id, int64_t *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "UPDATE policy SET next_version = next_version + 1 WHERE policy_id = $1", &q)) !=
	    0)
		return r;
	db_bind_text(q, 1, policy_id);
	if ((r = db_exec_one(q)) != 0)
		return r;
	if ((r = db_prepare(store_db(st),
		 "SELECT next_version - 1 FROM policy WHERE policy_id = $1", &q)) != 0)
		return r;
	db_bind_text(q, 1, policy_id);
	return db_count(q, ret);
}

static int
version_add(struct store *st, const struct store_policy_version *in, int64_t *ret_version)
{
	struct store_policy_version v = *in;
	int r;

	if ((r = version_number(st, v.policy_id, &v.version)) != 0)
		return r;
	if ((r = version_insert(st, &v)) != 0)
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
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 SELECT_VERSION " WHERE v.policy_id = $1 AND v.version = $2", &q)) != 0)
		return r;
	db_bind_text(q, 1, policy_id);
	db_bind_i64(q, 2, version);
	return db_one(q, a, version_row, ret);
}

int
store_policy_version_list(struct store *st, struct arena *a, struct str policy_id, int64_t before,
    size_t limit, struct store_policy_version **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 SELECT_VERSION " WHERE v.policy_id = $1 AND v.version < $2"
				" ORDER BY v.version DESC LIMIT $3",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, policy_id);
	db_bind_i64(q, 2, before == 0 ? INT64_MAX : before);
	db_bind_i64(q, 3, store_page(limit));
	return db_list(q, a, sizeof(**ret), version_row, ret, ret_n);
}

static int
is_default(struct store *st, struct str policy_id, int64_t version, int64_t *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT count(*) FROM policy WHERE policy_id = $1 AND default_version = $2",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, policy_id);
	db_bind_i64(q, 2, version);
	return db_count(q, ret);
}

int
store_policy_version_delete(struct store *st, struct str policy_id, int64_t version)
{
	struct db_stmt *q;
	int64_t n;
	int r;

	if ((r = is_default(st, policy_id, version, &n)) != 0)
		return r;
	if (n > 0)
		return ERR_BADSTATE;
	if ((r = db_prepare(store_db(st),
		 "DELETE FROM policy_version WHERE policy_id = $1 AND version = $2", &q)) != 0)
		return r;
	db_bind_text(q, 1, policy_id);
	db_bind_i64(q, 2, version);
	return db_exec_one(q);
}

int
store_policy_set_default(struct store *st, struct str policy_id, int64_t version,
    int64_t updated_at)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "UPDATE policy SET default_version = $1, updated_at = $2 WHERE policy_id = $3"
		 " AND EXISTS (SELECT 1 FROM policy_version v WHERE v.policy_id = $3"
		 " AND v.version = $1)",
		 &q)) != 0)
		return r;
	db_bind_i64(q, 1, version);
	db_bind_i64(q, 2, updated_at);
	db_bind_text(q, 3, policy_id);
	return db_exec_one(q);
}

int
store_policy_version_count(struct store *st, struct str policy_id, int64_t *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT count(*) FROM policy_version WHERE policy_id = $1", &q)) != 0)
		return r;
	db_bind_text(q, 1, policy_id);
	return db_count(q, ret);
}
