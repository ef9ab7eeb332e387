/*
 * records_test: holds the records of all actions of CloudTrail against published ones of AWS,
 * member by member.
 * Sources, on github.com:
 *   [1] invictus-ir/aws_dataset, CloudTrail/, of 2023-07-10
 */
#include "records.h"

#include "svc/cloudtrail/actions.h"

#define TRAIL "arn:aws:cloudtrail:" REGION ":" ACCOUNT ":trail/openeic"

/* Only its being there counts. */
static const struct export_port no_port;

static const struct record_row rows[] = {
	/* [1] */
	RECORD_READ("DescribeTrails {}", "{\"trailNameList\":[]}"),
	RECORD_READ("DescribeTrails {\"includeShadowTrails\":true}",
	    "{\"trailNameList\":[],\"includeShadowTrails\":true}"),
	RECORD_READ("DescribeTrails {\"trailNameList\":[\"openeic\"]}",
	    "{\"trailNameList\":[\"openeic\"]}"),
	RECORD_READ("GetTrailStatus {\"Name\":\"openeic\"}", "{\"name\":\"openeic\"}"),
	RECORD_READ("GetEventSelectors {\"TrailName\":\"" TRAIL "\"}",
	    "{\"trailName\":\"" TRAIL "\"}"),
	RECORD_READ("LookupEvents {\"EventCategory\":\"insight\",\"MaxResults\":25}",
	    "{\"eventCategory\":\"insight\",\"maxResults\":25}"),
	RECORD_READ("LookupEvents {\"LookupAttributes\":[{\"AttributeKey\":\"ReadOnly\","
		    "\"AttributeValue\":\"false\"}],\"MaxResults\":5}",
	    "{\"lookupAttributes\":[{\"attributeKey\":\"ReadOnly\",\"attributeValue\":\"false\"}],"
	    "\"maxResults\":5}"),
	/* [1] has the code and the parameters in records of StartLogging and DeleteTrail. */
	RECORD_READ_REFUSED("GetTrailStatus {\"Name\":\"other\"}", "{\"name\":\"other\"}",
	    "TrailNotFoundException"),
	/* None was found; by the service model and the form of GetTrailStatus. */
	RECORD_READ("GetTrail {\"Name\":\"openeic\"}", "{\"name\":\"openeic\"}"),
	/* None was found; by the service model, null as of all requests without parameters. */
	RECORD_READ("ListTrails {}", NULL),
	RECORD_READ("ListPublicKeys {}", NULL),
	/* By the service model, with the time in the words that [1] has for all times. */
	RECORD_READ("ListPublicKeys {\"StartTime\":1700000000}",
	    "{\"startTime\":\"Nov 14, 2023 10:13:20 PM\"}"),
};

static struct api_response
send(struct fixture *f, const char *request)
{
	const char *action = arena_fmt(f->a, "%.*s", (int)strcspn(request, " "), request).p;

	return fixture_cloudtrail(f, action, strchr(request, '{'));
}

static void
test_records(void **state)
{
	struct fixture *f = *state;

	f->region->export = &no_port;
	records_assert(f, send, SERVICE_CLOUDTRAIL, rows, FIELD_N(rows));
}

/* Of a denied request only EC2 records the parameters; see api/audit.c. */
static void
test_denied(void **state)
{
	static const struct record_row denied[] = {
		RECORD_READ_REFUSED("GetTrailStatus {\"Name\":\"openeic\"}", NULL, "AccessDenied")
	};
	struct fixture *f = *state;

	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	records_assert(f, send, SERVICE_CLOUDTRAIL, denied, FIELD_N(denied));
}

static void
test_every_action_has_a_row(void **state)
{
	const struct record_rows tables[] = { RECORD_ROWS(rows) };

	(void)state;
	records_assert_complete(cloudtrail_actions, tables, FIELD_N(tables));
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
