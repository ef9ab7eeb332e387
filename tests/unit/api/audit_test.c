/*
 * audit_test: tests the audit records of every kind of caller and outcome, member by member
 * (wire.md 8.2, 8.3, 8.5), and that none has a secret in it.
 */
#include "fixture.h"

#include "store/store_role.h"

#define ARN "arn:aws:iam::" ACCOUNT
#define ROLE_ID "AROAIOSFODNN7EXAMPLE"
#define USER_ID "AIDACKCEVSQ6C2EXAMPLE"
#define TEMPORARY_KEY "ASIAIOSFODNN7EXAMPLE"
#define ROOT \
	"{\"type\":\"Root\",\"principalId\":\"" ACCOUNT "\",\"arn\":\"" ARN ":root\"," \
	"\"accountId\":\"" ACCOUNT "\",\"accessKeyId\":\"" ROOT_KEY "\"}"
#define EVE \
	"{\"type\":\"IAMUser\",\"principalId\":\"" USER_ID "\",\"arn\":\"" ARN ":user/eve\"," \
	"\"accountId\":\"" ACCOUNT "\",\"accessKeyId\":\"" USER_KEY "\",\"userName\":\"eve\"}"

/* The newest record is exactly this. middle: from errorCode, if there is one, to
 * responseElements. */
static void
assert_record(struct fixture *f, const char *identity, const char *service, const char *name,
    const char *region, const char *middle, const char *read_only)
{
	struct store_audit_event ev;

	assert_true(fixture_audit(f, &ev) > 0);
	assert_string_equal(fixture_cstr(f, ev.record),
	    arena_fmt(f->a,
		"{\"eventVersion\":\"1.08\",\"userIdentity\":%s,\"eventTime\":"
		"\"2023-11-14T22:13:20Z\",\"eventSource\":\"%s.amazonaws.com\","
		"\"eventName\":\"%s\","
		"\"awsRegion\":\"%s\",\"sourceIPAddress\":\"192.0.2.1\","
		"\"userAgent\":\"test/1\",%s,"
		"\"requestID\":\"" REQUEST_ID "\",\"eventID\":\"%.*s\",\"readOnly\":%s,"
		"\"eventType\":\"AwsApiCall\",\"managementEvent\":true,\"recipientAccountId\":"
		"\"" ACCOUNT "\",\"eventCategory\":\"Management\",\"tlsDetails\":{\"tlsVersion\":"
		"\"TLSv1.3\",\"cipherSuite\":\"TLS_AES_128_GCM_SHA256\","
		"\"clientProvidedHostHeader\":\"localhost\"}}",
		identity, service, name, region, middle, STR_FMT(ev.event_id), read_only)
		.p);
}

static void
as_eve(struct fixture *f)
{
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
}

static struct session
session_of(enum iam_principal_type type, bool mfa)
{
	return (struct session){ .access_key_id = STR(TEMPORARY_KEY),
		.issuer_key_id = type == IAM_ROOT ? STR(ROOT_KEY) : STR(USER_KEY),
		.type = type,
		.account_id = STR(ACCOUNT),
		.entity_id = type == IAM_ROOT ? STR(ACCOUNT)
		    : type == IAM_USER        ? STR(USER_ID)
					      : STR(ROLE_ID),
		.session_name = type == IAM_ASSUMED_ROLE ? STR("alice@home") : STR(""),
		.issued_at = NOW_S - 60,
		.expires_at = NOW_S + 900,
		.mfa = mfa,
		.mfa_at = mfa ? NOW_S - 60 : 0 };
}

#define NOTHING "\"requestParameters\":null,\"responseElements\":null"

/* Each byte that is no UTF-8 comes as U+FFFD, in the record and in the column
 * beside it. */
static void
test_user_agent_is_utf8(void **state)
{
	static const struct {
		const char *sent, *recorded;
	} rows[] = {
		{ "caf\xc3\xa9/1", "caf\xc3\xa9/1" },
		{ "caf\xe9/1", "caf\xef\xbf\xbd/1" },
		{ "\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct api_request rq =
		    fixture_query_request(f, "sts", "Action=GetCallerIdentity&Version=2011-06-15");
		struct http_header *h = arena_array(f->a, rq.n_headers, sizeof(*h));
		struct store_audit_event ev;
		struct str member;

		memcpy(h, rq.headers, rq.n_headers * sizeof(*h));
		assert_true(str_eq(h[rq.n_headers - 1].name, STR("User-Agent")));
		h[rq.n_headers - 1].value = str_of(rows[i].sent);
		rq.headers = h;
		assert_int_equal(fixture_run(f, &rq).status, 200);
		fixture_audit(f, &ev);
		assert_string_equal(fixture_cstr(f, ev.user_agent), rows[i].recorded);
		member = arena_fmt(f->a, "\"userAgent\":\"%s\",", rows[i].recorded);
		assert_non_null(memmem(ev.record.p, ev.record.n, member.p, member.n));
	}
}

static void
test_callers(void **state)
{
	const struct store_role role = { .role_id = STR(ROLE_ID),
		.account_id = STR(ACCOUNT),
		.name = STR("Admin"),
		.path = STR("/ops/"),
		.arn = STR(ARN ":role/ops/Admin"),
		.created_at = NOW_S,
		.trust_policy = STR("{}"),
		.max_session_s = 3600 };
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct session s;

	fixture_sts(f, "GetCallerIdentity");
	assert_record(f, ROOT, "sts", "GetCallerIdentity", REGION, NOTHING, "true");
	as_eve(f);
	fixture_sts(f, "GetCallerIdentity");
	assert_record(f, EVE, "sts", "GetCallerIdentity", REGION, NOTHING, "true");
	fixture_audit(f, &ev);
	assert_string_equal(fixture_cstr(f, ev.username), "eve");
	s = session_of(IAM_USER, true);
	fixture_session(f, &s);
	fixture_sts(f, "GetCallerIdentity");
	assert_record(f,
	    "{\"type\":\"IAMUser\",\"principalId\":\"" USER_ID "\",\"arn\":\"" ARN
	    ":user/eve\",\"accountId\":\"" ACCOUNT "\",\"accessKeyId\":\"" TEMPORARY_KEY
	    "\",\"userName\":\"eve\",\"sessionContext\":{\"attributes\":{\"creationDate\":"
	    "\"2023-11-14T22:12:20Z\",\"mfaAuthenticated\":\"true\"}}}",
	    "sts", "GetCallerIdentity", REGION, NOTHING, "true");
	assert_ok(store_role_add(f->st, &role));
	s = session_of(IAM_ASSUMED_ROLE, false);
	fixture_session(f, &s);
	fixture_sts(f, "GetCallerIdentity");
	assert_record(f,
	    "{\"type\":\"AssumedRole\",\"principalId\":\"" ROLE_ID ":alice@home\","
	    "\"arn\":\"arn:aws:sts::" ACCOUNT
	    ":assumed-role/Admin/alice@home\",\"accountId\":\"" ACCOUNT
	    "\",\"accessKeyId\":\"" TEMPORARY_KEY "\",\"sessionContext\":{"
	    "\"sessionIssuer\":{\"type\":\"Role\",\"principalId\":\"" ROLE_ID "\",\"arn\":\"" ARN
	    ":role/ops/Admin\",\"accountId\":\"" ACCOUNT "\",\"userName\":\"Admin\"},"
	    "\"webIdFederationData\":{},\"attributes\":{\"creationDate\":\"2023-11-14T22:12:20Z\","
	    "\"mfaAuthenticated\":\"false\"}}}",
	    "sts", "GetCallerIdentity", REGION, NOTHING, "true");
	fixture_audit(f, &ev);
	assert_string_equal(fixture_cstr(f, ev.username), "alice@home");
	s.source_identity = STR("alice");
	fixture_session(f, &s);
	fixture_sts(f, "GetCallerIdentity");
	fixture_audit(f, &ev);
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "\"mfaAuthenticated\":\"false\"},\"sourceIdentity\":\"alice\"}}"));
}

static void
test_iam(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;
	const char *id;

	resp = fixture_iam(f,
	    "CreateUser&UserName=bob&Path=/ops/&Tags.member.1.Key=team"
	    "&Tags.member.1.Value=blue");
	assert_status(f, &resp, 200);
	id = fixture_element(f, &resp, "UserId", 0);
	fixture_audit(f, &ev);
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "\"eventName\":\"CreateUser\","
	    "\"awsRegion\":\"us-east-1\","));
	assert_non_null(strstr(fixture_cstr(f, ev.record), "\"userName\":\"bob\""));
	assert_non_null(
	    strstr(fixture_cstr(f, ev.record), "\"tags\":[{\"key\":\"team\",\"value\":\"blue\"}]"));
	assert_non_null(
	    strstr(fixture_cstr(f, ev.record), arena_fmt(f->a, "\"userId\":\"%s\"", id).p));
	assert_non_null(
	    strstr(fixture_cstr(f, ev.record), "\"createDate\":\"Nov 14, 2023 10:13:20 PM\""));
	assert_int_equal(ev.n_resources, 1);
	assert_string_equal(fixture_cstr(f, ev.resources[0].type), "AWS::IAM::User");
	assert_string_equal(fixture_cstr(f, ev.resources[0].name), "bob");

	resp = fixture_iam(f, "CreateAccessKey&UserName=bob");
	assert_status(f, &resp, 200);
	assert_record(f, ROOT, "iam", "CreateAccessKey", "us-east-1",
	    arena_fmt(f->a,
		"\"requestParameters\":{\"userName\":\"bob\"},\"responseElements\":{\"accessKey\":{"
		"\"userName\":\"bob\",\"accessKeyId\":\"%s\",\"status\":\"Active\",\"createDate\":"
		"\"Nov 14, 2023 10:13:20 PM\"}}",
		fixture_element(f, &resp, "AccessKeyId", 0))
		.p,
	    "false");
	fixture_audit(f, &ev);
	assert_null(
	    strstr(fixture_cstr(f, ev.record), fixture_element(f, &resp, "SecretAccessKey", 0)));

	/* The answer has another code than the record. Source: DeleteLoginProfile and GetRole in
	 * github.com/invictus-ir/aws_dataset. */
	resp = fixture_iam(f, "DeleteUser&UserName=nobody");
	assert_has(f, &resp, "<Code>NoSuchEntity</Code>");
	assert_record(f, ROOT, "iam", "DeleteUser", "us-east-1",
	    "\"errorCode\":\"NoSuchEntityException\","
	    "\"errorMessage\":\"The user with name nobody cannot be found.\","
	    "\"requestParameters\":{\"userName\":\"nobody\"},\"responseElements\":null",
	    "false");
	/* Without parameters, and without an answer. */
	fixture_iam(f, "ListUsers");
	assert_record(f, ROOT, "iam", "ListUsers", "us-east-1", NOTHING, "true");
}

static void
test_denied(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;

	as_eve(f);
	fixture_iam(f, "DeleteUser&UserName=bob");
	assert_record(f, EVE, "iam", "DeleteUser", "us-east-1",
	    "\"errorCode\":\"AccessDenied\","
	    "\"errorMessage\":\"User: " ARN ":user/eve is not authorized to perform: "
	    "iam:DeleteUser on resource: " ARN ":user/bob because no identity-based policy allows "
	    "the iam:DeleteUser action\"," NOTHING,
	    "false");
	fixture_ec2(f, "DescribeInstances");
	fixture_audit(f, &ev);
	assert_string_equal(fixture_cstr(f, ev.error_code), "Client.UnauthorizedOperation");
	/* EC2 records the parameters of a denied request; see records_test. */
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "\"requestParameters\":{\"instancesSet\":{},\"filterSet\":{}},"
	    "\"responseElements\":null,\"requestID\""));
}

static const struct {
	const char *body, *code;
} failures[] = {
	{ "DescribeRegions&DryRun=true", "Client.DryRunOperation" },
	{ "TerminateInstances&InstanceId.1=i-0123456789abcdef0",
	    "Client.InvalidInstanceID.NotFound" },
	{ "TerminateInstances&InstanceId.1=x", "Client.InvalidInstanceID.Malformed" },
	{ "TerminateInstances", "Client.MissingParameter" },
	{ "DescribeRegions&DryRun=maybe", "Client.InvalidParameterValue" },
	{ "DescribeRegions&Unheard=of", "Client.UnknownParameter" },
};

static void
test_failures(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	size_t i, before;

	for (i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		fixture_ec2(f, failures[i].body);
		fixture_audit(f, &ev);
		if (!str_eq_c(ev.error_code, failures[i].code))
			fail_msg("%s: %s", failures[i].body, fixture_cstr(f, ev.error_code));
		assert_non_null(strstr(fixture_cstr(f, ev.record),
		    arena_fmt(f->a, "\"errorCode\":\"%s\",", failures[i].code).p));
	}
	f->settings.api_rate = f->settings.api_burst = 1;
	fixture_ec2(f, "DescribeRegions");
	fixture_ec2(f, "DescribeRegions");
	fixture_audit(f, &ev);
	assert_string_equal(fixture_cstr(f, ev.error_code), "Client.RequestLimitExceeded");
	/* Who cannot be known is not in the trail. */
	before = fixture_audit(f, NULL);
	f->secret = "wrong";
	fixture_ec2(f, "DescribeRegions");
	f->access_key = "AKIAUNKNOWNEXAMPLE00";
	fixture_ec2(f, "DescribeRegions");
	assert_int_equal(fixture_audit(f, NULL), before);
}

/* Parameters above 100 KB are left out, as CloudTrail does. */
static void
test_large(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct buf b;
	int i;

	buf_init(&b, 1u << 20);
	buf_c(&b, "DescribeRegions");
	for (i = 1; i <= 600; i++)
		buf_fmt(&b, "&RegionName.%d=%0200d", i, i);
	fixture_ec2(f, fixture_cstr(f, buf_view(&b)));
	fixture_audit(f, &ev);
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "\"requestParameters\":{\"omitted\":true,\"reason\":\"larger than 100 KB\"},"));
	buf_release(&b);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_callers),
		TEST(test_user_agent_is_utf8),
		TEST(test_iam),
		TEST(test_denied),
		TEST(test_failures),
		TEST(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
