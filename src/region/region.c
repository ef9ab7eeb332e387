/*
 * region: see region.h.
 */
#include "region/region.h"

#include "base/alloc.h"
#include "region/agent_cert.h"
#include "region/agents.h"
#include "region/export.h"
#include "region/lifecycle.h"
#include "region/later.h"
#include "region/signer.h"
#include "region/watch.h"
#include "region/web_identity.h"
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
		.machine = o->machine,
		.arena = arena_new(MAX_STATE_BYTES),
		.outbox = outbox_new() };
	clock_boot_id(region->boot_id);
	if ((r = state_meta(region, STORE_META_REGION, &region->name, ei)) != 0 ||
	    (r = state_meta(region, STORE_META_DOMAIN, &region->domain, ei)) != 0 ||
	    (r = signer_new(region, &region->signer, ei)) != 0)
		goto out;
	region->exporter = export_new();
	region->watch = watch_new();
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
	later_drop(region, KEYD_NEW_KEY, &region->signer_keys[SIGNER_RSA]);
	later_drop(region, KEYD_NEW_KEY, &region->signer_keys[SIGNER_P256]);
	later_drop(region, KEYD_NEW_KEY, &region->notary_key);
	later_drop(region, KEYD_SIGN_DIGEST, &region->digest_signature);
	if (region->agents != NULL)
		agent_cert_stop(region);
	lifecycle_free(region->lifecycle);
	agents_free(region->agents);
	watch_free(region->watch);
	web_identity_free(region->web_identity);
	export_free(region->exporter);
	signer_free(region->signer);
	outbox_free(region->outbox);
	arena_free(region->arena);
	xfree(region);
}
