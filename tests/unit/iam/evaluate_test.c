/*
 * evaluate_test: tests how statements match actions and resources, and how policies of all kinds
 * work together.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ask.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define DOC(s) "{\"Version\":\"2012-10-17\",\"Statement\":[" s "]}"
#define STMT(effect, action, resource) \
	"{\"Effect\":\"" effect "\"," action ",\"" \
	"Resource\":" resource "}"
#define ACTION(s) "\"Action\":" s
#define ALLOW_ALL STMT("Allow", ACTION("\"*\""), "\"*\"")
#define DENY_ALL STMT("Deny", ACTION("\"*\""), "\"*\"")
#define OTHER_INSTANCE "arn:aws:ec2:eu-lab-1:" ASK_ACCOUNT ":instance/i-0123456789abcdef1"

/* One statement: is the action on the resource in it? */
static const struct {
	const char *statement, *action, *resource;
	bool applies;
} statements[] = {
#define ON(s) "\"Action\":" s ",\"Resource\":\"*\""
	{ ON("\"*\""), NULL, NULL, true },
	{ ON("\"*:*\""), NULL, NULL, true },
	{ ON("\"ec2-instance-connect:SendSSHPublicKey\""), NULL, NULL, true },
	{ ON("\"EC2-Instance-Connect:sendsshpublickey\""), NULL, NULL, true },
	{ ON("\"ec2-instance-connect:Send*\""), NULL, NULL, true },
	{ ON("\"ec2-instance-connect:SendSSHPublicKe?\""), NULL, NULL, true },
	{ ON("\"ec2*:*Key\""), NULL, NULL, true },
	{ ON("[\"ec2:*\",\"ec2-instance-connect:*\"]"), NULL, NULL, true },
	{ ON("\"ec2-instance-connect:SendSSHPublicKey?\""), NULL, NULL, false },
	{ ON("\"ec2-instance-connect:SendSSHPublic\""), NULL, NULL, false },
	{ ON("\"ec2-instance-connect:SendSerialConsoleSSHPublicKey\""), NULL, NULL, false },
	{ ON("\"ec2:*\""), NULL, NULL, false },
	{ ON("\"ec2-instance-connect:OpenInstanceConnect\""), NULL, NULL, false },
	{ "\"NotAction\":\"ec2:*\",\"Resource\":\"*\"", NULL, NULL, true },
	{ "\"NotAction\":[\"ec2:*\",\"*:Send*\"],\"Resource\":\"*\"", NULL, NULL, false },
	{ "\"NotAction\":\"*\",\"Resource\":\"*\"", NULL, NULL, false },
#undef ON
#define ON(s) "\"Action\":\"*\",\"Resource\":" s
	{ ON("\"" ASK_INSTANCE "\""), NULL, ASK_INSTANCE, true },
	{ ON("\"" ASK_INSTANCE "\""), NULL, OTHER_INSTANCE, false },
	{ ON("[\"" OTHER_INSTANCE "\",\"" ASK_INSTANCE "\"]"), NULL, ASK_INSTANCE, true },
	{ ON("\"**\""), NULL, ASK_INSTANCE, true },
	{ ON("\"arn:aws:ec2:*:123456789012:instance/*\""), NULL, ASK_INSTANCE, true },
	{ ON("\"arn:aws:ec2:*:210987654321:instance/*\""), NULL, ASK_INSTANCE, false },
	{ ON("\"arn:aws:ec2:eu-lab-?:*:instance/i-????????????????0\""), NULL, ASK_INSTANCE, true },
	{ ON("\"arn:aws:ec2:us-*:*:instance/*\""), NULL, ASK_INSTANCE, false },
	{ ON("\"arn:aws:EC2:*:*:instance/*\""), NULL, ASK_INSTANCE, false },
	{ ON("\"arn:aws:ec2:*:*:Instance/*\""), NULL, ASK_INSTANCE, false },
	{ ON("\"arn:*:*:*:*:*\""), NULL, ASK_INSTANCE, true },
	{ ON("\"arn:aws:ec2:*:*:*f0\""), NULL, ASK_INSTANCE, true },
	{ ON("\"arn:aws:ec2:*:*:subnet/*\""), NULL, ASK_INSTANCE, false },
	/* In the last part a star crosses slashes and colons, before it none. */
	{ ON("\"arn:aws:iam::*:user/*/z\""), NULL, "arn:aws:iam::" ASK_ACCOUNT ":user/a/b:c/z",
	    true },
	{ ON("\"arn:aws:*:123456789012:user:x\""), NULL, "arn:aws:iam::" ASK_ACCOUNT ":user:x",
	    false },
	{ ON("\"arn:aws:*:*:*:x\""), NULL, "arn:aws:iam::" ASK_ACCOUNT ":a:x", false },
	{ ON("\"*\""), NULL, "*", true },
	{ ON("\"***\""), NULL, "*", true },
	{ ON("\"arn:*:*:*:*:*\""), NULL, "*", false },
	{ ON("\"" ASK_INSTANCE "\""), NULL, "*", false },
	{ ON("\"arn:aws:iam::*:user/${aws:username}\""), NULL,
	    "arn:aws:iam::" ASK_ACCOUNT ":user/alice", true },
	{ ON("\"arn:aws:iam::*:user/${aws:username}\""), NULL,
	    "arn:aws:iam::" ASK_ACCOUNT ":user/bob", false },
	{ ON("\"arn:aws:iam::*:user/${aws:username}*\""), NULL,
	    "arn:aws:iam::" ASK_ACCOUNT ":user/alice2", true },
	{ ON("\"arn:aws:iam::*:user/${t:star}\""), NULL, "arn:aws:iam::" ASK_ACCOUNT ":user/alice",
	    false },
	{ ON("\"arn:aws:iam::*:user/${t:absent}\""), NULL,
	    "arn:aws:iam::" ASK_ACCOUNT ":user/alice", false },
	{ ON("\"arn:aws:iam::*:user/${t:absent, 'alice'}\""), NULL,
	    "arn:aws:iam::" ASK_ACCOUNT ":user/alice", true },
#undef ON
	{ "\"Action\":\"*\",\"NotResource\":\"" OTHER_INSTANCE "\"", NULL, NULL, true },
	{ "\"Action\":\"*\",\"NotResource\":\"" ASK_INSTANCE "\"", NULL, NULL, false },
	{ "\"Action\":\"*\",\"NotResource\":\"arn:*:*:*:*:*\"", NULL, "*", true },
	{ "\"Action\":\"*\",\"NotResource\":\"*\"", NULL, "*", false },
	{ "\"Action\":\"*\",\"NotResource\":\"*\"", NULL, NULL, false },
	{ "\"Action\":\"*\",\"NotResource\":\"arn:aws:s3:::${t:absent}\"", NULL, NULL, true },
};

static bool
decides(const char *effect, size_t i, enum iam_reason want)
{
	struct ask q = { .action = statements[i].action,
		.resource = statements[i].resource,
		.context = "aws:username=alice;t:star=*" };
	char json[512];
	struct ask_answer a;
	bool r;

	snprintf(json, sizeof(json), DOC("{\"Effect\":\"%s\",%s}"), effect,
	    statements[i].statement);
	q.policies[0].json = json;
	q.policies[1].json = effect[0] == 'D' ? DOC(ALLOW_ALL) : NULL;
	ask(&q, &a);
	r = a.d.reason == want;
	ask_release(&a);
	return r;
}

/* A statement applies in the same way whether it allows or denies. */
static void
statements_apply(void **state)
{
	size_t i;
	bool yes;

	(void)state;
	for (i = 0; i < N(statements); i++) {
		yes = statements[i].applies;
		if (!decides("Allow", i,
			yes ? IAM_REASON_ALLOW_STATEMENT : IAM_REASON_NO_IDENTITY_ALLOW) ||
		    !decides("Deny", i,
			yes ? IAM_REASON_EXPLICIT_DENY : IAM_REASON_ALLOW_STATEMENT))
			fail_msg("row %zu: %s", i, statements[i].statement);
	}
}

#define TRUST(effect, who) "{\"Effect\":\"" effect "\",\"Action\":\"*\"," who "}"
#define AWS(s) "\"Principal\":{\"AWS\":" s "}"
#define NONE STMT("Allow", ACTION("\"s3:*\""), "\"*\"")
#define ALL DOC(ALLOW_ALL)
#define NOTHING DOC(NONE)
#define ID IAM_IDENTITY_POLICY
#define PB IAM_PERMISSIONS_BOUNDARY
#define SP IAM_SESSION_POLICY
#define RP IAM_RESOURCE_POLICY

static const struct {
	struct ask q;
	enum iam_effect effect;
	enum iam_reason reason;
	enum iam_policy_type type;
	const char *policy;
} together[] = {
	/* Identity, boundary, session: each must allow. */
	{ { .policies = { { ID, ALL } } }, IAM_ALLOW, IAM_REASON_ALLOW_STATEMENT, ID, "p0" },
	{ { .policies = { { ID, NOTHING }, { ID, ALL } } }, IAM_ALLOW, IAM_REASON_ALLOW_STATEMENT,
	    ID, "p1" },
	{ { .policies = { { ID, NOTHING } } }, IAM_DENY, IAM_REASON_NO_IDENTITY_ALLOW, ID, "" },
	{ { .policies = { { ID, ALL }, { PB, ALL }, { SP, ALL } } }, IAM_ALLOW,
	    IAM_REASON_ALLOW_STATEMENT, ID, "p0" },
	{ { .policies = { { ID, ALL }, { PB, NOTHING }, { SP, NOTHING } } }, IAM_DENY,
	    IAM_REASON_NO_BOUNDARY_ALLOW, ID, "" },
	{ { .policies = { { ID, ALL }, { PB, ALL }, { SP, NOTHING } } }, IAM_DENY,
	    IAM_REASON_NO_SESSION_ALLOW, ID, "" },
	{ { .policies = { { ID, ALL }, { SP, NOTHING }, { SP, ALL } } }, IAM_ALLOW,
	    IAM_REASON_ALLOW_STATEMENT, ID, "p0" },
	{ { .policies = { { PB, ALL }, { SP, ALL } } }, IAM_DENY, IAM_REASON_NO_IDENTITY_ALLOW, ID,
	    "" },
	{ { .policies = { { ID, NOTHING }, { PB, NOTHING } } }, IAM_DENY,
	    IAM_REASON_NO_IDENTITY_ALLOW, ID, "" },

	/* A deny in any of them decides, wherever it stands. */
	{ { .policies = { { ID, DOC(ALLOW_ALL "," DENY_ALL) } } }, IAM_DENY,
	    IAM_REASON_EXPLICIT_DENY, ID, "p0" },
	{ { .policies = { { ID, ALL }, { ID, DOC(DENY_ALL) } } }, IAM_DENY,
	    IAM_REASON_EXPLICIT_DENY, ID, "p1" },
	{ { .policies = { { ID, ALL }, { PB, DOC(ALLOW_ALL "," DENY_ALL) } } }, IAM_DENY,
	    IAM_REASON_EXPLICIT_DENY, PB, "p1" },
	{ { .policies = { { ID, ALL }, { SP, DOC(DENY_ALL) } } }, IAM_DENY,
	    IAM_REASON_EXPLICIT_DENY, SP, "p1" },
	{ { .policies = { { ID, NOTHING }, { PB, NOTHING }, { SP, DOC(DENY_ALL) } } }, IAM_DENY,
	    IAM_REASON_EXPLICIT_DENY, SP, "p2" },
	{ { .policies = { { RP, DOC(TRUST("Deny", AWS("\"" ASK_USER "\""))) }, { ID, ALL } } },
	    IAM_DENY, IAM_REASON_EXPLICIT_DENY, RP, "p0" },

	/* The root of the account needs no identity policy, and obeys the others. */
	{ { .arn = ASK_ROOT, .policies = { { ID, NOTHING } } }, IAM_ALLOW, IAM_REASON_ROOT, ID,
	    "" },
	{ { .arn = ASK_ROOT, .policies = { { ID, ALL } } }, IAM_ALLOW, IAM_REASON_ALLOW_STATEMENT,
	    ID, "p0" },
	{ { .arn = ASK_ROOT, .policies = { { ID, DOC(DENY_ALL) } } }, IAM_DENY,
	    IAM_REASON_EXPLICIT_DENY, ID, "p0" },
	{ { .arn = ASK_ROOT, .policies = { { SP, NOTHING } } }, IAM_DENY,
	    IAM_REASON_NO_SESSION_ALLOW, ID, "" },
	{ { .arn = ASK_ROOT, .policies = { { RP, DOC(TRUST("Allow", AWS("\"" ASK_USER "\""))) } } },
	    IAM_DENY, IAM_REASON_NO_TRUST_ALLOW, ID, "" },
	{ { .arn = ASK_ROOT, .policies = { { RP, DOC(TRUST("Allow", AWS("\"" ASK_ROOT "\""))) } } },
	    IAM_ALLOW, IAM_REASON_ROOT, ID, "" },

/* The trust policy: by its own name is enough, by the account is not. */
#define TRUSTED(who) \
	{ \
		RP, DOC(TRUST("Allow", who)) \
	}
	{ { .policies = { TRUSTED(AWS("\"" ASK_USER "\"")) } }, IAM_ALLOW,
	    IAM_REASON_ALLOW_STATEMENT, RP, "p0" },
	{ { .policies = { TRUSTED(AWS("\"" ASK_USER "\"")), { PB, NOTHING } } }, IAM_ALLOW,
	    IAM_REASON_ALLOW_STATEMENT, RP, "p0" },
	{ { .policies = { TRUSTED(AWS("\"AIDA0123456789ABCDEF\"")) } }, IAM_ALLOW,
	    IAM_REASON_ALLOW_STATEMENT, RP, "p0" },
	{ { .policies = { TRUSTED(AWS("[\"" ASK_ACCOUNT "\",\"" ASK_USER "\"]")) } }, IAM_ALLOW,
	    IAM_REASON_ALLOW_STATEMENT, RP, "p0" },
	{ { .policies = { { RP,
		DOC(TRUST("Allow", AWS("\"*\"")) "," TRUST("Allow", AWS("\"" ASK_USER "\""))) } } },
	    IAM_ALLOW, IAM_REASON_ALLOW_STATEMENT, RP, "p0" },
	{ { .arn = ASK_SESSION, .policies = { TRUSTED(AWS("\"" ASK_ROLE "\"")) } }, IAM_ALLOW,
	    IAM_REASON_ALLOW_STATEMENT, RP, "p0" },
	{ { .arn = ASK_SESSION, .policies = { TRUSTED(AWS("\"" ASK_SESSION "\"")) } }, IAM_ALLOW,
	    IAM_REASON_ALLOW_STATEMENT, RP, "p0" },
	{ { .arn = ASK_SESSION, .policies = { TRUSTED(AWS("\"AROA0123456789ABCDEF\"")) } },
	    IAM_ALLOW, IAM_REASON_ALLOW_STATEMENT, RP, "p0" },
	{ { .policies = { TRUSTED(AWS("\"" ASK_ACCOUNT "\"")) } }, IAM_DENY,
	    IAM_REASON_NO_IDENTITY_ALLOW, ID, "" },
	{ { .policies = { TRUSTED(AWS("\"" ASK_ACCOUNT "\"")), { ID, ALL } } }, IAM_ALLOW,
	    IAM_REASON_ALLOW_STATEMENT, ID, "p1" },
	{ { .policies = { TRUSTED(AWS("\"" ASK_ROOT "\"")), { ID, ALL } } }, IAM_ALLOW,
	    IAM_REASON_ALLOW_STATEMENT, ID, "p1" },
	{ { .policies = { TRUSTED(AWS("\"" ASK_ROOT "\"")), { ID, ALL }, { PB, NOTHING } } },
	    IAM_DENY, IAM_REASON_NO_BOUNDARY_ALLOW, ID, "" },
	/* Everybody: a user needs nothing else, a session is still limited. */
	{ { .policies = { TRUSTED("\"Principal\":\"*\""), { ID, ALL } } }, IAM_ALLOW,
	    IAM_REASON_ALLOW_STATEMENT, RP, "p0" },
	{ { .policies = { TRUSTED("\"Principal\":\"*\"") } }, IAM_ALLOW, IAM_REASON_ALLOW_STATEMENT,
	    RP, "p0" },
	{ { .policies = { TRUSTED(AWS("\"*\"")), { ID, NOTHING }, { PB, NOTHING } } }, IAM_ALLOW,
	    IAM_REASON_ALLOW_STATEMENT, RP, "p0" },
	{ { .policies = { TRUSTED("\"Principal\":\"*\""), { ID, DOC(DENY_ALL) } } }, IAM_DENY,
	    IAM_REASON_EXPLICIT_DENY, ID, "p1" },
	{ { .arn = ASK_SESSION, .policies = { TRUSTED("\"Principal\":\"*\"") } }, IAM_ALLOW,
	    IAM_REASON_ALLOW_STATEMENT, RP, "p0" },
	{ { .arn = ASK_SESSION, .policies = { TRUSTED("\"Principal\":\"*\""), { PB, NOTHING } } },
	    IAM_DENY, IAM_REASON_NO_BOUNDARY_ALLOW, ID, "" },
	{ { .arn = ASK_SESSION, .policies = { TRUSTED(AWS("\"*\"")), { SP, NOTHING } } }, IAM_DENY,
	    IAM_REASON_NO_SESSION_ALLOW, ID, "" },
	{ { .policies = { TRUSTED(AWS("\"arn:aws:iam::" ASK_ACCOUNT ":user/Alice\"")),
		{ ID, ALL } } },
	    IAM_DENY, IAM_REASON_NO_TRUST_ALLOW, ID, "" },
	{ { .policies = { TRUSTED(AWS("\"210987654321\"")), { ID, ALL } } }, IAM_DENY,
	    IAM_REASON_NO_TRUST_ALLOW, ID, "" },
	{ { .policies = { TRUSTED(AWS("\"" ASK_ROLE "\"")), { ID, ALL } } }, IAM_DENY,
	    IAM_REASON_NO_TRUST_ALLOW, ID, "" },
	{ { .arn = ASK_SESSION,
	      .policies = { TRUSTED(AWS("\"arn:aws:sts::" ASK_ACCOUNT ":assumed-role/R/t\"")),
		  { ID, ALL } } },
	    IAM_DENY, IAM_REASON_NO_TRUST_ALLOW, ID, "" },
	{ { .policies = { TRUSTED("\"Principal\":{\"Service\":\"ec2.amazonaws.com\"}"),
		{ ID, ALL } } },
	    IAM_DENY, IAM_REASON_NO_TRUST_ALLOW, ID, "" },
	{ { .policies = { TRUSTED(
			      AWS("\"" ASK_USER "\"") ",\"Condition\":{\"Bool\":{"
						      "\"aws:MultiFactorAuthPresent\":\"true\"}}"),
		{ ID, ALL } } },
	    IAM_DENY, IAM_REASON_NO_TRUST_ALLOW, ID, "" },
};

static void
policies_together(void **state)
{
	struct ask_answer a;
	size_t i;

	(void)state;
	for (i = 0; i < N(together); i++) {
		ask(&together[i].q, &a);
		if (a.d.effect != together[i].effect || a.d.reason != together[i].reason ||
		    a.d.policy_type != together[i].type ||
		    !str_eq_c(a.d.policy, together[i].policy))
			fail_msg("row %zu: effect %d, reason %d, type %d, \"%.*s\"", i,
			    (int)a.d.effect, (int)a.d.reason, (int)a.d.policy_type,
			    STR_FMT(a.d.policy));
		assert_true(a.d.effect == IAM_ALLOW ? a.d.resource.n == 0
						    : str_eq_c(a.d.resource, ASK_INSTANCE));
		ask_release(&a);
	}
}

/* A decision says which statement of which policy it was. */
static void
names_the_statement(void **state)
{
	static const struct ask q = {
		.policies = { { ID, ALL },
		    { ID,
			DOC(NONE ",{\"Sid\":\"NoPush\",\"Effect\":\"Deny\",\"Action\":\"*:Send*\","
				 "\"Resource\":\"*\"}") } }
	};
	struct ask_answer a;

	(void)state;
	ask(&q, &a);
	assert_int_equal(a.d.policy_at, 1);
	assert_int_equal(a.d.statement, 1);
	assert_true(str_eq_c(a.d.sid, "NoPush"));
	ask_release(&a);
}

/* Every resource must be allowed; the first that is not is named. */
static void
every_resource_counts(void **state)
{
	struct ask q = { .resource2 = OTHER_INSTANCE,
		.policies = {
		    { ID, DOC(STMT("Allow", ACTION("\"*\""), "\"" ASK_INSTANCE "\"")) } } };
	struct ask_answer a;

	(void)state;
	ask(&q, &a);
	assert_int_equal(a.d.reason, IAM_REASON_NO_IDENTITY_ALLOW);
	assert_true(str_eq_c(a.d.resource, OTHER_INSTANCE));
	ask_release(&a);
	q.policies[1].json = DOC(STMT("Allow", ACTION("\"*\""), "\"" OTHER_INSTANCE "\""));
	ask(&q, &a);
	assert_int_equal(a.d.effect, IAM_ALLOW);
	assert_true(str_eq_c(a.d.policy, "p0"));
	ask_release(&a);
	q.policies[1].json =
	    DOC(ALLOW_ALL "," STMT("Deny", ACTION("\"*\""), "\"" OTHER_INSTANCE "\""));
	ask(&q, &a);
	assert_int_equal(a.d.reason, IAM_REASON_EXPLICIT_DENY);
	assert_true(str_eq_c(a.d.resource, OTHER_INSTANCE));
	assert_int_equal(a.d.statement, 1);
	ask_release(&a);
}

/* A kind of policy that is there and cannot be read allows nothing. */
static void
no_document_allows_nothing(void **state)
{
	struct ask q = { .policies = { { ID, ALL }, { PB, ALL } } };
	struct iam_decision d;
	struct ask_answer a;

	(void)state;
	ask(&q, &a);
	assert_int_equal(a.d.effect, IAM_ALLOW);
	a.attached[1].policy = NULL;
	iam_decide(&a.req, a.attached, 2, &d);
	assert_int_equal(d.reason, IAM_REASON_NO_BOUNDARY_ALLOW);
	ask_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statements_apply),
		cmocka_unit_test(policies_together),
		cmocka_unit_test(names_the_statement),
		cmocka_unit_test(every_resource_counts),
		cmocka_unit_test(no_document_allows_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
