/*
 * records_test: holds the records of all actions of IAM against published ones of AWS, member by
 * member. Where members of one record stand in different orders in two published ones, the order
 * is ours.
 * Sources:
 *   [1] github.com/invictus-ir/aws_dataset, CloudTrail/, of 2023-07-10
 *   [2] github.com/DataDog/stratus-red-team, docs/detonation-logs/
 *   [3] github.com/panther-labs/panther-analysis, rules/aws_cloudtrail_rules/
 *   [4] IAM and CloudTrail user guides, examples of records
 */
#include "records_account.h"
#include "records_groups.h"
#include "records_keys.h"
#include "records_policies.h"
#include "records_roles.h"
#include "records_users.h"
#include "store/store_mfa_device.h"
#include "svc/iam/actions.h"

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

static void
test_account(void **state)
{
	records_assert(*state, fixture_iam, SERVICE_IAM, of_account, FIELD_N(of_account));
}

/* Makes a device, and the request that enables it with the codes that it shows. */
static const char *
enable(struct fixture *f)
{
	struct store_mfa_device d;

	fixture_iam(f, "CreateVirtualMFADevice&VirtualMFADeviceName=phone");
	assert_ok(store_mfa_device_get(f->st, f->a, STR(DEVICE), &d));
	return arena_fmt(f->a,
	    "EnableMFADevice&UserName=eve&SerialNumber=" DEVICE
	    "&AuthenticationCode1=%s&AuthenticationCode2=%s",
	    fixture_totp(f, d.sealed_seed, NOW_S), fixture_totp(f, d.sealed_seed, NOW_S + 30))
	    .p;
}

/* The codes, which the row in the table has wrong, are in no record. */
static void
test_device_of_user(void **state)
{
	struct fixture *f = *state;
	const char *of_eve = "{\"userName\":\"eve\",\"serialNumber\":\"" DEVICE "\"}";
	const struct record_row rows[] = {
		RECORD_WRITE(enable(f), of_eve, NULL),
		RECORD_READ("GetMFADevice&UserName=eve&SerialNumber=" DEVICE, of_eve),
		RECORD_WRITE("DeactivateMFADevice&UserName=eve&SerialNumber=" DEVICE, of_eve, NULL),
	};

	records_assert(f, fixture_iam, SERVICE_IAM, rows, FIELD_N(rows));
}

static const char *
deletion_task(struct fixture *f)
{
	struct api_response resp;

	fixture_iam(f, "CreateServiceLinkedRole&AWSServiceName=ec2-instance-connect.amazonaws.com");
	resp =
	    fixture_iam(f, "DeleteServiceLinkedRole&RoleName=AWSServiceRoleForEc2InstanceConnect");
	return fixture_element(f, &resp, "DeletionTaskId", 0);
}

static void
test_deletion_of_linked_role(void **state)
{
	struct fixture *f = *state;
	const char *task = deletion_task(f);
	const struct record_row row[] = {
		RECORD_READ(arena_fmt(f->a, "GetServiceLinkedRoleDeletionStatus&DeletionTaskId=%s",
				task)
				.p,
		    arena_fmt(f->a, "{\"deletionTaskId\":\"%s\"}", task).p)
	};

	records_assert(f, fixture_iam, SERVICE_IAM, row, FIELD_N(row));
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

static void
test_every_action_has_a_row(void **state)
{
	const struct record_rows tables[] = {
		RECORD_ROWS(of_users),
		RECORD_ROWS(of_keys),
		RECORD_ROWS(of_groups),
		RECORD_ROWS(of_roles),
		RECORD_ROWS(of_policies),
		RECORD_ROWS(of_account),
	};

	(void)state;
	records_assert_complete(iam_actions, tables, FIELD_N(tables));
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
		TEST(test_account),
		TEST(test_device_of_user),
		TEST(test_deletion_of_linked_role),
		TEST(test_denied),
		cmocka_unit_test(test_every_action_has_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
