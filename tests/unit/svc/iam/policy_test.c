/* policy_test: tests managed policies, their versions and tags, and the policies of AWS. */
#include "fixture.h"

#include "svc/iam/managed.h"
#include "codec/uri.h"
#include "store/store_policy.h"

#define P "arn:aws:iam::" ACCOUNT ":policy/"
#define AWS "arn:aws:iam::aws:policy/"
#define DATE "2023-11-14T22:13:20Z"
#define LATER "2023-11-14T22:14:20Z"
#define DOC_ENCODED \
	"%7B%22Version%22%3A%222012-10-17%22%2C" \
	"%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22ec2%3A" \
	"DescribeInstances%22%2C%22Resource%22%3A%22%2A%22%7D%7D"

static const char *
create(struct fixture *f, const char *name)
{
	struct api_response resp = fixture_iam(f,
	    arena_fmt(f->a, "CreatePolicy&PolicyName=%s&PolicyDocument=%s", name, DOC_ENCODED).p);

	assert_status(f, &resp, 200);
	return fixture_element(f, &resp, "PolicyId", 0);
}

static void
ok(struct fixture *f, const char *body)
{
	struct api_response resp = fixture_iam(f, body);

	assert_status(f, &resp, 200);
}

static void
test_create_and_get(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	struct store_audit_event ev;
	const char *id, *body;

	resp = fixture_iam(f,
	    "CreatePolicy&PolicyName=Push.Keys&Path=/a/b/&Description=why%20not"
	    "&Tags.member.1.Key=Team&Tags.member.1.Value=x&PolicyDocument=" DOC_ENCODED "%0A");
	id = fixture_element(f, &resp, "PolicyId", 0);
	assert_true(ids_principal_valid("ANPA", str_of(id)));
	body = arena_fmt(f->a,
	    "<PolicyName>Push.Keys</PolicyName><PolicyId>%s</PolicyId>"
	    "<Arn>" P "a/b/Push.Keys</Arn><Path>/a/b/</Path><DefaultVersionId>v1</DefaultVersionId>"
	    "<AttachmentCount>0</AttachmentCount>"
	    "<PermissionsBoundaryUsageCount>0</PermissionsBoundaryUsageCount>"
	    "<IsAttachable>true</IsAttachable>",
	    id)
		   .p;
	fixture_assert_iam(f, &resp, "CreatePolicy",
	    arena_fmt(f->a,
		"<Policy>%s<CreateDate>" DATE "</CreateDate><UpdateDate>" DATE "</UpdateDate><Tags>"
		"<member><Key>Team</Key><Value>x</Value></member></Tags></Policy>",
		body)
		.p);
	fixture_audit(f, &ev);
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "\"requestParameters\":{\"policyName\":"
	    "\"Push.Keys\",\"path\":\"/a/b/\",\"policyDocument\":\"{\\\"Version"));
	resp = fixture_iam(f, "GetPolicy&PolicyArn=" P "a/b/Push.Keys");
	fixture_assert_iam(f, &resp, "GetPolicy",
	    arena_fmt(f->a,
		"<Policy>%s<Description>why not</Description><CreateDate>" DATE "</CreateDate>"
		"<UpdateDate>" DATE "</UpdateDate><Tags><member><Key>Team</Key><Value>x</Value>"
		"</member></Tags></Policy>",
		body)
		.p);
	/* The document comes back as it came, line feed and all. */
	resp = fixture_iam(f, "GetPolicyVersion&VersionId=v1&PolicyArn=" P "a/b/Push.Keys");
	fixture_assert_iam(f, &resp, "GetPolicyVersion",
	    "<PolicyVersion><Document>" DOC_ENCODED
	    "%0A</Document><VersionId>v1</VersionId><IsDefaultVersion>true</IsDefaultVersion>"
	    "<CreateDate>" DATE "</CreateDate></PolicyVersion>");
	resp = fixture_iam(f, "CreatePolicy&PolicyName=push.keys&PolicyDocument=" DOC_ENCODED);
	fixture_assert_iam_error(f, &resp, 409, "EntityAlreadyExists",
	    "A policy called push.keys already exists. Duplicate names are not allowed.");
}

static void
test_refusals(void **state)
{
	static const struct {
		const char *body;
		unsigned status;
		const char *code, *message;
	} rows[] = {
		{ "CreatePolicy&PolicyName=x&PolicyDocument=%7B%7D", 400, "MalformedPolicyDocument",
		    NULL },
		{ "CreatePolicy&PolicyName=x&PolicyDocument=no", 400, "MalformedPolicyDocument",
		    NULL },
		{ "CreatePolicy&PolicyName=x&PolicyDocument=", 400, "ValidationError", NULL },
		{ "CreatePolicy&PolicyName=x", 400, "ValidationError", NULL },
		{ "CreatePolicy&PolicyName=x/y&PolicyDocument=" DOC_ENCODED, 400, "ValidationError",
		    NULL },
		{ "CreatePolicy&PolicyName=x&Path=y&PolicyDocument=" DOC_ENCODED, 400,
		    "ValidationError", NULL },
		{ "GetPolicy&PolicyArn=" P "none", 404, "NoSuchEntity",
		    "Policy " P "none was not found." },
		{ "GetPolicy&PolicyArn=arn:aws:iam::123456789012:user/eve", 400, "InvalidInput",
		    "ARN arn:aws:iam::123456789012:user/eve is not valid." },
		{ "GetPolicy&PolicyArn=arn:aws:ec2:::policy/eve", 400, "InvalidInput",
		    "ARN arn:aws:ec2:::policy/eve is not valid." },
		{ "GetPolicy&PolicyArn=12345678901234567890", 400, "InvalidInput",
		    "ARN 12345678901234567890 is not valid." },
		{ "GetPolicy&PolicyArn=short", 400, "ValidationError", NULL },
		{ "GetPolicyVersion&VersionId=v2&PolicyArn=" P "there", 404, "NoSuchEntity",
		    "Policy " P "there version v2 does not exist or is not attachable." },
		{ "GetPolicyVersion&VersionId=2&PolicyArn=" P "there", 400, "ValidationError",
		    NULL },
		{ "SetDefaultPolicyVersion&VersionId=v7&PolicyArn=" P "there", 404, "NoSuchEntity",
		    "Policy " P "there version v7 does not exist or is not attachable." },
		{ "SetDefaultPolicyVersion&VersionId=v1.draft&PolicyArn=" P "there", 404,
		    "NoSuchEntity",
		    "Policy " P "there version v1.draft does not exist or is not attachable." },
		{ "SetDefaultPolicyVersion&VersionId=v99999999999999999999&PolicyArn=" P "there",
		    404, "NoSuchEntity", NULL },
		{ "DeletePolicyVersion&VersionId=v1&PolicyArn=" P "there", 409, "DeleteConflict",
		    "Cannot delete the default version of a policy." },
		{ "DeletePolicyVersion&VersionId=v2&PolicyArn=" P "there", 404, "NoSuchEntity",
		    NULL },
		{ "CreatePolicyVersion&PolicyArn=" P "there&PolicyDocument=%5B%5D", 400,
		    "MalformedPolicyDocument", NULL },
		{ "DeletePolicy&PolicyArn=" P "none", 404, "NoSuchEntity", NULL },
		{ "ListPolicyVersions&PolicyArn=" P "none", 404, "NoSuchEntity", NULL },
		{ "ListPolicies&Scope=Mine", 400, "ValidationError", NULL },
		{ "ListPolicies&Marker=x", 400, "ValidationError", NULL },
		/* AWS's are nobody's to change. */
		{ "DeletePolicy&PolicyArn=" AWS "ReadOnlyAccess", 403, "AccessDenied",
		    "Policy " AWS "ReadOnlyAccess is outside your own account." },
		{ "CreatePolicyVersion&PolicyArn=" AWS "ReadOnlyAccess&PolicyDocument=" DOC_ENCODED,
		    403, "AccessDenied", NULL },
		{ "SetDefaultPolicyVersion&VersionId=v1&PolicyArn=" AWS "ReadOnlyAccess", 403,
		    "AccessDenied", NULL },
		{ "DeletePolicyVersion&VersionId=v1&PolicyArn=" AWS "ReadOnlyAccess", 403,
		    "AccessDenied", NULL },
		{ "TagPolicy&Tags.member.1.Key=a&Tags.member.1.Value=b&PolicyArn=" AWS
		  "ReadOnlyAccess",
		    403, "AccessDenied", NULL },
		{ "UntagPolicy&TagKeys.member.1=a&PolicyArn=" AWS "ReadOnlyAccess", 403,
		    "AccessDenied", NULL },
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	create(f, "there");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# %s\n", rows[i].body);
		resp = fixture_iam(f, rows[i].body);
		if (rows[i].message != NULL) {
			fixture_assert_iam_error(f, &resp, rows[i].status, rows[i].code,
			    rows[i].message);
			continue;
		}
		assert_status(f, &resp, rows[i].status);
		assert_string_equal(fixture_element(f, &resp, "Code", 0), rows[i].code);
	}
	/* A managed policy has the Version of today. */
	resp = fixture_iam(f,
	    "CreatePolicy&PolicyName=x&PolicyDocument=%7B%22Statement%22%3A%7B%22Effect%22%3A"
	    "%22Allow%22%2C%22Action%22%3A%22%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D");
	fixture_assert_iam_error(f, &resp, 400, "MalformedPolicyDocument",
	    "Policy document must be version 2012-10-17 or greater.");
	create(f, "versions");
	resp = fixture_iam(f,
	    "CreatePolicyVersion&PolicyArn=" P
	    "versions&PolicyDocument=%7B%22Version%22%3A%222008-10-17%22%2C"
	    "%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22%2A%22%2C"
	    "%22Resource%22%3A%22%2A%22%7D%7D");
	fixture_assert_iam_error(f, &resp, 400, "MalformedPolicyDocument",
	    "Policy document must be version 2012-10-17 or greater.");
	/* The place is told. */
	resp = fixture_iam(f,
	    "CreatePolicy&PolicyName=x&PolicyDocument=%7B%22Statement%22%3A%5B"
	    "%7B%22Effect%22%3A%22Maybe%22%2C%22Action%22%3A%22%2A%22%2C%22Resource%22%3A%22%2A"
	    "%22%7D%5D%7D");
	assert_string_equal(fixture_element(f, &resp, "Code", 0), "MalformedPolicyDocument");
	assert_has(f, &resp, "Statement[0].Effect");
}

/* A document of n characters that count, and a thousand that do not. */
static const char *
sized(struct fixture *f, size_t n)
{
	static const char head[] = "{\"Version\":\"2012-10-17\","
				   "\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\","
				   "\"Resource\":\"arn:aws:s3:::";
	struct buf doc, encoded;
	const char *out;
	size_t i;

	buf_init(&doc, 1u << 16);
	buf_init(&encoded, 1u << 18);
	for (i = 0; i < 1000; i++)
		buf_ch(&doc, " \t\r\n"[i % 4]);
	buf_c(&doc, head);
	for (i = strlen(head); i < n - 3; i++)
		buf_ch(&doc, 'x');
	buf_c(&doc, "\"}}");
	uri_encode(&encoded, buf_view(&doc));
	out = fixture_cstr(f, buf_view(&encoded));
	buf_release(&doc);
	buf_release(&encoded);
	return out;
}

static void
test_size(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	ok(f, arena_fmt(f->a, "CreatePolicy&PolicyName=fits&PolicyDocument=%s", sized(f, 6144)).p);
	resp = fixture_iam(f,
	    arena_fmt(f->a, "CreatePolicy&PolicyName=x&PolicyDocument=%s", sized(f, 6145)).p);
	fixture_assert_iam_error(f, &resp, 409, "LimitExceeded",
	    "Cannot exceed quota for PolicySize: 6144");
	ok(f,
	    arena_fmt(f->a, "CreatePolicyVersion&PolicyArn=" P "fits&PolicyDocument=%s",
		sized(f, 6144))
		.p);
	resp = fixture_iam(f,
	    arena_fmt(f->a, "CreatePolicyVersion&PolicyArn=" P "fits&PolicyDocument=%s",
		sized(f, 6145))
		.p);
	fixture_assert_iam_error(f, &resp, 409, "LimitExceeded",
	    "Cannot exceed quota for PolicySize: 6144");
}

/* Numbers are not used again; five at a time; the default one stays. */
static void
test_versions(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	int i;

	create(f, "p");
	f->wall_ms += 60000;
	resp = fixture_iam(f, "CreatePolicyVersion&PolicyArn=" P "p&PolicyDocument=" DOC_ENCODED);
	fixture_assert_iam(f, &resp, "CreatePolicyVersion",
	    "<PolicyVersion><VersionId>v2"
	    "</VersionId><IsDefaultVersion>false</IsDefaultVersion><CreateDate>" LATER
	    "</CreateDate></PolicyVersion>");
	resp = fixture_iam(f, "GetPolicy&PolicyArn=" P "p");
	assert_has(f, &resp, "<DefaultVersionId>v1</DefaultVersionId>");
	assert_has(f, &resp, "<UpdateDate>" DATE "</UpdateDate>");
	resp = fixture_iam(f,
	    "CreatePolicyVersion&SetAsDefault=true&PolicyArn=" P "p&PolicyDocument=" DOC_ENCODED);
	fixture_assert_iam(f, &resp, "CreatePolicyVersion",
	    "<PolicyVersion><VersionId>v3"
	    "</VersionId><IsDefaultVersion>true</IsDefaultVersion><CreateDate>" LATER
	    "</CreateDate></PolicyVersion>");
	resp = fixture_iam(f, "GetPolicy&PolicyArn=" P "p");
	assert_has(f, &resp, "<DefaultVersionId>v3</DefaultVersionId>");
	assert_has(f, &resp, "<UpdateDate>" LATER "</UpdateDate>");
	for (i = 4; i <= 5; i++)
		ok(f, "CreatePolicyVersion&PolicyArn=" P "p&PolicyDocument=" DOC_ENCODED);
	resp = fixture_iam(f, "CreatePolicyVersion&PolicyArn=" P "p&PolicyDocument=" DOC_ENCODED);
	fixture_assert_iam_error(f, &resp, 409, "LimitExceeded",
	    "A managed policy can have up to 5 versions. Before you create a new version, you must "
	    "delete an existing version.");
	resp = fixture_iam(f, "DeletePolicyVersion&VersionId=v5&PolicyArn=" P "p");
	fixture_assert_iam(f, &resp, "DeletePolicyVersion", NULL);
	resp = fixture_iam(f, "CreatePolicyVersion&PolicyArn=" P "p&PolicyDocument=" DOC_ENCODED);
	assert_string_equal(fixture_element(f, &resp, "VersionId", 0), "v6");
	resp = fixture_iam(f, "SetDefaultPolicyVersion&VersionId=v1&PolicyArn=" P "p");
	fixture_assert_iam(f, &resp, "SetDefaultPolicyVersion", NULL);
	ok(f, "DeletePolicyVersion&VersionId=v3&PolicyArn=" P "p");
	resp = fixture_iam(f, "ListPolicyVersions&MaxItems=2&PolicyArn=" P "p");
	assert_string_equal(fixture_element(f, &resp, "VersionId", 0), "v6");
	assert_string_equal(fixture_element(f, &resp, "VersionId", 1), "v4");
	assert_string_equal(fixture_element(f, &resp, "VersionId", 2), "");
	assert_has(f, &resp, "<IsTruncated>true</IsTruncated>");
	resp = fixture_iam(f,
	    arena_fmt(f->a, "ListPolicyVersions&PolicyArn=" P "p&Marker=%s",
		fixture_element(f, &resp, "Marker", 0))
		.p);
	fixture_assert_iam(f, &resp, "ListPolicyVersions",
	    "<Versions><member><VersionId>v2"
	    "</VersionId><IsDefaultVersion>false</IsDefaultVersion><CreateDate>" LATER
	    "</CreateDate></member><member><VersionId>v1</VersionId><IsDefaultVersion>true"
	    "</IsDefaultVersion><CreateDate>" DATE "</CreateDate></member></Versions>"
	    "<IsTruncated>false</IsTruncated>");
	/* A policy goes with its last version, and not before the others. */
	resp = fixture_iam(f, "DeletePolicy&PolicyArn=" P "p");
	assert_string_equal(fixture_element(f, &resp, "Code", 0), "DeleteConflict");
	assert_has(f, &resp, "This policy has more than one version.");
	ok(f, "DeletePolicyVersion&VersionId=v2&PolicyArn=" P "p");
	ok(f, "DeletePolicyVersion&VersionId=v4&PolicyArn=" P "p");
	ok(f, "DeletePolicyVersion&VersionId=v6&PolicyArn=" P "p");
	resp = fixture_iam(f, "DeletePolicy&PolicyArn=" P "p");
	fixture_assert_iam(f, &resp, "DeletePolicy", NULL);
	resp = fixture_iam(f, "GetPolicy&PolicyArn=" P "p");
	assert_status(f, &resp, 404);
}

static void
test_list(void **state)
{
	static const struct {
		const char *query, *names;
	} rows[] = {
		{ "Scope=Local", "a b " },
		{ "Scope=Local&PathPrefix=/x/", "" },
		{ "Scope=AWS&PathPrefix=/aws-service-role/", "Ec2InstanceConnectEndpoint " },
		{ "OnlyAttached=true", "a ReadOnlyAccess " },
		{ "OnlyAttached=true&Scope=Local", "a " },
		{ "PolicyUsageFilter=PermissionsPolicy", "a ReadOnlyAccess " },
		{ "PolicyUsageFilter=PermissionsBoundary", "b " },
		{ "Scope=AWS&PolicyUsageFilter=PermissionsBoundary", "" },
	};
	struct fixture *f = *state;
	struct api_response resp;
	const char *name;
	struct buf b;
	size_t i, n, total = 0;

	create(f, "a");
	create(f, "b");
	ok(f, "AttachUserPolicy&UserName=eve&PolicyArn=" P "a");
	ok(f, "AttachUserPolicy&UserName=eve&PolicyArn=" AWS "ReadOnlyAccess");
	ok(f, "PutUserPermissionsBoundary&UserName=eve&PermissionsBoundary=" P "b");
	buf_init(&b, 4096);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		resp = fixture_iam(f, arena_fmt(f->a, "ListPolicies&%s", rows[i].query).p);
		buf_clear(&b);
		for (n = 0; *(name = fixture_element(f, &resp, "PolicyName", n)) != '\0'; n++)
			buf_fmt(&b, "%s ", name);
		assert_string_equal(fixture_cstr(f, buf_view(&b)), rows[i].names);
		assert_has(f, &resp, "<IsTruncated>false</IsTruncated>");
	}
	buf_release(&b);
	resp = fixture_iam(f, "ListPolicies&Scope=Local&MaxItems=1");
	assert_has(f, &resp, "<PolicyName>a</PolicyName>");
	assert_has_not(f, &resp, "<Tags>");
	assert_has(f, &resp, "<AttachmentCount>1</AttachmentCount>");
	/* Page by page it is all of them, once. */
	resp = fixture_iam(f, "ListPolicies&MaxItems=2");
	for (;;) {
		for (n = 0; *fixture_element(f, &resp, "PolicyName", n) != '\0'; n++)
			total++;
		if (*fixture_element(f, &resp, "Marker", 0) == '\0')
			break;
		resp = fixture_iam(f,
		    arena_fmt(f->a, "ListPolicies&MaxItems=2&Marker=%s",
			fixture_element(f, &resp, "Marker", 0))
			.p);
	}
	assert_int_equal(total, 13);
}

static void
test_tags(void **state)
{
	struct fixture *f = *state;
	struct store_tag *tags;
	struct api_response resp;
	const char *id = create(f, "p");
	size_t n;

	resp = fixture_iam(f,
	    "TagPolicy&PolicyArn=" P "p&Tags.member.1.Key=a&Tags.member.1.Value=1"
	    "&Tags.member.2.Key=b&Tags.member.2.Value=");
	fixture_assert_iam(f, &resp, "TagPolicy", NULL);
	resp = fixture_iam(f, "ListPolicyTags&PolicyArn=" P "p");
	fixture_assert_iam(f, &resp, "ListPolicyTags",
	    "<Tags><member><Key>a</Key><Value>1</Value>"
	    "</member><member><Key>b</Key><Value></Value></member></Tags>"
	    "<IsTruncated>false</IsTruncated>");
	resp = fixture_iam(f, "UntagPolicy&PolicyArn=" P "p&TagKeys.member.1=b");
	fixture_assert_iam(f, &resp, "UntagPolicy", NULL);
	resp = fixture_iam(f, "ListPolicyTags&PolicyArn=" P "p");
	assert_has_not(f, &resp, "<Key>b</Key>");
	/* They go with the policy. */
	ok(f, "DeletePolicy&PolicyArn=" P "p");
	assert_ok(store_tag_list(f->st, f->a, str_of(id), &tags, &n));
	assert_int_equal(n, 0);
}

/* ---- of AWS ---- */

static void
test_managed(void **state)
{
	struct fixture *f = *state;
	struct store_policy_version v;
	struct store_policy p, again;
	const struct embedded *j;
	struct str arn;
	size_t n = 0;

	for (j = managed_json; n < managed_json_count; j++, n++) {
		arn = arena_fmt(f->a, AWS "%s%s",
		    strcmp(j->name, "Ec2InstanceConnectEndpoint") == 0 ? "aws-service-role/" : "",
		    j->name);
		assert_ok(store_policy_get(f->st, f->a, STR(ACCOUNT), arn, &p));
		assert_true(ids_principal_valid("ANPA", p.policy_id));
		assert_int_equal(p.default_version, 1);
		assert_int_equal(p.account_id.n, 0);
		assert_true(p.description.n > 0);
		assert_ok(store_policy_version_get(f->st, f->a, p.policy_id, 1, &v));
		assert_true(str_eq(v.document, str_trim(str_of(j->text))));
	}
	assert_int_equal(n, 11);
	/* Nothing to do is nothing done. */
	f->wall_ms += 5000;
	assert_ok(task_run(f->region, managed_update, NULL));
	assert_ok(store_policy_get(f->st, f->a, STR(ACCOUNT), p.arn, &again));
	assert_int_equal(again.next_version, 2);
	assert_int_equal(again.updated_at, NOW_S);
	/* What was different becomes what it is now. */
	v = (struct store_policy_version){ .policy_id = p.policy_id,
		.document = STR("{}"),
		.created_at = NOW_S,
		.is_default = true };
	assert_ok(store_policy_version_add(f->st, &v, NULL));
	assert_ok(task_run(f->region, managed_update, NULL));
	assert_ok(store_policy_get(f->st, f->a, STR(ACCOUNT), p.arn, &again));
	assert_int_equal(again.default_version, 3);
	assert_int_equal(again.updated_at, NOW_S + 5);
	assert_ok(store_policy_version_get(f->st, f->a, p.policy_id, 3, &v));
	assert_true(v.document.n > 2);
}

/* Who has no permission is told the same, whether it is there or not. */
static void
test_denied(void **state)
{
	static const char *const rows[][2] = {
		{ "CreatePolicy&PolicyName=x&Path=/p/&PolicyDocument=" DOC_ENCODED, P "p/x" },
		{ "GetPolicy&PolicyArn=" P "there", P "there" },
		{ "GetPolicy&PolicyArn=" P "none", P "none" },
		{ "ListPolicies", "*" },
		{ "DeletePolicy&PolicyArn=" P "there", P "there" },
		{ "DeletePolicy&PolicyArn=" P "none", P "none" },
		{ "DeletePolicy&PolicyArn=" AWS "ReadOnlyAccess", AWS "ReadOnlyAccess" },
		{ "CreatePolicyVersion&PolicyDocument=" DOC_ENCODED "&PolicyArn=" P "none",
		    P "none" },
		{ "GetPolicyVersion&VersionId=v1&PolicyArn=" P "none", P "none" },
		{ "ListPolicyVersions&PolicyArn=" P "there", P "there" },
		{ "SetDefaultPolicyVersion&VersionId=v9&PolicyArn=" P "there", P "there" },
		{ "DeletePolicyVersion&VersionId=v9&PolicyArn=" P "none", P "none" },
		{ "TagPolicy&Tags.member.1.Key=a&Tags.member.1.Value=b&PolicyArn=" P "none",
		    P "none" },
		{ "UntagPolicy&TagKeys.member.1=a&PolicyArn=" P "none", P "none" },
		{ "ListPolicyTags&PolicyArn=" P "none", P "none" },
		{ "GetPolicy&PolicyArn=arn:aws:iam::999999999999:policy/x",
		    "arn:aws:iam::999999999999:policy/x" },
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	create(f, "there");
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# %s\n", rows[i][0]);
		resp = fixture_iam(f, rows[i][0]);
		assert_status(f, &resp, 403);
		assert_has(f, &resp,
		    arena_fmt(f->a,
			"User: arn:aws:iam::" ACCOUNT ":user/eve is "
			"not authorized to perform: iam:%.*s on resource: %s because no ",
			(int)strcspn(rows[i][0], "&"), rows[i][0], rows[i][1])
			.p);
	}
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_create_and_get),
		TEST(test_refusals),
		TEST(test_size),
		TEST(test_versions),
		TEST(test_list),
		TEST(test_tags),
		TEST(test_managed),
		TEST(test_denied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
