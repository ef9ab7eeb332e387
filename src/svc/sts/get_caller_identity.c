/*
 * get_caller_identity: tells the caller who it is: Account, Arn, UserId (docs/wire.md 7.7).
 */
#include "api/call.h"
#include "svc/sts/actions.h"

static enum awserr
act(struct call *c)
{
	out_str(&c->out, "Arn", c->principal.arn);
	out_str(&c->out, "UserId", c->principal.user_id);
	out_str(&c->out, "Account", c->principal.account_id);
	return AWSERR_NONE;
}

static const struct action actions[] = {
	/* As on AWS, this needs no permission. */
	{ .name = "GetCallerIdentity",
	    .class = ACTION_OTHER,
	    .read_only = true,
	    .for_user_session = true,
	    .act = act },
};
const struct action_rows get_caller_identity_rows = { actions, FIELD_N(actions) };
