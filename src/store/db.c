/*
 * db: the SQLite engine: result codes, transactions, and the cache of prepared statements, on a
 * connection that db_handle.c opens.
 *
 * Called only from store.c and the entity files of this room.
 */
#include "store/db.h"

#include <assert.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/array.h"
#include "base/buf.h"
#include "codec/utf8.h"
#include "store/db_file.h"
#include "store/db_handle.h"

/* A larger file is not checked as a whole when it is opened, because core must be back soon, from a
 * cold disk as well. Damage in it is found by a backup, or when the page is read, as ERR_STORE. */
#define CHECK_MAX_BYTES (64ll << 20)
#define STMT_SLOTS 1024 /* a power of two, well above the number of statements */
#define STMT_MAX 768
/* What a statement costs beside its steps, in steps of SQLite's virtual machine, and one that
 * writes: it changes a dozen indexes in a step each. Measured: tests/bench/request_bench.c. */
#define STMT_WORK 160
#define STMT_WRITE_WORK 512
#define SQL_MAX_BYTES (16u << 10)

struct db_stmt {
	struct db *db;
	struct db_source source; /* the key; text is NULL in an empty slot */
	sqlite3_stmt *h;
	bool busy;
	int err; /* of a bind; returned by the first step */
};

enum db_tx { DB_TX_NONE, DB_TX_OPEN, DB_TX_SAVEPOINT };

struct db {
	sqlite3 *h;
	char *path;
	int lock_fd; /* db_file_lock; -1: none */
	enum db_tx tx;
	int doom;    /* the error because of which the transaction cannot be committed, or 0 */
	int refusal; /* the constraint error after which only undo is left, or 0 */
	size_t n_stmts;
	uint64_t work;
	int64_t data_version; /* the number that the engine had at the last db_changed */
	struct db_stmt stmts[STMT_SLOTS];
	struct errinfo error;
};

/* ---- result codes ---- */

static int
constraint_err(int ext)
{
	switch (ext) {
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_ROWID:
		return ERR_EXISTS;
	case SQLITE_CONSTRAINT_FOREIGNKEY:
		return ERR_BADSTATE;
	case SQLITE_CONSTRAINT_TRIGGER:
		return ERR_DENIED;
	default:
		return ERR_RANGE;
	}
}

/* The error code for rc. After a constraint error only undo is left; any other error dooms the
 * transaction. */
static int
db_fail(struct db *db, int rc)
{
	int r;

	if ((rc & 0xff) == SQLITE_CONSTRAINT) {
		r = constraint_err(sqlite3_extended_errcode(db->h));
		if (db->tx != DB_TX_NONE)
			db->refusal = r;
		return r;
	}
	r = db_handle_err(db->h, rc);
	err_set(&db->error, "%s (%d)", sqlite3_errmsg(db->h), rc);
	if (db->tx != DB_TX_NONE && db->doom == 0)
		db->doom = r;
	return r;
}

/* 0, or the reason why nothing more may be done before an undo or rollback. SQLite itself would go
 * on after a constraint error, but PostgreSQL would not, so nobody may rely on it. */
static int
db_refuse(struct db *db)
{
	if (db->doom != 0)
		return db->doom;
	if (db->refusal == 0)
		return 0;
	err_set(&db->error, "a statement after a constraint error: %s", err_text(db->refusal));
	return ERR_STORE;
}

void
db_error(const struct db *db, struct errinfo *ei)
{
	if (ei != NULL)
		*ei = db->error;
}

/* ---- statements ---- */

static bool
is_from(const struct db_stmt *q, const struct db_source *s)
{
	return q->source.text == s->text && q->source.table == s->table &&
	    q->source.make == s->make && q->source.n == s->n;
}

/* The statement of this source, or the empty slot where it belongs. */
static struct db_stmt *
stmt_slot(struct db *db, const struct db_source *s)
{
	size_t i = (((uintptr_t)s->text >> 3) ^ ((uintptr_t)s->table << 7) ^
		       ((uintptr_t)s->make << 17) ^ s->n) *
		0x9e3779b97f4a7c15u >>
	    32;

	while (db->stmts[i % STMT_SLOTS].source.text != NULL &&
	    !is_from(&db->stmts[i % STMT_SLOTS], s))
		i++;
	return &db->stmts[i % STMT_SLOTS];
}

/* SQLite numbers named parameters by appearance, so their names must agree with that. */
static void
stmt_check_params(sqlite3_stmt *h)
{
	char want[16];

	for (int i = 1; i <= sqlite3_bind_parameter_count(h); i++) {
		snprintf(want, sizeof(want), "$%d", i);
		assert(str_eq_c(str_of(sqlite3_bind_parameter_name(h, i)), want));
	}
}

/* Prepares a statement in an empty slot. */
static int
stmt_make(struct db *db, const struct db_source *s, struct db_stmt *q)
{
	sqlite3_stmt *h = NULL;
	struct buf sql;
	int rc;

	buf_init(&sql, SQL_MAX_BYTES);
	if (s->make != NULL)
		s->make(s, &sql);
	else
		buf_c(&sql, s->text);
	assert(buf_err(&sql) == 0);
	rc = sqlite3_prepare_v3(db->h, sql.p, (int)sql.n, SQLITE_PREPARE_PERSISTENT, &h, NULL);
	buf_release(&sql);
	if (rc != SQLITE_OK)
		return db_fail(db, rc);
	stmt_check_params(h);
	assert(db->n_stmts < STMT_MAX);
	db->n_stmts++;
	*q = (struct db_stmt){ .db = db, .source = *s, .h = h };
	return 0;
}

int
db_prepare_from(struct db *db, const struct db_source *source, struct db_stmt **ret)
{
	struct db_stmt *q = stmt_slot(db, source);
	int r;

	*ret = NULL;
	if ((r = db_refuse(db)) != 0)
		return r;
	if (q->source.text == NULL && (r = stmt_make(db, source, q)) != 0)
		return r;
	assert(!q->busy);
	q->busy = true;
	q->err = 0;
	*ret = q;
	return 0;
}

int
db_prepare(struct db *db, const char *sql, struct db_stmt **ret)
{
	const struct db_source source = { .text = sql };

	return db_prepare_from(db, &source, ret);
}

const struct db_table *
db_stmt_table(const struct db_stmt *q)
{
	return q->source.table;
}

static void
bind_check(struct db_stmt *q, int rc)
{
	assert(rc != SQLITE_RANGE && rc != SQLITE_MISUSE);
	if (rc != SQLITE_OK && q->err == 0)
		q->err = db_fail(q->db, rc);
}

static void
bind_text(struct db_stmt *q, int i, struct str s)
{
	bool text = s.n == 0 || (memchr(s.p, '\0', s.n) == NULL && utf8_valid(s));

	if (!text && q->err == 0)
		q->err = ERR_SYNTAX;
	bind_check(q,
	    sqlite3_bind_text64(q->h, i, s.n > 0 ? s.p : "", s.n, SQLITE_STATIC, SQLITE_UTF8));
}

void
db_bind(struct db_stmt *q, int i, struct db_arg v)
{
	const void *bytes = v.s.n > 0 ? v.s.p : "";

	switch (v.kind) {
	case DB_ARG_INT:
		bind_check(q, sqlite3_bind_int64(q->h, i, v.i64));
		break;
	case DB_ARG_REF:
		if (v.s.n == 0) {
			bind_check(q, sqlite3_bind_null(q->h, i));
			break;
		}
		bind_text(q, i, v.s);
		break;
	case DB_ARG_TEXT:
		bind_text(q, i, v.s);
		break;
	case DB_ARG_BLOB:
		bind_check(q, sqlite3_bind_blob64(q->h, i, bytes, v.s.n, SQLITE_STATIC));
		break;
	}
}

void
db_bind_all(struct db_stmt *q, struct db_args args)
{
	for (size_t i = 0; i < args.n; i++)
		db_bind(q, (int)i + 1, args.p[i]);
}

int
db_step(struct db_stmt *q, bool *ret_row)
{
	int rc;

	*ret_row = false;
	if (q->err != 0)
		return q->err;
	rc = sqlite3_step(q->h);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return db_fail(q->db, rc);
	*ret_row = rc == SQLITE_ROW;
	return 0;
}

void
db_done(struct db_stmt *q)
{
	if (q == NULL)
		return;
	q->db->work += (uint64_t)sqlite3_stmt_status(q->h, SQLITE_STMTSTATUS_VM_STEP, 1) +
	    (sqlite3_stmt_readonly(q->h) ? STMT_WORK : STMT_WRITE_WORK);
	/* The code repeats that of the last step, which the caller has seen. */
	(void)sqlite3_reset(q->h);
	(void)sqlite3_clear_bindings(q->h);
	q->busy = false;
}

uint64_t
db_work(const struct db *db)
{
	return db->work;
}

int
db_exec(struct db_stmt *q, int64_t *ret_changed)
{
	bool row = true;
	int r = 0;

	while (r == 0 && row)
		r = db_step(q, &row);
	if (ret_changed != NULL)
		*ret_changed = r == 0 ? sqlite3_changes64(q->db->h) : 0;
	db_done(q);
	return r;
}

int
db_exec_one(struct db_stmt *q)
{
	int64_t n;
	int r;

	if ((r = db_exec(q, &n)) != 0)
		return r;
	return n > 0 ? 0 : ERR_NOTFOUND;
}

int64_t
db_col_i64(struct db_stmt *q, int i)
{
	return sqlite3_column_int64(q->h, i);
}

/* What is read does not fit into the caller's arena: the use ends with this error. */
static void
too_big(struct db_stmt *q)
{
	err_set(&q->db->error, "what is read does not fit into memory: %s", sqlite3_sql(q->h));
	if (q->err == 0)
		q->err = ERR_TOOBIG;
}

static struct str
col_copy(struct db_stmt *q, int i, const void *p, struct arena *a)
{
	size_t n = (size_t)sqlite3_column_bytes(q->h, i);

	if (n == 0)
		return (struct str){ "", 0 };
	if (p == NULL)
		abort(); /* out of memory */
	if (!arena_has_room(a, n + 1)) {
		too_big(q);
		return (struct str){ "", 0 };
	}
	return arena_str(a, str_of_n(p, n));
}

struct str
db_col_text(struct db_stmt *q, int i, struct arena *a)
{
	const void *p = sqlite3_column_text(q->h, i);

	return col_copy(q, i, p, a);
}

struct str
db_col_blob(struct db_stmt *q, int i, struct arena *a)
{
	const void *p = sqlite3_column_blob(q->h, i);

	return col_copy(q, i, p, a);
}

bool
db_col_bytes(struct db_stmt *q, int i, void *ret, size_t n)
{
	const void *p = sqlite3_column_blob(q->h, i);

	if (p == NULL || (size_t)sqlite3_column_bytes(q->h, i) != n)
		return false;
	memcpy(ret, p, n);
	return true;
}

int
db_list(struct db_stmt *q, struct arena *a, size_t row_size, db_row_fn fn, void *ret, size_t *ret_n)
{
	char *rows = NULL;
	size_t n = 0, cap = 0;
	bool row;
	int r;

	while ((r = db_step(q, &row)) == 0 && row) {
		if (n == cap && !arena_has_room(a, ARRAY_NEXT(cap) * row_size)) {
			too_big(q);
			continue;
		}
		rows = array_room_arena(a, rows, n, &cap, row_size);
		fn(q, a, rows + n++ * row_size);
	}
	db_done(q);
	if (r != 0)
		return r;
	memcpy(ret, &rows, sizeof(rows));
	*ret_n = n;
	return 0;
}

int
db_one(struct db_stmt *q, struct arena *a, db_row_fn fn, void *ret_row)
{
	bool row;
	int r;

	if ((r = db_step(q, &row)) == 0) {
		if (row)
			fn(q, a, ret_row);
		r = row ? q->err : ERR_NOTFOUND;
	}
	db_done(q);
	return r;
}

int
db_run(struct db *db, const char *sql, struct db_args args, int64_t *ret_changed)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(db, sql, &q)) != 0)
		return r;
	db_bind_all(q, args);
	return db_exec(q, ret_changed);
}

int
db_run_one(struct db *db, const char *sql, struct db_args args)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(db, sql, &q)) != 0)
		return r;
	db_bind_all(q, args);
	return db_exec_one(q);
}

static void
number_row(struct db_stmt *q, struct arena *a, void *ret_row)
{
	(void)a;
	*(int64_t *)ret_row = db_col_i64(q, 0);
}

int
db_number(struct db *db, const char *sql, struct db_args args, int64_t *ret)
{
	struct db_stmt *q;
	int r;

	if ((r = db_prepare(db, sql, &q)) != 0)
		return r;
	db_bind_all(q, args);
	return db_one(q, NULL, number_row, ret);
}

/* ---- transactions ---- */

static int
run(struct db *db, const char *sql)
{
	return db_run(db, sql, DB_NO_ARGS, NULL);
}

int
db_begin(struct db *db)
{
	int r;

	assert(db->tx == DB_TX_NONE);
	if ((r = run(db, "BEGIN IMMEDIATE")) != 0)
		return r;
	db->tx = DB_TX_OPEN;
	return 0;
}

void
db_rollback(struct db *db)
{
	db->tx = DB_TX_NONE;
	db->doom = 0;
	db->refusal = 0;
	/* The engine may have rolled back by itself. If this fails, the engine has lost its file,
	 * and the next begin says so. */
	if (!sqlite3_get_autocommit(db->h))
		(void)!run(db, "ROLLBACK");
}

int
db_commit(struct db *db)
{
	int r;

	assert(db->tx == DB_TX_OPEN);
	if ((r = run(db, "COMMIT")) != 0) {
		db_rollback(db);
		return r;
	}
	db->tx = DB_TX_NONE;
	return 0;
}

int
db_savepoint(struct db *db)
{
	int r;

	assert(db->tx == DB_TX_OPEN);
	if ((r = run(db, "SAVEPOINT request")) != 0)
		return r;
	db->tx = DB_TX_SAVEPOINT;
	return 0;
}

int
db_release(struct db *db)
{
	int r, refused = db_refuse(db);

	assert(db->tx == DB_TX_SAVEPOINT);
	if (refused != 0) {
		r = db_undo(db);
		return r != 0 ? r : refused;
	}
	db->tx = DB_TX_OPEN;
	return run(db, "RELEASE request");
}

int
db_undo(struct db *db)
{
	int r;

	assert(db->tx == DB_TX_SAVEPOINT);
	db->tx = DB_TX_OPEN;
	db->refusal = 0;
	if ((r = run(db, "ROLLBACK TO request")) != 0)
		return r;
	return run(db, "RELEASE request");
}

int
db_enter(struct db *db, bool *ret_own)
{
	*ret_own = db->tx == DB_TX_NONE;
	return *ret_own ? db_begin(db) : 0;
}

int
db_leave(struct db *db, bool own, int r)
{
	if (own && r == 0)
		return db_commit(db);
	if (own)
		db_rollback(db);
	return r;
}

/* ---- opening ---- */

static struct db *
db_new(const char *path)
{
	struct db *db = xalloc(sizeof(*db));

	db->path = str_dup(str_of(path));
	db->lock_fd = -1;
	return db;
}

/* beside: the file is left to whom it belongs. */
static int
open_file(const char *path, bool beside, struct db **ret, struct errinfo *ei)
{
	struct db *db;
	int64_t size;
	int r;

	*ret = NULL;
	if ((r = db_file_check(path, &size, ei)) != 0)
		return r;
	db = db_new(path);
	if ((!beside && (r = db_file_lock(path, &db->lock_fd, ei)) != 0) ||
	    (r = db_handle_open(path, &db->h, ei)) != 0)
		goto out;
	if (!beside && size <= CHECK_MAX_BYTES && (r = db_handle_check(db->h, path, ei)) != 0)
		goto out;
	if ((r = db_handle_configure(db->h, path, ei)) != 0)
		goto out;
	*ret = db;
	db = NULL;
out:
	db_close(db);
	return r;
}

int
db_open(const char *path, struct db **ret, struct errinfo *ei)
{
	return open_file(path, false, ret, ei);
}

int
db_open_beside(const char *path, struct db **ret, struct errinfo *ei)
{
	return open_file(path, true, ret, ei);
}

int
db_changed(struct db *db, bool *ret)
{
	int64_t v;
	int r;

	*ret = false;
	if ((r = db_number(db, "PRAGMA data_version", DB_NO_ARGS, &v)) == 0) {
		*ret = v != db->data_version;
		db->data_version = v;
	}
	return r;
}

int
db_create(const char *path, struct db **ret, struct errinfo *ei)
{
	struct db *db;
	int r;

	*ret = NULL;
	if ((r = db_file_create(path, ei)) != 0)
		return r;
	db = db_new(path);
	if ((r = db_file_lock(path, &db->lock_fd, ei)) != 0 ||
	    (r = db_handle_open(path, &db->h, ei)) != 0 ||
	    (r = db_handle_name(db->h, path, ei)) != 0 ||
	    (r = db_handle_configure(db->h, path, ei)) != 0)
		goto out;
	*ret = db;
	db = NULL;
out:
	db_discard(db);
	return r;
}

void
db_accept(struct db *db)
{
	(void)sqlite3_db_config(db->h, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
}

int
db_merge(struct db *db)
{
	int rc;

	assert(db->tx == DB_TX_NONE);
	rc = sqlite3_wal_checkpoint_v2(db->h, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	return rc == SQLITE_OK ? 0 : db_fail(db, rc);
}

int
db_check(struct db *db, struct errinfo *ei)
{
	assert(db->tx == DB_TX_NONE);
	return db_handle_check(db->h, db->path, ei);
}

int
db_vacuum(struct db *db)
{
	int rc;

	assert(db->tx == DB_TX_NONE);
	rc = db_handle_vacuum(db->h, db->path);
	return rc == SQLITE_OK ? db_merge(db) : db_fail(db, rc);
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	if (db->h != NULL) {
		db_rollback(db);
		for (size_t i = 0; i < STMT_SLOTS; i++)
			(void)sqlite3_finalize(db->stmts[i].h);
		(void)sqlite3_close_v2(db->h);
	}
	if (db->lock_fd != -1)
		(void)close(db->lock_fd);
	xfree(db->path);
	xfree(db);
}

void
db_discard(struct db *db)
{
	char *path;

	if (db == NULL)
		return;
	path = str_dup(str_of(db->path));
	db_close(db);
	db_file_remove(path);
	xfree(path);
}

int
db_version(struct db *db, int *ret)
{
	int64_t v = 0;
	int r;

	r = db_number(db, "PRAGMA user_version", DB_NO_ARGS, &v);
	*ret = (int)v;
	return r;
}

int
db_script(struct db *db, const char *sql)
{
	int rc, r;

	if ((r = db_refuse(db)) != 0)
		return r;
	rc = sqlite3_exec(db->h, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : db_fail(db, rc);
}
