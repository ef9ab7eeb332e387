/*
 * records_groups: the records of actions on groups; see records_test.c, which names the sources.
 */
#ifndef RECORDS_GROUPS_H
#define RECORDS_GROUPS_H

#include "records_kit.h"

static const struct record_row of_groups[] = {
	/* None was found; by the service model and the form of its neighbours. */
	RECORD_WRITE("CreateGroup&Path=/&GroupName=devs", "{\"path\":\"/\",\"groupName\":\"devs\"}",
	    "{\"group\":{\"path\":\"/\",\"groupName\":\"devs\","
	    "\"groupId\":\"~\",\"arn\":\"arn:aws:iam::" ACCOUNT
	    ":group/devs\",\"createDate\":\"~\"}}"),
	RECORD_WRITE_REFUSED("CreateGroup&GroupName=devs", "{\"groupName\":\"devs\"}",
	    "EntityAlreadyExistsException"),
	RECORD_READ("GetGroup&GroupName=devs", "{\"groupName\":\"devs\"}"),
	RECORD_READ("ListGroups", NULL),
	RECORD_READ("ListGroups&MaxItems=1000", "{\"maxItems\":1000}"),
	/* [4] */
	RECORD_WRITE("AddUserToGroup&GroupName=devs&UserName=eve",
	    "{\"groupName\":\"devs\",\"userName\":\"eve\"}", NULL),
	RECORD_WRITE_REFUSED("AddUserToGroup&GroupName=none&UserName=eve",
	    "{\"groupName\":\"none\",\"userName\":\"eve\"}", "NoSuchEntityException"),
	/* [1] */
	RECORD_READ("ListGroupsForUser&UserName=eve&MaxItems=1000",
	    "{\"userName\":\"eve\",\"maxItems\":1000}"),
	/* None was found; by the service model and the form of its neighbours. */
	RECORD_WRITE("RemoveUserFromGroup&GroupName=devs&UserName=eve",
	    "{\"groupName\":\"devs\",\"userName\":\"eve\"}", NULL),
	RECORD_WRITE("AttachGroupPolicy&GroupName=devs&PolicyArn=" ADMIN,
	    "{\"groupName\":\"devs\",\"policyArn\":\"" ADMIN "\"}", NULL),
	RECORD_READ("ListAttachedGroupPolicies&GroupName=devs", "{\"groupName\":\"devs\"}"),
	RECORD_WRITE("DetachGroupPolicy&GroupName=devs&PolicyArn=" ADMIN,
	    "{\"groupName\":\"devs\",\"policyArn\":\"" ADMIN "\"}", NULL),
	RECORD_WRITE("PutGroupPolicy&GroupName=devs&PolicyName=policy&PolicyDocument=" POLICY_SENT,
	    "{\"groupName\":\"devs\",\"policyName\":\"policy\","
	    "\"policyDocument\":\"" POLICY "\"}",
	    NULL),
	RECORD_READ("GetGroupPolicy&GroupName=devs&PolicyName=policy",
	    "{\"groupName\":\"devs\",\"policyName\":\"policy\"}"),
	RECORD_READ("ListGroupPolicies&GroupName=devs", "{\"groupName\":\"devs\"}"),
	/* [3] aws_iam_policy_modified.yml */
	RECORD_WRITE("DeleteGroupPolicy&GroupName=devs&PolicyName=policy",
	    "{\"groupName\":\"devs\",\"policyName\":\"policy\"}", NULL),
	RECORD_WRITE_REFUSED("DeleteGroupPolicy&GroupName=devs&PolicyName=policy",
	    "{\"groupName\":\"devs\",\"policyName\":\"policy\"}", "NoSuchEntityException"),
	/* None was found; by the service model and the form of its neighbours. */
	RECORD_WRITE("UpdateGroup&GroupName=devs&NewGroupName=ops&NewPath=/a/",
	    "{\"groupName\":\"devs\",\"newPath\":\"/a/\","
	    "\"newGroupName\":\"ops\"}",
	    NULL),
	RECORD_WRITE("DeleteGroup&GroupName=ops", "{\"groupName\":\"ops\"}", NULL),
	RECORD_WRITE_REFUSED("DeleteGroup&GroupName=ops", "{\"groupName\":\"ops\"}",
	    "NoSuchEntityException"),
};

#endif
