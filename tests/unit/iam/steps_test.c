/*
 * steps_test: counts what decisions take, and tests that one that would take more than it may is
 * denied, whatever the policies say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ask.h"
#include "base/alloc.h"

#define STATEMENT(effect, condition) \
	"{\"Effect\":\"" effect "\",\"Action\":\"*\",\"Resource\":\"*\"" condition "}"
#define MANY 95 /* patterns: as many as a session policy has room for */

static struct iam_policy *
parse(const struct buf *b, enum iam_policy_type type)
{
	struct iam_policy *p = NULL;
	struct errinfo ei = { "" };

	if (iam_policy_parse(buf_view(b), type, &p, &ei) != 0)
		fail_msg("%s", ei.text);
	return p;
}

/* A policy of one statement that allows everything if aws:UserAgent is like one of n patterns. */
static struct iam_policy *
like_many(const char *operator, const char * pattern, size_t n, enum iam_policy_type type)
{
	struct iam_policy *p;
	struct buf b;
	size_t i;

	buf_init(&b, 1 << 20);
	buf_c(&b, "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",");
	buf_c(&b, "\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"");
	buf_c(&b, operator);
	buf_c(&b, "\":{\"aws:UserAgent\":[");
	for (i = 0; i < n; i++) {
		buf_c(&b, i == 0 ? "\"" : ",\"");
		buf_c(&b, pattern);
		buf_c(&b, "\"");
	}
	buf_c(&b, "]}}}}");
	p = parse(&b, type);
	buf_release(&b);
	return p;
}

static struct iam_policy *
allow_all(enum iam_policy_type type)
{
	struct iam_policy *p;
	struct buf b;

	buf_init(&b, 1000);
	buf_c(&b, "{\"Statement\":" STATEMENT("Allow", "") "}");
	p = parse(&b, type);
	buf_release(&b);
	return p;
}

static const struct iam_principal alice = { .type = IAM_USER,
	.arn = { ASK_USER, sizeof(ASK_USER) - 1 },
	.account_id = { ASK_ACCOUNT, 12 },
	.user_id = { "AIDA0123456789ABCDEF", 20 },
	.name = { "alice", 5 } };

/* Decides for a user who is allowed everything, in a session under this policy, with headers of
 * these lengths, all of the letter a. */
static struct iam_decision
decide(const struct iam_policy *session, size_t n_agent, size_t n_referer, uint64_t max_steps)
{
	struct iam_policy *own = allow_all(IAM_IDENTITY_POLICY);
	const struct iam_attached_policy attached[] = {
		{ IAM_IDENTITY_POLICY, STR("own"), own },
		{ IAM_SESSION_POLICY, STR("session"), session },
	};
	const struct str resource = STR(ASK_INSTANCE);
	struct iam_context_entry entries[2];
	struct str agent, referer;
	struct iam_decision d;
	struct buf a, r;

	buf_init(&a, n_agent + 1);
	buf_init(&r, n_referer + 1);
	while (a.n < n_agent)
		buf_ch(&a, 'a');
	while (r.n < n_referer)
		buf_ch(&r, 'a');
	agent = buf_view(&a);
	referer = buf_view(&r);
	entries[0] = (struct iam_context_entry){ STR("aws:UserAgent"), &agent, 1 };
	entries[1] = (struct iam_context_entry){ STR("aws:Referer"), &referer, 1 };
	iam_decide(&(struct iam_request){ .principal = &alice,
		       .action = STR(ASK_PUSH),
		       .resources = &resource,
		       .n_resources = 1,
		       .context = { entries, 2 },
		       .max_steps = max_steps },
	    attached, 2, &d);
	iam_policy_free(own);
	buf_release(&a);
	buf_release(&r);
	return d;
}

/*
 * A session policy of 95 patterns, and headers as long as they are kept: 1,024 bytes each. This is
 * no reason to deny, and takes a small part of what a decision may take.
 */
static void
long_headers_are_compared(void **state)
{
	static const char *const patterns[] = { "*${aws:Referer}b", "*${aws:Referer}b*",
		"*${aws:Referer}*b*", "${aws:Referer}*b", "*a*a*a*a*${aws:Referer}*a*b" };
	struct iam_policy *p;
	struct iam_decision d;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		p = like_many("StringLike", patterns[i], MANY, IAM_SESSION_POLICY);
		d = decide(p, 1024, 1000, 0);
		assert_int_equal(d.effect, IAM_DENY);
		assert_int_equal(d.reason, IAM_REASON_NO_SESSION_ALLOW);
		if (d.steps < MANY * 1000 || d.steps > MANY * (uint64_t)(8 * 2100))
			fail_msg("%s: %llu steps", patterns[i], (unsigned long long)d.steps);
		iam_policy_free(p);
	}
}

/* With the headers as long as a request may have them. Who would be allowed is denied. */
static void
too_much_is_denied(void **state)
{
	struct iam_policy *p =
	    like_many("StringLike", "*${aws:Referer}b*", MANY, IAM_SESSION_POLICY);
	struct iam_policy *not =
	    like_many("StringNotLike", "*${aws:Referer}b*", MANY, IAM_SESSION_POLICY);
	struct iam_policy *one =
	    like_many("StringLike", "*${aws:Referer}a*", 1, IAM_SESSION_POLICY);
	struct iam_decision d;

	(void)state;
	d = decide(p, 24 << 10, 4000, 0);
	assert_int_equal(d.effect, IAM_DENY);
	assert_int_equal(d.reason, IAM_REASON_STEP_LIMIT);
	assert_int_equal(d.steps, IAM_MAX_STEPS);
	assert_true(str_eq_c(d.resource, ASK_INSTANCE));
	assert_true(str_eq_c(d.policy, ""));
	d = decide(not, 24 << 10, 4000, 0);
	assert_int_equal(d.effect, IAM_DENY);
	assert_int_equal(d.reason, IAM_REASON_STEP_LIMIT);
	d = decide(not, 100, 10, 0);
	assert_int_equal(d.effect, IAM_ALLOW);
	d = decide(one, 24 << 10, 4000, 0);
	assert_int_equal(d.effect, IAM_ALLOW);
	iam_policy_free(p);
	iam_policy_free(not );
	iam_policy_free(one);
}

/* Every limit below what a decision takes ends in a denial, and every one above in the decision. */
static void
each_limit_fails_closed(void **state)
{
	struct iam_policy *p = like_many("StringLike", "*${aws:Referer}?a", 1, IAM_SESSION_POLICY);
	const struct iam_decision whole = decide(p, 20, 5, 0);
	struct iam_decision d;
	uint64_t limit;

	(void)state;
	assert_int_equal(whole.effect, IAM_ALLOW);
	assert_in_range(whole.steps, 20, 400);
	for (limit = 1; limit <= whole.steps; limit++) {
		d = decide(p, 20, 5, limit);
		assert_int_equal(d.effect, IAM_DENY);
		assert_int_equal(d.reason, IAM_REASON_STEP_LIMIT);
		assert_int_equal(d.steps, limit);
	}
	d = decide(p, 20, 5, limit);
	assert_int_equal(d.effect, IAM_ALLOW);
	assert_int_equal(d.steps, whole.steps);
	iam_policy_free(p);
}

/* Keys of the same length as those of the policy, and lists on both sides. */
static void
every_loop_counts(void **state)
{
	enum { N = 200 };
	struct iam_policy *p = like_many("ForAllValues:StringEquals", "x", N, IAM_SESSION_POLICY);
	const struct iam_attached_policy attached = { IAM_SESSION_POLICY, STR("p"), p };
	struct iam_context_entry entries[N];
	const struct str resource = STR("*");
	struct str values[N];
	struct iam_decision d;
	size_t i;

	(void)state;
	for (i = 0; i < N; i++) {
		values[i] = STR("y");
		entries[i] = (struct iam_context_entry){ STR("aws:userAgenu"), values, N };
	}
	values[N - 1] = STR("x");
	entries[N - 1].key = STR("aws:useragent");
	for (i = 0; i < N - 1; i++)
		values[i] = STR("x");
	iam_decide(&(struct iam_request){ .principal = &alice,
		       .action = STR(ASK_PUSH),
		       .resources = &resource,
		       .n_resources = 1,
		       .context = { entries, N } },
	    &attached, 1, &d);
	/* The key is compared with each of the entries, and each value with the first. */
	assert_in_range(d.steps, N * 14 + N * 2, N * 14 + N * 8);
	for (i = 0; i < N; i++)
		values[i] = i == 0 ? STR("y") : STR("x");
	iam_decide(&(struct iam_request){ .principal = &alice,
		       .action = STR(ASK_PUSH),
		       .resources = &resource,
		       .n_resources = 1,
		       .context = { entries, N } },
	    &attached, 1, &d);
	/* One value is compared with all of the policy, and ends it. */
	assert_in_range(d.steps, N * 14 + N * 2, N * 14 + N * 5);
	iam_policy_free(p);
}

/* A hundred policies such as administrators write, for a push with its keys, stay far below what a
 * decision may take. */
static void
ordinary_policies_take_little(void **state)
{
	static const char *const keys[][2] = { { "aws:SourceIp", "192.0.2.77" },
		{ "aws:username", "alice" }, { "ec2:osuser", "ec2-user" },
		{ "aws:ResourceTag/Name", "web" }, { "ec2:ResourceTag/Name", "web" } };
	enum { N = 100, KEYS = sizeof(keys) / sizeof(*keys) };
	struct iam_attached_policy attached[N];
	struct iam_context_entry entries[KEYS];
	const struct str resource = STR(ASK_INSTANCE);
	struct iam_policy *p;
	struct str values[KEYS];
	struct iam_decision d;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 4096);
	buf_c(&b,
	    "{\"Version\":\"2012-10-17\",\"Statement\":["
	    "{\"Effect\":\"Allow\",\"Action\":[\"ec2:DescribeInstances\","
	    "\"ec2:DescribeVpcs\"],\"Resource\":\"*\"},"
	    "{\"Effect\":\"Allow\",\"Action\":\"" ASK_PUSH "\",\"Resource\":"
	    "[\"" ASK_INSTANCE "\",\"arn:aws:ec2:*:*:instance/i-1*\"],\"Condition\":"
	    "{\"StringEquals\":{\"ec2:osuser\":[\"admin\",\"root\"]}}},"
	    "{\"Effect\":\"Allow\",\"Action\":\"ec2-instance-connect:OpenTunnel\","
	    "\"Resource\":\"arn:aws:ec2:*:*:instance-connect-endpoint/*\"},"
	    "{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":"
	    "{\"NotIpAddress\":{\"aws:SourceIp\":[\"192.0.2.0/24\",\"2001:db8::/32\"]}}},"
	    "{\"Effect\":\"Allow\",\"Action\":\"iam:*AccessKey*\",\"Resource\":"
	    "\"arn:aws:iam::*:user/${aws:username}\"}]}");
	p = parse(&b, IAM_IDENTITY_POLICY);
	buf_release(&b);
	for (i = 0; i < N; i++)
		attached[i] = (struct iam_attached_policy){ IAM_IDENTITY_POLICY, STR("p"), p };
	for (i = 0; i < KEYS; i++) {
		values[i] = str_of(keys[i][1]);
		entries[i] = (struct iam_context_entry){ str_of(keys[i][0]), &values[i], 1 };
	}
	iam_decide(&(struct iam_request){ .principal = &alice,
		       .action = STR(ASK_PUSH),
		       .resources = &resource,
		       .n_resources = 1,
		       .context = { entries, KEYS } },
	    attached, N, &d);
	assert_int_equal(d.reason, IAM_REASON_NO_IDENTITY_ALLOW);
	assert_in_range(d.steps, N * 5, IAM_MAX_STEPS / 128);
	iam_policy_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(long_headers_are_compared),
		cmocka_unit_test(too_much_is_denied),
		cmocka_unit_test(each_limit_fails_closed),
		cmocka_unit_test(every_loop_counts),
		cmocka_unit_test(ordinary_policies_take_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
