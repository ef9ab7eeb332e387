/*
 * timer: what has to happen now and then without a request: keys end, old rows
 * go, the signer and its responses are renewed, instances that are stuck on
 * their way are taken up.
 */
#ifndef REGION_TIMER_H
#define REGION_TIMER_H

#include "region/state.h"

struct timer;

/* Everything is due at once: eicd has just started. */
struct timer *timer_new(const struct clock *clock);
void timer_free(struct timer *t); /* NULL is fine */

/* How long until something is due, in milliseconds. */
int timer_left_ms(const struct timer *t);
/* Does what is due. What fails is logged and tried again at its next turn. */
void timer_run(struct timer *t, struct region *region);

#endif
