/*
 * db_table: see db_table.h. This is the one place that joins SQL.
 */
#include "store/db_table.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"

/* ---- the text of a statement ---- */

static bool
is_expression(const char *name)
{
	return strpbrk(name, " .(") != NULL;
}

/* Adds the names of the columns that have none of the flags in `but`. */
static void
names_add(struct buf *sql, const struct db_table *t, unsigned int but, const char *alias,
    const char **sep)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		const struct db_column *c = &t->columns[i];

		if (c->flags & but)
			continue;
		buf_c(sql, *sep);
		*sep = ", ";
		if (alias != NULL && !is_expression(c->name)) {
			buf_c(sql, alias);
			buf_ch(sql, '.');
		}
		buf_c(sql, c->name);
	}
}

static void
param_add(struct buf *sql, size_t i)
{
	buf_ch(sql, '$');
	buf_u64(sql, i);
}

/* Adds from, with the parameters $1 to $n in place of "$*". */
static void
from_add(struct buf *sql, const char *from, size_t n)
{
	const char *mark = strstr(from, "$*");

	if (mark == NULL) {
		buf_c(sql, from);
		return;
	}
	buf_add(sql, from, (size_t)(mark - from));
	for (size_t i = 1; i <= n; i++) {
		buf_c(sql, i == 1 ? "" : ", ");
		param_add(sql, i);
	}
	buf_c(sql, mark + 2);
}

static void
select_make(const struct db_source *s, struct buf *sql)
{
	const struct db_table *t = s->table;
	const char *sep = "SELECT ";

	if (strncmp(s->text, "WITH", 4) == 0) {
		buf_c(sql, s->text);
		return;
	}
	names_add(sql, t, DB_WRITE, t->alias, &sep);
	if (t->also != NULL)
		names_add(sql, t->also, DB_KEY | DB_WRITE, t->also->alias, &sep);
	buf_ch(sql, ' ');
	from_add(sql, s->text, s->n);
}

static void
insert_make(const struct db_source *s, struct buf *sql)
{
	const struct db_table *t = s->table;
	const char *sep = " (";
	size_t n = 0;

	buf_c(sql, "INSERT INTO ");
	buf_c(sql, t->name);
	names_add(sql, t, DB_READ, NULL, &sep);
	buf_c(sql, ") VALUES (");
	for (size_t i = 0; i < t->n_columns; i++) {
		if (t->columns[i].flags & DB_READ)
			continue;
		buf_c(sql, n == 0 ? "" : ", ");
		param_add(sql, ++n);
	}
	buf_c(sql, ") ");
	buf_c(sql, s->text);
}

static void
put_make(const struct db_source *s, struct buf *sql)
{
	const struct db_table *t = s->table;
	const char *sep = "ON CONFLICT (";

	insert_make(s, sql);
	for (size_t i = 0; i < t->n_columns; i++) {
		if (!(t->columns[i].flags & DB_KEY))
			continue;
		buf_c(sql, sep);
		buf_c(sql, t->columns[i].name);
		sep = ", ";
	}
	sep = ") DO UPDATE SET ";
	for (size_t i = 0; i < t->n_columns; i++) {
		if (t->columns[i].flags & (DB_KEY | DB_ONCE | DB_READ))
			continue;
		buf_c(sql, sep);
		buf_c(sql, t->columns[i].name);
		buf_c(sql, " = excluded.");
		buf_c(sql, t->columns[i].name);
		sep = ", ";
	}
}

/* Adds "name = $n" for each column that is a key or, without keys, for each that UPDATE writes. */
static void
pairs_add(struct buf *sql, const struct db_table *t, bool keys, const char *sep, size_t *n)
{
	const char *more = keys ? " AND " : ", ";

	for (size_t i = 0; i < t->n_columns; i++) {
		const struct db_column *c = &t->columns[i];

		if (keys ? !(c->flags & DB_KEY) : (c->flags & (DB_KEY | DB_ONCE | DB_READ)) != 0)
			continue;
		buf_c(sql, sep);
		buf_c(sql, c->name);
		buf_c(sql, " = ");
		param_add(sql, ++*n);
		sep = more;
	}
}

static void
update_make(const struct db_source *s, struct buf *sql)
{
	size_t n = 0;

	buf_c(sql, "UPDATE ");
	buf_c(sql, s->table->name);
	pairs_add(sql, s->table, false, " SET ", &n);
	pairs_add(sql, s->table, true, " WHERE ", &n);
}

/* ---- the members of a struct ---- */

static void
bind_member(struct db_stmt *q, int i, const struct db_column *c, const void *row)
{
	const char *p = (const char *)row + c->at;
	struct str s = { "", 0 };
	int64_t i64;
	int32_t i32;
	bool b;

	if (c->kind == DB_KIND_INT) {
		if (c->size == sizeof(i64)) {
			memcpy(&i64, p, sizeof(i64));
		} else if (c->size == sizeof(i32)) {
			memcpy(&i32, p, sizeof(i32));
			i64 = i32;
		} else {
			assert(c->size == sizeof(b));
			memcpy(&b, p, sizeof(b));
			i64 = b;
		}
		db_bind(q, i, db_int(i64));
		return;
	}
	assert(c->size == sizeof(s));
	memcpy(&s, p, sizeof(s));
	if (c->kind == DB_KIND_BLOB)
		db_bind(q, i, db_blob(s));
	else
		db_bind(q, i, c->kind == DB_KIND_REF ? db_ref(s) : db_text(s));
}

/* Binds the columns that have none of the flags in `but`, from parameter *i on. */
static void
bind_row(struct db_stmt *q, const struct db_table *t, unsigned int but, const void *row, int *i)
{
	for (size_t k = 0; k < t->n_columns; k++) {
		if (!(t->columns[k].flags & but))
			bind_member(q, (*i)++, &t->columns[k], row);
	}
}

static void
read_int(const struct db_column *c, int64_t i64, char *p)
{
	int32_t i32 = (int32_t)i64;
	bool b = i64 != 0;

	if (c->size == sizeof(i64)) {
		memcpy(p, &i64, sizeof(i64));
	} else if (c->size == sizeof(i32)) {
		memcpy(p, &i32, sizeof(i32));
	} else {
		assert(c->size == sizeof(b));
		memcpy(p, &b, sizeof(b));
	}
}

static void
read_columns(struct db_stmt *q, const struct db_table *t, unsigned int but, struct arena *a,
    char *row, int *i)
{
	for (size_t k = 0; k < t->n_columns; k++) {
		const struct db_column *c = &t->columns[k];
		struct str s;

		if (c->flags & but)
			continue;
		if (c->kind == DB_KIND_INT) {
			read_int(c, db_col_i64(q, (*i)++), row + c->at);
			continue;
		}
		assert(c->size == sizeof(s));
		s = c->kind == DB_KIND_BLOB ? db_col_blob(q, *i, a) : db_col_text(q, *i, a);
		memcpy(row + c->at, &s, sizeof(s));
		++*i;
	}
}

static void
read_row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	const struct db_table *t = db_stmt_table(q);
	int i = 0;

	memset(ret_row, 0, t->row_size);
	read_columns(q, t, DB_WRITE, a, ret_row, &i);
	if (t->also != NULL)
		read_columns(q, t->also, DB_KEY | DB_WRITE, a, ret_row, &i);
}

/* ---- reading ---- */

int
table_get(struct db *db, const struct db_table *t, const char *from, struct db_args args,
    struct arena *a, void *ret_row)
{
	const struct db_source source = { .text = from, .table = t, .make = select_make };
	struct db_stmt *q;
	int r;

	if ((r = db_prepare_from(db, &source, &q)) != 0)
		return r;
	db_bind_all(q, args);
	return db_one(q, a, read_row, ret_row);
}

int
table_list(struct db *db, const struct db_table *t, const char *from, struct db_args args,
    struct arena *a, void *ret, size_t *ret_n)
{
	const struct db_source source = { .text = from, .table = t, .make = select_make };
	struct db_stmt *q;
	int r;

	if ((r = db_prepare_from(db, &source, &q)) != 0)
		return r;
	db_bind_all(q, args);
	return db_list(q, a, t->row_size, read_row, ret, ret_n);
}

/* Reads with one statement. It may have more parameters than there are values: the others stay
 * NULL, which no column equals. */
static int
list_in(struct db *db, const struct db_table *t, const char *from, struct db_args values,
    struct arena *a, void *ret, size_t *ret_n)
{
	static const size_t sizes[] = { 1, 10, 100, TABLE_IN_MAX };
	struct db_source source = { .text = from, .table = t, .make = select_make };
	struct db_stmt *q;
	size_t i = 0;
	int r;

	while (values.n > sizes[i])
		i++;
	source.n = sizes[i];
	if ((r = db_prepare_from(db, &source, &q)) != 0)
		return r;
	db_bind_all(q, values);
	return db_list(q, a, t->row_size, read_row, ret, ret_n);
}

int
table_list_in(struct db *db, const struct db_table *t, const char *from, struct db_args values,
    struct arena *a, void *ret, size_t *ret_n)
{
	char *rows = NULL, *piece, *both;
	size_t n = 0, k;
	int r;

	for (size_t i = 0; i < values.n; i += TABLE_IN_MAX) {
		struct db_args some = { values.p + i, values.n - i };

		if (some.n > TABLE_IN_MAX)
			some.n = TABLE_IN_MAX;
		if ((r = list_in(db, t, from, some, a, &piece, &k)) != 0)
			return r;
		if (n > 0 && k > 0) {
			if (!arena_has_room(a, (n + k) * t->row_size))
				return ERR_TOOBIG;
			both = arena_array(a, n + k, t->row_size);
			memcpy(both, rows, n * t->row_size);
			memcpy(both + n * t->row_size, piece, k * t->row_size);
			piece = both;
		}
		if (k > 0)
			rows = piece;
		n += k;
	}
	memcpy(ret, &rows, sizeof(rows));
	*ret_n = n;
	return 0;
}

struct db_args
table_texts(struct arena *a, const struct str *v, size_t n)
{
	struct db_arg *p = arena_array(a, n, sizeof(*p));

	for (size_t i = 0; i < n; i++)
		p[i] = db_text(v[i]);
	return (struct db_args){ p, n };
}

/* Compares the member at p with value, as strcmp would. */
static int
compare(const char *p, struct db_arg value)
{
	struct str s;
	int64_t i64;

	if (value.kind == DB_ARG_INT) {
		memcpy(&i64, p, sizeof(i64));
		return (i64 > value.i64) - (i64 < value.i64);
	}
	memcpy(&s, p, sizeof(s));
	return str_cmp(s, value.s);
}

const void *
table_rows_of(const struct db_table *t, const void *rows, size_t n, size_t at, struct db_arg value,
    size_t *ret_n)
{
	const char *p = rows;
	size_t low = 0, high = n;

	*ret_n = 0;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare(p + mid * t->row_size + at, value) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	while (low + *ret_n < n && compare(p + (low + *ret_n) * t->row_size + at, value) == 0)
		++*ret_n;
	return *ret_n > 0 ? p + low * t->row_size : NULL;
}

/* ---- writing ---- */

static int
insert_prepare(struct db *db, const struct db_table *t, const char *tail, db_make_fn make,
    const void *row, struct db_stmt **ret)
{
	const struct db_source source = { .text = tail, .table = t, .make = make };
	int i = 1, r;

	if ((r = db_prepare_from(db, &source, ret)) != 0)
		return r;
	bind_row(*ret, t, DB_READ, row, &i);
	return 0;
}

int
table_insert(struct db *db, const struct db_table *t, const void *row)
{
	struct db_stmt *q;
	int r;

	if ((r = insert_prepare(db, t, "", insert_make, row, &q)) != 0)
		return r;
	return db_exec(q, NULL);
}

int
table_insert_or(struct db *db, const struct db_table *t, const char *on_conflict, const void *row)
{
	struct db_stmt *q;
	int r;

	if ((r = insert_prepare(db, t, on_conflict, insert_make, row, &q)) != 0)
		return r;
	r = db_exec_one(q);
	return r == ERR_NOTFOUND ? ERR_EXISTS : r;
}

int
table_put(struct db *db, const struct db_table *t, const void *row)
{
	struct db_stmt *q;
	int r;

	if ((r = insert_prepare(db, t, "", put_make, row, &q)) != 0)
		return r;
	return db_exec(q, NULL);
}

int
table_update(struct db *db, const struct db_table *t, const void *row)
{
	const struct db_source source = { .text = "", .table = t, .make = update_make };
	struct db_stmt *q;
	int i = 1, r;

	if ((r = db_prepare_from(db, &source, &q)) != 0)
		return r;
	bind_row(q, t, DB_KEY | DB_ONCE | DB_READ, row, &i);
	for (size_t k = 0; k < t->n_columns; k++) {
		if (t->columns[k].flags & DB_KEY)
			bind_member(q, i++, &t->columns[k], row);
	}
	return db_exec_one(q);
}
