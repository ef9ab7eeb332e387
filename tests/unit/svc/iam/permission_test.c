/*
 * permission_test: tests what the decision about an action of IAM is based on: the ARNs before and
 * after the change, the tags of the entity and of the request, and the boundary.
 */
#include "fixture.h"

#include "api/policies.h"
#include "store/store_inline_policy.h"
#include "store/store_policy.h"

#define ARN(x) "arn:aws:iam::" ACCOUNT ":" x
#define LIMIT ARN("policy/limit")

/* eve may do what the statements say. */
static void
allow(struct fixture *f, const char *statements)
{
	const struct store_inline_policy p = { STR("AIDACKCEVSQ6C2EXAMPLE"), STR("p"),
		arena_fmt(f->a, "{\"Version\":\"2012-10-17\",\"Statement\":[%s]}", statements) };

	assert_ok(store_inline_policy_put(f->st, &p));
	policies_changed(f->api->policies);
}

#define ALLOW(action, resource, more) \
	"{\"Effect\":\"Allow\",\"Action\":\"iam:" action \
	"\",\"Resource\":\"" ARN(resource) "\"" more "}"
#define IF(operator, key, value) ",\"Condition\":{\"" operator"\":{\"" key "\":\"" value "\"}}"
#define TAG(k, v) "&Tags.member.1.Key=" k "&Tags.member.1.Value=" v

/* ann is in /dev/, with the tag Team=web; the policy limit is there. */
static const struct {
	const char *statements;
	const char *body;
	unsigned status;
} rows[] = {
	{ ALLOW("CreateUser", "user/dev/*", ""), "CreateUser&UserName=x&Path=/dev/", 200 },
	{ ALLOW("CreateUser", "user/dev/*", ""), "CreateUser&UserName=x", 403 },
	{ ALLOW("CreateUser", "user/*", ""), "CreateUser&UserName=x" TAG("Team", "web"), 403 },
	{ ALLOW("CreateUser", "user/*", "") "," ALLOW("TagUser", "user/x", ""),
	    "CreateUser&UserName=x" TAG("Team", "web"), 200 },
	{ ALLOW("CreateUser", "*", IF("StringEquals", "iam:PermissionsBoundary", LIMIT)),
	    "CreateUser&UserName=x&PermissionsBoundary=" LIMIT, 200 },
	{ ALLOW("CreateUser", "*", IF("StringEquals", "iam:PermissionsBoundary", LIMIT)),
	    "CreateUser&UserName=x", 403 },
	{ ALLOW("*User", "*", IF("StringEquals", "aws:RequestTag/team", "web")),
	    "CreateUser&UserName=x" TAG("Team", "web"), 200 },
	{ ALLOW("*User", "*", IF("StringEquals", "aws:RequestTag/team", "web")),
	    "CreateUser&UserName=x" TAG("Team", "ops"), 403 },
	{ ALLOW("TagUser", "*", IF("ForAllValues:StringEquals", "aws:TagKeys", "Team")),
	    "TagUser&UserName=ann" TAG("Team", "ops"), 200 },
	{ ALLOW("TagUser", "*", IF("ForAllValues:StringEquals", "aws:TagKeys", "Team")),
	    "TagUser&UserName=ann" TAG("Room", "1"), 403 },
	{ ALLOW("UntagUser", "*", IF("ForAllValues:StringEquals", "aws:TagKeys", "Room")),
	    "UntagUser&UserName=ann&TagKeys.member.1=Team", 403 },
	{ ALLOW("UntagUser", "*", IF("ForAllValues:StringEquals", "aws:TagKeys", "Team")),
	    "UntagUser&UserName=ann&TagKeys.member.1=Team", 200 },
	{ ALLOW("GetUser", "user/dev/ann", ""), "GetUser&UserName=ANN", 200 },
	{ ALLOW("GetUser", "user/ann", ""), "GetUser&UserName=ann", 403 },
	{ ALLOW("GetUser", "user/nobody", ""), "GetUser&UserName=nobody", 404 },
	{ ALLOW("GetUser", "user/${aws:username}", ""), "GetUser", 200 },
	{ ALLOW("GetUser", "*", IF("StringEquals", "iam:ResourceTag/Team", "web")),
	    "GetUser&UserName=ann", 200 },
	{ ALLOW("GetUser", "*", IF("StringEquals", "aws:ResourceTag/Team", "web")),
	    "GetUser&UserName=ann", 200 },
	{ ALLOW("GetUser", "*", IF("StringEquals", "aws:ResourceTag/Team", "ops")),
	    "GetUser&UserName=ann", 403 },
	{ ALLOW("GetUser", "*", IF("StringEquals", "ec2:ResourceTag/Team", "web")),
	    "GetUser&UserName=ann", 403 },
	{ ALLOW("UpdateUser", "user/dev/*", ""), "UpdateUser&UserName=ann&NewUserName=bea", 200 },
	{ ALLOW("UpdateUser", "user/dev/*", ""), "UpdateUser&UserName=ann&NewPath=/ops/", 403 },
	{ ALLOW("UpdateUser", "user/ops/*", ""), "UpdateUser&UserName=ann&NewPath=/ops/", 403 },
	{ ALLOW("UpdateUser", "*", IF("StringEquals", "iam:ResourceTag/Team", "web")),
	    "UpdateUser&UserName=ann&NewPath=/ops/", 200 },
	{ ALLOW("UpdateGroup", "group/g", ""), "UpdateGroup&GroupName=g&NewPath=/ops/", 403 },
	{ ALLOW("UpdateGroup", "group/*", ""), "UpdateGroup&GroupName=g&NewPath=/ops/", 200 },
	{ ALLOW("ListUsers", "user/dev/*", ""), "ListUsers&PathPrefix=/dev/", 200 },
	{ ALLOW("ListUsers", "user/dev/*", ""), "ListUsers", 403 },
	{ ALLOW("AddUserToGroup", "group/g", ""), "AddUserToGroup&GroupName=g&UserName=ann", 200 },
	{ ALLOW("AddUserToGroup", "user/*", ""), "AddUserToGroup&GroupName=g&UserName=ann", 403 },
	{ ALLOW("AddUserToGroup", "group/g", ""), "AddUserToGroup&GroupName=g&UserName=x", 404 },
};

static void
put(struct fixture *f, const char *body)
{
	struct api_response resp = fixture_iam(f, body);

	assert_status(f, &resp, 200);
}

static void
undo(struct fixture *f)
{
	f->access_key = ROOT_KEY;
	f->secret = ROOT_SECRET;
	fixture_iam(f, "RemoveUserFromGroup&GroupName=g&UserName=ann");
	fixture_iam(f, "UpdateGroup&GroupName=g&NewPath=/");
	fixture_iam(f, "DeleteUser&UserName=x");
	fixture_iam(f, "DeleteUser&UserName=bea");
	fixture_iam(f, "DeleteUser&UserName=ann");
	put(f, "CreateUser&UserName=ann&Path=/dev/" TAG("Team", "web"));
}

static void
test_rows(void **state)
{
	struct fixture *f = *state;
	const struct store_policy limit = { .policy_id = STR("ANPAAAAAAAAAAAAAAAAA"),
		.account_id = STR(ACCOUNT),
		.arn = STR(LIMIT),
		.name = STR("limit"),
		.path = STR("/"),
		.created_at = NOW_S };
	struct api_response resp;
	size_t i;

	f->settings.api_rate = 0;
	assert_ok(store_policy_add(f->st, &limit, STR("{}")));
	put(f, "CreateGroup&GroupName=g");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		undo(f);
		allow(f, rows[i].statements);
		f->access_key = USER_KEY;
		f->secret = USER_SECRET;
		resp = fixture_iam(f, rows[i].body);
		if (resp.status != rows[i].status)
			fail_msg("row %zu, %s: %u: %s", i, rows[i].body, resp.status,
			    fixture_cstr(f, resp.body));
	}
}

/* Who comes into a group, or leaves it, may do what follows with the next request. */
static void
test_group_gives_at_once(void **state)
{
	struct fixture *f = *state;
	struct store_inline_policy p = { .name = STR("p"),
		.document = STR("{\"Statement\":" ALLOW("GetUser", "*", "") "}") };
	struct api_response resp = fixture_iam(f, "CreateGroup&GroupName=g");

	p.entity_id = str_of(fixture_element(f, &resp, "GroupId", 0));
	assert_ok(store_inline_policy_put(f->st, &p));
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	resp = fixture_iam(f, "GetUser");
	assert_status(f, &resp, 403);
	f->access_key = ROOT_KEY;
	f->secret = ROOT_SECRET;
	put(f, "AddUserToGroup&GroupName=g&UserName=eve");
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	resp = fixture_iam(f, "GetUser");
	assert_status(f, &resp, 200);
	f->access_key = ROOT_KEY;
	f->secret = ROOT_SECRET;
	put(f, "RemoveUserFromGroup&GroupName=g&UserName=eve");
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	resp = fixture_iam(f, "GetUser");
	assert_status(f, &resp, 403);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rows),
		TEST(test_group_gives_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
