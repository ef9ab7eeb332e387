/*
 * digest: what is signed about a stretch of the audit trail: which records are in it, and with
 * which hash it ends. Each digest has the signature of the one before it, so that none can be left
 * out.
 *
 * The text is JSON, one object with these members in this order: version (1), awsAccountId,
 * awsRegion, digestSequence, digestStartTime, digestEndTime, digestInterval, firstSequence,
 * lastSequence, eventCount, firstPreviousHash, lastHash, previousDigestSignature (base64, or null
 * for digest 1), certificateFingerprint (SHA-256 of the signer's certificate), signatureAlgorithm.
 * Exactly this text is signed, as RSASSA-PSS with SHA-256, MGF1-SHA-256 and a salt of 32 bytes, by
 * a key that signs nothing else.
 *
 * An exported digest is one line:
 *   {"openeicDigest":{"digest":"TEXT","signature":"BASE64","certificates":["BASE64",...]}}
 * The certificates are DER, the signer's first, without the root.
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
	int64_t seq; /* counts from 1 */
	int64_t start_at, end_at;
	int64_t interval_s;          /* the next digest is due after it */
	int64_t first_seq, last_seq; /* the first and the last record of the stretch */
	uint8_t first_previous[AUDITCHAIN_BYTES], last_hash[AUDITCHAIN_BYTES];
	struct str previous_signature; /* as bytes; empty: this is the first digest */
	struct str fingerprint;        /* SHA-256 in lower-case hex */
};

/* Appends the text of a digest. ERR_TOOBIG: b is full. */
int digest_write(struct buf *b, const struct digest *v) MUST_CHECK;
/* The opposite of digest_write. Copies what it keeps to the arena. ERR_SYNTAX: not exactly what
 * digest_write writes. */
int digest_parse(struct str text, struct arena *a, struct digest *ret) MUST_CHECK;

struct digest_line {
	struct str text;                           /* the text that is signed */
	struct str signature;                      /* as bytes */
	struct str certificates[DIGEST_MAX_CERTS]; /* DER, the signer's first */
	size_t n_certificates;
};

/* Appends the line, with its LF. ERR_TOOBIG: b is full. */
int digest_line_write(struct buf *b, const struct digest_line *v) MUST_CHECK;
/* Does the line begin like that of a digest? */
bool digest_line_is(struct str text);
/* Parses a line without its LF. Copies what it keeps to the arena. ERR_SYNTAX. */
int digest_line_parse(struct str text, struct arena *a, struct digest_line *ret) MUST_CHECK;

#endif
