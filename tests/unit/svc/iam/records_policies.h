/*
 * records_policies: the records of actions on managed policies and the simulator; see
 * records_test.c, which names the sources.
 */
#ifndef RECORDS_POLICIES_H
#define RECORDS_POLICIES_H

#include "records_kit.h"

static const struct record_row of_policies[] = {
	/* [1] */
	RECORD_WRITE("CreatePolicy&PolicyName=watch&Path=/&PolicyDocument=" POLICY_SENT
		     "&Description=" RED_SENT,
	    "{\"policyName\":\"watch\",\"path\":\"/\",\"policyDocument\":\"" POLICY
	    "\",\"description\":\"\"," RED "}",
	    "{\"policy\":{\"policyName\":\"watch\",\"policyId\":\"~\","
	    "\"arn\":\"" WATCH "\",\"path\":\"/\",\"defaultVersionId\":\"v1\","
	    "\"attachmentCount\":0,\"permissionsBoundaryUsageCount\":0,"
	    "\"isAttachable\":true,\"createDate\":\"~\",\"updateDate\":\"~\"," RED "}}"),
	RECORD_WRITE_REFUSED("CreatePolicy&PolicyName=watch&PolicyDocument=" POLICY_SENT,
	    "{\"policyName\":\"watch\",\"policyDocument\":\"" POLICY "\"}",
	    "EntityAlreadyExistsException"),
	RECORD_READ("GetPolicy&PolicyArn=" WATCH, "{\"policyArn\":\"" WATCH "\"}"),
	/* None was found; by the service model and the form of its neighbours. */
	RECORD_READ("ListPolicies", NULL),
	RECORD_READ("ListPolicies&Scope=Local&OnlyAttached=false&MaxItems=1000",
	    "{\"scope\":\"Local\",\"onlyAttached\":false,\"maxItems\":1000}"),
	RECORD_WRITE("CreatePolicyVersion&PolicyArn=" WATCH "&PolicyDocument=" POLICY_SENT
		     "&SetAsDefault=true",
	    "{\"policyArn\":\"" WATCH "\",\"policyDocument\":\"" POLICY "\",\"setAsDefault\":true}",
	    "{\"policyVersion\":{\"versionId\":\"v2\","
	    "\"isDefaultVersion\":true,\"createDate\":\"~\"}}"),
	/* [1] */
	RECORD_READ("GetPolicyVersion&PolicyArn=" WATCH "&VersionId=v1",
	    "{\"policyArn\":\"" WATCH "\",\"versionId\":\"v1\"}"),
	RECORD_READ("ListPolicyVersions&PolicyArn=" WATCH, "{\"policyArn\":\"" WATCH "\"}"),
	/* None was found; by the service model and the form of its neighbours. */
	RECORD_WRITE("SetDefaultPolicyVersion&PolicyArn=" WATCH "&VersionId=v1",
	    "{\"policyArn\":\"" WATCH "\",\"versionId\":\"v1\"}", NULL),
	RECORD_WRITE("DeletePolicyVersion&PolicyArn=" WATCH "&VersionId=v2",
	    "{\"policyArn\":\"" WATCH "\",\"versionId\":\"v2\"}", NULL),
	/* [1] */
	RECORD_READ("ListEntitiesForPolicy&PolicyArn=" WATCH, "{\"policyArn\":\"" WATCH "\"}"),
	/* None was found; by the service model and the form of its neighbours. */
	RECORD_WRITE("TagPolicy&PolicyArn=" WATCH "&Tags.member.1.Key=a&Tags.member.1.Value=b",
	    "{\"policyArn\":\"" WATCH "\",\"tags\":[{\"key\":\"a\",\"value\":\"b\"}]}", NULL),
	RECORD_WRITE("UntagPolicy&PolicyArn=" WATCH "&TagKeys.member.1=a",
	    "{\"policyArn\":\"" WATCH "\",\"tagKeys\":[\"a\"]}", NULL),
	RECORD_READ("ListPolicyTags&PolicyArn=" WATCH, "{\"policyArn\":\"" WATCH "\"}"),
	/* [1] */
	RECORD_WRITE("DeletePolicy&PolicyArn=" WATCH, "{\"policyArn\":\"" WATCH "\"}", NULL),
	/* None was found; by the service model and the form of its neighbours. */
	RECORD_READ("GetContextKeysForCustomPolicy&PolicyInputList.member.1=" POLICY_SENT,
	    "{\"policyInputList\":[\"" POLICY "\"]}"),
	RECORD_READ("GetContextKeysForPrincipalPolicy&PolicySourceArn=arn:aws:iam::" ACCOUNT
		    ":user/eve",
	    "{\"policySourceArn\":\"arn:aws:iam::" ACCOUNT ":user/eve\"}"),
	RECORD_READ("SimulateCustomPolicy&PolicyInputList.member.1=" POLICY_SENT
		    "&ActionNames.member.1=ec2:DescribeInstances",
	    "{\"policyInputList\":[\"" POLICY "\"],\"actionNames\":[\"ec2:DescribeInstances\"]}"),
	RECORD_READ("SimulatePrincipalPolicy&PolicySourceArn=arn:aws:iam::" ACCOUNT
		    ":user/eve&ActionNames.member.1=ec2:DescribeInstances",
	    "{\"policySourceArn\":\"arn:aws:iam::" ACCOUNT
	    ":user/eve\",\"actionNames\":[\"ec2:DescribeInstances\"]}"),
};

#endif
