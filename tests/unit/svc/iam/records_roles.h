/*
 * records_roles: the records of actions on roles, instance profiles and service-linked roles; see
 * records_test.c, which names the sources.
 */
#ifndef RECORDS_ROLES_H
#define RECORDS_ROLES_H

#include "records_kit.h"

static const struct record_row of_roles[] = {
	/* [1], [2] aws.persistence.iam-create-backdoor-role.json */
	RECORD_WRITE("CreateRole&Path=/&RoleName=deploy&AssumeRolePolicyDocument=" TRUST_SENT
		     "&MaxSessionDuration=3600" RED_SENT,
	    "{\"path\":\"/\",\"roleName\":\"deploy\","
	    "\"assumeRolePolicyDocument\":\"" TRUST "\",\"maxSessionDuration\":3600," RED "}",
	    "{\"role\":{\"path\":\"/\",\"roleName\":\"deploy\","
	    "\"roleId\":\"~\",\"arn\":\"arn:aws:iam::" ACCOUNT
	    ":role/deploy\",\"createDate\":\"~\","
	    "\"assumeRolePolicyDocument\":\"" TRUST_SENT "\"," RED "}}"),
	RECORD_WRITE("CreateRole&RoleName=bounded&AssumeRolePolicyDocument=" TRUST_SENT
		     "&PermissionsBoundary=" ADMIN,
	    "{\"roleName\":\"bounded\",\"assumeRolePolicyDocument\":\"" TRUST
	    "\",\"permissionsBoundary\":\"" ADMIN "\"}",
	    "{\"role\":{\"path\":\"/\",\"roleName\":\"bounded\","
	    "\"roleId\":\"~\",\"arn\":\"arn:aws:iam::" ACCOUNT
	    ":role/bounded\",\"createDate\":\"~\","
	    "\"assumeRolePolicyDocument\":\"" TRUST_SENT "\","
	    "\"permissionsBoundary\":{\"permissionsBoundaryType\":\"Policy\","
	    "\"permissionsBoundaryArn\":\"" ADMIN "\"}}}"),
	/* [1] */
	RECORD_READ("GetRole&RoleName=deploy", "{\"roleName\":\"deploy\"}"),
	RECORD_READ_REFUSED("GetRole&RoleName=none", "{\"roleName\":\"none\"}",
	    "NoSuchEntityException"),
	/* None was found; by the service model and the form of its neighbours. */
	RECORD_READ("ListRoles", NULL),
	RECORD_READ("ListRoles&PathPrefix=/aws-service-role/",
	    "{\"pathPrefix\":\"/aws-service-role/\"}"),
	RECORD_WRITE("UpdateRole&RoleName=deploy&Description=Deploys&"
		     "MaxSessionDuration=7200",
	    "{\"roleName\":\"deploy\",\"description\":\"Deploys\","
	    "\"maxSessionDuration\":7200}",
	    "{}"),
	RECORD_WRITE("UpdateRoleDescription&RoleName=deploy&Description=Builds",
	    "{\"roleName\":\"deploy\",\"description\":\"Builds\"}",
	    "{\"role\":{\"path\":\"/\",\"roleName\":\"deploy\","
	    "\"roleId\":\"~\",\"arn\":\"arn:aws:iam::" ACCOUNT
	    ":role/deploy\",\"createDate\":\"~\","
	    "\"assumeRolePolicyDocument\":\"" TRUST_SENT "\",\"description\":\"Builds\"," RED "}}"),
	/* [1], [2] aws.persistence.iam-backdoor-role.json */
	RECORD_WRITE("UpdateAssumeRolePolicy&RoleName=deploy&PolicyDocument=" TRUST_SENT,
	    "{\"roleName\":\"deploy\",\"policyDocument\":\"" TRUST "\"}", NULL),
	/* None was found; by the service model and the form of its neighbours. */
	RECORD_WRITE("TagRole&RoleName=deploy&Tags.member.1.Key=a&Tags.member.1.Value=b",
	    "{\"roleName\":\"deploy\",\"tags\":[{\"key\":\"a\","
	    "\"value\":\"b\"}]}",
	    NULL),
	RECORD_WRITE("UntagRole&RoleName=deploy&TagKeys.member.1=a",
	    "{\"roleName\":\"deploy\",\"tagKeys\":[\"a\"]}", NULL),
	RECORD_READ("ListRoleTags&RoleName=deploy", "{\"roleName\":\"deploy\"}"),
	RECORD_WRITE("PutRolePermissionsBoundary&RoleName=deploy&PermissionsBoundary=" ADMIN,
	    "{\"roleName\":\"deploy\",\"permissionsBoundary\":\"" ADMIN "\"}", NULL),
	RECORD_WRITE("DeleteRolePermissionsBoundary&RoleName=deploy", "{\"roleName\":\"deploy\"}",
	    NULL),
	/* [1], [2] aws.persistence.iam-create-backdoor-role.json */
	RECORD_WRITE("AttachRolePolicy&RoleName=deploy&PolicyArn=" ADMIN,
	    "{\"roleName\":\"deploy\",\"policyArn\":\"" ADMIN "\"}", NULL),
	/* [1] */
	RECORD_READ("ListAttachedRolePolicies&RoleName=deploy", "{\"roleName\":\"deploy\"}"),
	RECORD_WRITE("DetachRolePolicy&RoleName=deploy&PolicyArn=" ADMIN,
	    "{\"roleName\":\"deploy\",\"policyArn\":\"" ADMIN "\"}", NULL),
	RECORD_WRITE("PutRolePolicy&RoleName=deploy&PolicyName=inline-policy&"
		     "PolicyDocument=" POLICY_SENT,
	    "{\"roleName\":\"deploy\",\"policyName\":\"inline-policy\","
	    "\"policyDocument\":\"" POLICY "\"}",
	    NULL),
	RECORD_READ("GetRolePolicy&RoleName=deploy&PolicyName=inline-policy",
	    "{\"roleName\":\"deploy\",\"policyName\":\"inline-policy\"}"),
	RECORD_READ("ListRolePolicies&RoleName=deploy", "{\"roleName\":\"deploy\"}"),
	RECORD_WRITE("DeleteRolePolicy&RoleName=deploy&PolicyName=inline-policy",
	    "{\"roleName\":\"deploy\",\"policyName\":\"inline-policy\"}", NULL),
	RECORD_WRITE("CreateInstanceProfile&InstanceProfileName=web&Path=/" RED_SENT,
	    "{\"instanceProfileName\":\"web\",\"path\":\"/\"," RED "}",
	    "{\"instanceProfile\":{\"path\":\"/\","
	    "\"instanceProfileName\":\"web\",\"instanceProfileId\":\"~\","
	    "\"arn\":\"arn:aws:iam::" ACCOUNT
	    ":instance-profile/web\",\"createDate\":\"~\",\"roles\":[]," RED "}}"),
	RECORD_READ("GetInstanceProfile&InstanceProfileName=web",
	    "{\"instanceProfileName\":\"web\"}"),
	RECORD_READ_REFUSED("GetInstanceProfile&InstanceProfileName=none",
	    "{\"instanceProfileName\":\"none\"}", "NoSuchEntityException"),
	RECORD_WRITE("AddRoleToInstanceProfile&InstanceProfileName=web&RoleName=deploy",
	    "{\"instanceProfileName\":\"web\",\"roleName\":\"deploy\"}", NULL),
	/* None was found; by the service model and the form of its neighbours. */
	RECORD_READ("ListInstanceProfiles", NULL),
	/* [1] */
	RECORD_READ("ListInstanceProfilesForRole&RoleName=deploy", "{\"roleName\":\"deploy\"}"),
	RECORD_WRITE("TagInstanceProfile&InstanceProfileName=web" RED_SENT,
	    "{\"instanceProfileName\":\"web\"," RED "}", NULL),
	/* None was found; by the service model and the form of its neighbours. */
	RECORD_WRITE("UntagInstanceProfile&InstanceProfileName=web&"
		     "TagKeys.member.1=StratusRedTeam",
	    "{\"instanceProfileName\":\"web\",\"tagKeys\":[\"StratusRedTeam\"]}", NULL),
	RECORD_READ("ListInstanceProfileTags&InstanceProfileName=web",
	    "{\"instanceProfileName\":\"web\"}"),
	/* [1] */
	RECORD_WRITE("RemoveRoleFromInstanceProfile&InstanceProfileName=web&"
		     "RoleName=deploy",
	    "{\"instanceProfileName\":\"web\",\"roleName\":\"deploy\"}", NULL),
	RECORD_WRITE("DeleteInstanceProfile&InstanceProfileName=web",
	    "{\"instanceProfileName\":\"web\"}", NULL),
	RECORD_WRITE("DeleteRole&RoleName=deploy", "{\"roleName\":\"deploy\"}", NULL),
	RECORD_WRITE_REFUSED("DeleteRole&RoleName=deploy", "{\"roleName\":\"deploy\"}",
	    "NoSuchEntityException"),
	/* Several projects have a record of AWS Resource Explorer's, of 2025-10-03. */
	RECORD_WRITE("CreateServiceLinkedRole&"
		     "AWSServiceName=ec2-instance-connect.amazonaws.com",
	    "{\"aWSServiceName\":\"ec2-instance-connect.amazonaws.com\"}",
	    "{\"role\":{\"path\":\"/aws-service-role/ec2-instance-connect.amazonaws.com/\","
	    "\"roleName\":\"AWSServiceRoleForEc2InstanceConnect\","
	    "\"roleId\":\"~\",\"arn\":\"arn:aws:iam::" ACCOUNT ":role/" LINKED
	    "\",\"createDate\":\"~\","
	    "\"assumeRolePolicyDocument\":\"%7B%22Version%22%3A%222012-10-17%22%2C"
	    "%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22"
	    "%3A%7B%22Service%22%3A%22ec2-instance-connect.amazonaws.com%22%7D%2C"
	    "%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D\"}}"),
	/* None was found; by the service model and the form of its neighbours. */
	RECORD_WRITE("DeleteServiceLinkedRole&"
		     "RoleName=AWSServiceRoleForEc2InstanceConnect",
	    "{\"roleName\":\"AWSServiceRoleForEc2InstanceConnect\"}",
	    "{\"deletionTaskId\":\"" TASK "~\"}"),
	RECORD_READ_REFUSED("GetServiceLinkedRoleDeletionStatus&DeletionTaskId=" TASK
			    "0a0b0c0d-0000-4000-8000-000000000001",
	    "{\"deletionTaskId\":\"" TASK "0a0b0c0d-0000-4000-8000-000000000001\"}",
	    "NoSuchEntityException"),
};

#endif
