/*
 * core_metrics: see core_metrics.h.
 */
#include "daemon/core_metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "daemon/core_metrics_text.h"
#include "region/agents.h"
#include "region/export.h"

#define TEXT_BYTES (1u << 18)
#define EVERY_MS 15000
#define SAY_MS 60000

struct core_metrics {
	const struct clock *clock;
	char path[PATH_MAX], fresh_path[PATH_MAX]; /* fresh_path is renamed to path */
	int64_t started_at;                        /* UTC seconds */
	int64_t due_ms, say_ms;                    /* on the boot clock */
};

struct core_metrics *
core_metrics_new(const char *dir, const struct clock *clock)
{
	struct core_metrics *m = xalloc(sizeof(*m));

	m->clock = clock;
	m->started_at = clock_wall_s(clock);
	m->due_ms = m->say_ms = clock_boot_ms(clock);
	snprintf(m->path, sizeof(m->path), "%s/eicd.prom", dir);
	snprintf(m->fresh_path, sizeof(m->fresh_path), "%s/eicd.prom.new", dir);
	return m;
}

void
core_metrics_free(struct core_metrics *m)
{
	xfree(m);
}

/* A reader sees the file before or the file after, and no part of one. */
static int
replace(const struct core_metrics *m, struct str text)
{
	int fd = open(m->fresh_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	ssize_t n;

	if (fd == -1)
		return ERR_SYS;
	n = write(fd, text.p, text.n);
	if (n >= 0 && n != (ssize_t)text.n)
		errno = ENOSPC;
	close(fd);
	return n == (ssize_t)text.n && rename(m->fresh_path, m->path) == 0 ? 0 : ERR_SYS;
}

static void
failed(struct core_metrics *m, int64_t now_ms)
{
	if (now_ms < m->say_ms)
		return;
	m->say_ms = now_ms + SAY_MS;
	log_warn("metrics", log_c("file", m->fresh_path), log_c("why", strerror(errno)));
}

void
core_metrics_step(struct core_metrics *m, const struct region *region, const struct api *api)
{
	const struct metrics_facts v = { .watch = watch_facts(region),
		.counts = answer_counts_get(api),
		.agents = agents_count(region),
		.export_waits = export_waits(region),
		.started_at = m->started_at };
	int64_t now_ms = clock_boot_ms(m->clock);
	struct buf text;

	if (now_ms < m->due_ms)
		return;
	m->due_ms = now_ms + EVERY_MS;
	buf_init(&text, TEXT_BYTES);
	core_metrics_text(&v, EIC_VERSION, &text);
	if (buf_err(&text) == 0 && replace(m, buf_view(&text)) != 0)
		failed(m, now_ms);
	buf_release(&text);
}
