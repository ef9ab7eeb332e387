/*
 * auditchain: the hash chain over the records of the audit trail. Each event's hash covers the
 * hash of the event before it. So when an event is changed, left out or inserted, the hashes of
 * all later events are wrong.
 */
#ifndef CODEC_AUDITCHAIN_H
#define CODEC_AUDITCHAIN_H

#include <stdint.h>

#include "base/str.h"

#define AUDITCHAIN_BYTES 32

/*
 * Writes the hash of an event to ret: SHA-256 over the hash of the event before it (zeros for
 * the very first), the event's number (8 bytes, big-endian), its eventID, and its record. The
 * record begins with '{', which no eventID has, so it is certain where the eventID ends.
 */
void auditchain_hash(const uint8_t prev[static AUDITCHAIN_BYTES], uint64_t seq, struct str event_id,
    struct str record, uint8_t ret[static AUDITCHAIN_BYTES]);

#endif
