/* chain_test: tests the hash chain of the trail, its digests, and what retention leaves. */
#include "fixture.h"

#include "base/hex.h"
#include "store/db.h"
#include "store/store_audit.h"
#include "store/store_digest.h"

/* SHA-256 of 32 zeros, 00 00 00 00 00 00 00 01, "e-1", "{}": by Python's hashlib. */
#define FIRST_HASH "1075b5344b5b1356526314b1033cea2b79bf835c16fb636d10759ee45389ba75"
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static struct store_audit_event
event(struct fixture *f, int i, int64_t event_at)
{
	return (struct store_audit_event){ .event_id = arena_fmt(f->a, "e-%d", i),
		.event_at = event_at,
		.account_id = i % 3 == 2 ? OTHER_ACCOUNT : ACCOUNT,
		.record = STR("{}") };
}

static int
add(struct fixture *f, int i)
{
	const struct store_audit_event v = event(f, i, i);

	return store_audit_add(f->st, &v);
}

/* Events first to last, at the second of their number. */
static void
add_range(struct fixture *f, int first, int last)
{
	assert_ok(store_begin(f->st));
	for (int i = first; i <= last; i++)
		assert_ok(add(f, i));
	assert_ok(store_commit(f->st));
}

static struct str
hex(struct fixture *f, struct str bytes)
{
	struct str text;
	struct buf b;

	buf_init(&b, 1000);
	hex_write(&b, bytes.p, bytes.n);
	text = arena_str(f->a, buf_view(&b));
	buf_release(&b);
	return text;
}

/* The whole chain: numbers from first to last without a gap, each with the hash
 * of the one before. Returns the hash before the first. */
static struct str
verify(struct fixture *f, int64_t first, int64_t last)
{
	struct str before = { NULL, 0 }, hash = { NULL, 0 };
	uint8_t want[AUDITCHAIN_BYTES];
	struct store_audit_event *v;
	int64_t seq = first;
	size_t n;

	do {
		assert_ok(store_audit_stretch(f->st, f->a, STORE_NODE_ONLY, seq, 3, &v, &n));
		for (size_t i = 0; i < n; i++, seq++) {
			assert_int_equal(v[i].seq, seq);
			assert_int_equal(v[i].prev_hash.n, AUDITCHAIN_BYTES);
			if (seq == first)
				before = v[i].prev_hash;
			else
				assert_memory_equal(v[i].prev_hash.p, hash.p, AUDITCHAIN_BYTES);
			auditchain_hash((const uint8_t *)v[i].prev_hash.p, (uint64_t)seq,
			    v[i].event_id, v[i].record, want);
			assert_int_equal(v[i].hash.n, AUDITCHAIN_BYTES);
			assert_memory_equal(v[i].hash.p, want, AUDITCHAIN_BYTES);
			hash = v[i].hash;
		}
	} while (n > 0);
	assert_int_equal(seq, last + 1);
	return hex(f, before);
}

static void
chain_begins(void **state)
{
	struct fixture *f = *state;
	struct store_audit_head head;
	struct store_audit_event *v;
	size_t n;

	assert_ok(store_audit_head(f->st, STORE_NODE_ONLY, &head));
	assert_int_equal(head.seq, 0);
	assert_str(hex(f, str_of_n(head.hash, sizeof(head.hash))), ZEROS);
	add_range(f, 1, 2);
	assert_ok(store_audit_stretch(f->st, f->a, STORE_NODE_ONLY, 0, 9, &v, &n));
	assert_int_equal(n, 2);
	assert_str(hex(f, v[0].prev_hash), ZEROS);
	assert_str(hex(f, v[0].hash), FIRST_HASH);
	assert_str(hex(f, v[1].prev_hash), FIRST_HASH);
	assert_str(v[1].account_id, "444455556666");
	assert_ok(store_audit_head(f->st, STORE_NODE_ONLY, &head));
	assert_int_equal(head.seq, 2);
	assert_memory_equal(head.hash, v[1].hash.p, AUDITCHAIN_BYTES);
	assert_str(verify(f, 1, 2), ZEROS);
}

static void
chain_goes_on_after_a_restart(void **state)
{
	struct fixture *f = *state;

	add_range(f, 1, 4);
	fixture_reopen(f);
	add_range(f, 5, 7);
	assert_str(verify(f, 1, 7), ZEROS);
}

/* What is undone, rolled back or refused has no place in it. */
static void
chain_follows_what_is_undone(void **state)
{
	struct fixture *f = *state;
	struct store_audit_head head;

	assert_ok(store_begin(f->st));
	assert_ok(add(f, 1));
	assert_ok(store_savepoint(f->st));
	assert_ok(add(f, 2));
	assert_ok(add(f, 3));
	assert_ok(store_undo(f->st));
	assert_ok(store_savepoint(f->st));
	assert_ok(add(f, 4));
	assert_ok(store_release(f->st));
	assert_ok(store_savepoint(f->st));
	assert_int_equal(add(f, 4), ERR_EXISTS);
	assert_ok(store_undo(f->st));
	assert_ok(add(f, 5));
	assert_ok(store_commit(f->st));
	assert_str(verify(f, 1, 3), ZEROS);
	assert_ok(store_begin(f->st));
	assert_ok(add(f, 6));
	store_rollback(f->st);
	assert_ok(store_audit_head(f->st, STORE_NODE_ONLY, &head));
	assert_int_equal(head.seq, 3);
	assert_ok(add(f, 6));
	assert_str(verify(f, 1, 4), ZEROS);
}

static void
stretches(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event *v;
	size_t n;

	add_range(f, 1, 5);
	assert_ok(store_audit_stretch(f->st, f->a, STORE_NODE_ONLY, 4, 9, &v, &n));
	assert_int_equal(n, 2);
	assert_str(v[0].event_id, "e-4");
	assert_str(v[1].event_id, "e-5");
	assert_str(v[1].record, "{}");
	assert_ok(store_audit_stretch(f->st, f->a, STORE_NODE_ONLY, -9, 1, &v, &n));
	assert_int_equal(n, 1);
	assert_int_equal(v[0].seq, 1);
	assert_ok(store_audit_stretch(f->st, f->a, STORE_NODE_ONLY, 6, 9, &v, &n));
	assert_int_equal(n, 0);
}

/* ---- retention ---- */

static void
retention_goes_in_pieces(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event *v;
	struct str last_hash;
	int64_t n;
	size_t rows;

	add_range(f, 1, 9);
	assert_ok(store_audit_stretch(f->st, f->a, STORE_NODE_ONLY, 5, 1, &v, &rows));
	last_hash = hex(f, v[0].hash);
	assert_ok(store_audit_retain(f->st, STORE_NODE_ONLY, 6, 3, &n));
	assert_int_equal(n, 3);
	verify(f, 4, 9);
	assert_ok(store_audit_retain(f->st, STORE_NODE_ONLY, 6, 3, &n));
	assert_int_equal(n, 2);
	assert_ok(store_audit_retain(f->st, STORE_NODE_ONLY, 6, 3, &n));
	assert_int_equal(n, 0);
	assert_ok(store_audit_retain(f->st, STORE_NODE_ONLY, 0, 3, &n));
	assert_int_equal(n, 0);
	assert_ok(store_audit_retain(f->st, STORE_NODE_ONLY, 9, 0, &n));
	assert_int_equal(n, 0);
	assert_true(str_eq(verify(f, 6, 9), last_hash));
	add_range(f, 10, 11);
	assert_true(str_eq(verify(f, 6, 11), last_hash));
}

/* Nothing is left, and what comes next still is chained to what was. */
static void
retention_of_everything(void **state)
{
	struct fixture *f = *state;
	struct store_audit_head before, after;
	int64_t n;

	add_range(f, 1, 3);
	assert_ok(store_audit_head(f->st, STORE_NODE_ONLY, &before));
	assert_ok(store_audit_retain(f->st, STORE_NODE_ONLY, 100, 9, &n));
	assert_int_equal(n, 3);
	fixture_reopen(f);
	assert_ok(store_audit_head(f->st, STORE_NODE_ONLY, &after));
	assert_int_equal(after.seq, 3);
	assert_memory_equal(after.hash, before.hash, sizeof(after.hash));
	add_range(f, 4, 5);
	assert_true(str_eq(verify(f, 4, 5), hex(f, str_of_n(before.hash, sizeof(before.hash)))));
}

/* One that was recorded out of order does not let a hole into the chain. */
static void
retention_keeps_the_order_of_recording(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event late = event(f, 2, 1);
	int64_t n;

	assert_ok(add(f, 50));
	assert_ok(store_audit_add(f->st, &late));
	assert_ok(store_audit_retain(f->st, STORE_NODE_ONLY, 10, 9, &n));
	assert_int_equal(n, 0);
	assert_ok(store_audit_retain(f->st, STORE_NODE_ONLY, 51, 9, &n));
	assert_int_equal(n, 2);
}

/* A piece is one transaction's: undone, it was never there. */
static void
retention_can_be_undone(void **state)
{
	struct fixture *f = *state;
	int64_t n;

	add_range(f, 1, 4);
	assert_ok(store_begin(f->st));
	assert_ok(store_audit_retain(f->st, STORE_NODE_ONLY, 4, 9, &n));
	assert_int_equal(n, 3);
	store_rollback(f->st);
	assert_str(verify(f, 1, 4), ZEROS);
}

/* ---- digests ---- */

static struct store_digest
digest(int64_t first_seq, int64_t last_seq)
{
	return (struct store_digest){ .created_at = 7,
		.first_seq = first_seq,
		.last_seq = last_seq,
		.last_hash = STR("h\0h"),
		.previous_signature = STR("p\0"),
		.signature = STR("\0s"),
		.digest = STR("{\"digest\":1}") };
}

static void
add_digest(struct fixture *f, int64_t first_seq, int64_t last_seq)
{
	const struct store_digest v = digest(first_seq, last_seq);

	assert_ok(store_digest_add(f->st, &v, NULL));
}

static void
digest_round_trip(void **state)
{
	struct fixture *f = *state;
	struct store_digest in = digest(1, 3), v;
	int64_t seq = 0;

	assert_int_equal(store_digest_last(f->st, f->a, STORE_NODE_ONLY, &v), ERR_NOTFOUND);
	assert_ok(store_digest_add(f->st, &in, &seq));
	assert_int_equal(seq, 1);
	assert_int_equal(store_digest_add(f->st, &in, &seq), ERR_EXISTS);
	fixture_reopen(f);
	assert_ok(store_digest_last(f->st, f->a, STORE_NODE_ONLY, &v));
	assert_int_equal(v.seq, 1);
	assert_int_equal(v.created_at, 7);
	assert_int_equal(v.first_seq, 1);
	assert_int_equal(v.last_seq, 3);
	assert_str(hex(f, v.last_hash), "680068");
	assert_str(hex(f, v.previous_signature), "7000");
	assert_str(hex(f, v.signature), "0073");
	assert_str(v.digest, "{\"digest\":1}");
	in.last_seq = 5;
	in.digest = STR("a\0b");
	assert_int_equal(store_digest_add(f->st, &in, &seq), ERR_SYNTAX);
}

static void
digest_list(void **state)
{
	struct fixture *f = *state;
	struct store_digest *v;
	size_t n;

	add_digest(f, 1, 2);
	add_digest(f, 3, 4);
	add_digest(f, 5, 6);
	assert_ok(store_digest_list(f->st, f->a, STORE_NODE_ONLY, 2, 9, &v, &n));
	assert_int_equal(n, 2);
	assert_int_equal(v[0].seq, 2);
	assert_int_equal(v[0].first_seq, 3);
	assert_int_equal(v[1].last_seq, 6);
	assert_ok(store_digest_list(f->st, f->a, STORE_NODE_ONLY, 0, 1, &v, &n));
	assert_int_equal(n, 1);
	assert_int_equal(v[0].seq, 1);
	assert_ok(store_digest_list(f->st, f->a, STORE_NODE_ONLY, 4, 9, &v, &n));
	assert_int_equal(n, 0);
}

/* The one that covers the last event deleted stays: its hash begins the rest. */
static void
digests_go_with_their_events(void **state)
{
	struct fixture *f = *state;
	static const struct {
		int64_t keep_from_at;
		int64_t first_left;
	} rows[] = { { 2, 1 }, { 3, 1 }, { 4, 1 }, { 5, 2 }, { 6, 2 }, { 7, 3 }, { 100, 3 } };
	struct store_digest *v;
	size_t rows_n;
	int64_t n;

	add_range(f, 1, 9);
	add_digest(f, 1, 2);
	add_digest(f, 3, 4);
	add_digest(f, 5, 6);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_ok(store_audit_retain(f->st, STORE_NODE_ONLY, rows[i].keep_from_at, 9, &n));
		assert_ok(store_digest_list(f->st, f->a, STORE_NODE_ONLY, 0, 9, &v, &rows_n));
		assert_true(rows_n > 0);
		if (v[0].seq != rows[i].first_left)
			fail_msg("row %zu: %lld", i, (long long)v[0].seq);
	}
}

/* ---- by other ways than the store's own ---- */

#define COPY_OF_4 \
	"INSERT INTO audit_event SELECT 9, 'e-9', event_at, account_id, '', '', 0, '', ''," \
	" '', '', '', '', '', "

static void
sql_refused(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *sql;
		int r;
	} rows[] = {
		{ "DELETE FROM audit_event WHERE seq = 3", ERR_DENIED },
		{ "DELETE FROM audit_event WHERE event_at < 100", ERR_DENIED },
		{ "UPDATE audit_event SET hash = zeroblob(32)", ERR_DENIED },
		{ "UPDATE audit_event SET seq = 100 WHERE seq = 4", ERR_DENIED },
		{ "UPDATE audit_retention SET last_seq = 0", ERR_DENIED },
		{ "UPDATE audit_retention SET last_seq = 1, last_hash = zeroblob(32)", ERR_DENIED },
		{ "UPDATE audit_retention SET last_seq = 9, last_hash = x'00'", ERR_RANGE },
		{ "UPDATE audit_retention SET node_id = 1, last_seq = 9", ERR_DENIED },
		{ "INSERT INTO audit_retention VALUES (0, 9, zeroblob(32))", ERR_EXISTS },
		{ "INSERT INTO audit_retention VALUES (-1, 9, zeroblob(32))", ERR_RANGE },
		{ "INSERT INTO audit_retention VALUES (32768, 9, zeroblob(32))", ERR_RANGE },
		{ "UPDATE audit_digest SET signature = x'00'", ERR_DENIED },
		{ "DELETE FROM audit_digest", ERR_DENIED },
		{ "DELETE FROM audit_digest WHERE last_seq = 1", ERR_DENIED },
		{ COPY_OF_4 "x'00', hash, record FROM audit_event WHERE seq = 4", ERR_RANGE },
		{ COPY_OF_4 "prev_hash, NULL, record FROM audit_event WHERE seq = 4", ERR_RANGE },
	};
	struct db_stmt *q;
	int64_t n;
	int r;

	add_range(f, 1, 4);
	add_digest(f, 1, 1);
	add_digest(f, 2, 4);
	assert_ok(store_audit_retain(f->st, STORE_NODE_ONLY, 2, 9, &n));
	assert_int_equal(n, 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_ok(db_prepare(store_db(f->st), rows[i].sql, &q));
		if ((r = db_exec(q, NULL)) != rows[i].r)
			fail_msg("%s: %s", rows[i].sql, err_text(r));
	}
	assert_str(verify(f, 2, 4), FIRST_HASH);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, fixture_accounts, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(chain_begins),
		T(chain_goes_on_after_a_restart),
		T(chain_follows_what_is_undone),
		T(stretches),
		T(retention_goes_in_pieces),
		T(retention_of_everything),
		T(retention_keeps_the_order_of_recording),
		T(retention_can_be_undone),
		T(digest_round_trip),
		T(digest_list),
		T(digests_go_with_their_events),
		T(sql_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
