/*
 * lag: how late what eicd says arrives, though the two machines have different clocks. eicd says
 * when it said a thing, on its boot clock; what took least of all in the last half minute to a
 * minute tells how far the clocks are apart, and what took longer than that was late by the rest.
 * So a delay that never changes is not seen, and a drift of the clocks hardly counts.
 */
#ifndef AGENT_LAG_H
#define AGENT_LAG_H

#include <stdint.h>

/* The members are private to lag.c. */
struct lag {
	int64_t least_ms[2]; /* of this window and of the one before; INT64_MAX: nothing came */
	int64_t window_ms;   /* when this window began */
};

/* Forgets everything: another connection, perhaps to another machine. */
void lag_init(struct lag *l);
/* What was said at at_ms (up to LINK_MAX_AT_MS), on eicd's boot clock, has come at now_ms on ours.
 * Returns by how many milliseconds it is late. */
int64_t lag_note(struct lag *l, int64_t at_ms, int64_t now_ms);

#endif
