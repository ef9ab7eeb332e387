/*
 * iam_test: tests decisions for all kinds of principal, also without any policy, and the text that
 * explains a denial.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "iam/iam.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define A "123456789012"
#define OTHER "210987654321"
#define INSTANCE "arn:aws:ec2:eu-lab-1:" A ":instance/i-0123456789abcdef0"
#define FOREIGN "arn:aws:ec2:eu-lab-1:" OTHER ":instance/i-0123456789abcdef0"
#define PUSH "ec2-instance-connect:SendSSHPublicKey"

static const struct iam_principal root = { IAM_ROOT, { "arn:aws:iam::" A ":root", 30 }, { A, 12 },
	{ A, 12 }, { "", 0 }, { "", 0 } };

struct row {
	enum iam_principal_type type;
	const char *arn, *account, *action;
	const char *resources[3];
	enum iam_effect effect;
	enum iam_reason reason;
	const char *resource; /* that decided */
};

#define ROOT IAM_ROOT, "arn:aws:iam::" A ":root", A
#define USER IAM_USER, "arn:aws:iam::" A ":user/alice", A
#define ROLE IAM_ASSUMED_ROLE, "arn:aws:sts::" A ":assumed-role/R/s", A

static const struct row rows[] = {
	{ ROOT, PUSH, { INSTANCE }, IAM_ALLOW, IAM_REASON_ROOT, "" },
	{ ROOT, "ec2:DescribeInstances", { "*" }, IAM_ALLOW, IAM_REASON_ROOT, "" },
	{ ROOT, "ec2:RunInstances",
	    { INSTANCE, "arn:aws:ec2:eu-lab-1:" A ":subnet/subnet-1",
		"arn:aws:ec2:eu-lab-1::image/ami-1" },
	    IAM_ALLOW, IAM_REASON_ROOT, "" },
	{ ROOT, "iam:AttachUserPolicy", { "arn:aws:iam::aws:policy/EC2InstanceConnect" }, IAM_ALLOW,
	    IAM_REASON_ROOT, "" },
	{ ROOT, "sts:GetCallerIdentity", { "*" }, IAM_ALLOW, IAM_REASON_ROOT, "" },

	{ USER, PUSH, { INSTANCE }, IAM_DENY, IAM_REASON_NO_IDENTITY_ALLOW, INSTANCE },
	{ USER, "ec2:DescribeInstances", { "*" }, IAM_DENY, IAM_REASON_NO_IDENTITY_ALLOW, "*" },
	{ ROLE, PUSH, { INSTANCE }, IAM_DENY, IAM_REASON_NO_IDENTITY_ALLOW, INSTANCE },
	{ IAM_USER, "arn:aws:iam::" A ":root", A, PUSH, { INSTANCE }, IAM_DENY,
	    IAM_REASON_NO_IDENTITY_ALLOW, INSTANCE },
	{ IAM_ROOT, "arn:aws:iam::" A ":user/root", A, PUSH, { INSTANCE }, IAM_DENY,
	    IAM_REASON_NO_IDENTITY_ALLOW, INSTANCE },
	{ IAM_ROOT, "arn:aws:ec2::" A ":root", A, PUSH, { INSTANCE }, IAM_DENY,
	    IAM_REASON_NO_IDENTITY_ALLOW, INSTANCE },
	{ ROOT, PUSH, { FOREIGN }, IAM_DENY, IAM_REASON_OTHER_ACCOUNT, FOREIGN },
	{ ROOT, PUSH, { INSTANCE, FOREIGN }, IAM_DENY, IAM_REASON_OTHER_ACCOUNT, FOREIGN },
	{ USER, PUSH, { FOREIGN }, IAM_DENY, IAM_REASON_OTHER_ACCOUNT, FOREIGN },

	{ IAM_ROOT, "arn:aws:iam::" OTHER ":root", A, PUSH, { INSTANCE }, IAM_DENY,
	    IAM_REASON_MALFORMED, "" },
	{ IAM_ROOT, "arn:aws:iam::" A ":root", "1234", PUSH, { INSTANCE }, IAM_DENY,
	    IAM_REASON_MALFORMED, "" },
	{ IAM_ROOT, "root", A, PUSH, { INSTANCE }, IAM_DENY, IAM_REASON_MALFORMED, "" },
	{ IAM_ROOT, "", "", PUSH, { INSTANCE }, IAM_DENY, IAM_REASON_MALFORMED, "" },
	{ ROOT, "", { INSTANCE }, IAM_DENY, IAM_REASON_MALFORMED, "" },
	{ ROOT, "SendSSHPublicKey", { INSTANCE }, IAM_DENY, IAM_REASON_MALFORMED, "" },
	{ ROOT, "ec2:", { INSTANCE }, IAM_DENY, IAM_REASON_MALFORMED, "" },
	{ ROOT, ":Describe", { INSTANCE }, IAM_DENY, IAM_REASON_MALFORMED, "" },
	{ ROOT, "ec2:*", { INSTANCE }, IAM_DENY, IAM_REASON_MALFORMED, "" },
	{ ROOT, "ec2:Describe Instances", { INSTANCE }, IAM_DENY, IAM_REASON_MALFORMED, "" },
	{ ROOT, PUSH, { NULL }, IAM_DENY, IAM_REASON_MALFORMED, "" },
	{ ROOT, PUSH, { "i-0123456789abcdef0" }, IAM_DENY, IAM_REASON_MALFORMED,
	    "i-0123456789abcdef0" },
	{ ROOT, PUSH, { INSTANCE, "*" }, IAM_DENY, IAM_REASON_MALFORMED, "*" },
	{ ROOT, PUSH, { "" }, IAM_DENY, IAM_REASON_MALFORMED, "" },
};

static void
decides(void **state)
{
	struct iam_decision d;
	struct str resources[3];
	size_t i, n;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		const struct row *r = &rows[i];
		struct iam_principal p = { .type = r->type,
			.arn = str_of(r->arn),
			.account_id = str_of(r->account) };

		for (n = 0; n < 3 && r->resources[n] != NULL; n++)
			resources[n] = str_of(r->resources[n]);
		iam_decide(&(struct iam_request){ .principal = &p,
			       .action = str_of(r->action),
			       .resources = resources,
			       .n_resources = n },
		    NULL, 0, &d);
		if (d.effect != r->effect || d.reason != r->reason ||
		    !str_eq_c(d.resource, r->resource))
			fail_msg("row %zu: %d, reason %d, \"%.*s\"", i, (int)d.effect,
			    (int)d.reason, STR_FMT(d.resource));
	}
}

static void
nobody_is_denied(void **state)
{
	const struct str resource = STR(INSTANCE);
	const struct iam_request req = { .action = STR(PUSH),
		.resources = &resource,
		.n_resources = 1 };
	struct iam_decision d;

	(void)state;
	iam_decide(&req, NULL, 0, &d);
	assert_int_equal(d.effect, IAM_DENY);
	assert_int_equal(d.reason, IAM_REASON_MALFORMED);
}

/* A policy that nobody evaluates allows nothing. */
static void
policies_allow_nothing(void **state)
{
	const struct iam_principal user = { .type = IAM_USER,
		.arn = STR("arn:aws:iam::" A ":user/alice"),
		.account_id = STR(A) };
	const struct iam_attached_policy policy = { .type = IAM_IDENTITY_POLICY,
		.name = STR("AdministratorAccess") };
	const struct str resource = STR(INSTANCE);
	struct iam_request req = { .principal = &user,
		.action = STR(PUSH),
		.resources = &resource,
		.n_resources = 1 };
	struct iam_decision d;

	(void)state;
	iam_decide(&req, &policy, 1, &d);
	assert_int_equal(d.effect, IAM_DENY);
	assert_int_equal(d.reason, IAM_REASON_NO_IDENTITY_ALLOW);
	req.principal = &root;
	iam_decide(&req, &policy, 1, &d);
	assert_int_equal(d.effect, IAM_ALLOW);
}

static void
tells_why(void **state)
{
	static const char said[] = "User: arn:aws:iam::" A ":user/alice is not authorized to "
				   "perform: " PUSH " on resource: " INSTANCE;
	static const struct {
		enum iam_reason reason;
		enum iam_policy_type type;
		const char *tail;
	} tails[] = {
		{ IAM_REASON_NO_IDENTITY_ALLOW, IAM_IDENTITY_POLICY,
		    " because no identity-based policy allows the " PUSH " action" },
		{ IAM_REASON_NO_BOUNDARY_ALLOW, IAM_PERMISSIONS_BOUNDARY,
		    " because no permissions boundary allows the " PUSH " action" },
		{ IAM_REASON_NO_SESSION_ALLOW, IAM_SESSION_POLICY,
		    " because no session policy allows the " PUSH " action" },
		{ IAM_REASON_OTHER_ACCOUNT, IAM_RESOURCE_POLICY,
		    " because no resource-based policy allows the " PUSH " action" },
		{ IAM_REASON_EXPLICIT_DENY, IAM_IDENTITY_POLICY,
		    " with an explicit deny in an identity-based policy" },
		{ IAM_REASON_EXPLICIT_DENY, IAM_PERMISSIONS_BOUNDARY,
		    " with an explicit deny in a permissions boundary" },
		{ IAM_REASON_EXPLICIT_DENY, IAM_SESSION_POLICY,
		    " with an explicit deny in a session policy" },
		{ IAM_REASON_EXPLICIT_DENY, IAM_RESOURCE_POLICY,
		    " with an explicit deny in a resource-based policy" },
		{ IAM_REASON_MALFORMED, IAM_IDENTITY_POLICY, "" },
	};
	const struct iam_principal user = { .type = IAM_USER,
		.arn = STR("arn:aws:iam::" A ":user/alice"),
		.account_id = STR(A) };
	const struct str resource = STR(INSTANCE);
	const struct iam_request req = { .principal = &user,
		.action = STR(PUSH),
		.resources = &resource,
		.n_resources = 1 };
	struct iam_decision d = { 0 };
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 1024);
	for (i = 0; i < N(tails); i++) {
		buf_clear(&b);
		d.reason = tails[i].reason;
		d.policy_type = tails[i].type;
		iam_denial_write(&b, &req, &d);
		assert_true(str_starts(buf_view(&b), STR(said)));
		assert_true(str_eq_c(str_from(buf_view(&b), sizeof(said) - 1), tails[i].tail));
	}
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decides),
		cmocka_unit_test(nobody_is_denied),
		cmocka_unit_test(policies_allow_nothing),
		cmocka_unit_test(tells_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
