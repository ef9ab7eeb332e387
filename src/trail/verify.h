/*
 * verify: is an exported trail whole and untouched? Digests first, in their
 * order, then records, in theirs; then verify_end. Reads nothing itself.
 *
 * Proven is: each record is byte for byte the one that was recorded, none is
 * missing, none was put in between, up to the end of the last good digest. What
 * comes after it is chained but not signed yet.
 */
#ifndef TRAIL_VERIFY_H
#define TRAIL_VERIFY_H

#include "base/err.h"
#include "trail/line.h"

enum verify_kind {
	VERIFY_OK = 0,
	/* of records */
	VERIFY_MALFORMED, /* a line is no record */
	VERIFY_ALTERED,   /* its hash is not the one that it states */
	VERIFY_MISSING,   /* records before it are missing */
	VERIFY_OUT_OF_ORDER,
	VERIFY_RESTARTED,  /* it does not follow the hash before it */
	VERIFY_RECOMPUTED, /* its digest vouches for another hash */
	VERIFY_TRUNCATED,  /* records before the end of a digest are missing */
	VERIFY_EMPTY,      /* there is none in the stretch */
	/* of digests */
	VERIFY_DIGEST_MALFORMED,
	VERIFY_DIGEST_SIGNATURE, /* or its certificates */
	VERIFY_DIGEST_MISSING,   /* one before it, or after the last, or all */
	VERIFY_DIGEST_ORDER,     /* it does not follow the one before it */
};

/* Where a line is. The name is borrowed until verify_free. */
struct verify_place {
	const char *file;
	uint64_t line; /* from 1 */
};

struct verify_fault {
	enum verify_kind kind;
	struct verify_place place; /* file NULL: at the end of all */
	int64_t seq;               /* of the record or digest; 0: unknown */
	char event_id[LINE_MAX_ID + 1];
	char text[201]; /* what is wrong, a sentence without its full stop */
};

struct verify_result {
	uint64_t records, valid_records; /* of the stretch; valid: before the first fault */
	uint64_t signed_records;         /* of those, up to the end of a good digest */
	uint64_t digests, valid_digests;
	int64_t first_seq, last_seq; /* of the valid ones; 0: none */
	int64_t first_at, last_at;
	int64_t behind_at; /* of the first valid record behind the last digest; 0: none */
	struct verify_fault record, digest; /* the first of each */
};

struct verify;

/* 0, or ERR_SYNTAX: not one certificate, PEM or DER. With it nothing is valid. */
int verify_root_check(struct str root) MUST_CHECK;
/* root: PEM or DER, borrowed. first_seq: the stretch begins with this record, and
 * what is before it is left aside; 0: with the first record of all. */
struct verify *verify_new(struct str root, int64_t first_seq);
void verify_free(struct verify *v); /* NULL is fine */

/* A line without its LF; what is not a digest is a fault. */
void verify_digest(struct verify *v, struct verify_place place, struct str text);
/* Likewise; no more digests after the first one of these. */
void verify_record(struct verify *v, struct verify_place place, struct str text);
void verify_end(struct verify *v);

const struct verify_result *verify_result(const struct verify *v);

#endif
