/*
 * get_access_key_info: tells which account an access key belongs to. Temporary keys are not
 * stored, so the only one that is known is the one that signed the request.
 */
#include "api/call.h"
#include "svc/sts/actions.h"
#include "store/store_access_key.h"

struct input {
	struct str access_key_id;
};

static const struct field fields[] = {
	{ .name = "AccessKeyId",
	    .type = FIELD_STR,
	    .at = offsetof(struct input, access_key_id),
	    .required = true,
	    .form = FORM_STS_WORD,
	    .min = 16,
	    .max = 128 },
};

static enum awserr
act(struct call *c)
{
	const struct input *in = c->input;
	struct store_access_key key;
	int r;

	if (str_eq(in->access_key_id, c->access_key_id)) {
		out_str(&c->out, "Account", c->principal.account_id);
		return AWSERR_NONE;
	}
	r = store_access_key_get(c->region->store, c->arena, in->access_key_id, &key);
	if (r != 0 && r != ERR_NOTFOUND)
		return call_internal(c, "access key", r);
	if (r == ERR_NOTFOUND)
		return call_fail(c, AWSERR_VALIDATION, "The access key ID %.*s is not valid.",
		    STR_FMT(in->access_key_id));
	out_str(&c->out, "Account", key.account_id);
	return AWSERR_NONE;
}

static const struct action actions[] = {
	{ .name = "GetAccessKeyInfo",
	    .iam_action = "sts:GetAccessKeyInfo",
	    .class = ACTION_OTHER,
	    .read_only = true,
	    .fields = fields,
	    .n_fields = FIELD_N(fields),
	    .input_size = sizeof(struct input),
	    .act = act },
};
const struct action_rows get_access_key_info_rows = { actions, FIELD_N(actions) };
