/*
 * assume_role: the row of sts:AssumeRole, and the session that comes of it.
 */
#include "svc/sts/assume_role.h"

#include "svc/sts/credentials.h"
#include "svc/sts/actions.h"
#include "store/store_policy.h"

/* The room for policies and tags in a token, and the bytes that each text takes besides its own
 * (api/session.h). */
#define PACKED_MAX_BYTES 8192
#define PER_TEXT 2

static const struct field policy_fields[] = {
	{ .name = "arn",
	    .type = FIELD_STR,
	    .at = offsetof(struct assume_role_policy, arn),
	    .required = true,
	    .form = FORM_IAM_ARN,
	    .min = 20,
	    .max = 2048 },
};

#define TEXT(name_, member, form_, min_, max_) \
	.name = (name_), .type = FIELD_STR, .at = offsetof(struct assume_role, member), \
	.form = (form_), .min = (min_), .max = (max_)

static const struct field fields[] = {
	{ TEXT("RoleArn", role_arn, FORM_IAM_ARN, 20, 2048), .required = true },
	{ TEXT("RoleSessionName", session_name, FORM_STS_NAME, 2, 64), .required = true },
	{ .name = "PolicyArns",
	    .type = FIELD_LIST,
	    .at = offsetof(struct assume_role, policy_arns),
	    .max_items = SESSION_MAX_POLICIES,
	    .members = policy_fields,
	    .n_members = FIELD_N(policy_fields),
	    .size = sizeof(struct assume_role_policy) },
	{ TEXT("Policy", policy, FORM_POLICY_DOCUMENT, 1, 2048) },
	{ .name = "DurationSeconds",
	    .type = FIELD_INT,
	    .at = offsetof(struct assume_role, duration_s),
	    .min = 900,
	    .max = 43200 },
	ENTITY_TAGS_FIELD(struct assume_role, tags, false),
	{ .name = "TransitiveTagKeys",
	    .type = FIELD_STR_LIST,
	    .at = offsetof(struct assume_role, transitive_keys),
	    .max_items = 50,
	    .form = FORM_TAG_KEY,
	    .min = 1,
	    .max = 128 },
	{ TEXT("ExternalId", external_id, FORM_EXTERNAL_ID, 2, 1224) },
	{ TEXT("SerialNumber", serial_number, FORM_STS_SERIAL, 9, 256) },
	{ TEXT("TokenCode", token_code, FORM_STS_CODE, 6, 6), .audit = "-" },
	{ TEXT("SourceIdentity", source_identity, FORM_STS_NAME, 2, 64) },
	/* Contexts come from other identity providers, and there are none here. */
	{ .name = "ProvidedContexts", .type = FIELD_UNSUPPORTED },
};

bool
assume_role_chained(const struct call *c)
{
	return c->principal.type == IAM_ASSUMED_ROLE;
}

static enum awserr
policies_set(struct call *c, const struct assume_role *in, struct session *s)
{
	const struct assume_role_policy *v = in->policy_arns.v;
	struct store_policy p;
	size_t i;
	int r;

	if (in->policy.p != NULL)
		s->policy = in->policy;
	for (i = 0; i < in->policy_arns.n; i++) {
		r = store_policy_get(c->region->store, c->arena, c->principal.account_id, v[i].arn,
		    &p);
		if (r == ERR_NOTFOUND)
			return call_fail(c, AWSERR_VALIDATION,
			    "The managed session policy %.*s does not exist", STR_FMT(v[i].arn));
		if (r != 0)
			return call_internal(c, "session policy", r);
		s->policy_arns[s->n_policy_arns++] = p.arn;
	}
	return AWSERR_NONE;
}

static bool
is_transitive(const struct assume_role *in, struct str key)
{
	size_t i;

	for (i = 0; i < in->transitive_keys.n; i++) {
		if (str_eq_nocase(in->transitive_keys.v[i], key))
			return true;
	}
	return false;
}

/* The session gets the tags of the request, and the transitive ones of the caller's session. */
static enum awserr
tags_set(struct call *c, const struct assume_role *in, struct session *s)
{
	const struct entity_tag *v = in->tags.v;
	size_t i;

	s->tags = arena_array(c->arena, in->tags.n + c->session.n_tags, sizeof(*s->tags));
	for (i = 0; i < in->tags.n; i++)
		s->tags[s->n_tags++] =
		    (struct session_tag){ v[i].key, v[i].value, is_transitive(in, v[i].key) };
	for (i = 0; i < c->session.n_tags; i++) {
		if (c->session.tags[i].transitive)
			s->tags[s->n_tags++] = c->session.tags[i];
	}
	if (s->n_tags > SESSION_MAX_TAGS)
		return call_fail(c, AWSERR_PACKED_POLICY_TOO_LARGE,
		    "A session has %d tags at most, with those that it inherits", SESSION_MAX_TAGS);
	return AWSERR_NONE;
}

/* *ret is the packed size of policies and tags, in percent of the room for them. */
static enum awserr
pack(struct call *c, const struct session *s, int64_t *ret)
{
	size_t i, n = s->policy.n > 0 ? PER_TEXT + s->policy.n : 0;

	for (i = 0; i < s->n_policy_arns; i++)
		n += PER_TEXT + s->policy_arns[i].n;
	for (i = 0; i < s->n_tags; i++)
		n += 2 * PER_TEXT + 1 + s->tags[i].key.n + s->tags[i].value.n;
	*ret = (int64_t)((n * 100 + PACKED_MAX_BYTES - 1) / PACKED_MAX_BYTES);
	if (n <= PACKED_MAX_BYTES)
		return AWSERR_NONE;
	return call_fail(c, AWSERR_PACKED_POLICY_TOO_LARGE,
	    "Packed policy consumes %lld%% of allotted space, please use smaller policy.",
	    (long long)*ret);
}

static void
user_write(struct call *c, const struct store_role *role, struct str session_name)
{
	out_object(&c->out, "AssumedRoleUser");
	out_str(&c->out, "AssumedRoleId",
	    arena_fmt(c->arena, "%.*s:%.*s", STR_FMT(role->role_id), STR_FMT(session_name)));
	out_str(&c->out, "Arn",
	    arena_fmt(c->arena, "arn:aws:sts::%.*s:assumed-role/%.*s/%.*s",
		STR_FMT(role->account_id), STR_FMT(role->name), STR_FMT(session_name)));
	out_end(&c->out);
}

/* The code of an MFA device that came with the request counts for this request alone: the session
 * of a role says nothing about MFA. Source: IAM user guide, "Secure API access with MFA". */
static enum awserr
act(struct call *c)
{
	const struct assume_role *in = c->input;
	struct session s = { .temporary = true,
		.type = IAM_ASSUMED_ROLE,
		.account_id = in->role.account_id,
		.entity_id = in->role.role_id,
		.session_name = in->session_name,
		.source_identity = in->source_identity,
		.chained = assume_role_chained(c) };
	int64_t packed;
	enum awserr e;

	s.issuer_key_id = c->session.temporary ? c->session.issuer_key_id : c->access_key_id;
	if ((e = policies_set(c, in, &s)) != AWSERR_NONE ||
	    (e = tags_set(c, in, &s)) != AWSERR_NONE || (e = pack(c, &s, &packed)) != AWSERR_NONE ||
	    (e = credentials_write(c, &s, in->seconds)) != AWSERR_NONE)
		return e;
	user_write(c, &in->role, s.session_name);
	if (packed > 0)
		out_i64(&c->out, "PackedPolicySize", packed);
	out_opt(&c->out, "SourceIdentity", s.source_identity);
	return AWSERR_NONE;
}

static const struct action actions[] = {
	{ .name = "AssumeRole",
	    .iam_action = "sts:AssumeRole",
	    .class = ACTION_OTHER,
	    .read_only = true,
	    .records_answer = true,
	    .for_user_session = true,
	    .fields = fields,
	    .n_fields = FIELD_N(fields),
	    .input_size = sizeof(struct assume_role),
	    .scope = assume_role_scope,
	    .act = act },
};
const struct action_rows assume_role_rows = { actions, FIELD_N(actions) };
