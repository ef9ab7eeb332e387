/*
 * store_inline_policy: table inline_policy.
 */
#include "store/store_inline_policy.h"

#include "store/db_table.h"

struct row {
	struct store_inline_policy policy;
	int64_t size;
};

static const struct db_column columns[] = {
	COL_AS(struct row, policy.entity_id, "entity_id", DB_KIND_TEXT, DB_KEY),
	COL_AS(struct row, policy.name, "name", DB_KIND_TEXT, DB_KEY),
	COL_AS(struct row, policy.document, "document", DB_KIND_TEXT, 0),
	COL_INT(struct row, size, DB_WRITE),
};
/* A row is written as a struct row, and read as the first member of one. */
static const struct db_table table = {
	.name = "inline_policy",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct store_inline_policy),
};
_Static_assert(offsetof(struct row, policy) == 0, "the policy comes first");

int
store_inline_policy_put(struct store *st, const struct store_inline_policy *v)
{
	const struct row row = { *v, (int64_t)store_inline_policy_size_of(v->document) };

	return table_insert_or(store_db(st), &table,
	    "ON CONFLICT (entity_id, lower(name)) DO UPDATE SET document = excluded.document,"
	    " size = excluded.size",
	    &row);
}

int
store_inline_policy_get(struct store *st, struct arena *a, struct str entity_id, struct str name,
    struct store_inline_policy *ret)
{
	return table_get(store_db(st), &table,
	    "FROM inline_policy WHERE entity_id = $1 AND lower(name) = lower($2)",
	    DB_ARGS(db_text(entity_id), db_text(name)), a, ret);
}

int
store_inline_policy_list(struct store *st, struct arena *a, struct str entity_id, struct str after,
    size_t limit, struct store_inline_policy **ret, size_t *ret_n)
{
	return table_list(store_db(st), &table,
	    "FROM inline_policy WHERE entity_id = $1 AND lower(name) > lower($2)"
	    " ORDER BY lower(name) LIMIT $3",
	    DB_ARGS(db_text(entity_id), db_text(after), db_int(store_page(limit))), a, ret, ret_n);
}

int
store_inline_policy_delete(struct store *st, struct str entity_id, struct str name)
{
	return db_run_one(store_db(st),
	    "DELETE FROM inline_policy WHERE entity_id = $1 AND lower(name) = lower($2)",
	    DB_ARGS(db_text(entity_id), db_text(name)));
}

int
store_inline_policy_count(struct store *st, struct str entity_id, int64_t *ret)
{
	return db_number(store_db(st), "SELECT count(*) FROM inline_policy WHERE entity_id = $1",
	    DB_ARGS(db_text(entity_id)), ret);
}

int
store_inline_policy_size(struct store *st, struct str entity_id, struct str but_name, int64_t *ret)
{
	return db_number(store_db(st),
	    "SELECT coalesce(sum(size), 0) FROM inline_policy WHERE entity_id = $1"
	    " AND lower(name) <> lower($2)",
	    DB_ARGS(db_text(entity_id), db_text(but_name)), ret);
}

size_t
store_inline_policy_size_of(struct str document)
{
	size_t n = 0;

	for (size_t i = 0; i < document.n; i++)
		n += str_index(STR(" \t\r\n"), document.p[i]) == 4;
	return n;
}
