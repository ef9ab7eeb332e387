/*
 * newkey: new keys for the region itself. keyd-hash may need a second for a key of RSA. So core
 * begins a key in one turn of the timer and takes it in a later one, and does not wait.
 */
#ifndef REGION_NEWKEY_H
#define REGION_NEWKEY_H

#include "region/state.h"

/*
 * Appends the key that is being made in *q. If *q is NULL, begins one of this kind (of enum
 * privkey_kind) first; the caller has a *q for each kind. ERR_AGAIN, never with wait: the key is
 * not made yet, and the caller calls again later with the same *q. With wait, core waits for the
 * key. After anything but ERR_AGAIN *q is NULL. Other errors are those of keyd_port.
 */
int newkey_take(struct region *region, uint8_t kind, struct keyd_question **q, bool wait,
    struct buf *ret_sealed, struct buf *ret_public) MUST_CHECK;
/* Waits for the key that is being made in *q, if there is one, and drops it. */
void newkey_drop(struct region *region, uint8_t kind, struct keyd_question **q);

#endif
