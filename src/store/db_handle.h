/*
 * db_handle: a connection of SQLite before it serves: opened, checked, and set up so that its
 * commits are durable. Called from db.c, which puts statements and transactions on it, and from
 * store_copy.c.
 *
 * In all of these path is for messages, and ei, which may be NULL, says what is wrong. Their
 * errors: ERR_SYNTAX (damaged), ERR_SYS (errno), ERR_STORE, ERR_FULL.
 */
#ifndef STORE_DB_HANDLE_H
#define STORE_DB_HANDLE_H

#include "base/err.h"
#include "base/str.h"

struct sqlite3;

/* Opens a file that is there. *ret is to be closed (sqlite3_close_v2) also after an error. What it
 * closes it leaves as it was found: see db_accept. */
int db_handle_open(const char *path, struct sqlite3 **ret, struct errinfo *ei) MUST_CHECK;
/* Writes into the header of a new file whose it is (db_file_check). This happens before there is a
 * log, so that the header says it from the first moment. */
int db_handle_name(struct sqlite3 *h, const char *path, struct errinfo *ei) MUST_CHECK;
/* Checks that all pages of the file fit together. It reads them all. */
int db_handle_check(struct sqlite3 *h, const char *path, struct errinfo *ei) MUST_CHECK;
/* Makes commits durable: a commit is on the disk when it returns. */
int db_handle_configure(struct sqlite3 *h, const char *path, struct errinfo *ei) MUST_CHECK;

/*
 * Writes every page anew (store_vacuum), into the log, by a copy in the directory of path: others,
 * such as that of TMPDIR, may be memory, or closed to whom a program of root has become. A result
 * of SQLite.
 */
int db_handle_vacuum(struct sqlite3 *h, const char *path) MUST_CHECK;

/* ERR_FULL or ERR_STORE, for a result of SQLite that is neither success nor a constraint. Out of
 * memory it aborts. */
int db_handle_err(struct sqlite3 *h, int rc) MUST_CHECK;

#endif
