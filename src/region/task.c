/*
 * task: see task.h.
 */
#include "region/task.h"

#include "base/log.h"
#include "region/agents.h"
#include "region/lifecycle.h"

static void
complain(struct region *region, const char *what, int err)
{
	struct errinfo ei = { "" };

	store_error(region->store, &ei);
	log_error(what, log_e(err), log_c("why", ei.text));
}

static int
commit(struct region *region)
{
	int r;

	if ((r = outbox_err(region->outbox)) != 0) {
		/* Half of what belongs to a change must not be sent. */
		log_error("outbox", log_e(r));
		store_rollback(region->store);
		outbox_undo(region->outbox, 0);
		return r;
	}
	if ((r = store_commit(region->store)) == 0) {
		outbox_deliver(region->outbox, agents_port(region->agents),
		    lifecycle_port(region->lifecycle));
		return 0;
	}
	complain(region, "commit", r);
	outbox_undo(region->outbox, 0);
	return r;
}

int
task_run(struct region *region, int (*fn)(struct region *region, void *ctx), void *ctx)
{
	int r;

	if ((r = store_begin(region->store)) != 0) {
		complain(region, "begin", r);
		return r;
	}
	if ((r = fn(region, ctx)) == 0)
		return commit(region);
	store_rollback(region->store);
	outbox_undo(region->outbox, 0);
	return r;
}
