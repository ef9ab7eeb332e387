/*
 * iam_bench: how long a decision takes under 1, 10 and 100 attached policies of
 * five statements each, with the context of a push; beside it, in the same run, the
 * naive evaluator of tests/unit/iam, which walks the JSON of each policy for each
 * decision, and one that parses it for each decision too. Then what it costs to
 * parse a policy of 6,144 characters, the most that a managed one has.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "base/alloc.h"
#include "iam/document.h"
#include "naive.h"

#define SLICE_MS 300
#define ROUNDS 3 /* of each in turn; the best counts */
#define MOST 100
#define POLICY_CHARACTERS 6144

#define A "111122223333"
#define INSTANCE "arn:aws:ec2:eu-lab-1:" A ":instance/i-0123456789abcdef0"
#define N(a) (sizeof(a) / sizeof(*(a)))

/* What an administrator's policies are like; the two places are an instance. */
static const char document[] =
    "{\"Version\":\"2012-10-17\",\"Statement\":["
    "{\"Effect\":\"Allow\",\"Action\":[\"ec2:DescribeInstances\",\"ec2:DescribeVpcs\"],"
    "\"Resource\":\"*\"},"
    "{\"Effect\":\"Allow\",\"Action\":\"ec2-instance-connect:SendSSHPublicKey\",\"Resource\":["
    "\"arn:aws:ec2:eu-lab-1:" A ":instance/i-%017zx\",\"%s\"],"
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

/* Policies as each of the three has them. */
struct bench {
	struct iam_request req;
	char *text[MOST];
	struct iam_policy *compiled[MOST];
	struct json *docs[MOST];
	struct iam_attached_policy attached[MOST];
	struct naive_policy plain[MOST];
	size_t n; /* of them that are attached */
};

typedef enum iam_effect (*decide_fn)(struct bench *b);

static enum iam_effect
by_engine(struct bench *b)
{
	struct iam_decision d;

	iam_decide(&b->req, b->attached, b->n, &d);
	return d.effect;
}

static enum iam_effect
by_walking(struct bench *b)
{
	return naive_decide(&b->req, b->plain, b->n).effect;
}

static enum iam_effect
by_parsing(struct bench *b)
{
	struct naive_policy fresh[MOST];
	struct json *docs[MOST];
	enum iam_effect effect;
	size_t i;

	for (i = 0; i < b->n; i++) {
		if (json_parse(str_of(b->text[i]), 65536, 16, &docs[i], NULL) != 0)
			abort();
		fresh[i] = (struct naive_policy){ IAM_IDENTITY_POLICY, docs[i] };
	}
	effect = naive_decide(&b->req, fresh, b->n).effect;
	for (i = 0; i < b->n; i++)
		json_free(docs[i]);
	return effect;
}

/* Of this process alone: it need not have the machine for itself. */
static int64_t
cpu_us(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) != 0)
		return 0;
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Nanoseconds for one decision; all have to come out the same. */
static double
slice(struct bench *b, decide_fn decide, size_t batch, enum iam_effect wanted)
{
	const int64_t started = cpu_us();
	size_t done = 0, i;
	int64_t us;

	do {
		for (i = 0; i < batch; i++)
			if (decide(b) != wanted)
				abort();
		done += batch;
		us = cpu_us() - started;
	} while (us < SLICE_MS * 1000);
	return (double)us * 1e3 / (double)done;
}

static void
compare(struct bench *b, size_t n, const char *what, enum iam_effect wanted)
{
	double best[3] = { 1e18, 1e18, 1e18 }, ns[3];
	int round, i;

	b->n = n;
	for (round = 0; round < ROUNDS; round++) {
		ns[0] = slice(b, by_engine, 1000, wanted);
		ns[1] = slice(b, by_walking, 10, wanted);
		ns[2] = slice(b, by_parsing, 10, wanted);
		for (i = 0; i < 3; i++)
			best[i] = ns[i] < best[i] ? ns[i] : best[i];
	}
	printf("%3zu policies, %-17s %7.0f ns, %8.0f decisions/s;"
	       " walking the JSON %8.0f ns (%.0f x), parsing it each time %9.0f ns (%.0f x)\n",
	    n, what, best[0], 1e9 / best[0], best[1], best[1] / best[0], best[2],
	    best[2] / best[0]);
}

/* --- parsing ------------------------------------------------------------- */

/* Statements of the same kind, up to the quota to the character. */
static void
write_longest(struct buf *b)
{
	size_t i;

	buf_c(b, "{\"Version\":\"2012-10-17\",\"Statement\":[");
	for (i = 0; b->n < POLICY_CHARACTERS - 400; i++)
		buf_fmt(b,
		    "{\"Effect\":\"Allow\",\"Action\":\"ec2-instance-connect:Send*\","
		    "\"Resource\":\"arn:aws:ec2:*:" A ":instance/i-%017zx\",\"Condition\":"
		    "{\"StringEquals\":{\"ec2:osuser\":\"${aws:username}\"},\"IpAddress\":"
		    "{\"aws:SourceIp\":\"192.0.2.0/24\"}}},",
		    i);
	buf_c(b, "{\"Effect\":\"Allow\",\"Action\":\"ec2:Describe*\",\"Resource\":\"*\"}]}");
	while (b->n < POLICY_CHARACTERS)
		buf_ch(b, ' ');
}

static void
time_parsing(void)
{
	const int64_t started = cpu_us();
	struct iam_policy *p;
	struct json *doc;
	struct buf b;
	size_t done = 0, statements;
	int64_t us, middle;

	buf_init(&b, POLICY_CHARACTERS);
	write_longest(&b);
	do {
		if (iam_policy_parse(buf_view(&b), IAM_IDENTITY_POLICY, &p, NULL) != 0)
			abort();
		statements = p->n;
		iam_policy_free(p);
		done++;
		us = cpu_us() - started;
	} while (us < SLICE_MS * 1000);
	middle = cpu_us();
	for (size_t i = 0; i < done; i++) {
		if (json_parse(buf_view(&b), 65536, 16, &doc, NULL) != 0)
			abort();
		json_free(doc);
	}
	printf("a policy of %zu characters, %zu statements: parsed and compiled in %.1f us,"
	       " of which JSON %.1f us\n",
	    b.n, statements, (double)us / (double)done, (double)(cpu_us() - middle) / (double)done);
	buf_release(&b);
}

/* --- set up -------------------------------------------------------------- */

/* The policy at i, which speaks of the instance that is pushed to, or of others. */
static void
put_policy(struct bench *b, size_t i, bool speaks)
{
	struct buf text;

	buf_init(&text, 8192);
	buf_fmt(&text, document, i,
	    speaks ? INSTANCE : "arn:aws:ec2:eu-lab-1:" A ":instance/i-0123456789abcdeff");
	iam_policy_free(b->compiled[i]);
	json_free(b->docs[i]);
	xfree(b->text[i]);
	if (iam_policy_parse(buf_view(&text), IAM_IDENTITY_POLICY, &b->compiled[i], NULL) != 0 ||
	    json_parse(buf_view(&text), 65536, 16, &b->docs[i], NULL) != 0)
		abort();
	b->text[i] = str_dup(buf_view(&text));
	b->attached[i] =
	    (struct iam_attached_policy){ IAM_IDENTITY_POLICY, STR("p"), b->compiled[i] };
	b->plain[i] = (struct naive_policy){ IAM_IDENTITY_POLICY, b->docs[i] };
	buf_release(&text);
}

int
main(void)
{
	static const size_t sizes[] = { 1, 10, MOST };
	static struct bench b;
	const struct iam_principal alice = { .type = IAM_USER,
		.arn = STR("arn:aws:iam::" A ":user/alice"),
		.account_id = STR(A),
		.user_id = STR("AIDA0123456789ABCDEF"),
		.name = STR("alice") };
	const struct str resource = STR(INSTANCE);
	struct iam_context_entry entries[N(context)];
	struct str values[N(context)];
	size_t i;

	for (i = 0; i < N(context); i++) {
		values[i] = str_of(context[i][1]);
		entries[i] = (struct iam_context_entry){ str_of(context[i][0]), &values[i], 1 };
	}
	b.req = (struct iam_request){ .principal = &alice,
		.action = STR("ec2-instance-connect:SendSSHPublicKey"),
		.resources = &resource,
		.n_resources = 1,
		.context = { entries, N(context) } };
	for (i = 0; i < MOST; i++)
		put_policy(&b, i, false);
	for (i = 0; i < N(sizes); i++) {
		compare(&b, sizes[i], "none allows:", IAM_DENY);
		put_policy(&b, sizes[i] - 1, true);
		compare(&b, sizes[i], "the last allows:", IAM_ALLOW);
		put_policy(&b, sizes[i] - 1, false);
	}
	time_parsing();
	for (i = 0; i < MOST; i++) {
		iam_policy_free(b.compiled[i]);
		json_free(b.docs[i]);
		xfree(b.text[i]);
	}
	return 0;
}
