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
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct db;
struct db_stmt;

/*
 * Creates (path must not exist) or opens (path must exist, be a database with
 * app_id and intact) and sets durability. Errors: see store.h.
 */
int db_create(const char *path, uint32_t app_id, struct db **ret, struct errinfo *ei) MUST_CHECK;
int db_open(const char *path, uint32_t app_id, struct db **ret, struct errinfo *ei) MUST_CHECK;
void db_close(struct db *db);	/* NULL is fine */
void db_error(const struct db *db, struct errinfo *ei);

/* The number of the schema, kept by the engine; 0 when new. */
int db_version(struct db *db, int *ret) MUST_CHECK;
int db_version_set(struct db *db, int version) MUST_CHECK;
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
 * The statement for sql, which must be a string literal: it is prepared once
 * in the life of db and found again by its address. Nesting two uses of one
 * literal is a programmer's error. Every db_prepare that returned 0 is
 * followed by db_exec, db_exec_one or db_done.
 */
int db_prepare(struct db *db, const char *sql, struct db_stmt **ret) MUST_CHECK;

/* Parameter i counts from 1. Bytes bound must stay until db_done. An error
 * (a NUL byte in text) is kept and returned by the next step. */
void db_bind_i64(struct db_stmt *q, int i, int64_t v);
void db_bind_text(struct db_stmt *q, int i, struct str s);
void db_bind_blob(struct db_stmt *q, int i, struct str s);

/* Next row. *ret_row is false at the end. */
int db_step(struct db_stmt *q, bool *ret_row) MUST_CHECK;
void db_done(struct db_stmt *q);	/* NULL is fine */
/* Runs to the end and is done. ret_changed (may be NULL): rows changed. */
int db_exec(struct db_stmt *q, int64_t *ret_changed) MUST_CHECK;
/* Runs to the end and is done; ERR_NOTFOUND when no row was changed. */
int db_exec_one(struct db_stmt *q) MUST_CHECK;

/* Columns of the present row count from 0. */
int64_t db_col_i64(struct db_stmt *q, int i);
struct str db_col_text(struct db_stmt *q, int i, struct arena *a);	/* a copy */
struct str db_col_blob(struct db_stmt *q, int i, struct arena *a);	/* a copy */

#endif
