/*
 * ingress: what may come in to an instance, as one text for its driver: the rules of all its
 * security groups (docs/PROTOCOL.md 3).
 */
#ifndef REGION_INGRESS_H
#define REGION_INGRESS_H

#include "region/state.h"
#include "base/buf.h"
#include "store/store_instance.h"

#define INGRESS_MAX_BYTES 16384

/* Appends the text. Rules for IPv6, for prefix lists and for protocols that the driver does not
 * know are left out, so that nothing comes in by them. ERR_TOOBIG, or an error of the store. */
int ingress_write(struct region *region, struct arena *a, const struct store_instance *v,
    struct buf *out) MUST_CHECK;

/* *ret says whether a group of v admits members of a group of `changed`. Then v's text must be
 * written anew when `changed` comes or goes. Errors are those of the store. */
int ingress_depends(struct region *region, struct arena *a, const struct store_instance *v,
    const struct store_instance *changed, bool *ret) MUST_CHECK;

#endif
