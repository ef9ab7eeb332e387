/*
 * authz_context: see authz_context.h.
 */
#include "api/authz_context.h"

#include "api/policies.h"
#include "aws/arn.h"
#include "base/array.h"
#include "base/date.h"
#include "codec/utf8.h"
#include "iam/policy.h"

#define FIRST_ENTRIES 16 /* room at first for keys other than those of the scope */

struct builder {
	struct call *c;
	const struct call_target *t;
	struct iam_context_entry *v;
	size_t n, cap;
	const struct store_tag *caller_tags;
	size_t n_caller_tags;
};

/* ---- values: one function for each key, false when the request does not have it ---- */

typedef bool value_fn(const struct builder *b, struct str *ret);

static struct str
iso(const struct builder *b, int64_t at_s)
{
	struct str out;
	struct buf text;

	buf_init(&text, 64);
	date_iso_write(&text, at_s);
	out = arena_str(b->c->arena, buf_view(&text));
	buf_release(&text);
	return out;
}

/* What the client says about itself counts as it is recorded (audit.c): its beginning, and as
 * UTF-8. Otherwise the client would choose how long the texts are that policies compare. */
static bool
header(const struct builder *b, struct str name, struct str *ret)
{
	const struct api_request *rq = b->c->req;

	if (http_header_find(rq->headers, rq->n_headers, name, ret) != 0)
		return false;
	*ret = utf8_mend(str_head(*ret, API_KEPT_HEADER_BYTES), b->c->arena);
	return true;
}

static bool
current_time(const struct builder *b, struct str *ret)
{
	*ret = iso(b, b->c->now_s);
	return true;
}

static bool
epoch_time(const struct builder *b, struct str *ret)
{
	*ret = arena_fmt(b->c->arena, "%lld", (long long)b->c->now_s);
	return true;
}

static bool
always_true(const struct builder *b, struct str *ret)
{
	(void)b;
	*ret = STR("true");
	return true;
}

static bool
always_false(const struct builder *b, struct str *ret)
{
	(void)b;
	*ret = STR("false");
	return true;
}

static bool
source_ip(const struct builder *b, struct str *ret)
{
	*ret = b->c->req->peer_ip;
	return true;
}

static bool
user_agent(const struct builder *b, struct str *ret)
{
	return header(b, STR("User-Agent"), ret);
}

static bool
referer(const struct builder *b, struct str *ret)
{
	return header(b, STR("Referer"), ret);
}

static bool
region(const struct builder *b, struct str *ret)
{
	*ret = b->c->region->name;
	return true;
}

static bool
ec2_region(const struct builder *b, struct str *ret)
{
	return b->c->service == SERVICE_EC2 && region(b, ret);
}

/* For a session of a role this is the ARN of the role, because that is what policies name. */
static bool
principal_arn(const struct builder *b, struct str *ret)
{
	const struct iam_principal *p = &b->c->principal;

	*ret = p->type == IAM_ASSUMED_ROLE ? p->role_arn : p->arn;
	return p->type != IAM_WEB_IDENTITY;
}

static bool
principal_account(const struct builder *b, struct str *ret)
{
	*ret = b->c->principal.account_id;
	return b->c->principal.type != IAM_WEB_IDENTITY;
}

static bool
principal_type(const struct builder *b, struct str *ret)
{
	switch (b->c->principal.type) {
	case IAM_ROOT:
		*ret = STR("Account");
		break;
	case IAM_USER:
		*ret = STR("User");
		break;
	case IAM_ASSUMED_ROLE:
		*ret = STR("AssumedRole");
		break;
	case IAM_FEDERATED_USER:
		*ret = STR("FederatedUser");
		break;
	case IAM_WEB_IDENTITY:
		return false;
	}
	return true;
}

static bool
user_id(const struct builder *b, struct str *ret)
{
	*ret = b->c->principal.user_id;
	return b->c->principal.type != IAM_WEB_IDENTITY;
}

static bool
user_name(const struct builder *b, struct str *ret)
{
	*ret = b->c->principal.name;
	return b->c->principal.type == IAM_USER;
}

/* Requests with a long-term key have neither of these two condition keys, as on AWS. Policies
 * tell them apart with "BoolIfExists" or "Null". */
static bool
mfa_present(const struct builder *b, struct str *ret)
{
	*ret = b->c->session.mfa ? STR("true") : STR("false");
	return b->c->session.temporary;
}

static bool
mfa_age(const struct builder *b, struct str *ret)
{
	if (!b->c->session.temporary || !b->c->session.mfa)
		return false;
	*ret = arena_fmt(b->c->arena, "%lld", (long long)(b->c->now_s - b->c->session.mfa_at));
	return true;
}

static bool
token_issue_time(const struct builder *b, struct str *ret)
{
	if (!b->c->session.temporary)
		return false;
	*ret = iso(b, b->c->session.issued_at);
	return true;
}

static bool
source_identity(const struct builder *b, struct str *ret)
{
	*ret = b->c->session.source_identity;
	return b->c->session.temporary && ret->n > 0;
}

static bool
resource_account(const struct builder *b, struct str *ret)
{
	struct arn arn;

	if (arn_parse(b->t->arn, &arn) != 0)
		return false;
	/* The ARN of an image names no account. It belongs to the caller's: no other exists for
	 * the caller. */
	*ret = str_eq_c(arn.service, "ec2") && arn.account.n == 0 ? b->c->principal.account_id
								  : arn.account;
	return arn_account_valid(*ret);
}

static const struct {
	const char *name;
	value_fn *value;
} keys[] = {
	{ "aws:CurrentTime", current_time },
	{ "aws:EpochTime", epoch_time },
	{ "aws:MultiFactorAuthAge", mfa_age },
	{ "aws:MultiFactorAuthPresent", mfa_present },
	{ "aws:PrincipalAccount", principal_account },
	{ "aws:PrincipalArn", principal_arn },
	{ "aws:PrincipalIsAWSService", always_false },
	{ "aws:PrincipalType", principal_type },
	{ "aws:Referer", referer },
	{ "aws:RequestedRegion", region },
	{ "aws:ResourceAccount", resource_account },
	/* Nothing is served without TLS. */
	{ "aws:SecureTransport", always_true },
	{ "aws:SourceIdentity", source_identity },
	{ "aws:SourceIp", source_ip },
	{ "aws:TokenIssueTime", token_issue_time },
	{ "aws:UserAgent", user_agent },
	{ "aws:ViaAWSService", always_false },
	{ "aws:userid", user_id },
	{ "aws:username", user_name },
	{ "ec2:Region", ec2_region },
};

/* ---- tags ---- */

typedef void tags_fn(const struct builder *b, const struct store_tag **ret, size_t *ret_n);

static bool
session_has(const struct session *s, struct str key)
{
	size_t i;

	for (i = 0; i < s->n_tags; i++) {
		if (str_eq_nocase(s->tags[i].key, key))
			return true;
	}
	return false;
}

/* A tag of the session replaces the one of its user or role that has the same key. */
static int
caller_tags_merge(struct call *c, const struct store_tag **ret, size_t *ret_n)
{
	const struct session *s = &c->session;
	const struct store_tag *own = NULL;
	size_t i, n_own = 0, n = 0;
	struct store_tag *v;
	int r;

	if ((r = policies_tags_of_caller(c, &own, &n_own)) != 0)
		return r;
	*ret = own;
	*ret_n = n_own;
	if (s->n_tags == 0)
		return 0;
	v = arena_array(c->arena, s->n_tags + n_own, sizeof(*v));
	for (i = 0; i < s->n_tags; i++)
		v[n++] = (struct store_tag){ .key = s->tags[i].key, .value = s->tags[i].value };
	for (i = 0; i < n_own; i++) {
		if (!session_has(s, own[i].key))
			v[n++] = own[i];
	}
	*ret = v;
	*ret_n = n;
	return 0;
}

static void
caller_tags(const struct builder *b, const struct store_tag **ret, size_t *ret_n)
{
	*ret = b->caller_tags;
	*ret_n = b->n_caller_tags;
}

static void
resource_tags(const struct builder *b, const struct store_tag **ret, size_t *ret_n)
{
	*ret = b->t->tags;
	*ret_n = b->t->n_tags;
}

/* ec2:ResourceTag and iam:ResourceTag are the service's own names for aws:ResourceTag. Each
 * exists only for resources of its service. */
static void
ec2_tags(const struct builder *b, const struct store_tag **ret, size_t *ret_n)
{
	if (str_starts(b->t->arn, STR("arn:aws:ec2:")))
		resource_tags(b, ret, ret_n);
}

static void
iam_tags(const struct builder *b, const struct store_tag **ret, size_t *ret_n)
{
	if (str_starts(b->t->arn, STR("arn:aws:iam:")))
		resource_tags(b, ret, ret_n);
}

#define CALLER_TAGS "aws:PrincipalTag/"

static const struct {
	const char *prefix;
	tags_fn *tags;
} tag_keys[] = {
	{ CALLER_TAGS, caller_tags },
	{ "aws:ResourceTag/", resource_tags },
	{ "ec2:ResourceTag/", ec2_tags },
	{ "iam:ResourceTag/", iam_tags },
};

/* ---- building ---- */

static void
add(struct builder *b, struct str key, const struct str *value)
{
	b->v = array_room_arena(b->c->arena, b->v, b->n, &b->cap, sizeof(*b->v));
	b->v[b->n++] = (struct iam_context_entry){ .key = key, .values = value, .n_values = 1 };
}

static bool
is_there(const struct builder *b, struct str key)
{
	size_t i;

	for (i = 0; i < b->n; i++) {
		if (str_eq_nocase(b->v[i].key, key))
			return true;
	}
	return false;
}

static void
row_add(struct builder *b, size_t row)
{
	struct str value, *v;

	if (!keys[row].value(b, &value))
		return;
	v = arena_alloc(b->c->arena, sizeof(*v));
	*v = value;
	add(b, str_of(keys[row].name), v);
}

/* Adds the keys for tags under the prefix of this row: for the tag wanted, or for all when
 * wanted is empty. */
static void
tags_add(struct builder *b, size_t row, struct str wanted)
{
	struct str prefix = str_of(tag_keys[row].prefix);
	const struct store_tag *tags = NULL;
	size_t i, n = 0;

	tag_keys[row].tags(b, &tags, &n);
	for (i = 0; i < n; i++) {
		if (wanted.n > 0 && !str_eq_nocase(tags[i].key, wanted))
			continue;
		/* Keys that differ only in case are all added. The decision takes the one that
		 * is spelled as in the policy, if there is one (iam/context.c). */
		add(b, arena_fmt(b->c->arena, "%.*s%.*s", STR_FMT(prefix), STR_FMT(tags[i].key)),
		    &tags[i].value);
	}
}

static struct builder
builder_new(struct call *c, const struct call_target *t)
{
	struct builder b = { .c = c, .t = t };

	b.n = c->n_context + t->n_context;
	b.cap = b.n + FIRST_ENTRIES;
	b.v = arena_array(c->arena, b.cap, sizeof(*b.v));
	memcpy(b.v, c->context, c->n_context * sizeof(*b.v));
	if (t->n_context > 0)
		memcpy(b.v + c->n_context, t->context, t->n_context * sizeof(*b.v));
	return b;
}

/* ---- what policies ask for ---- */

/* Is the key one for a tag? Then *ret says for which. */
static bool
tag_key_read(struct str key, struct authz_tag_key *ret)
{
	struct str prefix;
	size_t i;

	for (i = 0; i < FIELD_N(tag_keys); i++) {
		prefix = str_of(tag_keys[i].prefix);
		if (key.n > prefix.n && str_eq_nocase(str_head(key, prefix.n), prefix)) {
			*ret = (struct authz_tag_key){ i, str_from(key, prefix.n) };
			return true;
		}
	}
	return false;
}

/* Is the tag listed already? Takes the steps that it is to look. */
static bool
is_listed(const struct authz_tag_key *v, size_t n, const struct authz_tag_key *key,
    struct steps *steps)
{
	size_t i;

	if (!steps_take(steps, n))
		return true;
	for (i = 0; i < n; i++) {
		if (v[i].row == key->row && str_eq_nocase(v[i].tag, key->tag))
			return true;
	}
	return false;
}

static uint32_t
row_bit(struct str key)
{
	size_t i;

	for (i = 0; i < FIELD_N(keys); i++) {
		if (str_eq_nocase(key, str_of(keys[i].name)))
			return UINT32_C(1) << i;
	}
	return 0;
}

int
authz_context_find(struct call *c, const struct iam_attached_policy *policies, size_t n_policies,
    struct steps *steps, struct authz_keys *ret)
{
	struct authz_tag_key key, *tags = NULL;
	const struct str *asked = NULL;
	size_t i, j, n, cap = 0;

	_Static_assert(FIELD_N(keys) <= 32, "a bit for each key");
	*ret = (struct authz_keys){ .rows = 0 };
	for (i = 0; i < n_policies; i++) {
		n = policies[i].policy == NULL
		    ? 0
		    : iam_policy_context_keys(policies[i].policy, &asked);
		for (j = 0; j < n && steps_take(steps, FIELD_N(keys) + FIELD_N(tag_keys)); j++) {
			if (!tag_key_read(asked[j], &key)) {
				ret->rows |= row_bit(asked[j]);
				continue;
			}
			if (is_listed(tags, ret->n_tags, &key, steps))
				continue;
			tags = array_room_arena(c->arena, tags, ret->n_tags, &cap, sizeof(*tags));
			tags[ret->n_tags++] = key;
		}
	}
	ret->tags = tags;
	for (i = 0; i < ret->n_tags; i++) {
		if (strcmp(tag_keys[tags[i].row].prefix, CALLER_TAGS) == 0)
			return caller_tags_merge(c, &ret->caller_tags, &ret->n_caller_tags);
	}
	return 0;
}

/* ---- all together ---- */

void
authz_context_asked(struct call *c, const struct call_target *t, const struct authz_keys *asked,
    struct steps *steps, struct iam_context *ret)
{
	struct builder b = builder_new(c, t);
	struct str key;
	size_t i;

	b.caller_tags = asked->caller_tags;
	b.n_caller_tags = asked->n_caller_tags;
	for (i = 0; i < FIELD_N(keys); i++) {
		if ((asked->rows & UINT32_C(1) << i) != 0 && steps_take(steps, b.n) &&
		    !is_there(&b, str_of(keys[i].name)))
			row_add(&b, i);
	}
	for (i = 0; i < asked->n_tags && steps->left > 0; i++) {
		key = arena_fmt(c->arena, "%s%.*s", tag_keys[asked->tags[i].row].prefix,
		    STR_FMT(asked->tags[i].tag));
		if (steps_take(steps, b.n + t->n_tags + b.n_caller_tags) && !is_there(&b, key))
			tags_add(&b, asked->tags[i].row, asked->tags[i].tag);
	}
	*ret = (struct iam_context){ .entries = b.v, .n = b.n };
}

void
authz_context_all(struct call *c, const struct call_target *t, struct iam_context *ret)
{
	struct builder b = builder_new(c, t);
	size_t i;

	/* The decision has found the caller's policies, and its tags with them. */
	(void)!caller_tags_merge(c, &b.caller_tags, &b.n_caller_tags);
	for (i = 0; i < FIELD_N(keys); i++)
		row_add(&b, i);
	for (i = 0; i < FIELD_N(tag_keys); i++)
		tags_add(&b, i, STR(""));
	*ret = (struct iam_context){ .entries = b.v, .n = b.n };
}
