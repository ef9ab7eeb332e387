/*
 * sts_test: temporary credentials: who gets them, for what and for how long. The
 * answers are used: the fixture signs the next request with what came.
 */
#include "fixture.h"

#include "api/field.h"
#include "api/policies.h"
#include "store/store_inline_policy.h"
#include "store/store_mfa_device.h"
#include "store/store_role.h"
#include "store/store_user.h"

#define USER_ID "AIDACKCEVSQ6C2EXAMPLE"
#define ROLE_ID "AROAIOSFODNN7EXAMPLE"
#define IAM "arn:aws:iam::" ACCOUNT
#define EVE IAM ":user/eve"
#define ROLE IAM ":role/ops/Admin"
#define SESSION "arn:aws:sts::" ACCOUNT ":assumed-role/Admin/alice@home"
#define SERIAL IAM ":mfa/phone"
#define ASSUME "AssumeRole&RoleArn=arn:aws:iam::123456789012:role/ops/Admin" \
	       "&RoleSessionName=alice@home"
#define DENIED "User: " EVE " is not authorized to perform: sts:AssumeRole on resource: "

/* ---- what is there ---- */

static void
trust(struct fixture *f, const char *policy)
{
	struct store_role role = {.role_id = STR(ROLE_ID),
	    .account_id = STR(ACCOUNT),
	    .name = STR("Admin"),
	    .path = STR("/ops/"),
	    .arn = STR(ROLE),
	    .created_at = NOW_S,
	    .trust_policy = str_of(policy),
	    .max_session_s = 7200};

	if (store_role_get_id(f->st, f->a, role.role_id, &role) == ERR_NOTFOUND) {
		assert_ok(store_role_add(f->st, &role));
		return;
	}
	role.trust_policy = str_of(policy);
	assert_ok(store_role_update(f->st, &role));
}

static void
trust_eve(struct fixture *f, const char *more)
{
	char text[1024];

	snprintf(text, sizeof(text), "%s%s%s",
	    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":"
	    "{\"AWS\":\"" EVE "\"},\"Action\":[\"sts:AssumeRole\",\"sts:TagSession\"]",
	    more, "}}");
	trust(f, text);
}

/* To whom is "AIDA..." or "AROA...". */
static void
allow(struct fixture *f, const char *to, const char *name, const char *statement)
{
	const struct store_inline_policy p = {.entity_id = str_of(to),
	    .name = str_of(name),
	    .document = arena_fmt(f->a, "{\"Version\":\"2012-10-17\",\"Statement\":%s}", statement)};

	assert_ok(store_inline_policy_put(f->st, &p));
	policies_changed(f->api->policies);
}

static void
as_eve(struct fixture *f)
{
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	f->token = NULL;
}

/* Signs what follows with the credentials of an answer. */
static void
use(struct fixture *f, struct api_response *resp)
{
	assert_status(f, resp, 200);
	f->access_key = fixture_element(f, resp, "AccessKeyId", 0);
	f->secret = fixture_element(f, resp, "SecretAccessKey", 0);
	f->token = fixture_element(f, resp, "SessionToken", 0);
	assert_true(str_starts(str_of(f->access_key), STR("ASIA")));
	assert_int_equal(strlen(f->secret), 40);
}

static void
assert_i_am(struct fixture *f, const char *arn)
{
	struct api_response resp = fixture_sts(f, "GetCallerIdentity");

	assert_status(f, &resp, 200);
	assert_string_equal(fixture_element(f, &resp, "Arn", 0), arn);
}

static void
assert_error(struct fixture *f, const char *body, uint16_t status, const char *code,
    const char *message)
{
	struct api_response resp = fixture_sts(f, body);

	assert_status(f, &resp, status);
	assert_string_equal(fixture_element(f, &resp, "Code", 0), code);
	if (message != NULL)
		assert_string_equal(fixture_element(f, &resp, "Message", 0), message);
}

static void
assert_denied(struct fixture *f, const char *body)
{
	assert_error(f, body, 403, "AccessDenied", DENIED ROLE);
}

/* A device of eve's; its sealed seed. */
static struct str
device(struct fixture *f)
{
	struct buf text, sealed;
	struct store_mfa_device d = {.serial_number = STR(SERIAL),
	    .account_id = STR(ACCOUNT),
	    .name = STR("phone"),
	    .path = STR("/"),
	    .user_id = STR(USER_ID),
	    .enabled_at = NOW_S,
	    .created_at = NOW_S};

	buf_init(&text, 100);
	buf_init(&sealed, 100);
	assert_ok(f->keyd.new_totp(f, &text, &sealed));
	d.sealed_seed = arena_str(f->a, buf_view(&sealed));
	assert_ok(store_mfa_device_add(f->st, &d));
	buf_release(&text);
	buf_release(&sealed);
	return d.sealed_seed;
}

static const char *
with_code(struct fixture *f, const char *body, const char *code)
{
	return arena_fmt(f->a, "%s&SerialNumber=" SERIAL "&TokenCode=%s", body, code).p;
}

static void
wait_s(struct fixture *f, int64_t s)
{
	f->wall_ms += s * 1000;
	f->boot_ms += s * 1000;
}

/* ---- GetSessionToken ---- */

static void
test_get_session_token(void **state)
{
	static const struct {
		const char *more;
		bool root;
		int64_t seconds;
	} rows[] = {
		{ "", false, 43200 },
		{ "&DurationSeconds=900", false, 900 },
		{ "&DurationSeconds=129600", false, 129600 },
		{ "", true, 3600 },
		{ "&DurationSeconds=7200", true, 3600 },
		{ "&DurationSeconds=900", true, 900 },
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	for (i = 0; i < FIELD_N(rows); i++) {
		f->wall_ms = NOW_S * INT64_C(1000);
		as_eve(f);
		if (rows[i].root) {
			f->access_key = ROOT_KEY;
			f->secret = ROOT_SECRET;
		}
		resp = fixture_sts(f, arena_fmt(f->a, "GetSessionToken%s", rows[i].more).p);
		use(f, &resp);
		assert_i_am(f, rows[i].root ? IAM ":root" : EVE);
		f->wall_ms = (NOW_S + rows[i].seconds) * INT64_C(1000) - 1;
		assert_i_am(f, rows[i].root ? IAM ":root" : EVE);
		f->wall_ms++;
		assert_error(f, "GetCallerIdentity", 403, "ExpiredToken", NULL);
	}
}

static void
test_get_session_token_answer(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;

	as_eve(f);
	resp = fixture_sts(f, "GetSessionToken&DurationSeconds=900");
	assert_status(f, &resp, 200);
	assert_string_equal(fixture_cstr(f, resp.body),
	    arena_fmt(f->a,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<GetSessionTokenResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
		"<GetSessionTokenResult><Credentials><AccessKeyId>%s</AccessKeyId>"
		"<SecretAccessKey>%s</SecretAccessKey><SessionToken>%s</SessionToken>"
		"<Expiration>2023-11-14T22:28:20Z</Expiration></Credentials>"
		"</GetSessionTokenResult><ResponseMetadata><RequestId>" REQUEST_ID
		"</RequestId></ResponseMetadata></GetSessionTokenResponse>",
		fixture_element(f, &resp, "AccessKeyId", 0),
		fixture_element(f, &resp, "SecretAccessKey", 0),
		fixture_element(f, &resp, "SessionToken", 0)).p);
	/* The record has nothing that anybody could use. */
	fixture_audit(f, &ev);
	assert_string_equal(fixture_cstr(f, ev.event_name), "GetSessionToken");
	assert_non_null(memmem(ev.record.p, ev.record.n, "accessKeyId", 11));
	assert_null(memmem(ev.record.p, ev.record.n,
	    fixture_element(f, &resp, "SecretAccessKey", 0), 40));
	assert_null(memmem(ev.record.p, ev.record.n,
	    fixture_element(f, &resp, "SessionToken", 0), 40));
}

static void
test_get_session_token_refused(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	as_eve(f);
	assert_error(f, "GetSessionToken&DurationSeconds=899", 400, "ValidationError", NULL);
	assert_error(f, "GetSessionToken&DurationSeconds=129601", 400, "ValidationError", NULL);
	assert_error(f, "GetSessionToken&SerialNumber=" SERIAL, 400, "ValidationError", NULL);
	assert_error(f, "GetSessionToken&TokenCode=123456", 400, "ValidationError", NULL);
	assert_error(f, "GetSessionToken&SerialNumber=" SERIAL "&TokenCode=12345", 400,
	    "ValidationError", NULL);
	resp = fixture_sts(f, "GetSessionToken");
	use(f, &resp);
	assert_error(f, "GetSessionToken", 403, "AccessDenied",
	    "Cannot call GetSessionToken with session credentials");
}

/* ---- MFA ---- */

#define WRONG "MultiFactorAuthentication failed with invalid MFA one time pass code."

static void
assert_wrong(struct fixture *f, const char *code)
{
	assert_error(f, with_code(f, "GetSessionToken", code), 403, "AccessDenied", WRONG);
}

static void
test_mfa_window(void **state)
{
	static const struct {
		int64_t off_s;
		bool right;
	} rows[] = { { -60, false }, { -30, true }, { 0, true }, { 30, true }, { 60, false } };
	struct fixture *f = *state;
	struct str seed = device(f);
	struct api_response resp;
	const char *code;
	size_t i;

	as_eve(f);
	for (i = 0; i < FIELD_N(rows); i++) {
		wait_s(f, 300);
		code = fixture_totp(f, seed, f->wall_ms / 1000 + rows[i].off_s);
		if (!rows[i].right) {
			assert_wrong(f, code);
			continue;
		}
		resp = fixture_sts(f, with_code(f, "GetSessionToken", code));
		assert_status(f, &resp, 200);
	}
}

/* A code counts once, whatever it is for, and so do those before it. */
static void
test_mfa_once(void **state)
{
	struct fixture *f = *state;
	struct str seed = device(f);
	struct api_response resp;
	const char *code, *before;

	trust_eve(f, "");
	as_eve(f);
	code = fixture_totp(f, seed, NOW_S);
	before = fixture_totp(f, seed, NOW_S - 30);
	resp = fixture_sts(f, with_code(f, "GetSessionToken", code));
	assert_status(f, &resp, 200);
	assert_wrong(f, code);
	assert_wrong(f, before);
	assert_error(f, with_code(f, ASSUME, code), 403, "AccessDenied", WRONG);
	resp = fixture_sts(f, with_code(f, ASSUME, fixture_totp(f, seed, NOW_S + 30)));
	assert_status(f, &resp, 200);
	assert_wrong(f, fixture_totp(f, seed, NOW_S + 30));
}

/* Five wrong ones lock it; a right one is refused then, and the time doubles. */
static void
test_mfa_lock(void **state)
{
	static const int64_t locks[] = { 30, 60, 120, 240, 480, 900, 900, 900 };
	struct fixture *f = *state;
	struct str seed = device(f);
	struct store_mfa_device d;
	struct api_response resp;
	size_t i;

	as_eve(f);
	for (i = 0; i < 4; i++)
		assert_wrong(f, "000000");
	resp = fixture_sts(f, with_code(f, "GetSessionToken", fixture_totp(f, seed, NOW_S)));
	assert_status(f, &resp, 200);
	/* That made all good. */
	for (i = 0; i < 4; i++)
		assert_wrong(f, "000000");
	assert_ok(store_mfa_device_get(f->st, f->a, STR(SERIAL), &d));
	assert_int_equal(d.failures, 4);
	assert_int_equal(d.locked_until_at, 0);
	for (i = 0; i < FIELD_N(locks); i++) {
		assert_wrong(f, "000000");
		wait_s(f, locks[i] - 1);
		assert_wrong(f, fixture_totp(f, seed, f->wall_ms / 1000));
		wait_s(f, 1);
	}
	resp = fixture_sts(f,
	    with_code(f, "GetSessionToken", fixture_totp(f, seed, f->wall_ms / 1000)));
	assert_status(f, &resp, 200);
	assert_ok(store_mfa_device_get(f->st, f->a, STR(SERIAL), &d));
	assert_int_equal(d.failures, 0);
}

static void
test_mfa_of_others(void **state)
{
	static const char unknown[] =
	    "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your "
	    "MFA serial number is valid and associated with this user.";
	struct fixture *f = *state;
	struct str seed = device(f);
	struct store_mfa_device d;
	const char *code = fixture_totp(f, seed, NOW_S);

	/* The root's it is not, and its count is not his to move. */
	assert_error(f, with_code(f, "GetSessionToken", code), 403, "AccessDenied", unknown);
	as_eve(f);
	assert_error(f, "GetSessionToken&SerialNumber=" IAM ":mfa/other&TokenCode=123456", 403,
	    "AccessDenied", unknown);
	assert_ok(store_mfa_device_unassign(f->st, STR(SERIAL)));
	assert_error(f, with_code(f, "GetSessionToken", code), 403, "AccessDenied", unknown);
	assert_ok(store_mfa_device_get(f->st, f->a, STR(SERIAL), &d));
	assert_int_equal(d.failures, 0);
}

/* What a session with a code may that one without may not. */
static void
test_mfa_in_policies(void **state)
{
	struct fixture *f = *state;
	struct str seed = device(f);
	struct api_response resp;

	allow(f, USER_ID, "p",
	    "{\"Effect\":\"Allow\",\"Action\":\"ec2:*\",\"Resource\":\"*\",\"Condition\":"
	    "{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"},\"NumericLessThan\":"
	    "{\"aws:MultiFactorAuthAge\":\"600\"}}}");
	as_eve(f);
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 403);
	resp = fixture_sts(f, "GetSessionToken");
	use(f, &resp);
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 403);
	as_eve(f);
	resp = fixture_sts(f, with_code(f, "GetSessionToken", fixture_totp(f, seed, NOW_S)));
	use(f, &resp);
	wait_s(f, 599);
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 200);
	wait_s(f, 1);
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 403);
}

/* ---- AssumeRole ---- */

static void
test_assume_role(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;
	const char *secret;

	trust_eve(f, "");
	as_eve(f);
	/* Names have no case; what is answered has the role's. */
	resp = fixture_sts(f, "AssumeRole&RoleArn=" IAM ":role/ops/aDMIN"
			      "&RoleSessionName=alice@home&DurationSeconds=900");
	use(f, &resp);
	secret = f->secret;
	assert_string_equal(fixture_element(f, &resp, "Arn", 0), SESSION);
	assert_string_equal(fixture_element(f, &resp, "AssumedRoleId", 0), ROLE_ID ":alice@home");
	assert_string_equal(fixture_element(f, &resp, "Expiration", 0), "2023-11-14T22:28:20Z");
	assert_has_not(f, &resp, "PackedPolicySize");
	assert_has_not(f, &resp, "SourceIdentity");
	fixture_audit(f, &ev);
	assert_non_null(memmem(ev.record.p, ev.record.n, "\"assumedRoleUser\"", 17));
	assert_non_null(memmem(ev.record.p, ev.record.n, f->access_key, 20));
	assert_null(memmem(ev.record.p, ev.record.n, secret, 40));
	assert_null(memmem(ev.record.p, ev.record.n, f->token, 40));
	assert_i_am(f, SESSION);
	/* The role may nothing, and not what eve may. */
	allow(f, USER_ID, "p", "{\"Effect\":\"Allow\",\"Action\":\"ec2:*\",\"Resource\":\"*\"}");
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 403);
	assert_has(f, &resp, "User: " SESSION " is not authorized to perform: ec2:DescribeVpcs");
	allow(f, ROLE_ID, "p", "{\"Effect\":\"Allow\",\"Action\":\"ec2:*\",\"Resource\":\"*\"}");
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 200);
}

static void
test_assume_role_durations(void **state)
{
	static const struct {
		const char *more, *want;
	} rows[] = {
		{ "", "2023-11-14T23:13:20Z" },
		{ "&DurationSeconds=900", "2023-11-14T22:28:20Z" },
		{ "&DurationSeconds=7200", "2023-11-15T00:13:20Z" },
		{ "&DurationSeconds=7201", NULL },
		{ "&DurationSeconds=899", NULL },
		{ "&DurationSeconds=43201", NULL },
	};
	struct fixture *f = *state;
	struct api_response resp;
	const char *body;
	size_t i;

	trust_eve(f, "");
	as_eve(f);
	for (i = 0; i < FIELD_N(rows); i++) {
		body = arena_fmt(f->a, ASSUME "%s", rows[i].more).p;
		if (rows[i].want == NULL) {
			assert_error(f, body, 400, "ValidationError", NULL);
			continue;
		}
		resp = fixture_sts(f, body);
		assert_status(f, &resp, 200);
		assert_string_equal(fixture_element(f, &resp, "Expiration", 0), rows[i].want);
	}
	/* How long its sessions may last is for those who may assume it. */
	trust(f, "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":"
		 "{\"AWS\":\"" IAM ":user/bob\"},\"Action\":\"sts:AssumeRole\"}}");
	assert_denied(f, ASSUME "&DurationSeconds=7201");
}

/* That a role is there is told to nobody who may not assume it. */
static void
test_assume_role_denied_alike(void **state)
{
	static const char *const names[] = { "Admin", "admin", "Other", "AdminX" };
	struct fixture *f = *state;
	struct api_response resp;
	struct store_audit_event ev;
	size_t i, n, lengths[4];

	trust(f, "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":"
		 "{\"AWS\":\"" IAM ":user/bob\"},\"Action\":\"sts:AssumeRole\"}}");
	allow(f, USER_ID, "p", "{\"Effect\":\"Allow\",\"Action\":\"sts:*\",\"Resource\":\"*\"}");
	as_eve(f);
	for (i = 0; i < 4; i++) {
		resp = fixture_sts(f, arena_fmt(f->a, "AssumeRole&RoleArn=" IAM
		    ":role/ops/%s&RoleSessionName=alice", names[i]).p);
		assert_status(f, &resp, 403);
		assert_string_equal(fixture_element(f, &resp, "Message", 0),
		    arena_fmt(f->a, DENIED IAM ":role/ops/%s", names[i]).p);
		lengths[i] = resp.body.n - strlen(names[i]);
		fixture_audit(f, &ev);
		assert_string_equal(fixture_cstr(f, ev.error_code), "AccessDenied");
	}
	for (n = 1; n < 4; n++)
		assert_int_equal(lengths[n], lengths[0]);
	/* Its name in another path, or account, is no role of ours. */
	assert_error(f, "AssumeRole&RoleArn=" IAM ":role/Admin&RoleSessionName=alice", 403,
	    "AccessDenied", DENIED IAM ":role/Admin");
	trust_eve(f, "");
	assert_error(f, "AssumeRole&RoleArn=" IAM ":role/Admin&RoleSessionName=alice", 403,
	    "AccessDenied", DENIED IAM ":role/Admin");
	assert_error(f, "AssumeRole&RoleArn=arn:aws:iam::999999999999:role/ops/Admin"
			"&RoleSessionName=alice", 403, "AccessDenied",
	    DENIED "arn:aws:iam::999999999999:role/ops/Admin");
}

static void
test_assume_role_malformed(void **state)
{
	static const char *const bodies[] = {
		"AssumeRole&RoleArn=" ROLE,
		"AssumeRole&RoleSessionName=alice",
		"AssumeRole&RoleArn=" ROLE "&RoleSessionName=a",
		"AssumeRole&RoleArn=" ROLE "&RoleSessionName=a%20b",
		"AssumeRole&RoleArn=" EVE "&RoleSessionName=alice",
		"AssumeRole&RoleArn=arn:aws:s3:::role/ops/Admin&RoleSessionName=alice",
		"AssumeRole&RoleArn=12345678901234567890&RoleSessionName=alice",
		ASSUME "&ExternalId=x",
		ASSUME "&SourceIdentity=x",
		ASSUME "&Tags.member.1.Key=k",
		ASSUME "&PolicyArns.member.1.arn=" IAM ":policy/none",
		ASSUME "&SerialNumber=" SERIAL,
	};
	struct fixture *f = *state;
	size_t i;

	trust_eve(f, "");
	as_eve(f);
	for (i = 0; i < FIELD_N(bodies); i++)
		assert_error(f, bodies[i], 400, "ValidationError", NULL);
	assert_error(f, ASSUME "&Policy={}", 400, "MalformedPolicyDocument", NULL);
	assert_error(f, ASSUME "&TransitiveTagKeys.member.1=k", 400, "InvalidParameterValue",
	    NULL);
	assert_error(f, ASSUME "&Tags.member.1.Key=k&Tags.member.1.Value=v&Tags.member.2.Key=K"
			       "&Tags.member.2.Value=v", 400, "InvalidInput", NULL);
	f->access_key = ROOT_KEY;
	f->secret = ROOT_SECRET;
	assert_error(f, ASSUME, 403, "AccessDenied",
	    "Roles may not be assumed by root accounts.");
}

/* Trust policies by their conditions: what is asked, and whether it may. */
static void
test_trust(void **state)
{
	static const struct {
		const char *condition, *body;
		bool allowed;
	} rows[] = {
		{ "\"StringEquals\":{\"sts:ExternalId\":\"42-x\"}", ASSUME "&ExternalId=42-x", true },
		{ "\"StringEquals\":{\"sts:ExternalId\":\"42-x\"}", ASSUME "&ExternalId=42-X", false },
		{ "\"StringEquals\":{\"sts:ExternalId\":\"42-x\"}", ASSUME, false },
		{ "\"Null\":{\"sts:ExternalId\":\"true\"}", ASSUME, true },
		{ "\"Null\":{\"sts:ExternalId\":\"true\"}", ASSUME "&ExternalId=42-x", false },
		{ "\"StringLike\":{\"sts:RoleSessionName\":\"alice*\"}", ASSUME, true },
		{ "\"StringLike\":{\"sts:RoleSessionName\":\"bob*\"}", ASSUME, false },
		{ "\"StringLike\":{\"sts:RoleSessionName\":\"${aws:username}\"}", ASSUME, false },
		{ "\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"}", ASSUME, false },
		{ "\"BoolIfExists\":{\"aws:MultiFactorAuthPresent\":\"true\"}", ASSUME, true },
		{ "\"StringEquals\":{\"aws:RequestTag/team\":\"blue\"}",
		    ASSUME "&Tags.member.1.Key=team&Tags.member.1.Value=blue", true },
		{ "\"StringEquals\":{\"aws:RequestTag/team\":\"blue\"}",
		    ASSUME "&Tags.member.1.Key=team&Tags.member.1.Value=red", false },
		{ "\"StringEquals\":{\"aws:RequestTag/team\":\"blue\"}", ASSUME, false },
		{ "\"ForAllValues:StringEquals\":{\"aws:TagKeys\":[\"team\"]}",
		    ASSUME "&Tags.member.1.Key=team&Tags.member.1.Value=blue", true },
		{ "\"ForAllValues:StringEquals\":{\"aws:TagKeys\":[\"team\"]}",
		    ASSUME "&Tags.member.1.Key=cost&Tags.member.1.Value=1", false },
		{ "\"ForAllValues:StringEquals\":{\"sts:TransitiveTagKeys\":[\"team\"]}",
		    ASSUME "&Tags.member.1.Key=cost&Tags.member.1.Value=1"
			   "&TransitiveTagKeys.member.1=cost", false },
		{ "\"ForAnyValue:StringEquals\":{\"sts:TransitiveTagKeys\":[\"team\"]}",
		    ASSUME "&Tags.member.1.Key=team&Tags.member.1.Value=1"
			   "&TransitiveTagKeys.member.1=team", true },
		{ "\"IpAddress\":{\"aws:SourceIp\":\"192.0.2.0/24\"}", ASSUME, true },
		{ "\"IpAddress\":{\"aws:SourceIp\":\"198.51.100.0/24\"}", ASSUME, false },
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	as_eve(f);
	for (i = 0; i < FIELD_N(rows); i++) {
		trust_eve(f, arena_fmt(f->a, ",\"Condition\":{%s}", rows[i].condition).p);
		if (!rows[i].allowed) {
			assert_denied(f, rows[i].body);
			continue;
		}
		resp = fixture_sts(f, rows[i].body);
		assert_status(f, &resp, 200);
	}
}

/* Whom a trust policy names: itself is enough, the account is not. */
static void
test_trust_principals(void **state)
{
	static const struct {
		const char *principal, *own;
		bool allowed;
	} rows[] = {
		{ "{\"AWS\":\"" EVE "\"}", NULL, true },
		{ "{\"AWS\":\"" IAM ":user/bob\"}", NULL, false },
		{ "{\"AWS\":\"" IAM ":user/bob\"}", "Allow", false },
		{ "{\"AWS\":\"" IAM ":root\"}", NULL, false },
		{ "{\"AWS\":\"" IAM ":root\"}", "Allow", true },
		{ "{\"AWS\":\"" ACCOUNT "\"}", "Allow", true },
		{ "{\"AWS\":\"" EVE "\"}", "Deny", false },
		{ "{\"AWS\":\"999999999999\"}", "Allow", false },
		{ "{\"Service\":\"ec2.amazonaws.com\"}", "Allow", false },
		{ "\"*\"", "Allow", true },
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	as_eve(f);
	for (i = 0; i < FIELD_N(rows); i++) {
		trust(f, arena_fmt(f->a, "{\"Version\":\"2012-10-17\",\"Statement\":"
		    "{\"Effect\":\"Allow\",\"Principal\":%s,\"Action\":\"sts:AssumeRole\"}}",
		    rows[i].principal).p);
		allow(f, USER_ID, "p", arena_fmt(f->a,
		    "{\"Effect\":\"%s\",\"Action\":\"%s\",\"Resource\":\"" ROLE "\"}",
		    rows[i].own != NULL ? rows[i].own : "Allow",
		    rows[i].own != NULL ? "sts:AssumeRole" : "ec2:*").p);
		if (!rows[i].allowed) {
			assert_denied(f, ASSUME);
			continue;
		}
		resp = fixture_sts(f, ASSUME);
		assert_status(f, &resp, 200);
	}
}

static void
test_trust_with_mfa(void **state)
{
	struct fixture *f = *state;
	struct str seed = device(f);
	struct api_response resp;

	trust_eve(f, ",\"Condition\":{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"},"
		     "\"NumericLessThan\":{\"aws:MultiFactorAuthAge\":\"60\"}}");
	as_eve(f);
	assert_denied(f, ASSUME);
	assert_error(f, with_code(f, ASSUME, "000000"), 403, "AccessDenied", WRONG);
	resp = fixture_sts(f, with_code(f, ASSUME, fixture_totp(f, seed, NOW_S)));
	use(f, &resp);
	assert_i_am(f, SESSION);
	/* With a session that showed a code no other one is needed, while it is young. */
	as_eve(f);
	resp = fixture_sts(f, with_code(f, "GetSessionToken", fixture_totp(f, seed, NOW_S + 30)));
	use(f, &resp);
	wait_s(f, 59);
	resp = fixture_sts(f, ASSUME);
	assert_status(f, &resp, 200);
	wait_s(f, 1);
	assert_denied(f, ASSUME);
	/* A code of now stands for the old one. */
	resp = fixture_sts(f, with_code(f, ASSUME, fixture_totp(f, seed, f->wall_ms / 1000)));
	assert_status(f, &resp, 200);
}

static void
test_tags_need_permission(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	trust(f, "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":"
		 "{\"AWS\":\"" EVE "\"},\"Action\":\"sts:AssumeRole\"}}");
	as_eve(f);
	assert_error(f, ASSUME "&Tags.member.1.Key=team&Tags.member.1.Value=blue", 403,
	    "AccessDenied",
	    "User: " EVE " is not authorized to perform: sts:TagSession on resource: " ROLE);
	assert_error(f, ASSUME "&SourceIdentity=alice", 403, "AccessDenied",
	    "User: " EVE " is not authorized to perform: sts:SetSourceIdentity on resource: "
	    ROLE);
	resp = fixture_sts(f, ASSUME);
	assert_status(f, &resp, 200);
}

/* Tags of a session are aws:PrincipalTag; those that are transitive go on. */
static void
test_chain(void **state)
{
	static const char next[] = "AssumeRole&RoleArn=" IAM ":role/Next&RoleSessionName=bob";
	struct fixture *f = *state;
	const struct store_role role = {.role_id = STR("AROANEXTNEXTNEXTNEXT"),
	    .account_id = STR(ACCOUNT),
	    .name = STR("Next"),
	    .path = STR("/"),
	    .arn = STR(IAM ":role/Next"),
	    .created_at = NOW_S,
	    .trust_policy = STR("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
				"\"Principal\":{\"AWS\":\"" ROLE "\"},\"Action\":"
				"[\"sts:AssumeRole\",\"sts:TagSession\",\"sts:SetSourceIdentity\"]}}"),
	    .max_session_s = 43200};
	struct api_response resp;

	assert_ok(store_role_add(f->st, &role));
	trust(f, "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":"
		 "{\"AWS\":\"" EVE "\"},\"Action\":\"sts:*\"}}");
	allow(f, ROLE_ID, "p", "{\"Effect\":\"Allow\",\"Action\":\"ec2:*\",\"Resource\":\"*\","
	    "\"Condition\":{\"StringEquals\":{\"aws:PrincipalTag/team\":\"blue\","
	    "\"aws:PrincipalTag/cost\":\"1\",\"aws:SourceIdentity\":\"alice\"}}}");
	allow(f, "AROANEXTNEXTNEXTNEXT", "p",
	    "{\"Effect\":\"Allow\",\"Action\":\"ec2:*\",\"Resource\":\"*\",\"Condition\":"
	    "{\"StringEquals\":{\"aws:PrincipalTag/team\":\"blue\",\"aws:SourceIdentity\":"
	    "\"alice\"},\"Null\":{\"aws:PrincipalTag/cost\":\"true\"}}}");
	as_eve(f);
	resp = fixture_sts(f, ASSUME "&SourceIdentity=alice&Tags.member.1.Key=team"
	    "&Tags.member.1.Value=blue&Tags.member.2.Key=cost&Tags.member.2.Value=1"
	    "&TransitiveTagKeys.member.1=Team");
	use(f, &resp);
	assert_string_equal(fixture_element(f, &resp, "SourceIdentity", 0), "alice");
	assert_string_equal(fixture_element(f, &resp, "PackedPolicySize", 0), "1");
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 200);

	assert_error(f, arena_fmt(f->a, "%s&DurationSeconds=3601", next).p, 400,
	    "ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit "
	    "for roles assumed by role chaining");
	assert_error(f, arena_fmt(f->a, "%s&SourceIdentity=bob", next).p, 403, "AccessDenied",
	    NULL);
	assert_error(f, arena_fmt(f->a, "%s&Tags.member.1.Key=TEAM&Tags.member.1.Value=red", next).p,
	    400, "InvalidParameterValue", NULL);
	resp = fixture_sts(f, next);
	use(f, &resp);
	assert_string_equal(fixture_element(f, &resp, "SourceIdentity", 0), "alice");
	assert_i_am(f, "arn:aws:sts::" ACCOUNT ":assumed-role/Next/bob");
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 200);
	/* The end of the chain ends with its beginning. */
	assert_ok(store_access_key_set_status(f->st, STR(USER_KEY), STORE_ACCESS_KEY_INACTIVE));
	assert_error(f, "GetCallerIdentity", 403, "InvalidClientTokenId", NULL);
}

/* A session policy allows nothing; it limits. */
static void
test_session_policies(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	trust_eve(f, "");
	allow(f, ROLE_ID, "p", "{\"Effect\":\"Allow\",\"Action\":\"ec2:*\",\"Resource\":\"*\"}");
	as_eve(f);
	resp = fixture_sts(f, ASSUME "&Policy={\"Version\":\"2012-10-17\",\"Statement\":"
	    "{\"Effect\":\"Allow\",\"Action\":\"ec2:DescribeVpcs\",\"Resource\":\"*\"}}");
	use(f, &resp);
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 200);
	resp = fixture_ec2(f, "DescribeSubnets");
	assert_status(f, &resp, 403);
	assert_has(f, &resp, "because no session policy allows the ec2:DescribeSubnets action");
	as_eve(f);
	resp = fixture_sts(f, ASSUME "&Policy={\"Version\":\"2012-10-17\",\"Statement\":"
	    "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}");
	use(f, &resp);
	resp = fixture_sts(f, "GetAccessKeyInfo&AccessKeyId=" USER_KEY);
	assert_status(f, &resp, 403);
}

static void
test_packed_size(void **state)
{
	struct fixture *f = *state;
	char value[257];
	struct buf body;
	int i;

	memset(value, 'v', 256);
	value[256] = '\0';
	trust_eve(f, "");
	as_eve(f);
	buf_init(&body, 65536);
	buf_c(&body, ASSUME);
	for (i = 1; i <= 50; i++)
		buf_fmt(&body, "&Tags.member.%d.Key=key-%d&Tags.member.%d.Value=%s", i, i, i,
		    value);
	/* 50 of 2 + 5 or 6 + 2 + 256 + 1: 13341 of 8192. */
	assert_error(f, fixture_cstr(f, buf_view(&body)), 400, "PackedPolicyTooLarge",
	    "Packed policy consumes 163% of allotted space, please use smaller policy.");
	buf_release(&body);
}

/* ---- the others ---- */

static void
test_get_access_key_info(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	resp = fixture_sts(f, "GetAccessKeyInfo&AccessKeyId=" USER_KEY);
	assert_status(f, &resp, 200);
	assert_string_equal(fixture_element(f, &resp, "Account", 0), ACCOUNT);
	resp = fixture_sts(f, "GetAccessKeyInfo&AccessKeyId=" OTHER_KEY);
	assert_string_equal(fixture_element(f, &resp, "Account", 0), "999999999999");
	assert_error(f, "GetAccessKeyInfo&AccessKeyId=AKIAUNKNOWNUNKNOWN12", 400,
	    "ValidationError", NULL);
	assert_error(f, "GetAccessKeyInfo&AccessKeyId=short", 400, "ValidationError", NULL);
	assert_error(f, "GetAccessKeyInfo", 400, "ValidationError", NULL);
	resp = fixture_sts(f, "GetSessionToken");
	use(f, &resp);
	resp = fixture_sts(f, arena_fmt(f->a, "GetAccessKeyInfo&AccessKeyId=%s", f->access_key).p);
	assert_string_equal(fixture_element(f, &resp, "Account", 0), ACCOUNT);
	as_eve(f);
	assert_error(f, "GetAccessKeyInfo&AccessKeyId=" USER_KEY, 403, "AccessDenied", NULL);
}

/* The message behind a denial. */
static const char *
encoded(struct fixture *f)
{
	struct api_response resp = fixture_ec2(f, "DescribeVpcs");
	const char *text = fixture_element(f, &resp, "Message", 0);
	const char *at = strstr(text, "Encoded authorization failure message: ");

	assert_status(f, &resp, 403);
	assert_non_null(at);
	return at + strlen("Encoded authorization failure message: ");
}

static struct api_response
decode(struct fixture *f, struct str message)
{
	struct buf b;
	size_t i;

	buf_init(&b, 1u << 20);
	buf_c(&b, "DecodeAuthorizationMessage&EncodedMessage=");
	for (i = 0; i < message.n; i++)
		buf_fmt(&b, "%%%02X", (uint8_t)message.p[i]);
	message = arena_str(f->a, buf_view(&b));
	buf_release(&b);
	return fixture_sts(f, fixture_cstr(f, message));
}

static void
assert_undecodable(struct fixture *f, struct str message)
{
	struct api_response resp = decode(f, message);

	assert_status(f, &resp, 400);
	assert_string_equal(
	    fixture_element(f, &resp, "Code", 0), "InvalidAuthorizationMessageException");
}

static void
test_decode(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	struct store_audit_event ev;
	struct str message;
	char *altered;

	as_eve(f);
	message = str_of(encoded(f));
	resp = decode(f, message);
	assert_status(f, &resp, 403);
	f->access_key = ROOT_KEY;
	f->secret = ROOT_SECRET;
	resp = decode(f, message);
	assert_status(f, &resp, 200);
	assert_has(f, &resp, "&quot;allowed&quot;:false");
	assert_has(f, &resp, "ec2:DescribeVpcs");
	fixture_audit(f, &ev);
	assert_null(memmem(ev.record.p, ev.record.n, message.p, 40));
	assert_undecodable(f, STR("message"));
	assert_undecodable(f, STR("AAAA"));
	assert_undecodable(f, str_head(message, message.n - 4));
	altered = fixture_cstr(f, message) == NULL ? NULL : str_dup(message);
	altered[40] = altered[40] == 'A' ? 'B' : 'A';
	assert_undecodable(f, str_of(altered));
	free(altered);
	/* Of another account it is nothing. */
	f->access_key = OTHER_KEY;
	assert_undecodable(f, message);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_get_session_token),
		TEST(test_get_session_token_answer),
		TEST(test_get_session_token_refused),
		TEST(test_mfa_window),
		TEST(test_mfa_once),
		TEST(test_mfa_lock),
		TEST(test_mfa_of_others),
		TEST(test_mfa_in_policies),
		TEST(test_assume_role),
		TEST(test_assume_role_durations),
		TEST(test_assume_role_denied_alike),
		TEST(test_assume_role_malformed),
		TEST(test_trust),
		TEST(test_trust_principals),
		TEST(test_trust_with_mfa),
		TEST(test_tags_need_permission),
		TEST(test_chain),
		TEST(test_session_policies),
		TEST(test_packed_size),
		TEST(test_get_access_key_info),
		TEST(test_decode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
