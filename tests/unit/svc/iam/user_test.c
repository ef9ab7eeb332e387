/*
 * user_test: tests users and their tags and, with them, what all actions of IAM share: forms of
 * parameters and their errors, pages, and what a denial tells.
 */
#include "fixture.h"

#include "store/store_attachment.h"
#include "store/store_group.h"
#include "store/store_inline_policy.h"
#include "store/store_mfa_device.h"
#include "store/store_policy.h"
#include "store/store_role.h"

#define ARN(x) "arn:aws:iam::" ACCOUNT ":" x
#define DATE "2023-11-14T22:13:20Z"
#define EVE \
	"<Path>/</Path><UserName>eve</UserName><UserId>AIDACKCEVSQ6C2EXAMPLE</UserId>" \
	"<Arn>" ARN("user/eve") "</Arn><CreateDate>" DATE "</CreateDate>"

static void
as_eve(struct fixture *f)
{
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
}

static const char *
create(struct fixture *f, const char *more)
{
	struct api_response resp = fixture_iam(f, arena_fmt(f->a, "CreateUser&%s", more).p);

	assert_status(f, &resp, 200);
	return fixture_element(f, &resp, "UserId", 0);
}

static void
test_create(void **state)
{
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;
	const char *id;

	resp = fixture_iam(f,
	    "CreateUser&UserName=Ann&Path=/dev/web/&Tags.member.1.Key=Team"
	    "&Tags.member.1.Value=&Tags.member.2.Key=Room&Tags.member.2.Value=B%C3%BCro+1");
	id = fixture_element(f, &resp, "UserId", 0);
	assert_true(ids_principal_valid("AIDA", str_of(id)));
	fixture_assert_iam(f, &resp, "CreateUser",
	    arena_fmt(f->a,
		"<User><Path>/dev/web/</Path><UserName>Ann</UserName><UserId>%s</UserId><Arn>" ARN(
		    "user/dev/web/Ann") "</Arn><CreateDate>" DATE "</CreateDate><Tags><member>"
					"<Key>Room</Key><Value>B\xc3\xbcro 1</Value>"
					"</member><member><Key>Team</Key>"
					"<Value></Value></member></Tags></User>",
		id)
		.p);
	fixture_audit(f, &ev);
	assert_string_equal(fixture_cstr(f, ev.event_source), "iam.amazonaws.com");
	assert_int_equal(ev.n_resources, 1);
	assert_string_equal(fixture_cstr(f, ev.resources[0].type), "AWS::IAM::User");
	assert_string_equal(fixture_cstr(f, ev.resources[0].name), "Ann");
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    arena_fmt(f->a,
		"\"requestParameters\":{\"path\":\"/dev/web/\",\"userName\":\"Ann\",\"tags\":["
		"{\"key\":\"Team\",\"value\":\"\"},{\"key\":\"Room\","
		"\"value\":\"B\xc3\xbcro 1\"}]},"
		"\"responseElements\":{\"user\":{\"path\":\"/dev/web/\",\"userName\":\"Ann\","
		"\"userId\":\"%s\",\"arn\":\"" ARN(
		    "user/dev/web/Ann") "\","
					"\"createDate\":\"Nov 14, 2023 10:13:20 "
					"PM\",\"tags\":[{\"key\":\"Room\","
					"\"value\":\"B\xc3\xbcro 1\"},"
					"{\"key\":\"Team\",\"value\":\"\"}]}}",
		id)
		.p));
	/* The same without regard to case. */
	resp = fixture_iam(f, "CreateUser&UserName=aNN");
	fixture_assert_iam_error(f, &resp, 409, "EntityAlreadyExists",
	    "User with name aNN already exists.");
	resp = fixture_iam(f, "CreateUser&UserName=bob&PermissionsBoundary=" ARN("policy/nothing"));
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "Scope ARN: " ARN("policy/nothing") " does not exist or is not attachable.");
	resp = fixture_iam(f, "GetUser&UserName=bob");
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "The user with name bob cannot be found.");
}

static void
test_create_with_boundary(void **state)
{
	struct fixture *f = *state;
	const struct store_policy p = { .policy_id = STR("ANPAAAAAAAAAAAAAAAAA"),
		.account_id = STR(ACCOUNT),
		.arn = STR(ARN("policy/limit")),
		.name = STR("limit"),
		.path = STR("/"),
		.created_at = NOW_S };
	struct api_response resp;

	assert_ok(store_policy_add(f->st, &p, STR("{}")));
	create(f, "UserName=bob&PermissionsBoundary=" ARN("policy/limit"));
	resp = fixture_iam(f, "GetUser&UserName=bob");
	assert_has(f, &resp,
	    "<PermissionsBoundary><PermissionsBoundaryType>Policy"
	    "</PermissionsBoundaryType><PermissionsBoundaryArn>" ARN(
		"policy/limit") "</PermissionsBoundaryArn></PermissionsBoundary></User>");
	resp = fixture_iam(f, "ListUsers");
	assert_has_not(f, &resp, "Boundary");
}

static void
test_get(void **state)
{
	struct fixture *f = *state;
	struct api_response resp = fixture_iam(f, "GetUser&UserName=EVE");

	fixture_assert_iam(f, &resp, "GetUser", "<User>" EVE "</User>");
	resp = fixture_iam(f, "GetUser");
	fixture_assert_iam(f, &resp, "GetUser",
	    "<User><UserId>" ACCOUNT "</UserId><Arn>" ARN("root") "</Arn><CreateDate>" DATE
								  "</CreateDate></User>");
	resp = fixture_iam(f, "GetUser&UserName=nobody");
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "The user with name nobody cannot be found.");
}

/* Users of another account are not there. */
static void
test_other_account(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	f->access_key = OTHER_KEY;
	resp = fixture_iam(f, "GetUser&UserName=eve");
	assert_status(f, &resp, 404);
	resp = fixture_iam(f, "ListUsers");
	fixture_assert_iam(f, &resp, "ListUsers",
	    "<Users></Users>"
	    "<IsTruncated>false</IsTruncated>");
	create(f, "UserName=eve");
	resp = fixture_iam(f, "DeleteUser&UserName=eve");
	fixture_assert_iam(f, &resp, "DeleteUser", NULL);
}

/* What is wrong, and IAM's sentence for it; the value is never in it. */
static void
test_refusals(void **state)
{
	/* Sources: those of api/violation.h, and botocore's model of iam 2010-05-08. */
	static const struct {
		const char *body, *value, *at, *constraint;
	} rows[] = {
		{ "CreateUser", " null", "userName", "not be null" },
		{ "CreateUser&UserName=a%20b", " &apos;a b&apos;", "userName",
		    "satisfy regular expression pattern: [\\w+=,.@-]+" },
		{ "CreateUser&UserName=a/b", " &apos;a/b&apos;", "userName",
		    "satisfy regular expression pattern: [\\w+=,.@-]+" },
		{ "CreateUser&UserName=%C3%BC", " &apos;\xc3\xbc&apos;", "userName",
		    "satisfy regular expression pattern: [\\w+=,.@-]+" },
		{ "CreateUser&UserName=aaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbb"
		  "b12345",
		    " &apos;aaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbb"
		    "12345&apos;",
		    "userName", "have length less than or equal to 64" },
		{ "CreateUser&UserName=a&Path=dev/", " &apos;dev/&apos;", "path",
		    "satisfy regular expression pattern: "
		    "(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)" },
		{ "CreateUser&UserName=a&Path=/dev", " &apos;/dev&apos;", "path",
		    "satisfy regular expression pattern: "
		    "(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)" },
		{ "CreateUser&UserName=a&Path=//", " &apos;//&apos;", "path",
		    "satisfy regular expression pattern: "
		    "(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)" },
		{ "CreateUser&UserName=a&PermissionsBoundary=arn:short", " &apos;arn:short&apos;",
		    "permissionsBoundary", "have length greater than or equal to 20" },
		{ "ListUsers&PathPrefix=dev", " &apos;dev&apos;", "pathPrefix",
		    "satisfy regular expression pattern: \\u002F[\\u0021-\\u007F]*" },
		{ "ListUsers&MaxItems=0", " &apos;0&apos;", "maxItems",
		    "have value greater than or equal to 1" },
		{ "ListUsers&MaxItems=1001", " &apos;1001&apos;", "maxItems",
		    "have value less than or equal to 1000" },
		{ "TagUser&UserName=eve", " null", "tags", "not be null" },
		{ "TagUser&UserName=eve&Tags.member.1.Key=a", " null", "tags.1.member.value",
		    "not be null" },
		{ "TagUser&UserName=eve&Tags.member.2.Value=a", " null", "tags.2.member.key",
		    "not be null" },
		{ "TagUser&UserName=eve&Tags.member.1.Key=a%0A&Tags.member.1.Value=b", "",
		    "tags.1.member.key",
		    "satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+" },
		{ "TagUser&UserName=eve&Tags.member.1.Key=a&Tags.member.1.Value=%E2%80%AE", "",
		    "tags.1.member.value",
		    "satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*" },
		{ "UntagUser&UserName=eve", " null", "tagKeys", "not be null" },
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		resp = fixture_iam(f, rows[i].body);
		fixture_assert_iam_error(f, &resp, 400, "ValidationError",
		    arena_fmt(f->a,
			"1 validation error detected: Value%s at &apos;%s&apos; failed to satisfy "
			"constraint: Member must %s",
			rows[i].value, rows[i].at, rows[i].constraint)
			.p);
	}
	resp = fixture_iam(f, "ListUsers&Marker=bWFkZSB1cA==");
	fixture_assert_iam_error(f, &resp, 400, "ValidationError", "Invalid Marker.");
	resp = fixture_iam(f, "ListUsers&Colour=red");
	assert_has(f, &resp, "<Code>ValidationError</Code>");
}

#define FAILED(value, at, must) \
	"Value" value " at &apos;" at "&apos; failed to satisfy constraint: Member must " must
#define NAME_PATTERN "satisfy regular expression pattern: [\\w+=,.@-]+"
#define PATH_PATTERN \
	"satisfy regular expression pattern: (\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)"
#define KEY_PATTERN "satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+"

/* All that is wrong is told at once, the pattern of a value before its length. */
static void
test_many_refusals(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	struct buf b;
	size_t i;

	resp = fixture_iam(f, "CreateUser&UserName=&Path=x&PermissionsBoundary=y");
	fixture_assert_iam_error(f, &resp, 400, "ValidationError",
	    "4 validation errors detected: " FAILED(" &apos;x&apos;", "path",
		PATH_PATTERN) "; " FAILED(" &apos;y&apos;", "permissionsBoundary",
		"have length greater than or equal to 20") "; " FAILED(" &apos;&apos;", "userName",
		NAME_PATTERN) "; " FAILED(" &apos;&apos;", "userName",
		"have length greater than or equal to 1"));
	resp = fixture_iam(f, "TagUser&Tags.member.1.Value=a");
	fixture_assert_iam_error(f, &resp, 400, "ValidationError",
	    "2 validation errors detected: " FAILED(" null", "tags.1.member.key",
		"not be null") "; " FAILED(" null", "userName", "not be null"));
	resp = fixture_iam(f, "UntagUser&UserName=eve&TagKeys.member.1=");
	fixture_assert_iam_error(f, &resp, 400, "ValidationError",
	    "2 validation errors detected: " FAILED("", "tagKeys.1.member",
		KEY_PATTERN) "; " FAILED("", "tagKeys.1.member",
		"have length greater than or equal to 1"));
	/* What may be a key or a password is not repeated, and the text has an end. */
	resp = fixture_iam(f, arena_fmt(f->a, "CreateUser&UserName=%0257d", 1).p);
	fixture_assert_iam_error(f, &resp, 400, "ValidationError",
	    "1 validation error detected: " FAILED("", "userName",
		"have length less than or equal to 64"));
	resp = fixture_iam(f, "CreateLoginProfile&UserName=eve&Password=");
	assert_has(f, &resp, "detected: " FAILED("", "password", ""));
	buf_init(&b, 1u << 16);
	buf_c(&b, "UntagUser&UserName=eve");
	for (i = 1; i <= 50; i++)
		buf_fmt(&b, "&TagKeys.member.%zu=", i);
	resp = fixture_iam(f, fixture_cstr(f, buf_view(&b)));
	buf_release(&b);
	assert_has(f, &resp, "<Message>100 validation errors detected: ");
	assert_true(resp.body.n < 8192);
	resp = fixture_iam(f, "ListUsers&MaxItems=ten");
	assert_has(f, &resp, "<Code>MalformedInput</Code>");
}

/* The record has what was asked, and nothing that an action made of it. Source: CreateUser of
 * "malicious-iam-user" without a path in github.com/invictus-ir/aws_dataset. */
static void
test_record_of_what_was_asked(void **state)
{
	static const struct {
		const char *body, *parameters;
	} rows[] = {
		{ "CreateUser&UserName=ann", "{\"userName\":\"ann\"}" },
		{ "CreateUser&UserName=ben&Path=/", "{\"path\":\"/\",\"userName\":\"ben\"}" },
		{ "CreateGroup&GroupName=g", "{\"groupName\":\"g\"}" },
		{ "CreateInstanceProfile&InstanceProfileName=p",
		    "{\"instanceProfileName\":\"p\"}" },
		{ "CreateVirtualMFADevice&VirtualMFADeviceName=d",
		    "{\"virtualMFADeviceName\":\"d\"}" },
		/* A parameter that is refused is not repeated. */
		{ "CreateUser&UserName=cat&Path=x", "{\"userName\":\"cat\"}" },
		{ "UntagUser&UserName=ann&TagKeys.member.1=", "{\"userName\":\"ann\"}" },
	};
	struct fixture *f = *state;
	struct store_audit_event ev;
	const char *want;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fixture_iam(f, rows[i].body);
		fixture_audit(f, &ev);
		want = arena_fmt(f->a, "\"requestParameters\":%s,", rows[i].parameters).p;
		if (strstr(fixture_cstr(f, ev.record), want) == NULL)
			fail_msg("no %s in %s", want, fixture_cstr(f, ev.record));
	}
}

static void
test_list(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	const char *marker;
	size_t i;

	for (i = 0; i < 5; i++)
		create(f,
		    arena_fmt(f->a, "UserName=%s%zu&Path=/%s/", i % 2 == 0 ? "Dan" : "dan", i,
			i == 4 ? "web" : "dev")
			.p);
	resp = fixture_iam(f, "ListUsers&PathPrefix=/dev&MaxItems=3");
	assert_has(f, &resp, "<IsTruncated>true</IsTruncated><Marker>");
	for (i = 0; i < 3; i++)
		assert_string_equal(fixture_element(f, &resp, "UserName", i),
		    arena_fmt(f->a, "%s%zu", i % 2 == 0 ? "Dan" : "dan", i).p);
	assert_string_equal(fixture_element(f, &resp, "UserName", 3), "");
	marker = fixture_element(f, &resp, "Marker", 0);
	resp = fixture_iam(f,
	    arena_fmt(f->a, "ListUsers&PathPrefix=/dev/&MaxItems=3&Marker=%s", marker).p);
	assert_string_equal(fixture_element(f, &resp, "UserName", 0), "dan3");
	assert_has(f, &resp, "</Users><IsTruncated>false</IsTruncated></ListUsersResult>");
	/* A list's Marker is no other list's. */
	resp = fixture_iam(f, arena_fmt(f->a, "ListGroups&Marker=%s", marker).p);
	assert_status(f, &resp, 400);
	/* As many as there are, on a page of just that size. */
	resp = fixture_iam(f, "ListUsers&MaxItems=6");
	assert_string_equal(fixture_element(f, &resp, "UserName", 5), "eve");
	assert_has(f, &resp, "<IsTruncated>false</IsTruncated>");
	resp = fixture_iam(f, "ListUsers&MaxItems=1000");
	assert_status(f, &resp, 200);
}

static void
test_update(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	create(f, "UserName=ann&Path=/a/&Tags.member.1.Key=k&Tags.member.1.Value=v");
	resp = fixture_iam(f, "UpdateUser&UserName=ANN&NewPath=/b/");
	fixture_assert_iam(f, &resp, "UpdateUser", NULL);
	resp = fixture_iam(f, "UpdateUser&UserName=ann&NewUserName=Anna");
	fixture_assert_iam(f, &resp, "UpdateUser", NULL);
	resp = fixture_iam(f, "GetUser&UserName=anna");
	assert_has(f, &resp, "<Arn>" ARN("user/b/Anna") "</Arn>");
	assert_has(f, &resp, "<Value>v</Value>");
	resp = fixture_iam(f, "GetUser&UserName=ann");
	assert_status(f, &resp, 404);
	/* Only its case changes. */
	resp = fixture_iam(f, "UpdateUser&UserName=anna&NewUserName=ANNA");
	fixture_assert_iam(f, &resp, "UpdateUser", NULL);
	resp = fixture_iam(f, "UpdateUser&UserName=ANNA&NewUserName=Eve");
	fixture_assert_iam_error(f, &resp, 409, "EntityAlreadyExists",
	    "User with name Eve already exists.");
	resp = fixture_iam(f, "UpdateUser&UserName=nobody&NewUserName=x");
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "The user with name nobody cannot be found.");
	/* The caller's own ARN follows at once. */
	resp = fixture_iam(f, "UpdateUser&UserName=eve&NewPath=/c/");
	as_eve(f);
	resp = fixture_iam(f, "ListUsers");
	assert_has(f, &resp, "User: " ARN("user/c/eve") " is not authorized");
}

static void
test_tags(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	struct buf b;
	size_t i;

	resp = fixture_iam(f,
	    "TagUser&UserName=eve&Tags.member.1.Key=Team&Tags.member.1.Value=a"
	    "&Tags.member.2.Key=zone&Tags.member.2.Value=1");
	fixture_assert_iam(f, &resp, "TagUser", NULL);
	/* A key in another case is the same one. */
	resp = fixture_iam(f, "TagUser&UserName=eve&Tags.member.1.Key=TEAM&Tags.member.1.Value=b");
	fixture_assert_iam(f, &resp, "TagUser", NULL);
	resp = fixture_iam(f, "ListUserTags&UserName=eve");
	fixture_assert_iam(f, &resp, "ListUserTags",
	    "<Tags><member><Key>TEAM</Key><Value>b"
	    "</Value></member><member><Key>zone</Key><Value>1</Value></member></Tags>"
	    "<IsTruncated>false</IsTruncated>");
	resp = fixture_iam(f, "ListUserTags&UserName=eve&MaxItems=1");
	assert_has(f, &resp, "<IsTruncated>true</IsTruncated>");
	resp = fixture_iam(f,
	    arena_fmt(f->a, "ListUserTags&UserName=eve&Marker=%s",
		fixture_element(f, &resp, "Marker", 0))
		.p);
	assert_has(f, &resp, "<ListUserTagsResult><Tags><member><Key>zone</Key>");
	resp = fixture_iam(f,
	    "TagUser&UserName=eve&Tags.member.1.Key=a&Tags.member.1.Value=1"
	    "&Tags.member.2.Key=A&Tags.member.2.Value=2");
	fixture_assert_iam_error(f, &resp, 400, "InvalidInput",
	    "Duplicate tag keys found. "
	    "Please note that Tag keys are case insensitive.");
	resp = fixture_iam(f, "TagUser&UserName=eve&Tags.member.1.Key=AWS:x&Tags.member.1.Value=1");
	assert_has(f, &resp, "<Code>InvalidInput</Code>");
	resp = fixture_iam(f, "UntagUser&UserName=eve&TagKeys.member.1=Zone&TagKeys.member.2=no");
	fixture_assert_iam(f, &resp, "UntagUser", NULL);
	/* Empty lists, as some clients write them. */
	resp = fixture_iam(f, "UntagUser&UserName=eve&TagKeys=");
	fixture_assert_iam(f, &resp, "UntagUser", NULL);
	buf_init(&b, 65536);
	for (i = 1; i < 50; i++)
		buf_fmt(&b, "&Tags.member.%zu.Key=k%zu&Tags.member.%zu.Value=v", i, i, i);
	resp = fixture_iam(f, arena_fmt(f->a, "TagUser&UserName=eve%.*s", STR_FMT(buf_view(&b))).p);
	fixture_assert_iam(f, &resp, "TagUser", NULL);
	resp = fixture_iam(f,
	    arena_fmt(f->a,
		"TagUser&UserName=eve&Tags.member.50.Key=team"
		"&Tags.member.50.Value=c%.*s",
		STR_FMT(buf_view(&b)))
		.p);
	fixture_assert_iam(f, &resp, "TagUser", NULL);
	resp = fixture_iam(f, "TagUser&UserName=eve&Tags.member.1.Key=x&Tags.member.1.Value=y");
	fixture_assert_iam_error(f, &resp, 409, "LimitExceeded",
	    "The number of tags has reached the maximum limit.");
	buf_c(&b,
	    "&Tags.member.50.Key=x&Tags.member.50.Value=&Tags.member.51.Key=y"
	    "&Tags.member.51.Value=");
	resp = fixture_iam(f, arena_fmt(f->a, "TagUser&UserName=eve%.*s", STR_FMT(buf_view(&b))).p);
	assert_has(f, &resp,
	    "Value at &apos;tags&apos; failed to satisfy constraint: Member must "
	    "have length less than or equal to 50");
	buf_release(&b);
	/* They go with the user. */
	resp = fixture_iam(f, "ListUserTags&UserName=nobody");
	assert_status(f, &resp, 404);
}

static void
test_delete(void **state)
{
	struct fixture *f = *state;
	const char *id = create(f, "UserName=ann&Tags.member.1.Key=k&Tags.member.1.Value=v");
	struct store_inline_policy inline_policy = { str_of(id), STR("p"), STR("{}") };
	const struct store_group g = { .group_id = STR("AGPAAAAAAAAAAAAAAAAA"),
		.account_id = STR(ACCOUNT),
		.name = STR("g"),
		.path = STR("/"),
		.arn = STR(ARN("group/g")) };
	struct store_tag *tags;
	struct store_user u;
	struct api_response resp;
	size_t n;

	assert_ok(store_user_get(f->st, f->a, STR(ACCOUNT), STR("ann"), &u));
	u.sealed_password = STR("sealed");
	assert_ok(store_user_set_login_profile(f->st, &u));
	assert_ok(store_inline_policy_put(f->st, &inline_policy));
	assert_ok(store_group_add(f->st, &g));
	assert_ok(store_group_add_user(f->st, g.group_id, str_of(id)));
	resp = fixture_iam(f, "DeleteUser&UserName=ann");
	fixture_assert_iam_error(f, &resp, 409, "DeleteConflict",
	    "Cannot delete entity, must delete login profile first.");
	u.sealed_password = STR("");
	assert_ok(store_user_set_login_profile(f->st, &u));
	resp = fixture_iam(f, "DeleteUser&UserName=ann");
	fixture_assert_iam_error(f, &resp, 409, "DeleteConflict",
	    "Cannot delete entity, must remove users from group first.");
	assert_ok(store_group_remove_user(f->st, g.group_id, str_of(id)));
	resp = fixture_iam(f, "DeleteUser&UserName=ann");
	fixture_assert_iam_error(f, &resp, 409, "DeleteConflict",
	    "Cannot delete entity, must delete policies first.");
	assert_ok(store_inline_policy_delete(f->st, str_of(id), STR("p")));
	resp = fixture_iam(f, "DeleteUser&UserName=ANN");
	fixture_assert_iam(f, &resp, "DeleteUser", NULL);
	assert_ok(store_tag_list(f->st, f->a, str_of(id), &tags, &n));
	assert_int_equal(n, 0);
	resp = fixture_iam(f, "DeleteUser&UserName=ann");
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "The user with name ann cannot be found.");
	resp = fixture_iam(f, "DeleteUser&UserName=eve");
	fixture_assert_iam_error(f, &resp, 409, "DeleteConflict",
	    "Cannot delete entity, must delete access keys first.");
}

/* Devices and attached policies keep it too. */
static void
test_delete_conflicts(void **state)
{
	struct fixture *f = *state;
	const char *id = create(f, "UserName=ann");
	const struct store_policy p = { .policy_id = STR("ANPAAAAAAAAAAAAAAAAA"),
		.account_id = STR(ACCOUNT),
		.arn = STR(ARN("policy/p")),
		.name = STR("p"),
		.path = STR("/"),
		.created_at = NOW_S };
	const struct store_mfa_device d = { .serial_number = STR(ARN("mfa/ann")),
		.account_id = STR(ACCOUNT),
		.name = STR("ann"),
		.path = STR("/"),
		.sealed_seed = STR("sealed"),
		.created_at = NOW_S };
	struct api_response resp;

	assert_ok(store_mfa_device_add(f->st, &d));
	assert_ok(store_mfa_device_assign(f->st, d.serial_number, str_of(id), NOW_S, 1));
	assert_ok(store_policy_add(f->st, &p, STR("{}")));
	assert_ok(store_attachment_add(f->st, str_of(id), p.policy_id, NOW_S));
	resp = fixture_iam(f, "DeleteUser&UserName=ann");
	fixture_assert_iam_error(f, &resp, 409, "DeleteConflict",
	    "Cannot delete entity, must delete MFA device first.");
	assert_ok(store_mfa_device_unassign(f->st, d.serial_number));
	resp = fixture_iam(f, "DeleteUser&UserName=ann");
	fixture_assert_iam_error(f, &resp, 409, "DeleteConflict",
	    "Cannot delete entity, must detach all policies first.");
	assert_ok(store_attachment_delete(f->st, str_of(id), p.policy_id));
	resp = fixture_iam(f, "DeleteUser&UserName=ann");
	assert_status(f, &resp, 200);
}

/* Who is no user has to say which one. */
static void
test_without_name(void **state)
{
	static const char *const actions[] = { "GetUser", "CreateAccessKey", "ListAccessKeys" };
	struct fixture *f = *state;
	const struct store_role role = { .role_id = STR("AROAAAAAAAAAAAAAAAAA"),
		.account_id = STR(ACCOUNT),
		.name = STR("r"),
		.path = STR("/"),
		.arn = STR(ARN("role/r")),
		.created_at = NOW_S,
		.trust_policy = STR("{}"),
		.max_session_s = 3600 };
	const struct session s = { .access_key_id = STR("ASIAAAAAAAAAAAAAAAAA"),
		.issuer_key_id = STR(USER_KEY),
		.type = IAM_ASSUMED_ROLE,
		.account_id = STR(ACCOUNT),
		.entity_id = role.role_id,
		.session_name = STR("eve"),
		.issued_at = NOW_S,
		.expires_at = NOW_S + 900 };
	struct api_response resp;
	size_t i;

	assert_ok(store_role_add(f->st, &role));
	fixture_session(f, &s);
	for (i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		resp = fixture_iam(f, actions[i]);
		fixture_assert_iam_error(f, &resp, 400, "ValidationError",
		    "Must specify userName when calling with non-User credentials");
	}
	resp = fixture_iam(f, "ChangePassword&OldPassword=a&NewPassword=b");
	assert_has(f, &resp, "<Code>InvalidUserType</Code>");
}

/* What GetSessionToken gave opens IAM only with MFA, to the root as well. */
static void
test_session_without_mfa(void **state)
{
	struct fixture *f = *state;
	struct session s = { .access_key_id = STR("ASIAAAAAAAAAAAAAAAAA"),
		.issuer_key_id = STR(ROOT_KEY),
		.type = IAM_ROOT,
		.account_id = STR(ACCOUNT),
		.entity_id = STR(ACCOUNT),
		.issued_at = NOW_S,
		.expires_at = NOW_S + 900 };
	struct store_audit_event ev;
	struct api_response resp;

	fixture_session(f, &s);
	resp = fixture_iam(f, "CreateAccessKey");
	fixture_assert_iam_error(f, &resp, 403, "InvalidClientTokenId",
	    "The security token included in the request is invalid: credentials of GetSessionToken "
	    "may call IAM only if an MFA code was given when they were made");
	assert_int_equal(fixture_audit(f, &ev), 1);
	assert_string_equal(fixture_cstr(f, ev.error_code), "InvalidClientTokenId");
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 200);
	s.mfa = true;
	s.mfa_at = NOW_S;
	fixture_session(f, &s);
	resp = fixture_iam(f, "CreateAccessKey");
	assert_status(f, &resp, 200);
}

/* Who has no permission is told the same, whether it is there or not. */
static void
test_denied(void **state)
{
	static const struct {
		const char *body, *resource;
	} rows[] = {
		{ "CreateUser&UserName=x&Path=/p/", "user/p/x" },
		{ "GetUser&UserName=bob", "user/bob" },
		{ "GetUser&UserName=nobody", "user/nobody" },
		{ "GetUser", "user/eve" },
		{ "ListUsers", "user/" },
		{ "ListUsers&PathPrefix=/dev/", "user/dev/" },
		{ "UpdateUser&UserName=bob&NewPath=/x/", "user/bob" },
		{ "UpdateUser&UserName=nobody&NewPath=/x/", "user/nobody" },
		{ "DeleteUser&UserName=bob", "user/bob" },
		{ "DeleteUser&UserName=nobody", "user/nobody" },
		{ "TagUser&UserName=nobody&Tags.member.1.Key=k&Tags.member.1.Value=v",
		    "user/nobody" },
		{ "UntagUser&UserName=bob&TagKeys.member.1=k", "user/bob" },
		{ "ListUserTags&UserName=nobody", "user/nobody" },
	};
	struct fixture *f = *state;
	struct store_audit_event ev;
	struct api_response resp;
	const char *action, *record;
	size_t i;

	create(f, "UserName=bob");
	as_eve(f);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		resp = fixture_iam(f, rows[i].body);
		action = arena_fmt(f->a, "%.*s", (int)strcspn(rows[i].body, "&"), rows[i].body).p;
		assert_status(f, &resp, 403);
		assert_has(f, &resp, "<Code>AccessDenied</Code>");
		assert_has(f, &resp,
		    arena_fmt(f->a,
			"User: " ARN("user/eve") " is not authorized "
						 "to perform: iam:%s on resource: " ARN(
						     "%s") " because",
			action, rows[i].resource)
			.p);
		fixture_audit(f, &ev);
		record = fixture_cstr(f, ev.record);
		assert_non_null(strstr(record, "\"errorCode\":\"AccessDenied\""));
		assert_non_null(strstr(record, "\"requestParameters\":null"));
	}
	f->access_key = ROOT_KEY;
	f->secret = ROOT_SECRET;
	resp = fixture_iam(f, "GetUser&UserName=bob");
	assert_status(f, &resp, 200);
}

/* Neither the spelling nor the path of what is there is told, nor that it has tags:
 * the answers differ in the name that was asked for alone. */
static void
test_denied_alike(void **state)
{
	static const char *const names[] = { "CARL", "None" };
	struct fixture *f = *state;
	struct api_response resp;
	size_t i, lengths[2];

	create(f,
	    "UserName=carl&Path=/secret/room/&Tags.member.1.Key=Team"
	    "&Tags.member.1.Value=the+team+that+nobody+is+told+of");
	as_eve(f);
	for (i = 0; i < 2; i++) {
		resp = fixture_iam(f, arena_fmt(f->a, "GetUser&UserName=%s", names[i]).p);
		assert_status(f, &resp, 403);
		assert_has(f, &resp,
		    arena_fmt(f->a, "iam:GetUser on resource: " ARN("user/%s") " because", names[i])
			.p);
		lengths[i] = resp.body.n;
	}
	assert_int_equal(lengths[0], lengths[1]);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_create),
		TEST(test_create_with_boundary),
		TEST(test_get),
		TEST(test_other_account),
		TEST(test_refusals),
		TEST(test_many_refusals),
		TEST(test_record_of_what_was_asked),
		TEST(test_list),
		TEST(test_update),
		TEST(test_tags),
		TEST(test_delete),
		TEST(test_delete_conflicts),
		TEST(test_without_name),
		TEST(test_session_without_mfa),
		TEST(test_denied),
		TEST(test_denied_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
