/*
 * decode_authorization_message: tells why a request was denied, from the encoded message in the
 * denial (api/denial.h).
 */
#include "api/call.h"
#include "api/denial.h"
#include "svc/sts/actions.h"

struct input {
	struct str encoded;
};

/* AWS accepts at most 10,240 characters. The messages made here can be longer: as long as what
 * keyd seals. */
static const struct field fields[] = {
	{ .name = "EncodedMessage",
	    .type = FIELD_STR,
	    .at = offsetof(struct input, encoded),
	    .required = true,
	    .min = 1,
	    .max = 24000,
	    .audit = "-" },
};

static enum awserr
act(struct call *c)
{
	const struct input *in = c->input;
	struct str json;
	int r;

	r = denial_open(c, in->encoded, &json);
	if (r == ERR_SYNTAX || r == ERR_CRYPTO || r == ERR_DENIED)
		return AWSERR_INVALID_AUTHZ_MESSAGE;
	if (r != 0)
		return call_internal(c, "authorization message", r);
	out_str(&c->out, "DecodedMessage", json);
	return AWSERR_NONE;
}

static const struct action actions[] = {
	{ .name = "DecodeAuthorizationMessage",
	    .iam_action = "sts:DecodeAuthorizationMessage",
	    .class = ACTION_OTHER,
	    .read_only = true,
	    .fields = fields,
	    .n_fields = FIELD_N(fields),
	    .input_size = sizeof(struct input),
	    .act = act },
};
const struct action_rows decode_authorization_message_rows = { actions, FIELD_N(actions) };
