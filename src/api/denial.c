/*
 * denial: see denial.h.
 */
#include "api/denial.h"

#include "base/b64.h"
#include "base/log.h"

#define MAX_SENTENCE_BYTES 8192
#define ACCOUNT_BYTES 12

/* For the administrator; AWS's sentence leaves the policy's name out. */
static const char *
reason_text(enum iam_reason r)
{
	switch (r) {
	case IAM_REASON_EXPLICIT_DENY:
		return "explicit deny";
	case IAM_REASON_NO_IDENTITY_ALLOW:
		return "no identity-based policy allows it";
	case IAM_REASON_NO_BOUNDARY_ALLOW:
		return "the permissions boundary does not allow it";
	case IAM_REASON_NO_SESSION_ALLOW:
		return "the session policy does not allow it";
	case IAM_REASON_NO_TRUST_ALLOW:
		return "the role's trust policy does not allow it";
	case IAM_REASON_OTHER_ACCOUNT:
		return "a resource of another account";
	case IAM_REASON_MALFORMED:
		return "a malformed request";
	case IAM_REASON_ROOT:
	case IAM_REASON_ALLOW_STATEMENT:
		break;
	}
	return "too many condition keys";
}

static struct str
sentence(struct call *c, const struct iam_request *rq, const struct iam_decision *d)
{
	struct str out;
	struct buf b;

	buf_init(&b, MAX_SENTENCE_BYTES);
	/* EC2 puts a sentence of its own in front (wire.md 7.6). */
	if (c->service == SERVICE_EC2)
		buf_c(&b, "You are not authorized to perform this operation. ");
	iam_denial_write(&b, rq, d);
	out = arena_str(c->arena, buf_view(&b));
	buf_release(&b);
	return out;
}

enum awserr
denial_answer(struct call *c, const struct iam_request *rq, const struct iam_context *shown,
    const struct iam_attached_policy *policies, size_t n_policies, const struct iam_decision *d)
{
	log_info("denied", log_s("req", c->req->request_id), log_s("principal", c->principal.arn),
	    log_s("action", rq->action), log_s("resource", d->resource),
	    log_c("reason", reason_text(d->reason)), log_s("policy", d->policy),
	    log_s("sid", d->sid));
	c->denied = true;
	c->message = sentence(c, rq, d);
	(void)shown;
	(void)policies;
	(void)n_policies;
	return AWSERR_ACCESS_DENIED;
}

struct str
denial_message(const struct call *c)
{
	if (c->encoded.n == 0)
		return c->message;
	return arena_fmt(c->arena, "%.*s. Encoded authorization failure message: %.*s",
	    STR_FMT(c->message), STR_FMT(c->encoded));
}

int
denial_open(struct call *c, struct str encoded, struct str *ret_json)
{
	const struct keyd_port *keyd = c->api->o.keyd;
	struct buf sealed, plain;
	struct str text;
	int r;

	buf_init(&sealed, PORTS_MAX_MESSAGE_BYTES);
	buf_init(&plain, 2 * PORTS_MAX_MESSAGE_BYTES);
	if ((r = b64_parse(encoded, &sealed)) != 0) {
		r = ERR_SYNTAX;
		goto out;
	}
	if ((r = keyd->open_message(keyd->ctx, buf_view(&sealed), &plain)) != 0)
		goto out;
	text = buf_view(&plain);
	if (!str_eq(str_head(text, ACCOUNT_BYTES), c->principal.account_id)) {
		r = ERR_DENIED;
		goto out;
	}
	*ret_json = arena_str(c->arena, str_from(text, ACCOUNT_BYTES));
out:
	buf_release(&sealed);
	buf_release(&plain);
	return r;
}
