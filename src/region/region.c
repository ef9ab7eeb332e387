/*
 * region: see region.h.
 */
#include "region/region.h"

#include "base/alloc.h"
#include "pki/privkey.h"
#include "region/agents.h"
#include "region/export.h"
#include "region/lifecycle.h"
#include "region/newkey.h"
#include "region/signer.h"
#include "store/store_meta.h"

#define MAX_STATE_BYTES (1u << 20)

int
region_new(const struct region_opts *o, struct region **ret, struct errinfo *ei)
{
	struct region *region = xalloc(sizeof(*region));
	int r;

	*region = (struct region){ .store = o->store,
		.settings = o->settings,
		.clock = o->clock,
		.rng = o->rng,
		.keyd = o->keyd,
		.compute = o->compute,
		.front = o->front,
		.export = o->export,
		.arena = arena_new(MAX_STATE_BYTES),
		.outbox = outbox_new() };
	clock_boot_id(region->boot_id);
	if ((r = state_meta(region, STORE_META_REGION, &region->name, ei)) != 0 ||
	    (r = state_meta(region, STORE_META_DOMAIN, &region->domain, ei)) != 0 ||
	    (r = signer_new(region, &region->signer, ei)) != 0)
		goto out;
	region->exporter = export_new();
	region->agents = agents_new(region);
	region->lifecycle = lifecycle_new(region);
	*ret = region;
	region = NULL;
out:
	region_free(region);
	return r;
}

void
region_free(struct region *region)
{
	if (region == NULL)
		return;
	newkey_drop(region, PRIVKEY_RSA2048, &region->signer_keys[SIGNER_RSA]);
	newkey_drop(region, PRIVKEY_P256, &region->signer_keys[SIGNER_P256]);
	newkey_drop(region, PRIVKEY_RSA2048, &region->notary_key);
	lifecycle_free(region->lifecycle);
	agents_free(region->agents);
	export_free(region->exporter);
	signer_free(region->signer);
	outbox_free(region->outbox);
	arena_free(region->arena);
	xfree(region);
}
