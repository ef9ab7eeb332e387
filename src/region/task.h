/*
 * task: one transaction, and what it causes in other processes. Everything that core writes is
 * written by a task: a batch of requests (api/batch.h), a turn of the timer, an agent's hello, the
 * end of a job.
 */
#ifndef REGION_TASK_H
#define REGION_TASK_H

#include "region/state.h"

/*
 * Runs fn inside a transaction and commits it. Before it returns, it hands what fn put into the
 * outbox to the ports. If fn or the transaction fails, everything that fn wrote is undone, the
 * outbox is emptied, and the error is returned. If the transaction could not begin or be committed,
 * the reason is logged here.
 */
int task_run(struct region *region, int (*fn)(struct region *region, void *ctx),
    void *ctx) MUST_CHECK;

#endif
