/*
 * policy_fuzz: parses any bytes as a policy. A refusal must be printable ASCII. A policy that is
 * accepted must be able to decide, each of its statements must be a policy too, and so must a
 * trust policy whose principals were renamed.
 */
#include <assert.h>
#include <stdint.h>

#include "iam/document.h"
#include "iam/explain.h"
#include "iam/rebind.h"

#define A "123456789012"
#define MOST 8 /* statements that are written and read again */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct iam_principal who[] = {
	{ .type = IAM_USER,
	    .arn = { "arn:aws:iam::" A ":user/alice", 30 },
	    .account_id = { A, 12 },
	    .user_id = { "AIDA0123456789ABCDEF", 20 },
	    .name = { "alice", 5 } },
	{ .type = IAM_ASSUMED_ROLE,
	    .arn = { "arn:aws:sts::" A ":assumed-role/R/s", 42 },
	    .account_id = { A, 12 },
	    .user_id = { "AROA0123456789ABCDEF:s", 22 },
	    .name = { "s", 1 },
	    .role_arn = { "arn:aws:iam::" A ":role/R", 32 } },
};

static const struct str values[] = { { "alice", 5 }, { "192.0.2.1", 9 }, { "a", 1 }, { "b", 1 },
	{ "22", 2 } };
static const struct iam_context_entry entries[] = {
	{ { "aws:username", 12 }, &values[0], 1 },
	{ { "aws:SourceIp", 12 }, &values[1], 1 },
	{ { "aws:TagKeys", 11 }, &values[2], 2 },
	{ { "ec2:osuser", 10 }, &values[0], 1 },
	{ { "a:b", 3 }, &values[4], 1 },
};

static void
check_decision(const struct iam_request *req, const struct iam_attached_policy *p, size_t n)
{
	struct iam_decision d;
	struct buf b;

	iam_decide(req, p, n, &d);
	assert(d.reason != IAM_REASON_MALFORMED && d.reason != IAM_REASON_ROOT);
	assert((d.effect == IAM_ALLOW) == (d.reason == IAM_REASON_ALLOW_STATEMENT));
	assert(d.effect == IAM_ALLOW || d.resource.n > 0);
	if (d.reason == IAM_REASON_ALLOW_STATEMENT || d.reason == IAM_REASON_EXPLICIT_DENY)
		assert(d.policy_at < n && d.statement < p[d.policy_at].policy->n);
	buf_init(&b, 1 << 22);
	iam_explain_write(&b, req, p, n, &d);
	assert(buf_err(&b) == 0);
	buf_release(&b);
}

static void
ask(const struct iam_policy *p, enum iam_policy_type type)
{
	const struct str resources[] = { STR("arn:aws:ec2:eu-lab-1:" A ":instance/i-0123"),
		STR("*"), STR("arn:aws:iam::" A ":user/alice") };
	const struct iam_attached_policy policy = { type, STR("p"), p };
	struct iam_request req = { .n_resources = 1, .context = { entries, 5 } };
	size_t i;

	for (i = 0; i < 6; i++) {
		req.principal = &who[i % 2];
		req.resources = &resources[i / 2];
		req.action =
		    i < 3 ? STR("ec2-instance-connect:SendSSHPublicKey") : STR("iam:GetUser");
		check_decision(&req, &policy, 1);
	}
}

/* If it does not fit, buf_err says so. */
static void
statement_write(const struct iam_policy *p, size_t i, struct buf *b)
{
	struct jsonw w;

	jsonw_init(&w, b);
	document_value_write(&w, document_statement(p, i));
	(void)!jsonw_finish(&w);
}

/* The text of a statement, read in this version, gives the same text. */
static bool
reads_again(struct str statement, const char *version, enum iam_policy_type type)
{
	struct iam_policy *p = NULL;
	struct buf b;
	bool r;

	buf_init(&b, IAM_POLICY_MAX_BYTES);
	buf_fmt(&b, "{\"Version\":\"%s\",\"Statement\":", version);
	buf_str(&b, statement);
	buf_c(&b, "}");
	/* Escapes can make it longer than what it was read from. */
	r = buf_err(&b) != 0 || iam_policy_parse(buf_view(&b), type, &p, NULL) == 0;
	buf_clear(&b);
	if (p != NULL) {
		statement_write(p, 0, &b);
		assert(str_eq(buf_view(&b), statement));
	}
	iam_policy_free(p);
	buf_release(&b);
	return r;
}

static void
write_and_read(const struct iam_policy *p, enum iam_policy_type type)
{
	struct buf b;
	size_t i;

	for (i = 0; i < p->n && i < MOST; i++) {
		buf_init(&b, 8 * IAM_POLICY_MAX_BYTES);
		statement_write(p, i, &b);
		assert(buf_err(&b) == 0);
		assert(reads_again(buf_view(&b), "2012-10-17", type) ||
		    reads_again(buf_view(&b), "2008-10-17", type));
		buf_release(&b);
	}
}

static int
give_id(void *ctx, struct str text, struct str *ret)
{
	bool *all = ctx;

	assert(text.n > 0);
	if (*all || str_starts(text, STR("arn:")))
		*ret = who[0].user_id;
	return 0;
}

/* With ids for all of its principals, or for some. */
static void
rename_and_read(struct str document, bool all)
{
	struct iam_policy *p = NULL;
	bool changed, again;
	struct buf b, same;

	buf_init(&b, 8 * IAM_POLICY_MAX_BYTES);
	buf_init(&same, 8 * IAM_POLICY_MAX_BYTES);
	assert(rebind(document, give_id, &all, &b, &changed) == 0);
	if (b.n <= IAM_POLICY_MAX_BYTES) {
		assert(iam_policy_parse(buf_view(&b), IAM_RESOURCE_POLICY, &p, NULL) == 0);
		assert(rebind(buf_view(&b), give_id, &all, &same, &again) == 0 && !again);
		assert(str_eq(buf_view(&b), buf_view(&same)));
	}
	iam_policy_free(p);
	buf_release(&same);
	buf_release(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum iam_policy_type type;
	struct iam_policy *p;
	struct errinfo ei = { "" };
	const struct str *keys;
	size_t i, n;

	if (size == 0)
		return 0;
	type = data[0] == 't' ? IAM_RESOURCE_POLICY : IAM_IDENTITY_POLICY;
	if (iam_policy_parse(str_of_n(data + 1, size - 1), type, &p, &ei) != 0) {
		assert(ei.text[0] != '\0');
		for (i = 0; ei.text[i] != '\0'; i++)
			assert(ei.text[i] >= 0x20 && ei.text[i] < 0x7f);
		return 0;
	}
	assert(p->n > 0);
	n = iam_policy_context_keys(p, &keys);
	for (i = 1; i < n; i++)
		assert(!str_eq_nocase(keys[i - 1], keys[i]));
	ask(p, type);
	write_and_read(p, type);
	if (type == IAM_RESOURCE_POLICY) {
		rename_and_read(str_of_n(data + 1, size - 1), true);
		rename_and_read(str_of_n(data + 1, size - 1), false);
	}
	iam_policy_free(p);
	return 0;
}
