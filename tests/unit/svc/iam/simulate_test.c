/* simulate_test: tests simulated decisions, and that real decisions are the same. */
#include "fixture.h"

#include "api/policies.h"
#include "store/store_inline_policy.h"

#include "codec/uri.h"
#include "store/store_role.h"

#define P "arn:aws:iam::" ACCOUNT ":policy/"
#define AWS "arn:aws:iam::aws:policy/"
#define EVE "arn:aws:iam::" ACCOUNT ":user/eve"
#define ROLE "arn:aws:iam::" ACCOUNT ":role/r"
#define VPCS \
	"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"ec2:DescribeVpcs\"," \
	"\"Resource\":\"*\"}]}"
#define NOT_VPCS \
	"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"},\n" \
	" {\"Effect\":\"Deny\",\"Action\":\"ec2:DescribeVpcs\",\"Resource\":\"*\"}]}"
#define KEYS \
	"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\"," \
	"\"Resource\":\"arn:aws:s3:::${aws:username}/*\",\"Condition\":{\"IpAddress\":" \
	"{\"aws:SourceIp\":\"192.0.2.0/24\"},\"StringEquals\":{\"AWS:PrincipalTag/Team\":\"a\"}}}}"

static const char *
encoded(struct fixture *f, const char *text)
{
	const char *out;
	struct buf b;

	buf_init(&b, 1u << 20);
	uri_encode(&b, str_of(text));
	out = fixture_cstr(f, buf_view(&b));
	buf_release(&b);
	return out;
}

/* The encoded document, if any, goes behind the body. */
static struct api_response
iam(struct fixture *f, const char *body, const char *document)
{
	if (document != NULL)
		body = arena_fmt(f->a, "%s%s", body, encoded(f, document)).p;
	return fixture_iam(f, body);
}

static void
does(struct fixture *f, const char *body, const char *document)
{
	struct api_response resp = iam(f, body, document);

	assert_status(f, &resp, 200);
}

#define MATCHED \
	"<MatchedStatements><member><SourcePolicyId>PolicyInputList.1</SourcePolicyId>" \
	"<SourcePolicyType>IAM Policy</SourcePolicyType><StartPosition><Line>1</Line>" \
	"<Column>15</Column></StartPosition><EndPosition><Line>1</Line><Column>76</Column>" \
	"</EndPosition></member></MatchedStatements><MissingContextValues></MissingContextValues>"
#define END "<IsTruncated>false</IsTruncated>"

static void
test_custom(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	resp = iam(f,
	    "SimulateCustomPolicy&ActionNames.member.1=ec2:DescribeVpcs"
	    "&ActionNames.member.2=ec2:RunInstances&PolicyInputList.member.1=",
	    VPCS);
	fixture_assert_iam(f, &resp, "SimulateCustomPolicy",
	    "<EvaluationResults><member>"
	    "<EvalActionName>ec2:DescribeVpcs</EvalActionName><EvalResourceName>*"
	    "</EvalResourceName><EvalDecision>allowed</EvalDecision><MatchedStatements><member>"
	    "<SourcePolicyId>PolicyInputList.1</SourcePolicyId><SourcePolicyType>IAM Policy"
	    "</SourcePolicyType><StartPosition><Line>1</Line><Column>15</Column></StartPosition>"
	    "<EndPosition><Line>1</Line><Column>76</Column></EndPosition></member>"
	    "</MatchedStatements><MissingContextValues></MissingContextValues></member><member>"
	    "<EvalActionName>ec2:RunInstances</EvalActionName><EvalResourceName>*"
	    "</EvalResourceName><EvalDecision>implicitDeny</EvalDecision><MatchedStatements>"
	    "</MatchedStatements><MissingContextValues></MissingContextValues></member>"
	    "</EvaluationResults>" END);
	resp = iam(f,
	    arena_fmt(f->a,
		"SimulateCustomPolicy&ActionNames.member.1=ec2:DescribeVpcs"
		"&PolicyInputList.member.1=%s&PolicyInputList.member.2=",
		encoded(f, VPCS))
		.p,
	    NOT_VPCS);
	fixture_assert_iam(f, &resp, "SimulateCustomPolicy",
	    "<EvaluationResults><member>"
	    "<EvalActionName>ec2:DescribeVpcs</EvalActionName><EvalResourceName>*"
	    "</EvalResourceName><EvalDecision>explicitDeny</EvalDecision><MatchedStatements>"
	    "<member><SourcePolicyId>PolicyInputList.2</SourcePolicyId><SourcePolicyType>IAM Policy"
	    "</SourcePolicyType><StartPosition><Line>1</Line><Column>65</Column></StartPosition>"
	    "<EndPosition><Line>2</Line><Column>62</Column></EndPosition></member>"
	    "</MatchedStatements><MissingContextValues></MissingContextValues></member>"
	    "</EvaluationResults>" END);
	resp = iam(f,
	    arena_fmt(f->a,
		"SimulateCustomPolicy&ActionNames.member.1=ec2:DescribeVpcs"
		"&PolicyInputList.member.1=%s&PermissionsBoundaryPolicyInputList.member.1=",
		encoded(f, VPCS))
		.p,
	    KEYS);
	assert_has(f, &resp, "<EvalDecision>implicitDeny</EvalDecision>");
	assert_has(f, &resp,
	    "<PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>"
	    "false</AllowedByPermissionsBoundary></PermissionsBoundaryDecisionDetail>");
	resp = iam(f,
	    arena_fmt(f->a,
		"SimulateCustomPolicy&ActionNames.member.1=ec2:DescribeVpcs"
		"&PolicyInputList.member.1=%s&PermissionsBoundaryPolicyInputList.member.1=",
		encoded(f, VPCS))
		.p,
	    VPCS);
	assert_has(f, &resp, "<EvalDecision>allowed</EvalDecision>");
	assert_has(f, &resp, "<AllowedByPermissionsBoundary>true<");
}

/* A resource that is named has its own result, and details of other accounts that are empty.
 * Source: IAM API reference, EvaluationResult and ResourceSpecificResult. */
static void
test_resource(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	resp = iam(f,
	    "SimulateCustomPolicy&ActionNames.member.1=ec2:DescribeVpcs"
	    "&ResourceArns.member.1=arn:aws:s3:::eve/x&PolicyInputList.member.1=",
	    VPCS);
	fixture_assert_iam(f, &resp, "SimulateCustomPolicy",
	    "<EvaluationResults><member>"
	    "<EvalActionName>ec2:DescribeVpcs</EvalActionName><EvalResourceName>arn:aws:s3:::eve/x"
	    "</EvalResourceName><EvalDecision>allowed</EvalDecision>" MATCHED
	    "<EvalDecisionDetails></EvalDecisionDetails><ResourceSpecificResults><member>"
	    "<EvalResourceName>arn:aws:s3:::eve/x</EvalResourceName>"
	    "<EvalResourceDecision>allowed</EvalResourceDecision>" MATCHED
	    "</member></ResourceSpecificResults></member></EvaluationResults>" END);
	resp = iam(f,
	    arena_fmt(f->a,
		"SimulateCustomPolicy&ActionNames.member.1=ec2:DescribeVpcs"
		"&ResourceArns.member.1=arn:aws:s3:::eve/x&PolicyInputList.member.1=%s"
		"&PermissionsBoundaryPolicyInputList.member.1=",
		encoded(f, VPCS))
		.p,
	    KEYS);
	assert_has(f, &resp,
	    "<EvalResourceDecision>implicitDeny</EvalResourceDecision><MatchedStatements>"
	    "</MatchedStatements>");
	assert_has(f, &resp,
	    "</MissingContextValues><PermissionsBoundaryDecisionDetail>"
	    "<AllowedByPermissionsBoundary>false</AllowedByPermissionsBoundary>"
	    "</PermissionsBoundaryDecisionDetail></member></ResourceSpecificResults>");
}

#define S3 \
	"SimulateCustomPolicy&ActionNames.member.1=s3:GetObject" \
	"&ResourceArns.member.1=arn:aws:s3:::eve/x&ResourceArns.member.2=arn:aws:s3:::ann/x"

/* Keys that are not given are named, and make no condition true. */
static void
test_context(void **state)
{
	static const struct {
		const char *more, *first, *second, *missing;
	} rows[] = {
		{ "", "implicitDeny", "implicitDeny",
		    "<member>AWS:PrincipalTag/Team</member><member>aws:SourceIp</member>"
		    "<member>aws:username</member>" },
		{ "&CallerArn=" EVE, "implicitDeny", "implicitDeny",
		    "<member>AWS:PrincipalTag/Team</member><member>aws:SourceIp</member>" },
		{ "&CallerArn=" EVE "&ContextEntries.member.1.ContextKeyName=aws:sourceip"
		  "&ContextEntries.member.1.ContextKeyType=ip"
		  "&ContextEntries.member.1.ContextKeyValues.member.1=192.0.2.9"
		  "&ContextEntries.member.2.ContextKeyName=aws:PrincipalTag/team"
		  "&ContextEntries.member.2.ContextKeyValues.member.1=a",
		    "allowed", "implicitDeny", "" },
		/* What the request says goes over what is known. */
		{ "&CallerArn=" EVE "&ContextEntries.member.1.ContextKeyName=aws:SourceIp"
		  "&ContextEntries.member.1.ContextKeyValues.member.1=192.0.2.9"
		  "&ContextEntries.member.2.ContextKeyName=aws:PrincipalTag/Team"
		  "&ContextEntries.member.2.ContextKeyValues.member.1=a"
		  "&ContextEntries.member.3.ContextKeyName=aws:username"
		  "&ContextEntries.member.3.ContextKeyValues.member.1=ann",
		    "implicitDeny", "allowed", "" },
		{ "&CallerArn=" EVE "&ContextEntries.member.1.ContextKeyName=aws:SourceIp"
		  "&ContextEntries.member.1.ContextKeyValues.member.1=203.0.113.9"
		  "&ContextEntries.member.2.ContextKeyName=aws:PrincipalTag/Team"
		  "&ContextEntries.member.2.ContextKeyValues.member.1=a",
		    "implicitDeny", "implicitDeny", "" },
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# row %zu\n", i);
		resp = iam(f, arena_fmt(f->a, S3 "%s&PolicyInputList.member.1=", rows[i].more).p,
		    KEYS);
		assert_status(f, &resp, 200);
		assert_string_equal(fixture_element(f, &resp, "EvalDecision", 0), rows[i].first);
		assert_string_equal(fixture_element(f, &resp, "EvalDecision", 1), rows[i].second);
		assert_has(f, &resp,
		    arena_fmt(f->a,
			"<MissingContextValues>%s"
			"</MissingContextValues>",
			rows[i].missing)
			.p);
	}
}

static void
test_context_keys(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	resp = iam(f,
	    arena_fmt(f->a,
		"GetContextKeysForCustomPolicy&PolicyInputList.member.1=%s"
		"&PolicyInputList.member.2=",
		encoded(f, KEYS))
		.p,
	    "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\","
	    "\"Condition\":{\"Bool\":{\"aws:multifactorauthpresent\":\"true\","
	    "\"AWS:sourceIP\":\"true\"}}}}");
	fixture_assert_iam(f, &resp, "GetContextKeysForCustomPolicy",
	    "<ContextKeyNames>"
	    "<member>aws:multifactorauthpresent</member><member>AWS:PrincipalTag/Team</member>"
	    "<member>aws:SourceIp</member><member>aws:username</member></ContextKeyNames>");
	resp = fixture_iam(f, "GetContextKeysForPrincipalPolicy&PolicySourceArn=" EVE);
	fixture_assert_iam(f, &resp, "GetContextKeysForPrincipalPolicy",
	    "<ContextKeyNames></ContextKeyNames>");
	does(f, "PutUserPolicy&UserName=eve&PolicyName=p&PolicyDocument=", KEYS);
	resp = fixture_iam(f, "GetContextKeysForPrincipalPolicy&PolicySourceArn=" EVE);
	fixture_assert_iam(f, &resp, "GetContextKeysForPrincipalPolicy",
	    "<ContextKeyNames>"
	    "<member>AWS:PrincipalTag/Team</member><member>aws:SourceIp</member>"
	    "<member>aws:username</member></ContextKeyNames>");
}

/* One decision: "allowed PolicyId", ... */
static const char *
simulated(struct fixture *f, const char *source, const char *action)
{
	struct api_response resp = fixture_iam(f,
	    arena_fmt(f->a, "SimulatePrincipalPolicy&PolicySourceArn=%s&ActionNames.member.1=%s",
		source, action)
		.p);

	assert_status(f, &resp, 200);
	return arena_fmt(f->a, "%s %s %s", fixture_element(f, &resp, "EvalDecision", 0),
	    fixture_element(f, &resp, "SourcePolicyId", 0),
	    fixture_element(f, &resp, "SourcePolicyId", 1))
	    .p;
}

static void
test_principal(void **state)
{
	const struct store_role role = { .role_id = STR("AROAIOSFODNN7EXAMPLE"),
		.account_id = STR(ACCOUNT),
		.name = STR("r"),
		.path = STR("/"),
		.arn = STR(ROLE),
		.created_at = NOW_S,
		.trust_policy = STR("{}"),
		.max_session_s = 3600 };
	struct fixture *f = *state;

	assert_string_equal(simulated(f, EVE, "ec2:DescribeVpcs"), "implicitDeny  ");
	does(f, "CreateGroup&GroupName=g&Path=/x/", NULL);
	does(f, "AddUserToGroup&GroupName=g&UserName=eve", NULL);
	does(f, "PutGroupPolicy&GroupName=g&PolicyName=p&PolicyDocument=", VPCS);
	assert_string_equal(simulated(f, EVE, "ec2:DescribeVpcs"), "allowed group_g_p ");
	assert_string_equal(simulated(f, "arn:aws:iam::" ACCOUNT ":group/x/g", "ec2:DescribeVpcs"),
	    "allowed group_g_p ");
	does(f, "AttachUserPolicy&UserName=eve&PolicyArn=" AWS "ReadOnlyAccess", NULL);
	assert_string_equal(simulated(f, EVE, "ec2:DescribeVpcs"),
	    "allowed group_g_p ReadOnlyAccess");
	assert_string_equal(simulated(f, EVE, "iam:ListUsers"), "allowed ReadOnlyAccess ");
	does(f, "PutUserPolicy&UserName=eve&PolicyName=not&PolicyDocument=", NOT_VPCS);
	assert_string_equal(simulated(f, EVE, "ec2:DescribeVpcs"), "explicitDeny user_eve_not ");
	does(f,
	    "PutUserPermissionsBoundary&UserName=eve&PermissionsBoundary=" AWS
	    "AmazonEC2FullAccess",
	    NULL);
	assert_string_equal(simulated(f, EVE, "iam:ListUsers"), "implicitDeny  ");
	assert_string_equal(simulated(f, EVE, "ec2:DescribeInstances"), "allowed ReadOnlyAccess ");
	assert_ok(store_role_add(f->st, &role));
	does(f, "PutRolePolicy&RoleName=r&PolicyName=p&PolicyDocument=",
	    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\","
	    "\"Resource\":\"*\",\"Condition\":{\"ArnEquals\":"
	    "{\"aws:PrincipalArn\":\"" ROLE "\"}}}}");
	assert_string_equal(simulated(f, ROLE, "s3:GetObject"), "allowed role_r_p ");
}

/* What is simulated of eve is what eve is told. */
static void
test_agrees(void **state)
{
	static const struct {
		const char *iam_action, *service, *body;
	} rows[] = {
		{ "ec2:DescribeVpcs", "ec2", "Action=DescribeVpcs&Version=2016-11-15" },
		{ "ec2:DescribeSubnets", "ec2", "Action=DescribeSubnets&Version=2016-11-15" },
		{ "ec2:DescribeImages", "ec2", "Action=DescribeImages&Version=2016-11-15" },
		{ "iam:ListPolicies", "iam", "Action=ListPolicies&Version=2010-05-08" },
		{ "iam:GetAccountSummary", "iam", "Action=GetAccountSummary&Version=2010-05-08" },
	};
	static const char *const policies[] = { NULL, "ReadOnlyAccess", "IAMReadOnlyAccess",
		"AmazonEC2ReadOnlyAccess", "AdministratorAccess", "AWSCloudTrail_ReadOnlyAccess" };
	static const char *const inlines[] = { VPCS, NOT_VPCS };
	struct fixture *f = *state;
	struct api_request rq;
	struct api_response resp;
	size_t i, j, k, allowed = 0;
	const char *said;

	for (i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
		if (policies[i] != NULL)
			does(f,
			    arena_fmt(f->a, "AttachUserPolicy&UserName=eve&PolicyArn=" AWS "%s",
				policies[i])
				.p,
			    NULL);
		for (j = 0; j < 2; j++) {
			does(f,
			    "PutUserPolicy&UserName=eve&PolicyName=p&PolicyDocument=", inlines[j]);
			for (k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
				said = simulated(f, EVE, rows[k].iam_action);
				f->access_key = USER_KEY;
				f->secret = USER_SECRET;
				rq = fixture_query_request(f, rows[k].service, rows[k].body);
				resp = fixture_run(f, &rq);
				f->access_key = ROOT_KEY;
				f->secret = ROOT_SECRET;
				assert_int_equal(resp.status,
				    strncmp(said, "allowed", 7) == 0 ? 200 : 403);
				assert_int_equal(fixture_has(&resp, "with an explicit deny"),
				    strncmp(said, "explicit", 8) == 0);
				allowed += resp.status == 200;
			}
		}
		if (policies[i] != NULL)
			does(f,
			    arena_fmt(f->a, "DetachUserPolicy&UserName=eve&PolicyArn=" AWS "%s",
				policies[i])
				.p,
			    NULL);
	}
	/* 18 beside what allows DescribeVpcs, 12 beside what denies it. */
	assert_int_equal(allowed, 30);
}

static void
test_pages(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	const char *body =
	    "SimulatePrincipalPolicy&PolicySourceArn=" EVE
	    "&ActionNames.member.1=a:A&ActionNames.member.2=a:B"
	    "&ResourceArns.member.1=arn:aws:s3:::x&ResourceArns.member.2=arn:aws:s3:::y&MaxItems=3";

	resp = fixture_iam(f, body);
	assert_string_equal(fixture_element(f, &resp, "EvalActionName", 2), "a:A");
	/* Each result names its resource twice. */
	assert_string_equal(fixture_element(f, &resp, "EvalResourceName", 4), "arn:aws:s3:::y");
	assert_string_equal(fixture_element(f, &resp, "EvalActionName", 3), "");
	assert_has(f, &resp, "<IsTruncated>true</IsTruncated>");
	resp = fixture_iam(f,
	    arena_fmt(f->a, "%s&Marker=%s", body, fixture_element(f, &resp, "Marker", 0)).p);
	assert_string_equal(fixture_element(f, &resp, "EvalActionName", 0), "a:B");
	assert_string_equal(fixture_element(f, &resp, "EvalResourceName", 0), "arn:aws:s3:::y");
	assert_string_equal(fixture_element(f, &resp, "EvalActionName", 1), "");
	assert_has(f, &resp, END);
}

static void
test_refusals(void **state)
{
	static const struct {
		const char *body;
		unsigned status;
		const char *code;
	} rows[] = {
		{ "SimulatePrincipalPolicy&ActionNames.member.1=a:B"
		  "&PolicySourceArn=arn:aws:iam::" ACCOUNT ":user/none",
		    404, "NoSuchEntity" },
		{ "SimulatePrincipalPolicy&ActionNames.member.1=a:B"
		  "&PolicySourceArn=arn:aws:iam::" ACCOUNT ":role/x/none",
		    404, "NoSuchEntity" },
		{ "SimulatePrincipalPolicy&ActionNames.member.1=a:B"
		  "&PolicySourceArn=arn:aws:iam::" ACCOUNT ":root",
		    400, "InvalidInput" },
		{ "SimulatePrincipalPolicy&ActionNames.member.1=a:B"
		  "&PolicySourceArn=arn:aws:sts::" ACCOUNT ":assumed-role/r/s",
		    400, "InvalidInput" },
		{ "SimulatePrincipalPolicy&PolicySourceArn=" EVE, 400, "ValidationError" },
		{ "SimulatePrincipalPolicy&ActionNames=&PolicySourceArn=" EVE, 400,
		    "InvalidInput" },
		{ "SimulatePrincipalPolicy&ActionNames.member.1=ec2:*&PolicySourceArn=" EVE, 400,
		    "InvalidInput" },
		{ "SimulatePrincipalPolicy&ActionNames.member.1=noservice&PolicySourceArn=" EVE,
		    400, "InvalidInput" },
		{ "SimulatePrincipalPolicy&ActionNames.member.1=a:B&ResourceArns.member.1=x"
		  "&PolicySourceArn=" EVE,
		    400, "InvalidInput" },
		{ "SimulatePrincipalPolicy&ActionNames.member.1=a:B&PolicySourceArn=" EVE
		  "&CallerArn=" ROLE,
		    400, "InvalidInput" },
		{ "SimulatePrincipalPolicy&ActionNames.member.1=a:B&PolicySourceArn=" EVE
		  "&CallerArn=arn:aws:iam::999999999999:user/x",
		    400, "InvalidInput" },
		{ "SimulatePrincipalPolicy&ActionNames.member.1=a:B&PolicySourceArn=" EVE
		  "&ResourcePolicy=%7B%7D",
		    400, "ValidationError" },
		{ "SimulatePrincipalPolicy&ActionNames.member.1=a:B&PolicySourceArn=" EVE
		  "&PolicyInputList.member.1=%7B%7D",
		    400, "InvalidInput" },
		{ "SimulatePrincipalPolicy&ActionNames.member.1=a:B&PolicySourceArn=" EVE
		  "&ContextEntries.member.1.ContextKeyName=aws:x"
		  "&ContextEntries.member.2.ContextKeyName=AWS:x",
		    400, "InvalidInput" },
		{ "SimulatePrincipalPolicy&ActionNames.member.1=a:B&PolicySourceArn=" EVE
		  "&ContextEntries.member.1.ContextKeyName=aws:x"
		  "&ContextEntries.member.1.ContextKeyType=text",
		    400, "ValidationError" },
		{ "SimulateCustomPolicy&ActionNames.member.1=a:B", 400, "ValidationError" },
		{ "GetContextKeysForCustomPolicy", 400, "ValidationError" },
		{ "GetContextKeysForCustomPolicy&PolicyInputList.member.1=x", 400, "InvalidInput" },
		{ "GetContextKeysForPrincipalPolicy&PolicySourceArn=arn:aws:iam::" ACCOUNT
		  ":group/none",
		    404, "NoSuchEntity" },
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# %s\n", rows[i].body);
		resp = fixture_iam(f, rows[i].body);
		assert_status(f, &resp, rows[i].status);
		assert_string_equal(fixture_element(f, &resp, "Code", 0), rows[i].code);
	}
	/* Who may not ask learns nothing of who is there. */
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	resp = fixture_iam(f, rows[0].body);
	assert_status(f, &resp, 403);
	assert_has(f, &resp,
	    "iam:SimulatePrincipalPolicy on resource: arn:aws:iam::" ACCOUNT ":user/none because");
}

static const char *
repeated(struct fixture *f, char c, size_t n)
{
	char *out = arena_alloc(f->a, n + 1);

	memset(out, c, n);
	return out;
}

#define LIKE(operator, patterns) \
	"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\"," \
	"\"Resource\":\"*\",\"Condition\":{\"" \
	operator"\":{\"a:text\":\"" patterns "\"}}}}"
#define DENY "{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}}"

/* Asks for ten results. The key a:text has a value of n letters a. */
static struct api_response
costly(struct fixture *f, size_t n, const char *marker, const char *documents, const char *last)
{
	const char *body = "SimulateCustomPolicy";
	unsigned i;

	for (i = 1; i <= 10; i++)
		body = arena_fmt(f->a, "%s&ActionNames.member.%u=s3:Get%u", body, i, i).p;
	return iam(f,
	    arena_fmt(f->a,
		"%s%s%s&ContextEntries.member.1.ContextKeyName=a:text"
		"&ContextEntries.member.1.ContextKeyValues.member.1=%s%s"
		"&PolicyInputList.member.1=",
		body, *marker != '\0' ? "&Marker=" : "", marker, repeated(f, 'a', n), documents)
		.p,
	    last);
}

/* What takes many steps makes pages shorter, and the marker leads to all the results. What would
 * take more than a decision may is denied, as in a real one. */
static void
test_costly(void **state)
{
	static const struct {
		const char *operator, * pattern; /* and behind it the letters a, and "b*" */
		size_t pattern_n, value_n;
		const char *decision;
		unsigned page; /* how many results each page has but the last */
	} rows[] = {
		/* A star is tried once: 2,000 + 2 * (2,000 + 60,000) steps and a few. */
		{ "StringLike", "*", 2000, 60000, "implicitDeny", 10 },
		{ "StringNotLike", "*", 2000, 60000, "allowed", 10 },
		/* A "?" behind it tries each place: some 2 * 1,000 * 1,000 steps. */
		{ "StringLike", "*?", 1000, 2000, "implicitDeny", 5 },
		{ "StringNotLike", "*?", 1000, 2000, "allowed", 3 },
		/* More than 2^22. */
		{ "StringLike", "*?", 2000, 9000, "implicitDeny", 2 },
		{ "StringNotLike", "*?", 2000, 9000, "implicitDeny", 2 },
	};
	struct fixture *f = *state;
	struct api_response resp;
	const char *document, *marker;
	unsigned n, done;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# row %zu\n", i);
		document = arena_fmt(f->a, LIKE("%s", "%s%sb*"), rows[i].operator, rows[i].pattern,
		    repeated(f, 'a', rows[i].pattern_n))
			       .p;
		for (done = 0, marker = ""; done == 0 || *marker != '\0'; done += n) {
			resp = costly(f, rows[i].value_n, marker, "", document);
			assert_status(f, &resp, 200);
			for (n = 0; *fixture_element(f, &resp, "EvalDecision", n) != '\0'; n++) {
				assert_string_equal(fixture_element(f, &resp, "EvalActionName", n),
				    arena_fmt(f->a, "s3:Get%u", done + n + 1).p);
				assert_string_equal(fixture_element(f, &resp, "EvalDecision", n),
				    rows[i].decision);
			}
			marker = fixture_element(f, &resp, "Marker", 0);
			assert_int_equal(n, rows[i].page < 10 - done ? rows[i].page : 10 - done);
		}
		assert_int_equal(done, 10);
	}
}

/* The deny ends each decision at once. The other policies are then asked for statements that deny,
 * too, but only as long as one decision may take: the last one is not reached. */
static void
test_costly_statements(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	const char *like = arena_fmt(f->a, LIKE("StringLike", "*?%sb*"), repeated(f, 'a', 1000)).p;
	const char *documents = arena_fmt(f->a,
	    "&PolicyInputList.member.2=%s&PolicyInputList.member.3=%s"
	    "&PolicyInputList.member.4=%s&PolicyInputList.member.5=%s",
	    encoded(f, like), encoded(f, like), encoded(f, like), encoded(f, DENY))
				    .p;

	resp = costly(f, 2000, "", documents, DENY);
	assert_status(f, &resp, 200);
	assert_string_equal(fixture_element(f, &resp, "EvalDecision", 1), "explicitDeny");
	assert_string_equal(fixture_element(f, &resp, "SourcePolicyId", 0), "PolicyInputList.1");
	assert_string_equal(fixture_element(f, &resp, "SourcePolicyId", 1), "PolicyInputList.1");
	assert_string_equal(fixture_element(f, &resp, "EvalDecision", 2), "");
	assert_has(f, &resp, "<IsTruncated>true</IsTruncated>");
}

/* The boundary is asked in the decision, alone, and for its own verdict: three times. */
static void
test_costly_boundary(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	const char *like =
	    arena_fmt(f->a, LIKE("StringNotLike", "*?%sb*"), repeated(f, 'a', 1000)).p;

	resp = costly(f, 2000, "",
	    arena_fmt(f->a, "&PermissionsBoundaryPolicyInputList.member.1=%s", encoded(f, like)).p,
	    "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}");
	assert_string_equal(fixture_element(f, &resp, "EvalDecision", 1), "allowed");
	assert_string_equal(fixture_element(f, &resp, "EvalDecision", 2), "");
	assert_has(f, &resp, "<IsTruncated>true</IsTruncated>");
}

/* A large document is no reason to refuse. */
static void
test_large(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	const char *head = "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\","
			   "\"Resource\":\"*\"}";
	const char *document =
	    arena_fmt(f->a, "%s%s}", head, repeated(f, ' ', 131072 - strlen(head) - 1)).p;

	resp = iam(f,
	    "SimulateCustomPolicy&ActionNames.member.1=ec2:StartInstances"
	    "&ResourceArns.member.1=arn:aws:ec2:eu-lab-1:" ACCOUNT
	    ":instance/i-0123456789abcdef0&PolicyInputList.member.1=",
	    document);
	assert_has(f, &resp, "<EvalDecision>allowed</EvalDecision>");
}

/* How many simulations are answered, one after the other, until one is throttled. A large one takes
 * ten million steps, which are 76 tokens. */
static int
answered(struct fixture *f, bool large)
{
	const char *small =
	    "SimulateCustomPolicy&ActionNames.member.1=a:B&PolicyInputList.member.1=";
	const char *like = arena_fmt(f->a, LIKE("StringLike", "*?%sb*"), repeated(f, 'a', 1000)).p;
	struct api_response resp;
	int n;

	for (n = 0; n < 1000; n++) {
		resp = large ? costly(f, 2000, "", "", like) : iam(f, small, DENY);
		if (resp.status != 200)
			break;
	}
	assert_status(f, &resp, 400);
	assert_string_equal(fixture_element(f, &resp, "Code", 0), "Throttling");
	return n;
}

/* Simulations draw from buckets of their own, by what they take, whatever the rate of other
 * requests is; once they are allowed. */
static void
test_throttled(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	const char *allowed = "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
			      "\"Action\":\"*\",\"Resource\":\"*\"}}";
	const struct store_inline_policy all = { STR("AIDACKCEVSQ6C2EXAMPLE"), STR("all"),
		str_of(allowed) };
	int i;

	f->settings.api_rate = 0;
	f->settings.costly_rate = 5;
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	for (i = 0; i < 300; i++) {
		resp = iam(f,
		    "SimulateCustomPolicy&ActionNames.member.1=a:B&PolicyInputList.member.1=",
		    DENY);
		assert_status(f, &resp, 403);
	}
	f->access_key = ROOT_KEY;
	f->secret = ROOT_SECRET;
	assert_int_equal(answered(f, false), 200);
	resp =
	    fixture_iam(f, "SimulatePrincipalPolicy&ActionNames.member.1=a:B&PolicySourceArn=" EVE);
	assert_string_equal(fixture_element(f, &resp, "Code", 0), "Throttling");
	resp = fixture_iam(f, "CreateLoginProfile&UserName=eve&Password=Correct-Horse-9");
	assert_string_equal(fixture_element(f, &resp, "Code", 0), "");
	f->boot_ms += 1000;
	assert_int_equal(answered(f, false), 20);
	/* What the last large one took beyond what there was has to come back first. */
	f->boot_ms += 1000000;
	assert_int_equal(answered(f, true), 3);
	f->boot_ms += 100;
	assert_int_equal(answered(f, false), 0);
	/* One more principal finds in the account's bucket what the first left. */
	f->settings.costly_burst = 5;
	f->boot_ms += 1000000;
	assert_int_equal(answered(f, true), 1);
	assert_ok(store_inline_policy_put(f->st, &all));
	policies_changed(f->api->policies);
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	assert_int_equal(answered(f, false), 100 - 1 - 76);
}

/* A standing clock fills no bucket: all but the test of that have no limit. */
static int
setup(void **state)
{
	struct fixture *f;

	fixture_setup(state);
	f = *state;
	f->settings.costly_rate = 0;
	return 0;
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, fixture_teardown)

/* ec2:osuser is what a policy with its synonym asks for. */
static void
test_synonym(void **state)
{
	struct fixture *f = *state;
	struct api_response resp = iam(f,
	    "SimulateCustomPolicy&ActionNames.member.1=ec2:X"
	    "&ContextEntries.member.1.ContextKeyName=ec2:osuser"
	    "&ContextEntries.member.1.ContextKeyValues.member.1=ann"
	    "&PolicyInputList.member.1=",
	    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\","
	    "\"Resource\":\"*\",\"Condition\":{\"StringEquals\":"
	    "{\"ec2-instance-connect:osUser\":\"ann\"}}}}");

	assert_status(f, &resp, 200);
	assert_has(f, &resp, "<EvalDecision>allowed<");
	assert_has(f, &resp, "<MissingContextValues></MissingContextValues>");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_custom),
		TEST(test_resource),
		TEST(test_context),
		TEST(test_synonym),
		TEST(test_context_keys),
		TEST(test_principal),
		TEST(test_agrees),
		TEST(test_pages),
		TEST(test_refusals),
		TEST(test_costly),
		TEST(test_costly_statements),
		TEST(test_costly_boundary),
		TEST(test_large),
		TEST(test_throttled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
