/*
 * service_linked_role_test: tests the role of EC2 Instance Connect: how it is made, that nothing
 * can change it, and how it is deleted.
 */
#include "fixture.h"

#include "store/store_slr_task.h"

#define ARN(x) "arn:aws:iam::" ACCOUNT ":" x
#define DATE "2023-11-14T22:13:20Z"
#define SERVICE "ec2-instance-connect.amazonaws.com"
#define NAME "AWSServiceRoleForEc2InstanceConnect"
#define PATH "/aws-service-role/" SERVICE "/"
#define POLICY "arn:aws:iam::aws:policy/aws-service-role/Ec2InstanceConnectEndpoint"
#define CREATE "CreateServiceLinkedRole&AWSServiceName=" SERVICE
#define TRUST \
	"%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow" \
	"%22%2C%22Principal%22%3A%7B%22Service%22%3A%22" SERVICE "%22%7D%2C%22Action%22%3A" \
	"%22sts%3AAssumeRole%22%7D%5D%7D"

static const char *
role_xml(struct fixture *f, const char *id, const char *more)
{
	return arena_fmt(f->a,
	    "<Role><Path>" PATH "</Path><RoleName>" NAME "</RoleName>"
	    "<RoleId>%s</RoleId><Arn>" ARN("role" PATH
		    NAME) "</Arn><CreateDate>" DATE
			  "</CreateDate><AssumeRolePolicyDocument>%s</AssumeRolePolicyDocument>%s"
			  "</Role>",
	    id, TRUST, more)
	    .p;
}

static void
test_create(void **state)
{
	struct fixture *f = *state;
	struct api_response resp = fixture_iam(f, CREATE "&Description=mine");
	const char *id = fixture_element(f, &resp, "RoleId", 0);

	assert_true(ids_principal_valid("AROA", str_of(id)));
	fixture_assert_iam(f, &resp, "CreateServiceLinkedRole",
	    role_xml(f, id,
		"<Description>mine</Description><MaxSessionDuration>3600</MaxSessionDuration>"));
	/* Names have no case: the user guide spells it so. */
	resp = fixture_iam(f, "GetRole&RoleName=AWSServiceRoleForEC2InstanceConnect");
	assert_has(f, &resp, "<Arn>" ARN("role" PATH NAME) "</Arn>");
	resp = fixture_iam(f, "ListAttachedRolePolicies&RoleName=" NAME);
	fixture_assert_iam(f, &resp, "ListAttachedRolePolicies",
	    "<AttachedPolicies><member>"
	    "<PolicyName>Ec2InstanceConnectEndpoint</PolicyName><PolicyArn>" POLICY "</PolicyArn>"
	    "</member></AttachedPolicies><IsTruncated>false</IsTruncated>");
	resp = fixture_iam(f, CREATE);
	fixture_assert_iam_error(f, &resp, 400, "InvalidInput",
	    "Service role name " NAME
	    " has been taken in this account, please try a different suffix.");
	resp = fixture_iam(f, CREATE "&CustomSuffix=x");
	fixture_assert_iam_error(f, &resp, 400, "InvalidInput",
	    "Custom suffix is not allowed for " SERVICE);
	resp = fixture_iam(f, "CreateServiceLinkedRole&AWSServiceName=autoscaling.amazonaws.com");
	fixture_assert_iam_error(f, &resp, 400, "InvalidInput",
	    "The service name "
	    "autoscaling.amazonaws.com is not one that has a service-linked role here.");
}

static void
test_nothing_changes_it(void **state)
{
	static const char *const bodies[] = {
		"DeleteRole&RoleName=" NAME,
		"UpdateRole&RoleName=" NAME "&Description=x&MaxSessionDuration=7200",
		"UpdateAssumeRolePolicy&RoleName=" NAME "&PolicyDocument=" TRUST,
		"AttachRolePolicy&RoleName=" NAME
		"&PolicyArn=arn:aws:iam::aws:policy/AdministratorAccess",
		"DetachRolePolicy&RoleName=" NAME "&PolicyArn=" POLICY,
		"PutRolePolicy&RoleName=" NAME "&PolicyName=p&PolicyDocument=%7B%22Statement%22"
		"%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22%2A%22%2C%22Resource%22%3A"
		"%22%2A%22%7D%7D",
		"DeleteRolePolicy&RoleName=" NAME "&PolicyName=p",
		"PutRolePermissionsBoundary&RoleName=" NAME
		"&PermissionsBoundary=arn:aws:iam::aws:policy/AdministratorAccess",
		"DeleteRolePermissionsBoundary&RoleName=" NAME,
		"AddRoleToInstanceProfile&InstanceProfileName=ip&RoleName=" NAME,
	};
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	resp = fixture_iam(f, CREATE);
	assert_status(f, &resp, 200);
	resp = fixture_iam(f, "CreateInstanceProfile&InstanceProfileName=ip");
	assert_status(f, &resp, 200);
	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		resp = fixture_iam(f, bodies[i]);
		fixture_assert_iam_error(f, &resp, 400, "UnmodifiableEntity",
		    "Cannot perform the "
		    "operation on the protected role &apos;" NAME "&apos; - this role is only "
		    "modifiable by AWS");
	}
}

/* Sources: IAM user guide, "Update a service-linked role": "You can edit the description of any
 * role"; IAM API reference, TagRole: "The role can be a regular role or a service-linked role." */
static void
test_description_and_tags(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	resp = fixture_iam(f, CREATE);
	assert_status(f, &resp, 200);
	resp = fixture_iam(f, "UpdateRoleDescription&RoleName=" NAME "&Description=first");
	assert_status(f, &resp, 200);
	assert_has(f, &resp, "<Description>first</Description>");
	resp = fixture_iam(f, "UpdateRole&RoleName=" NAME "&Description=second");
	fixture_assert_iam(f, &resp, "UpdateRole", "");
	resp = fixture_iam(f,
	    "TagRole&RoleName=" NAME "&Tags.member.1.Key=a&Tags.member.1.Value=1"
	    "&Tags.member.2.Key=b&Tags.member.2.Value=2");
	fixture_assert_iam(f, &resp, "TagRole", NULL);
	resp = fixture_iam(f, "UntagRole&RoleName=" NAME "&TagKeys.member.1=a");
	fixture_assert_iam(f, &resp, "UntagRole", NULL);
	resp = fixture_iam(f, "GetRole&RoleName=" NAME);
	assert_has(f, &resp,
	    "<Description>second</Description><MaxSessionDuration>3600</MaxSessionDuration>"
	    "<Tags><member><Key>b</Key><Value>2</Value></member></Tags>");
}

static void
test_delete(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	const char *task;

	resp = fixture_iam(f, CREATE);
	assert_status(f, &resp, 200);
	resp = fixture_iam(f,
	    "DeleteServiceLinkedRole&RoleName=awsservicerolefor"
	    "ec2instanceconnect");
	task = fixture_element(f, &resp, "DeletionTaskId", 0);
	assert_true(str_starts(str_of(task), STR("task" PATH NAME "/")));
	fixture_assert_iam(f, &resp, "DeleteServiceLinkedRole",
	    arena_fmt(f->a, "<DeletionTaskId>%s</DeletionTaskId>", task).p);
	resp = fixture_iam(f,
	    arena_fmt(f->a, "GetServiceLinkedRoleDeletionStatus&DeletionTaskId=%s", task).p);
	fixture_assert_iam(f, &resp, "GetServiceLinkedRoleDeletionStatus",
	    "<Status>SUCCEEDED</Status>");
	resp = fixture_iam(f, "GetRole&RoleName=" NAME);
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "The role with name " NAME " cannot be found.");
	/* And it can come again. */
	resp = fixture_iam(f, CREATE);
	assert_status(f, &resp, 200);
	resp = fixture_iam(f, "CreateRole&RoleName=r&AssumeRolePolicyDocument=" TRUST);
	assert_status(f, &resp, 200);
	resp = fixture_iam(f, "DeleteServiceLinkedRole&RoleName=r");
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "The role with name r is not a service-linked role.");
}

static void
test_status(void **state)
{
	struct fixture *f = *state;
	struct store_slr_task t = { .task_id = STR("task" PATH NAME "/1"),
		.account_id = STR(ACCOUNT),
		.role_name = STR(NAME),
		.status = STORE_SLR_TASK_FAILED,
		.reason = STR("In use"),
		.usage = STR("arn:a\narn:b"),
		.created_at = NOW_S };
	struct api_response resp;

	assert_ok(store_slr_task_add(f->st, &t));
	resp =
	    fixture_iam(f, "GetServiceLinkedRoleDeletionStatus&DeletionTaskId=task" PATH NAME "/1");
	fixture_assert_iam(f, &resp, "GetServiceLinkedRoleDeletionStatus",
	    "<Status>FAILED"
	    "</Status><Reason><Reason>In use</Reason><RoleUsageList><member><Region>" REGION
	    "</Region><Resources><member>arn:a</member><member>arn:b</member></Resources></member>"
	    "</RoleUsageList></Reason>");
	resp = fixture_iam(f, "GetServiceLinkedRoleDeletionStatus&DeletionTaskId=task/x");
	fixture_assert_iam_error(f, &resp, 404, "NoSuchEntity",
	    "The deletion task with id task/x cannot be found.");
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	resp =
	    fixture_iam(f, "GetServiceLinkedRoleDeletionStatus&DeletionTaskId=task" PATH NAME "/1");
	assert_status(f, &resp, 403);
	assert_has(f, &resp, "on resource: " ARN("role" PATH NAME) " because");
	resp = fixture_iam(f, "GetServiceLinkedRoleDeletionStatus&DeletionTaskId=//");
	assert_status(f, &resp, 403);
	assert_has(f, &resp, "on resource: " ARN("role/*") " because");
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_create),
		TEST(test_nothing_changes_it),
		TEST(test_description_and_tags),
		TEST(test_delete),
		TEST(test_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
