/*
 * store: everything that must survive a restart. This header opens and closes
 * the store and draws its transactions; each store_ENTITY.h holds one entity.
 *
 * Called from core, which is sequential: a store belongs to one process and
 * is never shared by threads. Nothing here logs.
 *
 * Rules that hold for every function of the room:
 * - Besides the errors it names, each may return ERR_STORE (the engine failed)
 *   or ERR_FULL (no disk space); store_error has the text. Both doom an open
 *   transaction: nothing of it can be committed any more.
 * - ERR_SYNTAX when a text argument is not UTF-8 or holds a NUL byte.
 * - Strings that come out are copied to the arena; views that go in are needed
 *   only during the call. A text that does not apply is empty, a time that
 *   does not apply is 0. Times are UTC seconds (_at) unless the name says _ms.
 * - A write outside a transaction is a transaction of its own. Inside one, the
 *   caller undoes after an error: a part may have been done.
 * - Constraints are kept by the engine: ERR_EXISTS (unique), ERR_BADSTATE (a
 *   reference to or from another row forbids it), ERR_RANGE (a value outside
 *   its column's domain), ERR_DENIED (the row may not be changed).
 * - After such an error only store_undo or store_rollback is left: any other call
 *   in the savepoint, or in the transaction when there is none, is ERR_STORE. A
 *   function whose header says "and one can go on" finds out without one.
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

/* The most rows that one listing returns, whatever limit is asked for. */
#define STORE_PAGE_MAX 1000

/*
 * Makes a new, empty store (mode 0600) and opens it. Refuses a path where
 * anything is already. ERR_EXISTS, ERR_SYS (errno), ERR_STORE, ERR_FULL.
 * A file made by a call that failed is removed again.
 */
int store_create(const char *path, struct store **ret, struct errinfo *ei) MUST_CHECK;

/*
 * Opens the store, brings an older schema up to date. ERR_NOTFOUND (no file),
 * ERR_SYNTAX (not an openeic store, or damaged), ERR_UNSUPPORTED (written by a
 * newer version), ERR_SYS, ERR_STORE, ERR_FULL. A refused file is not touched.
 */
int store_open(const char *path, struct store **ret, struct errinfo *ei) MUST_CHECK;

/* Rolls back what is open. NULL is fine. */
void store_close(struct store *st);

/* Outside a transaction: brings all that was committed from the log into the
 * file itself, which then is the store without the files beside it. For who
 * copies or renames the file; what closing does alone cannot report. */
int store_merge(struct store *st) MUST_CHECK;

/* What the last ERR_STORE or ERR_FULL was about. */
void store_error(const struct store *st, struct errinfo *ei);

/*
 * Group commit: begin; for each request that waits: savepoint, act, then
 * release or undo; commit; only then let the answers go. The answer of every
 * request of the group is an error when commit is not 0: then nothing of the
 * group has happened, and the store is ready for the next begin.
 *
 * Misuse (a second begin, a savepoint outside a transaction or inside another
 * savepoint) is a programmer's error and asserted.
 */
int store_begin(struct store *st) MUST_CHECK;
/* 0: durable. Ends the transaction always: after a constraint error that was not
 * undone with its savepoint it is rolled back, and ERR_STORE. */
int store_commit(struct store *st) MUST_CHECK;
void store_rollback(struct store *st); /* no transaction open: does nothing */
int store_savepoint(struct store *st) MUST_CHECK;
/* Keeps what was done since. Ends the savepoint always: after a constraint error
 * it is undone, and ERR_STORE. */
int store_release(struct store *st) MUST_CHECK;
int store_undo(struct store *st) MUST_CHECK; /* undoes it; the transaction goes on */

/* For the files of this room: the engine, and a limit cut to STORE_PAGE_MAX. */
struct db *store_db(const struct store *st);
int64_t store_page(size_t limit);

#endif
