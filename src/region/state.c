/*
 * state: see state.h.
 */
#include "region/state.h"

#include "store/store_meta.h"

int
state_meta(struct region *region, struct str name, struct str *ret, struct errinfo *ei)
{
	int r;

	if ((r = store_meta_get(region->store, region->arena, name, ret)) == ERR_NOTFOUND)
		err_set(ei, "the store has no %.*s: run eicd init", STR_FMT(name));
	else if (r != 0)
		store_error(region->store, ei);
	return r;
}
