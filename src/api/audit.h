/*
 * audit: the record of a call in the audit trail, in CloudTrail's form
 * (wire.md 8.2, 8.3, 8.5).
 *
 * Recorded is every call of a known action by a known principal, whatever its
 * outcome. A request whose signer is not known, or that names no action we
 * have, can be attributed to nothing: it is a line in the journal.
 */
#ifndef API_AUDIT_H
#define API_AUDIT_H

#include "api/call.h"

/* e: the outcome. Errors as store_audit_add. */
int audit_add(struct call *c, enum awserr e) MUST_CHECK;

#endif
