/*
 * lifecycle: what becomes of instances: the way from pending to running, from
 * stopping to stopped, from shutting-down to terminated, by jobs for compute.
 *
 * The store says what an instance should come to; jobs in flight are only
 * remembered here. A job that is lost (compute ended, core ended) is found by
 * lifecycle_sweep, which asks how things are and goes on from there.
 */
#ifndef REGION_LIFECYCLE_H
#define REGION_LIFECYCLE_H

#include "region/state.h"
#include "store/store_instance.h"

/* How long a terminated instance is still shown, and kept. */
#define LIFECYCLE_TERMINATED_SHOWN_S 3600

struct lifecycle;

struct lifecycle *lifecycle_new(struct region *region);
void lifecycle_free(struct lifecycle *l); /* NULL is fine */

/* What to hand to outbox_deliver: remembers each job and passes it on. */
const struct compute_port *lifecycle_port(const struct lifecycle *l);

/*
 * For the actions. v is in the new transitional state already, and written;
 * these tell its agent and give compute its job. As the store.
 */
int lifecycle_run(struct region *region, struct arena *a,
    const struct store_instance *v) MUST_CHECK;
int lifecycle_start(struct region *region, struct arena *a,
    const struct store_instance *v) MUST_CHECK;
void lifecycle_stop(struct region *region, const struct store_instance *v);
void lifecycle_terminate(struct region *region, const struct store_instance *v);

/* What a job came to (docs/PROTOCOL.md 1.4). */
struct lifecycle_result {
	uint64_t job;
	uint32_t status;
	struct str output;
	struct str reason;
};

/* The rest runs inside task_run. */
int lifecycle_done(struct region *region, const struct lifecycle_result *res) MUST_CHECK;
/*
 * Compute is there, for the first time or again. What was in flight is lost.
 * Makes the networks of the store exist, then takes up all instances.
 */
int lifecycle_compute_up(struct region *region) MUST_CHECK;
/* Takes up every instance on its way for which no job is in flight; before
 * that, networks that were not made when compute came. */
int lifecycle_sweep(struct region *region) MUST_CHECK;

/* Compute is gone: new jobs wait for lifecycle_compute_up. */
void lifecycle_compute_down(struct region *region);

#endif
