/*
 * records_test: holds the records of all actions of EC2 Instance Connect against published ones of
 * AWS, member by member.
 * Sources, on github.com:
 *   [1] DataDog/stratus-red-team, detonation log aws.lateral-movement.ec2-instance-connect
 *   [2] panther-labs/panther-analysis, rule aws_ec2_multi_instance_connect.yml
 */
#include "records.h"

#include "keys.h"
#include "svc/connect/actions.h"

#define BODY \
	"{\"InstanceId\":\"%s\",\"InstanceOSUser\":\"ec2-user\",\"SSHPublicKey\":\"" KEY_RSA_2048 \
	"\"}"

static struct api_response
send(struct fixture *f, const char *request)
{
	return fixture_push(f, strchr(request, '{'));
}

/* [1] has sSHPublicKey and this answer, and nothing about the instance's zone. */
static void
test_record(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	const char *parameters = arena_fmt(f->a,
	    "{\"instanceId\":\"%s\",\"instanceOSUser\":\"ec2-user\",\"sSHPublicKey\":\"%s\"}", id,
	    KEY_RSA_2048)
				     .p;
	const struct record_row row[] = {
		RECORD_WRITE(arena_fmt(f->a, "SendSSHPublicKey " BODY, id).p, parameters,
		    "{\"requestId\":\"" REQUEST_ID "\",\"success\":true}")
	};

	records_assert(f, send, SERVICE_CONNECT, row, FIELD_N(row));
}

/* [2] */
static void
test_denied(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	const struct record_row row[] = {
		RECORD_WRITE_REFUSED(arena_fmt(f->a, "SendSSHPublicKey " BODY, id).p, NULL,
		    "AccessDenied")
	};

	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	records_assert(f, send, SERVICE_CONNECT, row, FIELD_N(row));
}

/* test_record has the row of the one action. */
static void
test_every_action_has_a_row(void **state)
{
	static const char *const rows[] = { "SendSSHPublicKey" };
	const struct record_rows tables[] = { RECORD_ROWS(rows) };

	(void)state;
	records_assert_complete(connect_actions, tables, FIELD_N(tables));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_record),
		TEST(test_denied),
		cmocka_unit_test(test_every_action_has_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
