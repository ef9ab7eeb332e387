/*
 * lag: the least difference of two clocks in two windows; see lag.h.
 */
#include "agent/lag.h"

#define WINDOW_MS 30000

void
lag_init(struct lag *l)
{
	*l = (struct lag){ .least_ms = { INT64_MAX, INT64_MAX }, .window_ms = -WINDOW_MS };
}

static int64_t
lesser(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t
lag_note(struct lag *l, int64_t at_ms, int64_t now_ms)
{
	int64_t took_ms = now_ms - at_ms;

	if (now_ms - l->window_ms >= WINDOW_MS) {
		l->least_ms[1] = l->least_ms[0];
		l->least_ms[0] = INT64_MAX;
		l->window_ms = now_ms;
	}
	l->least_ms[0] = lesser(l->least_ms[0], took_ms);
	return took_ms - lesser(l->least_ms[0], l->least_ms[1]);
}
