/*
 * api: see api.h.
 */
#include "api/api.h"

#include <assert.h>

#include "api/parked.h"
#include "api/policies.h"
#include "api/refusals.h"
#include "api/state.h"
#include "base/alloc.h"
#include "base/log.h"
#include "store/store_copy.h"
#include "store/store_meta.h"

#define MAX_BUCKETS 8192
/* What the decision about one target takes: its condition keys and tags, and those of the caller.
 */
#define SCRATCH_BYTES ((size_t)64 << 20)

/* What is begun for a request must be finished or given up (api/action.h). */
static void
check_rows(const struct action_table *t)
{
	const struct action_rows *const *r;
	const struct action *row;
	int s;

	for (s = 0; s < SERVICE_COUNT; s++) {
		for (r = t->services[s]; *r != NULL; r++) {
			for (row = (*r)->rows; row < (*r)->rows + (*r)->n; row++)
				assert((row->finish == NULL) == (row->give_up == NULL));
		}
	}
}

/* What was signed, and which sessions began, before a restoration is refused: so is everything, for
 * as long as the clock stands before it. */
static void
clock_check(const struct api *api)
{
	int64_t behind_s = api->restored_at - clock_wall_s(api->region->clock);

	if (behind_s > 0)
		log_error("clock-before-restore", log_i("behind_s", behind_s));
}

int
api_new(struct region *region, const struct action_table *actions, struct api **ret,
    struct errinfo *ei)
{
	struct api *api = xalloc(sizeof(*api));
	int r;

	check_rows(actions);
	api->region = region;
	api->actions = actions;
	if ((r = state_meta(region, STORE_META_DECOY_SECRET, &api->decoy_secret, ei)) != 0)
		goto out;
	if ((r = store_copy_restored_at(region->store, &api->restored_at)) != 0) {
		store_error(region->store, ei);
		goto out;
	}
	clock_check(api);
	api->throttle = throttle_new(MAX_BUCKETS, region->rng);
	api->strangers = throttle_new(MAX_BUCKETS, region->rng);
	api->policies = policies_new(region->rng);
	api->parked = parked_list_new(region->keyd);
	api->scratch = arena_new(SCRATCH_BYTES);
	api->refusals = refusals_new(region->rng);
	*ret = api;
	api = NULL;
out:
	api_free(api);
	return r;
}

void
api_free(struct api *api)
{
	if (api == NULL)
		return;
	refusals_free(api->refusals);
	arena_free(api->scratch);
	parked_list_free(api->parked);
	policies_free(api->policies);
	throttle_free(api->strangers);
	throttle_free(api->throttle);
	xfree(api);
}
