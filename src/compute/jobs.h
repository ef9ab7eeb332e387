/*
 * jobs: runs the driver's programs for eicd-compute: one at a time for each
 * instance or VPC, several ids side by side, each with a deadline. Never
 * through a shell. The caller owns the poll loop.
 */
#ifndef COMPUTE_JOBS_H
#define COMPUTE_JOBS_H

#include <poll.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "compute/verb.h"

#define JOBS_MAX_WAITING 1024
#define JOBS_MAX_OUTPUT_BYTES 65536
#define JOBS_MAX_REASON_BYTES 1024

/* Exit statuses beside the driver's own 0..255 (docs/PROTOCOL.md 1.4). */
#define JOBS_STATUS_NOT_STARTED 1000
#define JOBS_STATUS_TIMEOUT 1001

struct jobs_result {
	uint64_t job;
	uint32_t status;
	struct str output; /* standard output, cut at JOBS_MAX_OUTPUT_BYTES */
	struct str reason; /* last line of standard error, without its line feed */
};

struct jobs_opts {
	const char *driver_dir; /* absolute; a verb is a program in it */
	const char *state_dir;  /* the driver's EIC_STATE_DIR */
	int64_t timeout_ms;     /* from a program's start */
	size_t max_running;
	const struct clock *clock;
	/* Called once for each job, but for orphans. */
	void (*done)(void *ctx, const struct jobs_result *r);
	void *ctx;
};

struct jobs;

/* The options' strings must outlive it. */
struct jobs *jobs_new(const struct jobs_opts *o);
/* Kills what runs and forgets what waits, without a report. NULL is fine. */
void jobs_free(struct jobs *j);

/*
 * Takes a job. One that the verb table refuses, that is one too many, or that
 * cannot be started, is reported with JOBS_STATUS_NOT_STARTED like any other
 * outcome. An instance-ingress that waits is reported as done when another one
 * comes right behind it for the same instance: what it would set would not stay.
 */
void jobs_submit(struct jobs *j, uint64_t number, struct str verb,
    const struct verb_option *options, size_t n);

/*
 * Who submitted all these jobs is gone: they go on to their end, and nobody is
 * told of it. Numbers that come after may be the same again.
 */
void jobs_orphan(struct jobs *j);

/* For programs that start from now on. */
void jobs_set_timeout(struct jobs *j, int64_t timeout_ms);
/* Something runs or waits. */
bool jobs_busy(const struct jobs *j);

/* The descriptors to poll for (at most 3 * max_running), then how long at most
 * (-1: for ever); after the poll, jobs_step. */
size_t jobs_poll_fill(const struct jobs *j, struct pollfd *fds, size_t max);
int jobs_poll_ms(const struct jobs *j);
void jobs_step(struct jobs *j);

#endif
