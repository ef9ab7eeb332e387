/*
 * last_use: see last_use.h.
 */
#include "api/last_use.h"

/* Was the last use noted so recently that it need not be noted again? A time in the future,
 * left by a clock that was set back later, is not recent: it must not stop the notes. */
static bool
is_fresh(const struct call *c, int64_t noted_at)
{
	return c->now_s >= noted_at && c->now_s - noted_at < LAST_USE_COARSE_S;
}

int
last_use_key(struct call *c, const struct store_access_key *key, struct str region,
    struct str service)
{
	struct store_access_key v = *key;

	if (is_fresh(c, key->last_used_at))
		return 0;
	v.last_used_at = c->now_s;
	v.last_used_region = region;
	v.last_used_service = service;
	return store_access_key_set_last_used(c->region->store, &v);
}

int
last_use_role(struct call *c, const struct store_role *role)
{
	if (is_fresh(c, role->last_used_at))
		return 0;
	return store_role_set_last_used(c->region->store, role->role_id, c->now_s, c->region->name);
}
