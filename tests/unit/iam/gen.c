/*
 * gen: see gen.h. Everything is chosen from lists of words; the next byte of the input chooses the
 * word. There is no word for what neither the user guide nor iam/policy.h defines.
 */
#include "gen.h"

#include <ctype.h>

#include "base/num.h"
#include "codec/jsonw.h"

#define A "111122223333"
#define B "444455556666"
#define N(a) (sizeof(a) / sizeof(*(a)))

struct gen {
	struct arena *arena;
	const uint8_t *p;
	size_t n, at;
	bool backward; /* a request reads from the end: so it changes by itself */
	unsigned salt;
};

static unsigned
below(struct gen *g, size_t bound)
{
	unsigned byte = 0;

	if (g->at < g->n)
		byte = g->p[g->backward ? g->n - 1 - g->at : g->at];
	g->at++;
	return (byte + g->salt * (unsigned)g->at) % 256 % (unsigned)bound;
}

static bool
one_in(struct gen *g, size_t n)
{
	return below(g, n) == n - 1;
}

#define PICK(g, list) ((list)[below((g), N(list))])

static const char *const actions[] = { "ec2-instance-connect:SendSSHPublicKey",
	"ec2-instance-connect:OpenTunnel", "ec2:DescribeInstances", "ec2:CreateTags",
	"ec2:DescribeVpcs", "iam:GetUser", "sts:AssumeRole" };

static const char *const action_patterns[] = { "*", "ec2-instance-connect:SendSSHPublicKey",
	"ec2-instance-connect:*", "ec2-instance-connect:Send???PublicKey", "EC2:describe*",
	"ec2:*s", "ec2:Describe?*", "ec2:*e*a*s", "iam:*", "iam:Get?ser", "sts:assumerole",
	"ec2:CreateTags", "ec2-instance-connect:OpenTunnel", "s3:*", "sts:*Role*",
	"ec2:DescribeInstance", "ec2:DescribeInstances?" };

static const char *const resources[] = { "arn:aws:ec2:us-east-1:" A ":instance/i-1",
	"arn:aws:ec2:us-east-1:" A ":instance/i-2", "arn:aws:ec2:eu-west-1:" A ":instance/i-1",
	"arn:aws:ec2:us-east-1:" A ":instance-connect-endpoint/eice-1",
	"arn:aws:iam::" A ":user/alice", "arn:aws:iam::" A ":user/dev/bob",
	"arn:aws:iam::" A ":role/Ops", "*", "*", "arn:aws:ec2:us-east-1:" B ":instance/i-1" };

static const char *const resource_patterns[] = { "*", "*", "arn:aws:ec2:*:*:instance/*",
	"arn:aws:ec2:us-east-1:" A ":instance/i-1", "arn:aws:ec2:us-?ast-1:" A ":instance/i-?",
	"arn:aws:ec2:*:" A ":*", "arn:aws:ec2:us-east-1:" A ":instance/*1", "arn:aws:*:*:*:*",
	"arn:aws:iam::" A ":user/${aws:username}", "arn:aws:iam::*:user/*",
	"arn:aws:iam::" A ":user/${aws:PrincipalTag/team, 'dev'}/*", "arn:aws:iam::" A ":role/O?s",
	"arn:aws:ec2:*:*:instance*", "arn:aws:ec2:us-east-1:" A ":instance/I-1",
	"arn:aws:ec2::" A ":instance/i-1", "arn:aws:iam::*:*${aws:userid}",
	"arn:aws:ec2:*:*:instance/i-${*}", "arn:aws:ec2:*:*:*/*-*", "arn:aws:ec2:*",
	"arn:aws:ec2:us-east-1", "arn:aws:iam", ("arn:aws:ec2:*:" A) };

/* A condition key, what policies compare it with, and what requests carry. */
struct key {
	const char *family;
	const char *name, *other_case;
	const char *wanted[8];
	const char *given[6];
	bool many; /* has several values */
};

static const struct key keys[] = {
	{ "String", "aws:username", "AWS:UserName",
	    { "alice", "Alice", "a*", "?lice", "bob", "${aws:PrincipalTag/team}", "*",
		"${aws:username}" },
	    { "alice", "bob", "a*", "ALICE" }, false },
	{ "String", "ec2:osuser", "EC2:osUser",
	    { "ec2-user", "ubuntu", "${aws:username}", "ec2-*",
		"${aws:PrincipalTag/team, 'ubuntu'}", "${*}", "a${$}", "u?u*u" },
	    { "ec2-user", "ubuntu", "alice", "*", "a$" }, false },
	{ "String", "ec2-instance-connect:osUser", "ec2-instance-connect:OSUSER",
	    { "ec2-user", "ubuntu", "*" }, { NULL }, false },
	{ "String", "aws:ResourceTag/Env", "aws:resourcetag/env",
	    { "dev", "prod", "p*", "", "${aws:PrincipalTag/team}", "d?v", "Dev",
		"${aws:PrincipalTag/Team, ''}" },
	    { "dev", "prod", "Dev", "p" }, false },
	{ "String", "aws:PrincipalTag/team", "aws:principaltag/TEAM",
	    { "dev", "ops", "${?}*", "???", "??", "${aws:ResourceTag/Env}", "o\xc3\xa9?", "*" },
	    { "dev", "ops", "?x", "o\xc3\xa9s" }, false },
	{ "String", "aws:TagKeys", "AWS:TAGKEYS",
	    { "Env", "team", "t*", "E??", "Cost", "${aws:PrincipalTag/team}" },
	    { "Env", "team", "Cost", "env" }, true },
	{ "Numeric", "ec2-instance-connect:remotePort", "ec2-instance-connect:REMOTEPORT",
	    { "22", "3389", "22.0", "21.5", "-1", "2.2e1" }, { "22", "3389", "23", "0" }, false },
	{ "Numeric", "ec2-instance-connect:maxTunnelDuration",
	    "ec2-instance-connect:MaxTunnelDuration", { "3600", "60", "3599", "0", "3600.5" },
	    { "3600", "60", "1", "61" }, false },
	{ "Date", "aws:CurrentTime", "aws:currenttime",
	    { "2024-01-01T00:00:00Z", "2024-01-01", "1704067200", "2024-01-01T01:00:00+01:00",
		"2024-01-01T00:00:01Z", "2024-01" },
	    { "2024-01-01T00:00:00Z", "2023-12-31T23:59:59Z", "2024-01-01T00:00:01Z",
		"1704067200" },
	    false },
	{ "Bool", "aws:MultiFactorAuthPresent", "AWS:multifactorauthpresent",
	    { "true", "false", "True" }, { "true", "false" }, false },
	{ "IpAddress", "aws:SourceIp", "aws:sourceip",
	    { "192.0.2.0/24", "192.0.2.1", "10.0.1.0/31", "2001:DB8::/32", "0.0.0.0/0",
		"192.0.2.77/25", "::/0", "2001:db8::1" },
	    { "192.0.2.1", "192.0.2.128", "10.0.1.1", "10.0.1.2", "2001:db8:0::1" }, false },
	{ "Arn", "aws:PrincipalArn", "aws:PRINCIPALARN",
	    { "arn:aws:iam::" A ":user/*", "arn:aws:iam::" A ":user/${aws:username}",
		"arn:aws:*::*:*", "arn:aws:iam::*:role/Ops", "arn:aws:iam::" B ":user/alice",
		"arn:aws:iam:*:" A ":*/*" },
	    { "arn:aws:iam::" A ":user/alice", "arn:aws:iam::" A ":role/Ops",
		"arn:aws:iam::" B ":user/alice", "alice" },
	    false },
	{ "Binary", "lab:Blob", "LAB:blob", { "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "AAEC" },
	    { "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "AAEC", "AAED" }, false },
};

static const char *const string_ops[] = { "StringEquals", "StringNotEquals", "StringLike",
	"StringNotLike", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase" };
static const char *const relations[] = { "Equals", "NotEquals", "LessThan", "LessThanEquals",
	"GreaterThan", "GreaterThanEquals" };
static const char *const arn_ops[] = { "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike" };
static const char *const ip_ops[] = { "IpAddress", "NotIpAddress" };
static const char *const sets[] = { "ForAllValues:", "ForAnyValue:", "" };

static struct str
operator_of(struct gen *g, const struct key *k)
{
	struct str family = str_of(k->family);
	const char *base = k->family, *set = k->many ? PICK(g, sets) : "";
	const char *relation = "";

	if (str_eq_c(family, "String"))
		base = PICK(g, string_ops);
	else if (str_eq_c(family, "Arn"))
		base = PICK(g, arn_ops);
	else if (str_eq_c(family, "IpAddress"))
		base = PICK(g, ip_ops);
	else if (str_eq_c(family, "Binary"))
		relation = "Equals";
	else if (!str_eq_c(family, "Bool"))
		relation = PICK(g, relations);
	return arena_fmt(g->arena, "%s%s%s%s", set, base, relation, one_in(g, 4) ? "IfExists" : "");
}

static size_t
n_words(const char *const *words, size_t max)
{
	size_t n = 0;

	while (n < max && words[n] != NULL)
		n++;
	return n;
}

/* Numbers and booleans may stand without quotes. */
static void
write_value(struct gen *g, struct jsonw *w, const struct key *k)
{
	struct str word = str_of(k->wanted[below(g, n_words(k->wanted, 8))]);
	int64_t number;

	if (one_in(g, 2) && num_i64_parse(word, INT64_MIN, INT64_MAX, &number) == 0)
		jsonw_i64(w, number);
	else if (str_eq_c(word, "true") && one_in(g, 2))
		jsonw_bool(w, true);
	else
		jsonw_str(w, word);
}

static void
write_values(struct gen *g, struct jsonw *w, const struct key *k)
{
	size_t n = below(g, 4), i;

	if (n == 0 || n == 3) {
		write_value(g, w, k);
		return;
	}
	jsonw_array(w);
	for (i = 0; i < n; i++)
		write_value(g, w, k);
	jsonw_end(w);
}

/* The operators of one statement: none comes twice. */
struct used {
	struct str names[4];
	size_t n;
};

static bool
use(struct used *u, struct str name)
{
	size_t i;

	for (i = 0; i < u->n; i++)
		if (str_eq(u->names[i], name))
			return false;
	u->names[u->n++] = name;
	return true;
}

/* One operator with one key, or two of the same kind. */
static void
write_condition(struct gen *g, struct jsonw *w, struct used *u)
{
	const struct key *first = &keys[below(g, N(keys))], *second = &keys[below(g, N(keys))];
	bool null = one_in(g, 6);
	struct str op = null ? STR("Null") : operator_of(g, first);

	if (!use(u, op))
		return;
	jsonw_name_str(w, op);
	jsonw_object(w);
	jsonw_name(w, one_in(g, 3) ? first->other_case : first->name);
	if (null) {
		jsonw_c(w, one_in(g, 2) ? "true" : "false");
	} else {
		write_values(g, w, first);
		if (second != first && str_eq_c(str_of(first->family), second->family) &&
		    first->many == second->many) {
			jsonw_name(w, second->name);
			write_values(g, w, second);
		}
	}
	jsonw_end(w);
}

static void
write_list(struct gen *g, struct jsonw *w, const char *const *words, size_t n_all)
{
	size_t n = below(g, 3), i;

	if (n == 0) {
		jsonw_c(w, words[below(g, n_all)]);
		return;
	}
	jsonw_array(w);
	for (i = 0; i < n; i++)
		jsonw_c(w, words[below(g, n_all)]);
	jsonw_end(w);
}

static const char *const principals[] = { A, "arn:aws:iam::" A ":root",
	"arn:aws:iam::" A ":user/alice", "arn:aws:iam::" A ":role/Ops",
	"arn:aws:sts::" A ":assumed-role/Ops/s1", "arn:aws:iam::" B ":root", "*",
	"arn:aws:iam::" A ":user/Alice", "arn:aws:iam::" B ":user/alice" };

static void
write_principal(struct gen *g, struct jsonw *w)
{
	switch (below(g, 8)) {
	case 0:
		jsonw_m_c(w, "Principal", "*");
		return;
	case 1:
		jsonw_m_object(w, "Principal");
		jsonw_m_c(w, "Service", "ec2.amazonaws.com");
		jsonw_end(w);
		return;
	default:
		jsonw_m_object(w, "Principal");
		jsonw_name(w, "AWS");
		write_list(g, w, principals, N(principals));
		jsonw_end(w);
		return;
	}
}

static struct str
written(struct gen *g, struct buf *b)
{
	struct str s = arena_str(g->arena, buf_view(b));

	buf_release(b);
	return s;
}

/* What follows Sid and Effect. */
static void
write_rest(struct gen *g, struct jsonw *w, enum iam_policy_type type)
{
	struct used u = { .n = 0 };
	size_t n, i;

	if (type == IAM_RESOURCE_POLICY)
		write_principal(g, w);
	jsonw_name(w, one_in(g, 6) ? "NotAction" : "Action");
	write_list(g, w, action_patterns, N(action_patterns));
	if (type != IAM_RESOURCE_POLICY) {
		jsonw_name(w, one_in(g, 6) ? "NotResource" : "Resource");
		write_list(g, w, resource_patterns, N(resource_patterns));
	}
	n = below(g, 6);
	if (n == 0 || n > 3)
		return;
	jsonw_m_object(w, "Condition");
	for (i = 0; i < n; i++)
		write_condition(g, w, &u);
	jsonw_end(w);
}

static struct str
make_statement(struct gen *g, enum iam_policy_type type, struct str sid, bool deny)
{
	struct jsonw w;
	struct buf b;

	buf_init(&b, 8192);
	jsonw_init(&w, &b);
	jsonw_object(&w);
	if (sid.n > 0)
		jsonw_m_str(&w, "Sid", sid);
	jsonw_m_c(&w, "Effect", deny ? "Deny" : "Allow");
	write_rest(g, &w, type);
	jsonw_end(&w);
	return written(g, &b);
}

static void
make_policy(struct gen *g, enum iam_policy_type type, size_t number, struct gen_policy *p)
{
	static const char *const versions[] = { "2012-10-17", "2012-10-17", "2012-10-17",
		"2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17", NULL };
	size_t i;

	p->type = type;
	p->name = arena_fmt(g->arena, "p%zu", number);
	p->version = PICK(g, versions);
	p->n = 1 + below(g, GEN_STATEMENTS);
	for (i = 0; i < p->n; i++) {
		struct str sid = one_in(g, 2) ? arena_fmt(g->arena, "S%zu", i) : STR("");

		p->statements[i] = make_statement(g, type, sid, one_in(g, 5));
	}
}

#define S(lit) \
	{ \
		lit, sizeof(lit) - 1 \
	}

static const struct iam_principal who[] = {
	{ IAM_USER, S("arn:aws:iam::" A ":user/alice"), S(A), S("AIDA1"), S("alice"), S("") },
	{ IAM_USER, S("arn:aws:iam::" A ":user/dev/bob"), S(A), S("AIDA2"), S("bob"), S("") },
	{ IAM_ASSUMED_ROLE, S("arn:aws:sts::" A ":assumed-role/Ops/s1"), S(A), S("AROA1:s1"),
	    S("s1"), S("arn:aws:iam::" A ":role/Ops") },
	{ IAM_ROOT, S("arn:aws:iam::" A ":root"), S(A), S(A), S(""), S("") },
	{ IAM_USER, S("arn:aws:iam::" B ":user/alice"), S(B), S("AIDA3"), S("alice"), S("") },
};

static void
make_context(struct gen *g, struct iam_context *c)
{
	struct iam_context_entry *entries = arena_array(g->arena, N(keys), sizeof(*entries));
	size_t i, k, n;

	for (i = 0; i < N(keys); i++) {
		size_t n_words_given = n_words(keys[i].given, 6);
		struct str *values = arena_array(g->arena, 3, sizeof(*values));

		if (n_words_given == 0 || one_in(g, 4))
			continue;
		n = keys[i].many ? below(g, 4) : 1;
		for (k = 0; k < n; k++)
			values[k] = str_of(keys[i].given[below(g, n_words_given)]);
		entries[c->n++] = (struct iam_context_entry){
			.key = str_of(one_in(g, 3) ? keys[i].other_case : keys[i].name),
			.values = values,
			.n_values = n
		};
	}
	c->entries = entries;
}

static size_t
clipped(size_t n)
{
	return n < GEN_MAX_BYTES ? n : GEN_MAX_BYTES;
}

void
gen_request_make(struct arena *a, const uint8_t *bytes, size_t n, unsigned number,
    struct iam_principal *ret_principal, struct iam_request *ret)
{
	struct gen g = { .arena = a,
		.p = bytes,
		.n = clipped(n),
		.backward = true,
		.salt = number * 41 };
	size_t n_resources = one_in(&g, 6) ? 2 : 1, i;
	struct str *list = arena_array(a, 2, sizeof(*list));

	*ret_principal = who[below(&g, 16) % 7 % N(who)];
	*ret = (struct iam_request){ .principal = ret_principal,
		.action = str_of(PICK(&g, actions)),
		.resources = list };
	for (i = 0; i < n_resources; i++)
		list[i] = str_of(PICK(&g, resources));
	/* "*" stands alone. */
	if (n_resources == 2 && (str_eq_c(list[0], "*") || str_eq_c(list[1], "*")))
		n_resources = 1;
	ret->n_resources = n_resources;
	make_context(&g, &ret->context);
}

static void
add_policy(struct gen *g, enum iam_policy_type type, struct gen_policies *ret)
{
	make_policy(g, type, ret->n, &ret->v[ret->n]);
	ret->n++;
}

void
gen_policies_make(struct arena *a, const uint8_t *bytes, size_t n, struct gen_policies *ret)
{
	struct gen g = { .arena = a, .p = bytes, .n = clipped(n) };
	size_t at, identity;

	*ret = (struct gen_policies){ .n = 0 };
	for (identity = below(&g, 4); identity > 0; identity--)
		add_policy(&g, IAM_IDENTITY_POLICY, ret);
	if (one_in(&g, 4))
		add_policy(&g, IAM_PERMISSIONS_BOUNDARY, ret);
	if (one_in(&g, 5))
		add_policy(&g, IAM_SESSION_POLICY, ret);
	if (one_in(&g, 4))
		add_policy(&g, IAM_RESOURCE_POLICY, ret);
	at = g.at;
	ret->more_allow = make_statement(&g, IAM_IDENTITY_POLICY, STR("More"), false);
	g.at = at;
	ret->more_deny = make_statement(&g, IAM_IDENTITY_POLICY, STR("More"), true);
}

struct str
gen_document(struct arena *a, const struct gen_policy *p, bool reversed)
{
	struct gen g = { .arena = a };
	struct jsonw w;
	struct buf b;
	size_t i;

	buf_init(&b, 65536);
	jsonw_init(&w, &b);
	jsonw_object(&w);
	if (p->version != NULL)
		jsonw_m_c(&w, "Version", p->version);
	jsonw_m_array(&w, "Statement");
	for (i = 0; i < p->n; i++)
		jsonw_value(&w, p->statements[reversed ? p->n - 1 - i : i]);
	jsonw_end(&w);
	jsonw_end(&w);
	return written(&g, &b);
}
