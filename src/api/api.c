/*
 * api: see api.h.
 */
#include "api/api.h"

#include "api/parked.h"
#include "api/policies.h"
#include "api/state.h"
#include "base/alloc.h"
#include "store/store_meta.h"

#define MAX_BUCKETS 8192

int
api_new(struct region *region, const struct action_table *actions, struct api **ret,
    struct errinfo *ei)
{
	struct api *api = xalloc(sizeof(*api));
	int r;

	api->region = region;
	api->actions = actions;
	r = state_meta(region, STORE_META_DECOY_SECRET, &api->decoy_secret, ei);
	if (r != 0)
		goto out;
	api->throttle = throttle_new(MAX_BUCKETS, region->rng);
	api->policies = policies_new(region->rng);
	api->parked = parked_list_new(region->keyd);
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
	parked_list_free(api->parked);
	policies_free(api->policies);
	throttle_free(api->throttle);
	xfree(api);
}
