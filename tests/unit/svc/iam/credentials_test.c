/*
 * credentials_test: tests access keys and login profiles. A secret may appear only in the one
 * answer that shows it.
 */
#include "fixture.h"

#include "api/policies.h"
#include "store/store_inline_policy.h"

#define ARN(x) "arn:aws:iam::" ACCOUNT ":" x
#define DATE "2023-11-14T22:13:20Z"
#define GOOD "Passw0rd%21x"
#define GOOD_TEXT "Passw0rd!x"

static void
as_root(struct fixture *f)
{
	f->access_key = ROOT_KEY;
	f->secret = ROOT_SECRET;
}

static void
as_eve(struct fixture *f)
{
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
}

/* No record of the trail has the text. */
static void
assert_unrecorded(struct fixture *f, const char *text)
{
	const struct store_audit_query q = { .account_id = STR(ACCOUNT),
		.from_at = 0,
		.to_at = INT64_MAX,
		.limit = STORE_PAGE_MAX };
	struct store_audit_event *v;
	size_t i, n;

	assert_ok(store_audit_lookup(f->st, f->a, &q, &v, &n));
	assert_true(n > 0);
	for (i = 0; i < n; i++)
		assert_null(memmem(v[i].record.p, v[i].record.n, text, strlen(text)));
}

static void
test_create_key(void **state)
{
	struct fixture *f = *state;
	struct api_response resp = fixture_iam(f, "CreateUser&UserName=Ann");
	const char *id, *secret;
	struct store_audit_event ev;

	resp = fixture_iam(f, "CreateAccessKey&UserName=ann");
	id = fixture_element(f, &resp, "AccessKeyId", 0);
	secret = fixture_element(f, &resp, "SecretAccessKey", 0);
	assert_true(ids_principal_valid("AKIA", str_of(id)));
	assert_int_equal(strlen(secret), 40);
	fixture_assert_iam(f, &resp, "CreateAccessKey",
	    arena_fmt(f->a,
		"<AccessKey><UserName>Ann"
		"</UserName><AccessKeyId>%s</AccessKeyId><Status>Active</Status><SecretAccessKey>%s"
		"</SecretAccessKey><CreateDate>" DATE "</CreateDate></AccessKey>",
		id, secret)
		.p);
	fixture_audit(f, &ev);
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    arena_fmt(f->a,
		"\"responseElements\":"
		"{\"accessKey\":{\"userName\":\"Ann\",\"accessKeyId\":\"%s\",\"status\":\"Active\","
		"\"createDate\":\"Nov 14, 2023 10:13:20 PM\"}}",
		id)
		.p));
	assert_unrecorded(f, secret);
	/* It works at once. */
	f->access_key = id;
	f->secret = secret;
	resp = fixture_iam(f, "GetUser");
	assert_status(f, &resp, 403);
	assert_has(f, &resp, "User: " ARN("user/Ann") " is not authorized");
	as_root(f);
	resp = fixture_iam(f, "CreateAccessKey&UserName=ann");
	assert_status(f, &resp, 200);
	resp = fixture_iam(f, "CreateAccessKey&UserName=ann");
	fixture_assert_iam_error(f, &resp, 409, "LimitExceeded",
	    "Cannot exceed quota for AccessKeysPerUser: 2");
	resp = fixture_iam(f, "CreateAccessKey&UserName=nobody");
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "The user with name nobody cannot be found.");
	f->keyd_error = 0;
}

static int
no_secret(void *ctx, struct buf *secret, struct buf *sealed)
{
	(void)ctx;
	(void)secret;
	(void)sealed;
	return ERR_UNAVAIL;
}

static void
test_create_key_without_keyd(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	f->keyd.new_secret = no_secret;
	resp = fixture_iam(f, "CreateAccessKey&UserName=eve");
	assert_status(f, &resp, 500);
	resp = fixture_iam(f, "ListAccessKeys&UserName=eve");
	assert_string_equal(fixture_element(f, &resp, "AccessKeyId", 1), "");
}

static void
test_list_keys(void **state)
{
	struct fixture *f = *state;
	struct api_response resp = fixture_iam(f, "ListAccessKeys&UserName=EVE");
	const char *id;

	fixture_assert_iam(f, &resp, "ListAccessKeys",
	    "<AccessKeyMetadata><member><UserName>eve"
	    "</UserName><AccessKeyId>" USER_KEY "</AccessKeyId><Status>Active</Status>"
	    "<CreateDate>" DATE "</CreateDate></member></AccessKeyMetadata>"
	    "<IsTruncated>false</IsTruncated>");
	/* The root's own. */
	resp = fixture_iam(f, "ListAccessKeys");
	fixture_assert_iam(f, &resp, "ListAccessKeys",
	    "<AccessKeyMetadata><member><AccessKeyId>" ROOT_KEY
	    "</AccessKeyId><Status>Active</Status><CreateDate>" DATE "</CreateDate>"
	    "</member></AccessKeyMetadata><IsTruncated>false</IsTruncated>");
	f->wall_ms += 1000;
	resp = fixture_iam(f, "CreateAccessKey");
	id = fixture_element(f, &resp, "AccessKeyId", 0);
	assert_has_not(f, &resp, "UserName");
	resp = fixture_iam(f, "ListAccessKeys&MaxItems=1");
	assert_string_equal(fixture_element(f, &resp, "AccessKeyId", 0), ROOT_KEY);
	assert_has(f, &resp, "<IsTruncated>true</IsTruncated>");
	resp = fixture_iam(f,
	    arena_fmt(f->a, "ListAccessKeys&MaxItems=1&Marker=%s",
		fixture_element(f, &resp, "Marker", 0))
		.p);
	assert_string_equal(fixture_element(f, &resp, "AccessKeyId", 0), id);
	assert_has(f, &resp, "<IsTruncated>false</IsTruncated>");
}

static void
test_change_key(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	/* Somebody else's is not found, nor one of no one. */
	resp = fixture_iam(f, "UpdateAccessKey&UserName=eve&Status=Inactive&AccessKeyId=" ROOT_KEY);
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "The Access Key with id " ROOT_KEY " cannot be found.");
	resp = fixture_iam(f, "DeleteAccessKey&AccessKeyId=" USER_KEY);
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "The Access Key with id " USER_KEY " cannot be found.");
	resp = fixture_iam(f, "DeleteAccessKey&UserName=eve&AccessKeyId=AKIANONENONENONENONE");
	assert_status(f, &resp, 404);
	resp = fixture_iam(f, "UpdateAccessKey&UserName=eve&Status=active&AccessKeyId=" USER_KEY);
	fixture_assert_iam_error(f, &resp, 400, "ValidationError",
	    "1 validation error detected: "
	    "Value &apos;active&apos; at &apos;status&apos; failed to satisfy constraint: Member "
	    "must satisfy enum value set: [Active, Inactive]");
	resp = fixture_iam(f, "UpdateAccessKey&UserName=eve&Status=Inactive&AccessKeyId=" USER_KEY);
	fixture_assert_iam(f, &resp, "UpdateAccessKey", NULL);
	as_eve(f);
	resp = fixture_iam(f, "GetUser");
	assert_status(f, &resp, 403);
	assert_has(f, &resp, "<Code>InvalidClientTokenId</Code>");
	as_root(f);
	resp = fixture_iam(f, "ListAccessKeys&UserName=eve");
	assert_has(f, &resp, "<Status>Inactive</Status>");
	resp = fixture_iam(f, "UpdateAccessKey&UserName=eve&Status=Active&AccessKeyId=" USER_KEY);
	as_eve(f);
	resp = fixture_iam(f, "GetUser");
	assert_has(f, &resp, "<Code>AccessDenied</Code>");
	as_root(f);
	resp = fixture_iam(f, "DeleteAccessKey&UserName=eve&AccessKeyId=" USER_KEY);
	fixture_assert_iam(f, &resp, "DeleteAccessKey", NULL);
	as_eve(f);
	resp = fixture_iam(f, "GetUser");
	assert_has(f, &resp, "<Code>InvalidClientTokenId</Code>");
	as_root(f);
	resp = fixture_iam(f, "DeleteUser&UserName=eve");
	fixture_assert_iam(f, &resp, "DeleteUser", NULL);
}

#define LAST_USED "GetAccessKeyLastUsed&AccessKeyId="

static void
test_last_used(void **state)
{
	struct fixture *f = *state;
	struct store_access_key k;
	struct api_response resp = fixture_iam(f, LAST_USED USER_KEY);

	fixture_assert_iam(f, &resp, "GetAccessKeyLastUsed",
	    "<UserName>eve</UserName>"
	    "<AccessKeyLastUsed><ServiceName>N/A</ServiceName><Region>N/A</Region>"
	    "</AccessKeyLastUsed>");
	as_eve(f);
	fixture_iam(f, "ListUsers");
	as_root(f);
	resp = fixture_iam(f, LAST_USED USER_KEY);
	fixture_assert_iam(f, &resp, "GetAccessKeyLastUsed",
	    "<UserName>eve</UserName>"
	    "<AccessKeyLastUsed><LastUsedDate>" DATE "</LastUsedDate><ServiceName>iam"
	    "</ServiceName><Region>" REGION "</Region></AccessKeyLastUsed>");
	/* One note a minute. */
	as_eve(f);
	f->wall_ms += 59999;
	fixture_ec2(f, "DescribeVpcs");
	assert_ok(store_access_key_get(f->st, f->a, STR(USER_KEY), &k));
	assert_int_equal(k.last_used_at, NOW_S);
	f->wall_ms += 1;
	fixture_ec2(f, "DescribeVpcs");
	assert_ok(store_access_key_get(f->st, f->a, STR(USER_KEY), &k));
	assert_int_equal(k.last_used_at, NOW_S + 60);
	assert_true(str_eq_c(k.last_used_service, "ec2"));
	/* A wrong signature is no use of it. */
	f->wall_ms += 3600 * 1000;
	f->secret = ROOT_SECRET;
	fixture_ec2(f, "DescribeVpcs");
	assert_ok(store_access_key_get(f->st, f->a, STR(USER_KEY), &k));
	assert_int_equal(k.last_used_at, NOW_S + 60);
	as_root(f);
	resp = fixture_iam(f, LAST_USED OTHER_KEY);
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "The Access Key with id " OTHER_KEY " cannot be found.");
	resp = fixture_iam(f, LAST_USED "AKIANONENONENONENONE");
	assert_status(f, &resp, 404);
}

/* Who may ask about all users but one learns nothing of that one's keys. */
static void
test_last_used_of_one(void **state)
{
	const struct store_inline_policy p = { STR("AIDACKCEVSQ6C2EXAMPLE"), STR("own"),
		STR("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":"
		    "\"iam:GetAccessKeyLastUsed\",\"Resource\":\"arn:aws:iam::*:user/*\"},"
		    "{\"Effect\":\"Deny\",\"Action\":\"iam:*\",\"Resource\":"
		    "\"arn:aws:iam::*:user/boss/bob\"}]}") };
	struct fixture *f = *state;
	struct api_response resp;
	const char *bob, *ann;

	fixture_iam(f, "CreateUser&UserName=bob&Path=/boss/");
	fixture_iam(f, "CreateUser&UserName=ann");
	resp = fixture_iam(f, "CreateAccessKey&UserName=bob");
	bob = fixture_element(f, &resp, "AccessKeyId", 0);
	resp = fixture_iam(f, "CreateAccessKey&UserName=ann");
	ann = fixture_element(f, &resp, "AccessKeyId", 0);
	assert_ok(store_inline_policy_put(f->st, &p));
	as_eve(f);
	resp = fixture_iam(f, arena_fmt(f->a, LAST_USED "%s", ann).p);
	assert_status(f, &resp, 200);
	resp = fixture_iam(f, arena_fmt(f->a, LAST_USED "%s", bob).p);
	assert_status(f, &resp, 403);
	assert_has(f, &resp, "on resource: " ARN("user/*") " with an explicit deny");
	assert_has_not(f, &resp, "boss");
	resp = fixture_iam(f, LAST_USED "AKIANONENONENONENONE");
	assert_status(f, &resp, 404);
}

static void
test_denied_keys(void **state)
{
	static const struct {
		const char *body, *resource;
	} rows[] = {
		{ "CreateAccessKey", "user/eve" },
		{ "CreateAccessKey&UserName=nobody", "user/nobody" },
		{ "ListAccessKeys&UserName=nobody", "user/nobody" },
		{ "UpdateAccessKey&Status=Inactive&AccessKeyId=" ROOT_KEY, "user/eve" },
		{ "DeleteAccessKey&UserName=nobody&AccessKeyId=" ROOT_KEY, "user/nobody" },
		/* Its own; else the same for all keys. */
		{ LAST_USED USER_KEY, "user/eve" },
		{ LAST_USED ROOT_KEY, "user/*" },
		{ LAST_USED OTHER_KEY, "user/*" },
		{ LAST_USED "AKIANONENONENONENONE", "user/*" },
		{ "CreateLoginProfile&UserName=nobody&Password=" GOOD, "user/nobody" },
		{ "GetLoginProfile&UserName=nobody", "user/nobody" },
		{ "UpdateLoginProfile&UserName=eve&Password=" GOOD, "user/eve" },
		{ "DeleteLoginProfile&UserName=nobody", "user/nobody" },
		{ "ChangePassword&OldPassword=" GOOD "&NewPassword=" GOOD, "user/eve" },
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	as_eve(f);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		resp = fixture_iam(f, rows[i].body);
		assert_status(f, &resp, 403);
		assert_has(f, &resp,
		    arena_fmt(f->a, "to perform: iam:%.*s on resource: " ARN("%s") " because",
			(int)strcspn(rows[i].body, "&"), rows[i].body, rows[i].resource)
			.p);
	}
	resp = fixture_iam(f, "GetAccountSummary");
	assert_has(f, &resp, "iam:GetAccountSummary on resource: * because");
	assert_unrecorded(f, GOOD_TEXT);
}

static void
test_login_profile(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;

	f->settings.costly_rate = 0;
	resp = fixture_iam(f, "GetLoginProfile&UserName=eve");
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "Login Profile for User eve cannot be found.");
	resp = fixture_iam(f,
	    "CreateLoginProfile&UserName=EVE&PasswordResetRequired=true&Password=" GOOD);
	fixture_assert_iam(f, &resp, "CreateLoginProfile",
	    "<LoginProfile><UserName>eve</UserName>"
	    "<CreateDate>" DATE "</CreateDate><PasswordResetRequired>true"
	    "</PasswordResetRequired></LoginProfile>");
	fixture_audit(f, &ev);
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "\"requestParameters\":{\"userName\":"
	    "\"EVE\",\"passwordResetRequired\":true}"));
	resp = fixture_iam(f, "CreateLoginProfile&UserName=eve&Password=" GOOD);
	fixture_assert_iam_error(f, &resp, 409, "EntityAlreadyExists",
	    "Login Profile for user eve already exists.");
	f->wall_ms += 5000;
	resp = fixture_iam(f, "UpdateLoginProfile&UserName=eve&PasswordResetRequired=false");
	fixture_assert_iam(f, &resp, "UpdateLoginProfile", NULL);
	resp = fixture_iam(f, "UpdateLoginProfile&UserName=eve&Password=Other-" GOOD);
	fixture_assert_iam(f, &resp, "UpdateLoginProfile", NULL);
	resp = fixture_iam(f, "GetLoginProfile&UserName=eve");
	fixture_assert_iam(f, &resp, "GetLoginProfile",
	    "<LoginProfile><UserName>eve</UserName>"
	    "<CreateDate>" DATE "</CreateDate><PasswordResetRequired>false"
	    "</PasswordResetRequired></LoginProfile>");
	resp = fixture_iam(f, "DeleteLoginProfile&UserName=eve");
	fixture_assert_iam(f, &resp, "DeleteLoginProfile", NULL);
	resp = fixture_iam(f, "DeleteLoginProfile&UserName=eve");
	assert_status(f, &resp, 404);
	resp = fixture_iam(f, "UpdateLoginProfile&UserName=eve&Password=" GOOD);
	assert_status(f, &resp, 404);
	assert_unrecorded(f, GOOD_TEXT);
}

static void
test_passwords(void **state)
{
	static const struct {
		const char *password, *code; /* NULL: good */
	} rows[] = {
		{ "Passw0rd", NULL },
		{ "passw%21rd1", NULL },
		{ "PASSW%21RDx", NULL },
		{ "P%40s1234", "PasswordPolicyViolation" }, /* 7 */
		{ "password", "PasswordPolicyViolation" },
		{ "password1", "PasswordPolicyViolation" },
		{ "PASSWORD12", "PasswordPolicyViolation" },
		{ "Eve-Long-Name1", "PasswordPolicyViolation" },
		{ "", "ValidationError" },
		{ "Passw0rd%E2%82%AC", "ValidationError" },
		{ "Passw0rd%00", "MalformedQueryString" },
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	f->settings.costly_rate = 0;
	fixture_iam(f, "CreateUser&UserName=eve-long-name1");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		resp = fixture_iam(f,
		    arena_fmt(f->a, "CreateLoginProfile&UserName=eve-long-name1&Password=%s",
			rows[i].password)
			.p);
		if (rows[i].code == NULL) {
			assert_status(f, &resp, 200);
			fixture_iam(f, "DeleteLoginProfile&UserName=eve-long-name1");
			continue;
		}
		assert_status(f, &resp, 400);
		if (strcmp(rows[i].code, "MalformedQueryString") != 0)
			assert_has(f, &resp, arena_fmt(f->a, "<Code>%s</Code>", rows[i].code).p);
		assert_has_not(f, &resp, "Passw0rd");
	}
}

/* A user with the permission to change its password. */
static void
allow_eve(struct fixture *f)
{
	const struct store_inline_policy p = { STR("AIDACKCEVSQ6C2EXAMPLE"), STR("own"),
		STR("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":"
		    "[\"iam:ChangePassword\",\"iam:*AccessKey*\"],"
		    "\"Resource\":\"arn:aws:iam::*:user/${aws:username}\"}}") };

	assert_ok(store_inline_policy_put(f->st, &p));
}

static void
assert_throttled(struct fixture *f, const char *body)
{
	struct api_response resp = fixture_iam(f, body);

	assert_status(f, &resp, 400);
	assert_string_equal(fixture_element(f, &resp, "Code", 0), "Throttling");
}

/* A password keeps the hasher for some 50 ms: no account may have it hash all the time, whatever
 * its rate of other requests is and however many users it has; and no user may take that from the
 * others. */
static void
test_passwords_throttled(void **state)
{
	const char *change = "ChangePassword&OldPassword=" GOOD "&NewPassword=y" GOOD;
	struct fixture *f = *state;
	struct api_response resp;
	int i;

	f->settings.costly_rate = 1;
	f->settings.costly_burst = 5;
	f->settings.api_rate = 0;
	/* Who may not do it draws nothing, and costs no hash. */
	as_eve(f);
	for (i = 0; i < 8; i++) {
		resp = fixture_iam(f, change);
		assert_status(f, &resp, 403);
	}
	allow_eve(f);
	policies_changed(f->api->policies);
	/* Two of one user, though there is nothing to be hashed: it has no password. */
	for (i = 0; i < 2; i++) {
		resp = fixture_iam(f, change);
		assert_status(f, &resp, 404);
	}
	assert_throttled(f, change);
	assert_int_equal(f->hash_begun, 0);
	/* What costs little goes on, and so do others: eve has taken nothing from them. */
	resp = fixture_iam(f, "ListAccessKeys");
	assert_status(f, &resp, 200);
	as_root(f);
	resp = fixture_iam(f, "CreateLoginProfile&UserName=eve&Password=" GOOD);
	assert_status(f, &resp, 200);
	resp = fixture_iam(f, "UpdateLoginProfile&UserName=eve&Password=z" GOOD);
	assert_status(f, &resp, 200);
	assert_throttled(f, "UpdateLoginProfile&UserName=eve&Password=" GOOD);
	as_eve(f);
	f->boot_ms += 5000;
	resp = fixture_iam(f, "ChangePassword&OldPassword=x" GOOD "&NewPassword=y" GOOD);
	assert_status(f, &resp, 403);
	assert_throttled(f, change);
}

/* Five at once of an account, by three principals. Other accounts go on. */
static void
test_passwords_of_an_account(void **state)
{
	const char *wrong = "ChangePassword&OldPassword=x" GOOD "&NewPassword=y" GOOD;
	struct store_access_key key = { .access_key_id = STR("AKIATHIRDEXAMPLE0001"),
		.account_id = STR(ACCOUNT),
		.sealed_secret = STR(USER_SECRET),
		.status = STORE_ACCESS_KEY_ACTIVE,
		.created_at = NOW_S };
	const struct store_inline_policy own = { STR("AIDATHIRDEXAMPLE00001"), STR("own"),
		STR("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
		    "\"Action\":\"iam:*\",\"Resource\":\"*\"}}") };
	const struct store_user ann = { .user_id = own.entity_id,
		.account_id = STR(ACCOUNT),
		.name = STR("ann"),
		.path = STR("/"),
		.arn = STR("arn:aws:iam::" ACCOUNT ":user/ann"),
		.created_at = NOW_S };
	struct fixture *f = *state;
	struct api_response resp;
	int i;

	f->settings.costly_rate = 1;
	f->settings.costly_burst = 5;
	f->settings.api_rate = 0;
	key.principal_id = ann.user_id;
	assert_ok(store_user_add(f->st, &ann));
	assert_ok(store_access_key_add(f->st, &key));
	assert_ok(store_inline_policy_put(f->st, &own));
	allow_eve(f);
	resp = fixture_iam(f, "CreateLoginProfile&UserName=eve&Password=" GOOD);
	assert_status(f, &resp, 200);
	resp = fixture_iam(f, "UpdateLoginProfile&UserName=eve&Password=" GOOD);
	assert_status(f, &resp, 200);
	as_eve(f);
	for (i = 0; i < 2; i++) {
		resp = fixture_iam(f, wrong);
		assert_status(f, &resp, 403);
	}
	f->access_key = key.access_key_id.p;
	resp = fixture_iam(f, "UpdateLoginProfile&UserName=eve&Password=" GOOD);
	assert_status(f, &resp, 200);
	f->hash_begun = 0;
	assert_throttled(f, "UpdateLoginProfile&UserName=eve&Password=" GOOD);
	assert_int_equal(f->hash_begun, 0);
	/* Without a password there is nothing to be hashed. */
	f->boot_ms += 10000;
	f->wall_ms += 10000;
	resp = fixture_iam(f, "UpdateLoginProfile&UserName=eve");
	assert_status(f, &resp, 200);
	f->access_key = OTHER_KEY;
	f->secret = ROOT_SECRET;
	resp = fixture_iam(f, "CreateUser&UserName=ann");
	assert_status(f, &resp, 200);
	resp = fixture_iam(f, "CreateLoginProfile&UserName=ann&Password=" GOOD);
	assert_status(f, &resp, 200);
}

static void
test_change_password(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	f->settings.costly_rate = 0;
	resp = fixture_iam(f, "ChangePassword&OldPassword=a&NewPassword=" GOOD);
	fixture_assert_iam_error(f, &resp, 400, "InvalidUserType",
	    "Only IAM Users can change their own password.");
	allow_eve(f);
	as_eve(f);
	resp = fixture_iam(f, "ChangePassword&OldPassword=a&NewPassword=" GOOD);
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "Login Profile for User eve cannot be found.");
	as_root(f);
	resp = fixture_iam(f,
	    "CreateLoginProfile&UserName=eve&PasswordResetRequired=true&Password=" GOOD);
	assert_status(f, &resp, 200);
	as_eve(f);
	resp = fixture_iam(f, "ChangePassword&OldPassword=" GOOD "x&NewPassword=New1-" GOOD);
	fixture_assert_iam_error(f, &resp, 403, "AccessDenied", "The old password was incorrect.");
	resp = fixture_iam(f, "ChangePassword&OldPassword=" GOOD "&NewPassword=short");
	assert_has(f, &resp, "<Code>PasswordPolicyViolation</Code>");
	resp = fixture_iam(f, "ChangePassword&OldPassword=" GOOD "&NewPassword=New1-" GOOD);
	fixture_assert_iam(f, &resp, "ChangePassword", NULL);
	resp = fixture_iam(f, "ChangePassword&OldPassword=" GOOD "&NewPassword=New2-" GOOD);
	assert_status(f, &resp, 403);
	resp = fixture_iam(f, "ChangePassword&OldPassword=New1-" GOOD "&NewPassword=New2-" GOOD);
	assert_status(f, &resp, 200);
	as_root(f);
	resp = fixture_iam(f, "GetLoginProfile&UserName=eve");
	assert_has(f, &resp, "<PasswordResetRequired>false</PasswordResetRequired>");
	assert_unrecorded(f, GOOD_TEXT);
}

/* Its own keys, as AWS's example policy allows: not those of others. */
static void
test_own_keys(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	allow_eve(f);
	fixture_iam(f, "CreateUser&UserName=ann");
	as_eve(f);
	resp = fixture_iam(f, "CreateAccessKey");
	assert_status(f, &resp, 200);
	assert_string_equal(fixture_element(f, &resp, "UserName", 0), "eve");
	resp = fixture_iam(f, "CreateAccessKey&UserName=Eve");
	fixture_assert_iam_error(f, &resp, 409, "LimitExceeded",
	    "Cannot exceed quota for AccessKeysPerUser: 2");
	resp = fixture_iam(f, LAST_USED USER_KEY);
	assert_status(f, &resp, 200);
	resp = fixture_iam(f, "CreateAccessKey&UserName=ann");
	assert_status(f, &resp, 403);
	resp = fixture_iam(f, LAST_USED ROOT_KEY);
	assert_status(f, &resp, 403);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_create_key),
		TEST(test_create_key_without_keyd),
		TEST(test_list_keys),
		TEST(test_change_key),
		TEST(test_last_used),
		TEST(test_last_used_of_one),
		TEST(test_denied_keys),
		TEST(test_login_profile),
		TEST(test_passwords),
		TEST(test_passwords_throttled),
		TEST(test_passwords_of_an_account),
		TEST(test_change_password),
		TEST(test_own_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
