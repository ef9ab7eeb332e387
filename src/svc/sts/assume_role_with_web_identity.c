/*
 * assume_role_with_web_identity: sts:AssumeRoleWithWebIdentity, which is called without a
 * signature: who has a token of an issuer that the account has a provider for gets a session of a
 * role whose trust policy names the provider. Source: STS API reference; docs/decisions/0058.
 */
#include "aws/arn.h"
#include "svc/sts/actions.h"
#include "svc/sts/assumed_role.h"
#include "svc/sts/credentials.h"
#include "svc/sts/session_limits.h"
#include "svc/sts/web_token.h"

struct web_input {
	struct str role_arn, session_name, token;
	struct field_int duration_s;
	struct session_limits limits;
	/* Set by identify and scope. */
	struct web_token who;
	struct store_role role; /* without an id it does not exist, and act is not reached */
	int64_t seconds;
};
#define IN struct web_input

#define TEXT(name_, member, form_, min_, max_) \
	.name = (name_), .type = FIELD_STR, .at = offsetof(IN, member), .form = (form_), \
	.min = (min_), .max = (max_), .required = true

static const struct field fields[] = {
	{ TEXT("RoleArn", role_arn, FORM_IAM_ARN, 20, 2048) },
	{ TEXT("RoleSessionName", session_name, FORM_STS_NAME, 2, 64) },
	{ TEXT("WebIdentityToken", token, FORM_PRINTABLE, 4, 20000), .audit = "-" },
	/* Tokens of OAuth 2.0, of issuers without OpenID Connect. */
	{ .name = "ProviderId", .type = FIELD_UNSUPPORTED },
	/* Who is refused may be anybody: act adds the policy to the record. */
	SESSION_POLICY_FIELDS(IN, limits, "-"),
	{ .name = "DurationSeconds",
	    .type = FIELD_INT,
	    .at = offsetof(IN, duration_s),
	    .min = 900,
	    .max = 43200 },
};

static struct str
provider_arn(struct call *c, const struct store_oidc_provider *v)
{
	return arena_fmt(c->arena, "arn:aws:iam::%.*s:oidc-provider/%.*s", STR_FMT(v->account_id),
	    STR_FMT(v->url));
}

/* The account is that of the role, and has to have a provider for the token's issuer. */
static enum awserr
identify(struct call *c)
{
	IN *in = c->input;
	struct web_token *t = &in->who;
	struct str name, arn;
	struct arn role;
	enum awserr e;

	if ((e = assumed_role_name(c, in->role_arn, &name)) != AWSERR_NONE)
		return e;
	if (arn_parse(in->role_arn, &role) != 0 || !arn_account_valid(role.account))
		return call_fail(c, AWSERR_VALIDATION, "%.*s is invalid", STR_FMT(in->role_arn));
	if ((e = web_token_check(c, role.account, in->token, t)) != AWSERR_NONE)
		return e;
	arn = provider_arn(c, &t->provider);
	c->principal = (struct iam_principal){ .type = IAM_WEB_IDENTITY,
		.arn = arn,
		.account_id = t->provider.account_id,
		.user_id = arena_fmt(c->arena, "%.*s:%.*s:%.*s", STR_FMT(arn), STR_FMT(t->audience),
		    STR_FMT(t->subject)),
		.name = t->subject };
	return AWSERR_NONE;
}

/* Sources of the keys: IAM user guide, "Available keys for AWS OIDC federation". They begin with
 * the issuer's URL. */
static void
context(struct call *c, const IN *in)
{
	const struct web_token *t = &in->who;
	struct str url = t->provider.url;

	call_context(c, arena_fmt(c->arena, "%.*s:aud", STR_FMT(url)), t->audience);
	call_context(c, arena_fmt(c->arena, "%.*s:sub", STR_FMT(url)), t->subject);
	if (t->n_amr > 0)
		call_context_list(c, arena_fmt(c->arena, "%.*s:amr", STR_FMT(url)), t->amr,
		    t->n_amr);
	call_context(c, STR("aws:FederatedProvider"), c->principal.arn);
	call_context(c, STR("sts:RoleSessionName"), in->session_name);
}

static enum awserr
scope(struct call *c)
{
	IN *in = c->input;
	struct str name = STR("");
	enum awserr e;

	in->seconds = in->duration_s.given ? in->duration_s.v : ASSUMED_ROLE_DEFAULT_S;
	if ((e = session_limits_check(c, &in->limits)) != AWSERR_NONE ||
	    (e = assumed_role_name(c, in->role_arn, &name)) != AWSERR_NONE ||
	    (e = assumed_role_find(c, &in->role_arn, name, &in->role)) != AWSERR_NONE)
		return e;
	context(c, in);
	return assumed_role_duration(c, &in->role, in->seconds);
}

static enum awserr
act(struct call *c)
{
	const IN *in = c->input;
	const struct field_strs none = { 0 };
	struct session s = { .temporary = true,
		/* Not the subject: each branch of a repository may be another. */
		.issuer_key_id = in->who.provider.provider_id,
		.type = IAM_ASSUMED_ROLE,
		.account_id = in->role.account_id,
		.entity_id = in->role.role_id,
		.session_name = in->session_name };
	int64_t packed;
	enum awserr e;

	if ((e = session_limits_set(c, &in->limits, &none, &s, &packed)) != AWSERR_NONE ||
	    (e = credentials_write(c, &s, in->seconds)) != AWSERR_NONE)
		return e;
	if (in->limits.policy.n > 0)
		call_audit_param(c, "policy", in->limits.policy);
	out_str(&c->out, "SubjectFromWebIdentityToken", in->who.subject);
	assumed_role_write(c, &in->role, s.session_name);
	if (packed > 0)
		out_i64(&c->out, "PackedPolicySize", packed);
	out_str(&c->out, "Provider", c->principal.arn);
	out_str(&c->out, "Audience", in->who.audience);
	return AWSERR_NONE;
}

static const struct action actions[] = {
	{ .name = "AssumeRoleWithWebIdentity",
	    .iam_action = "sts:AssumeRoleWithWebIdentity",
	    .class = ACTION_OTHER,
	    .read_only = true,
	    .records_answer = true,
	    .fields = fields,
	    .n_fields = FIELD_N(fields),
	    .input_size = sizeof(IN),
	    .identify = identify,
	    .scope = scope,
	    .act = act },
};
const struct action_rows assume_role_with_web_identity_rows = { actions, FIELD_N(actions) };
