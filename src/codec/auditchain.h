/*
 * auditchain: the hash chain over the records of the audit trail. Each event
 * holds the hash of the one before it, so that none can be changed, left out or
 * put in between without all that follow telling so.
 */
#ifndef CODEC_AUDITCHAIN_H
#define CODEC_AUDITCHAIN_H

#include <stdint.h>

#include "base/str.h"

#define AUDITCHAIN_BYTES 32

/*
 * The hash of an event: SHA-256 over the hash of the event before it (zeros
 * for the first of all), the number of the event (8 bytes, big-endian), its
 * eventID and its record, as bytes, one behind the other. The record begins
 * with '{', which no eventID holds: where one ends is certain.
 */
void auditchain_hash(const uint8_t prev[static AUDITCHAIN_BYTES], uint64_t seq, struct str event_id,
    struct str record, uint8_t ret[static AUDITCHAIN_BYTES]);

#endif
