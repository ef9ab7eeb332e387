/*
 * role_test: tests roles, their trust policies, tags and deletion; instance profiles; and
 * RoleLastUsed.
 */
#include "fixture.h"

#include "api/policies.h"
#include "codec/uri.h"
#include "store/store_inline_policy.h"

#define ARN(x) "arn:aws:iam::" ACCOUNT ":" x
#define DATE "2023-11-14T22:13:20Z"
#define TRUST \
	"{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\"," \
	"\"Action\":\"sts:AssumeRole\"}}"
#define TRUST_SENT \
	"%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%22%2A%22%2C" \
	"%22Action%22%3A%22sts%3AAssumeRole%22%7D%7D"
#define OTHER_SENT \
	"%7B%22Statement%22%3A%5B%7B%22Effect%22%3A%22Deny%22%2C%22Principal%22%3A%22%2A%22%2C" \
	"%22Action%22%3A%22sts%3A%2A%22%7D%5D%7D"
#define ROLE(name) "CreateRole&RoleName=" name "&AssumeRolePolicyDocument=" TRUST_SENT

static const char *
create(struct fixture *f, const char *body)
{
	struct api_response resp = fixture_iam(f, body);

	assert_status(f, &resp, 200);
	return fixture_element(f, &resp, "RoleId", 0);
}

static const char *
role_xml(struct fixture *f, const char *path, const char *name, const char *id, const char *trust,
    const char *more)
{
	return arena_fmt(f->a,
	    "<Path>%s</Path><RoleName>%s</RoleName><RoleId>%s</RoleId>"
	    "<Arn>" ARN("role%s%s") "</Arn><CreateDate>" DATE "</CreateDate>"
				    "<AssumeRolePolicyDocument>%s</AssumeRolePolicyDocument>%s",
	    path, name, id, path, name, trust, more)
	    .p;
}

static void
ok(struct fixture *f, const char *body)
{
	struct api_response resp = fixture_iam(f, body);

	assert_status(f, &resp, 200);
}

static void
test_create(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;
	const char *id;

	resp = fixture_iam(f,
	    ROLE("Deploy") "&Path=/ops/&Description=a+%26+b"
			   "&MaxSessionDuration=7200&Tags.member.1.Key=Team&Tags.member.1.Value=x");
	id = fixture_element(f, &resp, "RoleId", 0);
	assert_true(ids_principal_valid("AROA", str_of(id)));
	fixture_assert_iam(f, &resp, "CreateRole",
	    arena_fmt(f->a, "<Role>%s</Role>",
		role_xml(f, "/ops/", "Deploy", id, TRUST_SENT,
		    "<Description>a &amp; b"
		    "</Description><MaxSessionDuration>7200</MaxSessionDuration><Tags><member>"
		    "<Key>Team</Key><Value>x</Value></member></Tags>"))
		.p);
	fixture_audit(f, &ev);
	assert_string_equal(fixture_cstr(f, ev.resources[0].type), "AWS::IAM::Role");
	assert_string_equal(fixture_cstr(f, ev.resources[0].name), "Deploy");
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "\"requestParameters\":{\"path\":\"/ops/\",\"roleName\":\"Deploy\","));
	resp = fixture_iam(f, "GetRole&RoleName=DEPLOY");
	fixture_assert_iam(f, &resp, "GetRole",
	    arena_fmt(f->a, "<Role>%s</Role>",
		role_xml(f, "/ops/", "Deploy", id, TRUST_SENT,
		    "<Description>a &amp; b"
		    "</Description><MaxSessionDuration>7200</MaxSessionDuration><Tags><member>"
		    "<Key>Team</Key><Value>x</Value></member></Tags><RoleLastUsed></RoleLastUsed>"))
		.p);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *body;
		unsigned status;
		const char *code, *message;
	} rows[] = {
		{ ROLE("There"), 409, "EntityAlreadyExists",
		    "Role with name There already exists." },
		{ "GetRole&RoleName=none", 404, "NoSuchEntity",
		    "The role with name none cannot be found." },
		{ "DeleteRole&RoleName=none", 404, "NoSuchEntity",
		    "The role with name none cannot be found." },
		{ ROLE("x") "&Path=/aws-service-role/x/", 400, "InvalidInput",
		    "The path /aws-service-role/ is reserved for the roles of services." },
		{ ROLE("x") "&PermissionsBoundary=" ARN("policy/none"), 404, "NoSuchEntity", NULL },
		{ ROLE("x") "&MaxSessionDuration=3599", 400, "ValidationError", NULL },
		{ ROLE("x") "&MaxSessionDuration=43201", 400, "ValidationError", NULL },
		{ ROLE("a/b"), 400, "ValidationError", NULL },
		{ "CreateRole&RoleName=x", 400, "ValidationError", NULL },
		{ "CreateRole&RoleName=x&AssumeRolePolicyDocument=%7B%7D", 400,
		    "MalformedPolicyDocument", NULL },
		{ "CreateRole&RoleName=x&AssumeRolePolicyDocument=%7B%22Statement%22%3A%7B"
		  "%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%22%2A%22%2C%22Action%22%3A%22"
		  "%2A%22%7D%7D",
		    400, "MalformedPolicyDocument",
		    "AssumeRole policy may only specify STS AssumeRole actions." },
		/* An identity policy is not a trust policy. */
		{ "CreateRole&RoleName=x&AssumeRolePolicyDocument=%7B%22Statement%22%3A%7B"
		  "%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22%2A%22%2C%22Resource%22%3A"
		  "%22%2A%22%7D%7D",
		    400, "MalformedPolicyDocument", NULL },
		{ "UpdateAssumeRolePolicy&RoleName=there&PolicyDocument=x", 400,
		    "MalformedPolicyDocument", NULL },
		{ "UpdateRole&RoleName=none", 404, "NoSuchEntity", NULL },
		{ "UpdateRoleDescription&RoleName=there", 400, "ValidationError", NULL },
		{ "TagRole&RoleName=there&Tags.member.1.Key=a&Tags.member.1.Value=1"
		  "&Tags.member.2.Key=A&Tags.member.2.Value=2",
		    400, "InvalidInput", NULL },
		{ "UntagRole&RoleName=none&TagKeys.member.1=a", 404, "NoSuchEntity", NULL },
		{ "ListRoleTags&RoleName=none", 404, "NoSuchEntity", NULL },
		{ "ListRoles&Marker=x", 400, "ValidationError", NULL },
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	create(f, ROLE("There"));
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		resp = fixture_iam(f, rows[i].body);
		if (rows[i].message != NULL)
			fixture_assert_iam_error(f, &resp, rows[i].status, rows[i].code,
			    rows[i].message);
		assert_status(f, &resp, rows[i].status);
		assert_has(f, &resp, arena_fmt(f->a, "<Code>%s</Code>", rows[i].code).p);
	}
}

/* 2,048 characters without white space are the most. */
static void
test_trust_quota(void **state)
{
	struct fixture *f = *state;
	size_t extra, spare = 2048 - strlen(TRUST) - strlen("\"Id\":\"\",");
	struct api_response resp;
	struct buf b;

	for (extra = 0; extra < 2; extra++) {
		buf_init(&b, 8192);
		buf_c(&b, "CreateRole&RoleName=x&AssumeRolePolicyDocument=");
		uri_encode(&b,
		    arena_fmt(f->a, "{ \"Id\":\"%0*d\",\n%s", (int)(spare + extra), 0, &TRUST[1]));
		resp = fixture_iam(f, fixture_cstr(f, buf_view(&b)));
		buf_release(&b);
		if (extra == 0)
			assert_status(f, &resp, 200);
		else
			fixture_assert_iam_error(f, &resp, 409, "LimitExceeded",
			    "Cannot exceed quota for ACLSizePerRole: 2048");
	}
}

static void
test_update(void **state)
{
	struct fixture *f = *state;
	const char *id = create(f, ROLE("r") "&MaxSessionDuration=7200");
	struct api_response resp;

	resp = fixture_iam(f, "UpdateAssumeRolePolicy&RoleName=R&PolicyDocument=" OTHER_SENT);
	fixture_assert_iam(f, &resp, "UpdateAssumeRolePolicy", NULL);
	resp = fixture_iam(f, "UpdateRoleDescription&RoleName=r&Description=new");
	fixture_assert_iam(f, &resp, "UpdateRoleDescription",
	    arena_fmt(f->a, "<Role>%s</Role>",
		role_xml(f, "/", "r", id, OTHER_SENT,
		    "<Description>new</Description>"
		    "<MaxSessionDuration>7200</MaxSessionDuration>"))
		.p);
	resp = fixture_iam(f, "UpdateRole&RoleName=r&Description=&MaxSessionDuration=43200");
	fixture_assert_iam(f, &resp, "UpdateRole", "");
	resp = fixture_iam(f, "ListRoles");
	fixture_assert_iam(f, &resp, "ListRoles",
	    arena_fmt(f->a,
		"<Roles><member>%s</member>"
		"</Roles><IsTruncated>false</IsTruncated>",
		role_xml(f, "/", "r", id, OTHER_SENT,
		    "<MaxSessionDuration>43200</MaxSessionDuration>"))
		.p);
	/* The reference: without one, the default. */
	ok(f, "UpdateRole&RoleName=r&Description=kept");
	resp = fixture_iam(f, "GetRole&RoleName=r");
	assert_has(f, &resp, "<Description>kept</Description><MaxSessionDuration>3600</Max");
}

static void
test_tags(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	create(f, ROLE("r"));
	resp = fixture_iam(f,
	    "TagRole&RoleName=r&Tags.member.1.Key=Env&Tags.member.1.Value=dev"
	    "&Tags.member.2.Key=Team&Tags.member.2.Value=");
	fixture_assert_iam(f, &resp, "TagRole", NULL);
	resp = fixture_iam(f, "ListRoleTags&RoleName=R&MaxItems=1");
	assert_has(f, &resp,
	    "<Tags><member><Key>Env</Key><Value>dev</Value></member></Tags>"
	    "<IsTruncated>true</IsTruncated><Marker>");
	resp = fixture_iam(f, "UntagRole&RoleName=r&TagKeys.member.1=ENV");
	fixture_assert_iam(f, &resp, "UntagRole", NULL);
	resp = fixture_iam(f, "ListRoleTags&RoleName=r");
	fixture_assert_iam(f, &resp, "ListRoleTags",
	    "<Tags><member><Key>Team</Key><Value></Value>"
	    "</member></Tags><IsTruncated>false</IsTruncated>");
}

static void
test_delete(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	const char *before = create(f, ROLE("r")), *after;

	ok(f,
	    "CreatePolicy&PolicyName=p&PolicyDocument=%7B%22Version%22%3A%222012-10-17%22%2C"
	    "%22Statement%22%3A%7B%22Effect%22%3A"
	    "%22Allow%22%2C%22Action%22%3A%22ec2%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D");
	ok(f, "AttachRolePolicy&RoleName=r&PolicyArn=" ARN("policy/p"));
	resp = fixture_iam(f, "DeleteRole&RoleName=r");
	fixture_assert_iam_error(f, &resp, 409, "DeleteConflict",
	    "Cannot delete entity, must detach all policies first.");
	ok(f, "DetachRolePolicy&RoleName=r&PolicyArn=" ARN("policy/p"));
	ok(f, "CreateInstanceProfile&InstanceProfileName=ip");
	ok(f, "AddRoleToInstanceProfile&InstanceProfileName=ip&RoleName=r");
	resp = fixture_iam(f, "DeleteRole&RoleName=r");
	fixture_assert_iam_error(f, &resp, 409, "DeleteConflict",
	    "Cannot delete entity, must remove roles from instance profile first.");
	ok(f, "RemoveRoleFromInstanceProfile&InstanceProfileName=IP&RoleName=R");
	ok(f, "TagRole&RoleName=r&Tags.member.1.Key=a&Tags.member.1.Value=1");
	resp = fixture_iam(f, "DeleteRole&RoleName=R");
	fixture_assert_iam(f, &resp, "DeleteRole", NULL);
	after = create(f, ROLE("r"));
	assert_string_not_equal(before, after);
	resp = fixture_iam(f, "GetRole&RoleName=r");
	assert_has_not(f, &resp, "<Tags>");
}

static void
test_pages(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	create(f, ROLE("c") "&Path=/x/");
	create(f, ROLE("B"));
	create(f, ROLE("a") "&Path=/x/y/");
	resp = fixture_iam(f, "ListRoles&MaxItems=2");
	assert_string_equal(fixture_element(f, &resp, "RoleName", 0), "a");
	assert_string_equal(fixture_element(f, &resp, "RoleName", 1), "B");
	assert_has(f, &resp, "<IsTruncated>true</IsTruncated>");
	resp = fixture_iam(f,
	    arena_fmt(f->a, "ListRoles&Marker=%s", fixture_element(f, &resp, "Marker", 0)).p);
	assert_string_equal(fixture_element(f, &resp, "RoleName", 0), "c");
	assert_has(f, &resp, "<IsTruncated>false</IsTruncated>");
	resp = fixture_iam(f, "ListRoles&PathPrefix=/x/");
	assert_string_equal(fixture_element(f, &resp, "RoleName", 1), "c");
	assert_string_equal(fixture_element(f, &resp, "RoleName", 2), "");
}

static void
test_instance_profile(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	const char *id, *role = create(f, ROLE("r"));

	resp = fixture_iam(f,
	    "CreateInstanceProfile&InstanceProfileName=ip&Path=/x/"
	    "&Tags.member.1.Key=k&Tags.member.1.Value=v");
	id = fixture_element(f, &resp, "InstanceProfileId", 0);
	assert_true(ids_principal_valid("AIPA", str_of(id)));
	assert_has(f, &resp, "<Roles></Roles><Tags><member><Key>k</Key><Value>v</Value></member>");
	resp = fixture_iam(f, "CreateInstanceProfile&InstanceProfileName=IP");
	fixture_assert_iam_error(f, &resp, 409, "EntityAlreadyExists",
	    "Instance Profile IP already exists.");
	resp = fixture_iam(f, "AddRoleToInstanceProfile&InstanceProfileName=ip&RoleName=r");
	fixture_assert_iam(f, &resp, "AddRoleToInstanceProfile", NULL);
	resp = fixture_iam(f, "AddRoleToInstanceProfile&InstanceProfileName=ip&RoleName=r");
	fixture_assert_iam_error(f, &resp, 409, "LimitExceeded",
	    "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
	ok(f, "CreateInstanceProfile&InstanceProfileName=other");
	resp = fixture_iam(f, "ListInstanceProfilesForRole&RoleName=R");
	fixture_assert_iam(f, &resp, "ListInstanceProfilesForRole",
	    arena_fmt(f->a,
		"<InstanceProfiles><member><Path>/x/</Path><InstanceProfileName>ip"
		"</InstanceProfileName><InstanceProfileId>%s</InstanceProfileId><Arn>" ARN(
		    "instance-profile/x/ip") "</Arn><CreateDate>" DATE
					     "</CreateDate><Roles><member>"
					     "%s</member></Roles></member></InstanceProfiles>"
					     "<IsTruncated>false</IsTruncated>",
		id,
		role_xml(f, "/", "r", role, TRUST_SENT,
		    "<MaxSessionDuration>3600</MaxSessionDuration>"))
		.p);
	resp = fixture_iam(f, "ListInstanceProfiles&PathPrefix=/x/");
	assert_string_equal(fixture_element(f, &resp, "InstanceProfileName", 0), "ip");
	assert_string_equal(fixture_element(f, &resp, "InstanceProfileName", 1), "");
	resp = fixture_iam(f, "DeleteInstanceProfile&InstanceProfileName=ip");
	fixture_assert_iam_error(f, &resp, 409, "DeleteConflict",
	    "Cannot delete entity, must remove roles from instance profile first.");
	resp = fixture_iam(f, "RemoveRoleFromInstanceProfile&InstanceProfileName=other&RoleName=r");
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "The role with name r is not in the instance profile with name other.");
	ok(f, "RemoveRoleFromInstanceProfile&InstanceProfileName=ip&RoleName=r");
	ok(f, "UntagInstanceProfile&InstanceProfileName=ip&TagKeys.member.1=K");
	resp = fixture_iam(f, "ListInstanceProfileTags&InstanceProfileName=ip");
	fixture_assert_iam(f, &resp, "ListInstanceProfileTags",
	    "<Tags></Tags><IsTruncated>false</IsTruncated>");
	ok(f, "DeleteInstanceProfile&InstanceProfileName=ip");
	resp = fixture_iam(f, "GetInstanceProfile&InstanceProfileName=ip");
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "Instance Profile ip cannot be found.");
}

/* Used, at most one note a minute. */
static void
test_last_used(void **state)
{
	struct fixture *f = *state;
	const char *id = create(f, ROLE("r"));
	struct session s = { .temporary = true,
		.access_key_id = STR("ASIAIOSFODNN7EXAMPLE"),
		.issuer_key_id = STR(ROOT_KEY),
		.type = IAM_ASSUMED_ROLE,
		.account_id = STR(ACCOUNT),
		.entity_id = str_of(id),
		.session_name = STR("s"),
		.issued_at = NOW_S,
		.expires_at = NOW_S + 3600 };
	static const struct {
		int64_t after_s;
		const char *noted;
	} rows[] = {
		{ 10, "2023-11-14T22:13:30Z" },
		{ 69, "2023-11-14T22:13:30Z" },
		{ 70, "2023-11-14T22:14:30Z" },
	};
	struct api_response resp;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		f->wall_ms = (NOW_S + rows[i].after_s) * INT64_C(1000);
		fixture_session(f, &s);
		resp = fixture_sts(f, "GetCallerIdentity");
		assert_status(f, &resp, 200);
		f->access_key = ROOT_KEY;
		f->secret = ROOT_SECRET;
		f->token = NULL;
		resp = fixture_iam(f, "GetRole&RoleName=r");
		assert_has(f, &resp,
		    arena_fmt(f->a,
			"<RoleLastUsed><LastUsedDate>%s</LastUsedDate>"
			"<Region>" REGION "</Region></RoleLastUsed>",
			rows[i].noted)
			.p);
	}
}

/* Who may not, learns nothing of what there is. */
static void
test_denied(void **state)
{
	static const struct {
		const char *action;
		bool profile;
		const char *more;
	} rows[] = {
		{ "CreateRole", false, "&AssumeRolePolicyDocument=" TRUST_SENT },
		{ "GetRole", false, "" },
		{ "UpdateRole", false, "" },
		{ "UpdateRoleDescription", false, "&Description=" },
		{ "UpdateAssumeRolePolicy", false, "&PolicyDocument=x" },
		{ "DeleteRole", false, "" },
		{ "TagRole", false, "&Tags.member.1.Key=a&Tags.member.1.Value=" },
		{ "UntagRole", false, "&TagKeys.member.1=a" },
		{ "ListRoleTags", false, "" },
		{ "ListInstanceProfilesForRole", false, "" },
		{ "DeleteServiceLinkedRole", false, "" },
		{ "GetInstanceProfile", true, "" },
		{ "CreateInstanceProfile", true, "" },
		{ "DeleteInstanceProfile", true, "" },
		{ "AddRoleToInstanceProfile", true, "&RoleName=none" },
		{ "RemoveRoleFromInstanceProfile", true, "&RoleName=none" },
		{ "ListInstanceProfileTags", true, "" },
	};
	static const char *const names[] = { "there", "none" };
	struct fixture *f = *state;
	struct api_response resp;
	size_t i, j;

	create(f, ROLE("there"));
	ok(f, "CreateInstanceProfile&InstanceProfileName=there");
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (j = 0; j < 2; j++) {
			resp = fixture_iam(f,
			    arena_fmt(f->a, "%s&%s=%s%s", rows[i].action,
				rows[i].profile ? "InstanceProfileName" : "RoleName", names[j],
				rows[i].more)
				.p);
			assert_status(f, &resp, 403);
			assert_has(f, &resp,
			    arena_fmt(f->a,
				"<Message>User: " ARN(
				    "user/eve") " is not authorized to perform: "
						"iam:%s on resource: " ARN(
						    "%s/%s") " because no identity-based policy "
							     "allows the iam:%s action. Encoded "
							     "authorization failure message: ",
				rows[i].action, rows[i].profile ? "instance-profile" : "role",
				names[j], rows[i].action)
				.p);
		}
	}
}

#define ALLOW(action, resource, more) \
	"{\"Effect\":\"Allow\",\"Action\":\"iam:" action "\"," \
	"\"Resource\":\"" resource "\"" more "}"
#define IF(operator, key, value) ",\"Condition\":{\"" operator"\":{\"" key "\":\"" value "\"}}"
#define TAGGED ROLE("x") "&Tags.member.1.Key=Env&Tags.member.1.Value=dev"
#define ADD "AddRoleToInstanceProfile&InstanceProfileName=ip&RoleName=there"
#define CREATE_SLR "CreateServiceLinkedRole&AWSServiceName=ec2-instance-connect.amazonaws.com"

/* The role there has the tag Team=web. */
static void
test_permissions(void **state)
{
	static const struct {
		const char *statements, *body;
		bool allowed;
	} rows[] = {
		{ ALLOW("GetRole", ARN("role/the*"), ""), "GetRole&RoleName=THERE", true },
		{ ALLOW("GetRole", ARN("role/other"), ""), "GetRole&RoleName=there", false },
		{ ALLOW("GetRole", "*", IF("StringEquals", "iam:ResourceTag/Team", "web")),
		    "GetRole&RoleName=there", true },
		{ ALLOW("GetRole", "*", IF("StringEquals", "aws:ResourceTag/Team", "ops")),
		    "GetRole&RoleName=there", false },
		{ ALLOW("GetRole", "*", IF("Null", "ec2:ResourceTag/Team", "true")),
		    "GetRole&RoleName=there", true },
		/* Tags of a role to be made are iam:TagRole. */
		{ ALLOW("CreateRole", "*", ""), TAGGED, false },
		{ ALLOW("CreateRole", "*", "") "," ALLOW("TagRole", ARN("role/x"), ""), TAGGED,
		    true },
		{ ALLOW("*Role", "*", IF("StringEquals", "aws:RequestTag/Env", "prod")), TAGGED,
		    false },
		{ ALLOW("CreateRole", "*", IF("StringEquals", "iam:PermissionsBoundary", "x")),
		    ROLE("y"), false },
		{ ALLOW("TagRole", "*", IF("StringEquals", "aws:RequestTag/a", "1")),
		    "TagRole&RoleName=there&Tags.member.1.Key=a&Tags.member.1.Value=1", true },
		{ ALLOW("TagRole", "*", IF("StringEquals", "aws:RequestTag/a", "1")),
		    "TagRole&RoleName=there&Tags.member.1.Key=a&Tags.member.1.Value=2", false },
		{ ALLOW("UntagRole", "*", IF("ForAnyValue:StringEquals", "aws:TagKeys", "a")),
		    "UntagRole&RoleName=there&TagKeys.member.1=a", true },
		{ ALLOW("UntagRole", "*", IF("ForAnyValue:StringEquals", "aws:TagKeys", "a")),
		    "UntagRole&RoleName=there&TagKeys.member.1=b", false },
		/* A role is passed on only by who may. */
		{ ALLOW("AddRoleToInstanceProfile", "*", ""), ADD, false },
		{ ALLOW("AddRoleToInstanceProfile", "*", "") "," ALLOW("PassRole", "*",
		      IF("StringEquals", "iam:PassedToService", "x")),
		    ADD, false },
		{ ALLOW("AddRoleToInstanceProfile", ARN("instance-profile/ip"),
		      "") "," ALLOW("PassRole", ARN("role/there"),
		      IF("StringEquals", "iam:PassedToService", "ec2.amazonaws.com")),
		    ADD, true },
		{ ALLOW("CreateServiceLinkedRole", "*",
		      IF("StringLike", "iam:AWSServiceName", "autoscaling.*")),
		    CREATE_SLR, false },
		{ ALLOW("CreateServiceLinkedRole", ARN("role/aws-service-role/*"),
		      IF("StringLike", "iam:AWSServiceName", "ec2-instance-connect.*")),
		    CREATE_SLR, true },
	};
	struct store_inline_policy p = { STR("AIDACKCEVSQ6C2EXAMPLE"), STR("p"), STR("") };
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	create(f, ROLE("there") "&Tags.member.1.Key=Team&Tags.member.1.Value=web");
	ok(f, "CreateInstanceProfile&InstanceProfileName=ip");
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		p.document = arena_fmt(f->a, "{\"Statement\":[%s]}", rows[i].statements);
		assert_ok(store_inline_policy_put(f->st, &p));
		policies_changed(f->api->policies);
		resp = fixture_iam(f, rows[i].body);
		if (resp.status != (rows[i].allowed ? 200 : 403))
			fail_msg("row %zu: %s", i, fixture_cstr(f, resp.body));
	}
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_create),
		TEST(test_refused),
		TEST(test_trust_quota),
		TEST(test_update),
		TEST(test_tags),
		TEST(test_delete),
		TEST(test_pages),
		TEST(test_instance_profile),
		TEST(test_last_used),
		TEST(test_denied),
		TEST(test_permissions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
