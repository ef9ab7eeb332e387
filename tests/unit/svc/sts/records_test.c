/*
 * records_test: holds the records of the actions of STS against published ones of AWS, member by
 * member. That of AssumeRoleWithWebIdentity is in web_identity_test, which makes tokens.
 * Sources:
 *   [1] github.com/invictus-ir/aws_dataset, CloudTrail/, of 2023-07-10
 *   [2] github.com/DataDog/stratus-red-team, docs/detonation-logs/
 *   [3] IAM user guide, "Logging IAM and AWS STS API calls with AWS CloudTrail"
 */
#include "sts_kit.h"

#include "records.h"
#include "svc/sts/actions.h"

/* On AWS a record has the sessionToken as well. Here it has no secret and no part of one. */
#define CREDENTIALS "\"credentials\":{\"accessKeyId\":\"~\",\"expiration\":\"~\"}"
#define POLICY_SENT \
	"%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C" \
	"%22Action%22%3A%22%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D"
#define POLICY \
	"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":{\\\"Effect\\\":\\\"Allow\\\"," \
	"\\\"Action\\\":\\\"*\\\",\\\"Resource\\\":\\\"*\\\"}}"
#define ROLE_ANSWER \
	"{" CREDENTIALS ",\"assumedRoleUser\":{\"assumedRoleId\":\"" ROLE_ID ":alice@home\"," \
	"\"arn\":\"" SESSION "\"}"
#define ROLE_RESOURCE \
	"[{\"accountId\":\"" ACCOUNT "\",\"type\":\"AWS::IAM::Role\",\"ARN\":\"" ROLE "\"}]"

static const struct record_row rows[] = {
	/* [1]: with the role as the resource, and read-only although it gives credentials. */
	{ .request = ASSUME,
	    .parameters = "{\"roleArn\":\"" ROLE "\",\"roleSessionName\":\"alice@home\"}",
	    .answer = ROLE_ANSWER "}",
	    .read_only = true,
	    .resources = ROLE_RESOURCE },
	{ .request = ASSUME "&DurationSeconds=900&Policy=" POLICY_SENT,
	    .parameters = "{\"roleArn\":\"" ROLE "\",\"roleSessionName\":\"alice@home\","
			  "\"policy\":\"" POLICY "\",\"durationSeconds\":900}",
	    .answer = ROLE_ANSWER ",\"packedPolicySize\":~}",
	    .read_only = true,
	    .resources = ROLE_RESOURCE },
	/* [1] GetCallerIdentity */
	RECORD_READ("GetCallerIdentity", NULL),
	/* [2] aws.persistence.sts-federation-token.json: not read-only. */
	RECORD_WRITE("GetFederationToken&Name=stratus_red_team&Policy=" POLICY_SENT,
	    "{\"name\":\"stratus_red_team\",\"policy\":\"" POLICY "\"}",
	    "{" CREDENTIALS ",\"federatedUser\":{\"federatedUserId\":\"" ACCOUNT
	    ":stratus_red_team\",\"arn\":\"arn:aws:sts::" ACCOUNT
	    ":federated-user/stratus_red_team\"},\"packedPolicySize\":~}"),
	/* None was found in whole; by the service model and the form of AssumeRole. */
	{ .request = "GetSessionToken&DurationSeconds=3600",
	    .parameters = "{\"durationSeconds\":3600}",
	    .answer = "{" CREDENTIALS "}",
	    .read_only = true },
	/* None was found; by the service model and the form of their neighbours. The message is
	 * the one parameter, and it may have what its reader may not see. */
	RECORD_READ("GetAccessKeyInfo&AccessKeyId=" USER_KEY, "{\"accessKeyId\":\"" USER_KEY "\"}"),
	RECORD_READ_REFUSED("DecodeAuthorizationMessage&EncodedMessage=none", NULL,
	    "InvalidAuthorizationMessageException"),
};

static void
test_records(void **state)
{
	struct fixture *f = *state;

	trust_eve(f, "");
	allow(f, USER_ID, "sts", "{\"Effect\":\"Allow\",\"Action\":\"sts:*\",\"Resource\":\"*\"}");
	as_eve(f);
	records_assert(f, fixture_sts, SERVICE_STS, rows, FIELD_N(rows));
}

/* [1] and [2]: of a denied call of AssumeRole there are no parameters and no resources. */
static void
test_denied(void **state)
{
	static const struct record_row denied[] = { RECORD_READ_REFUSED(ASSUME, NULL,
	    "AccessDenied") };
	struct fixture *f = *state;

	as_eve(f);
	records_assert(f, fixture_sts, SERVICE_STS, denied, FIELD_N(denied));
}

static void
test_every_action_has_a_row(void **state)
{
	static const char *const elsewhere[] = { "AssumeRoleWithWebIdentity" };
	const struct record_rows tables[] = { RECORD_ROWS(rows), RECORD_ROWS(elsewhere) };

	(void)state;
	records_assert_complete(sts_actions, tables, FIELD_N(tables));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_records),
		TEST(test_denied),
		cmocka_unit_test(test_every_action_has_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
