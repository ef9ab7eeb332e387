/*
 * attach_test: tests attached and inline policies and boundaries of users, groups and roles, and
 * the action that lists all of it at once.
 */
#include "fixture.h"

#include "codec/uri.h"
#include "store/store_group.h"
#include "store/store_instance_profile.h"
#include "store/store_role.h"

#define P "arn:aws:iam::" ACCOUNT ":policy/"
#define AWS "arn:aws:iam::aws:policy/"
#define SERVICE_POLICY AWS "aws-service-role/Ec2InstanceConnectEndpoint"
#define EVE_ID "AIDACKCEVSQ6C2EXAMPLE"
#define ROLE_ID "AROAIOSFODNN7EXAMPLE"
#define DATE "2023-11-14T22:13:20Z"
#define END "<IsTruncated>false</IsTruncated>"
#define DOC \
	"%7B%22Version%22%3A%222012-10-17%22%2C" \
	"%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3A%2A%22%2C" \
	"%22Resource%22%3A%22%2A%22%7D%7D"

static void
does(struct fixture *f, const char *body)
{
	struct api_response resp = fixture_iam(f, body);

	assert_status(f, &resp, 200);
}

static void
role_add(struct fixture *f, const char *id, const char *name, const char *service)
{
	const struct store_role role = { .role_id = str_of(id),
		.account_id = STR(ACCOUNT),
		.name = str_of(name),
		.path = STR("/"),
		.arn = arena_fmt(f->a, "arn:aws:iam::" ACCOUNT ":role/%s", name),
		.created_at = NOW_S,
		.trust_policy = STR("{ }"),
		.max_session_s = 3600,
		.service_name = str_of(service) };

	assert_ok(store_role_add(f->st, &role));
}

/* eve, Group and Role, and policies a and b. */
static void
people(struct fixture *f)
{
	does(f, "CreateGroup&GroupName=Group");
	role_add(f, ROLE_ID, "Role", "");
	does(f, arena_fmt(f->a, "CreatePolicy&PolicyName=a&PolicyDocument=%s", DOC).p);
	does(f, arena_fmt(f->a, "CreatePolicy&PolicyName=b&Path=/x/&PolicyDocument=%s", DOC).p);
}

static const char *const kinds[3][3] = {
	/* noun, name as asked for, name as it is */
	{ "User", "EVE", "eve" },
	{ "Group", "group", "Group" },
	{ "Role", "ROLE", "Role" },
};

static struct api_response
ask(struct fixture *f, const char *verb, const char *what, int kind, const char *more)
{
	return fixture_iam(f,
	    arena_fmt(f->a, "%s%s%s&%sName=%s%s", verb, kinds[kind][0], what, kinds[kind][0],
		kinds[kind][1], more)
		.p);
}

static const char *
action(struct fixture *f, const char *verb, const char *what, int kind)
{
	return arena_fmt(f->a, "%s%s%s", verb, kinds[kind][0], what).p;
}

static void
test_attach(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	const char *one =
	    "<member><PolicyName>a</PolicyName><PolicyArn>" P "a</PolicyArn></member>";
	const char *two =
	    "<member><PolicyName>b</PolicyName><PolicyArn>" P "x/b</PolicyArn></member>";
	int k, i;

	people(f);
	for (k = 0; k < 3; k++) {
		resp = ask(f, "Attach", "Policy", k, "&PolicyArn=" P "a");
		fixture_assert_iam(f, &resp, action(f, "Attach", "Policy", k), NULL);
		/* Twice is once. */
		resp = ask(f, "Attach", "Policy", k, "&PolicyArn=" P "a");
		fixture_assert_iam(f, &resp, action(f, "Attach", "Policy", k), NULL);
		resp = ask(f, "Attach", "Policy", k, "&PolicyArn=" P "x/b");
		assert_status(f, &resp, 200);
		resp = ask(f, "ListAttached", "Policies", k, "");
		fixture_assert_iam(f, &resp, action(f, "ListAttached", "Policies", k),
		    arena_fmt(f->a, "<AttachedPolicies>%s%s</AttachedPolicies>" END, one, two).p);
		resp = ask(f, "ListAttached", "Policies", k, "&PathPrefix=/x/");
		fixture_assert_iam(f, &resp, action(f, "ListAttached", "Policies", k),
		    arena_fmt(f->a, "<AttachedPolicies>%s</AttachedPolicies>" END, two).p);
		resp = ask(f, "ListAttached", "Policies", k, "&MaxItems=1");
		assert_has(f, &resp, "<IsTruncated>true</IsTruncated>");
		resp = ask(f, "ListAttached", "Policies", k,
		    arena_fmt(f->a, "&Marker=%s", fixture_element(f, &resp, "Marker", 0)).p);
		fixture_assert_iam(f, &resp, action(f, "ListAttached", "Policies", k),
		    arena_fmt(f->a, "<AttachedPolicies>%s</AttachedPolicies>" END, two).p);
		resp = ask(f, "Detach", "Policy", k, "&PolicyArn=" P "x/b");
		fixture_assert_iam(f, &resp, action(f, "Detach", "Policy", k), NULL);
		resp = ask(f, "Detach", "Policy", k, "&PolicyArn=" P "x/b");
		fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
		    "Policy " P "x/b was not found.");
		resp = ask(f, "Detach", "Policy", k, "&PolicyArn=" P "none");
		fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
		    "Policy " P "none was not found.");
		resp = ask(f, "Attach", "Policy", k, "&PolicyArn=" P "none");
		fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
		    "Policy " P "none does not exist or is not attachable.");
		resp = ask(f, "Attach", "Policy", k, "&PolicyArn=" SERVICE_POLICY);
		fixture_assert_iam_error(f, &resp, 400, "PolicyNotAttachable",
		    "Cannot attach a Service Role Policy to a Customer Role.");
		resp = ask(f, "Attach", "Policy", k, "&PolicyArn=arn:aws:iam::aws:user/x");
		assert_string_equal(fixture_element(f, &resp, "Code", 0), "InvalidInput");
	}
	resp = fixture_iam(f, "GetPolicy&PolicyArn=" P "a");
	assert_string_equal(fixture_element(f, &resp, "AttachmentCount", 0), "3");
	resp = fixture_iam(f, "DeletePolicy&PolicyArn=" P "a");
	fixture_assert_iam_error(f, &resp, 409, "DeleteConflict",
	    "Cannot delete a policy attached to entities.");
	/* Ten at most. */
	for (i = 0; i < 10; i++)
		does(f, arena_fmt(f->a, "CreatePolicy&PolicyName=p%d&PolicyDocument=%s", i, DOC).p);
	for (k = 0; k < 3; k++) {
		for (i = 0; i < 9; i++) {
			resp = ask(f, "Attach", "Policy", k,
			    arena_fmt(f->a, "&PolicyArn=" P "p%d", i).p);
			assert_status(f, &resp, 200);
		}
		resp = ask(f, "Attach", "Policy", k, "&PolicyArn=" P "p9");
		fixture_assert_iam_error(f, &resp, 409, "LimitExceeded",
		    arena_fmt(f->a, "Cannot exceed quota for PoliciesPer%s: 10", kinds[k][0]).p);
		resp = ask(f, "Attach", "Policy", k, "&PolicyArn=" P "p8");
		assert_status(f, &resp, 200);
	}
}

static void
test_inline(void **state)
{
	static const int limits[3] = { 2048, 5120, 10240 };
	struct fixture *f = *state;
	struct api_response resp;
	struct buf doc;
	int k, i;

	people(f);
	for (k = 0; k < 3; k++) {
		resp = ask(f, "Put", "Policy", k, "&PolicyName=Mine&PolicyDocument=" DOC "%0A");
		fixture_assert_iam(f, &resp, action(f, "Put", "Policy", k), NULL);
		resp = ask(f, "Put", "Policy", k, "&PolicyName=another&PolicyDocument=" DOC);
		assert_status(f, &resp, 200);
		resp = ask(f, "Get", "Policy", k, "&PolicyName=MINE");
		fixture_assert_iam(f, &resp, action(f, "Get", "Policy", k),
		    arena_fmt(f->a,
			"<%sName>%s</%sName><PolicyName>Mine</PolicyName><PolicyDocument>%s%%0A"
			"</PolicyDocument>",
			kinds[k][0], kinds[k][2], kinds[k][0], DOC)
			.p);
		resp = ask(f, "List", "Policies", k, "");
		fixture_assert_iam(f, &resp, action(f, "List", "Policies", k),
		    "<PolicyNames>"
		    "<member>another</member><member>Mine</member></PolicyNames>" END);
		resp = ask(f, "List", "Policies", k, "&MaxItems=1");
		resp = ask(f, "List", "Policies", k,
		    arena_fmt(f->a, "&MaxItems=1&Marker=%s", fixture_element(f, &resp, "Marker", 0))
			.p);
		fixture_assert_iam(f, &resp, action(f, "List", "Policies", k),
		    "<PolicyNames>"
		    "<member>Mine</member></PolicyNames>" END);
		resp = ask(f, "Delete", "Policy", k, "&PolicyName=another");
		fixture_assert_iam(f, &resp, action(f, "Delete", "Policy", k), NULL);
		resp = ask(f, "Delete", "Policy", k, "&PolicyName=another");
		fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
		    arena_fmt(f->a, "The %s policy with name another cannot be found.",
			k == 0       ? "user"
			    : k == 1 ? "group"
				     : "role")
			.p);
		resp = ask(f, "Get", "Policy", k, "&PolicyName=another");
		assert_status(f, &resp, 404);
		resp = ask(f, "Put", "Policy", k, "&PolicyName=bad&PolicyDocument=%7B%7D");
		assert_string_equal(fixture_element(f, &resp, "Code", 0),
		    "MalformedPolicyDocument");
		resp = ask(f, "Put", "Policy", k,
		    "&PolicyName=bad&PolicyDocument=%7B%22Statement%22%3A%7B%22Effect%22%3A"
		    "%22Allow%22%2C%22Action%22%3A%22e%2A%3Ax%22%2C"
		    "%22Resource%22%3A%22%2A%22%7D%7D");
		fixture_assert_iam_error(f, &resp, 400, "MalformedPolicyDocument",
		    "Vendor e* is not valid");
		/* All together: Mine are 86 characters, and 72 what is around the x. */
		buf_init(&doc, 65536);
		buf_c(&doc,
		    "&PolicyName=big&PolicyDocument=%7B%22Statement%22%3A%7B%22Effect%22%3A"
		    "%22Allow%22%2C%22Action%22%3A%22%2A%22%2C%22Resource%22%3A%22arn%3Aaws%3As3"
		    "%3A%3A%3A");
		for (i = 0; i < limits[k] - 86 - 72; i++)
			buf_ch(&doc, 'x');
		buf_c(&doc, "%22%7D%7D");
		resp = ask(f, "Put", "Policy", k, fixture_cstr(f, buf_view(&doc)));
		assert_status(f, &resp, 200);
		resp = ask(f, "Put", "Policy", k,
		    arena_fmt(f->a,
			"&PolicyName=more&PolicyDocument="
			"%s",
			DOC)
			.p);
		fixture_assert_iam_error(f, &resp, 409, "LimitExceeded",
		    arena_fmt(f->a, "Maximum policy size of %d bytes exceeded for %s %s", limits[k],
			k == 0       ? "user"
			    : k == 1 ? "group"
				     : "role",
			kinds[k][2])
			.p);
		/* It does not count twice when it is replaced. */
		resp = ask(f, "Put", "Policy", k, fixture_cstr(f, buf_view(&doc)));
		assert_status(f, &resp, 200);
		buf_release(&doc);
	}
}

static void
test_boundary(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	struct store_entity e;
	int k;

	people(f);
	for (k = 0; k < 3; k += 2) {
		resp = ask(f, "Put", "PermissionsBoundary", k, "&PermissionsBoundary=" P "a");
		fixture_assert_iam(f, &resp, action(f, "Put", "PermissionsBoundary", k), NULL);
		assert_ok(store_entity_get(f->st, f->a, k == 0 ? STR(EVE_ID) : STR(ROLE_ID), &e));
		assert_true(str_eq_c(e.boundary_arn, P "a"));
		resp = ask(f, "Put", "PermissionsBoundary", k, "&PermissionsBoundary=" P "none");
		fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
		    "Scope ARN: " P "none does not exist or is not attachable.");
		resp =
		    ask(f, "Put", "PermissionsBoundary", k, "&PermissionsBoundary=" SERVICE_POLICY);
		assert_string_equal(fixture_element(f, &resp, "Code", 0), "PolicyNotAttachable");
	}
	resp = fixture_iam(f, "GetPolicy&PolicyArn=" P "a");
	assert_string_equal(fixture_element(f, &resp, "PermissionsBoundaryUsageCount", 0), "2");
	resp = fixture_iam(f, "DeletePolicy&PolicyArn=" P "a");
	assert_string_equal(fixture_element(f, &resp, "Code", 0), "DeleteConflict");
	for (k = 0; k < 3; k += 2) {
		resp = ask(f, "Delete", "PermissionsBoundary", k, "");
		fixture_assert_iam(f, &resp, action(f, "Delete", "PermissionsBoundary", k), NULL);
	}
	does(f, "DeletePolicy&PolicyArn=" P "a");
}

static void
test_entities(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	const char *user = "<member><UserName>eve</UserName><UserId>" EVE_ID "</UserId></member>";
	const char *role = "<member><RoleName>Role</RoleName><RoleId>" ROLE_ID "</RoleId></member>";
	const char *group;
	struct store_group g;
	const char *marker;

	people(f);
	assert_ok(store_group_get(f->st, f->a, STR(ACCOUNT), STR("group"), &g));
	group =
	    arena_fmt(f->a, "<member><GroupName>Group</GroupName><GroupId>%.*s</GroupId></member>",
		STR_FMT(g.group_id))
		.p;
	does(f, "AttachUserPolicy&UserName=eve&PolicyArn=" P "a");
	does(f, "AttachGroupPolicy&GroupName=Group&PolicyArn=" P "a");
	does(f, "PutUserPermissionsBoundary&UserName=eve&PermissionsBoundary=" P "a");
	does(f, "PutRolePermissionsBoundary&RoleName=Role&PermissionsBoundary=" P "a");
#define LISTS \
	"<PolicyGroups>%s</PolicyGroups><PolicyUsers>%s</PolicyUsers><PolicyRoles>%s" \
	"</PolicyRoles>" END
#define ENTITIES "ListEntitiesForPolicy"
	resp = fixture_iam(f, "ListEntitiesForPolicy&PolicyArn=" P "a");
	fixture_assert_iam(f, &resp, ENTITIES, arena_fmt(f->a, LISTS, group, user, role).p);
	resp = fixture_iam(f,
	    "ListEntitiesForPolicy&PolicyArn=" P "a&PolicyUsageFilter=PermissionsPolicy");
	fixture_assert_iam(f, &resp, ENTITIES, arena_fmt(f->a, LISTS, group, user, "").p);
	resp = fixture_iam(f,
	    "ListEntitiesForPolicy&PolicyArn=" P "a&PolicyUsageFilter=PermissionsBoundary");
	fixture_assert_iam(f, &resp, ENTITIES, arena_fmt(f->a, LISTS, "", user, role).p);
	resp = fixture_iam(f, "ListEntitiesForPolicy&PolicyArn=" P "a&EntityFilter=Group");
	fixture_assert_iam(f, &resp, ENTITIES, arena_fmt(f->a, LISTS, group, "", "").p);
	resp =
	    fixture_iam(f, "ListEntitiesForPolicy&PolicyArn=" P "a&EntityFilter=AWSManagedPolicy");
	fixture_assert_iam(f, &resp, ENTITIES, arena_fmt(f->a, LISTS, "", "", "").p);
	resp = fixture_iam(f, "ListEntitiesForPolicy&PolicyArn=" P "a&PathPrefix=/none/");
	fixture_assert_iam(f, &resp, ENTITIES, arena_fmt(f->a, LISTS, "", "", "").p);
	resp = fixture_iam(f, "ListEntitiesForPolicy&MaxItems=2&PolicyArn=" P "a");
	assert_has(f, &resp, group);
	assert_has(f, &resp, user);
	assert_has_not(f, &resp, role);
	marker = fixture_element(f, &resp, "Marker", 0);
	resp = fixture_iam(f,
	    arena_fmt(f->a, "ListEntitiesForPolicy&MaxItems=2&PolicyArn=" P "a&Marker=%s", marker)
		.p);
	fixture_assert_iam(f, &resp, ENTITIES, arena_fmt(f->a, LISTS, "", "", role).p);
}

/* A service's role is nobody's to change. */
static void
test_service_role(void **state)
{
	static const char *const bodies[] = {
		"AttachRolePolicy&RoleName=S&PolicyArn=" AWS "ReadOnlyAccess",
		"DetachRolePolicy&RoleName=S&PolicyArn=" AWS "ReadOnlyAccess",
		"PutRolePolicy&RoleName=S&PolicyName=p&PolicyDocument=" DOC,
		"DeleteRolePolicy&RoleName=S&PolicyName=p",
		"PutRolePermissionsBoundary&RoleName=S&PermissionsBoundary=" AWS "ReadOnlyAccess",
		"DeleteRolePermissionsBoundary&RoleName=S",
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	role_add(f, "AROAAAAAAAAAAAAAAAAA", "S", "ec2-instance-connect.amazonaws.com");
	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		resp = fixture_iam(f, bodies[i]);
		fixture_assert_iam_error(f, &resp, 400, "UnmodifiableEntity",
		    "Cannot perform the operation on the protected role &apos;S&apos; - this role "
		    "is only modifiable by AWS");
	}
}

/* What one may attach, and to whom, can be limited; who may not learns nothing. */
static void
test_conditions(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	people(f);
	does(f,
	    "PutUserPolicy&UserName=eve&PolicyName=p&PolicyDocument=%7B%22Statement%22%3A%5B%7B"
	    "%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22iam%3AAttach%2A%22%2C%22Resource%22%3A"
	    "%22arn%3Aaws%3Aiam%3A%3A" ACCOUNT "%3Arole%2FRole%22%2C%22Condition%22%3A%7B"
	    "%22ArnEquals%22%3A%7B%22iam%3APolicyARN%22%3A%22arn%3Aaws%3Aiam%3A%3A" ACCOUNT
	    "%3Apolicy%2Fa%22%7D%7D%7D%2C%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22iam%3A"
	    "PutRolePolicy%22%2C%22Resource%22%3A%22%2A%22%2C%22Condition%22%3A%7B%22StringEquals"
	    "%22%3A%7B%22iam%3APermissionsBoundary%22%3A%22arn%3Aaws%3Aiam%3A%3A" ACCOUNT
	    "%3Apolicy%2Fx%2Fb%22%7D%7D%7D%5D%7D");
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	does(f, "AttachRolePolicy&RoleName=role&PolicyArn=" P "a");
	resp = fixture_iam(f, "AttachRolePolicy&RoleName=Role&PolicyArn=" P "x/b");
	assert_status(f, &resp, 403);
	resp = fixture_iam(f, "AttachRolePolicy&RoleName=none&PolicyArn=" P "a");
	assert_status(f, &resp, 403);
	assert_has(f, &resp, "on resource: arn:aws:iam::" ACCOUNT ":role/none because");
	resp = fixture_iam(f, "AttachUserPolicy&UserName=eve&PolicyArn=" P "a");
	assert_status(f, &resp, 403);
	resp = fixture_iam(f, "PutRolePolicy&RoleName=Role&PolicyName=p&PolicyDocument=" DOC);
	assert_status(f, &resp, 403);
	f->access_key = ROOT_KEY;
	f->secret = ROOT_SECRET;
	does(f, "PutRolePermissionsBoundary&RoleName=Role&PermissionsBoundary=" P "x/b");
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	does(f, "PutRolePolicy&RoleName=Role&PolicyName=p&PolicyDocument=" DOC);
}

/* ---- GetAccountAuthorizationDetails ---- */

static void
test_details(void **state)
{
	const struct store_instance_profile profile = { .profile_id = STR("AIPAAAAAAAAAAAAAAAAA"),
		.account_id = STR(ACCOUNT),
		.name = STR("ip"),
		.path = STR("/"),
		.arn = STR("arn:aws:iam::" ACCOUNT ":instance-profile/ip"),
		.role_id = STR(ROLE_ID),
		.created_at = NOW_S };
	struct fixture *f = *state;
	struct api_response resp;
	const char *id;

	people(f);
	assert_ok(store_instance_profile_add(f->st, &profile));
	does(f, "AddUserToGroup&GroupName=Group&UserName=eve");
	does(f, "PutUserPolicy&UserName=eve&PolicyName=p&PolicyDocument=" DOC);
	does(f, "AttachUserPolicy&UserName=eve&PolicyArn=" P "a");
	does(f, "PutUserPermissionsBoundary&UserName=eve&PermissionsBoundary=" P "x/b");
	does(f, "TagUser&UserName=eve&Tags.member.1.Key=k&Tags.member.1.Value=v");
	does(f, "PutGroupPolicy&GroupName=Group&PolicyName=p&PolicyDocument=" DOC);
	does(f, "PutRolePolicy&RoleName=Role&PolicyName=p&PolicyDocument=" DOC);
#define DETAILS "GetAccountAuthorizationDetails"
#define LIST(list) \
	"<member><PolicyName>p</PolicyName><PolicyDocument>%s</PolicyDocument>" \
	"</member></" list ">"
#define ROLE_HEAD \
	"<Path>/</Path><RoleName>Role</RoleName><RoleId>" ROLE_ID \
	"</RoleId><Arn>arn:aws:iam::" ACCOUNT ":role/Role</Arn><CreateDate>" DATE \
	"</CreateDate><AssumeRolePolicyDocument>" \
	"%%7B%%20%%7D</AssumeRolePolicyDocument>"
	resp = fixture_iam(f, DETAILS "&Filter.member.1=User");
	fixture_assert_iam(f, &resp, DETAILS,
	    arena_fmt(f->a,
		"<UserDetailList><member>"
		"<Path>/</Path>"
		"<UserName>eve</UserName><UserId>" EVE_ID "</UserId><Arn>arn:aws:iam::" ACCOUNT
		":user/eve</Arn><CreateDate>" DATE "</CreateDate><UserPolicyList>" LIST(
		    "UserPolicyList") "<GroupList><member>Group</member></GroupList>"
				      "<AttachedManagedPolicies><member>"
				      "<PolicyName>a</PolicyName><PolicyArn>" P
				      "a</PolicyArn></member>"
				      "</AttachedManagedPolicies><PermissionsBoundary>"
				      "<PermissionsBoundaryType>Policy"
				      "</PermissionsBoundaryType><PermissionsBoundaryArn>" P
				      "x/b</PermissionsBoundaryArn>"
				      "</PermissionsBoundary><Tags><member><Key>"
				      "k</Key><Value>v</Value></member></Tags>"
				      "</member></UserDetailList><GroupDetailList>"
				      "</GroupDetailList><RoleDetailList>"
				      "</RoleDetailList><Policies></Policies>" END,
		DOC)
		.p);
	resp = fixture_iam(f, DETAILS "&Filter.member.1=Role");
	fixture_assert_iam(f, &resp, DETAILS,
	    arena_fmt(f->a,
		"<UserDetailList></UserDetailList>"
		"<GroupDetailList></GroupDetailList><RoleDetailList><member>" ROLE_HEAD
		"<InstanceProfileList><member><Path>/</Path><InstanceProfileName>ip"
		"</InstanceProfileName><InstanceProfileId>"
		"AIPAAAAAAAAAAAAAAAAA</InstanceProfileId><Arn>"
		"arn:aws:iam::" ACCOUNT ":instance-profile/ip</Arn><CreateDate>" DATE
		"</CreateDate>"
		"<Roles><member>" ROLE_HEAD "</member></Roles></member></InstanceProfileList>"
		"<RolePolicyList>" LIST(
		    "RolePolicyList") "<AttachedManagedPolicies>"
				      "</AttachedManagedPolicies><RoleLastUsed>"
				      "</RoleLastUsed></member></RoleDetailList>"
				      "<Policies></Policies>" END,
		DOC)
		.p);
	resp = fixture_iam(f, DETAILS "&Filter.member.1=Group&Filter.member.2=LocalManagedPolicy");
	id = fixture_element(f, &resp, "GroupId", 0);
	assert_has(f, &resp,
	    arena_fmt(f->a,
		"<UserDetailList></UserDetailList><GroupDetailList>"
		"<member><Path>/</Path><GroupName>Group</GroupName><GroupId>%s</GroupId><Arn>"
		"arn:aws:iam::" ACCOUNT ":group/Group</Arn><CreateDate>" DATE "</CreateDate>"
		"<GroupPolicyList>" LIST(
		    "GroupPolicyList") "<AttachedManagedPolicies>"
				       "</AttachedManagedPolicies></member></GroupDetailList>"
				       "<RoleDetailList></RoleDetailList>"
				       "<Policies><member><PolicyName>a</PolicyName>",
		id, DOC)
		.p);
	assert_has(f, &resp,
	    arena_fmt(f->a,
		"<PolicyVersionList><member><Document>%s</Document>"
		"<VersionId>v1</VersionId><IsDefaultVersion>"
		"true</IsDefaultVersion><CreateDate>" DATE
		"</CreateDate></member></PolicyVersionList>",
		DOC)
		.p);
	assert_has_not(f, &resp, "ReadOnlyAccess");
}

static void
test_details_filters(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	people(f);
	resp = fixture_iam(f, DETAILS "&Filter.member.1=AWSManagedPolicy");
	assert_string_equal(fixture_element(f, &resp, "PolicyName", 10),
	    "Ec2InstanceConnectEndpoint");
	assert_string_equal(fixture_element(f, &resp, "PolicyName", 11), "");
	resp = fixture_iam(f, DETAILS "&Filter.member.1=Everything");
	assert_string_equal(fixture_element(f, &resp, "Code", 0), "ValidationError");
}

/* Page by page it is the same, in the same order, once. */
static void
test_details_pages(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	const char *marker = "", *name;
	int size, pages;
	struct buf b;

	people(f);
	for (size = 1; size <= 6; size++) {
		buf_init(&b, 4096);
		for (pages = 1;; pages++) {
			resp = fixture_iam(f,
			    arena_fmt(f->a,
				DETAILS
				"&MaxItems=%d%s%s"
				"&Filter.member.1=User&Filter.member.2=Group&Filter.member.3=Role"
				"&Filter.member.4=LocalManagedPolicy",
				size, pages > 1 ? "&Marker=" : "", pages > 1 ? marker : "")
				.p);
			assert_status(f, &resp, 200);
			if (*(name = fixture_element(f, &resp, "UserName", 0)) != '\0')
				buf_fmt(&b, "%s ", name);
			if (*(name = fixture_element(f, &resp, "GroupName", 0)) != '\0')
				buf_fmt(&b, "%s ", name);
			if (*(name = fixture_element(f, &resp, "RoleName", 0)) != '\0')
				buf_fmt(&b, "%s ", name);
			if (*(name = fixture_element(f, &resp, "PolicyName", 0)) != '\0')
				buf_fmt(&b, "%s ", name);
			if (*(name = fixture_element(f, &resp, "PolicyName", 1)) != '\0')
				buf_fmt(&b, "%s ", name);
			marker = fixture_element(f, &resp, "Marker", 0);
			if (*marker == '\0')
				break;
		}
		assert_string_equal(fixture_cstr(f, buf_view(&b)), "eve Group Role a b ");
		assert_int_equal(pages, (5 + size - 1) / size);
		buf_release(&b);
	}
	resp = fixture_iam(f, DETAILS "&Marker=x");
	assert_string_equal(fixture_element(f, &resp, "Code", 0), "ValidationError");
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_attach),
		TEST(test_inline),
		TEST(test_boundary),
		TEST(test_entities),
		TEST(test_service_role),
		TEST(test_conditions),
		TEST(test_details),
		TEST(test_details_filters),
		TEST(test_details_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
