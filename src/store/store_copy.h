/*
 * store_copy: copies a store, also while core writes to it. What was committed when the copy began
 * is in it, and nothing later.
 */
#ifndef STORE_STORE_COPY_H
#define STORE_STORE_COPY_H

#include "store/store.h"

struct store_copy;

/*
 * Opens the store at path to copy it, without changing it. The engine may make files beside it,
 * which must belong to the owner of the store: call this with the owner's effective user id.
 * ERR_NOTFOUND (no file), ERR_SYNTAX (not an openeic store, or damaged), ERR_SYS, ERR_STORE.
 */
int store_copy_open(const char *path, struct store_copy **ret, struct errinfo *ei) MUST_CHECK;
/* Checks the store as a whole (store_check), which core does not at each start, and writes the copy
 * to a new file, which is not synced. ERR_EXISTS (there is something at to; it
 * stays as it is), ERR_SYNTAX (the store is damaged), ERR_SYS, ERR_STORE, ERR_FULL; then what was
 * written is removed. */
int store_copy_make(struct store_copy *c, const char *to, struct errinfo *ei) MUST_CHECK;
void store_copy_close(struct store_copy *c); /* NULL is fine */

/*
 * Makes a copy fit for use at now_s (UTC seconds): pushed keys are deleted, the codes of second
 * factors count from the step after the present one on, and session tokens that were issued until
 * now are void (store_copy_restored_at). One transaction.
 */
int store_copy_restored(struct store *st, int64_t now_s) MUST_CHECK;
/* When the store was last restored; 0: never. The clock may stand before it by now. */
int store_copy_restored_at(struct store *st, int64_t *ret) MUST_CHECK;

#endif
