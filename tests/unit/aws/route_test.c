/*
 * route_test: tests how the operation of a request is found, and how the service is guessed for an
 * error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "aws/operations.h"
#include "aws/route.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define EIC "AWSEC2InstanceConnectService."
#define TRAIL "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101."
#define V "&Version=2016-11-15"

struct row {
	const char *scope, *method, *target, *amz_target, *body;
	enum awserr want;
	const char *operation;
};

static const struct row rows[] = {
	{ "ec2-instance-connect", "POST", "/", EIC "SendSSHPublicKey", "{}", AWSERR_NONE,
	    "SendSSHPublicKey" },
	{ "cloudtrail", "POST", "/", TRAIL "LookupEvents", "{}", AWSERR_NONE, "LookupEvents" },
	{ "cloudtrail", "POST", "/", "CloudTrail_20131101.LookupEvents", "{}", AWSERR_NONE,
	    "LookupEvents" },
	{ "cloudtrail", "POST", "/", "com.amazonaws.cloudtrail.v20131101.LookupEvents", "{}",
	    AWSERR_UNKNOWN_OPERATION, NULL },
	{ "cloudtrail", "POST", "/", "x.CloudTrail_20131101.LookupEvents", "{}",
	    AWSERR_UNKNOWN_OPERATION, NULL },
	{ "cloudtrail", "POST", "/", TRAIL TRAIL "LookupEvents", "{}", AWSERR_UNKNOWN_OPERATION,
	    NULL },
	{ "ec2-instance-connect", "POST", "/", " " EIC "X ", "", AWSERR_NONE, "X" },
	{ "ec2-instance-connect", "GET", "/", EIC "SendSSHPublicKey", "", AWSERR_HTTP_METHOD, "" },
	{ "ec2-instance-connect", "POST", "/x", EIC "X", "", AWSERR_HTTP_NOT_FOUND, "" },
	{ "ec2-instance-connect", "POST", "/", NULL, "{}", AWSERR_UNKNOWN_OPERATION, "" },
	{ "ec2-instance-connect", "POST", "/", "", "{}", AWSERR_UNKNOWN_OPERATION, "" },
	{ "ec2-instance-connect", "POST", "/", "SendSSHPublicKey", "{}", AWSERR_UNKNOWN_OPERATION,
	    "" },
	{ "ec2-instance-connect", "POST", "/", EIC, "{}", AWSERR_UNKNOWN_OPERATION, "" },
	{ "ec2-instance-connect", "POST", "/", "AWSEC2InstanceConnectService", "{}",
	    AWSERR_UNKNOWN_OPERATION, "" },
	{ "ec2-instance-connect", "POST", "/", EIC "A.B", "{}", AWSERR_UNKNOWN_OPERATION, "" },
	{ "ec2-instance-connect", "POST", "/", EIC "A B", "{}", AWSERR_UNKNOWN_OPERATION, "" },
	{ "ec2-instance-connect", "POST", "/", TRAIL "LookupEvents", "{}", AWSERR_UNKNOWN_OPERATION,
	    "" },
	{ "cloudtrail", "POST", "/", EIC "SendSSHPublicKey", "{}", AWSERR_UNKNOWN_OPERATION, "" },

	{ "ec2", "POST", "/", NULL, "Action=DescribeInstances" V, AWSERR_NONE,
	    "DescribeInstances" },
	{ "ec2", "GET", "/?Action=DescribeVpcs" V "&X-Amz-Date=1", NULL, "", AWSERR_NONE,
	    "DescribeVpcs" },
	{ "ec2", "POST", "/?X-Amz-Date=1", NULL, "Action=DescribeVpcs" V, AWSERR_NONE,
	    "DescribeVpcs" },
	{ "iam", "POST", "/", NULL, "Action=ListUsers&Version=2010-05-08", AWSERR_NONE,
	    "ListUsers" },
	{ "sts", "GET", "/?Version=2011-06-15&Action=GetCallerIdentity", NULL, "", AWSERR_NONE,
	    "GetCallerIdentity" },
	{ "ec2", "PUT", "/", NULL, "Action=DescribeInstances" V, AWSERR_HTTP_METHOD, "" },
	{ "ec2", "POST", "/a", NULL, "Action=DescribeInstances" V, AWSERR_HTTP_NOT_FOUND, "" },
	{ "ec2", "POST", "//", NULL, "Action=DescribeInstances" V, AWSERR_HTTP_NOT_FOUND, "" },
	{ "ec2", "POST", "", NULL, "Action=DescribeInstances" V, AWSERR_HTTP_BAD_REQUEST, "" },
	{ "ec2", "POST", "/?Action=A" V, NULL, "", AWSERR_SERIALIZATION, "" },
	{ "ec2", "POST", "/?Action=A" V, NULL, "Action=DescribeInstances" V, AWSERR_SERIALIZATION,
	    "" },
	{ "ec2", "GET", "/?Action=A" V, NULL, "x", AWSERR_SERIALIZATION, "" },
	{ "ec2", "POST", "/", NULL, "Action=A" V "&Action=B", AWSERR_SERIALIZATION, "" },
	{ "ec2", "POST", "/", NULL, "{\"a\": \"%\"}", AWSERR_SERIALIZATION, "" },
	{ "ec2", "POST", "/?a=%", NULL, "Action=A" V, AWSERR_SERIALIZATION, "" },
	{ "ec2", "POST", "/", NULL, "", AWSERR_MISSING_ACTION, "" },
	{ "ec2", "POST", "/", NULL, "Version=2016-11-15", AWSERR_MISSING_ACTION, "" },
	{ "ec2", "POST", "/", NULL, "Action=" V, AWSERR_MISSING_ACTION, "" },
	{ "ec2", "POST", "/", NULL, "Action.1=A" V, AWSERR_MISSING_ACTION, "" },
	{ "ec2", "POST", "/", NULL, "Action=DescribeInstances", AWSERR_MISSING_PARAMETER, "" },
	{ "ec2", "POST", "/", NULL, "Action=A&Version=2010-05-08", AWSERR_WRONG_VERSION, "" },
	{ "iam", "POST", "/", NULL, "Action=A" V, AWSERR_WRONG_VERSION, "" },
	{ "ec2", "POST", "/", NULL, "Action=a/../b" V, AWSERR_UNKNOWN_OPERATION, "" },
	{ "ec2", "POST", "/", NULL, "Action=DescribeInstances%20" V, AWSERR_UNKNOWN_OPERATION, "" },
	{ "ec2", "POST", "/", EIC "SendSSHPublicKey", "{}", AWSERR_MISSING_ACTION, "" },

	{ "s3", "POST", "/", NULL, "", AWSERR_WRONG_SCOPE, "" },
	{ "", "POST", "/", NULL, "", AWSERR_WRONG_SCOPE, "" },
	{ "EC2", "POST", "/", NULL, "", AWSERR_WRONG_SCOPE, "" },
};

static void
finds_the_operation(void **state)
{
	struct http_header h = { .name = STR("x-amz-target") };
	struct arena *a = arena_new(8 << 20);
	struct route got;
	enum awserr e;
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		const struct row *r = &rows[i];
		struct route_input in = { .method = str_of(r->method),
			.target = str_of(r->target),
			.headers = &h,
			.n_headers = r->amz_target == NULL ? 0 : 1,
			.body = str_of(r->body),
			.scope_service = str_of(r->scope) };

		h.value = str_of(r->amz_target);
		got = (struct route){ .operation = STR("") };
		e = route_find(&in, a, &got, NULL);
		if (e != r->want || !str_eq_c(got.operation, r->operation))
			fail_msg("%zu: %s %s: %d", i, r->scope, r->body, (int)e);
		arena_reset(a);
	}
	arena_free(a);
}

static void
knows_the_operations(void **state)
{
	(void)state;
	assert_true(operations_have(SERVICE_EC2, STR("DescribeTags")));
	assert_true(operations_have(SERVICE_EC2, STR("AcceptAddressTransfer")));
	assert_true(operations_have(SERVICE_CONNECT, STR("SendSerialConsoleSSHPublicKey")));
	assert_true(operations_have(SERVICE_IAM, STR("CreateSAMLProvider")));
	assert_true(operations_have(SERVICE_STS, STR("GetFederationToken")));
	assert_true(operations_have(SERVICE_CLOUDTRAIL, STR("StopLogging")));
	assert_false(operations_have(SERVICE_IAM, STR("DescribeTags")));
	assert_false(operations_have(SERVICE_EC2, STR("DescribeTag")));
	assert_false(operations_have(SERVICE_EC2, STR("describeTags")));
	assert_false(operations_have(SERVICE_EC2, STR("ribeTags")));
	assert_false(operations_have(SERVICE_EC2, STR("")));
}

static void
gives_the_parameters(void **state)
{
	struct route_input in = { .method = STR("POST"),
		.target = STR("/"),
		.body = STR("Action=DescribeInstances" V "&InstanceId.1=i-1"),
		.scope_service = STR("ec2") };
	struct arena *a = arena_new(8 << 20);
	struct route got;
	struct str v;

	(void)state;
	assert_int_equal(route_find(&in, a, &got, NULL), AWSERR_NONE);
	assert_int_equal(got.service, SERVICE_EC2);
	assert_int_equal(query_str(got.params, "InstanceId.1", &v), 0);
	assert_true(str_eq_c(v, "i-1"));
	arena_free(a);
}

static void
two_targets_are_none(void **state)
{
	const struct http_header h[] = {
		{ STR("X-Amz-Target"), STR(EIC "SendSSHPublicKey") },
		{ STR("x-amz-target"), STR(EIC "SendSerialConsoleSSHPublicKey") },
	};
	struct route_input in = { .method = STR("POST"),
		.target = STR("/"),
		.headers = h,
		.n_headers = 2,
		.scope_service = STR("ec2-instance-connect") };
	struct arena *a = arena_new(65536);
	struct route got;

	(void)state;
	assert_int_equal(route_find(&in, a, &got, NULL), AWSERR_UNKNOWN_OPERATION);
	arena_free(a);
}

static void
guesses_the_service(void **state)
{
	static const struct {
		const char *name, *value;
		enum service want;
	} guesses[] = {
		{ "X-Amz-Target", EIC "SendSSHPublicKey", SERVICE_CONNECT },
		{ "x-amz-target", TRAIL "LookupEvents", SERVICE_CLOUDTRAIL },
		{ "x-amz-target", "CloudTrail_20131101.LookupEvents", SERVICE_CLOUDTRAIL },
		{ "X-Amz-Target", "DynamoDB_20120810.ListTables", SERVICE_CONNECT },
		{ "Authorization", "AWS4-HMAC-SHA256 Credential=A/20240801/r/ec2/aws4_request, ...",
		    SERVICE_EC2 },
		{ "authorization", "AWS4-HMAC-SHA256 Credential=A/20240801/r/iam/aws4_request",
		    SERVICE_IAM },
		{ "Authorization", "Credential=A/20240801/r/sts/aws4_request", SERVICE_STS },
		{ "Authorization", "/cloudtrail/aws4_request", SERVICE_CLOUDTRAIL },
		{ "Authorization", "Credential=A/20240801/r/s3/aws4_request", SERVICE_IAM },
		{ "Authorization", "Credential=A/20240801/r/route53/aws4_request", SERVICE_IAM },
		{ "Authorization", "Credential=A/20240801/r/kms/aws4_request", SERVICE_CONNECT },
		{ "Authorization", "ec2/aws4_request", SERVICE_CONNECT },
		{ "Authorization", "/aws4_request", SERVICE_CONNECT },
		{ "Authorization", "/xec2/aws4_request", SERVICE_CONNECT },
		{ "Authorization", "", SERVICE_CONNECT },
		{ "Content-Type", "application/x-www-form-urlencoded; charset=utf-8", SERVICE_EC2 },
		{ "Content-Type", "application/x-amz-json-1.1", SERVICE_CONNECT },
		{ "Host", "x", SERVICE_CONNECT },
	};
	struct http_header h;
	size_t i;

	(void)state;
	for (i = 0; i < N(guesses); i++) {
		h = (struct http_header){ str_of(guesses[i].name), str_of(guesses[i].value) };
		if (service_guess(&h, 1) != guesses[i].want)
			fail_msg("%s: %s", guesses[i].name, guesses[i].value);
	}
	assert_int_equal(service_guess(NULL, 0), SERVICE_CONNECT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_operation),
		cmocka_unit_test(knows_the_operations),
		cmocka_unit_test(gives_the_parameters),
		cmocka_unit_test(two_targets_are_none),
		cmocka_unit_test(guesses_the_service),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
