/*
 * trail_test: tests the actions about the trail and its keys: exact bodies, with an export and
 * without one.
 */
#include "fixture.h"

#include "base/rand.h"
#include "pki/cert.h"
#include "store/store_digest.h"

#define TRAIL "arn:aws:cloudtrail:" REGION ":" ACCOUNT ":trail/openeic"

/* Only its being there counts. */
static const struct export_port no_port;

static void
assert_answer(struct fixture *f, const char *action, const char *body, const char *want)
{
	struct api_response resp = fixture_cloudtrail(f, action, body);

	assert_status(f, &resp, 200);
	assert_string_equal(fixture_cstr(f, resp.body), want);
}

static void
assert_refused(struct fixture *f, const char *action, const char *body, const char *type,
    const char *message)
{
	struct api_response resp = fixture_cloudtrail(f, action, body);

	assert_status(f, &resp, 400);
	assert_string_equal(fixture_cstr(f, resp.body),
	    arena_fmt(f->a, "{\"__type\":\"%s\",\"Message\":\"%s\"}", type, message).p);
}

static void
test_no_export(void **state)
{
	struct fixture *f = *state;

	assert_answer(f, "DescribeTrails", "{}", "{\"trailList\":[]}");
	assert_answer(f, "DescribeTrails", "{\"trailNameList\":[\"openeic\"]}",
	    "{\"trailList\":[]}");
	assert_answer(f, "ListTrails", "{}", "{\"Trails\":[]}");
	/* Records in github.com/invictus-ir/aws_dataset have the ARN where the name was asked. */
	assert_refused(f, "GetTrailStatus", "{\"Name\":\"openeic\"}", "TrailNotFoundException",
	    "Unknown trail: " TRAIL " for the user: " ACCOUNT);
	assert_answer(f, "ListPublicKeys", "{}", "{\"PublicKeyList\":[]}");
}

#define MEMBERS \
	"{\"Name\":\"openeic\",\"IncludeGlobalServiceEvents\":true,\"IsMultiRegionTrail\":true," \
	"\"HomeRegion\":\"" REGION "\",\"TrailARN\":\"" TRAIL \
	"\",\"LogFileValidationEnabled\":true,\"HasCustomEventSelectors\":false," \
	"\"HasInsightSelectors\":false,\"IsOrganizationTrail\":false}"

static void
test_export(void **state)
{
	struct fixture *f = *state;
	struct store_digest d = { .created_at = NOW_S - 60,
		.first_seq = 1,
		.last_seq = 1,
		.last_hash = STR("01234567890123456789012345678901"),
		.signature = STR("s"),
		.digest = STR("d") };
	struct store_audit_event ev;

	f->region->export = &no_port;
	assert_answer(f, "DescribeTrails", "{}", "{\"trailList\":[" MEMBERS "]}");
	/* As github.com/invictus-ir/aws_dataset has it. */
	fixture_audit(f, &ev);
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "\"requestParameters\":{\"trailNameList\":[]},\"responseElements\":null"));
	assert_answer(f, "DescribeTrails",
	    "{\"trailNameList\":[\"" TRAIL "\"],\"includeShadowTrails\":true}",
	    "{\"trailList\":[" MEMBERS "]}");
	assert_answer(f, "DescribeTrails", "{\"trailNameList\":[\"other\"]}", "{\"trailList\":[]}");
	assert_answer(f, "GetTrail", "{\"Name\":\"openeic\"}", "{\"Trail\":" MEMBERS "}");
	assert_answer(f, "ListTrails", "{}",
	    "{\"Trails\":[{\"TrailARN\":\"" TRAIL "\",\"Name\":\"openeic\",\"HomeRegion\":\"" REGION
	    "\"}]}");
	assert_answer(f, "GetEventSelectors", "{\"TrailName\":\"" TRAIL "\"}",
	    "{\"TrailARN\":\"" TRAIL
	    "\",\"EventSelectors\":[{\"ReadWriteType\":\"All\",\"IncludeManagementEvents\":true,"
	    "\"DataResources\":[],\"ExcludeManagementEventSources\":[]}]}");
	fixture_audit(f, &ev);
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "\"requestParameters\":{\"trailName\":\"" TRAIL "\"},"));
	assert_answer(f, "GetTrailStatus", "{\"Name\":\"openeic\"}", "{\"IsLogging\":true}");
	assert_ok(store_digest_add(f->st, &d, NULL));
	assert_answer(f, "GetTrailStatus", "{\"Name\":\"" TRAIL "\"}",
	    "{\"IsLogging\":true,\"LatestDigestDeliveryTime\":1699999940}");
}

static void
test_refused(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	f->region->export = &no_port;
	assert_refused(f, "GetTrail", "{\"Name\":\"other\"}", "TrailNotFoundException",
	    "Unknown trail: arn:aws:cloudtrail:" REGION ":" ACCOUNT
	    ":trail/other for the user: " ACCOUNT);
	assert_refused(f, "GetTrail", "{\"Name\":\"" TRAIL "x\"}", "TrailNotFoundException",
	    "Unknown trail: " TRAIL "x for the user: " ACCOUNT);
	assert_refused(f, "GetTrail", "{\"Name\":\"ab\"}", "InvalidTrailNameException",
	    "A trail name has 3 to 128 letters, digits, '.', '_' and '-'.");
	assert_refused(f, "GetTrail", "{\"Name\":\"a/b/c\"}", "InvalidTrailNameException",
	    "A trail name has 3 to 128 letters, digits, '.', '_' and '-'.");
	assert_refused(f, "GetTrail",
	    "{\"Name\":\"arn:aws:cloudtrail:" REGION ":999999999999:trail/openeic\"}",
	    "CloudTrailARNInvalidException", "The ARN of the trail is not valid.");
	assert_refused(f, "ListTrails", "{\"NextToken\":\"x\"}", "InvalidTokenException",
	    "The token is not valid.");
	assert_refused(f, "ListPublicKeys", "{\"NextToken\":\"x\"}", "InvalidTokenException",
	    "The token is not valid.");
	assert_refused(f, "ListPublicKeys", "{\"StartTime\":2,\"EndTime\":1}",
	    "InvalidTimeRangeException", "The start of the time range is after its end.");
	/* Who may not see trails is not told which there are. */
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	resp = fixture_cloudtrail(f, "GetTrail", "{\"Name\":\"other\"}");
	assert_has(f, &resp,
	    "cloudtrail:GetTrail on resource: arn:aws:cloudtrail:" REGION ":" ACCOUNT
	    ":trail/other");
}

/* The key in PKCS#1: what stands behind the 24 bytes with which the SubjectPublicKeyInfo of every
 * RSA key of 2048 bits begins (RFC 3279 2.3.1). */
static void
test_keys(void **state)
{
	struct cert_request rq = { .profile = CERT_ROOT,
		.common_name = STR("audit"),
		.not_before_s = NOW_S - 100,
		.not_after_s = NOW_S + 100 };
	struct store_pki v = { .cert_id = STR("audit-1"),
		.kind = STORE_PKI_AUDIT,
		.state = STORE_PKI_RETIRED,
		.key_kind = STORE_PKI_RSA2048,
		.sealed_key = STR("sealed"),
		.not_before_at = NOW_S - 100,
		.not_after_at = NOW_S + 100 };
	struct fixture *f = *state;
	struct buf spki, der, text;
	struct privkey *key;
	char name[65];
	const char *want;

	buf_init(&spki, 4096);
	buf_init(&der, CERT_MAX_DER_BYTES);
	buf_init(&text, 4096);
	assert_ok(privkey_generate(PRIVKEY_RSA2048, &key));
	assert_ok(privkey_public_write(key, &spki));
	rq.public_key = buf_view(&spki);
	assert_ok(cert_issue(key, STR(""), &rq, &f->rng, &der));
	v.cert_der = buf_view(&der);
	assert_ok(store_pki_add(f->st, &v));
	cert_name_sha256(v.cert_der, name);
	b64_write(&text, buf_view(&spki).p + 24, buf_view(&spki).n - 24);
	want = arena_fmt(f->a,
	    "{\"PublicKeyList\":[{\"Value\":\"%.*s\",\"ValidityStartTime\":1699999900,"
	    "\"ValidityEndTime\":1700000100,\"Fingerprint\":\"%s\"}]}",
	    STR_FMT(buf_view(&text)), name)
		   .p;
	assert_answer(f, "ListPublicKeys", "{}", want);
	assert_answer(f, "ListPublicKeys", "{\"StartTime\":1700000100,\"EndTime\":1700000101}",
	    want);
	assert_answer(f, "ListPublicKeys", "{\"StartTime\":1700000101,\"EndTime\":1700000102}",
	    "{\"PublicKeyList\":[]}");
	assert_answer(f, "ListPublicKeys", "{\"EndTime\":1699999899}", "{\"PublicKeyList\":[]}");
	privkey_free(key);
	buf_release(&spki);
	buf_release(&der);
	buf_release(&text);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_no_export),
		TEST(test_export),
		TEST(test_refused),
		TEST(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
