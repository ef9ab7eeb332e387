/*
 * table_test: tests db_table: the exact statements that it makes of a table of columns, and that
 * the members of a struct are read back as they were written.
 */
#include "fixture.h"

#include <sqlite3.h>
#include <string.h>

#include "store/db_table.h"

struct thing {
	struct str thing_id;
	struct str shelf;
	struct str kept_by;
	struct str bytes;
	int64_t big;
	int32_t small;
	bool yes;
	enum { RED = 1, BLUE = 70000 } colour;
	int64_t twice_big; /* computed */
	struct str note;   /* of table note, joined */
	struct str hidden; /* written only */
	int no_column;
};

static const struct db_column note_columns[] = {
	COL_TEXT(struct thing, thing_id, DB_KEY),
	COL_AS(struct thing, note, "words", DB_KIND_TEXT, 0),
};
static const struct db_table note_table = {
	.name = "note",
	.alias = "n",
	DB_COLUMNS(note_columns),
	.row_size = sizeof(struct thing),
};
static const struct db_column columns[] = {
	COL_TEXT(struct thing, thing_id, DB_KEY),
	COL_TEXT(struct thing, shelf, DB_ONCE),
	COL_REF(struct thing, kept_by, 0),
	COL_BLOB(struct thing, bytes, 0),
	COL_INT(struct thing, big, 0),
	COL_INT(struct thing, small, 0),
	COL_INT(struct thing, yes, 0),
	COL_INT(struct thing, colour, 0),
	COL_TEXT(struct thing, hidden, DB_WRITE | DB_ONCE),
	COL_AS(struct thing, twice_big, "t.big * 2", DB_KIND_INT, DB_READ),
};
static const struct db_table table = {
	.name = "thing",
	.alias = "t",
	DB_COLUMNS(columns),
	.row_size = sizeof(struct thing),
	.also = &note_table,
};

#define FROM "FROM thing t LEFT JOIN note n ON n.thing_id = t.thing_id"

struct box {
	struct fixture *f;
	struct db *db;
};

static sqlite3 *handle;

static int
handle_note(sqlite3 *db, char **error, const struct sqlite3_api_routines *api)
{
	(void)error;
	(void)api;
	handle = db;
	return SQLITE_OK;
}

static int
setup(void **state)
{
	struct box *b = xalloc(sizeof(*b));
	struct errinfo ei;
	void *f;

	assert_int_equal(sqlite3_auto_extension((void (*)(void))handle_note), SQLITE_OK);
	fixture_dir(&f);
	b->f = f;
	assert_ok(db_create(b->f->path, &b->db, &ei));
	assert_ok(db_script(b->db,
	    "CREATE TABLE thing (thing_id TEXT PRIMARY KEY, shelf TEXT NOT NULL,"
	    " kept_by TEXT REFERENCES thing, bytes BLOB NOT NULL, big INTEGER NOT NULL,"
	    " small INTEGER NOT NULL, yes INTEGER NOT NULL, colour INTEGER NOT NULL,"
	    " hidden TEXT NOT NULL, UNIQUE (shelf, small)) STRICT;"
	    "CREATE TABLE note (thing_id TEXT PRIMARY KEY, words TEXT NOT NULL) STRICT;"));
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct box *b = *state;
	void *f = b->f;

	sqlite3_reset_auto_extension();
	db_close(b->db);
	xfree(b);
	return fixture_end(&f);
}

static struct thing
thing(const char *id, int32_t small)
{
	return (struct thing){ .thing_id = str_of(id),
		.shelf = STR("left"),
		.bytes = STR("\0\xff"),
		.big = INT64_MIN,
		.small = small,
		.yes = true,
		.colour = BLUE,
		.hidden = STR("h") };
}

/* Is this statement among those that were prepared? */
static void
assert_made(const char *sql)
{
	for (sqlite3_stmt *q = NULL; (q = sqlite3_next_stmt(handle, q)) != NULL;) {
		if (strcmp(sqlite3_sql(q), sql) == 0)
			return;
	}
	fail_msg("no statement: %s", sql);
}

static size_t
count_made(void)
{
	size_t n = 0;

	for (sqlite3_stmt *q = NULL; (q = sqlite3_next_stmt(handle, q)) != NULL;)
		n++;
	return n;
}

static void
statements_are_exact(void **state)
{
	struct box *b = *state;
	struct thing v = thing("a", 1), *list;
	struct db_arg values[2] = { db_text(STR("a")), db_text(STR("b")) };
	size_t n;

	assert_ok(table_insert(b->db, &table, &v));
	assert_made("INSERT INTO thing (thing_id, shelf, kept_by, bytes, big, small, yes, colour,"
		    " hidden) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ");
	assert_ok(table_update(b->db, &table, &v));
	assert_made("UPDATE thing SET kept_by = $1, bytes = $2, big = $3, small = $4, yes = $5,"
		    " colour = $6 WHERE thing_id = $7");
	assert_ok(table_put(b->db, &note_table, &v));
	assert_made("INSERT INTO note (thing_id, words) VALUES ($1, $2) ON CONFLICT (thing_id)"
		    " DO UPDATE SET words = excluded.words");
	assert_ok(table_get(b->db, &table, FROM " WHERE t.thing_id = $1", DB_ARGS(values[0]),
	    b->f->a, &v));
	assert_made("SELECT t.thing_id, t.shelf, t.kept_by, t.bytes, t.big, t.small, t.yes,"
		    " t.colour, t.big * 2, n.words " FROM " WHERE t.thing_id = $1");
	assert_ok(table_list_in(b->db, &note_table, "FROM note n WHERE n.thing_id IN ($*) LIMIT 9",
	    (struct db_args){ values, 2 }, b->f->a, &list, &n));
	assert_made("SELECT n.thing_id, n.words FROM note n WHERE n.thing_id IN ($1, $2, $3, $4,"
		    " $5, $6, $7, $8, $9, $10) LIMIT 9");
	assert_int_equal(n, 1);
}

/* The second use of the same constants makes no statement. */
static void
statements_are_made_once(void **state)
{
	struct box *b = *state;
	size_t made = 0;

	for (int i = 0; i < 3; i++) {
		struct thing v = thing(i == 0 ? "a" : i == 1 ? "b" : "c", i);

		assert_ok(table_insert(b->db, &table, &v));
		assert_ok(table_put(b->db, &note_table, &v));
		assert_ok(table_update(b->db, &table, &v));
		assert_true(i == 0 || count_made() == made);
		made = count_made();
	}
}

static void
members_come_back(void **state)
{
	struct box *b = *state;
	struct thing in = thing("a", INT32_MIN), out;

	memset(&out, 0x55, sizeof(out));
	in.big = -3;
	in.note = STR("words");
	assert_ok(table_insert(b->db, &table, &in));
	assert_ok(table_put(b->db, &note_table, &in));
	assert_ok(table_get(b->db, &table, FROM " WHERE t.thing_id = $1",
	    DB_ARGS(db_text(STR("a"))), b->f->a, &out));
	assert_str(out.thing_id, "a");
	assert_str(out.shelf, "left");
	assert_int_equal(out.kept_by.n, 0);
	assert_true(str_eq(out.bytes, STR("\0\xff")));
	assert_int_equal(out.big, -3);
	assert_int_equal(out.small, INT32_MIN);
	assert_true(out.yes);
	assert_int_equal(out.colour, BLUE);
	assert_int_equal(out.twice_big, -6);
	assert_str(out.note, "words");
	assert_int_equal(out.hidden.n, 0);
	assert_int_equal(out.no_column, 0);
}

/* An empty reference is NULL, which no foreign key looks at; another is checked. */
static void
references(void **state)
{
	struct box *b = *state;
	struct thing a = thing("a", 1), c = thing("c", 2);
	int64_t n;

	assert_ok(table_insert(b->db, &table, &a));
	c.kept_by = STR("nobody");
	assert_int_equal(table_insert(b->db, &table, &c), ERR_BADSTATE);
	c.kept_by = STR("a");
	assert_ok(table_insert(b->db, &table, &c));
	assert_ok(
	    db_number(b->db, "SELECT count(*) FROM thing WHERE kept_by IS NULL", DB_NO_ARGS, &n));
	assert_int_equal(n, 1);
}

static void
update_and_put_write_what_they_may(void **state)
{
	struct box *b = *state;
	struct thing v = thing("a", 1), out;

	assert_int_equal(table_update(b->db, &table, &v), ERR_NOTFOUND);
	assert_ok(table_insert(b->db, &table, &v));
	v.shelf = STR("right");
	v.small = 2;
	assert_ok(table_update(b->db, &table, &v));
	assert_ok(table_get(b->db, &table, FROM, DB_NO_ARGS, b->f->a, &out));
	assert_str(out.shelf, "left");
	assert_int_equal(out.small, 2);
	v.small = 3;
	assert_ok(table_put(b->db, &table, &v));
	assert_ok(table_get(b->db, &table, FROM, DB_NO_ARGS, b->f->a, &out));
	assert_str(out.shelf, "left");
	assert_int_equal(out.small, 3);
}

/* What the text itself resolves is told as ERR_EXISTS, and is no constraint error. */
static void
insert_or(void **state)
{
	struct box *b = *state;
	struct thing v = thing("a", 1);

	assert_ok(table_insert_or(b->db, &table, "ON CONFLICT (thing_id) DO NOTHING", &v));
	assert_int_equal(table_insert_or(b->db, &table, "ON CONFLICT (thing_id) DO NOTHING", &v),
	    ERR_EXISTS);
	assert_int_equal(table_insert(b->db, &table, &v), ERR_EXISTS);
	v.thing_id = STR("b");
	assert_int_equal(table_insert_or(b->db, &table, "ON CONFLICT (thing_id) DO NOTHING", &v),
	    ERR_EXISTS);
}

/* Text is UTF-8 without NUL, wherever it is bound; blobs are any bytes. */
static void
text_is_utf8(void **state)
{
	static const struct str bad[] = { { "c\0d", 3 }, { "caf\xe9", 4 }, { "\xc0\x80", 2 },
		{ "\xed\xa0\x80", 3 }, { "\xe2\x82", 2 }, { "a long text, then \xff", 19 } };
	struct box *b = *state;
	struct thing v, out;
	int64_t n;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		v = thing("a", 1);
		v.shelf = bad[i];
		assert_int_equal(table_insert(b->db, &table, &v), ERR_SYNTAX);
		v = thing("a", 1);
		v.kept_by = bad[i];
		assert_int_equal(table_insert(b->db, &table, &v), ERR_SYNTAX);
		assert_int_equal(table_get(b->db, &table, FROM " WHERE t.shelf = $1",
				     DB_ARGS(db_text(bad[i])), b->f->a, &out),
		    ERR_SYNTAX);
		assert_int_equal(db_run(b->db, "DELETE FROM thing WHERE shelf = $1",
				     DB_ARGS(db_text(bad[i])), NULL),
		    ERR_SYNTAX);
	}
	assert_ok(db_number(b->db, "SELECT count(*) FROM thing", DB_NO_ARGS, &n));
	assert_int_equal(n, 0);
	v = thing("a", 1);
	v.shelf = STR("caf\xc3\xa9 \xf0\x9f\x98\x80");
	v.bytes = bad[1];
	assert_ok(table_insert(b->db, &table, &v));
	assert_ok(table_get(b->db, &table, FROM, DB_NO_ARGS, b->f->a, &out));
	assert_true(str_eq(out.shelf, v.shelf));
	assert_true(str_eq(out.bytes, v.bytes));
}

/* By 0, 1, a few, and more values than one statement takes; with the rows of one. */
static void
lists_in(void **state)
{
	static const size_t counts[] = { 0, 1, 10, 11, 100, 101, 1000, 1001, 2345 };
	struct box *b = *state;
	struct db_arg *values = arena_array(b->f->a, 2345, sizeof(*values));
	struct thing *list;
	size_t n, k;

	for (int i = 0; i < 2345; i++) {
		struct str id = arena_fmt(b->f->a, "t-%05d", i);
		const struct thing v = { .thing_id = id, .note = STR("n") };

		values[i] = db_text(id);
		if (i % 2 == 0)
			assert_ok(table_put(b->db, &note_table, &v));
	}
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		assert_ok(table_list_in(b->db, &note_table,
		    "FROM note n WHERE n.thing_id IN ($*) ORDER BY n.thing_id",
		    (struct db_args){ values, counts[i] }, b->f->a, &list, &n));
		assert_int_equal(n, (counts[i] + 1) / 2);
		for (size_t x = 0; x < n; x++)
			assert_true(str_eq(list[x].thing_id, values[2 * x].s));
	}
	assert_ptr_equal(table_rows_of(&note_table, list, n, offsetof(struct thing, thing_id),
			     db_text(STR("t-02344")), &k),
	    &list[1172]);
	assert_int_equal(k, 1);
	assert_null(table_rows_of(&note_table, list, n, offsetof(struct thing, thing_id),
	    db_text(STR("t-02343")), &k));
	assert_int_equal(k, 0);
	assert_null(table_rows_of(&note_table, NULL, 0, 0, db_text(STR("x")), &k));
}

static void
rows_of_one(void **state)
{
	static const struct thing rows[] = { { .big = 1 }, { .big = 4 }, { .big = 4 }, { .big = 4 },
		{ .big = 9 } };
	size_t n;

	(void)state;
	assert_ptr_equal(table_rows_of(&table, rows, 5, offsetof(struct thing, big), db_int(4), &n),
	    &rows[1]);
	assert_int_equal(n, 3);
	assert_ptr_equal(table_rows_of(&table, rows, 5, offsetof(struct thing, big), db_int(9), &n),
	    &rows[4]);
	assert_int_equal(n, 1);
	assert_null(table_rows_of(&table, rows, 5, offsetof(struct thing, big), db_int(10), &n));
	assert_null(table_rows_of(&table, rows, 5, offsetof(struct thing, big), db_int(0), &n));
}

/* A result is touched only when there is one. */
static void
nothing_found(void **state)
{
	struct box *b = *state;
	struct thing out = { .no_column = 7 }, *list = &out;
	size_t n = 5;

	assert_int_equal(table_get(b->db, &table, FROM, DB_NO_ARGS, b->f->a, &out), ERR_NOTFOUND);
	assert_int_equal(out.no_column, 7);
	assert_ok(table_list(b->db, &table, FROM, DB_NO_ARGS, b->f->a, &list, &n));
	assert_null(list);
	assert_int_equal(n, 0);
}

/* What the arena has no room for is an error, and never the end of the process; the transaction and
 * the statement go on. */
static void
too_much_to_read(void **state)
{
	struct box *b = *state;
	struct arena *small = arena_new(1 << 18);
	struct db_arg ids[1200];
	struct thing v, *list = NULL;
	size_t n = 0;

	assert_ok(db_begin(b->db));
	for (int i = 0; i < 1200; i++) {
		v = thing(arena_fmt(b->f->a, "t-%05d", i).p, i);
		v.shelf = arena_fmt(b->f->a, "%0300d", i);
		ids[i] = db_text(v.thing_id);
		assert_ok(table_insert(b->db, &table, &v));
	}
	/* Texts; one text; the array of rows; the rows of two statements. */
	assert_int_equal(table_list(b->db, &table, FROM, DB_NO_ARGS, small, &list, &n), ERR_TOOBIG);
	arena_reset(small);
	assert_int_equal(table_list(b->db, &note_table,
			     "FROM (SELECT thing_id, '' AS words FROM thing) n", DB_NO_ARGS, small,
			     &list, &n),
	    ERR_TOOBIG);
	arena_reset(small);
	arena_alloc(small, 228000);
	assert_int_equal(table_get(b->db, &table, FROM " WHERE t.small = 7", DB_NO_ARGS, small, &v),
	    ERR_TOOBIG);
	arena_free(small);
	small = arena_new(1 << 20);
	assert_int_equal(table_list_in(b->db, &table,
			     FROM " WHERE t.thing_id IN ($*) ORDER BY t.thing_id",
			     (struct db_args){ ids, 1200 }, small, &list, &n),
	    ERR_TOOBIG);
	assert_null(list);
	arena_reset(small);
	assert_ok(table_get(b->db, &table, FROM " WHERE t.small = 7", DB_NO_ARGS, small, &v));
	assert_ok(table_list(b->db, &table, FROM, DB_NO_ARGS, b->f->a, &list, &n));
	assert_int_equal(n, 1200);
	assert_ok(db_commit(b->db));
	arena_free(small);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(statements_are_exact),
		T(statements_are_made_once),
		T(members_come_back),
		T(references),
		T(update_and_put_write_what_they_may),
		T(insert_or),
		T(text_is_utf8),
		T(lists_in),
		cmocka_unit_test(rows_of_one),
		T(too_much_to_read),
		T(nothing_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
