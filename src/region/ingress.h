/*
 * ingress: what may come in to an instance, as one text for its driver: the rules of all its
 * security groups (docs/PROTOCOL.md 3).
 *
 * What was read of a group is kept, because the instances of a VPC share their groups. So an
 * ingress lives as long as nothing is written: in one transaction at most.
 */
#ifndef REGION_INGRESS_H
#define REGION_INGRESS_H

#include "region/state.h"
#include "base/buf.h"
#include "store/store_instance.h"

#define INGRESS_MAX_BYTES 16384

struct ingress;

struct ingress *ingress_new(struct region *region);
void ingress_free(struct ingress *g); /* NULL is fine */

/*
 * Replaces the content of out by the text. Rules for IPv6, for prefix lists and for protocols that
 * the driver does not know are left out, so that nothing comes in by them. So are those that do not
 * fit into INGRESS_MAX_BYTES: then rules for ranges of addresses come first, of those for members
 * of groups as many follow as fit, and that is logged. out may hold INGRESS_MAX_BYTES. Errors are
 * those of the store.
 */
int ingress_write(struct ingress *g, const struct store_instance *v, struct buf *out) MUST_CHECK;

/* *ret says whether a group of v admits members of one of n groups (NULL: of any). Then v's text
 * must be written anew when a member of these comes or goes. Errors are those of the store. */
int ingress_depends(struct ingress *g, const struct store_instance *v, char *const *group_ids,
    size_t n, bool *ret) MUST_CHECK;

#endif
