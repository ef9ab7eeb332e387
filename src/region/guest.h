/*
 * guest: the uplink message "guest": an instance as its metadata service is to
 * show it (docs/PROTOCOL.md 2). Its tags are not in it: they are shown only to
 * an instance that was launched with InstanceMetadataTags enabled, which
 * RunInstances refuses, and may say what its users are not to know.
 */
#ifndef REGION_GUEST_H
#define REGION_GUEST_H

#include "link/link.h"
#include "region/state.h"
#include "store/store_instance.h"

/* Fills the message. It borrows from v, from region and from a. As the store. */
int guest_read(struct region *region, struct arena *a, const struct store_instance *v,
    struct link_guest *ret) MUST_CHECK;

#endif
