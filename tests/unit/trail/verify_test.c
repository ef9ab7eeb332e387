/*
 * verify_test: tests the verification of a trail with real signatures, and that every way of
 * tampering with it is found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/date.h"
#include "codec/pem.h"
#include "pki/cert.h"
#include "pki/cert_name.h"
#include "trail/digest.h"
#include "trail/verify.h"

#define AT 1700000000
#define N_RECORDS 12
#define PER_DIGEST 4 /* the last record has none */
#define N_DIGESTS 2
#define MAX_LINES 40

struct party {
	struct privkey *key;
	struct buf der;
};

struct fixture {
	struct party root, inter, signer, other_root, login;
	struct arena *a;
	/* A trail of 12 records, of which two digests cover 8. */
	struct str records[N_RECORDS];
	uint8_t hashes[N_RECORDS + 1][AUDITCHAIN_BYTES];
	struct str digests[N_DIGESTS + 1];
	struct buf signature; /* of the last digest made */
	int64_t skip;         /* so many records a digest leaves out */
	int64_t early_s;      /* so much before its time a digest is made */
};

#define assert_ok(expr) assert_int_equal((expr), 0)

/* ---- certificates ---- */

static void
party_make(struct party *p, const struct party *issuer, enum cert_profile profile, const char *name)
{
	struct cert_request rq = { .profile = profile,
		.common_name = str_of(name),
		.not_before_s = AT - 86400,
		.not_after_s = AT + 86400 };
	struct buf public;

	buf_init(&public, PRIVKEY_MAX_DER_BYTES);
	buf_init(&p->der, CERT_MAX_DER_BYTES);
	assert_ok(privkey_generate(PRIVKEY_RSA2048, &p->key));
	assert_ok(privkey_public_write(p->key, &public));
	rq.public_key = buf_view(&public);
	assert_ok(cert_issue(issuer == NULL ? p->key : issuer->key,
	    issuer == NULL ? STR("") : buf_view(&issuer->der), &rq, rand_system(), &p->der));
	buf_release(&public);
}

static void
party_release(struct party *p)
{
	privkey_free(p->key);
	buf_release(&p->der);
}

/* ---- a trail ---- */

static struct str
record_make(struct fixture *f, size_t i, const char *what, int64_t at,
    uint8_t hash[static AUDITCHAIN_BYTES], const uint8_t previous[static AUDITCHAIN_BYTES])
{
	struct line l = { .seq = (int64_t)i + 1 };
	struct str id, record;
	struct buf b;

	buf_init(&b, 64);
	date_iso_write(&b, at);
	id = arena_fmt(f->a, "00000000-0000-4000-8000-%012zu", i + 1);
	record = arena_fmt(f->a, "{\"eventTime\":\"%.*s\",\"eventID\":\"%.*s\",\"what\":\"%s\"}",
	    STR_FMT(buf_view(&b)), STR_FMT(id), what);
	buf_release(&b);
	memcpy(l.previous, previous, sizeof(l.previous));
	auditchain_hash(previous, i + 1, id, record, l.hash);
	memcpy(hash, l.hash, sizeof(l.hash));
	buf_init(&b, 4096);
	assert_ok(line_write(&b, record, &l));
	record = arena_str(f->a, str_head(buf_view(&b), b.n - 1));
	buf_release(&b);
	return record;
}

/* Digest k (from 1), signed by whom. */
static struct str
digest_make(struct fixture *f, size_t k, const struct party *by, const struct party *above)
{
	struct digest d = { .account_id = STR("123456789012"),
		.region = STR("xx-test-1"),
		.seq = (int64_t)k,
		.start_at = AT,
		.end_at = AT + (int64_t)k * 60 - f->early_s,
		.interval_s = 60,
		.first_seq = (int64_t)((k - 1) * PER_DIGEST + 1),
		.last_seq = (int64_t)(k * PER_DIGEST) };
	struct digest_line l = { .n_certificates = 2 };
	char fingerprint[65];
	struct buf text, line;
	struct str out;

	memcpy(d.first_previous, f->hashes[d.first_seq - 1], AUDITCHAIN_BYTES);
	memcpy(d.last_hash, f->hashes[d.last_seq], AUDITCHAIN_BYTES);
	d.first_seq += f->skip;
	d.previous_signature = k == 1 ? STR("") : buf_view(&f->signature);
	cert_name_sha256(buf_view(&by->der), fingerprint);
	d.fingerprint = str_of(fingerprint);
	buf_init(&text, DIGEST_MAX_TEXT_BYTES);
	buf_init(&line, DIGEST_MAX_LINE_BYTES);
	assert_ok(digest_write(&text, &d));
	buf_clear(&f->signature);
	assert_ok(privkey_sign(by->key, buf_view(&text), &f->signature));
	l.text = buf_view(&text);
	l.signature = buf_view(&f->signature);
	l.certificates[0] = buf_view(&by->der);
	l.certificates[1] = buf_view(&above->der);
	assert_ok(digest_line_write(&line, &l));
	out = arena_str(f->a, str_head(buf_view(&line), line.n - 1));
	buf_release(&text);
	buf_release(&line);
	return out;
}

static void
trail_make(struct fixture *f)
{
	size_t i;

	memset(f->hashes[0], 0, AUDITCHAIN_BYTES);
	for (i = 0; i < N_RECORDS; i++)
		f->records[i] =
		    record_make(f, i, "it", AT + (int64_t)i * 15, f->hashes[i + 1], f->hashes[i]);
	for (i = 0; i < N_DIGESTS; i++)
		f->digests[i] = digest_make(f, i + 1, &f->signer, &f->inter);
}

static int
setup(void **state)
{
	struct fixture *f = xalloc(sizeof(*f));

	f->a = arena_new(16u << 20);
	buf_init(&f->signature, 1024);
	party_make(&f->root, NULL, CERT_ROOT, "root");
	party_make(&f->other_root, NULL, CERT_ROOT, "root");
	party_make(&f->inter, &f->root, CERT_INTERMEDIATE, "intermediate");
	party_make(&f->signer, &f->inter, CERT_AUDIT, "audit-digest.xx-test-1.amazonaws.com");
	party_make(&f->login, &f->inter, CERT_SIGNER, "managed-ssh-signer.xx-test-1.a.com");
	trail_make(f);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	party_release(&f->root);
	party_release(&f->other_root);
	party_release(&f->inter);
	party_release(&f->signer);
	party_release(&f->login);
	buf_release(&f->signature);
	arena_free(f->a);
	xfree(f);
	return 0;
}

/* ---- what is verified ---- */

struct trail {
	struct str records[MAX_LINES], digests[MAX_LINES];
	size_t n_records, n_digests;
	int64_t first_seq;
	const struct party *root;
	struct str pem; /* instead of root */
};

static struct trail
whole(struct fixture *f)
{
	struct trail t = { .n_records = N_RECORDS, .n_digests = N_DIGESTS, .root = &f->root };

	memcpy(t.records, f->records, sizeof(f->records));
	memcpy(t.digests, f->digests, N_DIGESTS * sizeof(f->digests[0]));
	return t;
}

static struct verify_result
run(const struct trail *t)
{
	struct verify *v =
	    verify_new(t->pem.n > 0 ? t->pem : buf_view(&t->root->der), t->first_seq);
	struct verify_result result;
	size_t i;

	for (i = 0; i < t->n_digests; i++)
		verify_digest(v, (struct verify_place){ "d", i + 1 }, t->digests[i]);
	for (i = 0; i < t->n_records; i++)
		verify_record(v, (struct verify_place){ "r", i + 1 }, t->records[i]);
	verify_end(v);
	result = *verify_result(v);
	verify_free(v);
	return result;
}

static void
assert_fault(const struct verify_fault *f, enum verify_kind kind, uint64_t line, int64_t seq,
    const char *text)
{
	if (f->kind != kind || f->place.line != line || f->seq != seq || strcmp(f->text, text) != 0)
		fail_msg("kind %d line %llu seq %lld: %s", (int)f->kind,
		    (unsigned long long)f->place.line, (long long)f->seq, f->text);
}

static void
assert_no_fault(const struct verify_fault *f)
{
	assert_fault(f, VERIFY_OK, 0, 0, "");
}

static void
remove_at(struct str *v, size_t *n, size_t i)
{
	memmove(v + i, v + i + 1, (*n - i - 1) * sizeof(*v));
	(*n)--;
}

/* ---- tests ---- */

static void
test_whole(void **state)
{
	struct fixture *f = *state;
	struct trail t = whole(f);
	struct verify_result r = run(&t);

	assert_no_fault(&r.record);
	assert_no_fault(&r.digest);
	assert_int_equal(r.records, N_RECORDS);
	assert_int_equal(r.valid_records, N_RECORDS);
	assert_int_equal(r.signed_records, 8);
	assert_int_equal(r.digests, 2);
	assert_int_equal(r.valid_digests, 2);
	assert_int_equal(r.first_seq, 1);
	assert_int_equal(r.last_seq, 12);
	assert_int_equal(r.first_at, AT);
	assert_int_equal(r.last_at, AT + 11 * 15);
	assert_int_equal(r.behind_at, AT + 8 * 15);
}

/* The last byte of the text of each record, in turn. */
static void
test_one_byte(void **state)
{
	struct fixture *f = *state;
	struct verify_result r;
	struct trail t;
	size_t i;
	char *p;

	for (i = 0; i < N_RECORDS; i++) {
		t = whole(f);
		p = arena_cstr(f->a, t.records[i]);
		*strstr(p, "\"it\"") = '\'';
		t.records[i] = str_of(p);
		r = run(&t);
		assert_fault(&r.record, VERIFY_MALFORMED, i + 1, 0,
		    "the line is not a record of the trail");
		p = arena_cstr(f->a, f->records[i]);
		strstr(p, "\"it\"")[1] = 'I';
		t.records[i] = str_of(p);
		r = run(&t);
		assert_fault(&r.record, VERIFY_ALTERED, i + 1, (int64_t)i + 1,
		    "the record was altered: its hash is not the one that it states");
		assert_int_equal(strlen(r.record.event_id), 36);
		assert_int_equal(r.valid_records, i);
		assert_int_equal(r.records, N_RECORDS);
	}
}

static void
test_deleted(void **state)
{
	struct fixture *f = *state;
	struct trail t = whole(f);
	struct verify_result r;

	remove_at(t.records, &t.n_records, 4);
	r = run(&t);
	assert_fault(&r.record, VERIFY_MISSING, 5, 6, "records 5 to 5 are missing before it");
	assert_int_equal(r.valid_records, 4);
	t = whole(f);
	remove_at(t.records, &t.n_records, 0);
	remove_at(t.records, &t.n_records, 0);
	r = run(&t);
	assert_fault(&r.record, VERIFY_MISSING, 1, 3, "records 1 to 2 are missing before it");
	assert_int_equal(r.valid_records, 0);
	/* No digest vouches for the tail, only for the records that it covers. */
	t = whole(f);
	t.n_records = 7;
	r = run(&t);
	assert_fault(&r.record, VERIFY_TRUNCATED, 0, 8,
	    "records 8 to 8 are missing, for which digest 2 vouches");
	assert_null(r.record.place.file);
	t.n_records = 0;
	r = run(&t);
	assert_fault(&r.record, VERIFY_TRUNCATED, 0, 1,
	    "records 1 to 8 are missing, for which digest 2 vouches");
}

/* A run that verified nothing must not report success. */
static void
test_empty(void **state)
{
	static const int64_t firsts[] = { 9, 13, 99999 };
	struct fixture *f = *state;
	struct verify_result r;
	struct trail t;
	size_t i;

	for (i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++) {
		t = whole(f);
		t.first_seq = firsts[i];
		t.n_records = firsts[i] <= N_RECORDS ? 0 : N_RECORDS;
		r = run(&t);
		assert_fault(&r.record, VERIFY_EMPTY, 0, firsts[i],
		    "there is no record from this one on: nothing was verified");
		assert_int_equal(r.records, 0);
	}
	t.first_seq = N_RECORDS;
	r = run(&t);
	assert_no_fault(&r.record);
}

static void
test_root_check(void **state)
{
	struct fixture *f = *state;
	struct str der = buf_view(&f->root.der);

	assert_ok(verify_root_check(der));
	assert_int_equal(verify_root_check(str_head(der, der.n - 1)), ERR_SYNTAX);
	assert_int_equal(verify_root_check(STR("")), ERR_SYNTAX);
	assert_int_equal(verify_root_check(STR("root:x:0:0:root:/root:/bin/bash\n")), ERR_SYNTAX);
}

/* Digests of before and after a change of the root are verified with both roots in one file. */
static void
test_two_roots(void **state)
{
	struct fixture *f = *state;
	const struct party *const orders[][2] = { { &f->root, &f->other_root },
		{ &f->other_root, &f->root }, { &f->other_root, &f->other_root } };
	struct trail t = whole(f);
	struct verify_result r;
	struct buf pem;
	size_t i;

	buf_init(&pem, 65536);
	for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		buf_clear(&pem);
		pem_write(&pem, "CERTIFICATE", buf_view(&orders[i][0]->der));
		pem_write(&pem, "CERTIFICATE", buf_view(&orders[i][1]->der));
		t.pem = buf_view(&pem);
		assert_ok(verify_root_check(t.pem));
		r = run(&t);
		assert_int_equal(r.digest.kind, i < 2 ? VERIFY_OK : VERIFY_DIGEST_SIGNATURE);
		assert_int_equal(r.valid_digests, i < 2 ? N_DIGESTS : 0);
	}
	pem_write(&pem, "PRIVATE KEY", STR("x"));
	assert_int_equal(verify_root_check(buf_view(&pem)), ERR_SYNTAX);
	buf_clear(&pem);
	for (i = 0; i < 17; i++)
		pem_write(&pem, "CERTIFICATE", buf_view(&f->root.der));
	assert_int_equal(verify_root_check(buf_view(&pem)), ERR_SYNTAX);
	buf_release(&pem);
}

static void
test_order(void **state)
{
	struct fixture *f = *state;
	struct trail t = whole(f);
	struct verify_result r;
	struct str swap = t.records[2];

	t.records[2] = t.records[3];
	t.records[3] = swap;
	r = run(&t);
	assert_fault(&r.record, VERIFY_OUT_OF_ORDER, 3, 4,
	    "it is out of order: record 3 comes after it");
	t = whole(f);
	t.records[5] = t.records[4];
	r = run(&t);
	assert_fault(&r.record, VERIFY_OUT_OF_ORDER, 6, 5,
	    "it is out of order: it comes after record 5");
}

/* Record 3 is replaced, and all hashes from there on are computed anew. */
static void
test_recomputed(void **state)
{
	struct fixture *f = *state;
	uint8_t hash[AUDITCHAIN_BYTES];
	struct verify_result r;
	struct trail t = whole(f);
	size_t i;

	memcpy(hash, f->hashes[2], sizeof(hash));
	for (i = 2; i < N_RECORDS; i++)
		t.records[i] =
		    record_make(f, i, i == 2 ? "no" : "it", AT + (int64_t)i * 15, hash, hash);
	r = run(&t);
	assert_fault(&r.record, VERIFY_RECOMPUTED, 4, 4,
	    "the chain was computed anew: digest 1 vouches for other records 1 to 4");
	assert_int_equal(r.valid_records, 0);
	/* The same behind the first digest, whose records stay good. */
	t = whole(f);
	memcpy(hash, f->hashes[5], sizeof(hash));
	for (i = 5; i < N_RECORDS; i++)
		t.records[i] =
		    record_make(f, i, i == 5 ? "no" : "it", AT + (int64_t)i * 15, hash, hash);
	r = run(&t);
	assert_fault(&r.record, VERIFY_RECOMPUTED, 8, 8,
	    "the chain was computed anew: digest 2 vouches for other records 5 to 8");
	assert_int_equal(r.valid_records, 4);
	assert_int_equal(r.signed_records, 4);
}

static void
test_restarted(void **state)
{
	struct fixture *f = *state;
	uint8_t hash[AUDITCHAIN_BYTES] = { 0 };
	struct trail t = whole(f);
	struct verify_result r;

	t.records[9] = record_make(f, 9, "it", AT, hash, hash);
	r = run(&t);
	assert_fault(&r.record, VERIFY_RESTARTED, 10, 10,
	    "the chain begins anew: it does not follow the hash of the record before it");
	t = whole(f);
	memset(hash, 7, sizeof(hash));
	t.records[0] = record_make(f, 0, "it", AT, hash, hash);
	r = run(&t);
	assert_fault(&r.record, VERIFY_RESTARTED, 1, 1,
	    "the chain begins anew: it does not follow the hash of the record before it");
}

static void
test_digest_missing(void **state)
{
	struct fixture *f = *state;
	struct trail t = whole(f);
	struct verify_result r;

	t.digests[2] = digest_make(f, 3, &f->signer, &f->inter);
	t.n_digests = 3;
	r = run(&t);
	assert_no_fault(&r.digest);
	assert_int_equal(r.signed_records, 12);
	assert_int_equal(r.behind_at, 0);
	remove_at(t.digests, &t.n_digests, 1);
	r = run(&t);
	assert_fault(&r.digest, VERIFY_DIGEST_MISSING, 2, 3,
	    "digests 2 to 2 are missing before it");
	/* The one behind the gap counts, and vouches for all before it. */
	assert_int_equal(r.valid_digests, 2);
	assert_int_equal(r.signed_records, 12);
	assert_no_fault(&r.record);
	assert_int_equal(r.n_more, 0);
	t = whole(f);
	remove_at(t.digests, &t.n_digests, 0);
	r = run(&t);
	assert_fault(&r.digest, VERIFY_DIGEST_MISSING, 1, 2,
	    "digests 1 to 1 are missing before it");
	t.n_digests = 0;
	r = run(&t);
	assert_fault(&r.digest, VERIFY_DIGEST_MISSING, 0, 0,
	    "there is no digest: nothing is signed");
	trail_make(f);
}

/* The last one is missed when the trail goes on for too long without. */
static void
test_digest_overdue(void **state)
{
	struct fixture *f = *state;
	struct trail t = whole(f);
	struct verify_result r;

	t.records[11] = record_make(f, 11, "it", AT + 120 + 60 + 900, f->hashes[12], f->hashes[11]);
	r = run(&t);
	assert_no_fault(&r.digest);
	t.records[11] = record_make(f, 11, "it", AT + 120 + 60 + 901, f->hashes[12], f->hashes[11]);
	r = run(&t);
	assert_no_fault(&r.record);
	assert_fault(&r.digest, VERIFY_DIGEST_MISSING, 0, 3,
	    "the digest after digest 2 is missing: the records go on for longer than its interval");
	trail_make(f);
}

static void
test_digest_altered(void **state)
{
	struct fixture *f = *state;
	struct trail t = whole(f);
	struct verify_result r;
	char *p;

	p = arena_cstr(f->a, t.digests[1]);
	strstr(p, "xx-test-1")[8] = '2';
	t.digests[1] = str_of(p);
	r = run(&t);
	assert_fault(&r.digest, VERIFY_DIGEST_SIGNATURE, 2, 2, "the signature is wrong");
	assert_int_equal(r.valid_digests, 1);
	assert_int_equal(r.signed_records, 4);
	t.digests[1] = STR("{\"openeicDigest\":{}}");
	r = run(&t);
	assert_fault(&r.digest, VERIFY_DIGEST_MALFORMED, 2, 0, "it is not a digest");
	t.digests[1] = t.digests[0];
	r = run(&t);
	assert_fault(&r.digest, VERIFY_DIGEST_ORDER, 2, 1, "it comes after digest 1");
}

/* A digest that can never be valid, as one that was made before its issuer's certificate began,
 * costs nothing but itself. */
static void
test_digest_behind_a_bad_one(void **state)
{
	struct fixture *f = *state;
	struct trail t = whole(f);
	struct verify_result r;
	struct str good = t.digests[0];

	f->early_s = 10 * 86400;
	t.digests[1] = digest_make(f, 2, &f->signer, &f->inter);
	f->early_s = 0;
	t.digests[2] = digest_make(f, 3, &f->signer, &f->inter);
	t.n_digests = 3;
	r = run(&t);
	assert_fault(&r.digest, VERIFY_DIGEST_SIGNATURE, 2, 2, "certificate is not yet valid");
	assert_no_fault(&r.record);
	assert_int_equal(r.n_more, 0);
	assert_int_equal(r.valid_digests, 2);
	assert_int_equal(r.valid_records, 12);
	assert_int_equal(r.signed_records, 12);
	/* Nobody knows which one a malformed line was: what is missing is named. */
	t.digests[1] = STR("{}");
	r = run(&t);
	assert_fault(&r.digest, VERIFY_DIGEST_MALFORMED, 2, 0, "it is not a digest");
	assert_int_equal(r.n_more, 1);
	assert_fault(&r.more[0], VERIFY_DIGEST_MISSING, 3, 3,
	    "digests 2 to 2 are missing before it");
	assert_int_equal(r.signed_records, 12);
	/* The first one is bad. */
	t.digests[0] = STR("{}");
	t.digests[1] = t.digests[2];
	t.n_digests = 2;
	r = run(&t);
	assert_fault(&r.more[0], VERIFY_DIGEST_MISSING, 2, 3,
	    "digests 1 to 2 are missing before it");
	assert_int_equal(r.valid_digests, 1);
	assert_int_equal(r.signed_records, 12);
	/* More faults than there is room for are counted. */
	for (t.n_digests = 0; t.n_digests < MAX_LINES - 1; t.n_digests++)
		t.digests[t.n_digests] = STR("{}");
	t.digests[t.n_digests++] = good;
	r = run(&t);
	assert_int_equal(r.n_more, VERIFY_MORE_MAX);
	assert_int_equal(r.untold, MAX_LINES - 2 - VERIFY_MORE_MAX);
	assert_int_equal(r.valid_digests, 1);
	trail_make(f);
}

/* Behind a contradiction nothing counts, and what a digest claims that is not good changes nothing:
 * records that were changed in the gap are found. */
static void
test_gap_is_no_cover(void **state)
{
	struct fixture *f = *state;
	uint8_t hash[AUDITCHAIN_BYTES];
	struct trail t = whole(f);
	struct verify_result r;
	size_t i;

	t.digests[2] = digest_make(f, 3, &f->signer, &f->inter);
	t.n_digests = 3;
	remove_at(t.digests, &t.n_digests, 1);
	memcpy(hash, f->hashes[5], sizeof(hash));
	for (i = 5; i < N_RECORDS; i++)
		t.records[i] =
		    record_make(f, i, i == 5 ? "no" : "it", AT + (int64_t)i * 15, hash, hash);
	r = run(&t);
	assert_fault(&r.record, VERIFY_RECOMPUTED, 9, 9,
	    "the chain was computed anew: digest 3 vouches for other records before it than these");
	assert_int_equal(r.valid_records, 4);
	assert_int_equal(r.signed_records, 4);
	trail_make(f);
	t = whole(f);
	t.digests[2] = digest_make(f, 3, &f->signer, &f->inter);
	t.digests[1] = t.digests[0];
	t.n_digests = 3;
	r = run(&t);
	assert_fault(&r.digest, VERIFY_DIGEST_ORDER, 2, 1, "it comes after digest 1");
	assert_int_equal(r.valid_digests, 1);
	assert_int_equal(r.digests, 3);
	trail_make(f);
	/* A gap in the numbers alone: the digest behind it covers records once more. */
	t = whole(f);
	f->skip = -5;
	t.digests[1] = digest_make(f, 3, &f->signer, &f->inter);
	f->skip = 0;
	r = run(&t);
	assert_fault(&r.digest, VERIFY_DIGEST_ORDER, 2, 3,
	    "it follows another digest 1 than the one before it");
	trail_make(f);
}

/* Digests that are signed, but not by a certificate that may sign them. */
static void
test_digest_signer(void **state)
{
	struct fixture *f = *state;
	struct trail t = whole(f);
	struct verify_result r;
	struct party other;

	t.digests[0] = digest_make(f, 1, &f->login, &f->inter);
	r = run(&t);
	assert_fault(&r.digest, VERIFY_DIGEST_SIGNATURE, 1, 1,
	    "the certificate is for another purpose");
	t.digests[0] = digest_make(f, 1, &f->inter, &f->root);
	r = run(&t);
	assert_fault(&r.digest, VERIFY_DIGEST_SIGNATURE, 1, 1,
	    "the certificate is for another purpose");
	party_make(&other, &f->other_root, CERT_AUDIT, "audit-digest.xx-test-1.amazonaws.com");
	t.digests[0] = digest_make(f, 1, &other, &f->other_root);
	r = run(&t);
	assert_int_equal(r.digest.kind, VERIFY_DIGEST_SIGNATURE);
	party_release(&other);
	party_make(&other, &f->inter, CERT_AUDIT, "audit.xx-test-1.amazonaws.com");
	t.digests[0] = digest_make(f, 1, &other, &f->inter);
	r = run(&t);
	assert_fault(&r.digest, VERIFY_DIGEST_SIGNATURE, 1, 1,
	    "the certificate is for another purpose");
	party_release(&other);
	t = whole(f);
	t.root = &f->other_root;
	r = run(&t);
	assert_int_equal(r.digest.kind, VERIFY_DIGEST_SIGNATURE);
	trail_make(f);
	/* A second digest that is good itself, and follows another first one. */
	t = whole(f);
	(void)digest_make(f, 1, &f->signer, &f->inter);
	t.digests[1] = digest_make(f, 2, &f->signer, &f->inter);
	r = run(&t);
	assert_fault(&r.digest, VERIFY_DIGEST_ORDER, 2, 2,
	    "it follows another digest 1 than the one before it");
	/* And one that leaves a record out. */
	trail_make(f);
	t = whole(f);
	t.digests[0] = digest_make(f, 1, &f->signer, &f->inter);
	f->skip = 1;
	t.digests[1] = digest_make(f, 2, &f->signer, &f->inter);
	f->skip = 0;
	r = run(&t);
	assert_fault(&r.digest, VERIFY_DIGEST_ORDER, 2, 2,
	    "it follows another digest 1 than the one before it");
	trail_make(f);
}

/* A stretch that begins later: in the middle of digest 2, with its digests. */
static void
test_stretch(void **state)
{
	struct fixture *f = *state;
	struct trail t = whole(f);
	struct verify_result r;

	t.first_seq = 6;
	r = run(&t);
	assert_no_fault(&r.record);
	assert_no_fault(&r.digest);
	assert_int_equal(r.records, 7);
	assert_int_equal(r.valid_records, 7);
	assert_int_equal(r.signed_records, 3);
	assert_int_equal(r.first_seq, 6);
	memmove(t.records, t.records + 5, 7 * sizeof(t.records[0]));
	t.n_records = 7;
	remove_at(t.digests, &t.n_digests, 0);
	r = run(&t);
	assert_no_fault(&r.record);
	assert_no_fault(&r.digest);
	t.first_seq = 4;
	r = run(&t);
	assert_fault(&r.record, VERIFY_MISSING, 1, 6, "records 4 to 5 are missing before it");
	assert_fault(&r.digest, VERIFY_DIGEST_MISSING, 1, 2,
	    "no digest covers the records from 4 to 4");
	/* The first one of a digest must follow what the digest says. */
	t = whole(f);
	t.first_seq = 5;
	t.records[4] = record_make(f, 4, "it", AT, f->hashes[0], f->hashes[1]);
	r = run(&t);
	assert_fault(&r.record, VERIFY_RESTARTED, 5, 5,
	    "the chain begins anew: it does not follow the hash of the record before it");
	trail_make(f);
}

/* A digest that claims to be from before the stretch, but stands within it. */
static void
test_stretch_inserted(void **state)
{
	static const struct {
		size_t at;
		bool good; /* its hash */
	} rows[] = { { 6, true }, { 8, false }, { N_RECORDS, true } };
	uint8_t hash[AUDITCHAIN_BYTES];
	struct fixture *f = *state;
	struct verify_result r;
	struct trail t;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		t = whole(f);
		t.first_seq = 6;
		memmove(t.records + rows[i].at + 1, t.records + rows[i].at,
		    (N_RECORDS - rows[i].at) * sizeof(t.records[0]));
		t.records[rows[i].at] = record_make(f, 1, "forged", AT, hash, f->hashes[1]);
		if (!rows[i].good)
			t.records[rows[i].at].p = arena_fmt(f->a, "{\"a\":1,%.*s",
			    STR_FMT(str_from(t.records[rows[i].at], 1)))
						      .p;
		if (!rows[i].good)
			t.records[rows[i].at].n += 6;
		t.n_records++;
		r = run(&t);
		assert_int_equal(r.record.kind,
		    rows[i].good ? VERIFY_OUT_OF_ORDER : VERIFY_ALTERED);
		assert_int_equal(r.record.place.line, rows[i].at + 1);
		assert_int_equal(r.record.seq, 2);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_one_byte),
		cmocka_unit_test(test_deleted),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_root_check),
		cmocka_unit_test(test_two_roots),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_recomputed),
		cmocka_unit_test(test_restarted),
		cmocka_unit_test(test_digest_missing),
		cmocka_unit_test(test_digest_overdue),
		cmocka_unit_test(test_digest_altered),
		cmocka_unit_test(test_digest_behind_a_bad_one),
		cmocka_unit_test(test_gap_is_no_cover),
		cmocka_unit_test(test_digest_signer),
		cmocka_unit_test(test_stretch),
		cmocka_unit_test(test_stretch_inserted),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
