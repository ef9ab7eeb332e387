/*
 * digest: what is signed about a stretch of the audit trail: which records it
 * holds and which hash it ends with. Each digest names the signature of the one
 * before it, so that none can be left out.
 *
 * The text is JSON, one object of these members in this order: version (1),
 * awsAccountId, awsRegion, digestSequence, digestStartTime, digestEndTime,
 * digestInterval, firstSequence, lastSequence, eventCount, firstPreviousHash,
 * lastHash, previousDigestSignature (base 64, or null for digest 1),
 * certificateFingerprint (SHA-256 of the signer's certificate), signatureAlgorithm.
 * It is signed as it stands, RSASSA-PSS with SHA-256, MGF1-SHA-256 and a salt of
 * 32 bytes, by a key that signs nothing else.
 *
 * An exported digest is one line:
 *   {"openeicDigest":{"digest":"TEXT","signature":"BASE64","certificates":["BASE64",...]}}
 * certificates: DER, the signer's first, without the root.
 */
#ifndef TRAIL_DIGEST_H
#define TRAIL_DIGEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "codec/auditchain.h"

#define DIGEST_MAX_TEXT_BYTES 4096
#define DIGEST_MAX_LINE_BYTES 65536
#define DIGEST_MAX_CERTS 3

struct digest {
	struct str account_id;
	struct str region;
	int64_t seq; /* 1, 2, ... */
	int64_t start_at, end_at;
	int64_t interval_s;          /* how long the next one may take to come */
	int64_t first_seq, last_seq; /* of the records */
	uint8_t first_previous[AUDITCHAIN_BYTES], last_hash[AUDITCHAIN_BYTES];
	struct str previous_signature; /* bytes; empty: the first */
	struct str fingerprint;        /* lower-case hex */
};

/* Appends the text. ERR_TOOBIG. */
int digest_write(struct buf *b, const struct digest *v) MUST_CHECK;
/* The opposite; copies to the arena. ERR_SYNTAX: not exactly what digest_write
 * writes. */
int digest_parse(struct str text, struct arena *a, struct digest *ret) MUST_CHECK;

struct digest_line {
	struct str text;                           /* that is signed */
	struct str signature;                      /* bytes */
	struct str certificates[DIGEST_MAX_CERTS]; /* DER */
	size_t n_certificates;
};

/* Appends the line, with its LF. ERR_TOOBIG. */
int digest_line_write(struct buf *b, const struct digest_line *v) MUST_CHECK;
/* True if a line says that it is a digest. */
bool digest_line_is(struct str text);
/* Of a line without its LF; copies to the arena. ERR_SYNTAX. */
int digest_line_parse(struct str text, struct arena *a, struct digest_line *ret) MUST_CHECK;

#endif
