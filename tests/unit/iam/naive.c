/*
 * naive: see naive.h. Sources: IAM user guide, "Policy evaluation logic", "JSON policy elements"
 * (Condition operators, Variables and tags, Principal, Resource), "Single-valued vs. multivalued
 * context keys". Where the guide leaves something open, it does what iam/policy.h says. It shares
 * no code with the engine.
 */
#include "naive.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <math.h>

#include "base/b64.h"

#define TEXT_MAX 512 /* the texts of tests are short */
/* Elements of a pattern beside plain bytes. */
#define ANY_RUN 0x100
#define ANY_ONE 0x101

/* What a text of a policy comes to: bytes, and wildcards that the author wrote. */
struct glob {
	uint16_t c[TEXT_MAX];
	size_t n;
};

struct env {
	const struct iam_request *req;
	bool variables; /* the document's Version has them */
};

/* --- text ---------------------------------------------------------------- */

static size_t
character(struct str s)
{
	size_t n = 1;

	while (n < s.n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n++;
	return n;
}

static bool
same(uint16_t a, char b, bool nocase)
{
	unsigned char c = (unsigned char)b;

	return nocase && a < 0x80 ? tolower(a) == tolower(c) : a == c;
}

static bool
like(const uint16_t *g, size_t n, struct str s, bool nocase)
{
	if (n == 0)
		return s.n == 0;
	if (g[0] == ANY_RUN)
		return like(g + 1, n - 1, s, nocase) ||
		    (s.n > 0 && like(g, n, str_from(s, 1), nocase));
	if (s.n == 0)
		return false;
	if (g[0] == ANY_ONE)
		return like(g + 1, n - 1, str_from(s, character(s)), nocase);
	return same(g[0], s.p[0], nocase) && like(g + 1, n - 1, str_from(s, 1), nocase);
}

static const struct iam_context_entry *
lookup(const struct env *e, struct str key)
{
	const struct iam_context *c = &e->req->context;
	size_t i;

	if (str_eq_nocase(key, STR("ec2-instance-connect:osUser")))
		key = STR("ec2:osuser");
	for (i = 0; i < c->n; i++)
		if (str_eq(c->entries[i].key, key))
			return &c->entries[i];
	for (i = 0; i < c->n; i++)
		if (str_eq_nocase(c->entries[i].key, key))
			return &c->entries[i];
	return NULL;
}

static void
put(struct glob *g, struct str s)
{
	size_t i;

	for (i = 0; i < s.n && g->n < TEXT_MAX; i++)
		g->c[g->n++] = (unsigned char)s.p[i];
}

/* What stands between "${" and "}". False: it has no value. */
static bool
put_variable(const struct env *e, struct str v, struct glob *g)
{
	const struct iam_context_entry *entry;
	size_t comma = str_index(v, ',');
	struct str fallback = str_trim(str_from(v, comma + 1));

	if (str_eq_c(v, "*") || str_eq_c(v, "?") || str_eq_c(v, "$")) {
		put(g, v);
		return true;
	}
	entry = lookup(e, str_trim(str_head(v, comma)));
	if (entry != NULL && entry->n_values == 1) {
		put(g, entry->values[0]);
		return true;
	}
	if (comma == v.n)
		return false;
	put(g, str_head(str_from(fallback, 1), fallback.n - 2));
	return true;
}

static bool
expand(const struct env *e, struct str t, bool wildcards, struct glob *g)
{
	g->n = 0;
	while (t.n > 0 && g->n < TEXT_MAX) {
		if (e->variables && str_starts(t, STR("${"))) {
			size_t end = str_index(t, '}');

			if (!put_variable(e, str_from(str_head(t, end), 2), g))
				return false;
			t = str_from(t, end + 1);
			continue;
		}
		if (wildcards && t.p[0] == '*')
			g->c[g->n++] = ANY_RUN;
		else if (wildcards && t.p[0] == '?')
			g->c[g->n++] = ANY_ONE;
		else
			put(g, str_head(t, 1));
		t = str_from(t, 1);
	}
	return true;
}

/* "Each of the six colon-delimited components of the ARN is checked separately." */
static bool
arn_like(const uint16_t *g, size_t n, struct str s)
{
	size_t part, end, colon;

	for (part = 0; part < 5; part++) {
		for (end = 0; end < n && g[end] != ':'; end++)
			;
		colon = str_index(s, ':');
		if (end == n || colon == s.n || !like(g, end, str_head(s, colon), false))
			return false;
		g += end + 1;
		n -= end + 1;
		s = str_from(s, colon + 1);
	}
	return like(g, n, s, false);
}

/* --- values of conditions ------------------------------------------------ */

/* A string, a number or a boolean as the text that it stands for. */
static struct str
text_of(const struct json *v, char buf[static 32])
{
	struct str s;
	int64_t n;
	bool b;

	if (json_str(v, &s) == 0)
		return s;
	if (json_i64(v, &n) == 0) {
		snprintf(buf, 32, "%lld", (long long)n);
		return str_of(buf);
	}
	if (json_bool(v, &b) == 0)
		return b ? STR("true") : STR("false");
	return STR("");
}

static bool
to_c(char *buf, size_t cap, struct str s)
{
	return s.n > 0 && str_copy(buf, cap, s) == 0;
}

static bool
number(struct str s, long double *ret)
{
	char buf[64], *end;

	if (!str_all_in(s, "0123456789.+-eE") || !to_c(buf, sizeof(buf), s))
		return false;
	*ret = strtold(buf, &end);
	return *end == '\0';
}

static bool
date(struct str s, long double *ret)
{
	static const char *const forms[] = { "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z", "%Y-%m-%d",
		"%Y-%m" };
	struct tm tm;
	char buf[64];
	const char *end;
	long offset;
	size_t i;

	if (!to_c(buf, sizeof(buf), s))
		return false;
	if (s.n != 4 && str_all_in(s, "0123456789"))
		return number(s, ret);
	for (i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		tm = (struct tm){ .tm_mday = 1 };
		if ((end = strptime(buf, forms[i], &tm)) == NULL || *end != '\0')
			continue;
		offset = tm.tm_gmtoff; /* timegm clears it */
		*ret = (long double)(timegm(&tm) - offset);
		return true;
	}
	return false;
}

/* All addresses as those of IPv6; those of IPv4 are "mapped". */
static bool
address(struct str s, uint8_t ret[static 16], bool *ret_v4)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	char buf[64];

	if (!to_c(buf, sizeof(buf), s))
		return false;
	if (inet_pton(AF_INET, buf, ret + 12) == 1)
		memcpy(ret, mapped, 12);
	else if (inet_pton(AF_INET6, buf, ret) != 1)
		return false;
	*ret_v4 = memcmp(ret, mapped, 12) == 0;
	return true;
}

static bool
in_network(struct str network, struct str s)
{
	uint8_t net[16], a[16];
	bool v4, a_v4;
	long double bits = 128;
	size_t slash = str_index(network, '/'), i;

	if (!address(s, a, &a_v4) || !address(str_head(network, slash), net, &v4) || v4 != a_v4)
		return false;
	if (slash < network.n && !number(str_from(network, slash + 1), &bits))
		return false;
	if (slash < network.n && v4 && str_index(network, ':') == network.n)
		bits += 96;
	for (i = 0; i < (size_t)bits; i++)
		if (((net[i / 8] ^ a[i / 8]) >> (7 - i % 8) & 1) != 0)
			return false;
	return true;
}

static bool
same_bytes(struct str a, struct str b)
{
	struct buf x, y;
	bool same;

	buf_init(&x, TEXT_MAX);
	buf_init(&y, TEXT_MAX);
	same = b64_parse(a, &x) == 0 && b64_parse(b, &y) == 0 && str_eq(buf_view(&x), buf_view(&y));
	buf_release(&x);
	buf_release(&y);
	return same;
}

/* --- conditions ---------------------------------------------------------- */

/* An operator is read from its name each time: "ForAllValues:StringNotLikeIfExists". */
static bool
has(struct str name, const char *word)
{
	size_t n = strlen(word), i;

	for (i = 0; i + n <= name.n; i++)
		if (str_eq_nocase(str_of_n(name.p + i, n), str_of(word)))
			return true;
	return false;
}

static bool
ordered(struct str op, long double policy, long double request)
{
	if (has(op, "LessThan"))
		return request < policy || (has(op, "ThanEquals") && request == policy);
	if (has(op, "GreaterThan"))
		return request > policy || (has(op, "ThanEquals") && request == policy);
	return request == policy;
}

/* Whether one value of the request is what one value of the policy asks for; the
 * negation of an operator is not looked at here. */
static bool
one_matches(const struct env *e, struct str op, struct str policy, struct str request)
{
	struct glob g;
	long double a, b;

	if (has(op, "Numeric"))
		return number(policy, &a) && number(request, &b) && ordered(op, a, b);
	if (has(op, "Date"))
		return date(policy, &a) && date(request, &b) && ordered(op, a, b);
	if (has(op, "IpAddress"))
		return in_network(policy, request);
	if (has(op, "Bool"))
		return str_eq_nocase(policy, request);
	if (has(op, "Binary"))
		return same_bytes(policy, request);
	if (!expand(e, policy, has(op, "Like") || has(op, "Arn"), &g))
		return false;
	if (has(op, "Arn"))
		return arn_like(g.c, g.n, request);
	return like(g.c, g.n, request, has(op, "IgnoreCase"));
}

static size_t
list_len(const struct json *v)
{
	return json_kind(v) == JSON_KIND_ARRAY ? json_len(v) : 1;
}

static const struct json *
list_at(const struct json *v, size_t i)
{
	return json_kind(v) == JSON_KIND_ARRAY ? json_at(v, i) : v;
}

/* One value of the request against all those of the policy: any of them, or, for a
 * negated operator, none of them. */
static bool
value_passes(const struct env *e, struct str op, const struct json *wanted, struct str request)
{
	char buf[32];
	size_t i;

	for (i = 0; i < list_len(wanted); i++)
		if (one_matches(e, op, text_of(list_at(wanted, i), buf), request))
			return !has(op, "Not");
	return has(op, "Not");
}

static bool
null_passes(const struct json *wanted, const struct iam_context_entry *entry)
{
	char buf[32];
	size_t i;

	for (i = 0; i < list_len(wanted); i++)
		if (str_eq_nocase(text_of(list_at(wanted, i), buf), STR("true")) ==
		    (entry == NULL || entry->n_values == 0))
			return true;
	return false;
}

static bool
key_passes(const struct env *e, struct str op, struct str key, const struct json *wanted)
{
	const struct iam_context_entry *entry = lookup(e, key);
	size_t n = entry == NULL ? 0 : entry->n_values, i, passed = 0;

	if (str_eq_nocase(op, STR("Null")))
		return null_passes(wanted, entry);
	if (entry == NULL && has(op, "IfExists") && !has(op, "ForAnyValue:"))
		return true; /* "ForAnyValue: [...] if there are no keys in the request, false" */
	for (i = 0; i < n; i++)
		passed += value_passes(e, op, wanted, entry->values[i]);
	if (has(op, "ForAllValues:"))
		return passed == n;
	if (has(op, "ForAnyValue:"))
		return passed > 0;
	if (n > 1)
		return false; /* "Multivalued context keys require a condition set operator." */
	/* Without a value the values "do not match": false, and true when negated. */
	return has(op, "Not") ? passed == n : passed > 0;
}

static bool
conditions_pass(const struct env *e, const struct json *conditions)
{
	struct json_iter ops = { .obj = conditions };
	const struct json *keys, *wanted;
	struct str op, key;

	while (json_next(&ops, &op, &keys)) {
		struct json_iter it = { .obj = keys };

		while (json_next(&it, &key, &wanted))
			if (!key_passes(e, op, key, wanted))
				return false;
	}
	return true;
}

/* --- the other elements -------------------------------------------------- */

static bool
action_listed(const struct env *e, const struct json *list)
{
	const struct env plain = { .req = e->req };
	struct glob g;
	struct str s;
	size_t i;

	for (i = 0; i < list_len(list); i++)
		if (json_str(list_at(list, i), &s) == 0 && expand(&plain, s, true, &g) &&
		    like(g.c, g.n, e->req->action, true))
			return true;
	return false;
}

/* "arn:aws:ec2:*" is "arn:aws:ec2:*:*:*". */
static void
complete(struct glob *g)
{
	size_t i, colons = 0;

	for (i = 0; i < g->n; i++)
		colons += g->c[i] == ':';
	for (; colons < 5; colons++) {
		g->c[g->n++] = ':';
		g->c[g->n++] = ANY_RUN;
	}
}

static bool
resource_listed(const struct env *e, const struct json *list, struct str resource)
{
	struct glob g;
	struct str s;
	size_t i;

	for (i = 0; i < list_len(list); i++) {
		if (json_str(list_at(list, i), &s) != 0)
			continue;
		if (str_eq_c(s, "*"))
			return true;
		if (!str_eq_c(resource, "*") && expand(e, s, true, &g)) {
			complete(&g);
			if (arn_like(g.c, g.n, resource))
				return true;
		}
	}
	return false;
}

/* How near to the one who asks a Principal comes. */
enum nearness { NOT_NAMED, ACCOUNT_NAMED, ROLE_NAMED, SELF_NAMED };

static enum nearness
names(struct str s, const struct iam_principal *p)
{
	char root[64];

	snprintf(root, sizeof(root), "arn:aws:iam::%.*s:root", STR_FMT(p->account_id));
	/* "*" is everyone. A user is granted the permission directly; that a session has it too,
	 * past its own policies, the guide does not say. */
	if (str_eq_c(s, "*"))
		return p->type == IAM_ASSUMED_ROLE ? ROLE_NAMED : SELF_NAMED;
	if (str_eq(s, p->account_id) || str_eq_c(s, root))
		return ACCOUNT_NAMED;
	if (p->type == IAM_ASSUMED_ROLE && str_eq(s, p->role_arn))
		return ROLE_NAMED;
	return str_eq(s, p->arn) ? SELF_NAMED : NOT_NAMED;
}

static enum nearness
principal_listed(const struct json *v, const struct iam_principal *p)
{
	const struct json *list = json_get(v, "AWS");
	enum nearness best = NOT_NAMED, one;
	struct str s;
	size_t i;

	if (json_str(v, &s) == 0)
		return names(s, p);
	for (i = 0; list != NULL && i < list_len(list); i++) {
		if (json_str(list_at(list, i), &s) != 0)
			continue;
		one = names(s, p);
		best = one > best ? one : best;
	}
	return best;
}

static enum nearness
principal_passes(const struct json *statement, const struct iam_principal *p)
{
	return principal_listed(json_get(statement, "Principal"), p);
}

static bool
either(const struct json *yes, bool yes_listed, bool no_listed)
{
	return yes != NULL ? yes_listed : !no_listed;
}

/* The same, or under its other name: one role has two (docs/decisions/0050). */
static bool
resource_named(const struct env *e, const struct json *list, struct str resource)
{
	static const char name[] = "/AWSServiceRoleForE?2InstanceConnect";
	const size_t n = sizeof(name) - 1, letter = 19;
	char other[256];
	struct str tail = str_from(resource, resource.n < n ? 0 : resource.n - n);
	char c = tail.n == n ? tail.p[letter] : '-';

	if (resource_listed(e, list, resource))
		return true;
	if ((c != 'C' && c != 'c') || resource.n > sizeof(other) ||
	    !str_eq(str_head(tail, letter), str_of_n(name, letter)) ||
	    !str_eq_c(str_from(tail, letter + 1), name + letter + 1))
		return false;
	memcpy(other, resource.p, resource.n);
	other[resource.n - n + letter] = c == 'C' ? 'c' : 'C';
	return resource_listed(e, list, str_of_n(other, resource.n));
}

static bool
speaks_of(const struct env *e, const struct json *st, enum iam_policy_type type,
    struct str resource)
{
	const struct json *actions = json_get(st, "Action");
	const struct json *not_actions = json_get(st, "NotAction");
	const struct json *resources = json_get(st, "Resource");
	const struct json *not_resources = json_get(st, "NotResource");

	if (!either(actions, action_listed(e, actions), action_listed(e, not_actions)))
		return false;
	if (type == IAM_RESOURCE_POLICY) {
		if (principal_passes(st, e->req->principal) == NOT_NAMED)
			return false;
	} else if (!either(resources, resource_named(e, resources, resource),
		       resource_named(e, not_resources, resource))) {
		return false;
	}
	return conditions_pass(e, json_get(st, "Condition"));
}

static const struct json *
statement_at(const struct naive_policy *p, size_t i)
{
	return list_at(json_get(p->doc, "Statement"), i);
}

size_t
naive_n_statements(const struct naive_policy *p)
{
	return list_len(json_get(p->doc, "Statement"));
}

bool
naive_applies(const struct naive_policy *p, size_t i, const struct iam_request *req,
    struct str resource)
{
	struct env e = { .req = req };
	struct str version;

	e.variables =
	    json_str(json_get(p->doc, "Version"), &version) == 0 && str_eq_c(version, "2012-10-17");
	return speaks_of(&e, statement_at(p, i), p->type, resource);
}

enum iam_effect
naive_effect(const struct naive_policy *p, size_t i)
{
	struct str s;

	return json_str(json_get(statement_at(p, i), "Effect"), &s) == 0 && str_eq_c(s, "Allow")
	    ? IAM_ALLOW
	    : IAM_DENY;
}

/* --- the decision -------------------------------------------------------- */

/* What the policies of one kind say about one resource. */
struct said {
	bool present, allow, deny;
	enum nearness nearest; /* of the statements that allow */
};

static struct said
ask(const struct iam_request *req, const struct naive_policy *policies, size_t n,
    enum iam_policy_type type, struct str resource)
{
	struct said said = { 0 };
	size_t i, k;

	for (i = 0; i < n; i++) {
		if (policies[i].type != type)
			continue;
		said.present = true;
		for (k = 0; k < naive_n_statements(&policies[i]); k++) {
			enum nearness near;

			if (!naive_applies(&policies[i], k, req, resource))
				continue;
			if (naive_effect(&policies[i], k) == IAM_DENY) {
				said.deny = true;
				continue;
			}
			said.allow = true;
			near = principal_passes(statement_at(&policies[i], k), req->principal);
			said.nearest = near > said.nearest ? near : said.nearest;
		}
	}
	return said;
}

static bool
of_other_account(struct str resource, struct str account)
{
	int i;

	for (i = 0; i < 4; i++)
		resource = str_from(resource, str_index(resource, ':') + 1);
	resource = str_head(resource, str_index(resource, ':'));
	return resource.n == 12 && !str_eq(resource, account);
}

static struct naive_verdict
verdict(enum iam_effect effect, enum iam_reason reason)
{
	return (struct naive_verdict){ effect, reason };
}

/* Whether this one resource is allowed. */
static struct naive_verdict
decide_one(const struct iam_request *req, const struct naive_policy *policies, size_t n,
    struct str resource)
{
	struct said trust = ask(req, policies, n, IAM_RESOURCE_POLICY, resource);
	struct said identity = ask(req, policies, n, IAM_IDENTITY_POLICY, resource);
	struct said boundary = ask(req, policies, n, IAM_PERMISSIONS_BOUNDARY, resource);
	struct said session = ask(req, policies, n, IAM_SESSION_POLICY, resource);
	bool foreign = of_other_account(resource, req->principal->account_id);

	if (identity.deny || boundary.deny || session.deny || trust.deny)
		return verdict(IAM_DENY, IAM_REASON_EXPLICIT_DENY);
	if (foreign && !trust.present)
		return verdict(IAM_DENY, IAM_REASON_OTHER_ACCOUNT);
	if (trust.present && !trust.allow)
		return verdict(IAM_DENY, IAM_REASON_NO_TRUST_ALLOW);
	/* Whom a policy of the own account names needs no other permission; what is
	 * granted to a role is still limited for its sessions. */
	if (!foreign && trust.nearest == SELF_NAMED)
		return verdict(IAM_ALLOW, IAM_REASON_ALLOW_STATEMENT);
	if (!identity.allow && req->principal->type != IAM_ROOT &&
	    (foreign || trust.nearest != ROLE_NAMED))
		return verdict(IAM_DENY, IAM_REASON_NO_IDENTITY_ALLOW);
	if (boundary.present && !boundary.allow)
		return verdict(IAM_DENY, IAM_REASON_NO_BOUNDARY_ALLOW);
	if (session.present && !session.allow)
		return verdict(IAM_DENY, IAM_REASON_NO_SESSION_ALLOW);
	return verdict(IAM_ALLOW,
	    req->principal->type == IAM_ROOT && !identity.allow ? IAM_REASON_ROOT
								: IAM_REASON_ALLOW_STATEMENT);
}

struct naive_verdict
naive_decide(const struct iam_request *req, const struct naive_policy *policies, size_t n)
{
	struct naive_verdict first = decide_one(req, policies, n, req->resources[0]), v = first;
	size_t i;

	for (i = 1; i < req->n_resources && v.effect == IAM_ALLOW; i++)
		v = decide_one(req, policies, n, req->resources[i]);
	return v.effect == IAM_ALLOW ? first : v;
}
