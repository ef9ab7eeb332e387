/*
 * refusals_test: tests that what is refused again and again leaves one record or line for each kind
 * and interval, with a count, and that the first of a kind is there at once and in full.
 */
#include "fixture.h"
#include "journal.h"

#include "api/policies.h"
#include "api/refusals.h"
#include "store/store_inline_policy.h"

#define ARN "arn:aws:iam::" ACCOUNT
#define MANY 300

static void
as_eve(struct fixture *f)
{
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
}

/* All that waits to be told. */
static void
tell(struct fixture *f, bool at_once)
{
	while (batch_tell(f->api, at_once))
		;
}

/* The interval is over. */
static void
later(struct fixture *f)
{
	f->boot_ms += REFUSALS_INTERVAL_MS;
	f->wall_ms += REFUSALS_INTERVAL_MS;
}

/* No request of root and eve passes any more. */
static void
exhaust(struct fixture *f)
{
	struct api_response resp;

	f->settings.api_rate = f->settings.api_burst = 1;
	resp = fixture_sts(f, "GetCallerIdentity");
	assert_status(f, &resp, 200);
}

static void
throttled_calls_are_counted(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;
	struct journal j;
	size_t before;
	const char *text;
	int i;

	as_eve(f);
	exhaust(f);
	before = fixture_audit(f, NULL);
	j = journal_begin();
	for (i = 0; i < MANY; i++) {
		resp = fixture_ec2(f, "DescribeVpcs");
		assert_status(f, &resp, 503);
		if (i == 100)
			f->wall_ms += 5000;
	}
	/* The first few are recorded as ever. */
	assert_int_equal(fixture_audit(f, &ev), before + 3);
	assert_non_null(strstr(fixture_cstr(f, ev.record), "\"tlsDetails\""));
	/* The interval goes on: nothing is told. */
	tell(f, false);
	assert_int_equal(fixture_audit(f, NULL), before + 3);
	later(f);
	tell(f, false);
	text = journal_end(f, &j);
	assert_int_equal(fixture_audit(f, &ev), before + 4);
	assert_string_equal(fixture_cstr(f, ev.record),
	    arena_fmt(f->a,
		"{\"eventVersion\":\"1.08\",\"userIdentity\":{\"type\":\"IAMUser\",\"principalId\":"
		"\"AIDACKCEVSQ6C2EXAMPLE\",\"arn\":\"" ARN ":user/eve\",\"accountId\":\"" ACCOUNT
		"\",\"accessKeyId\":\"" USER_KEY
		"\",\"userName\":\"eve\"},\"eventTime\":\"2023-11-14T22:14:25Z\",\"eventSource\":"
		"\"ec2.amazonaws.com\",\"eventName\":\"DescribeVpcs\",\"awsRegion\":\"" REGION
		"\",\"sourceIPAddress\":\"192.0.2.1\",\"userAgent\":\"test/1\",\"errorCode\":"
		"\"Client.RequestLimitExceeded\",\"errorMessage\":\"Rate exceeded\","
		"\"requestParameters\":null,\"responseElements\":null,\"additionalEventData\":{"
		"\"callCount\":297,\"firstEventTime\":\"2023-11-14T22:13:20Z\",\"lastEventTime\":"
		"\"2023-11-14T22:13:25Z\"},\"requestID\":\"" REQUEST_ID
		"\",\"eventID\":\"%.*s\",\"readOnly\":true,\"eventType\":\"AwsApiCall\","
		"\"managementEvent\":true,\"recipientAccountId\":\"" ACCOUNT
		"\",\"eventCategory\":\"Management\"}",
		STR_FMT(ev.event_id))
		.p);
	assert_string_equal(fixture_cstr(f, ev.event_name), "DescribeVpcs");
	assert_string_equal(fixture_cstr(f, ev.username), "eve");
	assert_string_equal(fixture_cstr(f, ev.error_code), "Client.RequestLimitExceeded");
	assert_int_equal(journal_lines(text, "ev=throttled"), 4);
	assert_int_equal(journal_lines(text, " again=297 seconds=5 peer=\"192.0.2.1\""), 1);
	/* Another interval, in which nothing came. */
	later(f);
	tell(f, false);
	assert_int_equal(fixture_audit(f, NULL), before + 4);
	/* Another begins with a record in full. */
	resp = fixture_sts(f, "GetCallerIdentity");
	assert_status(f, &resp, 200);
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_int_equal(fixture_audit(f, &ev), before + 6);
	assert_non_null(strstr(fixture_cstr(f, ev.record), "\"tlsDetails\""));
}

/* Who asks for many things has a few records, which together count all. */
static void
kinds_are_limited(void **state)
{
	static const char *const actions[] = { "DescribeVpcs", "DescribeSubnets",
		"DescribeInstances", "DescribeImages", "DescribeSecurityGroups" };
	struct fixture *f = *state;
	struct store_audit_event *v;
	const struct store_audit_query q = { .account_id = STR(ACCOUNT),
		.to_at = INT64_MAX,
		.limit = STORE_PAGE_MAX };
	struct api_request rq;
	size_t i, n, before, others = 0, total = 0;
	const char *at;

	as_eve(f);
	exhaust(f);
	before = fixture_audit(f, NULL);
	for (i = 0; i < MANY; i++) {
		rq = fixture_query_request(f, "ec2",
		    arena_fmt(f->a, "Action=%s&Version=2016-11-15", actions[i % 5]).p);
		rq.peer_ip = arena_fmt(f->a, "198.18.0.%zu", i / 5);
		(void)fixture_run(f, &rq);
	}
	tell(f, true);
	assert_ok(store_audit_lookup(f->st, f->a, &q, &v, &n));
	/* 16 kinds came once, and three of the others, in full; then there is the count. */
	assert_int_equal(n - before, REFUSALS_KINDS + REFUSALS_IN_FULL + 1);
	for (i = 0; i < n - before; i++) {
		at = strstr(fixture_cstr(f, v[i].record), "\"callCount\":");
		total += at == NULL ? 1 : strtoul(at + 12, NULL, 10);
		others += strstr(fixture_cstr(f, v[i].record), ",\"others\":true}") != NULL;
	}
	assert_int_equal(total, MANY);
	assert_int_equal(others, 1);
}

/* Actions that there are not, which are only logged, do not hide throttled calls from the trail. */
static void
throttled_calls_are_recorded_beside_nonsense(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	size_t i, before;

	as_eve(f);
	exhaust(f);
	before = fixture_audit(f, NULL);
	for (i = 0; i < REFUSALS_KINDS + REFUSALS_IN_FULL; i++)
		(void)fixture_ec2(f, arena_fmt(f->a, "Nonsense%zu", i).p);
	for (i = 0; i < MANY; i++)
		(void)fixture_ec2(f, "DescribeVpcs");
	tell(f, true);
	assert_int_equal(fixture_audit(f, &ev), before + REFUSALS_IN_FULL + 1);
	assert_string_equal(fixture_cstr(f, ev.event_name), "DescribeVpcs");
	assert_non_null(strstr(fixture_cstr(f, ev.record), "\"callCount\":297"));
}

/* Nor can a session record without limit what it may not call at all. */
static void
what_a_session_may_not_call_takes_tokens(void **state)
{
	static const enum iam_principal_type types[] = { IAM_USER, IAM_FEDERATED_USER };
	struct fixture *f = *state;
	struct api_response resp;
	struct session s;
	size_t i, before;
	int k;

	f->settings.api_rate = f->settings.api_burst = 1;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		s = (struct session){ .access_key_id = STR("ASIAIOSFODNN7EXAMPLE"),
			.issuer_key_id = STR(USER_KEY),
			.type = types[i],
			.account_id = STR(ACCOUNT),
			.entity_id = STR("AIDACKCEVSQ6C2EXAMPLE"),
			.session_name = types[i] == IAM_USER ? STR("") : STR("ci"),
			.issued_at = f->wall_ms / 1000,
			.expires_at = f->wall_ms / 1000 + 900 };
		fixture_session(f, &s);
		f->boot_ms += 5000;
		resp = fixture_iam(f, "ListUsers");
		assert_status(f, &resp, 403);
		before = fixture_audit(f, NULL);
		for (k = 0; k < MANY; k++) {
			resp = fixture_iam(f, "ListUsers");
			assert_status(f, &resp, 400);
			assert_has(f, &resp, "<Code>Throttling</Code>");
		}
		assert_int_equal(fixture_audit(f, NULL), before + REFUSALS_IN_FULL);
	}
}

/* One who is refused often does not hide how often another is. */
static void
each_principal_has_its_own(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	size_t before;
	int i;

	exhaust(f);
	as_eve(f);
	exhaust(f);
	before = fixture_audit(f, NULL);
	for (i = 0; i < MANY; i++)
		(void)fixture_sts(f, "GetCallerIdentity");
	f->access_key = ROOT_KEY;
	f->secret = ROOT_SECRET;
	(void)fixture_sts(f, "GetCallerIdentity");
	fixture_audit(f, &ev);
	assert_string_equal(fixture_cstr(f, ev.username), "root");
	tell(f, true);
	assert_int_equal(fixture_audit(f, NULL), before + REFUSALS_IN_FULL + 1 + 1);
}

/* An action that is not there draws from the principal's bucket, and is logged once. */
static void
unknown_actions(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	struct journal j = journal_begin();
	size_t before = fixture_audit(f, NULL);
	const char *text;
	int i;

	as_eve(f);
	f->settings.api_rate = 1;
	f->settings.api_burst = 10;
	for (i = 0; i < MANY; i++) {
		resp = fixture_ec2(f, "MakeCoffee");
		assert_has(f, &resp,
		    i < 10 ? "<Code>InvalidAction<" : "<Code>RequestLimitExceeded<");
	}
	/* Another name each time. */
	for (i = 0; i < MANY; i++)
		(void)fixture_ec2(f, arena_fmt(f->a, "MakeCoffee%d", i).p);
	tell(f, true);
	text = journal_end(f, &j);
	/* Twice three and a count, 14 of the other names, and three and a count of the rest. */
	assert_int_equal(journal_lines(text, "ev=no-action"), 2 * 4 + REFUSALS_KINDS - 2 + 4);
	assert_int_equal(journal_lines(text, " again=7 "), 1);
	assert_int_equal(journal_lines(text, " again=283 "), 1);
	assert_int_equal(journal_lines(text, "others=\"true\""), 1);
	assert_int_equal(journal_lines(text,
			     "principal=\"" ARN ":user/eve\" key=\"" USER_KEY
			     "\" service=\"ec2.amazonaws.com\" action=\"MakeCoffee\" "
			     "why=\"InvalidAction\""),
	    4);
	assert_int_equal(fixture_audit(f, NULL), before);
}

/* Requests whose signer is not known: the lines are limited for an address, and for all. */
static void
unauthentic_requests(void **state)
{
	struct fixture *f = *state;
	struct journal j = journal_begin();
	struct api_request rq;
	const char *text;
	int i;

	f->secret = "wrong";
	for (i = 0; i < MANY; i++)
		(void)fixture_sts(f, "GetCallerIdentity");
	tell(f, true);
	text = journal_end(f, &j);
	assert_int_equal(journal_lines(text, "ev=unauthentic"), 4);
	assert_int_equal(journal_lines(text, " again=297 "), 1);
	assert_int_equal(journal_lines(text,
			     " peer=\"192.0.2.1\" key=\"" ROOT_KEY "\" why=\"wrong signature\""),
	    4);
	/* Another key each time, from one address. */
	j = journal_begin();
	for (i = 0; i < MANY; i++) {
		f->access_key = arena_fmt(f->a, "AKIAGUESSED%09d", i).p;
		(void)fixture_sts(f, "GetCallerIdentity");
	}
	tell(f, true);
	text = journal_end(f, &j);
	assert_int_equal(journal_lines(text, "ev=unauthentic"),
	    REFUSALS_KINDS + REFUSALS_IN_FULL + 1);
	/* Another address each time. */
	j = journal_begin();
	for (i = 0; i < 1500; i++) {
		rq = fixture_query_request(f, "sts", "Action=GetCallerIdentity&Version=2011-06-15");
		rq.peer_ip = arena_fmt(f->a, "198.18.%d.%d", i / 250, i % 250);
		(void)fixture_run(f, &rq);
	}
	tell(f, true);
	text = journal_end(f, &j);
	assert_int_equal(journal_lines(text, "ev=unauthentic"), 1024 + REFUSALS_IN_FULL + 1);
	assert_int_equal(journal_lines(text, " again=473 "), 1);
	/* Another address of one network each time. */
	j = journal_begin();
	for (i = 0; i < MANY; i++) {
		rq = fixture_query_request(f, "sts", "Action=GetCallerIdentity&Version=2011-06-15");
		rq.peer_ip = arena_fmt(f->a, "2001:db8::%x", i);
		(void)fixture_run(f, &rq);
	}
	tell(f, true);
	text = journal_end(f, &j);
	assert_int_equal(journal_lines(text, "ev=unauthentic"),
	    REFUSALS_KINDS + REFUSALS_IN_FULL + 1);
}

/* A record that was not committed is not taken for one. */
static void
a_lost_record_is_the_first_again(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	size_t before;

	as_eve(f);
	exhaust(f);
	before = fixture_audit(f, NULL);
	fixture_disk_full(true);
	resp = fixture_ec2(f, "DescribeVpcs");
	fixture_disk_full(false);
	assert_status(f, &resp, 500);
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 503);
	assert_int_equal(fixture_audit(f, NULL), before + 1);
}

/* What the store does not take when it is told is told later. */
static void
counts_wait_for_the_store(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	size_t before;
	int i;

	as_eve(f);
	exhaust(f);
	before = fixture_audit(f, NULL);
	for (i = 0; i < 5; i++)
		(void)fixture_ec2(f, "DescribeVpcs");
	fixture_disk_full(true);
	assert_false(batch_tell(f->api, true));
	fixture_disk_full(false);
	assert_int_equal(fixture_audit(f, NULL), before + 3);
	tell(f, false);
	assert_int_equal(fixture_audit(f, &ev), before + 4);
	assert_non_null(strstr(fixture_cstr(f, ev.record), "\"callCount\":2,"));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(throttled_calls_are_counted),
		TEST(kinds_are_limited),
		TEST(throttled_calls_are_recorded_beside_nonsense),
		TEST(what_a_session_may_not_call_takes_tokens),
		TEST(each_principal_has_its_own),
		TEST(unknown_actions),
		TEST(unauthentic_requests),
		TEST(a_lost_record_is_the_first_again),
		TEST(counts_wait_for_the_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
