/*
 * keyd_vault: see keyd_vault.h.
 */
#include "daemon/keyd_vault.h"

#include "daemon/kek.h"
#include "keyd/cache.h"

int
keyd_vault_open(const struct eicd_settings *s, struct keyd_secrets *ret, struct errinfo *ei)
{
	int r;

	if ((r = kek_load(s->kek_file, &ret->seal, ei)) == 0)
		ret->cache = keyd_cache_new(ret->seal);
	return r;
}

void
keyd_vault_close(struct keyd_secrets *v)
{
	keyd_cache_free(v->cache);
	seal_free(v->seal);
}
