/*
 * db: prepared statements, columns and transactions; all that the entity files
 * know of the engine. The one file that speaks SQLite is db.c.
 *
 * SQL is portable (SQLite and PostgreSQL): parameters are $1, $2, ... numbered
 * in the order of their first appearance, and conflicts are resolved with
 * ON CONFLICT. SQL is always a constant; data only ever enters by binding.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct db;
struct db_stmt;

/*
 * Creates (path must not exist) or opens (path must be an openeic database,
 * whole as far as can be told) and makes it durable. A process opens a file
 * once at a time. Errors: see store_create and store_open; db_open does not
 * look at the version.
 */
int db_create(const char *path, struct db **ret, struct errinfo *ei) MUST_CHECK;
int db_open(const char *path, struct db **ret, struct errinfo *ei) MUST_CHECK;
void db_close(struct db *db); /* rolls back; NULL is fine */
/* The opposite of db_create: closes and removes the files. */
void db_discard(struct db *db);
/* From now on the file is ours to tidy: db_close may merge the log into it. */
void db_accept(struct db *db);
int db_merge(struct db *db) MUST_CHECK; /* see store_merge */
/* The text of the last ERR_STORE or ERR_FULL. */
void db_error(const struct db *db, struct errinfo *ei);

/* The number of the schema; 0 when new. Migration scripts set it. */
int db_version(struct db *db, int *ret) MUST_CHECK;
/* Runs a script of statements without parameters: migrations only. */
int db_script(struct db *db, const char *sql) MUST_CHECK;

/* Transactions; the contract is in store.h. */
int db_begin(struct db *db) MUST_CHECK;
int db_commit(struct db *db) MUST_CHECK;
void db_rollback(struct db *db);
int db_savepoint(struct db *db) MUST_CHECK;
int db_release(struct db *db) MUST_CHECK;
int db_undo(struct db *db) MUST_CHECK;
/*
 * Around a function of several statements: outside of a transaction it becomes
 * one of its own. db_leave takes what db_enter gave and the function's result,
 * and returns the result of both.
 */
int db_enter(struct db *db, bool *ret_own) MUST_CHECK;
int db_leave(struct db *db, bool own, int r) MUST_CHECK;

/* ---- arguments of a statement ---- */

enum db_arg_kind { DB_ARG_INT, DB_ARG_TEXT, DB_ARG_REF, DB_ARG_BLOB };

struct db_arg {
	enum db_arg_kind kind;
	int64_t i64;
	struct str s;
};

/* In the order of the parameters. */
struct db_args {
	const struct db_arg *p;
	size_t n;
};

#define DB_ARGS(...) \
	((struct db_args){ (const struct db_arg[]){ __VA_ARGS__ }, \
	    sizeof((const struct db_arg[]){ __VA_ARGS__ }) / sizeof(struct db_arg) })
#define DB_NO_ARGS ((struct db_args){ NULL, 0 })

static inline struct db_arg
db_int(int64_t v)
{
	return (struct db_arg){ .kind = DB_ARG_INT, .i64 = v };
}

static inline struct db_arg
db_text(struct str s)
{
	return (struct db_arg){ .kind = DB_ARG_TEXT, .s = s };
}

/* Text that refers to another row: NULL when it is empty. */
static inline struct db_arg
db_ref(struct str s)
{
	return (struct db_arg){ .kind = DB_ARG_REF, .s = s };
}

static inline struct db_arg
db_blob(struct str s)
{
	return (struct db_arg){ .kind = DB_ARG_BLOB, .s = s };
}

/* ---- statements in one call; sql must be a string literal ---- */

/* ret_changed (may be NULL): rows changed. */
int db_run(struct db *db, const char *sql, struct db_args args, int64_t *ret_changed) MUST_CHECK;
/* ERR_NOTFOUND when no row was changed. */
int db_run_one(struct db *db, const char *sql, struct db_args args) MUST_CHECK;
/* The first column of the first row, a number. ERR_NOTFOUND without a row. */
int db_number(struct db *db, const char *sql, struct db_args args, int64_t *ret) MUST_CHECK;

/* ---- statements step by step ---- */

/*
 * The statement for sql, which must be a string literal: it is prepared once
 * in the life of db and found again by its address. Using one literal inside
 * its own use is a programmer's error. What ends the use is db_exec,
 * db_exec_one, db_list, db_one or db_done.
 */
int db_prepare(struct db *db, const char *sql, struct db_stmt **ret) MUST_CHECK;

/* What a statement is made of the first time, from constants: all four together
 * are what it is found by afterwards. make NULL: text is the statement. */
struct db_table;
struct db_source;
struct buf;
typedef void (*db_make_fn)(const struct db_source *source, struct buf *sql);
struct db_source {
	const char *text; /* a string literal */
	const struct db_table *table;
	db_make_fn make;
	size_t n;
};
int db_prepare_from(struct db *db, const struct db_source *source, struct db_stmt **ret) MUST_CHECK;
const struct db_table *db_stmt_table(const struct db_stmt *q); /* of its source */

/* Parameter i counts from 1. Bytes bound must stay until the end of the use.
 * ERR_SYNTAX (text that is not UTF-8 or holds a NUL byte) is kept and returned by
 * the first step; the engine then never sees the statement. */
void db_bind(struct db_stmt *q, int i, struct db_arg v);
void db_bind_all(struct db_stmt *q, struct db_args args); /* from parameter 1 on */

/* Next row. *ret_row is false at the end. */
int db_step(struct db_stmt *q, bool *ret_row) MUST_CHECK;
void db_done(struct db_stmt *q); /* NULL is fine */
/* Runs to the end and is done. ret_changed (may be NULL): rows changed. */
int db_exec(struct db_stmt *q, int64_t *ret_changed) MUST_CHECK;
/* Runs to the end and is done; ERR_NOTFOUND when no row was changed. */
int db_exec_one(struct db_stmt *q) MUST_CHECK;

/* Columns of the present row count from 0. NULL reads as 0 or empty. */
int64_t db_col_i64(struct db_stmt *q, int i);
struct str db_col_text(struct db_stmt *q, int i, struct arena *a); /* a copy */
struct str db_col_blob(struct db_stmt *q, int i, struct arena *a); /* a copy */
/* A blob of exactly n bytes; false, and nothing is written, when it is not. */
bool db_col_bytes(struct db_stmt *q, int i, void *ret, size_t n);

/* Makes the present row into a struct. */
typedef void (*db_row_fn)(struct db_stmt *q, struct arena *a, void *ret_row);
/* All rows, then done. row_size: of the struct. ret: where the pointer to the
 * first goes (struct row **); they are in the arena; NULL when there are none. */
int db_list(struct db_stmt *q, struct arena *a, size_t row_size, db_row_fn fn, void *ret,
    size_t *ret_n) MUST_CHECK;
/* The first row, then done; ERR_NOTFOUND without one. */
int db_one(struct db_stmt *q, struct arena *a, db_row_fn fn, void *ret_row) MUST_CHECK;

#endif
