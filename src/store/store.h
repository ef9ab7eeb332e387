/*
 * store: everything that must survive a restart. This header has opening, closing and transactions;
 * each store_ENTITY.h has one entity.
 *
 * Called from core, which is sequential: a store belongs to one process and is never shared by
 * threads. Nothing here logs.
 *
 * Rules that hold for every function of the room:
 * - Besides the errors that it names, each may return ERR_STORE (the engine failed) or ERR_FULL (no
 *   disk space); store_error has the text. Both doom an open transaction: nothing of it can be
 *   committed any more.
 * - ERR_SYNTAX: a text argument is not UTF-8 or holds a NUL byte.
 * - Strings that come out are copied to the arena; those that go in are needed only during the
 *   call. A text that does not apply is empty, and a time that does not apply is 0. Times are UTC
 *   seconds (_at) unless the name says _ms.
 * - ERR_TOOBIG: what is read does not fit into the arena (arena_has_room). The transaction goes on.
 * - A listing that takes a limit never returns more than STORE_PAGE_MAX rows.
 * - A write outside a transaction is a transaction of its own. Inside one, the caller must undo
 *   after an error, because a part may have been done.
 * - The engine keeps the constraints: ERR_EXISTS (unique), ERR_BADSTATE (a reference to or from
 *   another row forbids it), ERR_RANGE (a value outside its column's domain), ERR_DENIED (the row
 *   may not be changed).
 * - After such an error only store_undo or store_rollback is left: any other call in the savepoint,
 *   or in the transaction if there is none, is ERR_STORE. A function whose header says "and one can
 *   go on" finds out without a constraint error.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct db;
struct store;

/* The most rows that a listing in pages returns, whatever limit is asked for. */
#define STORE_PAGE_MAX 1000

/*
 * Makes a new, empty store (mode 0600) and opens it. Refuses a path where anything exists already.
 * If it fails, it removes the file that it has made. ERR_EXISTS, ERR_SYS (errno), ERR_STORE,
 * ERR_FULL.
 */
int store_create(const char *path, struct store **ret, struct errinfo *ei) MUST_CHECK;

/*
 * Opens the store and brings an older schema up to date. A file that is refused is not touched.
 * ERR_NOTFOUND (no file), ERR_SYNTAX (not an openeic store, or damaged: see store_check),
 * ERR_UNSUPPORTED (written
 * by a newer version), ERR_EXISTS (another process has it open), ERR_SYS, ERR_STORE, ERR_FULL.
 */
int store_open(const char *path, struct store **ret, struct errinfo *ei) MUST_CHECK;

/*
 * Outside a transaction: reads the whole file, and checks that its pages fit together. store_open
 * does so with one of up to 64 MiB, and reads only what it needs of a larger one. ERR_SYNTAX
 * (damaged), ERR_SYS; ei, not store_error, says what is wrong.
 */
int store_check(struct store *st, struct errinfo *ei) MUST_CHECK;

/*
 * Opens a store that core has open meanwhile, or has not, for a short look or change: it is not
 * brought up to date, and closing leaves the log to core. Core learns of a change by store_changed.
 * Errors as store_open; ERR_UNSUPPORTED also for one of an older version.
 */
int store_open_beside(const char *path, struct store **ret, struct errinfo *ei) MUST_CHECK;
/* Outside a transaction: has another process changed the store since the last call? The first call
 * says yes. */
int store_changed(struct store *st, bool *ret) MUST_CHECK;

/* Rolls back first. NULL is fine. */
void store_close(struct store *st);

/*
 * Outside a transaction: moves everything that was committed from the log into the file itself,
 * which then is the whole store without the files beside it. It is for whoever copies or renames
 * the file: closing does the same, but cannot report an error.
 */
int store_merge(struct store *st) MUST_CHECK;

/*
 * Outside a transaction: writes the whole file anew, and merges. Nothing is left in it, or in the
 * files beside it, of rows that were deleted or changed: until then it may be in parts of pages
 * that nothing refers to. It takes some seconds for 100 MB, and twice the file's size of room
 * beside it.
 */
int store_vacuum(struct store *st) MUST_CHECK;

/* Says what the last ERR_STORE or ERR_FULL was about. */
void store_error(const struct store *st, struct errinfo *ei);

/* The work that the store has done since it was opened. It only grows, and the same statements on
 * the same rows take the same on every machine. A unit is about 60 ns: a step of the engine; a
 * statement takes some tens of them, one that writes some hundreds. */
uint64_t store_work(const struct store *st);

/*
 * Group commit. Begin; for each request that waits, make a savepoint, act, then release or undo;
 * commit; and only then let the answers go. If the commit fails, the answer of every request in the
 * group is an error, nothing of the group has happened, and the store is ready for the next begin.
 *
 * Misuse (a second begin, a savepoint outside a transaction or inside another savepoint) is a
 * programmer's error and asserted.
 */
int store_begin(struct store *st) MUST_CHECK;
/* 0: what was done is durable. The transaction has ended in any case. After a constraint error that
 * was not undone with its savepoint it is rolled back, and ERR_STORE returned. */
int store_commit(struct store *st) MUST_CHECK;
void store_rollback(struct store *st); /* does nothing if no transaction is open */
int store_savepoint(struct store *st) MUST_CHECK;
/* Keeps what was done since the savepoint, which ends in any case. After a constraint error it is
 * undone, and ERR_STORE returned. */
int store_release(struct store *st) MUST_CHECK;
int store_undo(struct store *st) MUST_CHECK; /* undoes it; the transaction goes on */

/* Only for the files of this room: the engine, and a limit cut to STORE_PAGE_MAX. */
struct db *store_db(const struct store *st);
int64_t store_page(size_t limit);

#endif
