/*
 * catalog: the list of the services that this region offers. Whoever starts the region hands the
 * table to the reader (api_new). A new service is a line here.
 */
#ifndef SVC_CATALOG_CATALOG_H
#define SVC_CATALOG_CATALOG_H

#include "api/action.h"
#include "region/state.h"

extern const struct action_table catalog_actions;

/*
 * Brings up to date what services keep in the store before the first request: AWS's managed
 * policies. To be called once, when core starts, outside a transaction. Errors are those of the
 * store, with ei.
 */
int catalog_start(struct region *region, struct errinfo *ei) MUST_CHECK;

#endif
