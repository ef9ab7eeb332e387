/*
 * get_session_token: gives temporary credentials to a caller who has long-term ones, with MFA if
 * the request has a code. It needs no permission, and no policy can forbid it, because it is how
 * a user proves MFA. Source: STS API reference, GetSessionToken.
 */
#include "svc/identity/mfa.h"
#include "svc/sts/credentials.h"
#include "svc/sts/actions.h"

#define DEFAULT_S 43200
#define ROOT_MAX_S 3600 /* the root's session is cut to this, as on AWS */

struct input {
	struct field_int duration_s;
	struct str serial_number, token_code;
	int64_t mfa_at; /* set by scope */
};

static const struct field fields[] = {
	{ .name = "DurationSeconds",
	    .type = FIELD_INT,
	    .at = offsetof(struct input, duration_s),
	    .min = 900,
	    .max = 129600 },
	{ .name = "SerialNumber",
	    .type = FIELD_STR,
	    .at = offsetof(struct input, serial_number),
	    .form = FORM_STS_SERIAL,
	    .min = 9,
	    .max = 256 },
	{ .name = "TokenCode",
	    .type = FIELD_STR,
	    .at = offsetof(struct input, token_code),
	    .form = FORM_STS_CODE,
	    .min = 6,
	    .max = 6,
	    .audit = "-" },
};

/* The code is checked here and not in the act, because an error would undo what the act wrote,
 * and the count of wrong codes must stay. */
static enum awserr
scope(struct call *c)
{
	struct input *in = c->input;

	if (c->session.temporary)
		return call_fail(c, AWSERR_ACCESS_DENIED,
		    "Cannot call GetSessionToken with session credentials");
	return mfa_authenticate(c, in->serial_number, in->token_code, &in->mfa_at);
}

static enum awserr
act(struct call *c)
{
	const struct input *in = c->input;
	const struct iam_principal *p = &c->principal;
	struct session s = { .temporary = true,
		.issuer_key_id = c->access_key_id,
		.type = p->type,
		.account_id = p->account_id,
		.entity_id = p->user_id,
		.mfa = in->mfa_at > 0,
		.mfa_at = in->mfa_at };
	int64_t duration_s = in->duration_s.given ? in->duration_s.v : DEFAULT_S;

	if (p->type == IAM_ROOT && duration_s > ROOT_MAX_S)
		duration_s = ROOT_MAX_S;
	return credentials_write(c, &s, duration_s);
}

static const struct action actions[] = {
	{ .name = "GetSessionToken",
	    .class = ACTION_OTHER,
	    .read_only = true,
	    .records_answer = true,
	    .once = true,
	    .fields = fields,
	    .n_fields = FIELD_N(fields),
	    .input_size = sizeof(struct input),
	    .scope = scope,
	    .act = act },
};
const struct action_rows get_session_token_rows = { actions, FIELD_N(actions) };
