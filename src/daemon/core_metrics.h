/*
 * core_metrics: what there is to count and to watch, in a file that a collector reads: the
 * textfile collector of Prometheus's node exporter takes it. The file lies in a directory of core
 * alone and may be read by everybody: it names nobody.
 */
#ifndef DAEMON_CORE_METRICS_H
#define DAEMON_CORE_METRICS_H

#include "base/clock.h"

struct api;
struct region;

struct core_metrics;

/* For the file eicd.prom in dir. */
struct core_metrics *core_metrics_new(const char *dir, const struct clock *clock);
void core_metrics_free(struct core_metrics *m); /* NULL is fine */

/* Writes the file anew if the last time was 15 seconds ago or more. A failure is logged, once a
 * minute. */
void core_metrics_step(struct core_metrics *m, const struct region *region, const struct api *api);

#endif
