/*
 * audit: writes the record of a call into the audit trail, in CloudTrail's form (wire.md 8.2, 8.3,
 * 8.5).
 *
 * Every call of a known action by a known principal is recorded, whatever its outcome; of those
 * that are refused because their principal makes too many, or that have no signature, the first,
 * and then how many there were (api/refusals.h). A request whose signer is not known cannot be
 * attributed to anybody, and one that names no action of ours has no event name: neither is
 * recorded. Both are logged.
 */
#ifndef API_AUDIT_H
#define API_AUDIT_H

#include "api/call.h"

/* Adds the record. e is the outcome of the call. ERR_TOOBIG (the record is longer than 1 MiB), or
 * an error of store_audit_add. */
int audit_add(struct call *c, enum awserr e) MUST_CHECK;

/* What the record of a refused call has in common with those of others that were refused alike. */
struct audit_kept;

/* Copies it from the call, with the outcome e, to a. */
const struct audit_kept *audit_keep(struct call *c, enum awserr e, struct arena *a);

/* Calls that were refused like one that has a record. */
struct audit_again {
	uint64_t n;
	int64_t first_at, last_at;
	struct str request_id; /* of the last */
	bool others;           /* some ask for something else, or come from elsewhere */
};

/* Adds one record for all of them, of the time when it is added. It has no request parameters and
 * no tlsDetails, and in additionalEventData the members callCount, firstEventTime, lastEventTime
 * and, if it is so, others. Errors are those of audit_add. */
int audit_add_again(struct region *region, const struct audit_kept *k,
    const struct audit_again *again) MUST_CHECK;

#endif
