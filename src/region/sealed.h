/*
 * sealed: does the key-encryption key fit the store? After a restore it may not: each is a file of
 * its own. Then everything starts, and each signed request fails.
 */
#ifndef REGION_SEALED_H
#define REGION_SEALED_H

#include "region/state.h"

/*
 * Has keyd open some secrets of the store: the decoy and a few access keys. 0: it can, or the store
 * has none yet. If it can open some, the key is the right one, and those that it cannot are
 * damaged: each is logged as a warning that names its row. ERR_CRYPTO: it can open none, and ei
 * names the key's file and says what to do. Other errors are those of keyd_port and of the store.
 */
int sealed_check(struct region *region, struct errinfo *ei) MUST_CHECK;

#endif
