/*
 * guest: fills the uplink message "guest", which describes an instance as its metadata service is
 * to show it (docs/PROTOCOL.md 2). The instance's tags are not in it. They may tell what the users
 * of the instance must not know, and are shown only to instances launched with InstanceMetadataTags
 * enabled, which RunInstances refuses.
 */
#ifndef REGION_GUEST_H
#define REGION_GUEST_H

#include "link/link.h"
#include "region/state.h"
#include "store/store_instance.h"

/* Fills the message, which borrows from v, region and a. Errors are those of the store;
 * ERR_NOTFOUND: a security group, the subnet or the VPC of the instance is gone. */
int guest_read(struct region *region, struct arena *a, const struct store_instance *v,
    struct link_guest *ret) MUST_CHECK;

#endif
