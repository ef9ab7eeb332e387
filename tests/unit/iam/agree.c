/* agree: see agree.h. */
#include "agree.h"

#include <ctype.h>

#include "gen.h"
#include "iam/policy.h"
#include "naive.h"

/* Policies, as each of the two reads them. */
struct loaded {
	struct iam_policy *compiled[GEN_POLICIES + 1];
	struct json *docs[GEN_POLICIES + 1];
	struct iam_attached_policy attached[GEN_POLICIES + 1];
	struct naive_policy plain[GEN_POLICIES + 1];
	size_t n;
};

struct check {
	struct arena *arena;
	struct gen_policies policies;
	struct loaded all, reversed; /* reversed: and their statements too */
	struct loaded deny, allow;   /* all, and one policy with one statement more */
	struct iam_principal principal;
	struct iam_request req;
	struct buf *report;
};

static bool
fail(struct check *k, const char *what)
{
	size_t i, v;

	buf_fmt(k->report, "%s\n%.*s by %.*s", what, STR_FMT(k->req.action),
	    STR_FMT(k->principal.arn));
	for (i = 0; i < k->req.n_resources; i++)
		buf_fmt(k->report, " on %.*s", STR_FMT(k->req.resources[i]));
	for (i = 0; i < k->req.context.n; i++) {
		const struct iam_context_entry *e = &k->req.context.entries[i];

		buf_fmt(k->report, "\n  %.*s =", STR_FMT(e->key));
		for (v = 0; v < e->n_values; v++)
			buf_fmt(k->report, " \"%.*s\"", STR_FMT(e->values[v]));
	}
	for (i = 0; i < k->policies.n; i++)
		buf_fmt(k->report, "\n  type %d %.*s", (int)k->policies.v[i].type,
		    STR_FMT(gen_document(k->arena, &k->policies.v[i], false)));
	buf_fmt(k->report, "\n  more %.*s\n", STR_FMT(k->policies.more_deny));
	return false;
}

/* --- policies ------------------------------------------------------------ */

static bool
load_one(struct check *k, struct loaded *l, const struct gen_policy *p, bool reversed)
{
	struct str doc = gen_document(k->arena, p, reversed);
	struct errinfo ei = { "" };
	size_t i = l->n++;

	if (json_parse(doc, 65536, 16, &l->docs[i], &ei) != 0 ||
	    iam_policy_parse(doc, p->type, &l->compiled[i], &ei) != 0) {
		buf_fmt(k->report, "%.*s\n%s\n", STR_FMT(doc), ei.text);
		return fail(k, "a valid policy is refused");
	}
	l->attached[i] = (struct iam_attached_policy){ p->type, p->name, l->compiled[i] };
	l->plain[i] = (struct naive_policy){ p->type, l->docs[i] };
	return true;
}

/* Those of k->all, borrowed, and one more. */
static bool
load_more(struct check *k, struct loaded *l, struct str statement)
{
	const struct gen_policy p = { .type = IAM_IDENTITY_POLICY,
		.name = STR("more"),
		.version = "2012-10-17",
		.statements = { statement },
		.n = 1 };

	*l = k->all;
	return load_one(k, l, &p, false);
}

static bool
load(struct check *k)
{
	size_t i;

	for (i = 0; i < k->policies.n; i++)
		if (!load_one(k, &k->all, &k->policies.v[i], false) ||
		    !load_one(k, &k->reversed, &k->policies.v[k->policies.n - 1 - i], true))
			return false;
	return load_more(k, &k->deny, k->policies.more_deny) &&
	    load_more(k, &k->allow, k->policies.more_allow);
}

static void
unload(struct loaded *l, size_t from)
{
	size_t i;

	for (i = from; i < l->n; i++) {
		iam_policy_free(l->compiled[i]);
		json_free(l->docs[i]);
	}
}

/* --- what holds for a request -------------------------------------------- */

static struct iam_decision
decide(const struct check *k, const struct loaded *l)
{
	struct iam_decision d;

	iam_decide(&k->req, l->attached, l->n, &d);
	return d;
}

static bool
speaks(const struct check *k, const struct naive_policy *p, size_t statement,
    struct str *ret_resource)
{
	size_t r;

	for (r = 0; r < k->req.n_resources; r++) {
		*ret_resource = k->req.resources[r];
		if (naive_applies(p, statement, &k->req, *ret_resource))
			return true;
	}
	return false;
}

/* The statement that is named has this effect, and speaks of the request. */
static bool
named_speaks(const struct check *k, const struct iam_decision *d, enum iam_effect effect,
    struct str *ret_resource)
{
	const struct loaded *l = &k->all;
	size_t i = d->policy_at;

	return i < l->n && l->attached[i].type == d->policy_type &&
	    str_eq(l->attached[i].name, d->policy) &&
	    d->statement < naive_n_statements(&l->plain[i]) &&
	    naive_effect(&l->plain[i], d->statement) == effect &&
	    speaks(k, &l->plain[i], d->statement, ret_resource);
}

/* It also allows when nothing else stands beside it. */
static bool
allows_alone(struct check *k, const struct iam_decision *d, struct str resource)
{
	struct loaded alone = { .n = 0 };
	struct gen_policy p = k->policies.v[d->policy_at];
	struct iam_request req = k->req;
	struct iam_decision again = { .effect = IAM_DENY };

	p.statements[0] = p.statements[d->statement];
	p.n = 1;
	req.resources = &resource;
	req.n_resources = 1;
	if (load_one(k, &alone, &p, false))
		iam_decide(&req, alone.attached, 1, &again);
	unload(&alone, 0);
	return again.effect == IAM_ALLOW || again.reason == IAM_REASON_OTHER_ACCOUNT;
}

static bool
check_named(struct check *k, const struct iam_decision *d, bool alone)
{
	struct str resource;

	if (d->reason == IAM_REASON_EXPLICIT_DENY)
		return named_speaks(k, d, IAM_DENY, &resource) ||
		    fail(k, "denied by a statement that does not deny");
	if (d->reason != IAM_REASON_ALLOW_STATEMENT)
		return d->policy.n == 0 || fail(k, "a statement is named though none decided");
	if (!named_speaks(k, d, IAM_ALLOW, &resource))
		return fail(k, "allowed by a statement that does not allow");
	return !alone || d->policy_type != IAM_IDENTITY_POLICY || allows_alone(k, d, resource) ||
	    fail(k, "the statement that allowed does not allow alone");
}

/* A Deny more takes away, where it speaks; nowhere does it give. */
static bool
check_deny(struct check *k, const struct iam_decision *d)
{
	struct iam_decision more = decide(k, &k->deny);
	struct str resource;
	bool ok;

	if (!speaks(k, &k->deny.plain[k->all.n], 0, &resource))
		ok = more.effect == d->effect;
	else
		ok = more.effect == IAM_DENY &&
		    (more.reason == IAM_REASON_EXPLICIT_DENY || k->req.n_resources > 1);
	return ok || fail(k, "one Deny more");
}

/* An Allow more gives, at most where it speaks; nowhere does it take away. */
static bool
check_allow(struct check *k, const struct iam_decision *d)
{
	struct iam_decision more = decide(k, &k->allow);
	struct str resource;
	bool ok;

	if (!speaks(k, &k->allow.plain[k->all.n], 0, &resource))
		ok = more.effect == d->effect;
	else
		ok = more.effect == IAM_ALLOW || d->effect == IAM_DENY;
	return ok || fail(k, "one Allow more");
}

static struct str
upper(struct arena *a, struct str s)
{
	char *p = arena_cstr(a, s);
	size_t i;

	for (i = 0; i < s.n; i++)
		p[i] = (char)toupper((unsigned char)p[i]);
	return str_of_n(p, s.n);
}

static bool
check_case_of_keys(struct check *k, const struct iam_decision *d)
{
	struct iam_context_entry *entries;
	struct iam_request req = k->req;
	struct iam_decision again;
	size_t i;

	entries = arena_array(k->arena, req.context.n + 1, sizeof(*entries));
	for (i = 0; i < req.context.n; i++) {
		entries[i] = req.context.entries[i];
		entries[i].key = upper(k->arena, entries[i].key);
	}
	req.context.entries = entries;
	iam_decide(&req, k->all.attached, k->all.n, &again);
	return (again.effect == d->effect && again.reason == d->reason) ||
	    fail(k, "the case of a key's name matters");
}

static bool
check_order(struct check *k, const struct iam_decision *d)
{
	struct iam_decision again = decide(k, &k->reversed);

	return (again.effect == d->effect && again.reason == d->reason) ||
	    fail(k, "the order of policies or statements matters");
}

static bool
check_request(struct check *k, struct agree_count *count, bool alone)
{
	struct naive_verdict v = naive_decide(&k->req, k->all.plain, k->all.n);
	struct iam_decision d = decide(k, &k->all);

	count->cases++;
	count->reason[d.reason]++;
	if (d.effect != v.effect || d.reason != v.reason) {
		buf_fmt(k->report, "engine %d for %d, naive %d for %d\n", (int)d.effect,
		    (int)d.reason, (int)v.effect, (int)v.reason);
		return fail(k, "they do not agree");
	}
	return check_named(k, &d, alone) && check_deny(k, &d) && check_allow(k, &d) &&
	    check_case_of_keys(k, &d) && check_order(k, &d);
}

bool
agree_check(struct arena *a, const uint8_t *bytes, size_t n, unsigned n_requests,
    struct agree_count *count, struct buf *report)
{
	struct check k = { .arena = a, .report = report };
	unsigned i;
	bool ok;

	gen_policies_make(a, bytes, n, &k.policies);
	ok = load(&k);
	for (i = 0; ok && i < n_requests; i++) {
		gen_request_make(a, bytes, n, i, &k.principal, &k.req);
		ok = check_request(&k, count, i == 0);
	}
	unload(&k.all, 0);
	unload(&k.reversed, 0);
	unload(&k.deny, k.all.n);
	unload(&k.allow, k.all.n);
	return ok;
}
