/*
 * records_users: the records of actions on users; see records_test.c, which names the sources.
 */
#ifndef RECORDS_USERS_H
#define RECORDS_USERS_H

#include "records_kit.h"

static const struct record_row of_users[] = {
	/* [1], [2] aws.persistence.iam-create-admin-user.json */
	RECORD_WRITE("CreateUser&Path=/&UserName=ann" RED_SENT,
	    "{\"path\":\"/\",\"userName\":\"ann\"," RED "}",
	    "{\"user\":{\"path\":\"/\",\"userName\":\"ann\",\"userId\":\"~\","
	    "\"arn\":\"arn:aws:iam::" ACCOUNT ":user/ann\",\"createDate\":\"~\"," RED "}}"),
	RECORD_WRITE("CreateUser&UserName=bob&PermissionsBoundary=" ADMIN,
	    "{\"userName\":\"bob\",\"permissionsBoundary\":\"" ADMIN "\"}",
	    "{\"user\":{\"path\":\"/\",\"userName\":\"bob\",\"userId\":\"~\","
	    "\"arn\":\"arn:aws:iam::" ACCOUNT ":user/bob\",\"createDate\":\"~\","
	    "\"permissionsBoundary\":{\"permissionsBoundaryType\":\"Policy\","
	    "\"permissionsBoundaryArn\":\"" ADMIN "\"}}}"),
	RECORD_WRITE_REFUSED("CreateUser&UserName=bob", "{\"userName\":\"bob\"}",
	    "EntityAlreadyExistsException"),
	/* [1] */
	RECORD_READ("GetUser", NULL),
	RECORD_READ("GetUser&UserName=ann", "{\"userName\":\"ann\"}"),
	RECORD_READ_REFUSED("GetUser&UserName=nobody", "{\"userName\":\"nobody\"}",
	    "NoSuchEntityException"),
	RECORD_READ("ListUsers", NULL),
	RECORD_READ("ListUsers&PathPrefix=/&MaxItems=10", "{\"pathPrefix\":\"/\",\"maxItems\":10}"),
	/* None was found; by the service model and the form of its neighbours. */
	RECORD_WRITE("UpdateUser&UserName=bob&NewUserName=rob&NewPath=/dev/",
	    "{\"userName\":\"bob\",\"newPath\":\"/dev/\","
	    "\"newUserName\":\"rob\"}",
	    NULL),
	RECORD_WRITE("TagUser&UserName=ann&Tags.member.1.Key=a&Tags.member.1.Value=b",
	    "{\"userName\":\"ann\",\"tags\":[{\"key\":\"a\",\"value\":\"b\"}]}", NULL),
	RECORD_WRITE("UntagUser&UserName=ann&TagKeys.member.1=a",
	    "{\"userName\":\"ann\",\"tagKeys\":[\"a\"]}", NULL),
	RECORD_READ("ListUserTags&UserName=ann", "{\"userName\":\"ann\"}"),
	RECORD_WRITE("PutUserPermissionsBoundary&UserName=ann&PermissionsBoundary=" ADMIN,
	    "{\"userName\":\"ann\",\"permissionsBoundary\":\"" ADMIN "\"}", NULL),
	RECORD_WRITE("DeleteUserPermissionsBoundary&UserName=ann", "{\"userName\":\"ann\"}", NULL),
	/* [1], [2] aws.persistence.iam-create-admin-user.json */
	RECORD_WRITE("AttachUserPolicy&UserName=ann&PolicyArn=" ADMIN,
	    "{\"userName\":\"ann\",\"policyArn\":\"" ADMIN "\"}", NULL),
	/* None was found; by the service model and the form of its neighbours. */
	RECORD_READ("ListAttachedUserPolicies&UserName=ann", "{\"userName\":\"ann\"}"),
	/* [1] */
	RECORD_WRITE("DetachUserPolicy&UserName=ann&PolicyArn=" ADMIN,
	    "{\"userName\":\"ann\",\"policyArn\":\"" ADMIN "\"}", NULL),
	/* [3] aws_iam_compromised_key_quarantine.yml */
	RECORD_WRITE("PutUserPolicy&UserName=ann&PolicyName=inline-policy&"
		     "PolicyDocument=" POLICY_SENT,
	    "{\"userName\":\"ann\",\"policyName\":\"inline-policy\","
	    "\"policyDocument\":\"" POLICY "\"}",
	    NULL),
	/* None was found; by the service model and the form of its neighbours. */
	RECORD_READ("GetUserPolicy&UserName=ann&PolicyName=inline-policy",
	    "{\"userName\":\"ann\",\"policyName\":\"inline-policy\"}"),
	RECORD_READ("ListUserPolicies&UserName=ann", "{\"userName\":\"ann\"}"),
	RECORD_WRITE("DeleteUserPolicy&UserName=ann&PolicyName=inline-policy",
	    "{\"userName\":\"ann\",\"policyName\":\"inline-policy\"}", NULL),
	/* [1] */
	RECORD_WRITE("DeleteUser&UserName=rob", "{\"userName\":\"rob\"}", NULL),
	RECORD_WRITE_REFUSED("DeleteUser&UserName=rob", "{\"userName\":\"rob\"}",
	    "NoSuchEntityException"),
};

#endif
