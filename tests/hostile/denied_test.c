/*
 * denied_test: tests that a call which is denied costs little, however much it names: it is decided
 * on the first target that is denied, before the others are looked up, and few of them are
 * recorded.
 */
#include "eve.h"
#include "statements.h"

#define MANY 1000 /* ids: as many as a list may have */

static const struct {
	const char *action, *name;
} rows[] = {
	{ "TerminateInstances", "InstanceId" },
	{ "StopInstances", "InstanceId" },
	{ "StartInstances", "InstanceId" },
	{ "CreateTags&Tag.1.Key=k&Tag.1.Value=v", "ResourceId" },
	{ "DeleteTags", "ResourceId" },
};

/* How many statements the store runs for a call that is answered with this status. */
static size_t
statements(struct fixture *f, const char *body, unsigned status)
{
	struct api_response resp;
	size_t before = statements_begun;

	resp = fixture_ec2(f, body);
	assert_status(f, &resp, status);
	return statements_begun - before;
}

/* Denied on the first, the call takes as many statements with a thousand ids as with one, but for
 * the resources that its record names. */
static void
nothing_behind_a_denial_is_looked_up(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	size_t i, one, all;

	as_eve(f);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)statements(f, naming(f, rows[i].action, rows[i].name, 1), 403);
		one = statements(f, naming(f, rows[i].action, rows[i].name, 1), 403);
		all = statements(f, naming(f, rows[i].action, rows[i].name, MANY), 403);
		if (all > one + 15)
			fail_msg("%s: %zu statements for one, %zu for all", rows[i].action, one,
			    all);
		fixture_audit(f, &ev);
		assert_int_equal(ev.n_resources, 16);
		assert_string_equal(fixture_cstr(f, ev.resources[0].name), "i-00000000000000001");
		assert_string_equal(fixture_cstr(f, ev.resources[15].name), "i-00000000000000016");
	}
}

/* The record names the target that was denied, wherever it stands. */
static void
the_denied_target_is_recorded(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;

	allow(f,
	    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\","
	    "\"Resource\":\"*\"},{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":"
	    "\"arn:aws:ec2:*:*:instance/i-00000000000000500\"}]}");
	as_eve(f);
	resp = fixture_ec2(f, naming(f, "TerminateInstances", "InstanceId", MANY));
	assert_status(f, &resp, 403);
	assert_has(f, &resp, "/i-00000000000000500 with an explicit deny");
	fixture_audit(f, &ev);
	assert_int_equal(ev.n_resources, 16);
	assert_string_equal(fixture_cstr(f, ev.resources[14].name), "i-00000000000000015");
	assert_string_equal(fixture_cstr(f, ev.resources[15].name), "i-00000000000000500");
}

/* Tags and condition keys of each of many targets still decide, the last one's too. */
static void
each_target_is_decided_by_its_own(void **state)
{
	struct fixture *f = *state;
	const char *a = fixture_launch(f, ""), *b = fixture_launch(f, "");
	struct store_tag tag = { STR(ACCOUNT), str_of(a), STR("instance"), STR("team"),
		STR("blue") };
	struct api_response resp;
	const char *both = arena_fmt(f->a, "StopInstances&InstanceId.1=%s&InstanceId.2=%s", a, b).p;

	allow(f,
	    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\","
	    "\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"aws:ResourceTag/team\":"
	    "\"blue\",\"ec2:InstanceType\":\"m1.small\"}}}}");
	assert_ok(store_tag_set(f->st, &tag));
	as_eve(f);
	resp = fixture_ec2(f, both);
	assert_status(f, &resp, 403);
	assert_has(f, &resp,
	    arena_fmt(f->a,
		"on resource: arn:aws:ec2:" REGION ":" ACCOUNT
		":instance/%s because no identity-based policy allows",
		b)
		.p);
	tag.resource_id = str_of(b);
	assert_ok(store_tag_set(f->st, &tag));
	resp = fixture_ec2(f, both);
	assert_status(f, &resp, 200);
}

/* A policy of as many condition keys as an inline policy has room for. */
static const char *
asking_much(struct fixture *f, const char *key)
{
	const char *document;
	struct buf b;
	int i;

	buf_init(&b, 1u << 20);
	buf_c(&b,
	    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\","
	    "\"Resource\":\"*\"},{\"Effect\":\"Deny\",\"Action\":\"x:y\",\"Resource\":\"*\","
	    "\"Condition\":{\"StringEquals\":{");
	for (i = 0; i < 10000; i++)
		buf_fmt(&b, "%s\"%s%d\":\"v\"", i == 0 ? "" : ",", key, i);
	buf_c(&b, "}}}]}");
	document = fixture_cstr(f, buf_view(&b));
	buf_release(&b);
	return document;
}

/* To look for what the policies ask for is work too: it counts as steps of the decisions, and the
 * call is denied when there are none left. Keys that nothing here has cost nothing for each target.
 */
static void
what_policies_ask_for_is_counted(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	f->settings.api_rate = 0;
	allow(f, asking_much(f, "aws:ResourceTag/"));
	as_eve(f);
	resp = fixture_ec2(f, naming(f, "TerminateInstances", "InstanceId", 1));
	assert_status(f, &resp, 403);
	assert_has(f, &resp, "because the policies and the request take too long to compare");
	allow(f, asking_much(f, "nobody:has/"));
	resp = fixture_ec2(f, naming(f, "TerminateInstances", "InstanceId", MANY));
	assert_status(f, &resp, 400);
	assert_has(f, &resp, "InvalidInstanceID.NotFound");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, statements_setup, statements_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_behind_a_denial_is_looked_up),
		TEST(the_denied_target_is_recorded),
		TEST(each_target_is_decided_by_its_own),
		TEST(what_policies_ask_for_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
