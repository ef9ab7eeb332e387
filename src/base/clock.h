/*
 * clock: time as a parameter, so that tests can set it.
 *
 * There are two clocks: the wall clock, for what is sent and recorded, and the boot clock
 * (CLOCK_BOOTTIME), which nobody can set, for every deadline.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

struct clock {
	int64_t (*wall_ms)(void *ctx); /* UTC, milliseconds since 1970 */
	int64_t (*boot_ms)(void *ctx); /* milliseconds since boot, with suspended time */
	void *ctx;
};

/* The clocks of this machine. */
const struct clock *clock_system(void);

/* What the clock says now. */
int64_t clock_wall_ms(const struct clock *c);
int64_t clock_wall_s(const struct clock *c);
int64_t clock_boot_ms(const struct clock *c);

/*
 * Gets the kernel's id of this boot, 36 characters and a NUL, or the empty string when it cannot
 * be read. Times of the boot clock are comparable only within one boot.
 */
void clock_boot_id(char ret[static 37]);

#endif
