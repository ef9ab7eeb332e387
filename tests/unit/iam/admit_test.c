/*
 * admit_test: tests what is refused when a policy is written, in which words, and that what looks
 * like it is taken. The words are those of moto's test_iam_policies.py, whose cases were tried on
 * AWS, and of public reports.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "iam/admit.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define VERSION "\"Version\":\"2012-10-17\","
#define IDENTITY(action, resource) \
	"{" VERSION "\"Statement\":[{\"Effect\":\"Allow\",\"Action\":" action \
	",\"Resource\":" resource "}]}"
#define ON(resource) ADMIT_INLINE, IDENTITY("\"s3:ListBucket\"", resource)
#define DO(action) ADMIT_INLINE, IDENTITY(action, "\"*\"")
#define TRUST(action) \
	ADMIT_TRUST, \
	    "{" VERSION \
	    "\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":" action "}]}"
#define SERVICE(name) \
	ADMIT_TRUST, \
	    "{" VERSION "\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":" name \
	    "},\"Action\":\"sts:AssumeRole\"}]}"
#define NO_SERVICE(name) "Invalid principal in policy: \"SERVICE\":\"" name "\""
#define IAM_TYPES \
	"IAM resource path must either be \"*\" or start with user/, federated-user/, role/, " \
	"group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, " \
	"saml-provider/, oidc-provider/, report/, access-report/."
#define NOT_STS "AssumeRole policy may only specify STS AssumeRole actions."
#define NOT_2012 "Policy document must be version 2012-10-17 or greater."
#define STATEMENT "\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}"

static const struct {
	enum admit_as as;
	const char *document, *why; /* NULL: it is taken */
} rows[] = {
	{ ADMIT_MANAGED, "{" STATEMENT, NOT_2012 },
	{ ADMIT_MANAGED, "{\"Version\":\"2008-10-17\"," STATEMENT, NOT_2012 },
	{ ADMIT_MANAGED, "{" VERSION STATEMENT, NULL },
	{ ADMIT_INLINE, "{" STATEMENT, NULL },
	{ ADMIT_INLINE, "{\"Version\":\"2008-10-17\"," STATEMENT, NULL },

	{ DO("\"ec2-instance-c*:Send*\""), "Vendor ec2-instance-c* is not valid" },
	{ DO("[\"*\",\"ec?:Send*\"]"), "Vendor ec? is not valid" },
	{ DO("\"s3_s:ListBucket\""), "Vendor s3_s is not valid" },
	{ ADMIT_INLINE,
	    "{\"Statement\":{\"Effect\":\"Deny\",\"NotAction\":\"e*:x\",\"Resource\":\"*\"}}",
	    "Vendor e* is not valid" },
	{ DO("[\"*\",\"*:*\",\"*:Send*\",\"s3.s:ListBucket\",\"s3-s:*\",\"iam: asdf af \"]"),
	    NULL },

	{ ON("\"arn:error:s3:::example_bucket\""),
	    "Partition \"error\" is not valid for resource \"arn:error:s3:::example_bucket\"." },
	{ ON("\"arn:amazon:s3:::x\""),
	    "Partition \"amazon\" is not valid for resource \"arn:amazon:s3:::x\"." },
	{ ON("\"arn:b:cadfsdf\""),
	    "Partition \"b\" is not valid for resource \"arn:b:cadfsdf:*:*:*\"." },
	{ ON("\"arn:b:c:d:e:f:g:h\""),
	    "Partition \"b\" is not valid for resource \"arn:b:c:d:e:f:g:h\"." },
	{ ON("\"arn:x*:s3:::x\""),
	    "Partition \"x*\" is not valid for resource \"arn:x*:s3:::x\"." },
	{ ADMIT_INLINE,
	    "{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\",\"NotResource\":[\"*\","
	    "\"arn:\u00e9:s3:::x\"]}}",
	    "Partition \"??\" is not valid for resource \"arn:??:s3:::x\"." },
	{ ON("[\"*\",\"arn:aws:s3:::x\",\"arn:aws-cn:s3:::x\",\"arn:aws-us-gov:s3:::x\","
	     "\"arn:*:s3:::x\",\"arn:aws*:s3:::x\",\"arn:aws-us-?ov:ec2:*\"]"),
	    NULL },

	{ ON("\"arn:aws:iam:us-east-1::example_bucket\""),
	    "IAM resource arn:aws:iam:us-east-1::example_bucket cannot contain region "
	    "information." },
	{ ON("\"arn:aws:iam:*:111122223333:user/a\""),
	    "IAM resource arn:aws:iam:*:111122223333:user/a cannot contain region information." },
	{ ON("\"arn:aws:iam:*\""),
	    "IAM resource arn:aws:iam:* cannot contain region information." },
	{ ON("\"arn:aws:s3:us-east-1::example_bucket\""),
	    "Resource arn:aws:s3:us-east-1::example_bucket can not contain region information." },
	{ ON("[\"arn:aws:s3:us-east-1:111122223333:accesspoint/a\",\"arn:aws:s3:*\","
	     "\"arn:aws:s33:::x\",\"arn:aws:ec2:us-east-1::image/*\",\"arn:aws:fdsasf\"]"),
	    NULL },

	{ ON("\"arn:aws:iam:::example_bucket\""), IAM_TYPES },
	{ ON("\"arn:aws:iam::111122223333:users/a\""), IAM_TYPES },
	{ ON("\"arn:aws:iam::111122223333:*a\""), IAM_TYPES },
	{ ON("\"arn:aws:iam::111122223333:root\""), IAM_TYPES },
	{ ON("[\"arn:aws:iam::*:*\",\"arn:aws:iam:::user/example_bucket\","
	     "\"arn:aws:iam::*:role/*\","
	     "\"arn:aws:iam::*:mfa/${aws:username}\",\"arn:aws:iam::aws:policy/*\","
	     "\"arn:aws:iam::*:oidc-provider/x\"]"),
	    NULL },

	/* Sources: public reports of this refusal; "AWS services that work with IAM". */
	{ SERVICE("\"nosuch.amazonaws.com\""), NO_SERVICE("nosuch.amazonaws.com") },
	{ SERVICE("[\"ec2.amazonaws.com\",\"nosuch.us-east-1.amazonaws.com\"]"),
	    NO_SERVICE("nosuch.us-east-1.amazonaws.com") },
	{ SERVICE("\"ec2\""), NO_SERVICE("ec2") },
	{ SERVICE("\"amazonaws.com\""), NO_SERVICE("amazonaws.com") },
	{ SERVICE("\".amazonaws.com\""), NO_SERVICE(".amazonaws.com") },
	{ SERVICE("\"us-east-1.amazonaws.com\""), NO_SERVICE("us-east-1.amazonaws.com") },
	{ SERVICE("\"ec2.example.com\""), NO_SERVICE("ec2.example.com") },
	{ SERVICE("\"ec.amazonaws.com\""), NO_SERVICE("ec.amazonaws.com") },
	{ SERVICE("[\"ec2.amazonaws.com\",\"ec2-instance-connect.amazonaws.com\","
		  "\"lambda.amazonaws.com\",\"edgelambda.amazonaws.com\","
		  "\"ecs-tasks.amazonaws.com\",\"codebuild.amazonaws.com\","
		  "\"states.us-east-1.amazonaws.com\",\"logs.us-gov-west-1.amazonaws.com\","
		  "\"ec2.amazonaws.com.cn\",\"Ec2.amazonaws.com\",\"vmie.amazonaws.com\","
		  "\"delivery.logs.amazonaws.com\",\"monitoring.rds.amazonaws.com\","
		  "\"ops.apigateway.amazonaws.com\",\"spotfleet.amazonaws.com\","
		  "\"vpc-flow-logs.amazonaws.com\",\"ssm.amazonaws.com\","
		  "\"config.amazonaws.com\",\"cloudtrail.amazonaws.com\"]"),
	    NULL },
	{ TRUST("\"*\""), NOT_STS },
	{ TRUST("\"s3:GetObject\""), NOT_STS },
	{ TRUST("[\"sts:AssumeRole\",\"sts:GetCallerIdentity\"]"), NOT_STS },
	{ TRUST("\"sts:TagSessions\""), NOT_STS }, /* hashicorp/terraform-provider-aws 32872 */
	{ TRUST("\"*:AssumeRole\""), NOT_STS },
	{ TRUST("\"st*:AssumeRole\""), "Vendor st* is not valid" },
	{ TRUST("[\"sts:AssumeRole\",\"sts:TagSession\",\"sts:SetSourceIdentity\","
		"\"sts:AssumeRoleWithSAML\",\"sts:AssumeRoleWithWebIdentity\",\"STS:assumerole\","
		"\"sts:Assume*\",\"sts:*\",\"sts:SetContext\"]"),
	    NULL },
};

static void
in_the_words_of_aws(void **state)
{
	struct errinfo ei = { "" };
	struct iam_policy *p;
	struct buf why;
	size_t i;
	int r;

	(void)state;
	buf_init(&why, 4096);
	for (i = 0; i < N(rows); i++) {
		buf_clear(&why);
		if (iam_policy_parse(str_of(rows[i].document),
			rows[i].as == ADMIT_TRUST ? IAM_RESOURCE_POLICY : IAM_IDENTITY_POLICY, &p,
			&ei) != 0)
			fail_msg("row %zu: %s", i, ei.text);
		r = admit_check(p, rows[i].as, &why);
		if (r != (rows[i].why == NULL ? 0 : ERR_SYNTAX) ||
		    !str_eq(buf_view(&why), str_of(rows[i].why)))
			fail_msg("row %zu: %d, %.*s", i, r, STR_FMT(buf_view(&why)));
		iam_policy_free(p);
	}
	buf_release(&why);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_the_words_of_aws),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
