/* group_test: tests groups and their members. */
#include "fixture.h"

#include "store/store_inline_policy.h"

#define ARN(x) "arn:aws:iam::" ACCOUNT ":" x
#define DATE "2023-11-14T22:13:20Z"
#define EVE \
	"<member><Path>/</Path><UserName>eve</UserName><UserId>AIDACKCEVSQ6C2EXAMPLE</UserId>" \
	"<Arn>" ARN("user/eve") "</Arn><CreateDate>" DATE "</CreateDate></member>"

static const char *
create(struct fixture *f, const char *more)
{
	struct api_response resp = fixture_iam(f, arena_fmt(f->a, "CreateGroup&%s", more).p);

	assert_status(f, &resp, 200);
	return fixture_element(f, &resp, "GroupId", 0);
}

static const char *
group_xml(struct fixture *f, const char *path, const char *name, const char *id)
{
	return arena_fmt(f->a,
	    "<Path>%s</Path><GroupName>%s</GroupName><GroupId>%s</GroupId>"
	    "<Arn>" ARN("group%s%s") "</Arn><CreateDate>" DATE "</CreateDate>",
	    path, name, id, path, name)
	    .p;
}

static void
test_create(void **state)
{
	struct fixture *f = *state;
	struct api_response resp = fixture_iam(f, "CreateGroup&GroupName=Devs&Path=/x/");
	const char *id = fixture_element(f, &resp, "GroupId", 0);
	struct store_audit_event ev;

	assert_true(ids_principal_valid("AGPA", str_of(id)));
	fixture_assert_iam(f, &resp, "CreateGroup",
	    arena_fmt(f->a, "<Group>%s</Group>", group_xml(f, "/x/", "Devs", id)).p);
	fixture_audit(f, &ev);
	assert_string_equal(fixture_cstr(f, ev.resources[0].type), "AWS::IAM::Group");
	assert_string_equal(fixture_cstr(f, ev.resources[0].name), "Devs");
	resp = fixture_iam(f, "CreateGroup&GroupName=DEVS");
	fixture_assert_iam_error(f, &resp, 409, "EntityAlreadyExists",
	    "Group with name DEVS already exists.");
	/* A user may have the name of a group. */
	create(f, "GroupName=eve");
	resp = fixture_iam(f, "CreateGroup");
	fixture_assert_iam_error(f, &resp, 400, "ValidationError",
	    "1 validation error detected: "
	    "Value null at &apos;groupName&apos; failed to satisfy constraint: Member must not be "
	    "null");
}

static void
test_members(void **state)
{
	struct fixture *f = *state;
	const char *id = create(f, "GroupName=devs");
	struct api_response resp;
	struct store_audit_event ev;

	resp = fixture_iam(f, "AddUserToGroup&GroupName=DEVS&UserName=Eve");
	fixture_assert_iam(f, &resp, "AddUserToGroup", NULL);
	fixture_audit(f, &ev);
	assert_non_null(strstr(fixture_cstr(f, ev.record),
	    "\"requestParameters\":{\"groupName\":"
	    "\"DEVS\",\"userName\":\"Eve\"},\"responseElements\":null"));
	resp = fixture_iam(f, "AddUserToGroup&GroupName=devs&UserName=eve");
	fixture_assert_iam(f, &resp, "AddUserToGroup", NULL);
	resp = fixture_iam(f, "GetGroup&GroupName=devs");
	fixture_assert_iam(f, &resp, "GetGroup",
	    arena_fmt(f->a,
		"<Group>%s</Group><Users>" EVE "</Users><IsTruncated>false</IsTruncated>",
		group_xml(f, "/", "devs", id))
		.p);
	resp = fixture_iam(f, "ListGroupsForUser&UserName=eve");
	fixture_assert_iam(f, &resp, "ListGroupsForUser",
	    arena_fmt(f->a,
		"<Groups><member>%s"
		"</member></Groups><IsTruncated>false</IsTruncated>",
		group_xml(f, "/", "devs", id))
		.p);
	resp = fixture_iam(f, "DeleteGroup&GroupName=devs");
	fixture_assert_iam_error(f, &resp, 409, "DeleteConflict",
	    "Cannot delete entity, must remove users from group first.");
	resp = fixture_iam(f, "RemoveUserFromGroup&GroupName=devs&UserName=eve");
	fixture_assert_iam(f, &resp, "RemoveUserFromGroup", NULL);
	resp = fixture_iam(f, "RemoveUserFromGroup&GroupName=devs&UserName=eve");
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "The user with name eve is not in the group with name devs.");
	resp = fixture_iam(f, "AddUserToGroup&GroupName=devs&UserName=nobody");
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "The user with name nobody cannot be found.");
	resp = fixture_iam(f, "AddUserToGroup&GroupName=none&UserName=nobody");
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "The group with name none cannot be found.");
	resp = fixture_iam(f, "ListGroupsForUser&UserName=eve");
	fixture_assert_iam(f, &resp, "ListGroupsForUser",
	    "<Groups></Groups><IsTruncated>false</IsTruncated>");
}

static void
test_pages(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	create(f, "GroupName=all");
	for (i = 0; i < 4; i++) {
		create(f, arena_fmt(f->a, "GroupName=g%zu&Path=/p/", i).p);
		resp = fixture_iam(f, arena_fmt(f->a, "CreateUser&UserName=u%zu", i).p);
		resp = fixture_iam(f,
		    arena_fmt(f->a, "AddUserToGroup&GroupName=all&UserName=u%zu", i).p);
		assert_status(f, &resp, 200);
		resp = fixture_iam(f,
		    arena_fmt(f->a, "AddUserToGroup&GroupName=g%zu&UserName=eve", i).p);
		assert_status(f, &resp, 200);
	}
	resp = fixture_iam(f, "GetGroup&GroupName=all&MaxItems=3");
	assert_string_equal(fixture_element(f, &resp, "UserName", 2), "u2");
	assert_has(f, &resp, "<IsTruncated>true</IsTruncated>");
	resp = fixture_iam(f,
	    arena_fmt(f->a, "GetGroup&GroupName=all&MaxItems=3&Marker=%s",
		fixture_element(f, &resp, "Marker", 0))
		.p);
	assert_string_equal(fixture_element(f, &resp, "UserName", 0), "u3");
	assert_has(f, &resp, "<IsTruncated>false</IsTruncated>");
	resp = fixture_iam(f, "ListGroupsForUser&UserName=eve&MaxItems=3");
	resp = fixture_iam(f,
	    arena_fmt(f->a, "ListGroupsForUser&UserName=eve&Marker=%s",
		fixture_element(f, &resp, "Marker", 0))
		.p);
	assert_string_equal(fixture_element(f, &resp, "GroupName", 0), "g3");
	resp = fixture_iam(f, "ListGroups&PathPrefix=/p/&MaxItems=2");
	assert_string_equal(fixture_element(f, &resp, "GroupName", 0), "g0");
	resp = fixture_iam(f,
	    arena_fmt(f->a, "ListGroups&PathPrefix=/p/&Marker=%s",
		fixture_element(f, &resp, "Marker", 0))
		.p);
	assert_string_equal(fixture_element(f, &resp, "GroupName", 1), "g3");
	assert_string_equal(fixture_element(f, &resp, "GroupName", 2), "");
}

static void
test_quotas(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	f->settings.api_rate = 0;
	for (i = 0; i < 300; i++)
		create(f, arena_fmt(f->a, "GroupName=g%zu", i).p);
	resp = fixture_iam(f, "CreateGroup&GroupName=more");
	fixture_assert_iam_error(f, &resp, 409, "LimitExceeded",
	    "Cannot exceed quota for GroupsPerAccount: 300");
	for (i = 0; i < 10; i++) {
		resp = fixture_iam(f,
		    arena_fmt(f->a, "AddUserToGroup&GroupName=g%zu&UserName=eve", i).p);
		assert_status(f, &resp, 200);
	}
	resp = fixture_iam(f, "AddUserToGroup&GroupName=g10&UserName=eve");
	fixture_assert_iam_error(f, &resp, 409, "LimitExceeded",
	    "Cannot exceed quota for GroupsPerUser: 10");
	resp = fixture_iam(f, "GetGroup&GroupName=g10");
	assert_has_not(f, &resp, "eve");
	/* Who is in it is not one more. */
	resp = fixture_iam(f, "AddUserToGroup&GroupName=g9&UserName=eve");
	assert_status(f, &resp, 200);
}

static void
test_update_and_delete(void **state)
{
	struct fixture *f = *state;
	const char *id = create(f, "GroupName=devs");
	struct store_inline_policy p = { str_of(id), STR("p"), STR("{}") };
	struct api_response resp;

	create(f, "GroupName=ops");
	resp = fixture_iam(f, "UpdateGroup&GroupName=devs&NewGroupName=Ops");
	fixture_assert_iam_error(f, &resp, 409, "EntityAlreadyExists",
	    "Group with name Ops already exists.");
	resp = fixture_iam(f, "UpdateGroup&GroupName=DEVS&NewGroupName=Makers&NewPath=/m/");
	fixture_assert_iam(f, &resp, "UpdateGroup", NULL);
	resp = fixture_iam(f, "GetGroup&GroupName=makers");
	assert_has(f, &resp, group_xml(f, "/m/", "Makers", id));
	resp = fixture_iam(f, "UpdateGroup&GroupName=devs&NewPath=/m/");
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "The group with name devs cannot be found.");
	assert_ok(store_inline_policy_put(f->st, &p));
	resp = fixture_iam(f, "DeleteGroup&GroupName=makers");
	fixture_assert_iam_error(f, &resp, 409, "DeleteConflict",
	    "Cannot delete entity, must delete policies first.");
	assert_ok(store_inline_policy_delete(f->st, str_of(id), STR("p")));
	resp = fixture_iam(f, "DeleteGroup&GroupName=makers");
	fixture_assert_iam(f, &resp, "DeleteGroup", NULL);
	resp = fixture_iam(f, "DeleteGroup&GroupName=makers");
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "The group with name makers cannot be found.");
}

static void
test_denied(void **state)
{
	static const struct {
		const char *body, *resource;
	} rows[] = {
		{ "CreateGroup&GroupName=x&Path=/p/", "group/p/x" },
		{ "GetGroup&GroupName=DEVS", "group/DEVS" },
		{ "GetGroup&GroupName=none", "group/none" },
		{ "ListGroups", "group/" },
		{ "UpdateGroup&GroupName=none&NewPath=/y/", "group/none" },
		{ "DeleteGroup&GroupName=none", "group/none" },
		/* Nothing of whether the user is there. */
		{ "AddUserToGroup&GroupName=devs&UserName=nobody", "group/devs" },
		{ "RemoveUserFromGroup&GroupName=devs&UserName=nobody", "group/devs" },
		{ "ListGroupsForUser&UserName=nobody", "user/nobody" },
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	create(f, "GroupName=devs&Path=/x/");
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		resp = fixture_iam(f, rows[i].body);
		assert_status(f, &resp, 403);
		assert_has(f, &resp,
		    arena_fmt(f->a, "to perform: iam:%.*s on resource: " ARN("%s") " because",
			(int)strcspn(rows[i].body, "&"), rows[i].body, rows[i].resource)
			.p);
	}
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_create),
		TEST(test_members),
		TEST(test_pages),
		TEST(test_quotas),
		TEST(test_update_and_delete),
		TEST(test_denied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
