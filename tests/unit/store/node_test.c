/*
 * node_test: tests that each node has a chain of its own in one store, and that the one chain of a
 * store of the first schema goes on.
 */
#include "fixture.h"

#include <string.h>

#include "store/db.h"
#include "store/migrations.h"
#include "store/store_audit.h"
#include "store/store_digest.h"

#define PLACE(node, seq) ((INT64_C(1) << 48) * (node) + (seq))

static struct store_audit_event
event(struct fixture *f, int64_t node_id, int n)
{
	return (struct store_audit_event){ .node_id = node_id,
		.event_id = arena_fmt(f->a, "e-%lld-%d", (long long)node_id, n),
		.event_at = 100 + n,
		.account_id = ACCOUNT,
		.event_name = STR("Act"),
		.record = arena_fmt(f->a, "{\"n\":%d}", n) };
}

static int
add(struct fixture *f, int64_t node_id, int n)
{
	const struct store_audit_resource resource = { STR("AWS::EC2::Instance"),
		arena_fmt(f->a, "i-%lld-%d", (long long)node_id, n) };
	struct store_audit_event v = event(f, node_id, n);

	v.resources = &resource;
	v.n_resources = 1;
	return store_audit_add(f->st, &v);
}

/* The chain of the node holds from first on: numbers, hashes, and its head. */
static void
chain_holds(struct fixture *f, int64_t node_id, int64_t first, size_t n)
{
	uint8_t want[AUDITCHAIN_BYTES] = { 0 };
	struct store_audit_event *v;
	struct store_audit_head head;
	size_t got;

	assert_ok(store_audit_stretch(f->st, f->a, node_id, 0, 1000, &v, &got));
	assert_int_equal(got, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(v[i].node_id, node_id);
		assert_int_equal(v[i].seq, first + (int64_t)i);
		assert_int_equal(v[i].place, PLACE(node_id, v[i].seq));
		if (first == 1 || i > 0)
			assert_memory_equal(v[i].prev_hash.p, want, sizeof(want));
		auditchain_hash((const uint8_t *)v[i].prev_hash.p, (uint64_t)v[i].seq,
		    v[i].event_id, v[i].record, want);
		assert_memory_equal(v[i].hash.p, want, sizeof(want));
	}
	assert_ok(store_audit_head(f->st, node_id, &head));
	assert_int_equal(head.seq, first + (int64_t)n - 1);
	if (n > 0)
		assert_memory_equal(head.hash, want, sizeof(want));
}

/* ---- several nodes ---- */

static void
each_has_its_chain(void **state)
{
	struct fixture *f = *state;

	for (int i = 1; i <= 4; i++) {
		assert_ok(add(f, 0, i));
		if (i > 1)
			assert_ok(add(f, 1, i));
		if (i > 3)
			assert_ok(add(f, STORE_NODE_MAX, i));
	}
	chain_holds(f, 0, 1, 4);
	chain_holds(f, 1, 1, 3);
	chain_holds(f, 2, 1, 0);
	chain_holds(f, STORE_NODE_MAX, 1, 1);
	assert_int_equal(add(f, -1, 9), ERR_RANGE);
	assert_int_equal(add(f, STORE_NODE_MAX + 1, 9), ERR_RANGE);
	/* An id is one event's, whoever recorded it. */
	assert_int_equal(store_audit_add(f->st,
			     &(struct store_audit_event){ .node_id = 2,
				 .event_id = STR("e-1-2"),
				 .account_id = ACCOUNT,
				 .record = STR("{}") }),
	    ERR_EXISTS);
	chain_holds(f, 2, 1, 0);
}

/* A lookup goes through all of them, by time and then by place, page by page. */
static void
lookups_meet_all(void **state)
{
	static const struct {
		int64_t node_id, seq;
	} order[] = { { 1, 2 }, { 0, 3 }, { 1, 1 }, { 0, 2 }, { 0, 1 } };
	struct fixture *f = *state;
	struct store_audit_query q = { .account_id = ACCOUNT, .to_at = INT64_MAX, .limit = 1 };
	struct store_audit_event *v;
	size_t n;

	assert_ok(add(f, 0, 1));
	assert_ok(add(f, 0, 2));
	assert_ok(add(f, 1, 2));
	assert_ok(add(f, 0, 3));
	assert_ok(add(f, 1, 3));
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		assert_ok(store_audit_lookup(f->st, f->a, &q, &v, &n));
		assert_int_equal(n, 1);
		assert_int_equal(v[0].node_id, order[i].node_id);
		assert_int_equal(v[0].seq, order[i].seq);
		assert_int_equal(v[0].n_resources, 1);
		assert_true(
		    str_eq(str_from(v[0].resources[0].name, 2), str_from(v[0].event_id, 2)));
		q.before_at = v[0].event_at;
		q.before_place = v[0].place;
	}
	assert_ok(store_audit_lookup(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 0);
}

static void
add_digest(struct fixture *f, int64_t node_id, int64_t first_seq, int64_t last_seq, int64_t want)
{
	const struct store_digest d = { .node_id = node_id,
		.first_seq = first_seq,
		.last_seq = last_seq,
		.digest = STR("d") };
	int64_t seq;

	assert_ok(store_digest_add(f->st, &d, &seq));
	assert_int_equal(seq, want);
}

static void
digests_per_node(void **state)
{
	struct fixture *f = *state;
	struct store_digest *v, last;
	size_t n;

	add_digest(f, 0, 1, 2, 1);
	add_digest(f, 1, 1, 2, 1);
	add_digest(f, 0, 3, 5, 2);
	assert_int_equal(store_digest_add(f->st,
			     &(struct store_digest){ .node_id = 1, .first_seq = 1, .last_seq = 2 },
			     NULL),
	    ERR_EXISTS);
	assert_int_equal(store_digest_add(f->st, &(struct store_digest){ .node_id = -1 }, NULL),
	    ERR_RANGE);
	assert_ok(store_digest_last(f->st, f->a, 0, &last));
	assert_int_equal(last.last_seq, 5);
	assert_ok(store_digest_last(f->st, f->a, 1, &last));
	assert_int_equal(last.seq, 1);
	assert_int_equal(store_digest_last(f->st, f->a, 2, &last), ERR_NOTFOUND);
	assert_ok(store_digest_list(f->st, f->a, 0, 1, 9, &v, &n));
	assert_int_equal(n, 2);
	assert_int_equal(v[1].node_id, 0);
	assert_ok(store_digest_list(f->st, f->a, 1, 1, 9, &v, &n));
	assert_int_equal(n, 1);
}

/* What one forgets, the others keep: events, resources, digests, and the mark. */
static void
retention_per_node(void **state)
{
	struct fixture *f = *state;
	struct store_audit_query q = { .account_id = ACCOUNT, .to_at = INT64_MAX, .limit = 100 };
	struct store_audit_event *v;
	struct store_digest *d;
	int64_t gone;
	size_t n;

	for (int i = 1; i <= 4; i++) {
		for (int64_t node = 0; node < 3; node++)
			assert_ok(add(f, node, i));
	}
	for (int64_t node = 0; node < 3; node++) {
		add_digest(f, node, 1, 1, 1);
		add_digest(f, node, 2, 2, 2);
	}
	assert_ok(store_audit_retain(f->st, 1, 103, 100, &gone));
	assert_int_equal(gone, 2);
	chain_holds(f, 0, 1, 4);
	chain_holds(f, 1, 3, 2);
	chain_holds(f, 2, 1, 4);
	for (int64_t node = 0; node < 3; node++) {
		assert_ok(store_digest_list(f->st, f->a, node, 1, 9, &d, &n));
		assert_int_equal(n, node == 1 ? 1 : 2);
	}
	assert_ok(store_audit_lookup(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 10);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(v[i].n_resources, 1);
	/* All of it goes: its numbers go on where they were. */
	assert_ok(store_audit_retain(f->st, 1, 1000, 100, &gone));
	assert_int_equal(gone, 2);
	assert_ok(add(f, 1, 5));
	chain_holds(f, 1, 5, 1);
	/* The mark of a node allows nothing of another node to be deleted. */
	assert_int_equal(db_run(store_db(f->st), "DELETE FROM audit_event WHERE seq = 3",
			     DB_NO_ARGS, NULL),
	    ERR_DENIED);
	assert_int_equal(db_run(store_db(f->st), "DELETE FROM audit_resource WHERE seq = 3",
			     DB_NO_ARGS, NULL),
	    ERR_DENIED);
	assert_int_equal(db_run(store_db(f->st), "DELETE FROM audit_digest WHERE node_id = 2",
			     DB_NO_ARGS, NULL),
	    ERR_DENIED);
}

/* ---- a store of the first schema ---- */

/* Three events, of which the first was deleted in order; two digests. */
#define OLD_EVENT \
	"INSERT INTO audit_event VALUES ($1, $2, $3, '111122223333', 's', 'Act', 0, '', ''," \
	" '', '', '', '', '', $4, $5, $6)"

static void
old_event(struct db *db, int64_t seq, uint8_t hash[static AUDITCHAIN_BYTES])
{
	struct str ids[] = { STR("e-1"), STR("e-2"), STR("e-3") };
	struct str records[] = { STR("{\"n\":1}"), STR("{\"n\":2}"), STR("{\"n\":3}") };
	struct str id = ids[seq - 1], record = records[seq - 1];
	uint8_t prev[AUDITCHAIN_BYTES];

	memcpy(prev, hash, sizeof(prev));
	auditchain_hash(prev, (uint64_t)seq, id, record, hash);
	assert_ok(db_run(db, OLD_EVENT,
	    DB_ARGS(db_int(seq), db_text(id), db_int(100 + seq),
		db_blob(str_of_n(prev, sizeof(prev))), db_blob(str_of_n(hash, AUDITCHAIN_BYTES)),
		db_text(record)),
	    NULL));
	assert_ok(
	    db_run(db, "INSERT INTO audit_resource VALUES ($1, 0, '111122223333', $2, 'T', 'i-1')",
		DB_ARGS(db_int(seq), db_int(100 + seq)), NULL));
}

static void
old_store(struct fixture *f, uint8_t first_hash[static AUDITCHAIN_BYTES])
{
	uint8_t hash[AUDITCHAIN_BYTES] = { 0 };
	struct errinfo ei;
	struct db *db;

	assert_ok(db_create(f->path, &db, &ei));
	assert_ok(db_script(db, migrations[0].text));
	assert_ok(db_script(db, "INSERT INTO account VALUES ('111122223333', 1000)"));
	old_event(db, 1, hash);
	memcpy(first_hash, hash, sizeof(hash));
	old_event(db, 2, hash);
	old_event(db, 3, hash);
	assert_ok(db_script(db,
	    "INSERT INTO audit_digest VALUES (1, 50, 1, 1, x'01', x'', x'0a', 'one'),"
	    " (2, 60, 2, 3, x'02', x'0a', x'0b', 'two')"));
	assert_ok(db_run_one(db, "UPDATE audit_retention SET last_seq = 1, last_hash = $1",
	    DB_ARGS(db_blob(str_of_n(first_hash, sizeof(hash))))));
	assert_ok(db_script(db,
	    "DELETE FROM audit_resource WHERE seq = 1;"
	    "DELETE FROM audit_event WHERE seq = 1"));
	db_accept(db);
	db_close(db);
}

static void
an_old_chain_goes_on(void **state)
{
	struct fixture *f = *state;
	uint8_t first_hash[AUDITCHAIN_BYTES];
	struct store_audit_query q = { .account_id = ACCOUNT, .to_at = INT64_MAX, .limit = 9 };
	struct store_audit_event *v;
	struct store_digest *d;
	struct errinfo ei = { "" };
	int64_t gone, seq, version;
	size_t n;

	old_store(f, first_hash);
	assert_ok(store_open(f->path, &f->st, &ei));
	assert_ok(db_number(store_db(f->st), "PRAGMA user_version", DB_NO_ARGS, &version));
	assert_int_equal(version, migrations_count);
	chain_holds(f, STORE_NODE_ONLY, 2, 2);
	assert_ok(store_audit_stretch(f->st, f->a, STORE_NODE_ONLY, 1, 9, &v, &n));
	assert_memory_equal(v[0].prev_hash.p, first_hash, sizeof(first_hash));
	assert_ok(store_audit_lookup(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 2);
	assert_str(v[0].event_id, "e-3");
	assert_int_equal(v[0].n_resources, 1);
	assert_str(v[0].resources[0].name, "i-1");
	assert_ok(store_digest_list(f->st, f->a, STORE_NODE_ONLY, 1, 9, &d, &n));
	assert_int_equal(n, 2);
	assert_int_equal(d[1].seq, 2);
	assert_int_equal(d[1].created_at, 60);
	assert_int_equal(d[1].first_seq, 2);
	assert_int_equal(d[1].last_seq, 3);
	assert_true(str_eq(d[1].previous_signature, STR("\x0a")));
	assert_true(str_eq(d[1].signature, STR("\x0b")));
	assert_str(d[1].digest, "two");

	assert_ok(add(f, STORE_NODE_ONLY, 4));
	chain_holds(f, STORE_NODE_ONLY, 2, 3);
	assert_ok(store_digest_add(f->st,
	    &(struct store_digest){ .first_seq = 4, .last_seq = 4, .digest = STR("three") }, &seq));
	assert_int_equal(seq, 3);
	/* Append-only as before, and forgetting as before. */
	assert_int_equal(db_run(store_db(f->st), "DELETE FROM audit_event WHERE seq = 2",
			     DB_NO_ARGS, NULL),
	    ERR_DENIED);
	assert_ok(store_audit_retain(f->st, STORE_NODE_ONLY, 103, 9, &gone));
	assert_int_equal(gone, 1);
	chain_holds(f, STORE_NODE_ONLY, 3, 2);
	fixture_reopen(f);
	chain_holds(f, STORE_NODE_ONLY, 3, 2);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, fixture_accounts, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(each_has_its_chain),
		T(lookups_meet_all),
		T(digests_per_node),
		T(retention_per_node),
		cmocka_unit_test_setup_teardown(an_old_chain_goes_on, fixture_dir, fixture_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
