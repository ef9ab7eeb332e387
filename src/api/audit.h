/*
 * audit: writes the record of a call into the audit trail, in CloudTrail's form (wire.md 8.2, 8.3,
 * 8.5).
 *
 * Every call of a known action by a known principal is recorded, whatever its outcome. A request
 * whose signer is not known cannot be attributed to anybody, and one that names no action of ours
 * has no event name: neither is recorded.
 */
#ifndef API_AUDIT_H
#define API_AUDIT_H

#include "api/call.h"

/* Adds the record. e is the outcome of the call. ERR_TOOBIG (the record is longer than 1 MiB), or
 * an error of store_audit_add. */
int audit_add(struct call *c, enum awserr e) MUST_CHECK;

#endif
