/* audit_test: tests recording and looking up audit events, and that the trail only grows. */
#include "fixture.h"

#include "store/db.h"
#include "store/store_audit.h"

static struct store_audit_event
event(struct str event_id, int64_t event_at)
{
	return (struct store_audit_event){ .event_id = event_id,
		.event_at = event_at,
		.account_id = ACCOUNT,
		.event_source = STR("ec2-instance-connect.amazonaws.com"),
		.event_name = STR("SendSSHPublicKey"),
		.access_key_id = STR("AKIA1"),
		.username = STR("alice"),
		.principal_arn = STR("arn:aws:iam::111122223333:user/alice"),
		.source_ip = STR("192.0.2.1"),
		.user_agent = STR("aws-cli/2.17"),
		.request_id = STR("q-1"),
		.record = STR("{\"eventVersion\":\"1.08\"}") };
}

static struct store_audit_query
all(void)
{
	return (struct store_audit_query){ .account_id = ACCOUNT, .to_at = INT64_MAX, .limit = 50 };
}

static void
event_round_trip(void **state)
{
	struct fixture *f = *state;
	struct store_audit_resource resources[] = {
		{ STR("AWS::EC2::Instance"), STR("i-1") },
		{ STR("AWS::EC2::KeyPair"), STR("mine") },
	};
	struct store_audit_event in = event(STR("e-1"), 100), *v;
	struct store_audit_query q = all();
	size_t n;

	in.read_only = true;
	in.error_code = STR("AccessDenied");
	in.resources = resources;
	in.n_resources = 2;
	assert_ok(store_audit_add(f->st, &in));
	assert_int_equal(store_audit_add(f->st, &in), ERR_EXISTS);
	in.event_id = STR("e-2");
	in.account_id = STR("9");
	assert_int_equal(store_audit_add(f->st, &in), ERR_BADSTATE);
	fixture_reopen(f);
	assert_ok(store_audit_lookup(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 1);
	assert_int_equal(v[0].seq, 1);
	assert_str(v[0].event_id, "e-1");
	assert_int_equal(v[0].event_at, 100);
	assert_str(v[0].account_id, "111122223333");
	assert_str(v[0].event_source, "ec2-instance-connect.amazonaws.com");
	assert_str(v[0].event_name, "SendSSHPublicKey");
	assert_true(v[0].read_only);
	assert_str(v[0].access_key_id, "AKIA1");
	assert_str(v[0].username, "alice");
	assert_str(v[0].principal_arn, "arn:aws:iam::111122223333:user/alice");
	assert_str(v[0].source_ip, "192.0.2.1");
	assert_str(v[0].user_agent, "aws-cli/2.17");
	assert_str(v[0].request_id, "q-1");
	assert_str(v[0].error_code, "AccessDenied");
	assert_str(v[0].record, "{\"eventVersion\":\"1.08\"}");
	assert_int_equal(v[0].n_resources, 2);
	assert_str(v[0].resources[0].type, "AWS::EC2::Instance");
	assert_str(v[0].resources[0].name, "i-1");
	assert_str(v[0].resources[1].type, "AWS::EC2::KeyPair");
	assert_str(v[0].resources[1].name, "mine");
	q.account_id = OTHER_ACCOUNT;
	assert_ok(store_audit_lookup(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 0);
}

/* Five events that differ in one thing each; e-0 is in the other account. */
static void
add_five(struct fixture *f)
{
	struct store_audit_resource one[] = { { STR("AWS::EC2::Instance"), STR("i-1") } };
	struct store_audit_resource two[] = {
		{ STR("AWS::EC2::Instance"), STR("i-1") },
		{ STR("AWS::EC2::Instance"), STR("i-2") },
		{ STR("AWS::EC2::VPC"), STR("i-1") },
	};
	struct store_audit_event e0 = event(STR("e-0"), 100), e1 = event(STR("e-1"), 101);
	struct store_audit_event e2 = event(STR("e-2"), 102), e3 = event(STR("e-3"), 103);
	struct store_audit_event e4 = event(STR("e-4"), 104);

	e0.account_id = OTHER_ACCOUNT;
	e0.resources = e1.resources = one;
	e0.n_resources = e1.n_resources = 1;
	e2.username = STR("bob");
	e2.access_key_id = STR("AKIA2");
	e2.resources = two;
	e2.n_resources = 3;
	e3.event_name = STR("RunInstances");
	e3.event_source = STR("ec2.amazonaws.com");
	e4.read_only = true;
	assert_ok(store_audit_add(f->st, &e0));
	assert_ok(store_audit_add(f->st, &e1));
	assert_ok(store_audit_add(f->st, &e2));
	assert_ok(store_audit_add(f->st, &e3));
	assert_ok(store_audit_add(f->st, &e4));
}

static void
lookup_by_each_attribute(void **state)
{
	struct fixture *f = *state;
	const struct {
		enum store_audit_attribute attribute;
		struct str value;
		const char *ids;
	} rows[] = {
		{ STORE_AUDIT_ANY, STR(""), "e-4 e-3 e-2 e-1 " },
		{ STORE_AUDIT_ANY, STR("ignored"), "e-4 e-3 e-2 e-1 " },
		{ STORE_AUDIT_EVENT_ID, STR("e-2"), "e-2 " },
		{ STORE_AUDIT_EVENT_ID, STR("e-0"), "" }, /* of the other account */
		{ STORE_AUDIT_EVENT_NAME, STR("SendSSHPublicKey"), "e-4 e-2 e-1 " },
		{ STORE_AUDIT_EVENT_NAME, STR("sendsshpublickey"), "" },
		{ STORE_AUDIT_READ_ONLY, STR("true"), "e-4 " },
		{ STORE_AUDIT_READ_ONLY, STR("false"), "e-3 e-2 e-1 " },
		{ STORE_AUDIT_USERNAME, STR("bob"), "e-2 " },
		{ STORE_AUDIT_USERNAME, STR(""), "" },
		{ STORE_AUDIT_RESOURCE_TYPE, STR("AWS::EC2::Instance"), "e-2 e-1 " },
		{ STORE_AUDIT_RESOURCE_TYPE, STR("AWS::EC2::VPC"), "e-2 " },
		{ STORE_AUDIT_RESOURCE_NAME, STR("i-1"), "e-2 e-1 " },
		{ STORE_AUDIT_RESOURCE_NAME, STR("i-2"), "e-2 " },
		{ STORE_AUDIT_RESOURCE_NAME, STR("i-3"), "" },
		{ STORE_AUDIT_EVENT_SOURCE, STR("ec2.amazonaws.com"), "e-3 " },
		{ STORE_AUDIT_ACCESS_KEY_ID, STR("AKIA2"), "e-2 " },
	};
	struct store_audit_query q = all();
	struct store_audit_event *v;
	size_t n;

	add_five(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b;

		q.attribute = rows[i].attribute;
		q.value = rows[i].value;
		assert_ok(store_audit_lookup(f->st, f->a, &q, &v, &n));
		buf_init(&b, 1000);
		for (size_t k = 0; k < n; k++) {
			buf_str(&b, v[k].event_id);
			buf_ch(&b, ' ');
		}
		if (!str_eq_c(buf_view(&b), rows[i].ids))
			fail_msg("row %zu: %.*s", i, STR_FMT(buf_view(&b)));
		buf_release(&b);
	}
	q.attribute = STORE_AUDIT_READ_ONLY;
	q.value = STR("yes");
	assert_int_equal(store_audit_lookup(f->st, f->a, &q, &v, &n), ERR_RANGE);
	q.attribute = (enum store_audit_attribute)99;
	assert_int_equal(store_audit_lookup(f->st, f->a, &q, &v, &n), ERR_RANGE);
}

static void
lookup_within_a_window(void **state)
{
	struct fixture *f = *state;
	struct store_audit_query q = all();
	struct store_audit_event *v;
	size_t n;

	add_five(f);
	q.from_at = 102;
	q.to_at = 103;
	assert_ok(store_audit_lookup(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 2);
	assert_str(v[0].event_id, "e-3");
	assert_str(v[1].event_id, "e-2");
	q.attribute = STORE_AUDIT_RESOURCE_NAME;
	q.value = STR("i-1");
	assert_ok(store_audit_lookup(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 1);
	assert_str(v[0].event_id, "e-2");
	q.from_at = 104;
	assert_ok(store_audit_lookup(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 0);
}

/* Many in one second, and recorded out of order: every page goes on where the
 * last one ended, with and without an attribute. */
static void
lookup_pages_meet(void **state)
{
	struct fixture *f = *state;
	struct store_audit_resource r = { STR("AWS::EC2::Instance"), STR("i-1") };
	static const enum store_audit_attribute by[] = { STORE_AUDIT_ANY, STORE_AUDIT_EVENT_NAME,
		STORE_AUDIT_RESOURCE_NAME };
	struct str values[] = { STR(""), STR("SendSSHPublicKey"), STR("i-1") };
	char id[16];

	assert_ok(store_begin(f->st));
	for (int i = 0; i < 40; i++) {
		struct store_audit_event e;

		snprintf(id, sizeof(id), "e-%d", i);
		e = event(str_of(id), i % 7 == 0 ? 200 - i : 100 + i / 10);
		e.resources = &r;
		e.n_resources = 1;
		assert_ok(store_audit_add(f->st, &e));
	}
	assert_ok(store_commit(f->st));
	for (size_t k = 0; k < 3; k++) {
		struct store_audit_query q = all();
		int64_t last_at = INT64_MAX, last_seq = INT64_MAX;
		struct store_audit_event *v;
		size_t n, sum = 0;

		q.attribute = by[k];
		q.value = values[k];
		q.limit = 3;
		do {
			assert_ok(store_audit_lookup(f->st, f->a, &q, &v, &n));
			for (size_t i = 0; i < n; i++) {
				assert_true(v[i].event_at < last_at ||
				    (v[i].event_at == last_at && v[i].seq < last_seq));
				last_at = v[i].event_at;
				last_seq = v[i].seq;
				sum++;
			}
			q.before_at = last_at;
			q.before_place = last_seq;
		} while (n == 3);
		assert_int_equal(sum, 40);
	}
}

static void
the_trail_only_grows(void **state)
{
	struct fixture *f = *state;
	static const char *const refused[] = {
		"UPDATE audit_event SET username = 'mallory'",
		"UPDATE audit_event SET event_at = 0",
		"DELETE FROM audit_event WHERE event_id = 'e-1'",
		"INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event WHERE seq = 2",
		"UPDATE audit_resource SET resource_name = 'i-9'",
		"DELETE FROM audit_resource",
		"DELETE FROM audit_retention",
		"UPDATE audit_retention SET last_seq = -1",
		"UPDATE audit_retention SET last_hash = x''",
	};
	struct store_audit_query q = all();
	struct store_audit_event *v;
	struct db_stmt *stmt;
	size_t n;
	int r;

	add_five(f);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		assert_ok(db_prepare(store_db(f->st), refused[i], &stmt));
		if ((r = db_exec(stmt, NULL)) != ERR_DENIED)
			fail_msg("%s: %s", refused[i], err_text(r));
	}
	assert_ok(store_audit_lookup(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 4);
	assert_str(v[3].username, "alice");
}

static void
retention_deletes_the_old(void **state)
{
	struct fixture *f = *state;
	struct store_audit_query q = all();
	struct store_audit_event e = event(STR("e-9"), 50), *v;
	int64_t deleted;
	size_t n;

	add_five(f);
	assert_ok(store_audit_retain(f->st, STORE_NODE_ONLY, 103, 100, &deleted));
	assert_int_equal(deleted, 3);
	assert_ok(store_audit_lookup(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 2);
	assert_str(v[0].event_id, "e-4");
	assert_str(v[1].event_id, "e-3");
	q.attribute = STORE_AUDIT_RESOURCE_NAME;
	q.value = STR("i-1");
	assert_ok(store_audit_lookup(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 0);
	/* what was recorded late waits for what was recorded before it */
	assert_ok(store_audit_add(f->st, &e));
	assert_ok(store_audit_retain(f->st, STORE_NODE_ONLY, 103, 100, &deleted));
	assert_int_equal(deleted, 0);
	/* numbers are not given twice */
	assert_ok(store_audit_retain(f->st, STORE_NODE_ONLY, 1000, 100, &deleted));
	assert_int_equal(deleted, 3);
	assert_ok(store_audit_add(f->st, &e));
	q = all();
	assert_ok(store_audit_lookup(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 1);
	assert_int_equal(v[0].seq, 7);
}

/* By its time, not by its number; of any account. */
static void
newest_of_all(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event e = { .account_id = ACCOUNT, .record = STR("{}") };
	static const int64_t at[] = { 7, 9, 8 };
	int64_t newest = -1, deleted;

	assert_ok(store_audit_newest_at(f->st, &newest));
	assert_int_equal(newest, 0);
	for (size_t i = 0; i < 3; i++) {
		e.event_id = arena_fmt(f->a, "e-%zu", i);
		e.event_at = at[i];
		assert_ok(store_audit_add(f->st, &e));
	}
	assert_ok(store_audit_newest_at(f->st, &newest));
	assert_int_equal(newest, 9);
	e.event_id = STR("other");
	e.account_id = OTHER_ACCOUNT;
	e.event_at = 11;
	e.node_id = 3;
	assert_ok(store_audit_add(f->st, &e));
	assert_ok(store_audit_newest_at(f->st, &newest));
	assert_int_equal(newest, 11);
	assert_ok(store_audit_retain(f->st, 3, 1000, 100, &deleted));
	assert_ok(store_audit_newest_at(f->st, &newest));
	assert_int_equal(newest, 9);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, fixture_accounts, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(event_round_trip),
		T(lookup_by_each_attribute),
		T(lookup_within_a_window),
		T(lookup_pages_meet),
		T(the_trail_only_grows),
		T(retention_deletes_the_old),
		T(newest_of_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
