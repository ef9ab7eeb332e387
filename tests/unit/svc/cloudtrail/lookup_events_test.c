/*
 * lookup_events_test: tests LookupEvents: what it finds, in which order and pages, and what it
 * refuses.
 */
#include "fixture.h"

#include "api/policies.h"
#include "store/store_inline_policy.h"

#define DAY INT64_C(86400)

static const char *record = "{\"eventVersion\":\"1.08\",\"n\":\"<&\\\"\"}";

/* Event n at NOW_S + at, of the account. */
static void
event_add(struct fixture *f, int n, int64_t at, const char *name)
{
	struct store_audit_resource resources[] = {
		{ STR("AWS::EC2::Instance"), arena_fmt(f->a, "i-%017d", n) },
		{ STR("AWS::EC2::VPC"), STR(VPC) },
	};
	struct store_audit_event v = { .event_id = arena_fmt(f->a, "event-%d", n),
		.event_at = NOW_S + at,
		.account_id = STR(ACCOUNT),
		.event_source = STR("ec2-instance-connect.amazonaws.com"),
		.event_name = str_of(name),
		.read_only = n % 2 == 0,
		.access_key_id = arena_fmt(f->a, "AKIA%d", n % 3),
		.username = n % 2 == 0 ? STR("alice") : STR("bob"),
		.principal_arn = STR("arn"),
		.source_ip = STR("192.0.2.1"),
		.request_id = STR(REQUEST_ID),
		.record = str_of(record),
		.resources = resources,
		.n_resources = 2 };

	assert_ok(store_audit_add(f->st, &v));
}

static int
setup(void **state)
{
	struct fixture *f;
	int i;

	assert_ok(fixture_setup(state));
	f = *state;
	f->settings.lookup_rate = 0;
	/* 0 is older than the window; 1 to 5, ten seconds apart. */
	event_add(f, 0, -91 * DAY, "Push");
	for (i = 1; i <= 5; i++)
		event_add(f, i, -100 + 10 * i, i < 5 ? "Push" : "Other");
	return 0;
}

static struct api_response
lookup(struct fixture *f, const char *body)
{
	return fixture_cloudtrail(f, "LookupEvents", body);
}

/* The ids of the events in an answer, as "5 4 3"; of the setup's only. */
static const char *
ids(struct fixture *f, struct api_response *resp)
{
	struct str out = STR("");
	struct json *root;
	const struct json *events;
	struct str id;
	size_t i;

	assert_status(f, resp, 200);
	assert_ok(json_parse(resp->body, resp->body.n, 32, &root, NULL));
	events = json_get(root, "Events");
	assert_int_equal(json_kind(events), JSON_KIND_ARRAY);
	for (i = 0; i < json_len(events); i++) {
		assert_ok(json_str(json_get(json_at(events, i), "EventId"), &id));
		if (!str_starts(id, STR("event-")))
			continue;
		out = arena_fmt(f->a, "%.*s%s%.*s", STR_FMT(out), out.n > 0 ? " " : "",
		    STR_FMT(str_from(id, 6)));
	}
	json_free(root);
	return fixture_cstr(f, out);
}

static const char *
next_token(struct fixture *f, struct api_response *resp)
{
	struct json *root;
	struct str token = STR("");
	const char *out;

	assert_ok(json_parse(resp->body, resp->body.n, 32, &root, NULL));
	(void)!json_str(json_get(root, "NextToken"), &token);
	out = fixture_cstr(f, token);
	json_free(root);
	return out;
}

static void
test_answer(void **state)
{
	struct fixture *f = *state;
	struct api_response resp = lookup(f,
	    "{\"LookupAttributes\":[{\"AttributeKey\":"
	    "\"EventName\",\"AttributeValue\":\"Other\"}]}");
	struct store_audit_event ev;

	assert_status(f, &resp, 200);
	assert_string_equal(fixture_cstr(f, resp.body),
	    "{\"Events\":[{\"EventId\":\"event-5\",\"EventName\":\"Other\",\"ReadOnly\":\"false\","
	    "\"AccessKeyId\":\"AKIA2\",\"EventTime\":1699999950,\"EventSource\":"
	    "\"ec2-instance-connect.amazonaws.com\",\"Username\":\"bob\",\"Resources\":["
	    "{\"ResourceType\":\"AWS::EC2::Instance\",\"ResourceName\":\"i-00000000000000005\"},"
	    "{\"ResourceType\":\"AWS::EC2::VPC\",\"ResourceName\":\"" VPC "\"}],"
	    "\"CloudTrailEvent\":\"{\\\"eventVersion\\\":\\\"1.08\\\",\\\"n\\\":\\\"<&\\\\\\\"\\\"}"
	    "\"}]}");
	/* Looking is recorded too. */
	fixture_audit(f, &ev);
	assert_string_equal(fixture_cstr(f, ev.event_name), "LookupEvents");
	assert_string_equal(fixture_cstr(f, ev.event_source), "cloudtrail.amazonaws.com");
	assert_true(ev.read_only);
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "\"requestParameters\":{\"lookupAttributes\":[{\"attributeKey\":\"EventName\","
	    "\"attributeValue\":\"Other\"}]},\"responseElements\":null,"));
	resp = lookup(f, "{}");
	fixture_audit(f, &ev);
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "\"requestParameters\":null,\"responseElements\":null,"));
	resp = lookup(f, "{\"StartTime\":1699999950.75,\"EventCategory\":\"insight\"}");
	assert_string_equal(fixture_cstr(f, resp.body), "{\"Events\":[]}");
	fixture_audit(f, &ev);
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "\"requestParameters\":{\"startTime\":\"Nov 14, 2023 10:12:30 PM\",\"eventCategory\":"
	    "\"insight\"}"));
}

static const struct {
	const char *key, *value, *want;
} found[] = {
	{ "EventId", "event-3", "3" },
	{ "EventId", "event-0", "" },
	{ "EventId", "event-9", "" },
	{ "EventName", "Push", "4 3 2 1" },
	{ "EventName", "push", "" },
	{ "ReadOnly", "true", "4 2" },
	{ "ReadOnly", "false", "5 3 1" },
	{ "Username", "alice", "4 2" },
	{ "Username", "Alice", "" },
	{ "ResourceType", "AWS::EC2::VPC", "5 4 3 2 1" },
	{ "ResourceType", "AWS::EC2::Subnet", "" },
	{ "ResourceName", "i-00000000000000002", "2" },
	{ "ResourceName", VPC, "5 4 3 2 1" },
	{ "EventSource", "ec2-instance-connect.amazonaws.com", "5 4 3 2 1" },
	{ "EventSource", "ec2.amazonaws.com", "" },
	{ "AccessKeyId", "AKIA1", "4 1" },
	{ "AccessKeyId", "AKIA7", "" },
};

static void
test_attributes(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	for (i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
		resp = lookup(f,
		    arena_fmt(f->a,
			"{\"LookupAttributes\":[{\"AttributeKey\":\"%s\","
			"\"AttributeValue\":\"%s\"}]}",
			found[i].key, found[i].value)
			.p);
		if (strcmp(ids(f, &resp), found[i].want) != 0)
			fail_msg("%s=%s: %s", found[i].key, found[i].value, ids(f, &resp));
	}
}

/* Events 1 to 5 are at NOW_S - 90, -80 ... -50. */
static const struct {
	const char *body, *want;
} ranges[] = {
	{ "{}", "5 4 3 2 1" },
	{ "{\"EventCategory\":\"management\"}", "5 4 3 2 1" },
	{ "{\"EventCategory\":null}", "5 4 3 2 1" },
	{ "{\"StartTime\":1699999930}", "5 4 3" },
	{ "{\"StartTime\":1699999930.0}", "5 4 3" },
	{ "{\"StartTime\":1699999929.5}", "5 4 3" },
	{ "{\"StartTime\":1699999930.5}", "5 4" },
	{ "{\"StartTime\":1.69999993e9}", "5 4 3" },
	{ "{\"EndTime\":1699999930}", "3 2 1" },
	{ "{\"EndTime\":1699999930.5}", "3 2 1" },
	{ "{\"EndTime\":1699999929.999}", "2 1" },
	{ "{\"StartTime\":1699999920,\"EndTime\":1699999940}", "4 3 2" },
	{ "{\"StartTime\":1699999930,\"EndTime\":1699999930}", "3" },
	{ "{\"StartTime\":0}", "5 4 3 2 1" }, /* 90 days all the same */
	{ "{\"EndTime\":253402300799}", "5 4 3 2 1" },
	{ "{\"EndTime\":0}", "" },
};

static void
test_ranges(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		resp = lookup(f, ranges[i].body);
		if (strcmp(ids(f, &resp), ranges[i].want) != 0)
			fail_msg("%s: %s", ranges[i].body, ids(f, &resp));
	}
}

#define BY(key, value) \
	"{\"LookupAttributes\":[{\"AttributeKey\":" key ",\"AttributeValue\":" value "}]}"

static const struct {
	const char *body, *type;
} refusals[] = {
	{ BY("\"eventname\"", "\"Push\""), "InvalidLookupAttributesException" },
	{ BY("\"SourceIP\"", "\"Push\""), "InvalidLookupAttributesException" },
	{ BY("\"\"", "\"Push\""), "InvalidLookupAttributesException" },
	{ BY("\"EventName\"", "\"\""), "InvalidLookupAttributesException" },
	{ BY("\"ReadOnly\"", "\"yes\""), "InvalidLookupAttributesException" },
	{ "{\"LookupAttributes\":[{\"AttributeKey\":\"EventName\",\"AttributeValue\":\"a\"},"
	  "{\"AttributeKey\":\"Username\",\"AttributeValue\":\"b\"}]}",
	    "InvalidLookupAttributesException" },
	{ "{\"LookupAttributes\":[{\"AttributeKey\":\"EventName\"}]}", "ValidationException" },
	{ BY("7", "\"Push\""), "SerializationException" },
	{ "{\"LookupAttributes\":{}}", "SerializationException" },
	{ "{\"StartTime\":1700000001,\"EndTime\":1700000000}", "InvalidTimeRangeException" },
	{ "{\"StartTime\":1700000000.5,\"EndTime\":1700000000}", "InvalidTimeRangeException" },
	{ "{\"StartTime\":-1}", "ValidationException" },
	{ "{\"StartTime\":253402300800}", "ValidationException" },
	{ "{\"StartTime\":1e300}", "ValidationException" },
	{ "{\"StartTime\":\"2023-11-14\"}", "SerializationException" },
	{ "{\"MaxResults\":0}", "InvalidMaxResultsException" },
	{ "{\"MaxResults\":51}", "InvalidMaxResultsException" },
	{ "{\"MaxResults\":-1}", "InvalidMaxResultsException" },
	{ "{\"MaxResults\":\"5\"}", "SerializationException" },
	{ "{\"EventCategory\":\"data\"}", "InvalidEventCategoryException" },
	{ "{\"NextToken\":\"x\"}", "InvalidNextTokenException" },
	{ "{\"NextToken\":\"MTpMb29rdXBFdmVudHM6\"}", "InvalidNextTokenException" },
	{ "[]", "SerializationException" },
	{ "", "SerializationException" },
};

static void
test_refusals(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		resp = lookup(f, refusals[i].body);
		assert_status(f, &resp, 400);
		if (!fixture_has(&resp, arena_fmt(f->a, "{\"__type\":\"%s\",", refusals[i].type).p))
			fail_msg("%s: %s", refusals[i].body, fixture_cstr(f, resp.body));
		fixture_audit(f, &ev);
		assert_string_equal(fixture_cstr(f, ev.error_code), refusals[i].type);
	}
}

static void
test_pages(void **state)
{
	struct fixture *f = *state;
	const char *query = "\"LookupAttributes\":[{\"AttributeKey\":\"EventSource\","
			    "\"AttributeValue\":\"ec2-instance-connect.amazonaws.com\"}]";
	struct api_response resp;
	const char *token, *second;

	resp = lookup(f, arena_fmt(f->a, "{%s,\"MaxResults\":2}", query).p);
	assert_string_equal(ids(f, &resp), "5 4");
	token = next_token(f, &resp);
	assert_true(strlen(token) > 0);
	/* What comes meanwhile does not disturb. */
	event_add(f, 6, 0, "Push");
	resp = lookup(f,
	    arena_fmt(f->a, "{%s,\"MaxResults\":2,\"NextToken\":\"%s\"}", query, token).p);
	assert_string_equal(ids(f, &resp), "3 2");
	second = next_token(f, &resp);
	resp = lookup(f, arena_fmt(f->a, "{%s,\"NextToken\":\"%s\"}", query, second).p);
	assert_string_equal(ids(f, &resp), "1");
	assert_string_equal(next_token(f, &resp), "");
	/* The same token again gives the same page; another query none. */
	resp = lookup(f,
	    arena_fmt(f->a, "{%s,\"MaxResults\":50,\"NextToken\":\"%s\"}", query, token).p);
	assert_string_equal(ids(f, &resp), "3 2 1");
	resp = lookup(f,
	    arena_fmt(f->a,
		"{\"LookupAttributes\":[{\"AttributeKey\":"
		"\"EventSource\",\"AttributeValue\":\"ec2.amazonaws.com\"}],"
		"\"NextToken\":\"%s\"}",
		token)
		.p);
	assert_has(f, &resp, "InvalidNextTokenException");
	resp = lookup(f, arena_fmt(f->a, "{\"NextToken\":\"%s\"}", token).p);
	assert_has(f, &resp, "InvalidNextTokenException");
	resp =
	    lookup(f, arena_fmt(f->a, "{%s,\"StartTime\":1,\"NextToken\":\"%s\"}", query, token).p);
	assert_has(f, &resp, "InvalidNextTokenException");
	/* A page that is exactly full is the last one. */
	resp = lookup(f, arena_fmt(f->a, "{%s,\"MaxResults\":6}", query).p);
	assert_string_equal(ids(f, &resp), "6 5 4 3 2 1");
	assert_string_equal(next_token(f, &resp), "");
}

/* Many in one second, over pieces and pages: each once. */
static void
test_one_second(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	const char *token = "", *body;
	size_t seen = 0, n;
	int i;

	for (i = 100; i < 223; i++)
		event_add(f, i, 5, "Many");
	do {
		body = arena_fmt(f->a,
		    "{\"LookupAttributes\":[{\"AttributeKey\":\"EventName\","
		    "\"AttributeValue\":\"Many\"}]%s%s%s}",
		    *token != '\0' ? ",\"NextToken\":\"" : "", token, *token != '\0' ? "\"" : "")
			   .p;
		resp = lookup(f, body);
		n = strlen(ids(f, &resp));
		/* "222 221 ...": three digits and a space each. */
		seen += (n + 1) / 4;
		token = next_token(f, &resp);
		assert_true(*token == '\0' || (n + 1) / 4 == 50);
	} while (*token != '\0');
	assert_int_equal(seen, 123);
}

/* Records of 200 kB: a page ends early, and none is left out. */
static void
test_large(void **state)
{
	struct fixture *f = *state;
	char *large = xalloc(200001);
	struct api_response resp;
	const char *was = record;
	const char *token;
	int i;

	memset(large, 'x', 200000);
	large[0] = '"';
	large[199999] = '"';
	record = large;
	for (i = 10; i < 20; i++)
		event_add(f, i, 5, "Large");
	record = was;
	xfree(large);
	resp = lookup(f, BY("\"EventName\"", "\"Large\""));
	assert_string_equal(ids(f, &resp), "19 18 17 16 15 14");
	token = next_token(f, &resp);
	resp = lookup(f,
	    arena_fmt(f->a,
		"{\"LookupAttributes\":[{\"AttributeKey\":\"EventName\","
		"\"AttributeValue\":\"Large\"}],\"NextToken\":\"%s\"}",
		token)
		.p);
	assert_string_equal(ids(f, &resp), "13 12 11 10");
	assert_string_equal(next_token(f, &resp), "");
}

/* Events of another account are not shown, whoever asks. */
static void
test_accounts(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	f->access_key = OTHER_KEY;
	resp = lookup(f, "{}");
	assert_string_equal(ids(f, &resp), "");
	assert_has_not(f, &resp, "event-");
}

static void
test_denied(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;

	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	/* Not even whether the request is right. */
	resp = lookup(f, "{\"MaxResults\":99}");
	assert_status(f, &resp, 400);
	assert_has(f, &resp, "{\"__type\":\"AccessDeniedException\",");
	assert_has(f, &resp, "cloudtrail:LookupEvents");
	fixture_audit(f, &ev);
	assert_string_equal(fixture_cstr(f, ev.error_code), "AccessDenied");
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "\"requestParameters\":null,\"responseElements\":null,"));
}

/* A principal that may look nothing up, and another that may, take nothing from this one, however
 * often they try. */
static void
test_others_do_not_throttle(void **state)
{
	const struct store_inline_policy all = { STR("AIDACKCEVSQ6C2EXAMPLE"), STR("all"),
		STR("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
		    "\"Action\":\"cloudtrail:LookupEvents\",\"Resource\":\"*\"}}") };
	struct fixture *f = *state;
	struct api_response resp;
	int i;

	f->settings.lookup_rate = 1;
	f->settings.lookup_burst = 3;
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	for (i = 0; i < 10; i++) {
		resp = lookup(f, "{}");
		assert_has(f, &resp, "{\"__type\":\"AccessDeniedException\",");
	}
	/* What it was denied, it did not use up. */
	assert_ok(store_inline_policy_put(f->st, &all));
	policies_changed(f->api->policies);
	for (i = 0; i < 10; i++) {
		resp = lookup(f, "{}");
		assert_int_equal(resp.status, i < 3 ? 200 : 400);
	}
	f->access_key = ROOT_KEY;
	f->secret = ROOT_SECRET;
	resp = lookup(f, "{}");
	assert_status(f, &resp, 200);
}

static void
test_throttle(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;
	int i;

	f->settings.lookup_rate = 1;
	f->settings.lookup_burst = 3;
	for (i = 0; i < 3; i++) {
		resp = lookup(f, "{}");
		assert_status(f, &resp, 200);
	}
	resp = lookup(f, "{}");
	assert_status(f, &resp, 400);
	assert_has(f, &resp, "{\"__type\":\"ThrottlingException\",");
	fixture_audit(f, &ev);
	assert_string_equal(fixture_cstr(f, ev.error_code), "ThrottlingException");
	f->boot_ms += 1000;
	resp = lookup(f, "{}");
	assert_status(f, &resp, 200);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_answer),
		TEST(test_attributes),
		TEST(test_ranges),
		TEST(test_refusals),
		TEST(test_pages),
		TEST(test_one_second),
		TEST(test_large),
		TEST(test_accounts),
		TEST(test_denied),
		TEST(test_throttle),
		TEST(test_others_do_not_throttle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
