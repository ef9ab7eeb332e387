/*
 * records_kit: what the tables of IAM's records share: names, and documents as they are sent and
 * as they stand in a record.
 */
#ifndef RECORDS_KIT_H
#define RECORDS_KIT_H

#include "records.h"

#define ADMIN "arn:aws:iam::aws:policy/AdministratorAccess"
#define WATCH "arn:aws:iam::" ACCOUNT ":policy/watch"
#define DEVICE "arn:aws:iam::" ACCOUNT ":mfa/phone"
#define PROVIDER "arn:aws:iam::" ACCOUNT ":oidc-provider/token.example.com"
#define THUMBPRINT "1c58a3a8518e8759bf075b76b750d4f2df264fcd"
#define LINKED \
	"aws-service-role/ec2-instance-connect.amazonaws.com/AWSServiceRoleForEc2InstanceConnect"
#define TASK "task/" LINKED "/"

#define RED_SENT "&Tags.member.1.Key=StratusRedTeam&Tags.member.1.Value=true"
#define RED "\"tags\":[{\"key\":\"StratusRedTeam\",\"value\":\"true\"}]"

#define POLICY_SENT \
	"%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C" \
	"%22Action%22%3A%22ec2%3ADescribeInstances%22%2C%22Resource%22%3A%22*%22%7D%7D"
#define POLICY \
	"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":{\\\"Effect\\\":\\\"Allow\\\"," \
	"\\\"Action\\\":\\\"ec2:DescribeInstances\\\",\\\"Resource\\\":\\\"*\\\"}}"

/* A role's trust policy stands in the answer as it is sent here, with its escapes. */
#define TRUST_SENT \
	"%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C" \
	"%22Principal%22%3A%7B%22Service%22%3A%22ec2.amazonaws.com%22%7D%2C%22Action%22%3A%22sts" \
	"%3AAssumeRole%22%7D%7D"
#define TRUST \
	"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":{\\\"Effect\\\":\\\"Allow\\\"," \
	"\\\"Principal\\\":{\\\"Service\\\":\\\"ec2.amazonaws.com\\\"},\\\"Action\\\":\\\"sts:" \
	"AssumeRole\\\"}}"

#endif
