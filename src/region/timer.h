/*
 * timer: what must happen now and then without a request. Keys expire, old rows are deleted, the
 * signer with its OCSP responses and the certificates of agents are renewed, instances that are
 * stuck are taken up again, and the audit trail gets its digests and is exported.
 */
#ifndef REGION_TIMER_H
#define REGION_TIMER_H

#include "region/state.h"

struct timer;

/* Everything is due at once, because core has just started. */
struct timer *timer_new(const struct clock *clock);
void timer_free(struct timer *t); /* NULL is fine */

/* In how many milliseconds something is due; 0: now. */
int timer_left_ms(const struct timer *t);
/* Does what is due. A failure is logged, and tried again at the next turn. */
void timer_run(struct timer *t, struct region *region);

#endif
