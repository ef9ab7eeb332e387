/* explain_test: tests the message that DecodeAuthorizationMessage returns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ask.h"
#include "iam/explain.h"

#define ITEMS(s) "{\"items\":[" s "]}"
#define VALUE(s) ITEMS("{\"value\":\"" s "\"}")
#define CONTEXT(id, arn, keys) \
	"\"context\":{\"principal\":{\"id\":\"" id "\",\"arn\":\"" arn "\"}," \
	"\"action\":\"" ASK_PUSH "\",\"resource\":\"" ASK_INSTANCE "\"," \
	"\"conditions\":" ITEMS(keys) "}"
#define ID IAM_IDENTITY_POLICY
#define ALICE "AIDA0123456789ABCDEF"
#define ALLOW_ALL "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}"

/* The texts stand as they are read, with the macros between them. */
/* clang-format off */
static const struct {
	struct ask q;
	const char *message;
} rows[] = {
	{ { .policies = { { ID, "{\"Statement\":[" ALLOW_ALL ",{\"Sid\":\"NoPush\","
	      "\"Effect\":\"Deny\",\"NotAction\":[\"s3:*\",\"ec2:*\"],\"NotResource\":"
	      "\"arn:aws:s3:::*\",\"Condition\":{\"NumericLessThan\":{\"a:b\":[1.5,2,\"3\"]},"
	      "\"Bool\":{\"c:d\":true}}}]}" } },
	    .context = "a:b=1;c:d=true;e:f=x|y;g:h" },
	    "{\"allowed\":false,\"explicitDeny\":true,\"matchedStatements\":"
	    ITEMS("{\"statementId\":\"NoPush\",\"effect\":\"DENY\",\"principals\":" VALUE(ALICE)
	    ",\"principalGroups\":" ITEMS("") ",\"notActions\":"
	    ITEMS("{\"value\":\"s3:*\"},{\"value\":\"ec2:*\"}") ",\"notResources\":"
	    VALUE("arn:aws:s3:::*") ",\"conditions\":" ITEMS("{\"operator\":\"NumericLessThan\","
	    "\"key\":\"a:b\",\"values\":" ITEMS("{\"value\":\"1.5\"},{\"value\":\"2\"},"
	    "{\"value\":\"3\"}") "},{\"operator\":\"Bool\",\"key\":\"c:d\",\"values\":"
	    VALUE("true") "}") "}") ",\"failures\":" ITEMS("") ","
	    CONTEXT(ALICE, ASK_USER, "{\"key\":\"a:b\",\"values\":" VALUE("1") "},"
	    "{\"key\":\"c:d\",\"values\":" VALUE("true") "},{\"key\":\"e:f\",\"values\":"
	    ITEMS("{\"value\":\"x\"},{\"value\":\"y\"}") "},{\"key\":\"g:h\",\"values\":"
	    ITEMS("") "}")
	    ",\"reason\":\"ExplicitDeny\",\"policy\":\"p0\",\"policyType\":\"IdentityPolicy\","
	    "\"statement\":1}" },
	{ { .policies = { { ID, "{\"Statement\":" ALLOW_ALL "}" } } },
	    "{\"allowed\":true,\"explicitDeny\":false,\"matchedStatements\":"
	    ITEMS("{\"statementId\":\"\",\"effect\":\"ALLOW\",\"principals\":" VALUE(ALICE)
	    ",\"principalGroups\":" ITEMS("") ",\"actions\":" VALUE("*") ",\"resources\":"
	    VALUE("*") ",\"conditions\":" ITEMS("") "}") ",\"failures\":" ITEMS("") ","
	    CONTEXT(ALICE, ASK_USER, "") ",\"reason\":\"AllowStatement\",\"policy\":\"p0\","
	    "\"policyType\":\"IdentityPolicy\",\"statement\":0}" },
	{ { .arn = ASK_SESSION, .policies = { { ID, "{\"Statement\":{"
	    "\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}}" } } },
	    "{\"allowed\":false,\"explicitDeny\":false,\"matchedStatements\":" ITEMS("")
	    ",\"failures\":" ITEMS("") "," CONTEXT("AROA0123456789ABCDEF:s", ASK_SESSION, "")
	    ",\"reason\":\"NoIdentityAllow\"}" },
	{ { .arn = ASK_ROOT }, "{\"allowed\":true,\"explicitDeny\":false,\"matchedStatements\":"
	    ITEMS("") ",\"failures\":" ITEMS("") "," CONTEXT(ASK_ACCOUNT, ASK_ROOT, "")
	    ",\"reason\":\"Root\"}" },
};
/* clang-format on */

static void
explains(void **state)
{
	struct ask_answer a;
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_init(&b, 8192);
		ask(&rows[i].q, &a);
		iam_explain_write(&b, &a.req, a.attached, a.n, &a.d);
		assert_int_equal(buf_err(&b), 0);
		if (!str_eq_c(buf_view(&b), rows[i].message))
			fail_msg("row %zu:\n%.*s\nnot\n%s", i, STR_FMT(buf_view(&b)),
			    rows[i].message);
		ask_release(&a);
		buf_release(&b);
	}
}

static void
says_when_it_does_not_fit(void **state)
{
	struct ask_answer a;
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	ask(&rows[0].q, &a);
	iam_explain_write(&b, &a.req, a.attached, a.n, &a.d);
	assert_int_equal(buf_err(&b), ERR_TOOBIG);
	ask_release(&a);
	buf_release(&b);
}

/* A request that could not be decided on, and a decision of other policies. */
static void
explains_what_is_not_there(void **state)
{
	const struct iam_request req = { .action = STR("x") };
	struct iam_decision d;
	struct buf b;

	(void)state;
	iam_decide(&req, NULL, 0, &d);
	buf_init(&b, 1000);
	iam_explain_write(&b, &req, NULL, 0, &d);
	assert_true(str_ends(buf_view(&b), STR("\"reason\":\"Malformed\"}")));
	buf_clear(&b);
	d.reason = IAM_REASON_EXPLICIT_DENY;
	iam_explain_write(&b, &req, NULL, 0, &d);
	assert_true(str_ends(buf_view(&b), STR("\"reason\":\"ExplicitDeny\"}")));
	buf_clear(&b);
	d.policy = STR("named");
	iam_explain_write(&b, &req, NULL, 0, &d);
	assert_true(str_ends(buf_view(&b),
	    STR("\"policy\":\"named\",\"policyType\":"
		"\"IdentityPolicy\",\"statement\":0}")));
	buf_release(&b);
}

static void
names_the_limit_of_steps(void **state)
{
	struct iam_decision d;
	struct ask_answer a;
	struct buf b;

	(void)state;
	buf_init(&b, 8192);
	ask(&rows[1].q, &a);
	a.req.max_steps = 1;
	iam_decide(&a.req, a.attached, a.n, &d);
	iam_explain_write(&b, &a.req, a.attached, a.n, &d);
	assert_true(str_starts(buf_view(&b),
	    STR("{\"allowed\":false,\"explicitDeny\":false,\"matchedStatements\":" ITEMS(""))));
	assert_true(str_ends(buf_view(&b), STR("\"reason\":\"StepLimit\"}")));
	ask_release(&a);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(explains),
		cmocka_unit_test(says_when_it_does_not_fit),
		cmocka_unit_test(explains_what_is_not_there),
		cmocka_unit_test(names_the_limit_of_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
