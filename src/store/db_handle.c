/*
 * db_handle: see db_handle.h. Nothing of a transaction or of a prepared statement is here. Called
 * from db.c.
 */
#include "store/db_handle.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define APP_ID_SQL "PRAGMA application_id = 1868917091" /* DB_FILE_APP_ID */
#define BUSY_MS 5000

int
db_handle_err(struct sqlite3 *h, int rc)
{
	if ((rc & 0xff) == SQLITE_NOMEM)
		abort();
	if ((rc & 0xff) == SQLITE_FULL)
		return ERR_FULL;
	if ((rc & 0xff) == SQLITE_IOERR && sqlite3_system_errno(h) == ENOSPC)
		return ERR_FULL;
	return ERR_STORE;
}

/* Tells people what a failed call on a database that is being opened means, and returns the
 * error. */
static int
open_fail(struct sqlite3 *h, const char *path, int rc, struct errinfo *ei)
{
	switch (rc & 0xff) {
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		err_set(ei, "%s: damaged: %s", path, sqlite3_errmsg(h));
		return ERR_SYNTAX;
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		errno = sqlite3_system_errno(h);
		if (errno == 0)
			errno = EACCES;
		err_set(ei, "%s: %s", path, strerrordesc_np(errno));
		return ERR_SYS;
	default:
		err_set(ei, "%s: %s (%d)", path, sqlite3_errmsg(h), rc);
		return db_handle_err(h, rc);
	}
}

/* Checks that the first column of the first row of a pragma is the text `want`. */
static int
expect(struct sqlite3 *h, const char *path, const char *sql, const char *want, struct errinfo *ei)
{
	sqlite3_stmt *q = NULL;
	const char *got;
	int rc, r = 0;

	if ((rc = sqlite3_prepare_v2(h, sql, -1, &q, NULL)) != SQLITE_OK)
		return open_fail(h, path, rc, ei);
	rc = sqlite3_step(q);
	if (rc != SQLITE_ROW) {
		r = open_fail(h, path, rc == SQLITE_DONE ? SQLITE_CORRUPT : rc, ei);
	} else {
		got = (const char *)sqlite3_column_text(q, 0);
		if (!str_eq(str_of(got), str_of(want))) {
			err_set(ei, "%s: %s: %s", path, sql, got != NULL ? got : "");
			r = ERR_SYNTAX;
		}
	}
	(void)sqlite3_finalize(q);
	return r;
}

int
db_handle_open(const char *path, struct sqlite3 **ret, struct errinfo *ei)
{
	sqlite3 *h;
	int rc;

	/* No process of ours has threads, so the engine need not lock its memory. It refuses this
	 * if it is in use already, which does no harm. */
	(void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	rc = sqlite3_open_v2(path, ret,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	if ((h = *ret) == NULL)
		abort();
	if (rc != SQLITE_OK)
		return open_fail(h, path, rc, ei);
	if (sqlite3_db_readonly(h, "main") == 1) {
		err_set(ei, "%s: cannot be written", path);
		errno = EACCES;
		return ERR_SYS;
	}
	(void)sqlite3_busy_timeout(h, BUSY_MS);
	/* Until db_accept is called, closing leaves the file as it was found. */
	(void)sqlite3_db_config(h, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	(void)sqlite3_db_config(h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	(void)sqlite3_db_config(h, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
	return 0;
}

int
db_handle_name(struct sqlite3 *h, const char *path, struct errinfo *ei)
{
	int rc = sqlite3_exec(h, APP_ID_SQL, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : open_fail(h, path, rc, ei);
}

int
db_handle_check(struct sqlite3 *h, const char *path, struct errinfo *ei)
{
	return expect(h, path, "PRAGMA quick_check(1)", "ok", ei);
}

int
db_handle_configure(struct sqlite3 *h, const char *path, struct errinfo *ei)
{
	int rc, r;

	rc = sqlite3_exec(h,
	    "PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;"
	    "PRAGMA recursive_triggers = ON;",
	    NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return open_fail(h, path, rc, ei);
	if ((r = expect(h, path, "PRAGMA journal_mode = WAL", "wal", ei)) != 0)
		return r;
	/* After a burst of writes the log is cut back to this size. */
	return expect(h, path, "PRAGMA journal_size_limit = 67108864", "67108864", ei);
}

int
db_handle_vacuum(struct sqlite3 *h, const char *path)
{
	char *dir = str_dup(str_of(path)), *slash = strrchr(dir, '/');
	int rc;

	if (slash != NULL)
		slash[slash == dir ? 1 : 0] = '\0';
	/* The engine's only setting of it for a process is this variable. */
	sqlite3_temp_directory = slash != NULL ? dir : NULL;
	rc = sqlite3_exec(h, "PRAGMA temp_store = FILE; VACUUM; PRAGMA temp_store = MEMORY", NULL,
	    NULL, NULL);
	sqlite3_temp_directory = NULL;
	xfree(dir);
	return rc;
}
