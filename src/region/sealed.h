/*
 * sealed: does the key-encryption key fit the store? After a restore it may not: each is a file of
 * its own. Then everything starts, and each signed request fails.
 */
#ifndef REGION_SEALED_H
#define REGION_SEALED_H

#include "region/state.h"

/*
 * Has keyd open one secret of the store. 0: it can, or the store has none yet. ERR_CRYPTO: it
 * cannot, and ei names the key's file and says what to do. Other errors are those of keyd_port and
 * of the store.
 */
int sealed_check(struct region *region, struct errinfo *ei) MUST_CHECK;

#endif
