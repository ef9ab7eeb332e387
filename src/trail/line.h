/*
 * line: a record of the audit trail as it is exported. It is one line of a file: the CloudTrail
 * record with one more member at its end, so that whatever reads CloudTrail's records can read
 * these:
 *
 *   {...,"openeicChain":{"sequence":7,"previousHash":"HEX","hash":"HEX"}}
 *
 * The hashes are those of codec/auditchain, over the record without that member.
 */
#ifndef TRAIL_LINE_H
#define TRAIL_LINE_H

#include "base/buf.h"
#include "codec/auditchain.h"

/* The longest line, with its LF. A record in the store has at most 1 MiB. */
#define LINE_MAX_BYTES ((1u << 20) + 512)
#define LINE_MAX_ID 64

struct line {
	int64_t seq;
	uint8_t previous[AUDITCHAIN_BYTES], hash[AUDITCHAIN_BYTES];
	/* From the record; set by line_parse. */
	char event_id[LINE_MAX_ID + 1];
	int64_t event_at;
};

/* Appends the line of a record, with its LF. ERR_SYNTAX (the record is not a JSON object: it must
 * begin with '{' and end with '}'), ERR_TOOBIG (b is full). */
int line_write(struct buf *b, struct str record, const struct line *v) MUST_CHECK;

/*
 * The opposite of line_write, for a line without its LF. ERR_SYNTAX: it is not exactly such a line.
 * ERR_CRYPTO: it is one, but its hash is not that of its record, sequence and previous hash; ret is
 * filled nevertheless.
 */
int line_parse(struct str text, struct line *ret) MUST_CHECK;

/* Could text be the beginning of a line, which was cut off before its LF? All records begin with
 * the same member, and one that is whole but has no additional member is another program's. */
bool line_begins(struct str text);

#endif
