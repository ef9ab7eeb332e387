/*
 * condition_fuzz: uses "OPERATOR \n VALUE \n VALUE OF THE REQUEST" as a condition. The operator
 * and its opposite must give opposite results, and the parsers of values must agree with
 * themselves. With "glob" as operator it compares iam/glob with a slower matcher.
 */
#include <assert.h>
#include <stdint.h>

#include "base/alloc.h"
#include "codec/jsonw.h"
#include "iam/cidr.h"
#include "iam/decimal.h"
#include "iam/glob.h"
#include "iam/moment.h"
#include "iam/policy.h"

#define A "123456789012"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const opposites[][2] = {
	{ "StringEquals", "StringNotEquals" },
	{ "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase" },
	{ "StringLike", "StringNotLike" },
	{ "NumericEquals", "NumericNotEquals" },
	{ "DateEquals", "DateNotEquals" },
	{ "IpAddress", "NotIpAddress" },
	{ "ArnLike", "ArnNotLike" },
};

static struct iam_policy *
policy(const char *op, struct str value)
{
	struct iam_policy *p = NULL;
	struct jsonw w;
	struct buf b;

	buf_init(&b, IAM_POLICY_MAX_BYTES);
	jsonw_init(&w, &b);
	jsonw_object(&w);
	jsonw_m_c(&w, "Version", "2012-10-17");
	jsonw_m_object(&w, "Statement");
	jsonw_m_c(&w, "Effect", "Allow");
	jsonw_m_c(&w, "Action", "*");
	jsonw_m_c(&w, "Resource", "*");
	jsonw_m_object(&w, "Condition");
	jsonw_m_object(&w, op);
	jsonw_m_str(&w, "a:b", value);
	jsonw_end(&w);
	jsonw_end(&w);
	jsonw_end(&w);
	jsonw_end(&w);
	if (jsonw_finish(&w) != 0 ||
	    iam_policy_parse(buf_view(&b), IAM_IDENTITY_POLICY, &p, NULL) != 0)
		p = NULL;
	buf_release(&b);
	return p;
}

static bool
holds(const struct iam_policy *p, const struct str *value)
{
	const struct iam_principal alice = { .type = IAM_USER,
		.arn = STR("arn:aws:iam::" A ":user/alice"),
		.account_id = STR(A) };
	const struct iam_context_entry entry = { STR("a:b"), value, 1 };
	const struct iam_attached_policy attached = { IAM_IDENTITY_POLICY, STR("p"), p };
	const struct str resource = STR("*");
	struct iam_decision d;

	iam_decide(&(struct iam_request){ .principal = &alice,
		       .action = STR("a:B"),
		       .resources = &resource,
		       .n_resources = 1,
		       .context = { &entry, value == NULL ? 0 : 1 } },
	    &attached, 1, &d);
	return d.effect == IAM_ALLOW;
}

static void
check_opposites(const char *yes, const char *no, struct str value, struct str of_request)
{
	struct iam_policy *p = policy(yes, value), *q = policy(no, value);

	assert((p == NULL) == (q == NULL));
	if (p != NULL) {
		assert(holds(p, &of_request) != holds(q, &of_request));
		assert(!holds(p, NULL) && holds(q, NULL));
	}
	iam_policy_free(p);
	iam_policy_free(q);
}

static void
check_readers(struct str s)
{
	struct decimal d;
	struct cidr c;

	if (decimal_parse(s, &d) == 0)
		assert(decimal_cmp(d, d) == 0 && (d.whole <= 0 || d.nano >= 0) &&
		    (d.whole >= 0 || d.nano <= 0));
	if (moment_parse(s, &d) == 0)
		assert(d.whole >= 0 && d.nano >= 0 && d.nano < 1000000000);
	if (cidr_parse(s, &c) == 0)
		assert(cidr_contains(&c, &c) && c.bits <= (c.v4 ? 32 : 128));
}

/* Pattern by text, in a table; for bytes that are a character each. */
static bool
slow_match(struct str pattern, struct str text)
{
	bool *now = xarray(text.n + 1, sizeof(*now)), *next = xarray(text.n + 1, sizeof(*next));
	bool *swap, r;
	size_t i, j;

	now[0] = true;
	for (i = 0; i < pattern.n; i++) {
		for (j = 0; j <= text.n; j++)
			if (pattern.p[i] == GLOB_STAR)
				next[j] = now[j] || (j > 0 && next[j - 1]);
			else
				next[j] = j > 0 && now[j - 1] &&
				    (pattern.p[i] == GLOB_ONE || pattern.p[i] == text.p[j - 1]);
		swap = now;
		now = next;
		next = swap;
	}
	r = now[text.n];
	xfree(now);
	xfree(next);
	return r;
}

static void
check_glob(struct str pattern, struct str text)
{
	struct steps steps = { UINT64_MAX };
	struct buf p, t;
	size_t i;

	buf_init(&p, pattern.n + 1);
	buf_init(&t, text.n + 1);
	for (i = 0; i < pattern.n; i++)
		buf_ch(&p,
		    pattern.p[i] == '*'       ? GLOB_STAR
			: pattern.p[i] == '?' ? GLOB_ONE
					      : (char)(pattern.p[i] & 0x7f));
	for (i = 0; i < text.n; i++)
		buf_ch(&t, (char)(text.p[i] & 0x7f));
	assert(glob_match(buf_view(&p), buf_view(&t), &steps) ==
	    slow_match(buf_view(&p), buf_view(&t)));
	buf_release(&p);
	buf_release(&t);
}

static struct str
line(struct str *s)
{
	struct str head = str_head(*s, str_index(*s, '\n'));

	*s = str_from(*s, head.n + 1);
	return head;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_of_n(data, size), op, value;
	size_t i;

	if (size > 4096)
		return 0;
	op = line(&s);
	value = line(&s);
	check_readers(value);
	check_readers(s);
	if (str_eq_c(op, "glob"))
		check_glob(value, s);
	for (i = 0; i < sizeof(opposites) / sizeof(*opposites); i++)
		if (str_eq_c(op, opposites[i][0]))
			check_opposites(opposites[i][0], opposites[i][1], value, s);
	return 0;
}
