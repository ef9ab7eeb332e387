/*
 * blob: the active-keys document, which a host's metadata service serves and sshd's helper
 * reads (wire.md 5.3). An entry is these lines, each ending in LF:
 *   #Timestamp=<UTC seconds when it expires>
 *   #Instance=<id>
 *   #Caller=<principal ARN>
 *   #Request=<request id>
 *   #User=<OS user that the key is for>
 *   <OpenSSH key line>
 *   <base 64 of the signature>
 * There is an empty line between two entries. The signature is over the # lines and the key
 * line, each with its LF. #User is ours: AWS has no such line, and its helper ignores it.
 */
#ifndef CODEC_BLOB_H
#define CODEC_BLOB_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/rd.h"
#include "base/str.h"

#define BLOB_MAX_BYTES (1u << 20)
#define BLOB_MAX_LINE 8192
#define BLOB_MAX_COMMENT_LINES 32 /* # lines of an entry */
#define BLOB_MAX_SIGNATURE 512    /* RSA-4096 */
#define BLOB_MAX_LIFE_S 60        /* from a push to its #Timestamp, whatever the settings say */

struct blob_entry {
	int64_t timestamp_s; /* valid while this is > now */
	struct str instance;
	struct str caller;  /* principal ARN; from the reader it may be empty */
	struct str request; /* from the reader it may be empty */
	struct str user;    /* from the reader it may be empty */
	struct str key;     /* one line, without its LF */
	/* filled by the reader only */
	struct str signed_bytes;
	uint8_t signature[BLOB_MAX_SIGNATURE];
	size_t signature_n;
};

/*
 * Appends the bytes to be signed. ERR_SYNTAX, with nothing appended, when a field is empty, is
 * longer than a line may be, or has a control byte; when the user is no name of a user
 * (osuser_valid); when the key does not begin with a letter; or when the timestamp is below 1. An
 * overfull buffer is told by buf_err here and below.
 */
int blob_write_signed(struct buf *out, const struct blob_entry *e) MUST_CHECK;
/* The opposite: reads bytes that are to be signed. Views point into them. ERR_SYNTAX: not exactly
 * what blob_write_signed makes of the result. */
int blob_parse_signed(struct str bytes, struct blob_entry *ret) MUST_CHECK;
/* Appends the whole entry, ending in one LF. ERR_RANGE when the signature is empty or too
 * long. */
int blob_write_entry(struct buf *out, struct str signed_bytes, struct str signature) MUST_CHECK;
/* Appends an entry to a document, after an empty line if it is not the first. */
void blob_append(struct buf *doc, struct str entry);

/*
 * Reads a document: call blob_open first, then blob_next until it returns ERR_NOTFOUND. Views
 * point into the document. After any other error nothing of the document may be used:
 * ERR_SYNTAX (CR or another control byte, a line without LF, missing or additional lines, no
 * entry at all), ERR_DUP (a known # line twice), ERR_TOOBIG. Unknown # lines are part of the
 * signed bytes and otherwise ignored.
 */
int blob_open(struct str doc, struct rd *ret) MUST_CHECK;
int blob_next(struct rd *r, struct blob_entry *ret) MUST_CHECK;

#endif
