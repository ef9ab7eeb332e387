/*
 * store_copy: see store_copy.h. Copying a file that is being written to yields a damaged copy, and
 * the engine's own backup begins anew whenever core has written. VACUUM INTO reads one state of
 * the store and keeps nobody from writing.
 */
#include "store/store_copy.h"

#include <errno.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/num.h"
#include "store/db.h"
#include "store/db_file.h"
#include "store/db_handle.h"
#include "store/store_meta.h"

#define BUSY_MS 5000
#define CODE_STEP_S 30
#define RESTORED_AT STR("restored_at")
#define NUMBER_MAX_BYTES 20

struct store_copy {
	sqlite3 *h;
	char *path;
};

static int
engine_fail(const struct store_copy *c, int rc, const char *path, struct errinfo *ei)
{
	err_set(ei, "%s: %s", path, sqlite3_errmsg(c->h));
	switch (rc & 0xff) {
	case SQLITE_NOMEM:
		abort();
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return ERR_SYNTAX;
	case SQLITE_FULL:
		return ERR_FULL;
	default:
		return sqlite3_system_errno(c->h) == ENOSPC ? ERR_FULL : ERR_STORE;
	}
}

int
store_copy_open(const char *path, struct store_copy **ret, struct errinfo *ei)
{
	struct store_copy *c;
	int64_t size;
	int rc, r;

	*ret = NULL;
	if ((r = db_file_check(path, &size, ei)) != 0)
		return r;
	c = xalloc(sizeof(*c));
	c->path = str_dup(str_of(path));
	rc = sqlite3_open_v2(path, &c->h,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	if (c->h == NULL)
		abort();
	(void)sqlite3_busy_timeout(c->h, BUSY_MS);
	/* Moving the log into the file is core's business. */
	(void)sqlite3_db_config(c->h, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	(void)sqlite3_db_config(c->h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	/* The first read makes the files beside the store, if they are not there. */
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(c->h, "SELECT 1 FROM sqlite_schema LIMIT 1", NULL, NULL, NULL);
	if (rc != SQLITE_OK) {
		r = engine_fail(c, rc, path, ei);
		store_copy_close(c);
		return r;
	}
	*ret = c;
	return 0;
}

int
store_copy_make(struct store_copy *c, const char *to, struct errinfo *ei)
{
	sqlite3_stmt *q = NULL;
	struct stat st;
	int rc;

	if (lstat(to, &st) == 0) {
		err_set(ei, "%s: is there already", to);
		return ERR_EXISTS;
	}
	if ((rc = db_handle_check(c->h, c->path, ei)) != 0)
		return rc;
	if ((rc = sqlite3_prepare_v2(c->h, "VACUUM INTO $1", -1, &q, NULL)) == SQLITE_OK &&
	    (rc = sqlite3_bind_text(q, 1, to, -1, SQLITE_STATIC)) == SQLITE_OK &&
	    (rc = sqlite3_step(q)) == SQLITE_DONE)
		rc = SQLITE_OK;
	(void)sqlite3_finalize(q);
	if (rc == SQLITE_OK)
		return 0;
	rc = engine_fail(c, rc, to, ei);
	db_file_remove(to);
	return rc;
}

void
store_copy_close(struct store_copy *c)
{
	if (c == NULL)
		return;
	(void)sqlite3_close(c->h);
	xfree(c->path);
	xfree(c);
}

static int
restored(struct store *st, int64_t now_s)
{
	struct db *db = store_db(st);
	char text[NUMBER_MAX_BYTES + 1];
	int r;

	snprintf(text, sizeof(text), "%lld", (long long)now_s);
	if ((r = db_run(db, "DELETE FROM active_key", DB_NO_ARGS, NULL)) != 0 ||
	    /* A code is taken one step before its time, too. */
	    (r = db_run(db,
		 "UPDATE mfa_device SET last_step = $1 + drift_steps "
		 "WHERE user_id IS NOT NULL AND last_step < $1 + drift_steps",
		 DB_ARGS(db_int(now_s / CODE_STEP_S + 1)), NULL)) != 0)
		return r;
	return store_meta_set(st, RESTORED_AT, str_of(text));
}

int
store_copy_restored(struct store *st, int64_t now_s)
{
	bool own;
	int r;

	if ((r = db_enter(store_db(st), &own)) != 0)
		return r;
	return db_leave(store_db(st), own, restored(st, now_s));
}

int
store_copy_restored_at(struct store *st, int64_t *ret)
{
	struct arena *a = arena_new(1u << 12);
	struct str text;
	int r;

	*ret = 0;
	if ((r = store_meta_get(st, a, RESTORED_AT, &text)) == 0)
		r = num_i64_parse(text, 0, INT64_MAX, ret);
	arena_free(a);
	return r == ERR_NOTFOUND ? 0 : r;
}
