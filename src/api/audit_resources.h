/*
 * audit_resources: the resources that a record of the audit trail is about. Each is listed once, in
 * the order of the call's targets.
 */
#ifndef API_AUDIT_RESOURCES_H
#define API_AUDIT_RESOURCES_H

#include "api/call.h"
#include "codec/json.h"
#include "store/store_audit.h"

/* Writes the member resources, which stands in records of STS: the role of sts:AssumeRole. Nothing
 * if there is none, or if the call was denied. */
void audit_resources_write(const struct call *c, struct jsonw *w);

/* The resources by which LookupEvents finds the record, and how many they are; those of a denied
 * call are 16 at most, and the one that was denied is among them. They are in c->arena. */
size_t audit_resources_find(const struct call *c, struct store_audit_resource **ret);

#endif
