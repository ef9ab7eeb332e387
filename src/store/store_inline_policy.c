/*
 * store_inline_policy: table inline_policy.
 */
#include "store/store_inline_policy.h"

#include "store/db.h"

static void
row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	struct store_inline_policy *v = ret_row;

	v->entity_id = db_col_text(q, 0, a);
	v->name = db_col_text(q, 1, a);
	v->document = db_col_text(q, 2, a);
}

int
store_inline_policy_put(struct store *st, const struct store_inline_policy *v)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "INSERT INTO inline_policy (entity_id, name, document, size)"
		 " VALUES ($1, $2, $3, $4) ON CONFLICT (entity_id, lower(name)) DO UPDATE SET"
		 " document = excluded.document, size = excluded.size",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, v->entity_id);
	db_bind_text(q, 2, v->name);
	db_bind_text(q, 3, v->document);
	db_bind_i64(q, 4, (int64_t)store_inline_policy_size_of(v->document));
	return db_exec(q, NULL);
}

int
store_inline_policy_get(struct store *st, struct arena *a, struct str entity_id, struct str name,
    struct store_inline_policy *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT entity_id, name, document FROM inline_policy WHERE entity_id = $1"
		 " AND lower(name) = lower($2)",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, entity_id);
	db_bind_text(q, 2, name);
	return db_one(q, a, row, ret);
}

int
store_inline_policy_list(struct store *st, struct arena *a, struct str entity_id, struct str after,
    size_t limit, struct store_inline_policy **ret, size_t *ret_n)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT entity_id, name, document FROM inline_policy WHERE entity_id = $1"
		 " AND lower(name) > lower($2) ORDER BY lower(name) LIMIT $3",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, entity_id);
	db_bind_text(q, 2, after);
	db_bind_i64(q, 3, store_page(limit));
	return db_list(q, a, sizeof(**ret), row, ret, ret_n);
}

int
store_inline_policy_delete(struct store *st, struct str entity_id, struct str name)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "DELETE FROM inline_policy WHERE entity_id = $1 AND lower(name) = lower($2)",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, entity_id);
	db_bind_text(q, 2, name);
	return db_exec_one(q);
}

int
store_inline_policy_count(struct store *st, struct str entity_id, int64_t *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st), "SELECT count(*) FROM inline_policy WHERE entity_id = $1",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, entity_id);
	return db_count(q, ret);
}

int
store_inline_policy_size(struct store *st, struct str entity_id, struct str but_name, int64_t *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(store_db(st),
		 "SELECT coalesce(sum(size), 0) FROM inline_policy WHERE entity_id = $1"
		 " AND lower(name) <> lower($2)",
		 &q)) != 0)
		return r;
	db_bind_text(q, 1, entity_id);
	db_bind_text(q, 2, but_name);
	return db_count(q, ret);
}

size_t
store_inline_policy_size_of(struct str document)
{
	size_t n = 0;

	for (size_t i = 0; i < document.n; i++)
		n += str_index(STR(" \t\r\n"), document.p[i]) == 4;
	return n;
}
