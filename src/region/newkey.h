/*
 * newkey: new keys for the region itself. It may take keyd a second to make one of RSA. So core
 * begins it in one turn of the timer and takes it in a later one, and does not wait.
 */
#ifndef REGION_NEWKEY_H
#define REGION_NEWKEY_H

#include "region/state.h"

/*
 * Appends the key that is being made in *q. If *q is NULL, begins one of this kind (of enum
 * privkey_kind) first; the caller has a *q for each kind. ERR_AGAIN: the key is
 * not made yet, and the caller calls again later with the same *q. With wait, core waits for the
 * key instead. Otherwise *q is NULL afterwards, and errors are those of keyd_port.
 */
int newkey_take(struct region *region, uint8_t kind, struct keyd_question **q, bool wait,
    struct buf *ret_sealed, struct buf *ret_public) MUST_CHECK;
/* Waits for the key that is being made in *q, if there is one, and drops it. */
void newkey_drop(struct region *region, uint8_t kind, struct keyd_question **q);

#endif
