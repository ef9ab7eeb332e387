/*
 * auth_test: tests which requests are authentic, and what the others are answered in each protocol
 * (wire.md 2.4, 2.5).
 */
#include "fixture.h"

enum protocol { EC2, STS, JSON, N_PROTOCOLS };

static struct api_request
request(struct fixture *f, enum protocol p)
{
	if (p == JSON)
		return fixture_json_request(f, "AWSEC2InstanceConnectService.SendSSHPublicKey",
		    "{\"InstanceId\":\"i-0123456789\"}");
	return p == EC2
	    ? fixture_query_request(f, "ec2", "Action=DescribeVpcs&Version=2016-11-15")
	    : fixture_query_request(f, "sts", "Action=GetCallerIdentity&Version=2011-06-15");
}

struct want {
	uint16_t status;
	const char *code;
};

static void
assert_refused(struct fixture *f, const struct api_request *rq, enum protocol p, struct want want)
{
	size_t before = fixture_audit(f, NULL);
	struct api_response resp = fixture_run(f, rq);

	if (resp.status != want.status)
		fail_msg("%s: status %u: %s", want.code, resp.status, fixture_cstr(f, resp.body));
	assert_has(f, &resp,
	    arena_fmt(f->a, p == JSON ? "{\"__type\":\"%s\"" : "<Code>%s</Code>", want.code).p);
	if (p == EC2)
		assert_has(f, &resp, "<RequestID>" REQUEST_ID "</RequestID></Response>");
	else if (p == STS)
		assert_has(f, &resp, "<RequestId>" REQUEST_ID "</RequestId></ErrorResponse>");
	/* Nobody is known to have done it. */
	assert_int_equal(fixture_audit(f, NULL), before);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *what;
		struct want want[N_PROTOCOLS];
	} rows[] = {
		{ "unknown key",
		    { { 401, "AuthFailure" }, { 403, "InvalidClientTokenId" },
			{ 400, "UnrecognizedClientException" } } },
		{ "wrong secret",
		    { { 401, "AuthFailure" }, { 403, "SignatureDoesNotMatch" },
			{ 400, "InvalidSignatureException" } } },
		{ "token with a long-term key",
		    { { 401, "AuthFailure" }, { 403, "InvalidClientTokenId" },
			{ 400, "UnrecognizedClientException" } } },
		{ "too old",
		    { { 400, "RequestExpired" }, { 403, "SignatureDoesNotMatch" },
			{ 400, "InvalidSignatureException" } } },
		{ "too new",
		    { { 400, "RequestExpired" }, { 403, "SignatureDoesNotMatch" },
			{ 400, "InvalidSignatureException" } } },
		{ "body changed",
		    { { 401, "AuthFailure" }, { 403, "SignatureDoesNotMatch" },
			{ 400, "InvalidSignatureException" } } },
		{ "no signature",
		    { { 401, "MissingAuthenticationToken" }, { 403, "MissingAuthenticationToken" },
			{ 400, "MissingAuthenticationTokenException" } } },
		{ "inactive key",
		    { { 401, "AuthFailure" }, { 403, "InvalidClientTokenId" },
			{ 400, "UnrecognizedClientException" } } },
	};
	struct fixture *f = *state;
	struct api_request rq;
	size_t i;
	int p;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (p = 0; p < N_PROTOCOLS; p++) {
			f->access_key = i == 0 ? "AKIAUNKNOWNUNKNOWN12" : ROOT_KEY;
			f->secret = i == 1 ? USER_SECRET : ROOT_SECRET;
			f->token = i == 2 ? "token" : NULL;
			f->skew_s = i == 3 ? -301 : i == 4 ? 301 : 0;
			rq = request(f, (enum protocol)p);
			if (i == 5)
				rq.body = arena_fmt(f->a, "%.*s ", STR_FMT(rq.body));
			/* Of an unsigned STS request nothing says that it is for STS. */
			if (i == 6) {
				rq.n_headers -= 2;
				if (p == STS)
					continue;
			}
			if (i == 7)
				assert_ok(store_access_key_set_status(f->st, STR(ROOT_KEY),
				    STORE_ACCESS_KEY_INACTIVE));
			assert_refused(f, &rq, (enum protocol)p, rows[i].want[p]);
		}
	}
}

/* An unknown key and a wrong signature cost keyd the same. */
static void
test_decoy(void **state)
{
	struct fixture *f = *state;
	struct api_request rq;

	f->access_key = "AKIAUNKNOWNUNKNOWN12";
	rq = request(f, EC2);
	fixture_run(f, &rq);
	assert_int_equal(f->keyd_verified, 1);
	assert_string_equal(f->keyd_secret, "decoy");
	/* Also when it was signed with the decoy itself. */
	f->secret = "decoy";
	rq = request(f, EC2);
	assert_refused(f, &rq, EC2, (struct want){ 401, "AuthFailure" });
	assert_int_equal(f->keyd_verified, 2);
}

static void
test_clock_window(void **state)
{
	struct fixture *f = *state;
	struct api_request rq;

	f->skew_s = -299;
	rq = request(f, EC2);
	assert_int_equal(fixture_run(f, &rq).status, 200);
	f->skew_s = 299;
	rq = request(f, EC2);
	assert_int_equal(fixture_run(f, &rq).status, 200);
}

static void
test_caller_identity(void **state)
{
	struct fixture *f = *state;
	struct api_request rq = request(f, STS);
	struct api_response resp = fixture_run(f, &rq);
	struct store_audit_event ev;

	assert_status(f, &resp, 200);
	assert_string_equal(fixture_cstr(f, resp.headers[0].value), "text/xml;charset=UTF-8");
	assert_string_equal(fixture_cstr(f, resp.body),
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
	    "<GetCallerIdentityResult><Arn>arn:aws:iam::" ACCOUNT ":root</Arn><UserId>" ACCOUNT
	    "</UserId><Account>" ACCOUNT "</Account></GetCallerIdentityResult>"
	    "<ResponseMetadata><RequestId>" REQUEST_ID
	    "</RequestId></ResponseMetadata></GetCallerIdentityResponse>");

	/* A user without any permission may still call GetCallerIdentity. */
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	rq = request(f, STS);
	resp = fixture_run(f, &rq);
	assert_status(f, &resp, 200);
	assert_has(f, &resp, "<Arn>arn:aws:iam::" ACCOUNT ":user/eve</Arn>");
	assert_has(f, &resp, "<UserId>AIDACKCEVSQ6C2EXAMPLE</UserId>");
	fixture_audit(f, &ev);
	assert_string_equal(fixture_cstr(f, ev.event_name), "GetCallerIdentity");
	assert_string_equal(fixture_cstr(f, ev.event_source), "sts.amazonaws.com");
	assert_true(ev.read_only);
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "\"requestParameters\":null,\"responseElements\":null"));
}

static void
test_unknown_action(void **state)
{
	struct fixture *f = *state;
	struct api_response resp = fixture_ec2(f, "MakeCoffee");
	struct api_request rq;

	assert_status(f, &resp, 400);
	assert_has(f, &resp, "<Code>InvalidAction</Code>");
	assert_has(f, &resp, "MakeCoffee");
	rq = fixture_query_request(f, "iam", "Action=MakeCoffee&Version=2010-05-08");
	resp = fixture_run(f, &rq);
	assert_status(f, &resp, 400);
	assert_has(f, &resp, "<Code>InvalidAction</Code>");
	rq = fixture_json_request(f, "AWSEC2InstanceConnectService.MakeCoffee", "{}");
	resp = fixture_run(f, &rq);
	assert_status(f, &resp, 400);
	assert_has(f, &resp, "{\"__type\":\"UnknownOperationException\"");
	/* What AWS has and this installation has not is no slip of the caller's. */
	resp = fixture_ec2(f, "DescribeTags");
	assert_status(f, &resp, 400);
	assert_has(f, &resp,
	    "<Code>InvalidAction</Code><Message>This installation does not offer the action "
	    "DescribeTags.</Message>");
	rq = fixture_json_request(f, "AWSEC2InstanceConnectService.SendSerialConsoleSSHPublicKey",
	    "{}");
	resp = fixture_run(f, &rq);
	assert_status(f, &resp, 400);
	assert_has(f, &resp,
	    "{\"__type\":\"UnknownOperationException\",\"Message\":\"This installation does not "
	    "offer the action SendSerialConsoleSSHPublicKey.\"}");
	rq = fixture_query_request(f, "autoscaling", "Action=DescribeTags&Version=2011-01-01");
	resp = fixture_run(f, &rq);
	assert_status(f, &resp, 401);
	assert_has(f, &resp,
	    "<Code>AuthFailure</Code><Message>AWS was not able to validate the provided access "
	    "credentials (This installation does not offer the service &apos;autoscaling&apos;.)");
	/* The action of another service than the one that was signed for. */
	rq = fixture_query_request(f, "sts", "Action=DescribeVpcs&Version=2016-11-15");
	resp = fixture_run(f, &rq);
	assert_status(f, &resp, 400);
	assert_int_equal(fixture_audit(f, NULL), 0);
}

static void
test_unknown_parameter(void **state)
{
	struct fixture *f = *state;
	struct api_response resp = fixture_ec2(f, "DescribeVpcs&Colour=red");

	assert_status(f, &resp, 400);
	assert_has(f, &resp, "<Code>UnknownParameter</Code>");
	assert_has(f, &resp, "The parameter Colour is not recognized");
	resp = fixture_ec2(f, "DescribeVpcs&Filter.1.Nme=x");
	assert_has(f, &resp, "The parameter Filter.1.Nme is not recognized");
	resp = fixture_ec2(f, "DescribeVpcs&Filter.1.Value.1=x");
	assert_has(f, &resp, "<Code>MissingParameter</Code>");
	assert_has(f, &resp, "The request must contain the parameter Filter.1.Name");
	resp = fixture_ec2(f, "DescribeVpcs&VpcId=" VPC);
	assert_has(f, &resp, "<Code>InvalidVpcID.Malformed</Code>");
	resp = fixture_ec2(f, "DescribeVpcs&VpcId.1.Name=" VPC);
	assert_has(f, &resp, "Value for parameter VpcId.1 is invalid: it is not a value");
	resp = fixture_ec2(f, "DescribeVpcs&VpcId.1=vpc-1");
	assert_has(f, &resp, "<Code>InvalidVpcID.Malformed</Code>");
	assert_has(f, &resp, "Invalid id: &quot;vpc-1&quot;");
	resp = fixture_ec2(f,
	    "RunInstances&ImageId=" IMAGE
	    "&MinCount=1&MaxCount=1&BlockDeviceMapping.1.DeviceName=x");
	assert_has(f, &resp, "<Code>Unsupported</Code>");
	assert_has(f, &resp, "BlockDeviceMapping");
}

/* No parameter is dropped in silence because of its shape: what is no value where one belongs, or a
 * value where none does, is refused. Sources: EC2 API reference, "Query requests" (Filter.N.Name)
 * and "Common query parameters" (DryRun); botocore's serializers of the ec2 and query protocols,
 * which send no other shapes. */
static void
test_shapes_of_parameters(void **state)
{
	static const struct {
		const char *request, *code, *text;
	} rows[] = {
		{ "CreateTags&ResourceId.1=" VPC "&Tag.1.Key=a&Tag.1.Value=b&DryRun.1=true",
		    "UnknownParameter", "The parameter DryRun.1 is not recognized" },
		{ "CreateTags&ResourceId.1=" VPC
		  "&Tag.1.Key=a&Tag.1.Value=b&DryRun=false&DryRun.Value=true",
		    "UnknownParameter", "The parameter DryRun.Value is not recognized" },
		{ "CreateTags&ResourceId.1=" VPC "&Tag.1.Key=a&Tag.1.Value=b&Action.1=DeleteTags",
		    "UnknownParameter", "The parameter Action.1 is not recognized" },
		{ "CreateTags&ResourceId.1=" VPC "&Tag.1.Key=a&Tag.1.Value=b&Version.x.y=1",
		    "UnknownParameter", "The parameter Version.x is not recognized" },
		{ "CreateTags&ResourceId.1=" VPC "&Tag.1=x&Tag.1.Key=a&Tag.1.Value=b",
		    "InvalidParameterValue",
		    "Value for parameter Tag.1 is invalid: it is a structure and not a value" },
		{ "CreateTags&ResourceId.1=" VPC "&Tag.1=&Tag.1.Key=a&Tag.1.Value=b",
		    "InvalidParameterValue",
		    "Value for parameter Tag.1 is invalid: it is a structure and not a value" },
		{ "CreateTags&ResourceId.1=" VPC "&Tag=x&Tag.1.Key=a&Tag.1.Value=b",
		    "InvalidParameterValue",
		    "Value for parameter Tag is invalid: it is not a list" },
		{ "CreateTags&ResourceId.1=" VPC "&Tag.1.Key=a&Tag.1.Value=b&Tag.1.Value.1=c",
		    "InvalidParameterValue",
		    "Value for parameter Tag.1.Value is invalid: it is not a value" },
		{ "CreateTags&ResourceId.1=" VPC "&ResourceId.1.x=y&Tag.1.Key=a&Tag.1.Value=b",
		    "InvalidID", "Value for parameter ResourceId.1 is invalid: it is not a value" },
		{ "DescribeVpcs&Filter.1=x&Filter.1.Name=vpc-id&Filter.1.Value.1=" VPC,
		    "InvalidParameterValue",
		    "Value for parameter Filter.1 is invalid: it is a structure and not a value" },
		{ "DescribeVpcs&Filter.1=x", "InvalidParameterValue",
		    "Value for parameter Filter.1 is invalid: it is a structure and not a value" },
		{ "RunInstances&ImageId=" IMAGE "&MinCount=1&MaxCount=1&Placement=here",
		    "InvalidParameterValue",
		    "Value for parameter Placement is invalid: it is a structure and not a value" },
		{ "RunInstances&ImageId=" IMAGE
		  "&MinCount=1&MaxCount=1&Placement=x&Placement.Tenancy=default",
		    "InvalidParameterValue",
		    "Value for parameter Placement is invalid: it is a structure and not a value" },
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		resp = fixture_ec2(f, rows[i].request);
		assert_status(f, &resp, 400);
		assert_has(f, &resp, arena_fmt(f->a, "<Code>%s</Code>", rows[i].code).p);
		assert_has(f, &resp, rows[i].text);
	}
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_has_not(f, &resp, "<tagSet><item>");
	resp = fixture_ec2(f, "DescribeInstances");
	assert_has_not(f, &resp, "<instanceId>");
	resp = fixture_iam(f,
	    "CreateUser&UserName=u&Tags.member.1=x&Tags.member.1.Key=a&"
	    "Tags.member.1.Value=b");
	assert_status(f, &resp, 400);
	assert_has(f, &resp, "<Code>MalformedInput</Code>");
	assert_has(f, &resp, "Tags.1 is invalid: it is a structure and not a value");
	resp = fixture_iam(f, "CreateUser&UserName=u&Action.1=DeleteUser");
	assert_status(f, &resp, 400);
	assert_has(f, &resp, "The parameter Action.1 is not recognized");
	resp = fixture_iam(f, "GetUser&UserName=u");
	assert_status(f, &resp, 404);
	/* Every shape that is asked for nothing, or says the same, is taken. */
	resp = fixture_ec2(f, "CreateTags&ResourceId.1=" VPC "&Tag.7.Key=a&Tag.7.Value=b");
	assert_status(f, &resp, 200);
}

static void
test_dry_run(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;

	resp = fixture_ec2(f, "RunInstances&ImageId=" IMAGE "&MinCount=1&MaxCount=1&DryRun=true");
	assert_status(f, &resp, 412);
	assert_has(f, &resp, "<Code>DryRunOperation</Code>");
	assert_int_equal(f->n_sent, 0);
	fixture_audit(f, &ev);
	assert_string_equal(fixture_cstr(f, ev.error_code), "Client.DryRunOperation");
	resp = fixture_ec2(f, "DescribeInstances");
	assert_has_not(f, &resp, "<instanceId>");
	resp = fixture_ec2(f, "DescribeVpcs&DryRun=false");
	assert_status(f, &resp, 200);
	resp = fixture_ec2(f, "DescribeVpcs&DryRun=maybe");
	assert_has(f, &resp, "<Code>InvalidParameterValue</Code>");
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	resp = fixture_ec2(f, "RunInstances&ImageId=" IMAGE "&MinCount=1&MaxCount=1&DryRun=true");
	assert_status(f, &resp, 403);
	assert_has(f, &resp, "<Code>UnauthorizedOperation</Code>");
}

static void
test_denied(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;

	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	resp = fixture_ec2(f, "DescribeInstances");
	assert_status(f, &resp, 403);
	assert_has(f, &resp,
	    "<Code>UnauthorizedOperation</Code><Message>You are not authorized to "
	    "perform this operation. User: arn:aws:iam::" ACCOUNT ":user/eve is not authorized to "
	    "perform: ec2:DescribeInstances");
	fixture_audit(f, &ev);
	assert_string_equal(fixture_cstr(f, ev.error_code), "Client.UnauthorizedOperation");
}

static void
test_throttled(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	f->settings.api_rate = 1;
	f->settings.api_burst = 1;
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 200);
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 503);
	assert_has(f, &resp, "<Code>RequestLimitExceeded</Code>");
	/* Another principal is not slowed down. */
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 403);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_refused),
		TEST(test_decoy),
		TEST(test_clock_window),
		TEST(test_caller_identity),
		TEST(test_unknown_action),
		TEST(test_unknown_parameter),
		TEST(test_shapes_of_parameters),
		TEST(test_dry_run),
		TEST(test_denied),
		TEST(test_throttled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
