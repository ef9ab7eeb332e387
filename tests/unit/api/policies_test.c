/*
 * policies_test: tests which policies apply to which principal, and that a change of any of them
 * applies to the very next request.
 */
#include "fixture.h"

#include "api/policies.h"
#include "codec/uri.h"
#include "store/store_inline_policy.h"
#include "store/store_role.h"

#define P "arn:aws:iam::" ACCOUNT ":policy/"
#define AWS "arn:aws:iam::aws:policy/"
#define EVE_ID "AIDACKCEVSQ6C2EXAMPLE"
#define ROLE_ID "AROAIOSFODNN7EXAMPLE"
#define BECAUSE "You are not authorized to perform this operation. User: "
#define STATEMENT(effect, action) \
	"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"" effect \
	"\",\"Action\":\"" action "\",\"Resource\":\"*\"}}"
#define MAY STATEMENT("Allow", "ec2:Describe*")
#define MAY_ELSE STATEMENT("Allow", "s3:*")
#define MAY_NOT STATEMENT("Deny", "ec2:DescribeVpcs")

static void
as_root(struct fixture *f)
{
	f->access_key = ROOT_KEY;
	f->secret = ROOT_SECRET;
	f->token = NULL;
}

static void
as_eve(struct fixture *f)
{
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	f->token = NULL;
}

static const char *
encoded(struct fixture *f, const char *document)
{
	const char *out;
	struct buf b;

	buf_init(&b, 1u << 20);
	uri_encode(&b, str_of(document));
	out = fixture_cstr(f, buf_view(&b));
	buf_release(&b);
	return out;
}

/* The root does it. document: NULL, or what "PolicyDocument" is. */
static void
root_does(struct fixture *f, const char *body, const char *document, unsigned status)
{
	struct api_response resp;

	as_root(f);
	if (document != NULL)
		body = arena_fmt(f->a, "%s&PolicyDocument=%s", body, encoded(f, document)).p;
	resp = fixture_iam(f, body);
	assert_status(f, &resp, status);
}

static void
does(struct fixture *f, const char *body)
{
	root_does(f, body, NULL, 200);
}

static void
may(struct fixture *f)
{
	struct api_response resp = fixture_ec2(f, "DescribeVpcs");

	assert_status(f, &resp, 200);
}

static void
may_not(struct fixture *f, const char *because)
{
	struct api_response resp = fixture_ec2(f, "DescribeVpcs");

	assert_status(f, &resp, 403);
	assert_has(f, &resp, because);
}

#define NO_IDENTITY "because no identity-based policy allows the ec2:DescribeVpcs action"
#define NO_BOUNDARY "because no permissions boundary allows the ec2:DescribeVpcs action"
#define NO_SESSION "because no session policy allows the ec2:DescribeVpcs action"

static void
eve_may(struct fixture *f)
{
	as_eve(f);
	may(f);
	may(f);
}

static void
eve_may_not(struct fixture *f, const char *because)
{
	as_eve(f);
	may_not(f, because);
	may_not(f, because);
}

static void
test_attached(void **state)
{
	struct fixture *f = *state;

	eve_may_not(f, NO_IDENTITY);
	does(f, "AttachUserPolicy&UserName=eve&PolicyArn=" AWS "AmazonEC2ReadOnlyAccess");
	eve_may(f);
	does(f, "DetachUserPolicy&UserName=eve&PolicyArn=" AWS "AmazonEC2ReadOnlyAccess");
	eve_may_not(f, NO_IDENTITY);
}

static void
test_inline(void **state)
{
	struct fixture *f = *state;

	root_does(f, "PutUserPolicy&UserName=eve&PolicyName=p", MAY, 200);
	eve_may(f);
	root_does(f, "PutUserPolicy&UserName=eve&PolicyName=not", MAY_NOT, 200);
	eve_may_not(f, "with an explicit deny in an identity-based policy");
	does(f, "DeleteUserPolicy&UserName=eve&PolicyName=not");
	eve_may(f);
	root_does(f, "PutUserPolicy&UserName=eve&PolicyName=P", MAY_ELSE, 200);
	eve_may_not(f, NO_IDENTITY);
	root_does(f, "PutUserPolicy&UserName=eve&PolicyName=p", MAY, 200);
	eve_may(f);
	does(f, "DeleteUserPolicy&UserName=eve&PolicyName=p");
	eve_may_not(f, NO_IDENTITY);
}

static void
test_versions(void **state)
{
	struct fixture *f = *state;

	root_does(f, "CreatePolicy&PolicyName=p", MAY, 200);
	does(f, "AttachUserPolicy&UserName=eve&PolicyArn=" P "p");
	eve_may(f);
	root_does(f, "CreatePolicyVersion&PolicyArn=" P "p", MAY_ELSE, 200);
	eve_may(f);
	does(f, "SetDefaultPolicyVersion&VersionId=v2&PolicyArn=" P "p");
	eve_may_not(f, NO_IDENTITY);
	does(f, "SetDefaultPolicyVersion&VersionId=v1&PolicyArn=" P "p");
	eve_may(f);
	root_does(f, "CreatePolicyVersion&SetAsDefault=true&PolicyArn=" P "p", MAY_NOT, 200);
	eve_may_not(f, "with an explicit deny in an identity-based policy");
}

static void
test_groups(void **state)
{
	struct fixture *f = *state;

	does(f, "CreateGroup&GroupName=g");
	does(f, "AttachGroupPolicy&GroupName=g&PolicyArn=" AWS "AmazonEC2ReadOnlyAccess");
	eve_may_not(f, NO_IDENTITY);
	does(f, "AddUserToGroup&GroupName=g&UserName=eve");
	eve_may(f);
	root_does(f, "PutGroupPolicy&GroupName=g&PolicyName=n", MAY_NOT, 200);
	eve_may_not(f, "with an explicit deny in an identity-based policy");
	does(f, "DeleteGroupPolicy&GroupName=g&PolicyName=n");
	eve_may(f);
	does(f, "RemoveUserFromGroup&GroupName=g&UserName=eve");
	eve_may_not(f, NO_IDENTITY);
}

static void
test_boundary(void **state)
{
	struct fixture *f = *state;

	root_does(f, "PutUserPolicy&UserName=eve&PolicyName=p", MAY, 200);
	root_does(f, "CreatePolicy&PolicyName=b", MAY_ELSE, 200);
	eve_may(f);
	does(f, "PutUserPermissionsBoundary&UserName=eve&PermissionsBoundary=" P "b");
	eve_may_not(f, NO_BOUNDARY);
	root_does(f, "CreatePolicyVersion&SetAsDefault=true&PolicyArn=" P "b", MAY, 200);
	eve_may(f);
	/* A boundary allows nothing by itself. */
	does(f, "DeleteUserPolicy&UserName=eve&PolicyName=p");
	eve_may_not(f, NO_IDENTITY);
	root_does(f, "PutUserPolicy&UserName=eve&PolicyName=p", MAY, 200);
	root_does(f, "CreatePolicyVersion&SetAsDefault=true&PolicyArn=" P "b", MAY_NOT, 200);
	eve_may_not(f, "with an explicit deny in a permissions boundary");
	does(f, "DeleteUserPermissionsBoundary&UserName=eve");
	eve_may(f);
}

/* A role's session: its own policies, its boundary, and what the session is limited to. */
static void
as_role(struct fixture *f, const char *key, const char *policy, const char *arn)
{
	struct session s = {
		.access_key_id = str_of(key),
		.issuer_key_id = STR(USER_KEY),
		.type = IAM_ASSUMED_ROLE,
		.account_id = STR(ACCOUNT),
		.entity_id = STR(ROLE_ID),
		.session_name = STR("s"),
		.issued_at = NOW_S,
		.expires_at = NOW_S + 900,
		.policy = str_of(policy),
	};

	if (arn != NULL)
		s.policy_arns[s.n_policy_arns++] = str_of(arn);
	as_root(f);
	fixture_session(f, &s);
}

static void
test_sessions(void **state)
{
	const struct store_role role = { .role_id = STR(ROLE_ID),
		.account_id = STR(ACCOUNT),
		.name = STR("r"),
		.path = STR("/"),
		.arn = STR("arn:aws:iam::" ACCOUNT ":role/r"),
		.created_at = NOW_S,
		.trust_policy = STR("{}"),
		.max_session_s = 3600 };
	struct fixture *f = *state;

	assert_ok(store_role_add(f->st, &role));
	as_role(f, "ASIAAAAAAAAAAAAAAAAB", NULL, NULL);
	may_not(f, NO_IDENTITY);
	root_does(f, "PutRolePolicy&RoleName=r&PolicyName=p", MAY, 200);
	as_role(f, "ASIAAAAAAAAAAAAAAAAB", NULL, NULL);
	may(f);
	/* Each token has limits of its own; one of many that allows is enough. */
	as_role(f, "ASIAAAAAAAAAAAAAAAAC", MAY_ELSE, NULL);
	may_not(f, NO_SESSION);
	as_role(f, "ASIAAAAAAAAAAAAAAAAD", MAY, NULL);
	may(f);
	as_role(f, "ASIAAAAAAAAAAAAAAAAE", MAY_ELSE, AWS "AmazonEC2ReadOnlyAccess");
	may(f);
	as_role(f, "ASIAAAAAAAAAAAAAAAAF", MAY_NOT, AWS "AmazonEC2ReadOnlyAccess");
	may_not(f, "with an explicit deny in a session policy");
	as_role(f, "ASIAAAAAAAAAAAAAAAAC", MAY_ELSE, NULL);
	may_not(f, NO_SESSION);
	/* A policy that is gone, or another account's, limits to nothing. */
	as_role(f, "ASIAAAAAAAAAAAAAAAAG", NULL, P "gone");
	may_not(f, NO_SESSION);
	as_role(f, "ASIAAAAAAAAAAAAAAAAH", NULL, "arn:aws:iam::999999999999:policy/p");
	may_not(f, NO_SESSION);
	root_does(f, "CreatePolicy&PolicyName=gone", MAY, 200);
	as_role(f, "ASIAAAAAAAAAAAAAAAAG", NULL, P "gone");
	may(f);
	/* A session allows nothing by itself. */
	does(f, "DeleteRolePolicy&RoleName=r&PolicyName=p");
	as_role(f, "ASIAAAAAAAAAAAAAAAAD", MAY, NULL);
	may_not(f, NO_IDENTITY);
	root_does(f, "PutRolePolicy&RoleName=r&PolicyName=p", MAY, 200);
	root_does(f, "CreatePolicy&PolicyName=b", MAY_ELSE, 200);
	does(f, "PutRolePermissionsBoundary&RoleName=r&PermissionsBoundary=" P "b");
	as_role(f, "ASIAAAAAAAAAAAAAAAAD", MAY, NULL);
	may_not(f, NO_BOUNDARY);
	does(f, "DeleteRolePermissionsBoundary&RoleName=r");
	as_role(f, "ASIAAAAAAAAAAAAAAAAD", MAY, NULL);
	may(f);
	as_role(f, "ASIAAAAAAAAAAAAAAAAI", "{\"Statement\":", NULL);
	log_set_level(LOG_LEVEL_ERROR + 1);
	assert_int_equal(fixture_ec2(f, "DescribeVpcs").status, 500);
}

/* What is refused, or undone, changes nothing. */
static void
test_undone(void **state)
{
	struct fixture *f = *state;
	int i;

	for (i = 0; i < 10; i++) {
		root_does(f, arena_fmt(f->a, "CreatePolicy&PolicyName=p%d", i).p, MAY_ELSE, 200);
		does(f, arena_fmt(f->a, "AttachUserPolicy&UserName=eve&PolicyArn=" P "p%d", i).p);
	}
	eve_may_not(f, NO_IDENTITY);
	/* It is attached, found to be one too many, and undone. */
	root_does(f, "AttachUserPolicy&UserName=eve&PolicyArn=" AWS "AdministratorAccess", NULL,
	    409);
	eve_may_not(f, NO_IDENTITY);
	does(f, "DetachUserPolicy&UserName=eve&PolicyArn=" P "p3");
	does(f, "AttachUserPolicy&UserName=eve&PolicyArn=" AWS "AdministratorAccess");
	eve_may(f);
	root_does(f, "PutUserPolicy&UserName=eve&PolicyName=n", "{}", 400);
	eve_may(f);
}

/* In one group the second request is decided on what the first one wrote; and when
 * the group is not committed, nobody is afterwards. */
static void
test_batch(void **state)
{
	struct fixture *f = *state;
	struct api_request reqs[2];
	struct api_response resps[2];

	log_set_level(LOG_LEVEL_ERROR + 1);
	as_root(f);
	reqs[0] = fixture_query_request(f, "iam",
	    "Action=AttachUserPolicy&Version=2010-05-08&"
	    "UserName=eve&PolicyArn=" AWS "ReadOnlyAccess");
	as_eve(f);
	reqs[1] = fixture_query_request(f, "ec2", "Action=DescribeVpcs&Version=2016-11-15");
	fixture_disk_full(true);
	batch_run(f->api, reqs, 2, f->a, resps);
	fixture_disk_full(false);
	assert_int_equal(resps[0].status, 500);
	assert_int_equal(resps[1].status, 500);
	eve_may_not(f, NO_IDENTITY);
	batch_run(f->api, reqs, 2, f->a, resps);
	assert_int_equal(resps[0].status, 200);
	assert_int_equal(resps[1].status, 200);
}

/* A stored document that does not parse stops everything, also what others allow. */
static void
test_damaged(void **state)
{
	static const struct store_inline_policy damaged = { { EVE_ID, sizeof(EVE_ID) - 1 },
		{ "x", 1 }, { "{\"Statement\":{", 14 } };
	struct fixture *f = *state;
	struct api_response resp;

	does(f, "AttachUserPolicy&UserName=eve&PolicyArn=" AWS "AdministratorAccess");
	eve_may(f);
	assert_ok(store_inline_policy_put(f->st, &damaged));
	/* What is kept is kept ... */
	eve_may(f);
	/* ... until it is asked anew. */
	does(f, "CreateGroup&GroupName=any");
	as_eve(f);
	log_set_level(LOG_LEVEL_ERROR + 1);
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 500);
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 500);
	does(f, "DeleteUserPolicy&UserName=eve&PolicyName=x");
	eve_may(f);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_attached),
		TEST(test_inline),
		TEST(test_versions),
		TEST(test_groups),
		TEST(test_boundary),
		TEST(test_sessions),
		TEST(test_undone),
		TEST(test_batch),
		TEST(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
