/*
 * batch: see batch.h.
 */
#include "api/batch.h"

#include <assert.h>

#include "api/lifecycle.h"
#include "api/policies.h"
#include "api/state.h"
#include "api/uplink.h"
#include "base/log.h"

static int
commit(struct api *api)
{
	struct errinfo ei = { "" };
	int r;

	if ((r = store_commit(api->o.store)) == 0) {
		outbox_deliver(api->outbox, uplink_port(api->uplink),
		    lifecycle_port(api->lifecycle));
		return 0;
	}
	store_error(api->o.store, &ei);
	log_error("commit", log_e(r), log_c("why", ei.text));
	outbox_undo(api->outbox, 0);
	/* Requests of the group may have been decided on what is undone now. */
	policies_changed(api->policies);
	return r;
}

void
batch_run(struct api *api, const struct api_request *reqs, size_t n, struct arena *a,
    struct api_response *ret)
{
	struct errinfo ei = { "" };
	size_t i;
	int r;

	assert(n <= BATCH_MAX);
	if ((r = store_begin(api->o.store)) == 0) {
		for (i = 0; i < n; i++)
			api_handle(api, &reqs[i], a, &ret[i]);
		if (commit(api) == 0)
			return;
	} else {
		store_error(api->o.store, &ei);
		log_error("begin", log_e(r), log_c("why", ei.text));
	}
	for (i = 0; i < n; i++)
		api_fail(&reqs[i], a, &ret[i]);
}

int
batch_task(struct api *api, int (*fn)(struct api *api, void *ctx), void *ctx)
{
	int r;

	if ((r = store_begin(api->o.store)) != 0)
		return r;
	if ((r = fn(api, ctx)) == 0)
		return commit(api);
	store_rollback(api->o.store);
	outbox_undo(api->outbox, 0);
	return r;
}
