/*
 * lifecycle: leads instances from pending to running, from stopping to stopped and from
 * shutting-down to terminated, by jobs for compute.
 *
 * The store says which state an instance should reach. Jobs in flight are remembered only here. If
 * one is lost because compute or core ended, lifecycle_sweep finds out how things are and goes on
 * from there.
 */
#ifndef REGION_LIFECYCLE_H
#define REGION_LIFECYCLE_H

#include "region/state.h"
#include "store/store_instance.h"

/* How long a terminated instance is still shown. After that it is deleted. */
#define LIFECYCLE_TERMINATED_SHOWN_S 3600

struct lifecycle;

struct lifecycle *lifecycle_new(struct region *region);
void lifecycle_free(struct lifecycle *l); /* NULL is fine */

/* The port to hand to outbox_deliver. It remembers each job and passes it on to compute. */
const struct compute_port *lifecycle_port(const struct lifecycle *l);

/*
 * For the actions. v is in its new transitional state already, and stored. These give compute the
 * job; run and start also tell the instance's agent. If the networks are not ready yet, an instance
 * is run or started later by lifecycle_sweep. Errors are those of the store.
 */
int lifecycle_run(struct region *region, struct arena *a,
    const struct store_instance *v) MUST_CHECK;
int lifecycle_start(struct region *region, struct arena *a,
    const struct store_instance *v) MUST_CHECK;
void lifecycle_stop(struct region *region, const struct store_instance *v);
void lifecycle_terminate(struct region *region, const struct store_instance *v);

/* The result of a job (docs/PROTOCOL.md 1.4). */
struct lifecycle_result {
	uint64_t job;
	uint32_t status;
	struct str output;
	struct str reason;
};

/* These three run inside task_run, and their errors are those of the store. This one takes the
 * result of a job. A job that is not known is ignored. */
int lifecycle_done(struct region *region, const struct lifecycle_result *res) MUST_CHECK;
/* Compute has connected, for the first time or again, and what was in flight is lost. Has the
 * networks in the store created, then goes on with all instances. */
int lifecycle_compute_up(struct region *region) MUST_CHECK;
/* Gives compute a job for every instance in a transitional state that has none in flight. Before
 * that, has the networks created that could not be when compute connected. */
int lifecycle_sweep(struct region *region) MUST_CHECK;

/*
 * When an instance comes up or goes down, others that admit members of its groups need new rules,
 * and when compute has connected, all that admit members of any. This gives compute jobs for a page
 * of them, in a transaction of its own, if there are such instances and compute is not busy with as
 * many of these jobs as it may have. Whoever has told lifecycle_done, and the timer, call it. It
 * returns an error of task_run, and then the same page is due again. Rules that did not reach their
 * instance are given to it again after NEIGHBOURS_PAUSE_MS, until it has them or is down.
 */
int lifecycle_refresh(struct region *region) MUST_CHECK;

/* Compute is gone. New jobs wait until lifecycle_compute_up. */
void lifecycle_compute_down(struct region *region);

#endif
