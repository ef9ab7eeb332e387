/*
 * verify: see verify.h. After the first fault in records those that follow are only counted,
 * because everything behind a broken link is in doubt. A digest is signed for itself, so a good one
 * counts whatever is before it.
 */
#include "trail/verify.h"

#include <inttypes.h>
#include <stdarg.h>

#include "base/alloc.h"
#include "base/array.h"
#include "base/arena.h"
#include "pki/attest.h"
#include "pki/cert_name.h"
#include "trail/digest.h"

#define MAX_DIGESTS 1000000u
#define ARENA_BYTES (1u << 20)
/* How late a digest may be after its interval has passed. */
#define DIGEST_GRACE_S 900

/* What is kept of a good digest. */
struct vouched {
	int64_t seq, first_seq, last_seq;
	uint8_t first_previous[AUDITCHAIN_BYTES], last_hash[AUDITCHAIN_BYTES];
};

struct verify {
	struct str root;
	int64_t first_seq;   /* as asked for; 0: from the first record */
	struct arena *arena; /* for one digest at a time */
	struct vouched *vouched;
	size_t n, cap;
	size_t next;               /* the index of the digest that covers the next record */
	int64_t next_digest;       /* the sequence that the next one should have; 0: not known */
	bool astray;               /* digests contradicted each other: the rest is only counted */
	struct verify_fault spare; /* for faults that have no place in the result */
	/* From the last good digest. */
	int64_t end_at, interval_s;
	uint8_t *signature;
	size_t signature_n;
	struct line last; /* seq 0: there was no record yet */
	/* records are missing; if the next of them still comes, the fault is the order */
	bool gap;
	struct verify_result result;
};

int
verify_root_check(struct str root)
{
	return attest_root_check(root);
}

struct verify *
verify_new(struct str root, int64_t first_seq)
{
	struct verify *v = xalloc(sizeof(*v));

	v->root = root;
	v->first_seq = first_seq;
	v->next_digest = first_seq == 0 ? 1 : 0;
	v->arena = arena_new(ARENA_BYTES);
	return v;
}

void
verify_free(struct verify *v)
{
	if (v == NULL)
		return;
	arena_free(v->arena);
	xfree(v->vouched);
	xfree(v->signature);
	xfree(v);
}

const struct verify_result *
verify_result(const struct verify *v)
{
	return &v->result;
}

static void fault(struct verify_fault *f, enum verify_kind kind, struct verify_place place,
    int64_t seq, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

static void
fault(struct verify_fault *f, enum verify_kind kind, struct verify_place place, int64_t seq,
    const char *fmt, ...)
{
	va_list ap;

	f->kind = kind;
	f->place = place;
	f->seq = seq;
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
}

/* ---- digests ---- */

/* Where the next fault of a digest is noted. */
static struct verify_fault *
digest_fault(struct verify *v)
{
	struct verify_result *r = &v->result;

	if (r->digest.kind == VERIFY_OK)
		return &r->digest;
	if (r->n_more < VERIFY_MORE_MAX)
		return &r->more[r->n_more++];
	r->untold++;
	return &v->spare;
}

/* Checks the signature of a digest, and that its certificate is the one that it names. */
static int
signature_check(struct verify *v, const struct digest_line *l, const struct digest *d,
    struct errinfo *ei)
{
	const struct attest_input in = { .root = v->root,
		.certificates = l->certificates,
		.n_certificates = l->n_certificates,
		.at_s = d->end_at,
		.bytes = l->text,
		.signature = l->signature };
	char fingerprint[65];

	cert_name_sha256(l->certificates[0], fingerprint);
	if (!str_eq_c(d->fingerprint, fingerprint)) {
		err_set(ei, "its certificate is not the one that it names");
		return ERR_CRYPTO;
	}
	return attest_verify(&in, ei);
}

/* Names the digests that are missing before this one, if there are any. */
static void
gap_check(struct verify *v, struct verify_place place, const struct digest *d)
{
	if (v->next_digest > 0 && d->seq > v->next_digest)
		fault(digest_fault(v), VERIFY_DIGEST_MISSING, place, d->seq,
		    "digests %" PRId64 " to %" PRId64 " are missing before it", v->next_digest,
		    d->seq - 1);
	else if (v->next_digest == 0 && d->first_seq > v->first_seq)
		fault(digest_fault(v), VERIFY_DIGEST_MISSING, place, d->seq,
		    "no digest covers the records from %" PRId64 " to %" PRId64, v->first_seq,
		    d->first_seq - 1);
}

/* Can the digest stand behind the last good one? Sets the fault if it contradicts it. */
static bool
order_check(struct verify *v, struct verify_place place, const struct digest *d)
{
	const struct vouched *last = &v->vouched[v->n - 1];

	if (d->seq <= last->seq) {
		fault(digest_fault(v), VERIFY_DIGEST_ORDER, place, d->seq,
		    "it comes after digest %" PRId64, last->seq);
		return false;
	}
	if (d->seq == last->seq + 1
		? !str_eq(d->previous_signature, str_of_n(v->signature, v->signature_n)) ||
		    d->first_seq != last->last_seq + 1 ||
		    memcmp(d->first_previous, last->last_hash, AUDITCHAIN_BYTES) != 0
		: d->first_seq <= last->last_seq) {
		fault(digest_fault(v), VERIFY_DIGEST_ORDER, place, d->seq,
		    "it follows another digest %" PRId64 " than the one before it", last->seq);
		return false;
	}
	return true;
}

/* The same for a digest that no good one is before. */
static bool
start_check(struct verify *v, struct verify_place place, const struct digest *d)
{
	static const uint8_t zeros[AUDITCHAIN_BYTES];

	if (d->seq == 1 &&
	    (d->first_seq != 1 || d->previous_signature.n != 0 ||
		memcmp(d->first_previous, zeros, sizeof(zeros)) != 0)) {
		fault(digest_fault(v), VERIFY_DIGEST_ORDER, place, 1,
		    "it is the first digest, and not about the first record");
		return false;
	}
	return true;
}

static void
vouched_add(struct verify *v, const struct digest_line *l, const struct digest *d)
{
	struct vouched *new;

	v->vouched = array_room(v->vouched, v->n, &v->cap, sizeof(*v->vouched));
	new = &v->vouched[v->n++];
	*new =
	    (struct vouched){ .seq = d->seq, .first_seq = d->first_seq, .last_seq = d->last_seq };
	memcpy(new->first_previous, d->first_previous, AUDITCHAIN_BYTES);
	memcpy(new->last_hash, d->last_hash, AUDITCHAIN_BYTES);
	v->end_at = d->end_at;
	v->interval_s = d->interval_s;
	v->next_digest = d->seq + 1;
	xfree(v->signature);
	v->signature_n = l->signature.n;
	v->signature = (uint8_t *)str_dup(l->signature);
	v->result.valid_digests++;
}

/* Notes a digest that is not good. What it says of itself is not believed, but when it says that it
 * is the next one, the next one is not missing. */
static void
digest_bad(struct verify *v, enum verify_kind kind, struct verify_place place, int64_t seq,
    const char *text)
{
	fault(digest_fault(v), kind, place, seq, "%s", text);
	if (seq > 0 && (v->next_digest == 0 || seq == v->next_digest))
		v->next_digest = seq + 1;
}

void
verify_digest(struct verify *v, struct verify_place place, struct str text)
{
	struct errinfo ei = { "" };
	struct digest_line l;
	struct digest d = { 0 };

	v->result.digests++;
	if (v->astray)
		return;
	arena_reset(v->arena);
	if (digest_line_parse(text, v->arena, &l) != 0) {
		digest_bad(v, VERIFY_DIGEST_MALFORMED, place, 0, "it is not a digest");
	} else if (digest_parse(l.text, v->arena, &d) != 0) {
		digest_bad(v, VERIFY_DIGEST_MALFORMED, place, 0,
		    "its text is not that of a digest");
	} else if (signature_check(v, &l, &d, &ei) != 0) {
		digest_bad(v, VERIFY_DIGEST_SIGNATURE, place, d.seq, ei.text);
	} else if (v->n == MAX_DIGESTS) {
		digest_bad(v, VERIFY_DIGEST_MALFORMED, place, d.seq, "there are too many digests");
	} else if (v->n == 0 ? start_check(v, place, &d) : order_check(v, place, &d)) {
		gap_check(v, place, &d);
		vouched_add(v, &l, &d);
	} else {
		v->astray = true;
	}
}

/* ---- records ---- */

static int64_t
expected(const struct verify *v)
{
	if (v->last.seq > 0)
		return v->last.seq + 1;
	return v->first_seq > 0 ? v->first_seq : 1;
}

/* The digest that covers a record, or NULL. Records must come in their order. */
static const struct vouched *
vouched_find(struct verify *v, int64_t seq)
{
	while (v->next < v->n && v->vouched[v->next].last_seq < seq)
		v->next++;
	return v->next < v->n && v->vouched[v->next].first_seq <= seq ? &v->vouched[v->next] : NULL;
}

static bool
follows(const struct verify *v, const struct line *l, const struct vouched *d)
{
	static const uint8_t zeros[AUDITCHAIN_BYTES];

	if (v->last.seq > 0)
		return memcmp(l->previous, v->last.hash, AUDITCHAIN_BYTES) == 0;
	if (l->seq == 1)
		return memcmp(l->previous, zeros, AUDITCHAIN_BYTES) == 0;
	return d == NULL || d->first_seq != l->seq ||
	    memcmp(l->previous, d->first_previous, AUDITCHAIN_BYTES) == 0;
}

/* How many of the good records belong to the stretch of this digest. */
static uint64_t
stretch_seen(const struct verify *v, const struct vouched *d)
{
	int64_t from = v->result.first_seq > d->first_seq ? v->result.first_seq : d->first_seq;

	return v->last.seq >= from && v->result.first_seq > 0 ? (uint64_t)(v->last.seq - from + 1)
							      : 0;
}

static void
record_fault(struct verify *v, enum verify_kind kind, struct verify_place place,
    const struct line *l, const char *text)
{
	struct verify_fault *f = &v->result.record;

	fault(f, kind, place, l->seq, "%s", text);
	snprintf(f->event_id, sizeof(f->event_id), "%s", l->event_id);
}

/* Behind a gap in the digests, a good one begins with the hash that the records of the gap must end
 * with. If they do not, none behind the digest before the gap is believed. */
static bool
gap_holds(struct verify *v, const struct line *l, const struct vouched *d,
    struct verify_place place)
{
	char text[201];

	if (d == NULL || l->seq != d->first_seq ||
	    memcmp(l->previous, d->first_previous, AUDITCHAIN_BYTES) == 0)
		return true;
	snprintf(text, sizeof(text),
	    "the chain was computed anew: digest %" PRId64
	    " vouches for other records before it than these",
	    d->seq);
	v->result.valid_records = v->result.signed_records;
	record_fault(v, VERIFY_RECOMPUTED, place, l, text);
	return false;
}

/* parsed is what line_parse returned: 0 or ERR_CRYPTO. */
static enum verify_kind
record_check(struct verify *v, const struct line *l, int parsed, struct verify_place place)
{
	const struct vouched *d;
	char text[201];

	if (parsed != 0) {
		record_fault(v, VERIFY_ALTERED, place, l,
		    "the record was altered: its hash is not the one that it states");
		return VERIFY_ALTERED;
	}
	if (l->seq > expected(v)) {
		snprintf(text, sizeof(text),
		    "records %" PRId64 " to %" PRId64 " are missing before it", expected(v),
		    l->seq - 1);
		record_fault(v, VERIFY_MISSING, place, l, text);
		v->gap = true;
		return VERIFY_MISSING;
	}
	if (l->seq < expected(v)) {
		snprintf(text, sizeof(text), "it is out of order: it comes after record %" PRId64,
		    expected(v) - 1);
		record_fault(v, VERIFY_OUT_OF_ORDER, place, l, text);
		return VERIFY_OUT_OF_ORDER;
	}
	d = vouched_find(v, l->seq);
	if (!follows(v, l, d)) {
		record_fault(v, VERIFY_RESTARTED, place, l,
		    "the chain begins anew: it does not follow the hash of the record before it");
		return VERIFY_RESTARTED;
	}
	if (!gap_holds(v, l, d, place))
		return VERIFY_RECOMPUTED;
	if (d == NULL || l->seq != d->last_seq ||
	    memcmp(l->hash, d->last_hash, AUDITCHAIN_BYTES) == 0)
		return VERIFY_OK;
	snprintf(text, sizeof(text),
	    "the chain was computed anew: digest %" PRId64 " vouches for other records %" PRId64
	    " to %" PRId64,
	    d->seq, d->first_seq, d->last_seq);
	v->result.valid_records -= stretch_seen(v, d);
	record_fault(v, VERIFY_RECOMPUTED, place, l, text);
	return VERIFY_RECOMPUTED;
}

static void
record_good(struct verify *v, const struct line *l)
{
	struct verify_result *r = &v->result;

	v->last = *l;
	r->valid_records++;
	if (r->first_seq == 0) {
		r->first_seq = l->seq;
		r->first_at = l->event_at;
	}
	r->last_seq = l->seq;
	if (l->event_at > r->last_at)
		r->last_at = l->event_at;
	if (v->next < v->n && v->vouched[v->next].last_seq == l->seq)
		r->signed_records = r->valid_records;
	if (v->n > 0 && v->next == v->n && r->behind_at == 0)
		r->behind_at = l->event_at;
}

void
verify_record(struct verify *v, struct verify_place place, struct str text)
{
	struct verify_fault *f = &v->result.record;
	struct line l = { .seq = 0 };
	int r = line_parse(text, &l);

	/* Records before the stretch that was asked for are not looked at. */
	if (r != ERR_SYNTAX && l.seq < v->first_seq && v->last.seq == 0)
		return;
	v->result.records++;
	if (v->gap && r == 0 && l.seq == expected(v)) {
		f->kind = VERIFY_OUT_OF_ORDER;
		snprintf(f->text, sizeof(f->text),
		    "it is out of order: record %" PRId64 " comes after it", l.seq);
		v->gap = false;
	}
	if (f->kind != VERIFY_OK)
		return;
	if (r == ERR_SYNTAX)
		fault(f, VERIFY_MALFORMED, place, 0, "the line is not a record of the trail");
	else if (record_check(v, &l, r, place) == VERIFY_OK)
		record_good(v, &l);
}

/* ---- the end ---- */

/* Is a digest missing that should have been made? It is, if the trail went on for longer than the
 * last digest allows. */
static bool
digest_overdue(const struct verify *v)
{
	int64_t due = v->end_at + v->interval_s, behind_at = v->result.behind_at;

	if (behind_at > due)
		due = behind_at;
	return behind_at > 0 && v->result.last_at > due + DIGEST_GRACE_S;
}

void
verify_end(struct verify *v)
{
	const struct verify_place end = { NULL, 0 };
	struct verify_result *r = &v->result;
	const struct vouched *last = v->n > 0 ? &v->vouched[v->n - 1] : NULL;

	if (r->record.kind == VERIFY_OK && last != NULL && last->last_seq >= expected(v))
		fault(&r->record, VERIFY_TRUNCATED, end, expected(v),
		    "records %" PRId64 " to %" PRId64 " are missing, for which digest %" PRId64
		    " vouches",
		    expected(v), last->last_seq, last->seq);
	else if (r->records == 0)
		fault(&r->record, VERIFY_EMPTY, end, expected(v),
		    "there is no record from this one on: nothing was verified");
	if (r->digest.kind != VERIFY_OK)
		return;
	if (last == NULL)
		fault(&r->digest, VERIFY_DIGEST_MISSING, end, 0,
		    "there is no digest: nothing is "
		    "signed");
	else if (r->record.kind == VERIFY_OK && digest_overdue(v))
		fault(&r->digest, VERIFY_DIGEST_MISSING, end, last->seq + 1,
		    "the digest after digest %" PRId64 " is missing: the records go on for longer "
		    "than its interval",
		    last->seq);
}
