/*
 * ingress: what may come in to an instance, as one text for its driver: the sum
 * of its security groups (docs/PROTOCOL.md 3).
 */
#ifndef REGION_INGRESS_H
#define REGION_INGRESS_H

#include "region/state.h"
#include "base/buf.h"
#include "store/store_instance.h"

#define INGRESS_MAX_BYTES 16384

/*
 * Appends the text. Rules for IPv6 and prefix lists, which the lab has not, are
 * left out: nothing comes in by them. As the store; ERR_TOOBIG.
 */
int ingress_write(struct region *region, struct arena *a, const struct store_instance *v,
    struct buf *out) MUST_CHECK;

/* Does a group of v let members of a group of `changed` in? Then v's text is
 * another one when changed comes or goes. */
int ingress_depends(struct region *region, struct arena *a, const struct store_instance *v,
    const struct store_instance *changed, bool *ret) MUST_CHECK;

#endif
