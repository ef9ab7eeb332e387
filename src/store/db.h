/*
 * db: prepared statements, columns and transactions. This is all that the entity files know of the
 * engine; the files that speak SQLite are db.c, db_handle.c and, to copy a whole store,
 * store_copy.c.
 *
 * SQL is portable (SQLite and PostgreSQL). Parameters are $1, $2, ... and are numbered in the order
 * of their first appearance; conflicts are resolved with ON CONFLICT. SQL is always a constant, and
 * data only ever enters by binding.
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
 * Creates a database (path must not exist) or opens one (path must be an openeic database and, as
 * far as can be told, undamaged), and makes its commits durable. A process may have a file open
 * only once at a time, and meanwhile no other process may. Errors as store_create and store_open;
 * db_open does not look at the version.
 */
int db_create(const char *path, struct db **ret, struct errinfo *ei) MUST_CHECK;
int db_open(const char *path, struct db **ret, struct errinfo *ei) MUST_CHECK;
/* The same, but other processes may have it open, before and after, core too; it is not checked for
 * damage. See store_open_beside. */
int db_open_beside(const char *path, struct db **ret, struct errinfo *ei) MUST_CHECK;
void db_close(struct db *db); /* rolls back first; NULL is fine */
/* Undoes db_create: closes the database and removes its files. */
void db_discard(struct db *db);
/* From now on the file is ours to tidy up: db_close may merge the log into it. */
void db_accept(struct db *db);
int db_merge(struct db *db) MUST_CHECK;                     /* see store_merge */
int db_check(struct db *db, struct errinfo *ei) MUST_CHECK; /* see store_check */
int db_vacuum(struct db *db) MUST_CHECK;                    /* see store_vacuum */
int db_changed(struct db *db, bool *ret) MUST_CHECK;        /* see store_changed */
/* The text of the last ERR_STORE or ERR_FULL. */
void db_error(const struct db *db, struct errinfo *ei);

/* The number of the schema, which the migration scripts set. A new database has 0. */
int db_version(struct db *db, int *ret) MUST_CHECK;
/* Runs a script of statements without parameters. Only for migrations. */
int db_script(struct db *db, const char *sql) MUST_CHECK;

/* Transactions. Their contract is in store.h. */
int db_begin(struct db *db) MUST_CHECK;
int db_commit(struct db *db) MUST_CHECK;
void db_rollback(struct db *db);
int db_savepoint(struct db *db) MUST_CHECK;
int db_release(struct db *db) MUST_CHECK;
int db_undo(struct db *db) MUST_CHECK;
/*
 * For a function of several statements: outside a transaction it becomes one of its own. db_leave
 * takes what db_enter returned in ret_own and the function's result, and returns the result of
 * both.
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

/* The arguments stand in the order of the parameters. */
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

/* Text that refers to another row. It is NULL when it is empty. */
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

/* Runs a statement. ret_changed gets how many rows it changed, and may be NULL. */
int db_run(struct db *db, const char *sql, struct db_args args, int64_t *ret_changed) MUST_CHECK;
/* The same, but ERR_NOTFOUND if it changed no row. */
int db_run_one(struct db *db, const char *sql, struct db_args args) MUST_CHECK;
/* Reads a number, the first column of the first row. ERR_NOTFOUND: there is no row. */
int db_number(struct db *db, const char *sql, struct db_args args, int64_t *ret) MUST_CHECK;

/* ---- statements step by step ---- */

/*
 * Finds the statement of sql, which must be a string literal: it is prepared once in the life of
 * db, and found again by its address. It is in use until db_exec, db_exec_one, db_list, db_one or
 * db_done. Using the same literal again meanwhile is a programmer's error.
 */
int db_prepare(struct db *db, const char *sql, struct db_stmt **ret) MUST_CHECK;

/* What a statement is made of when it is prepared, all of it constants. Afterwards it is found by
 * these four members together. make NULL: text is the whole statement. */
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
const struct db_table *db_stmt_table(const struct db_stmt *q); /* the table of its source */

/*
 * Binds parameter i, which counts from 1. The bytes must stay until the end of the use. ERR_SYNTAX
 * (text that is not UTF-8 or holds a NUL byte) is kept and returned by the first step; then the
 * engine never sees the statement.
 */
void db_bind(struct db_stmt *q, int i, struct db_arg v);
void db_bind_all(struct db_stmt *q, struct db_args args); /* from parameter 1 on */

/* Goes to the next row. *ret_row is false at the end. */
int db_step(struct db_stmt *q, bool *ret_row) MUST_CHECK;
void db_done(struct db_stmt *q); /* NULL is fine */
/* What all statements together have taken until now (store_work in store.h). */
uint64_t db_work(const struct db *db);
/* Runs the statement to its end, and ends its use. ret_changed gets how many rows it changed, and
 * may be NULL. */
int db_exec(struct db_stmt *q, int64_t *ret_changed) MUST_CHECK;
/* The same, but ERR_NOTFOUND if it changed no row. */
int db_exec_one(struct db_stmt *q) MUST_CHECK;

/* Columns of the present row, which count from 0. NULL reads as 0 or empty. */
int64_t db_col_i64(struct db_stmt *q, int i);
struct str db_col_text(struct db_stmt *q, int i, struct arena *a); /* a copy */
struct str db_col_blob(struct db_stmt *q, int i, struct arena *a); /* a copy */
/* Copies a blob of exactly n bytes. Returns false, and writes nothing, if it has another length. */
bool db_col_bytes(struct db_stmt *q, int i, void *ret, size_t n);

/* Makes a struct from the present row. */
typedef void (*db_row_fn)(struct db_stmt *q, struct arena *a, void *ret_row);
/* Reads all rows, and ends the use. row_size is that of the struct. ret is where the pointer to the
 * first row goes (struct row **). The rows are in the arena; NULL if there are none. */
int db_list(struct db_stmt *q, struct arena *a, size_t row_size, db_row_fn fn, void *ret,
    size_t *ret_n) MUST_CHECK;
/* Reads the first row, and ends the use. ERR_NOTFOUND: there is none. */
int db_one(struct db_stmt *q, struct arena *a, db_row_fn fn, void *ret_row) MUST_CHECK;

#endif
