/*
 * iam_bench: how long a decision takes under 1, 10 and 100 attached policies of
 * five statements each, with the context of a push.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "iam/policy.h"

#define RUN_MS 1000
#define BATCH 1000
#define MOST 100

#define A "111122223333"
#define INSTANCE "arn:aws:ec2:eu-lab-1:" A ":instance/i-0123456789abcdef0"
#define N(a) (sizeof(a) / sizeof(*(a)))

/* What an administrator's policies are like: one statement of five applies. */
static const char document[] =
	"{\"Version\":\"2012-10-17\",\"Statement\":["
	"{\"Effect\":\"Allow\",\"Action\":[\"ec2:DescribeInstances\",\"ec2:DescribeVpcs\"],"
	"\"Resource\":\"*\"},"
	"{\"Effect\":\"Allow\",\"Action\":\"ec2-instance-connect:SendSSHPublicKey\",\"Resource\":["
	"\"arn:aws:ec2:eu-lab-1:" A ":instance/i-00000000000000001\",\"" INSTANCE "\"],"
	"\"Condition\":{\"StringEquals\":{\"ec2:osuser\":[\"admin\",\"ec2-user\"]}}},"
	"{\"Effect\":\"Allow\",\"Action\":\"ec2-instance-connect:OpenTunnel\",\"Resource\":"
	"\"arn:aws:ec2:*:*:instance-connect-endpoint/*\",\"Condition\":{\"NumericEquals\":"
	"{\"ec2-instance-connect:remotePort\":\"22\"}}},"
	"{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"NotIpAddress\":"
	"{\"aws:SourceIp\":[\"192.0.2.0/24\",\"2001:db8::/32\"]}}},"
	"{\"Effect\":\"Allow\",\"Action\":\"iam:*AccessKey*\",\"Resource\":"
	"\"arn:aws:iam::*:user/${aws:username}\"}]}";

static const char *const context[][2] = {
	{ "aws:CurrentTime", "2026-01-02T03:04:05Z" },
	{ "aws:EpochTime", "1767323045" },
	{ "aws:SecureTransport", "true" },
	{ "aws:ViaAWSService", "false" },
	{ "aws:SourceIp", "192.0.2.77" },
	{ "aws:RequestedRegion", "eu-lab-1" },
	{ "aws:PrincipalArn", "arn:aws:iam::" A ":user/alice" },
	{ "aws:PrincipalAccount", A },
	{ "aws:PrincipalType", "User" },
	{ "aws:userid", "AIDA0123456789ABCDEF" },
	{ "aws:username", "alice" },
	{ "aws:UserAgent", "aws-cli/2.17.3 md/awscrt#0.20.11 ua/2.0 os/linux md/arch#x86_64" },
	{ "ec2:osuser", "ec2-user" },
	{ "aws:ResourceTag/Name", "web" },
	{ "ec2:ResourceTag/Name", "web" },
};

/* Of this process alone: it need not have the machine for itself. */
static int64_t
cpu_ms(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) != 0)
		return 0;
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static size_t
run(const struct iam_request *req, const struct iam_attached_policy *policies, size_t n)
{
	const int64_t started = cpu_ms();
	struct iam_decision d;
	size_t i, done = 0, allowed = 0;
	int64_t ms;

	do {
		for (i = 0; i < BATCH; i++) {
			iam_decide(req, policies, n, &d);
			allowed += d.effect == IAM_ALLOW ? 1 : 0;
		}
		done += BATCH;
		ms = cpu_ms() - started;
	} while (ms < RUN_MS);
	printf("%3zu policies: %9.0f decisions/s of CPU, %6.0f ns each\n", n,
	    (double)done * 1000 / (double)ms, (double)ms * 1e6 / (double)done);
	return done - allowed;
}

int
main(void)
{
	static const size_t sizes[] = { 1, 10, MOST };
	const struct iam_principal alice = { .type = IAM_USER,
		.arn = STR("arn:aws:iam::" A ":user/alice"), .account_id = STR(A),
		.user_id = STR("AIDA0123456789ABCDEF"), .name = STR("alice") };
	const struct str resource = STR(INSTANCE);
	struct iam_context_entry entries[N(context)];
	struct str values[N(context)];
	struct iam_attached_policy policies[MOST];
	struct iam_policy *parsed[MOST];
	struct iam_request req = { .principal = &alice,
		.action = STR("ec2-instance-connect:SendSSHPublicKey"), .resources = &resource,
		.n_resources = 1, .context = { entries, N(context) } };
	size_t i, wrong = 0;

	for (i = 0; i < N(context); i++) {
		values[i] = str_of(context[i][1]);
		entries[i] = (struct iam_context_entry){ str_of(context[i][0]), &values[i], 1 };
	}
	for (i = 0; i < MOST; i++) {
		if (iam_policy_parse(STR(document), IAM_IDENTITY_POLICY, &parsed[i], NULL) != 0)
			return 1;
		policies[i] = (struct iam_attached_policy){ IAM_IDENTITY_POLICY, STR("p"),
			parsed[i] };
	}
	for (i = 0; i < N(sizes); i++)
		wrong += run(&req, policies, sizes[i]);
	for (i = 0; i < MOST; i++)
		iam_policy_free(parsed[i]);
	return wrong == 0 ? 0 : 1;
}
