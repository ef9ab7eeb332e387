/*
 * assume_role: the row of sts:AssumeRole, and the session that comes of it.
 */
#include "svc/sts/assume_role.h"

#include "svc/sts/actions.h"
#include "svc/sts/assumed_role.h"
#include "svc/sts/credentials.h"

#define TEXT(name_, member, form_, min_, max_) \
	.name = (name_), .type = FIELD_STR, .at = offsetof(struct assume_role, member), \
	.form = (form_), .min = (min_), .max = (max_)

static const struct field fields[] = {
	{ TEXT("RoleArn", role_arn, FORM_IAM_ARN, 20, 2048), .required = true },
	{ TEXT("RoleSessionName", session_name, FORM_STS_NAME, 2, 64), .required = true },
	SESSION_POLICY_FIELDS(struct assume_role, limits, NULL),
	{ .name = "DurationSeconds",
	    .type = FIELD_INT,
	    .at = offsetof(struct assume_role, duration_s),
	    .min = 900,
	    .max = 43200 },
	ENTITY_TAGS_FIELD(struct assume_role, limits.tags, false),
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
	e = session_limits_set(c, &in->limits, &in->transitive_keys, &s, &packed);
	if (e != AWSERR_NONE || (e = credentials_write(c, &s, in->seconds)) != AWSERR_NONE)
		return e;
	assumed_role_write(c, &in->role, s.session_name);
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
	    .once = true,
	    .for_user_session = true,
	    .fields = fields,
	    .n_fields = FIELD_N(fields),
	    .input_size = sizeof(struct assume_role),
	    .scope = assume_role_scope,
	    .act = act },
};
const struct action_rows assume_role_rows = { actions, FIELD_N(actions) };
