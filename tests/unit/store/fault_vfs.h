/*
 * fault_vfs: a layer under SQLite that lets the Nth operation on a file fail, or kills the process
 * there. It is registered as the default, so the store uses it without a change.
 */
#ifndef FAULT_VFS_H
#define FAULT_VFS_H

#include <limits.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>

enum fault_kind {
	FAULT_NONE,
	FAULT_ONCE,   /* the Nth operation fails */
	FAULT_ALWAYS, /* it and all after it */
	FAULT_FULL,   /* it and all later writes: disk full */
	FAULT_KILL,   /* SIGKILL instead of it */
};

struct fault_file {
	sqlite3_file base;
	sqlite3_file *real;
	bool is_log;
};

static struct {
	enum fault_kind kind;
	int left;     /* operations until the fault */
	int hits;     /* how often it happened */
	int unsynced; /* writes to the log since it was last synced */
	sqlite3_vfs vfs, *real;
	sqlite3_io_methods io;
} fault;

static inline void
fault_arm(enum fault_kind kind, int nth)
{
	fault.kind = kind;
	fault.left = nth;
	fault.hits = 0;
}

/* Whether this operation is to fail. */
static inline bool
fault_now(bool is_write)
{
	if (fault.kind == FAULT_NONE || (fault.kind == FAULT_FULL && !is_write))
		return false;
	if (fault.left > 1) {
		fault.left--;
		return false;
	}
	if (fault.kind == FAULT_KILL)
		raise(SIGKILL);
	if (fault.kind == FAULT_ONCE && fault.hits > 0)
		return false;
	fault.hits++;
	return true;
}

#define FAULT_REAL(f) (((struct fault_file *)(f))->real)
#define FAULT_PASS(f, call, ...) FAULT_REAL(f)->pMethods->call(FAULT_REAL(f), __VA_ARGS__)

static int
fault_close(sqlite3_file *f)
{
	int rc = FAULT_REAL(f)->pMethods->xClose(FAULT_REAL(f));

	sqlite3_free(FAULT_REAL(f));
	return rc;
}

static int
fault_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	return fault_now(false) ? SQLITE_IOERR_READ : FAULT_PASS(f, xRead, p, n, at);
}

static int
fault_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	if (fault_now(true)) {
		/* half of it arrives */
		if (n > 1)
			(void)FAULT_PASS(f, xWrite, p, n / 2, at);
		return fault.kind == FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
	}
	fault.unsynced += ((struct fault_file *)f)->is_log;
	return FAULT_PASS(f, xWrite, p, n, at);
}

static int
fault_truncate(sqlite3_file *f, sqlite3_int64 n)
{
	return fault_now(false) ? SQLITE_IOERR_TRUNCATE : FAULT_PASS(f, xTruncate, n);
}

static int
fault_sync(sqlite3_file *f, int flags)
{
	if (fault_now(false))
		return SQLITE_IOERR_FSYNC;
	if (((struct fault_file *)f)->is_log)
		fault.unsynced = 0;
	return FAULT_PASS(f, xSync, flags);
}

static int
fault_size(sqlite3_file *f, sqlite3_int64 *n)
{
	return fault_now(false) ? SQLITE_IOERR_FSTAT : FAULT_PASS(f, xFileSize, n);
}

static int
fault_lock(sqlite3_file *f, int level)
{
	return fault_now(false) ? SQLITE_IOERR_LOCK : FAULT_PASS(f, xLock, level);
}

static int
fault_unlock(sqlite3_file *f, int level)
{
	return FAULT_PASS(f, xUnlock, level);
}

static int
fault_check_lock(sqlite3_file *f, int *ret)
{
	return FAULT_PASS(f, xCheckReservedLock, ret);
}

static int
fault_control(sqlite3_file *f, int op, void *arg)
{
	return FAULT_PASS(f, xFileControl, op, arg);
}

static int
fault_sector(sqlite3_file *f)
{
	return FAULT_REAL(f)->pMethods->xSectorSize(FAULT_REAL(f));
}

static int
fault_traits(sqlite3_file *f)
{
	return FAULT_REAL(f)->pMethods->xDeviceCharacteristics(FAULT_REAL(f));
}

static int
fault_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **ret)
{
	if (fault_now(extend != 0)) {
		*ret = NULL;
		return fault.kind == FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_SHMMAP;
	}
	return FAULT_PASS(f, xShmMap, page, size, extend, ret);
}

static int
fault_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
	bool lock = (flags & SQLITE_SHM_LOCK) != 0;

	return lock && fault_now(false) ? SQLITE_IOERR_SHMLOCK
					: FAULT_PASS(f, xShmLock, at, n, flags);
}

static void
fault_shm_barrier(sqlite3_file *f)
{
	FAULT_REAL(f)->pMethods->xShmBarrier(FAULT_REAL(f));
}

static int
fault_shm_unmap(sqlite3_file *f, int remove)
{
	return FAULT_PASS(f, xShmUnmap, remove);
}

static int
fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *ret_flags)
{
	struct fault_file *ff = (struct fault_file *)f;
	int rc;

	(void)vfs;
	ff->base.pMethods = NULL;
	if (fault_now(true))
		return SQLITE_CANTOPEN;
	ff->is_log = (flags & SQLITE_OPEN_WAL) != 0;
	ff->real = sqlite3_malloc(fault.real->szOsFile);
	memset(ff->real, 0, (size_t)fault.real->szOsFile);
	rc = fault.real->xOpen(fault.real, name, ff->real, flags, ret_flags);
	if (rc == SQLITE_OK)
		ff->base.pMethods = &fault.io;
	else
		sqlite3_free(ff->real);
	return rc;
}

static int
fault_delete(sqlite3_vfs *vfs, const char *name, int sync_dir)
{
	(void)vfs;
	return fault_now(false) ? SQLITE_IOERR_DELETE
				: fault.real->xDelete(fault.real, name, sync_dir);
}

static int
fault_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
	(void)vfs;
	return fault_now(false) ? SQLITE_IOERR_ACCESS
				: fault.real->xAccess(fault.real, name, flags, ret);
}

static inline void
fault_register(void)
{
	fault.real = sqlite3_vfs_find(NULL);
	fault.vfs = *fault.real;
	fault.vfs.zName = "fault";
	fault.vfs.szOsFile = sizeof(struct fault_file);
	fault.vfs.xOpen = fault_open;
	fault.vfs.xDelete = fault_delete;
	fault.vfs.xAccess = fault_access;
	fault.io = (sqlite3_io_methods){ .iVersion = 2,
		.xClose = fault_close,
		.xRead = fault_read,
		.xWrite = fault_write,
		.xTruncate = fault_truncate,
		.xSync = fault_sync,
		.xFileSize = fault_size,
		.xLock = fault_lock,
		.xUnlock = fault_unlock,
		.xCheckReservedLock = fault_check_lock,
		.xFileControl = fault_control,
		.xSectorSize = fault_sector,
		.xDeviceCharacteristics = fault_traits,
		.xShmMap = fault_shm_map,
		.xShmLock = fault_shm_lock,
		.xShmBarrier = fault_shm_barrier,
		.xShmUnmap = fault_shm_unmap };
	sqlite3_vfs_register(&fault.vfs, 1);
}

#endif
