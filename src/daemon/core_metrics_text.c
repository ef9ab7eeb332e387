/*
 * core_metrics_text: see core_metrics_text.h.
 */
#include "daemon/core_metrics_text.h"

static void
head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_fmt(out, "# HELP openeic_%s %s\n# TYPE openeic_%s %s\n", name, help, name, type);
}

static void
number(struct buf *out, const char *name, int64_t v)
{
	buf_fmt(out, "openeic_%s %lld\n", name, (long long)v);
}

static void
labelled(struct buf *out, const char *name, const char *label, const char *value, int64_t v)
{
	buf_fmt(out, "openeic_%s{%s=\"%s\"} %lld\n", name, label, value, (long long)v);
}

static void
answers(struct buf *out, const struct answer_counts *v)
{
	struct str name;
	unsigned s, i;

	head(out, "answers_total", "counter", "Answers to requests, by service and HTTP status.");
	for (s = 0; s < SERVICE_COUNT; s++) {
		name = service_info((enum service)s)->name;
		for (i = 0; i < ANSWER_COUNTS_STATUSES; i++) {
			if (v->answers[s][i] > 0)
				buf_fmt(out,
				    "openeic_answers_total{service=\"%.*s\",status=\"%u\"} "
				    "%llu\n",
				    STR_FMT(name), ANSWER_COUNTS_STATUS_FIRST + i,
				    (unsigned long long)v->answers[s][i]);
		}
	}
}

static void
certificates(struct buf *out, const struct watch_facts *v)
{
	size_t i;

	head(out, "certificate_end_timestamp_seconds", "gauge",
	    "When the newest certificate of each kind ends.");
	for (i = 0; i < WATCH_CERTIFICATES; i++) {
		if (v->ends_at[i] != 0)
			labelled(out, "certificate_end_timestamp_seconds", "certificate",
			    watch_certificate_names[i], v->ends_at[i]);
	}
}

static void
disks(struct buf *out, const struct watch_facts *v)
{
	size_t i;

	head(out, "filesystem_free_bytes", "gauge",
	    "What is free of the file system that holds the database, or the export of the trail.");
	for (i = 0; i < MACHINE_DISKS; i++) {
		if (v->space[i].size_bytes != 0)
			labelled(out, "filesystem_free_bytes", "holds", watch_disk_names[i],
			    v->space[i].free_bytes);
	}
	head(out, "filesystem_size_bytes", "gauge", "How large that file system is.");
	for (i = 0; i < MACHINE_DISKS; i++) {
		if (v->space[i].size_bytes != 0)
			labelled(out, "filesystem_size_bytes", "holds", watch_disk_names[i],
			    v->space[i].size_bytes);
	}
}

void
core_metrics_text(const struct metrics_facts *v, const char *version, struct buf *out)
{
	head(out, "build_info", "gauge", "The version that runs.");
	labelled(out, "build_info", "version", version, 1);
	head(out, "start_timestamp_seconds", "gauge", "When the counters began at 0.");
	number(out, "start_timestamp_seconds", v->started_at);
	answers(out, v->counts);
	head(out, "agents", "gauge", "Agents that are connected.");
	number(out, "agents", (int64_t)v->agents);
	head(out, "export_waits", "gauge", "1: the audit trail cannot be exported for now.");
	number(out, "export_waits", v->export_waits);
	certificates(out, v->watch);
	disks(out, v->watch);
}
