/*
 * blob: the active-keys document that a host's metadata serves and sshd's
 * helper reads (wire.md 5.3). An entry is lines of LF:
 *   #Timestamp=<UTC seconds of its end>  #Instance=  #Caller=  #Request=
 *   <OpenSSH key line>
 *   <base 64 of the signature, one line>
 * and entries are kept apart by one blank line. Signed are the # lines and the
 * key line with their LFs.
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

struct blob_entry {
	int64_t timestamp_s; /* valid while this is > now */
	struct str instance;
	struct str caller;  /* principal ARN; reader: may be empty */
	struct str request; /* reader: may be empty */
	struct str key;     /* one line, without its LF */
	/* reader only */
	struct str signed_bytes;
	uint8_t signature[BLOB_MAX_SIGNATURE];
	size_t signature_n;
};

/*
 * Appends the bytes to be signed. ERR_SYNTAX, with nothing appended: a field
 * that is empty, longer than a line may be, or holds a control byte; a key
 * that does not begin with a letter; a timestamp below 1.
 */
int blob_write_signed(struct buf *out, const struct blob_entry *e) MUST_CHECK;
/* Appends the whole entry, ending in one LF. ERR_RANGE for an empty or too
 * long signature. */
int blob_write_entry(struct buf *out, struct str signed_bytes, struct str signature) MUST_CHECK;
/* Appends an entry to a document, with the blank line when it is not the first. */
void blob_append(struct buf *doc, struct str entry);

/*
 * Reads a document: start with blob_open, then blob_next until ERR_NOTFOUND.
 * Views point into the document. A document with any error is worth nothing
 * as a whole: ERR_SYNTAX (CR or another control byte, a line without LF,
 * missing or superfluous lines, no entry at all), ERR_DUP (a known # line
 * twice), ERR_TOOBIG.
 * Unknown # lines are signed and otherwise ignored.
 */
int blob_open(struct str doc, struct rd *ret) MUST_CHECK;
int blob_next(struct rd *r, struct blob_entry *ret) MUST_CHECK;

#endif
