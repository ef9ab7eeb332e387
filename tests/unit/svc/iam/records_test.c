/*
 * records_test: holds the records of actions of IAM against published ones of AWS, member by
 * member. Where members of one record stand in different orders in two published ones, the order
 * is ours.
 * Sources:
 *   [1] github.com/invictus-ir/aws_dataset, CloudTrail/, of 2023-07-10
 *   [2] github.com/DataDog/stratus-red-team, docs/detonation-logs/
 *   [3] github.com/panther-labs/panther-analysis, rules/aws_cloudtrail_rules/
 *   [4] IAM and CloudTrail user guides, examples of records
 */
#include "records_groups.h"
#include "records_keys.h"
#include "records_policies.h"
#include "records_roles.h"
#include "records_users.h"

static void
test_users(void **state)
{
	records_assert(*state, fixture_iam, SERVICE_IAM, of_users, FIELD_N(of_users));
}

static void
test_keys(void **state)
{
	records_assert(*state, fixture_iam, SERVICE_IAM, of_keys, FIELD_N(of_keys));
}

static void
test_groups(void **state)
{
	records_assert(*state, fixture_iam, SERVICE_IAM, of_groups, FIELD_N(of_groups));
}

static void
test_roles(void **state)
{
	records_assert(*state, fixture_iam, SERVICE_IAM, of_roles, FIELD_N(of_roles));
}

static void
test_policies(void **state)
{
	records_assert(*state, fixture_iam, SERVICE_IAM, of_policies, FIELD_N(of_policies));
}

/* [3] aws_iam_user_recon_denied.yml: IAM records nothing of what a denied caller asked for. */
static void
test_denied(void **state)
{
	static const struct record_row denied[] = {
		RECORD_READ_REFUSED("GetRole&RoleName=deploy", NULL, "AccessDenied"),
		RECORD_WRITE_REFUSED("CreateUser&UserName=ann", NULL, "AccessDenied"),
	};
	struct fixture *f = *state;

	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	records_assert(f, fixture_iam, SERVICE_IAM, denied, FIELD_N(denied));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_users),
		TEST(test_keys),
		TEST(test_groups),
		TEST(test_roles),
		TEST(test_policies),
		TEST(test_denied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
