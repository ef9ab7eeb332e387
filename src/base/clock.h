/*
 * clock: time as a parameter, so that tests can hold and move it.
 *
 * Two times are needed: the wall clock, for what goes on the wire and into
 * records, and the boot clock (CLOCK_BOOTTIME), which no one can step, for
 * every deadline.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

struct clock {
	int64_t (*wall_ms)(void *ctx); /* UTC, milliseconds since 1970 */
	int64_t (*boot_ms)(void *ctx); /* since boot, suspended time counted */
	void *ctx;
};

/* The clock of this machine. */
const struct clock *clock_system(void);

int64_t clock_wall_ms(const struct clock *c);
int64_t clock_wall_s(const struct clock *c);
int64_t clock_boot_ms(const struct clock *c);

/*
 * The id of this boot, 36 characters and a NUL, from the kernel; the empty
 * string when it cannot be read. A boot_ms is comparable only within one id.
 */
void clock_boot_id(char ret[static 37]);

#endif
