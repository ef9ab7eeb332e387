/*
 * store: see store.h. It opens, creates and migrates the store, and draws transactions around what
 * the entity files do. Called from core and from eicd init. It never logs and never exits.
 */
#include "store/store.h"

#include "base/alloc.h"
#include "store/db.h"
#include "store/migrations.h"

struct store {
	struct db *db;
};

static int
migrate_one(struct db *db, size_t i)
{
	int version, r;

	if ((r = db_begin(db)) != 0)
		return r;
	/* Another process may have migrated it meanwhile. */
	if ((r = db_version(db, &version)) != 0)
		goto out;
	if (version != (int)i)
		goto out;
	if ((r = db_script(db, migrations[i].text)) != 0)
		goto out;
	return db_commit(db);
out:
	db_rollback(db);
	return r;
}

static int
migrate(struct db *db, const char *path, struct errinfo *ei)
{
	int version, r;

	if ((r = db_version(db, &version)) != 0)
		goto out;
	if (version < 0 || (size_t)version > migrations_count) {
		err_set(ei, "%s: version %d, but this program knows up to %zu", path, version,
		    migrations_count);
		return ERR_UNSUPPORTED;
	}
	db_accept(db);
	for (size_t i = (size_t)version; i < migrations_count; i++) {
		if ((r = migrate_one(db, i)) != 0)
			goto out;
	}
out:
	if (r != 0)
		db_error(db, ei);
	return r;
}

static struct store *
store_new(struct db *db)
{
	struct store *st = xalloc(sizeof(*st));

	st->db = db;
	return st;
}

int
store_create(const char *path, struct store **ret, struct errinfo *ei)
{
	struct db *db;
	int r;

	*ret = NULL;
	if ((r = db_create(path, &db, ei)) != 0)
		return r;
	if ((r = migrate(db, path, ei)) != 0) {
		db_discard(db);
		return r;
	}
	*ret = store_new(db);
	return 0;
}

int
store_open(const char *path, struct store **ret, struct errinfo *ei)
{
	struct db *db;
	int r;

	*ret = NULL;
	if ((r = db_open(path, &db, ei)) != 0)
		return r;
	if ((r = migrate(db, path, ei)) != 0) {
		db_close(db);
		return r;
	}
	*ret = store_new(db);
	return 0;
}

int
store_open_beside(const char *path, struct store **ret, struct errinfo *ei)
{
	struct db *db;
	int version, r;

	*ret = NULL;
	if ((r = db_open_beside(path, &db, ei)) != 0)
		return r;
	if ((r = db_version(db, &version)) != 0) {
		db_error(db, ei);
	} else if (version < 0 || (size_t)version != migrations_count) {
		err_set(ei, "%s: version %d, but this program knows %zu: start eicd once", path,
		    version, migrations_count);
		r = ERR_UNSUPPORTED;
	}
	if (r != 0) {
		db_close(db);
		return r;
	}
	*ret = store_new(db);
	return 0;
}

int
store_changed(struct store *st, bool *ret)
{
	return db_changed(st->db, ret);
}

void
store_close(struct store *st)
{
	if (st == NULL)
		return;
	db_close(st->db);
	xfree(st);
}

int
store_merge(struct store *st)
{
	return db_merge(st->db);
}

int
store_check(struct store *st, struct errinfo *ei)
{
	return db_check(st->db, ei);
}

int
store_vacuum(struct store *st)
{
	return db_vacuum(st->db);
}

void
store_error(const struct store *st, struct errinfo *ei)
{
	db_error(st->db, ei);
}

uint64_t
store_work(const struct store *st)
{
	return db_work(st->db);
}

struct db *
store_db(const struct store *st)
{
	return st->db;
}

int64_t
store_page(size_t limit)
{
	return limit < STORE_PAGE_MAX ? (int64_t)limit : STORE_PAGE_MAX;
}

int
store_begin(struct store *st)
{
	return db_begin(st->db);
}

int
store_commit(struct store *st)
{
	return db_commit(st->db);
}

void
store_rollback(struct store *st)
{
	db_rollback(st->db);
}

int
store_savepoint(struct store *st)
{
	return db_savepoint(st->db);
}

int
store_release(struct store *st)
{
	return db_release(st->db);
}

int
store_undo(struct store *st)
{
	return db_undo(st->db);
}
