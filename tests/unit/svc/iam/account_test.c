/*
 * account_test: tests the actions about an account: its summary, its alias, its password policy.
 */
#include "fixture.h"

#include "store/store_mfa_device.h"

#define GOOD "Passw0rd%21x"
#define DOC \
	"%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C" \
	"%22Action%22%3A%22%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D"

static void
test_account(void **state)
{
	/* All keys that the IAM API reference has for GetAccountSummary. */
	static const char *const keys[] = { "Users", "UsersQuota", "Groups", "GroupsQuota",
		"ServerCertificates", "ServerCertificatesQuota", "UserPolicySizeQuota",
		"GroupPolicySizeQuota", "GroupsPerUserQuota", "SigningCertificatesPerUserQuota",
		"AccessKeysPerUserQuota", "MFADevices", "MFADevicesInUse", "AccountMFAEnabled",
		"AccountAccessKeysPresent", "AccountPasswordPresent",
		"AccountSigningCertificatesPresent", "AttachedPoliciesPerGroupQuota",
		"AttachedPoliciesPerRoleQuota", "AttachedPoliciesPerUserQuota", "Policies",
		"PoliciesQuota", "PolicySizeQuota", "PolicyVersionsInUse",
		"PolicyVersionsInUseQuota", "VersionsPerPolicyQuota", "GlobalEndpointTokenVersion",
		"AssumeRolePolicySizeQuota", "InstanceProfiles", "InstanceProfilesQuota",
		"Providers", "RolePolicySizeQuota", "Roles", "RolesQuota" };
	struct fixture *f = *state;
	struct api_response resp = fixture_iam(f, "GetAccountSummary");
	size_t i;

	assert_status(f, &resp, 200);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		assert_has(f, &resp, arena_fmt(f->a, "<entry><key>%s</key><value>", keys[i]).p);
	assert_has(f, &resp,
	    "<GetAccountSummaryResult><SummaryMap><entry><key>Users</key>"
	    "<value>1</value></entry><entry><key>Groups</key><value>0</value></entry>");
	assert_has(f, &resp, "<entry><key>AccountAccessKeysPresent</key><value>1</value></entry>");
	assert_has(f, &resp, "<entry><key>AccessKeysPerUserQuota</key><value>2</value></entry>");
	assert_has(f, &resp, "<entry><key>PolicySizeQuota</key><value>6144</value></entry>");
	fixture_iam(f, "CreateUser&UserName=ann");
	resp = fixture_iam(f, "GetAccountSummary");
	assert_has(f, &resp, "<entry><key>Users</key><value>2</value></entry>");
	assert_has(f, &resp, "<entry><key>PolicyVersionsInUse</key><value>0</value></entry>");
	fixture_iam(f, "CreatePolicy&PolicyName=p&PolicyDocument=" DOC);
	fixture_iam(f,
	    "CreatePolicyVersion&PolicyArn=arn:aws:iam::" ACCOUNT ":policy/p&PolicyDocument=" DOC);
	resp = fixture_iam(f, "GetAccountSummary");
	assert_has(f, &resp, "<entry><key>PolicyVersionsInUse</key><value>2</value></entry>");
	/* "Tags": [], as aws iam get-policy shows it. */
	resp = fixture_iam(f, "GetPolicy&PolicyArn=arn:aws:iam::" ACCOUNT ":policy/p");
	assert_has(f, &resp, "</UpdateDate><Tags></Tags></Policy>");
	resp = fixture_iam(f, "ListAccountAliases");
	fixture_assert_iam(f, &resp, "ListAccountAliases",
	    "<AccountAliases></AccountAliases>"
	    "<IsTruncated>false</IsTruncated>");
}

static void
test_alias(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	resp = fixture_iam(f, "CreateAccountAlias&AccountAlias=my-lab");
	fixture_assert_iam(f, &resp, "CreateAccountAlias", NULL);
	/* The new one overwrites the old one. */
	resp = fixture_iam(f, "CreateAccountAlias&AccountAlias=your-lab");
	assert_status(f, &resp, 200);
	resp = fixture_iam(f, "ListAccountAliases");
	fixture_assert_iam(f, &resp, "ListAccountAliases",
	    "<AccountAliases><member>your-lab</member></AccountAliases>"
	    "<IsTruncated>false</IsTruncated>");
	resp = fixture_iam(f, "DeleteAccountAlias&AccountAlias=my-lab");
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "The Account Alias with name my-lab cannot be found.");
	/* An alias belongs to one account. */
	f->access_key = OTHER_KEY;
	resp = fixture_iam(f, "CreateAccountAlias&AccountAlias=your-lab");
	fixture_assert_iam_error(f, &resp, 409, "EntityAlreadyExists",
	    "The account alias your-lab already exists.");
	resp = fixture_iam(f, "ListAccountAliases");
	assert_has(f, &resp, "<AccountAliases></AccountAliases>");
	f->access_key = ROOT_KEY;
	resp = fixture_iam(f, "DeleteAccountAlias&AccountAlias=your-lab");
	fixture_assert_iam(f, &resp, "DeleteAccountAlias", NULL);
	resp = fixture_iam(f, "DeleteAccountAlias&AccountAlias=your-lab");
	assert_status(f, &resp, 404);
	resp = fixture_iam(f, "CreateAccountAlias&AccountAlias=a--b");
	fixture_assert_iam_error(f, &resp, 400, "ValidationError",
	    "1 validation error detected: Value &apos;a--b&apos; at &apos;accountAlias&apos; "
	    "failed to satisfy constraint: Member must satisfy regular expression pattern: "
	    "^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$");
}

#define POLICY(length, s, n, u, l, c) \
	"<MinimumPasswordLength>" length "</MinimumPasswordLength><RequireSymbols>" s \
	"</RequireSymbols><RequireNumbers>" n "</RequireNumbers><RequireUppercaseCharacters>" u \
	"</RequireUppercaseCharacters><RequireLowercaseCharacters>" l \
	"</RequireLowercaseCharacters><AllowUsersToChangePassword>" c \
	"</AllowUsersToChangePassword>"

static void
test_password_policy(void **state)
{
	static const struct {
		const char *policy, *password, *why; /* NULL: good */
	} rows[] = {
		{ "", "aaaaaa", NULL },
		{ "", "aaaaa", "Password should have a minimum length of 6" },
		{ "&MinimumPasswordLength=128", GOOD,
		    "Password should have a minimum length of 128" },
		{ "&RequireUppercaseCharacters=true", "aaaaaa",
		    "Password should have at least one uppercase letter" },
		{ "&RequireUppercaseCharacters=true", "aaaaaA", NULL },
		{ "&RequireLowercaseCharacters=true", "AAAAAA",
		    "Password should have at least one lowercase letter" },
		{ "&RequireLowercaseCharacters=true", "AAAAAa", NULL },
		{ "&RequireNumbers=true", "aaaaaa", "Password should have at least one number" },
		{ "&RequireNumbers=true", "aaaaa1", NULL },
		{ "&RequireSymbols=true", "aaaaaa", "Password should have at least one symbol" },
		{ "&RequireSymbols=true", "aaaaa%21", NULL },
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	f->settings.costly_rate = 0;
	resp = fixture_iam(f, "GetAccountPasswordPolicy");
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "The Password Policy with domain name " ACCOUNT " cannot be found.");
	resp = fixture_iam(f, "DeleteAccountPasswordPolicy");
	assert_status(f, &resp, 404);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		resp = fixture_iam(f,
		    arena_fmt(f->a, "UpdateAccountPasswordPolicy%s", rows[i].policy).p);
		fixture_assert_iam(f, &resp, "UpdateAccountPasswordPolicy", NULL);
		resp = fixture_iam(f,
		    arena_fmt(f->a, "CreateLoginProfile&UserName=eve&Password=%s", rows[i].password)
			.p);
		if (rows[i].why != NULL) {
			fixture_assert_iam_error(f, &resp, 400, "PasswordPolicyViolation",
			    rows[i].why);
			continue;
		}
		assert_status(f, &resp, 200);
		fixture_iam(f, "DeleteLoginProfile&UserName=eve");
	}
	resp = fixture_iam(f,
	    "UpdateAccountPasswordPolicy&MinimumPasswordLength=14&RequireSymbols=true"
	    "&AllowUsersToChangePassword=true&MaxPasswordAge=90&PasswordReusePrevention=24"
	    "&HardExpiry=true");
	assert_status(f, &resp, 200);
	resp = fixture_iam(f, "GetAccountPasswordPolicy");
	fixture_assert_iam(f, &resp, "GetAccountPasswordPolicy",
	    "<PasswordPolicy>" POLICY("14", "true", "false", "false", "false",
		"true") "<ExpirePasswords>true</ExpirePasswords><MaxPasswordAge>90</MaxPasswordAge>"
			"<PasswordReusePrevention>24</PasswordReusePrevention>"
			"<HardExpiry>true</HardExpiry></PasswordPolicy>");
	/* What an update does not name has its default again. */
	resp = fixture_iam(f, "UpdateAccountPasswordPolicy&RequireNumbers=true");
	assert_status(f, &resp, 200);
	resp = fixture_iam(f, "GetAccountPasswordPolicy");
	fixture_assert_iam(f, &resp, "GetAccountPasswordPolicy",
	    "<PasswordPolicy>" POLICY("6", "false", "true", "false", "false",
		"false") "<ExpirePasswords>false</ExpirePasswords>"
			 "<HardExpiry>false</HardExpiry></PasswordPolicy>");
	resp = fixture_iam(f, "DeleteAccountPasswordPolicy");
	fixture_assert_iam(f, &resp, "DeleteAccountPasswordPolicy", NULL);
	resp = fixture_iam(f, "CreateLoginProfile&UserName=eve&Password=aaaaaa1");
	assert_status(f, &resp, 400);
	resp = fixture_iam(f,
	    "UpdateAccountPasswordPolicy&MinimumPasswordLength=5&PasswordReusePrevention=25");
	assert_has(f, &resp, "<Message>2 validation errors detected: ");
}

/* ---- the credential report ---- */

static const char *
report(struct fixture *f)
{
	struct api_response resp = fixture_iam(f, "GetCredentialReport");
	const char *content = fixture_element(f, &resp, "Content", 0);
	struct buf text;
	const char *out;

	assert_status(f, &resp, 200);
	assert_has(f, &resp, "<ReportFormat>text/csv</ReportFormat>");
	buf_init(&text, 1u << 20);
	assert_ok(b64_parse(str_of(content), &text));
	out = fixture_cstr(f, arena_str(f->a, buf_view(&text)));
	buf_release(&text);
	return out;
}

/* The columns are those of the IAM user guide, "Generate credential reports". */
static void
test_report(void **state)
{
	static const char head[] =
	    "user,arn,user_creation_time,password_enabled,password_last_used,"
	    "password_last_changed,password_next_rotation,mfa_active,access_key_1_active,"
	    "access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,"
	    "access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
	    "access_key_2_last_used_date,access_key_2_last_used_region,"
	    "access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,"
	    "cert_2_last_rotated\n"
	    "<root_account>,arn:aws:iam::" ACCOUNT ":root,2023-11-14T22:13:20+00:00,"
	    "not_supported,N/A,not_supported,not_supported,false,true,2023-11-14T22:13:20+00:00,"
	    "2023-11-14T22:13:20+00:00," REGION ",iam,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n";
	struct store_mfa_device device = { .serial_number = STR("arn:aws:iam::" ACCOUNT ":mfa/x"),
		.account_id = STR(ACCOUNT),
		.name = STR("x"),
		.path = STR("/"),
		.sealed_seed = STR("s"),
		.enabled_at = NOW_S,
		.created_at = NOW_S };
	struct fixture *f = *state;
	struct api_response resp;
	const char *text;
	size_t i;

	f->settings.costly_rate = 0;
	f->settings.api_rate = f->settings.api_burst = 2000;
	resp = fixture_iam(f, "GetCredentialReport");
	fixture_assert_iam_error(f, &resp, 410, "ReportNotPresent",
	    "The credential report does not exist. Generate it with GenerateCredentialReport.");
	fixture_iam(f, "CreateUser&UserName=a,b&Path=/x%22/");
	resp = fixture_iam(f, "CreateUser&UserName=pat");
	device.user_id = str_of(fixture_element(f, &resp, "UserId", 0));
	assert_ok(store_mfa_device_add(f->st, &device));
	fixture_iam(f, "CreateLoginProfile&UserName=pat&Password=" GOOD);
	fixture_iam(f, "UpdateAccountPasswordPolicy&MaxPasswordAge=1");
	resp = fixture_iam(f, "GenerateCredentialReport");
	fixture_assert_iam(f, &resp, "GenerateCredentialReport", "<State>COMPLETE</State>");
	text = report(f);
	assert_memory_equal(text, head, sizeof(head) - 1);
	assert_non_null(strstr(text,
	    "\n\"a,b\",\"arn:aws:iam::" ACCOUNT ":user/x\"\"/a,b\",2023-11-14T22:13:20+00:00,false,"
	    "N/A,N/A,N/A,false,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n"));
	assert_non_null(strstr(text,
	    "\npat,arn:aws:iam::" ACCOUNT ":user/pat,2023-11-14T22:13:20+00:00,true,"
	    "no_information,2023-11-14T22:13:20+00:00,2023-11-15T22:13:20+00:00,true,false,"));
	/* eve's key was never used; within four hours the report stays as it is. */
	assert_non_null(strstr(text, ",false,true,2023-11-14T22:13:20+00:00,N/A,N/A,N/A,false,"));
	fixture_iam(f, "CreateUser&UserName=late");
	f->wall_ms += (4 * 3600 - 1) * 1000;
	fixture_iam(f, "GenerateCredentialReport");
	assert_null(strstr(report(f), "late"));
	f->wall_ms += 1000;
	resp = fixture_iam(f, "GetCredentialReport");
	assert_status(f, &resp, 410);
	assert_has(f, &resp, "<Code>ReportExpired</Code>");
	/* The password is a new one, and more users are there than are read at a time. */
	fixture_iam(f, "UpdateLoginProfile&UserName=pat&Password=" GOOD "2");
	for (i = 0; i < 520; i++) {
		resp = fixture_iam(f, arena_fmt(f->a, "CreateUser&UserName=many-%03zu", i).p);
		assert_status(f, &resp, 200);
	}
	fixture_iam(f, "GenerateCredentialReport");
	text = report(f);
	assert_non_null(strstr(text, "\nlate,"));
	assert_non_null(strstr(text,
	    ":user/pat,2023-11-14T22:13:20+00:00,true,no_information,2023-11-15T02:13:20+00:00,"
	    "2023-11-16T02:13:20+00:00,true,"));
	for (i = 0; i < 520; i++)
		assert_non_null(strstr(text, arena_fmt(f->a, "\nmany-%03zu,", i).p));
	for (i = 0; *text != '\0'; text++)
		i += *text == '\n';
	/* root, eve, a,b, pat, late */
	assert_int_equal(i, 525);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_account),
		TEST(test_alias),
		TEST(test_password_policy),
		TEST(test_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
