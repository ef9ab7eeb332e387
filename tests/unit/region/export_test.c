/*
 * export_test: tests digests, export and retention, driven by the timer. The exported trail must
 * verify, and nothing may be deleted that was not exported and covered by a digest.
 */
#include "fixture.h"

#include "region/notary.h"
#include "region/export.h"
#include "store/store_digest.h"
#include "trail/digest.h"
#include "trail/line.h"

#define DAY INT64_C(86400)
#define MAX_LINES 4096

/* An export that is a list of lines. */
struct sink {
	struct export_port port;
	struct str records[MAX_LINES], digests[64];
	size_t n_records, n_digests, synced;
	struct export_position at; /* what it would say */
	int watch;                 /* what it says of what it has */
	size_t whys;               /* how often it was asked why */
	int fail;                  /* with this, once `room` is over */
	size_t room;
	struct fixture *f;
};

static int
sink_position(void *ctx, struct export_position *ret)
{
	*ret = ((struct sink *)ctx)->at;
	return 0;
}

static int
sink_record(void *ctx, struct str line)
{
	struct sink *s = ctx;

	if (s->fail != 0 && s->n_records >= s->room)
		return s->fail;
	assert_true(s->n_records < MAX_LINES);
	s->records[s->n_records++] = arena_str(s->f->a, line);
	return 0;
}

static int
sink_digest(void *ctx, struct str line)
{
	struct sink *s = ctx;

	s->digests[s->n_digests++] = arena_str(s->f->a, line);
	return 0;
}

static int
sink_sync(void *ctx)
{
	struct sink *s = ctx;

	s->synced++;
	return s->fail;
}

static int
sink_watch(void *ctx)
{
	return ((struct sink *)ctx)->watch;
}

static const char *
sink_why(void *ctx)
{
	((struct sink *)ctx)->whys++;
	return "open x: no";
}

static struct sink *
sink_new(struct fixture *f)
{
	struct sink *s = arena_alloc(f->a, sizeof(*s));

	s->f = f;
	s->port = (struct export_port){ .ctx = s,
		.position = sink_position,
		.record = sink_record,
		.digest = sink_digest,
		.sync = sink_sync,
		.watch = sink_watch,
		.why = sink_why };
	return s;
}

/* core, started again. */
static void
restart(struct fixture *f, struct sink *s)
{
	fixture_api_free(f);
	f->export = s == NULL ? NULL : &s->port;
	fixture_api_new(f);
}

static void
call(struct fixture *f, size_t n)
{
	struct api_response resp;

	while (n-- > 0) {
		resp = fixture_sts(f, "GetCallerIdentity");
		assert_status(f, &resp, 200);
	}
}

static struct line
line_at(struct sink *s, size_t i)
{
	struct line l;

	assert_true(i < s->n_records);
	assert_true(str_ends(s->records[i], STR("\n")));
	assert_ok(line_parse(str_head(s->records[i], s->records[i].n - 1), &l));
	return l;
}

/* The lines are 1, 2, ... n, each chained to the one before it. */
static void
assert_chain(struct sink *s, size_t n)
{
	uint8_t previous[AUDITCHAIN_BYTES] = { 0 };
	struct line l;
	size_t i;

	assert_int_equal(s->n_records, n);
	for (i = 0; i < n; i++) {
		l = line_at(s, i);
		assert_int_equal(l.seq, i + 1);
		assert_memory_equal(l.previous, previous, sizeof(previous));
		memcpy(previous, l.hash, sizeof(previous));
	}
}

static size_t
digests(struct fixture *f, struct store_digest **ret)
{
	struct store_digest *v;
	size_t n;

	assert_ok(store_digest_list(f->st, f->a, STORE_NODE_ONLY, 1, 100, &v, &n));
	if (ret != NULL)
		*ret = v;
	return n;
}

static void
test_digests(void **state)
{
	struct fixture *f = *state;
	struct store_digest *v;
	struct store_pki *key;
	struct digest d[2];
	char name[65];
	size_t n;

	n = fixture_audit(f, NULL);
	call(f, 3 - n);
	/* The first at once, so that little is ever unsigned; the next in an hour. */
	assert_ok(export_digest(f->region));
	assert_int_equal(digests(f, &v), 1);
	assert_ok(digest_parse(v[0].digest, f->a, &d[0]));
	assert_int_equal(d[0].seq, 1);
	assert_int_equal(d[0].first_seq, 1);
	assert_int_equal(d[0].last_seq, 3);
	assert_int_equal(d[0].end_at, NOW_S);
	assert_int_equal(d[0].interval_s, 3600);
	assert_int_equal(d[0].previous_signature.n, 0);
	assert_string_equal(fixture_cstr(f, d[0].account_id), ACCOUNT);
	assert_string_equal(fixture_cstr(f, d[0].region), REGION);
	assert_ok(store_pki_list_active(f->st, f->a, STORE_PKI_AUDIT, &key, &n));
	assert_int_equal(n, 1);
	cert_name_sha256(key[0].cert_der, name);
	assert_string_equal(fixture_cstr(f, d[0].fingerprint), name);
	assert_non_null(strstr(fixture_cstr(f, key[0].cert_der),
	    "of audit-digest." REGION ".amazonaws.com, profile 6"));
	call(f, 2);
	f->wall_ms += 3599 * 1000;
	assert_ok(export_digest(f->region));
	assert_int_equal(digests(f, &v), 1);
	f->wall_ms += 1000;
	assert_ok(export_digest(f->region));
	assert_int_equal(digests(f, &v), 2);
	assert_ok(digest_parse(v[1].digest, f->a, &d[1]));
	assert_int_equal(d[1].seq, 2);
	assert_int_equal(d[1].first_seq, 4);
	assert_int_equal(d[1].last_seq, 5);
	assert_int_equal(d[1].start_at, NOW_S);
	assert_int_equal(d[1].end_at, NOW_S + 3600);
	assert_memory_equal(d[1].first_previous, d[0].last_hash, sizeof(d[0].last_hash));
	assert_true(str_eq(d[1].previous_signature, v[0].signature));
	/* Nothing new, no digest. */
	f->wall_ms += 7200 * 1000;
	assert_ok(export_digest(f->region));
	assert_int_equal(digests(f, NULL), 2);
}

/* While the clock is outside the time of the certificates above the signer's, a digest would never
 * be valid, so there is none. What was recorded meanwhile gets the next one. */
static void
test_digest_clock_wrong(void **state)
{
	static const int64_t off_s[] = { -86401, 365 * 86400 };
	struct fixture *f = *state;
	struct store_digest *v;
	struct digest d;
	size_t i, n;

	log_set_level(LOG_LEVEL_ERROR + 1);
	call(f, 1);
	assert_ok(export_digest(f->region));
	for (i = 0; i < 2; i++) {
		f->wall_ms += off_s[i] * 1000;
		call(f, 1);
		assert_ok(export_digest(f->region));
		export_stop(f->region);
		assert_int_equal(digests(f, NULL), 1);
		f->wall_ms -= off_s[i] * 1000;
	}
	/* The first second and the last in which they are valid are good. */
	f->wall_ms -= INT64_C(86400) * 1000;
	assert_ok(export_digest(f->region));
	assert_int_equal(digests(f, NULL), 2);
	call(f, 1);
	f->wall_ms += (366 * INT64_C(86400) - 1) * 1000;
	assert_ok(export_digest(f->region));
	n = digests(f, &v);
	assert_int_equal(n, 3);
	assert_ok(digest_parse(v[1].digest, f->a, &d));
	assert_int_equal(d.last_seq, v[0].last_seq + 2);
}

/* The key that signs digests is being made: core does not wait for it, but at its end. */
static void
test_digest_key_takes_long(void **state)
{
	struct fixture *f = *state;
	struct store_digest *v;

	f->hash_held = true;
	fixture_ec2(f, "DescribeInstances");
	assert_ok(export_digest(f->region));
	assert_ok(export_digest(f->region));
	assert_int_equal(digests(f, &v), 0);
	assert_int_equal(f->hash_begun, 1);
	export_stop(f->region);
	assert_int_equal(digests(f, &v), 1);
	assert_int_equal(f->keyd_open, 0);
}

/* A digest is being signed: it is stored later, with what it held when it was begun, and records
 * of the meantime are in the next one, which is made at the end. */
static void
test_digest_takes_long(void **state)
{
	struct fixture *f = *state;
	struct store_digest *v;
	struct store_pki *key;
	size_t n;

	call(f, 1);
	assert_ok(export_digest(f->region));
	call(f, 1);
	f->wall_ms += 3600 * 1000;
	f->hash_held = true;
	assert_ok(export_digest(f->region));
	assert_int_equal(f->keyd_open, 1);
	call(f, 1);
	f->wall_ms += 5000;
	assert_ok(export_digest(f->region));
	assert_int_equal(digests(f, &v), 1);
	f->hash_held = false;
	assert_ok(export_digest(f->region));
	assert_int_equal(f->keyd_open, 0);
	assert_int_equal(digests(f, &v), 2);
	assert_int_equal(v[1].created_at, NOW_S + 3600);
	assert_int_equal(v[1].last_seq - v[1].first_seq, 0);
	/* Core waits for it at its end. */
	f->wall_ms += 3600 * 1000;
	f->hash_held = true;
	assert_ok(export_digest(f->region));
	call(f, 1);
	export_stop(f->region);
	assert_int_equal(digests(f, &v), 4);
	/* The key was not stored after all: the digest is dropped, and made anew with a new key. */
	call(f, 1);
	f->wall_ms += 3600 * 1000;
	assert_ok(export_digest(f->region));
	assert_ok(store_pki_list_active(f->st, f->a, STORE_PKI_AUDIT, &key, &n));
	assert_ok(store_pki_retire(f->st, key[0].cert_id));
	f->hash_held = false;
	assert_int_equal(export_digest(f->region), ERR_NOTFOUND);
	assert_int_equal(digests(f, &v), 4);
	assert_ok(export_digest(f->region));
	assert_int_equal(digests(f, &v), 5);
}

static void
test_digest_due(void **state)
{
	struct fixture *f = *state;

	call(f, 1);
	assert_ok(export_digest(f->region));
	/* A longer interval counts from the next one on: the last one promised less. */
	f->settings.audit_digest_interval_s = 86400;
	call(f, 1);
	f->wall_ms += 3600 * 1000;
	assert_ok(export_digest(f->region));
	assert_int_equal(digests(f, NULL), 2);
	call(f, 1);
	f->wall_ms += 3600 * 1000;
	assert_ok(export_digest(f->region));
	assert_int_equal(digests(f, NULL), 2);
	/* A shorter one at once, and a clock that was set back, too. */
	f->settings.audit_digest_interval_s = 60;
	assert_ok(export_digest(f->region));
	assert_int_equal(digests(f, NULL), 3);
	call(f, 1);
	f->wall_ms -= 7200 * 1000;
	assert_ok(export_digest(f->region));
	assert_int_equal(digests(f, NULL), 4);
	/* At the end always. */
	call(f, 1);
	export_stop(f->region);
	assert_int_equal(digests(f, NULL), 5);
}

static void
test_no_keyd(void **state)
{
	struct fixture *f = *state;

	call(f, 1);
	f->keyd_error = ERR_UNAVAIL;
	assert_int_equal(export_digest(f->region), ERR_UNAVAIL);
	f->keyd_error = 0;
	assert_int_equal(digests(f, NULL), 0);
	assert_ok(export_digest(f->region));
	assert_int_equal(digests(f, NULL), 1);
}

/* A chain of certificates that begins now and ends in ten years. */
static void
chain_add(struct fixture *f)
{
	static const char *const names[] = { "root 2", "intermediate 2" };
	struct store_pki v = { .kind = STORE_PKI_ROOT,
		.state = STORE_PKI_ACTIVE,
		.key_kind = STORE_PKI_RSA2048,
		.not_before_at = f->wall_ms / 1000,
		.not_after_at = f->wall_ms / 1000 + 3650 * DAY };
	char ids[2][41];
	size_t i;

	for (i = 0; i < 2; i++) {
		v.cert_der = str_of(names[i]);
		v.sealed_key = arena_fmt(f->a, "key of %s", names[i]);
		cert_name_sha1(v.cert_der, ids[i]);
		v.cert_id = str_of(ids[i]);
		assert_ok(store_pki_add(f->st, &v));
		v.kind = STORE_PKI_INTERMEDIATE;
		v.issuer_id = str_of(ids[0]);
	}
}

static void
test_key_renewed(void **state)
{
	struct fixture *f = *state;
	struct sink *s = sink_new(f);
	struct store_pki *v;
	struct digest_line l;
	size_t n;

	call(f, 1);
	assert_ok(export_digest(f->region));
	/* The fixture's intermediate ends in 365 days, and the certificate with it: it
	 * is used to its end. */
	f->wall_ms += 364 * DAY * 1000;
	f->access_key = ROOT_KEY;
	call(f, 1);
	assert_ok(export_digest(f->region));
	assert_ok(store_pki_list_active(f->st, f->a, STORE_PKI_AUDIT, &v, &n));
	assert_int_equal(n, 1);
	chain_add(f);
	f->wall_ms += 2 * DAY * 1000;
	call(f, 1);
	assert_ok(export_digest(f->region));
	assert_ok(store_pki_list_active(f->st, f->a, STORE_PKI_AUDIT, &v, &n));
	assert_int_equal(n, 2);
	/* Each digest goes out with the certificate that it was signed with. */
	restart(f, s);
	assert_ok(export_run(f->region));
	assert_int_equal(s->n_digests, 3);
	for (n = 0; n < 3; n++) {
		assert_ok(
		    digest_line_parse(str_head(s->digests[n], s->digests[n].n - 1), f->a, &l));
		assert_int_equal(l.n_certificates, 2);
		assert_true(str_eq(l.certificates[0], v[n < 2 ? 1 : 0].cert_der));
		assert_string_equal(fixture_cstr(f, l.certificates[1]),
		    n < 2 ? "intermediate" : "intermediate 2");
	}
}

/* When the authorities were changed, the next digest is signed below the new ones, long before the
 * old key would have been replaced. */
static void
test_key_below_a_new_authority(void **state)
{
	struct fixture *f = *state;
	struct store_digest *d;
	struct digest parsed;
	struct store_pki *v;
	char name[65];
	size_t i, n;

	call(f, 1);
	assert_ok(export_digest(f->region));
	f->wall_ms += 3600 * 1000;
	chain_add(f);
	for (i = 2; i < 4; i++) {
		call(f, 1);
		assert_ok(export_digest(f->region));
		assert_int_equal(digests(f, &d), i);
		assert_ok(store_pki_list_active(f->st, f->a, STORE_PKI_AUDIT, &v, &n));
		assert_int_equal(n, 2);
		cert_name_sha256(v[0].cert_der, name);
		assert_ok(digest_parse(d[i - 1].digest, f->a, &parsed));
		assert_string_equal(fixture_cstr(f, parsed.fingerprint), name);
		f->wall_ms += 3600 * 1000;
	}
}

static void
test_export(void **state)
{
	struct fixture *f = *state;
	struct sink *s = sink_new(f);
	size_t n;

	call(f, 130);
	n = fixture_audit(f, NULL);
	restart(f, s);
	assert_ok(export_run(f->region));
	assert_chain(s, n);
	assert_int_equal(s->n_digests, 0);
	/* Once each, whatever happens between. */
	call(f, 1);
	assert_ok(export_run(f->region));
	assert_ok(export_run(f->region));
	assert_ok(export_digest(f->region));
	assert_ok(export_run(f->region));
	assert_chain(s, n + 1);
	assert_int_equal(s->n_digests, 1);
	s->at = (struct export_position){ .seq = (int64_t)n - 10 };
	memcpy(s->at.hash, line_at(s, n - 11).hash, AUDITCHAIN_BYTES);
	s->n_records = n - 10;
	restart(f, s);
	assert_ok(export_run(f->region));
	assert_chain(s, n + 1);
	assert_int_equal(s->n_digests, 2);
}

/* What is recorded before the last line is read is the record as it is stored. */
static void
test_export_line(void **state)
{
	struct fixture *f = *state;
	struct sink *s = sink_new(f);
	struct store_audit_event ev;
	const char *text;

	call(f, 1);
	fixture_audit(f, &ev);
	restart(f, s);
	assert_ok(export_run(f->region));
	text = fixture_cstr(f, s->records[s->n_records - 1]);
	assert_true(strncmp(text, ev.record.p, ev.record.n - 1) == 0);
	assert_true(strncmp(text + ev.record.n - 1, ",\"openeicChain\":{\"sequence\":", 27) == 0);
}

static void
test_export_waits(void **state)
{
	struct fixture *f = *state;
	struct sink *s = sink_new(f);
	size_t n;

	s->fail = ERR_FULL;
	s->room = 3;
	restart(f, s);
	call(f, 10);
	n = fixture_audit(f, NULL);
	assert_ok(export_run(f->region));
	assert_int_equal(s->n_records, 3);
	/* Requests go on. */
	call(f, 1);
	assert_ok(export_digest(f->region));
	assert_ok(export_run(f->region));
	assert_int_equal(s->n_digests, 0);
	s->fail = 0;
	assert_ok(export_run(f->region));
	assert_chain(s, n + 1);
	assert_int_equal(s->n_digests, 1);
}

/* It is said at once, and again once a minute. */
static void
test_export_says(void **state)
{
	struct fixture *f = *state;
	struct sink *s = sink_new(f);
	size_t i;

	s->fail = ERR_SYS;
	restart(f, s);
	call(f, 1);
	for (i = 0; i < 3; i++) {
		assert_ok(export_run(f->region));
		assert_int_equal(s->whys, i + 1);
		f->boot_ms += 59999;
		assert_ok(export_run(f->region));
		assert_int_equal(s->whys, i + 1);
		f->boot_ms += 1;
	}
}

/* Somebody removed it: everything that is stored goes out again. */
static void
test_export_gone(void **state)
{
	struct fixture *f = *state;
	struct sink *s = sink_new(f);
	size_t n;

	restart(f, s);
	call(f, 5);
	assert_ok(export_digest(f->region));
	assert_ok(export_run(f->region));
	n = s->n_records;
	assert_true(n > 0);
	assert_int_equal(s->n_digests, 1);
	s->n_records = s->n_digests = 0;
	s->watch = ERR_NOTFOUND;
	assert_ok(export_run(f->region));
	s->watch = 0;
	assert_chain(s, n);
	assert_int_equal(s->n_digests, 1);
	assert_int_equal(s->whys, 0);
	/* Retention finds the file gone when it syncs it: no event is deleted, and all that are
	 * stored are exported again. */
	s->n_records = s->n_digests = 0;
	f->wall_ms += 91 * DAY * 1000;
	s->fail = ERR_NOTFOUND;
	s->room = MAX_LINES;
	assert_ok(export_retain(f->region));
	s->fail = 0;
	assert_ok(export_run(f->region));
	assert_chain(s, n);
}

static int64_t oldest(struct fixture *f);

static void
test_export_foreign(void **state)
{
	struct fixture *f = *state;
	struct sink *s = sink_new(f);

	call(f, 5);
	/* An export that is ahead of the store, and one of another trail. */
	s->at.seq = 1000;
	restart(f, s);
	assert_ok(export_run(f->region));
	assert_ok(export_digest(f->region));
	f->wall_ms += 91 * DAY * 1000;
	assert_ok(export_retain(f->region));
	assert_int_equal(oldest(f), 1);
	f->wall_ms -= 91 * DAY * 1000;
	assert_int_equal(s->n_records, 0);
	s->at.seq = 2;
	memset(s->at.hash, 7, sizeof(s->at.hash));
	restart(f, s);
	assert_ok(export_run(f->region));
	assert_int_equal(s->n_records, 0);
}

/* Standard output cannot tell what was written to it, so the store remembers that. */
static void
test_export_forgets(void **state)
{
	struct fixture *f = *state;
	struct sink *s = sink_new(f);
	size_t n;

	s->port.forgets = true;
	s->port.position = NULL;
	restart(f, s);
	call(f, 5);
	assert_ok(export_digest(f->region));
	n = fixture_audit(f, NULL);
	assert_ok(export_run(f->region));
	assert_chain(s, n);
	restart(f, s);
	call(f, 2);
	assert_ok(export_run(f->region));
	assert_chain(s, n + 2);
	assert_int_equal(s->n_digests, 1);
}

/* A line that is only half written is not exported yet: its rest is lost when core ends. */
static void
test_export_forgets_half(void **state)
{
	struct fixture *f = *state;
	struct sink *s = sink_new(f);
	size_t n;

	s->port.forgets = true;
	s->port.position = NULL;
	restart(f, s);
	call(f, 5);
	n = fixture_audit(f, NULL);
	s->fail = ERR_AGAIN;
	s->room = n;
	assert_ok(export_run(f->region));
	assert_chain(s, n);
	s->n_records = 0;
	restart(f, s);
	s->fail = 0;
	assert_ok(export_run(f->region));
	assert_chain(s, n);
	/* Now it is out. */
	restart(f, s);
	assert_ok(export_run(f->region));
	assert_int_equal(s->n_records, n);
}

/* Whatever a caller sends, its record can be read again. */
static void
test_export_odd(void **state)
{
	static const char *const bodies[] = {
		"DescribeVpcs&Filter.1.Name=vpc-id&Filter.1.Value.1=a%00b",
		"DescribeVpcs&Filter.1.Name=a%00b&Filter.1.Value.1=c",
		"DescribeVpcs&Filter.1.Name=vpc-id&Filter.1.Value.1=%ff%ed%a0%80%0a%7f%c0%80",
		"DescribeVpcs&Filter.1.Name=vpc-id&Filter.1.Value.1=%f4%8f%bf%bf%ef%bf%be%22%5c",
	};
	struct fixture *f = *state;
	struct sink *s = sink_new(f);
	size_t i;

	restart(f, s);
	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		fixture_ec2(f, bodies[i]);
	fixture_sts(f, "GetCallerIdentity");
	assert_ok(export_run(f->region));
	assert_true(s->n_records > 0);
	for (i = 0; i < s->n_records; i++)
		line_at(s, i);
}

/* Oldest event that is left. */
static int64_t
oldest(struct fixture *f)
{
	struct store_audit_event *v;
	size_t n;

	assert_ok(store_audit_stretch(f->st, f->a, STORE_NODE_ONLY, 1, 1, &v, &n));
	return n == 0 ? 0 : v[0].seq;
}

static void
test_retention(void **state)
{
	struct fixture *f = *state;
	size_t n;

	call(f, 20);
	n = fixture_audit(f, NULL);
	f->wall_ms += 91 * DAY * 1000;
	call(f, 5);
	/* No digest covers them yet. */
	assert_ok(export_retain(f->region));
	assert_int_equal(oldest(f), 1);
	assert_ok(export_digest(f->region));
	f->settings.audit_retention_days = 0;
	assert_ok(export_retain(f->region));
	assert_int_equal(oldest(f), 1);
	f->settings.audit_retention_days = 92;
	assert_ok(export_retain(f->region));
	assert_int_equal(oldest(f), 1);
	f->settings.audit_retention_days = 90;
	assert_ok(export_retain(f->region));
	assert_int_equal(oldest(f), n + 1);
	/* The chain goes on. */
	call(f, 1);
	assert_ok(export_digest(f->region));
}

static void
test_retention_export(void **state)
{
	struct fixture *f = *state;
	struct sink *s = sink_new(f);
	size_t n;

	restart(f, s);
	call(f, 20);
	n = fixture_audit(f, NULL);
	f->wall_ms += 91 * DAY * 1000;
	call(f, 1);
	assert_ok(export_digest(f->region));
	/* First the digest is not in the export yet; then it is, but the sync fails. */
	assert_ok(export_retain(f->region));
	assert_int_equal(oldest(f), 1);
	assert_ok(export_run(f->region));
	s->fail = ERR_SYS;
	s->room = MAX_LINES;
	assert_int_equal(export_retain(f->region), ERR_SYS);
	assert_int_equal(oldest(f), 1);
	assert_int_equal(s->synced, 1);
	s->fail = ERR_AGAIN;
	assert_ok(export_retain(f->region));
	assert_int_equal(oldest(f), 1);
	s->fail = 0;
	assert_ok(export_retain(f->region));
	assert_int_equal(oldest(f), n + 1);
}

/* More than a piece. */
static void
test_retention_pieces(void **state)
{
	struct fixture *f = *state;
	struct sink *s = sink_new(f);
	struct store_audit_head head;
	int64_t n;

	restart(f, s);
	f->settings.api_rate = 0;
	call(f, 250);
	assert_ok(store_audit_head(f->st, STORE_NODE_ONLY, &head));
	n = head.seq;
	assert_ok(export_digest(f->region));
	assert_ok(export_run(f->region));
	f->wall_ms += 91 * DAY * 1000;
	assert_ok(export_retain(f->region));
	assert_int_equal(oldest(f), 0);
	/* What waits for a disk is done once. */
	assert_int_equal(s->synced, 1);
	/* Numbers go on behind those that are gone. */
	call(f, 1);
	assert_int_equal(oldest(f), n + 1);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_digests),
		TEST(test_digest_clock_wrong),
		TEST(test_digest_key_takes_long),
		TEST(test_digest_takes_long),
		TEST(test_digest_due),
		TEST(test_no_keyd),
		TEST(test_key_renewed),
		TEST(test_key_below_a_new_authority),
		TEST(test_export),
		TEST(test_export_line),
		TEST(test_export_waits),
		TEST(test_export_says),
		TEST(test_export_gone),
		TEST(test_export_foreign),
		TEST(test_export_forgets),
		TEST(test_export_forgets_half),
		TEST(test_export_odd),
		TEST(test_retention),
		TEST(test_retention_export),
		TEST(test_retention_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
