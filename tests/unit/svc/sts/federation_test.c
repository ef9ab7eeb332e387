/*
 * federation_test: tests GetFederationToken: what a federated user may do, whom the trail names,
 * and what ends its credentials. Source: STS API reference, GetFederationToken.
 */
#include "sts_kit.h"

#define FEDERATED "arn:aws:sts::" ACCOUNT ":federated-user/ci-job"
#define GET "GetFederationToken&Name=ci-job"
#define EC2_ONLY \
	"&Policy=%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A" \
	"%22Allow%22%2C%22Action%22%3A%22ec2%3ADescribe%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D"

/* eve may federate, and in EC2 describe instances and start them. */
static void
allow_eve(struct fixture *f)
{
	allow(f, "AIDACKCEVSQ6C2EXAMPLE", "p",
	    "[{\"Effect\":\"Allow\",\"Action\":\"sts:GetFederationToken\",\"Resource\":\"" FEDERATED
	    "\"},{\"Effect\":\"Allow\",\"Action\":[\"ec2:DescribeInstances\","
	    "\"ec2:StartInstances\",\"iam:*\"],\"Resource\":\"*\"}]");
	as_eve(f);
}

static void
assert_ec2(struct fixture *f, const char *body, unsigned status)
{
	struct api_response resp = fixture_ec2(f, body);

	assert_status(f, &resp, status);
}

static void
test_token(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;
	const char *key;

	allow_eve(f);
	resp = fixture_sts(f, GET EC2_ONLY);
	assert_status(f, &resp, 200);
	assert_has(f, &resp,
	    "</Credentials><FederatedUser><FederatedUserId>" ACCOUNT
	    ":ci-job</FederatedUserId><Arn>" FEDERATED "</Arn></FederatedUser><PackedPolicySize>");
	assert_has(f, &resp, "<Expiration>2023-11-15T10:13:20Z</Expiration>");
	fixture_audit(f, &ev);
	assert_non_null(
	    strstr(fixture_cstr(f, ev.record), "\"requestParameters\":{\"name\":\"ci-job\","));
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "\"federatedUser\":{\"federatedUserId\":\"" ACCOUNT ":ci-job\",\"arn\":\"" FEDERATED
	    "\"},\"packedPolicySize\":"));
	assert_null(
	    strstr(fixture_cstr(f, ev.record), fixture_element(f, &resp, "SessionToken", 0)));
	key = fixture_element(f, &resp, "AccessKeyId", 0);
	use(f, &resp);
	assert_i_am(f, FEDERATED);
	/* What both allow: not what only eve may, nor what only the session policy allows. */
	assert_ec2(f, "DescribeInstances", 200);
	fixture_audit(f, &ev);
	assert_string_equal(fixture_cstr(f, ev.username), "ci-job");
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    arena_fmt(f->a,
		"\"userIdentity\":{\"type\":\"FederatedUser\",\"principalId\":\"" ACCOUNT
		":ci-job\",\"arn\":\"" FEDERATED "\",\"accountId\":\"" ACCOUNT
		"\",\"accessKeyId\":\"%s\",\"sessionContext\":{\"sessionIssuer\":{\"type\":"
		"\"IAMUser\",\"principalId\":\"AIDACKCEVSQ6C2EXAMPLE\",\"arn\":\"" EVE
		"\",\"accountId\":\"" ACCOUNT
		"\",\"userName\":\"eve\"},\"webIdFederationData\":{},\"attributes\":{"
		"\"creationDate\":\"2023-11-14T22:13:20Z\",\"mfaAuthenticated\":\"false\"}}},",
		key)
		.p));
	assert_ec2(f, "StartInstances&InstanceId.1=i-0123456789abcdef0", 403);
	assert_ec2(f, "DescribeVpcs", 403);
}

static void
test_limits(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	allow_eve(f);
	/* Without session policies it may do nothing but ask who it is. */
	resp = fixture_sts(f, GET);
	use(f, &resp);
	assert_i_am(f, FEDERATED);
	assert_ec2(f, "DescribeInstances", 403);
	/* With all that eve may: still nothing in IAM, and in STS no more than that. */
	as_eve(f);
	resp = fixture_sts(f,
	    GET "&PolicyArns.member.1.arn=arn:aws:iam::aws:policy/AdministratorAccess");
	use(f, &resp);
	assert_ec2(f, "DescribeInstances", 200);
	resp = fixture_iam(f, "ListUsers");
	fixture_assert_iam_error(f, &resp, 403, "AccessDenied",
	    "Cannot call ListUsers with the credentials of a federated user");
	assert_error(f, GET, 403, "AccessDenied",
	    "Cannot call GetFederationToken with the credentials of a federated user");
	assert_error(f, "GetSessionToken", 403, "AccessDenied", NULL);
	assert_error(f, ASSUME, 403, "AccessDenied", NULL);
	assert_error(f, "DecodeAuthorizationMessage&EncodedMessage=x", 403, "AccessDenied", NULL);
}

/* A role has no long-term credentials that it could hand on. */
static void
test_of_role(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	trust_eve(f, "");
	allow(f, ROLE_ID, "all", "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}");
	as_eve(f);
	resp = fixture_sts(f, ASSUME);
	assert_status(f, &resp, 200);
	use(f, &resp);
	assert_error(f, GET, 403, "AccessDenied",
	    "Cannot call GetFederationToken with session credentials");
}

/* Whatever the names, the requests count for the key from which they come. */
static void
test_rate(void **state)
{
	struct fixture *f = *state;
	struct api_response resp[2];

	allow(f, "AIDACKCEVSQ6C2EXAMPLE", "p",
	    "{\"Effect\":\"Allow\",\"Action\":\"sts:GetFederationToken\",\"Resource\":\"*\"}");
	as_eve(f);
	resp[0] = fixture_sts(f, GET);
	resp[1] = fixture_sts(f, "GetFederationToken&Name=other");
	f->settings.api_rate = f->settings.api_burst = 1;
	use(f, &resp[0]);
	assert_i_am(f, FEDERATED);
	use(f, &resp[1]);
	assert_error(f, "GetCallerIdentity", 400, "Throttling", NULL);
}

/* Tags of the session are the principal's, and go before those of the user. */
static void
test_tags(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	allow_eve(f);
	resp = fixture_sts(f, GET "&Tags.member.1.Key=team&Tags.member.1.Value=blue");
	assert_status(f, &resp, 403);
	assert_has(f, &resp,
	    "User: " EVE " is not authorized to perform: sts:TagSession on resource: " FEDERATED
	    " because no identity-based policy allows the sts:TagSession action");
	allow(f, "AIDACKCEVSQ6C2EXAMPLE", "q",
	    "[{\"Effect\":\"Allow\",\"Action\":\"sts:TagSession\",\"Resource\":\"*\"},"
	    "{\"Effect\":\"Allow\",\"Action\":\"ec2:DescribeVpcs\",\"Resource\":\"*\","
	    "\"Condition\":{\"StringEquals\":{\"aws:PrincipalTag/team\":\"blue\","
	    "\"aws:PrincipalType\":"
	    "\"FederatedUser\",\"aws:userid\":\"" ACCOUNT ":ci-job\"},\"Null\":{\"aws:username\":"
	    "\"true\"}}}]");
	resp = fixture_sts(f, GET "&Tags.member.1.Key=team&Tags.member.1.Value=blue" EC2_ONLY);
	use(f, &resp);
	assert_ec2(f, "DescribeVpcs", 200);
	as_eve(f);
	assert_ec2(f, "DescribeVpcs", 403);
	resp = fixture_sts(f, GET "&Tags.member.1.Key=team&Tags.member.1.Value=red" EC2_ONLY);
	use(f, &resp);
	assert_ec2(f, "DescribeVpcs", 403);
}

static void
test_refused(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	/* Permission is for the name. */
	allow_eve(f);
	assert_error(f, "GetFederationToken&Name=other", 403, "AccessDenied", NULL);
	assert_error(f, GET "&DurationSeconds=899", 400, "ValidationError", NULL);
	assert_error(f, GET "&DurationSeconds=129601", 400, "ValidationError", NULL);
	assert_error(f, "GetFederationToken&Name=x", 400, "ValidationError",
	    "1 validation error detected: Value &apos;x&apos; at &apos;name&apos; failed to "
	    "satisfy constraint: Member must have length greater than or equal to 2");
	assert_error(f, "GetFederationToken&Name=aaaaaaaaaabbbbbbbbbbaaaaaaaaaabbb", 400,
	    "ValidationError", NULL);
	assert_error(f, GET "&Policy=x", 400, "MalformedPolicyDocument", NULL);
	assert_error(f, GET "&PolicyArns.member.1.arn=arn:aws:iam::aws:policy/NoSuchPolicy", 400,
	    "ValidationError", NULL);
	resp = fixture_sts(f, "GetSessionToken");
	use(f, &resp);
	assert_error(f, GET, 403, "AccessDenied",
	    "Cannot call GetFederationToken with session credentials");
	f->token = NULL;
	f->access_key = ROOT_KEY;
	f->secret = ROOT_SECRET;
	assert_error(f, GET, 403, "AccessDenied",
	    "Only a user can call GetFederationToken in this installation");
}

/* They end with their time, with the key that they come from, and with the permissions of its
 * user. */
static void
test_end(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	allow_eve(f);
	resp = fixture_sts(f, GET "&DurationSeconds=900" EC2_ONLY);
	use(f, &resp);
	assert_ec2(f, "DescribeInstances", 200);
	assert_ok(store_inline_policy_delete(f->st, STR("AIDACKCEVSQ6C2EXAMPLE"), STR("p")));
	policies_changed(f->api->policies);
	assert_ec2(f, "DescribeInstances", 403);
	assert_ok(store_access_key_set_status(f->st, STR(USER_KEY), STORE_ACCESS_KEY_INACTIVE));
	assert_error(f, "GetCallerIdentity", 403, "InvalidClientTokenId", NULL);
	assert_ok(store_access_key_set_status(f->st, STR(USER_KEY), STORE_ACCESS_KEY_ACTIVE));
	wait_s(f, 899);
	assert_i_am(f, FEDERATED);
	wait_s(f, 1);
	assert_error(f, "GetCallerIdentity", 403, "ExpiredToken", NULL);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_token),
		TEST(test_limits),
		TEST(test_of_role),
		TEST(test_rate),
		TEST(test_tags),
		TEST(test_refused),
		TEST(test_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
