/*
 * batch: see batch.h.
 */
#include "api/batch.h"

#include <assert.h>

#include "api/pipeline.h"
#include "api/policies.h"
#include "api/state.h"
#include "base/log.h"
#include "region/task.h"

struct batch {
	struct api *api;
	const struct api_request *reqs;
	size_t n;
	struct arena *arena;
	struct api_response *ret;
};

static int
answer_all(struct region *region, void *ctx)
{
	const struct batch *b = ctx;

	(void)region;
	pipeline_run(b->api, b->reqs, b->n, b->arena, b->ret);
	return 0;
}

void
batch_run(struct api *api, const struct api_request *reqs, size_t n, struct arena *a,
    struct api_response *ret)
{
	struct batch b = { .api = api, .reqs = reqs, .n = n, .arena = a, .ret = ret };
	size_t i;

	assert(n <= BATCH_MAX);
	if (task_run(api->region, answer_all, &b) == 0)
		return;
	/* The transaction was undone. The cache of policies may hold what was read in it. */
	policies_changed(api->policies);
	for (i = 0; i < n; i++)
		pipeline_fail(&reqs[i], a, &ret[i]);
}
