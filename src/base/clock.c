/*
 * clock: the two clocks of this machine; see clock.h.
 */
#include "base/clock.h"

#include <fcntl.h>
#include <unistd.h>

static int64_t
read_ms(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts) != 0)
		abort();
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t
system_wall_ms(void *ctx)
{
	(void)ctx;
	return read_ms(CLOCK_REALTIME);
}

static int64_t
system_boot_ms(void *ctx)
{
	(void)ctx;
	return read_ms(CLOCK_BOOTTIME);
}

const struct clock *
clock_system(void)
{
	static const struct clock c = { system_wall_ms, system_boot_ms, NULL };

	return &c;
}

int64_t
clock_wall_ms(const struct clock *c)
{
	return c->wall_ms(c->ctx);
}

int64_t
clock_wall_s(const struct clock *c)
{
	int64_t ms = clock_wall_ms(c);

	return ms >= 0 ? ms / 1000 : -((-ms + 999) / 1000);
}

int64_t
clock_boot_ms(const struct clock *c)
{
	return c->boot_ms(c->ctx);
}

void
clock_boot_id(char ret[static 37])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (fd != -1) {
		n = read(fd, ret, 36);
		close(fd);
	}
	ret[n == 36 ? 36 : 0] = '\0';
}
