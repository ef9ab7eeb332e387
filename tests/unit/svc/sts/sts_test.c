/*
 * sts_test: tests GetSessionToken, with and without a one-time code, and the other actions of STS.
 * The next request is signed with the credentials in an answer.
 */
#include "sts_kit.h"

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
		fixture_element(f, &resp, "SessionToken", 0))
		.p);
	/* The record has nothing that anybody could use. */
	fixture_audit(f, &ev);
	assert_string_equal(fixture_cstr(f, ev.event_name), "GetSessionToken");
	assert_non_null(memmem(ev.record.p, ev.record.n, "accessKeyId", 11));
	assert_null(
	    memmem(ev.record.p, ev.record.n, fixture_element(f, &resp, "SecretAccessKey", 0), 40));
	assert_null(
	    memmem(ev.record.p, ev.record.n, fixture_element(f, &resp, "SessionToken", 0), 40));
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

/*
 * Of STS, credentials of GetSessionToken may call AssumeRole and GetCallerIdentity alone, whatever
 * policies say, with MFA or without (STS API reference, GetSessionToken: "You cannot call any STS
 * API except AssumeRole or GetCallerIdentity").
 */
static void
test_sts_by_session(void **state)
{
	static const char *const refused[] = { ("GetAccessKeyInfo&AccessKeyId=" USER_KEY),
		"DecodeAuthorizationMessage&EncodedMessage=x", "GetSessionToken" };
	struct fixture *f = *state;
	struct str seed = device(f);
	struct api_response resp;
	const char *name;
	size_t i, mfa;

	allow(f, USER_ID, "p", "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}");
	for (mfa = 0; mfa < 2; mfa++) {
		as_eve(f);
		resp = fixture_sts(f,
		    mfa == 0 ? "GetSessionToken"
			     : with_code(f, "GetSessionToken", fixture_totp(f, seed, NOW_S)));
		use(f, &resp);
		for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
			name = fixture_cstr(f,
			    str_head(str_of(refused[i]), str_index(str_of(refused[i]), '&')));
			assert_error(f, refused[i], 403, "AccessDenied",
			    arena_fmt(f->a, "Cannot call %s with session credentials", name).p);
		}
		resp = fixture_sts(f, "GetCallerIdentity");
		assert_status(f, &resp, 200);
		resp = fixture_sts(f, "AssumeRole&RoleSessionName=ss&RoleArn=" IAM ":role/none");
		assert_has(f, &resp, "is not authorized to perform: sts:AssumeRole");
	}
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
	assert_error(f, "GetAccessKeyInfo&AccessKeyId=AKIAUNKNOWNUNKNOWN12", 400, "ValidationError",
	    NULL);
	assert_error(f, "GetAccessKeyInfo&AccessKeyId=short", 400, "ValidationError", NULL);
	assert_error(f, "GetAccessKeyInfo", 400, "ValidationError", NULL);
	/* A session of a role may ask for its own. */
	trust_eve(f, "");
	allow(f, ROLE_ID, "p", "{\"Effect\":\"Allow\",\"Action\":\"sts:*\",\"Resource\":\"*\"}");
	as_eve(f);
	resp = fixture_sts(f, "AssumeRole&RoleSessionName=ss&RoleArn=" ROLE);
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
	assert_string_equal(fixture_element(f, &resp, "Code", 0),
	    "InvalidAuthorizationMessageException");
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
		TEST(test_sts_by_session),
		TEST(test_get_access_key_info),
		TEST(test_decode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
