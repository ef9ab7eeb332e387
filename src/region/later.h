/*
 * later: what the region itself asks eicd-keyd-hash: new keys, and signatures of digests. A key of
 * RSA may take a second. So core begins a question in one turn of the timer and takes the answer in
 * a later one, and does not wait.
 */
#ifndef REGION_LATER_H
#define REGION_LATER_H

#include "region/state.h"

/*
 * Takes the answer to *q. If *q is NULL, begins the question wanted first; the caller has a *q for
 * each. ERR_AGAIN, never with wait: there is no answer yet, and the caller calls again later with
 * the same *q. With wait, core waits for the answer. After anything but ERR_AGAIN *q is NULL, and
 * the caller wipes the buffers of ret. Other errors are those of keyd_port.
 */
int later_take(struct region *region, const struct keyd_hash *wanted, struct keyd_question **q,
    bool wait, struct keyd_hash_answer *ret) MUST_CHECK;
/* Waits for the answer to *q, a question of this kind, if there is one, and drops it. */
void later_drop(struct region *region, enum keyd_hash_kind kind, struct keyd_question **q);

#endif
