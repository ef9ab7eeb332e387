/*
 * core_metrics_text: the text of core's metrics, in the format of Prometheus
 * (https://prometheus.io/docs/instrumenting/exposition_formats/).
 */
#ifndef DAEMON_CORE_METRICS_TEXT_H
#define DAEMON_CORE_METRICS_TEXT_H

#include "api/answer_counts.h"
#include "base/buf.h"
#include "region/watch.h"

struct metrics_facts {
	const struct watch_facts *watch;
	const struct answer_counts *counts;
	size_t agents;      /* connected */
	bool export_waits;  /* the audit trail cannot be exported for now */
	int64_t started_at; /* when this core began to count, in UTC seconds */
};

/* Appends the whole text. version is that of the program. */
void core_metrics_text(const struct metrics_facts *v, const char *version, struct buf *out);

#endif
