/*
 * key_use: see key_use.h.
 */
#include "api/key_use.h"

int
key_use_note(struct call *c, const struct store_access_key *key, struct str region,
    struct str service)
{
	struct store_access_key v = *key;

	/* A clock that was set back must not stop the notes. */
	if (c->now_s >= key->last_used_at && c->now_s - key->last_used_at < KEY_USE_COARSE_S)
		return 0;
	v.last_used_at = c->now_s;
	v.last_used_region = region;
	v.last_used_service = service;
	return store_access_key_set_last_used(c->api->o.store, &v);
}
