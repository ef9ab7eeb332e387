/*
 * verify: checks that an exported trail is complete and was not altered. It is given the digests in
 * their order, then the records in theirs, and then verify_end. It reads nothing itself.
 *
 * This proves that each record is byte for byte the one that was recorded, and that none is missing
 * and none was put in, up to the end of the last good digest. What comes after that is chained, but
 * not signed yet.
 *
 * One fault does not hide what is good: a digest that is missing or not valid is named, and those
 * behind it vouch for their own records, and through the chain for the records before. Only when
 * good digests contradict each other is the rest left aside: then there are two trails.
 */
#ifndef TRAIL_VERIFY_H
#define TRAIL_VERIFY_H

#include "base/err.h"
#include "trail/line.h"

enum verify_kind {
	VERIFY_OK = 0,
	/* Faults of records. */
	VERIFY_MALFORMED, /* a line is not a record */
	VERIFY_ALTERED,   /* its hash is not that of its content */
	VERIFY_MISSING,   /* records before it are missing */
	VERIFY_OUT_OF_ORDER,
	VERIFY_RESTARTED,  /* its previous hash is not the hash of the record before it */
	VERIFY_RECOMPUTED, /* its digest has another hash */
	VERIFY_TRUNCATED,  /* records that a digest covers are missing at the end */
	VERIFY_EMPTY,      /* there is no record in the stretch */
	/* Faults of digests. */
	VERIFY_DIGEST_MALFORMED,
	VERIFY_DIGEST_SIGNATURE, /* the signature or the certificates are wrong */
	VERIFY_DIGEST_MISSING,   /* before this one, after the last one, or all */
	VERIFY_DIGEST_ORDER,     /* it does not follow the one before it */
};

/* Where a line stands. The name of the file is borrowed until verify_free. */
struct verify_place {
	const char *file;
	uint64_t line; /* from 1 */
};

struct verify_fault {
	enum verify_kind kind;
	struct verify_place place; /* file NULL: the end of everything */
	int64_t seq;               /* of the record or digest; 0: not known */
	char event_id[LINE_MAX_ID + 1];
	char text[201]; /* what is wrong: a sentence without a full stop */
};

#define VERIFY_MORE_MAX 15

struct verify_result {
	uint64_t records, valid_records; /* in the stretch; valid: before the first fault */
	uint64_t signed_records;         /* of the valid ones, those that a good digest covers */
	uint64_t digests, valid_digests;
	int64_t first_seq, last_seq; /* of the valid records; 0: there are none */
	int64_t first_at, last_at;
	int64_t behind_at; /* when the first valid record after the last digest was made; 0: none */
	struct verify_fault record, digest;        /* the first fault of each */
	struct verify_fault more[VERIFY_MORE_MAX]; /* the digests' faults behind the first */
	size_t n_more;
	uint64_t untold; /* how many faults of digests had no place there */
};

struct verify;

/* 0, or ERR_SYNTAX as attest_root_check (pki/attest.h). With such a root nothing is valid. */
int verify_root_check(struct str root) MUST_CHECK;
/* root is PEM or DER, and borrowed. The stretch to verify begins with the record first_seq, and
 * what is before it is left aside. 0: it begins with the very first record. */
struct verify *verify_new(struct str root, int64_t first_seq);
void verify_free(struct verify *v); /* NULL is fine */

/* Takes a line without its LF. It is a fault if it is not a digest. */
void verify_digest(struct verify *v, struct verify_place place, struct str text);
/* The same for a record. No digest may come after the first record. */
void verify_record(struct verify *v, struct verify_place place, struct str text);
void verify_end(struct verify *v);

const struct verify_result *verify_result(const struct verify *v);

#endif
