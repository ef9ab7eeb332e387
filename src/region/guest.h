/*
 * guest: the uplink message "guest": an instance as its metadata service is to
 * show it (docs/PROTOCOL.md 2). Its tags are not in it: they are shown only to
 * an instance that was launched with InstanceMetadataTags enabled, which
 * RunInstances refuses, and may say what its users are not to know.
 */
#ifndef REGION_GUEST_H
#define REGION_GUEST_H

#include "region/state.h"
#include "base/buf.h"
#include "store/store_instance.h"

#define GUEST_MAX_BYTES (256u << 10)

/* Appends the message. As the store. */
int guest_write(struct region *region, struct arena *a, const struct store_instance *v,
    struct buf *out) MUST_CHECK;

#endif
