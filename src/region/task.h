/*
 * task: one transaction, and what it causes in other processes. All that core
 * writes is written by a task: a batch of requests (api/batch.h), a turn of the
 * timer, an agent's hello, the end of a job.
 */
#ifndef REGION_TASK_H
#define REGION_TASK_H

#include "region/state.h"

/*
 * Runs fn inside a transaction and commits it. Then, before it returns, what fn
 * put into the outbox is handed to the ports. An error, of fn or of the
 * transaction, undoes all that fn wrote, empties the outbox, and is returned; why
 * the transaction could not begin or be committed is logged here.
 */
int task_run(struct region *region, int (*fn)(struct region *region, void *ctx),
    void *ctx) MUST_CHECK;

#endif
