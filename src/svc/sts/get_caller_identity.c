/*
 * get_caller_identity: the act of sts:GetCallerIdentity.
 */
#include "api/call.h"
#include "svc/sts/sts.h"

enum awserr
get_caller_identity_act(struct call *c)
{
	out_str(&c->out, "Arn", c->principal.arn);
	out_str(&c->out, "UserId", c->principal.user_id);
	out_str(&c->out, "Account", c->principal.account_id);
	return AWSERR_NONE;
}
