/*
 * cost_test: tests that a principal may use so much of core and no more, whatever it asks for: the
 * work that its requests turned out to be is drawn from its bucket.
 */
#include "eve.h"
#include "statements.h"

#include "api/limits.h"

#define BURST 200

static void
allow_all(struct fixture *f)
{
	allow(f,
	    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\","
	    "\"Resource\":\"*\"}}");
}

/* Users of the numbers from `from` on. */
static void
users_add(struct fixture *f, int from, int n)
{
	struct store_user u = { .account_id = STR(ACCOUNT), .path = STR("/"), .created_at = NOW_S };
	int i;

	for (i = from; i < from + n; i++) {
		u.user_id = arena_fmt(f->a, "AIDA%017d", i);
		u.name = arena_fmt(f->a, "user-%d", i);
		u.arn = arena_fmt(f->a, "arn:aws:iam::" ACCOUNT ":user/user-%d", i);
		assert_ok(store_user_add(f->st, &u));
	}
}

enum way { EC2, IAM };

static bool
has(const struct api_response *resp, const char *text)
{
	return memmem(resp->body.p, resp->body.n, text, strlen(text)) != NULL;
}

/* What a principal that starts with a full bucket gets done by asking for this until it is
 * throttled, while no time passes. *ret_last is what the last request took that passed. */
static uint64_t
work_of(struct fixture *f, enum way way, const char *body, uint64_t *ret_last)
{
	struct arena *a = arena_new(64u << 20);
	const struct api_request rq = fixture_query_request(f, way == EC2 ? "ec2" : "iam",
	    arena_fmt(f->a, "Action=%s&Version=%s", body, way == EC2 ? "2016-11-15" : "2010-05-08")
		.p);
	struct api_response resp;
	uint64_t work = 0;
	int i;

	f->boot_ms += 1000000;
	*ret_last = 0;
	for (i = 0; i <= BURST; i++) {
		arena_reset(a);
		batch_run(f->api, &rq, 1, a, &resp);
		if (resp.status == 503 || has(&resp, "<Code>Throttling<"))
			break;
		work += resp.work;
		*ret_last = resp.work;
	}
	arena_free(a);
	if (i > BURST)
		fail_msg("%.30s: not throttled", body);
	return work;
}

/* Refused or not, cheap or not: the requests that pass are no more work than the bucket has tokens
 * for, but for the last, which may draw what is not there. */
static void
work_is_bounded(void **state)
{
	struct fixture *f = *state;
	const struct {
		enum way way;
		const char *body;
	} rows[] = {
		{ EC2, "DescribeVpcs" },
		{ EC2, naming(f, "TerminateInstances", "InstanceId", 1000) },
		{ EC2, naming(f, "DescribeInstances", "InstanceId", 1000) },
		{ EC2, naming(f, "CreateTags&Tag.1.Key=k&Tag.1.Value=v", "ResourceId", 1000) },
		{ EC2, naming(f, "DescribeRegions", "Unheard", 1000) },
		{ IAM, "GetAccountAuthorizationDetails&MaxItems=1000" },
		{ IAM, "ListUsers&MaxItems=1000" },
		{ IAM, "GenerateNothing" },
	};
	uint64_t work, last;
	size_t i, allowed;

	f->settings.api_rate = 100;
	f->settings.api_burst = BURST;
	users_add(f, 0, 400);
	as_eve(f);
	for (allowed = 0; allowed < 2; allowed++) {
		for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			work = work_of(f, rows[i].way, rows[i].body, &last);
			if (work - last > BURST * LIMITS_WORK_PER_TOKEN)
				fail_msg("%zu: %llu steps", i, (unsigned long long)work);
		}
		allow_all(f);
	}
}

/* What was drawn beyond has to come back before anything else passes. */
static void
a_large_request_is_paid_for(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	const char *body = naming(f, "TerminateInstances", "InstanceId", 1000);
	int64_t tokens;

	allow_all(f);
	as_eve(f);
	f->settings.api_rate = 1;
	f->settings.api_burst = 1;
	f->boot_ms += 1000000;
	resp = fixture_ec2(f, body);
	assert_has(f, &resp, "<Code>InvalidInstanceID.NotFound<");
	tokens = (int64_t)(resp.work / LIMITS_WORK_PER_TOKEN);
	assert_true(tokens >= 4);
	f->boot_ms += tokens * 1000;
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_has(f, &resp, "<Code>RequestLimitExceeded<");
	f->boot_ms += 1000;
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 200);
}

/* The body of a policy with n statements, encoded. */
static const char *
policy_of(struct fixture *f, int n)
{
	const char *body;
	struct buf b;
	int i;

	buf_init(&b, 1u << 20);
	buf_c(&b,
	    "CreatePolicy&PolicyName=p&PolicyDocument=%7B%22Version%22%3A%222012-10-17%22%2C"
	    "%22Statement%22%3A%5B");
	for (i = 0; i < n; i++)
		buf_fmt(&b,
		    "%s%%7B%%22Effect%%22%%3A%%22Allow%%22%%2C%%22Action%%22%%3A%%22ec2%%3A*"
		    "%%22%%2C%%22Resource%%22%%3A%%22*%%22%%7D",
		    i > 0 ? "%2C" : "");
	buf_c(&b, "%5D%7D");
	body = fixture_cstr(f, buf_view(&b));
	buf_release(&b);
	return body;
}

/* A request with this repeated n times. */
static const char *
repeating(struct fixture *f, const char *head, const char *text, int n, const char *tail)
{
	const char *body;
	struct buf b;

	buf_init(&b, 1u << 20);
	buf_c(&b, head);
	while (n-- > 0)
		buf_c(&b, text);
	buf_c(&b, tail);
	body = fixture_cstr(f, buf_view(&b));
	buf_release(&b);
	return body;
}

/* It is charged between these. */
static void
assert_work(const char *name, struct api_response resp, uint64_t least, uint64_t most)
{
	if (resp.work < least || resp.work > most)
		fail_msg("%s: %llu steps", name, (unsigned long long)resp.work);
}

/* What a body is charged for goes by its parts, and by its bytes only if it is one long text. What
 * parts cost was measured (tests/bench/request_bench.c: 0.5 to 2 us for a parameter, 0.3 us for an
 * element of JSON, 5 us for a statement of a policy, 0.003 us for a byte); a step is 0.004 us. */
static void
parts_of_a_body_are_charged(void **state)
{
	struct fixture *f = *state;
	const char *push = "AWSEC2InstanceConnectService.SendSSHPublicKey";
	struct api_request rq;

	f->settings.api_rate = f->settings.push_rate = f->settings.costly_rate = 0;
	assert_work("unheard", fixture_ec2(f, naming(f, "DescribeRegions", "Unheard", 1000)),
	    250000, 1000000);
	assert_work("ids", fixture_ec2(f, naming(f, "DescribeInstances", "InstanceId", 1000)),
	    350000, 1400000);
	assert_work("no action", fixture_ec2(f, naming(f, "Nothing", "A", 1000)), 250000, 1000000);
	rq = fixture_json_request(f, push, repeating(f, "{\"a\":[\"\"", ",\"\"", 30000, "]}"));
	assert_work("json", fixture_run(f, &rq), 1200000, 5000000);
	assert_work("policy", fixture_iam(f, policy_of(f, 1200)), 1200000, 4800000);
	assert_work("text",
	    fixture_ec2(f, repeating(f, "Nothing&Long=", "aaaaaaaaaaaaaaaaaaaa", 10000, "")),
	    100000, 400000);
	/* What is not parsed, because nobody has signed it, is only hashed. */
	f->secret = "wrong";
	assert_work("unsigned", fixture_ec2(f, naming(f, "DescribeRegions", "Unheard", 1000)), 8192,
	    32768);
}

/* Ordinary requests cost one token. */
static void
small_requests_cost_one(void **state)
{
	static const char *const bodies[] = { "DescribeVpcs", "DescribeInstances",
		"TerminateInstances&InstanceId.1=i-0123456789abcdef0" };
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	(void)fixture_launch(f, "");
	(void)fixture_launch(f, "");
	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		resp = fixture_ec2(f, bodies[i]);
		if (resp.work >= LIMITS_WORK_PER_TOKEN)
			fail_msg("%s: %llu steps", bodies[i], (unsigned long long)resp.work);
	}
	/* The same again is the same. */
	resp = fixture_ec2(f, bodies[0]);
	assert_int_equal(resp.work, fixture_ec2(f, bodies[0]).work);
}

/* A page of GetAccountAuthorizationDetails takes some statements for each entity on it, and no more
 * than a page has. */
static void
details_are_paged(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	size_t before, few;

	f->settings.api_rate = 0;
	users_add(f, 0, 20);
	(void)fixture_iam(f, "GetAccountAuthorizationDetails&MaxItems=10");
	before = statements_begun;
	resp = fixture_iam(f, "GetAccountAuthorizationDetails&MaxItems=10");
	assert_status(f, &resp, 200);
	few = statements_begun - before;
	users_add(f, 20, 300);
	before = statements_begun;
	resp = fixture_iam(f, "GetAccountAuthorizationDetails&MaxItems=10");
	assert_int_equal(statements_begun - before, few);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, statements_setup, statements_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(work_is_bounded),
		TEST(a_large_request_is_paid_for),
		TEST(parts_of_a_body_are_charged),
		TEST(small_requests_cost_one),
		TEST(details_are_paged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
