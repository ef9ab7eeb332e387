/*
 * get_federation_token: gives temporary credentials for somebody whom the caller, a user with
 * long-term credentials, vouches for. Such a federated user may do what both the caller and the
 * session policies of the request allow; without session policies, nothing. The root of an account
 * gets none here: AWS advises against it, and they could do almost anything. Source: STS API
 * reference, GetFederationToken.
 */
#include "svc/sts/actions.h"
#include "svc/sts/credentials.h"
#include "svc/sts/session_limits.h"

#define DEFAULT_S 43200

struct federation_input {
	struct str name;
	struct session_limits limits;
	struct field_int duration_s;
};

static const struct field fields[] = {
	{ .name = "Name",
	    .type = FIELD_STR,
	    .at = offsetof(struct federation_input, name),
	    .required = true,
	    .form = FORM_STS_NAME,
	    .min = 2,
	    .max = 32 },
	SESSION_POLICY_FIELDS(struct federation_input, limits, NULL),
	{ .name = "DurationSeconds",
	    .type = FIELD_INT,
	    .at = offsetof(struct federation_input, duration_s),
	    .min = 900,
	    .max = 129600 },
	ENTITY_TAGS_FIELD(struct federation_input, limits.tags, false),
};

static struct str
federated_arn(struct call *c, struct str name)
{
	return arena_fmt(c->arena, "arn:aws:sts::%.*s:federated-user/%.*s",
	    STR_FMT(c->principal.account_id), STR_FMT(name));
}

static enum awserr
scope(struct call *c)
{
	const struct federation_input *in = c->input;
	struct str arn = federated_arn(c, in->name);
	enum awserr e;

	if (c->session.temporary)
		return call_fail(c, AWSERR_ACCESS_DENIED,
		    "Cannot call GetFederationToken with session credentials");
	if (c->principal.type != IAM_USER)
		return call_fail(c, AWSERR_ACCESS_DENIED,
		    "Only a user can call GetFederationToken in this installation");
	if ((e = session_limits_check(c, &in->limits)) != AWSERR_NONE)
		return e;
	call_target_arn(c, arn);
	if (in->limits.tags.n > 0) {
		call_target_arn(c, arn);
		call_target_action(c, "sts:TagSession");
	}
	return entity_tag_request(c, &in->limits.tags);
}

static enum awserr
act(struct call *c)
{
	const struct federation_input *in = c->input;
	const struct field_strs none = { 0 };
	struct session s = { .temporary = true,
		.issuer_key_id = c->access_key_id,
		.type = IAM_FEDERATED_USER,
		.account_id = c->principal.account_id,
		.entity_id = c->principal.user_id,
		.session_name = in->name };
	int64_t packed;
	enum awserr e;

	if ((e = session_limits_set(c, &in->limits, &none, &s, &packed)) != AWSERR_NONE ||
	    (e = credentials_write(c, &s, in->duration_s.given ? in->duration_s.v : DEFAULT_S)) !=
		AWSERR_NONE)
		return e;
	out_object(&c->out, "FederatedUser");
	out_str(&c->out, "FederatedUserId",
	    arena_fmt(c->arena, "%.*s:%.*s", STR_FMT(s.account_id), STR_FMT(in->name)));
	out_str(&c->out, "Arn", federated_arn(c, in->name));
	out_end(&c->out);
	if (packed > 0)
		out_i64(&c->out, "PackedPolicySize", packed);
	return AWSERR_NONE;
}

static const struct action actions[] = {
	{ .name = "GetFederationToken",
	    .iam_action = "sts:GetFederationToken",
	    .class = ACTION_OTHER,
	    .once = true,
	    .fields = fields,
	    .n_fields = FIELD_N(fields),
	    .input_size = sizeof(struct federation_input),
	    .scope = scope,
	    .act = act },
};
const struct action_rows get_federation_token_rows = { actions, FIELD_N(actions) };
