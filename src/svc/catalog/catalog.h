/*
 * catalog: the services that this region offers. Whoever starts it hands the
 * table to the reader (api_new); a new service is a line here.
 */
#ifndef SVC_CATALOG_CATALOG_H
#define SVC_CATALOG_CATALOG_H

#include "api/action.h"
#include "region/state.h"

extern const struct action_table catalog_actions;

/*
 * What services have in the store before the first request: brings it up to
 * date. To be called once, when core starts, outside a transaction. Errors as
 * the store, with ei.
 */
int catalog_start(struct region *region, struct errinfo *ei) MUST_CHECK;

#endif
