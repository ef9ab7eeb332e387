/*
 * denial: see denial.h.
 */
#include "api/denial.h"

#include "api/denial_pack.h"
#include "base/b64.h"
#include "base/log.h"
#include "iam/explain.h"

#define MAX_SENTENCE_BYTES 8192
#define ACCOUNT_BYTES 12
/* What is sealed in nearly every denial: with the 37 bytes that sealing adds and in base64 it is
 * 1368 characters, 18 lines of a terminal. From the exact length, a caller could tell how much
 * there is to say about a resource, and so whether it exists: so it is padded to this, and a longer
 * one to a multiple of STEP_BYTES. */
#define SHORT_BYTES (1024 - 37)
#define STEP_BYTES 4096
/* denial_open accepts at most PORTS_MAX_MESSAGE_BYTES. */
#define MAX_PLAIN_BYTES (PORTS_MAX_MESSAGE_BYTES - 37)
/* Before it is packed, and after it was unpacked. */
#define MAX_TEXT_BYTES (8 * PORTS_MAX_MESSAGE_BYTES)

static struct str
sentence(struct call *c, const struct iam_request *rq, const struct iam_decision *d)
{
	struct iam_decision told = *d;
	struct str out;
	struct buf b;

	/* In AWS's words, which do not name the caller. */
	if (c->stranger)
		return arena_fmt(c->arena, "Not authorized to perform %.*s", STR_FMT(rq->action));
	buf_init(&b, MAX_SENTENCE_BYTES);
	/* EC2 puts a sentence of its own in front (wire.md 7.6). */
	if (c->service == SERVICE_EC2)
		buf_c(&b, "You are not authorized to perform this operation. ");
	/* Who may not assume a role is given no reason (with this one, none is written):
	 * different reasons would tell whether the role exists. */
	if (c->trust != NULL)
		told.reason = IAM_REASON_MALFORMED;
	if (c->told.n > 0)
		told.resource = c->told;
	iam_denial_write(&b, rq, &told);
	out = arena_str(c->arena, buf_view(&b));
	buf_release(&b);
	return out;
}

/* Seals plain and encodes it in base64. Empty when keyd does not answer. */
static struct str
seal(struct call *c, struct str plain)
{
	const struct keyd_port *keyd = c->region->keyd;
	struct buf sealed, text;
	struct str out = STR("");
	int r;

	buf_init(&sealed, PORTS_MAX_MESSAGE_BYTES);
	buf_init(&text, 2 * PORTS_MAX_MESSAGE_BYTES);
	if ((r = keyd->seal_message(keyd->ctx, plain, &sealed)) == 0) {
		b64_write(&text, sealed.p, sealed.n);
		out = arena_str(c->arena, buf_view(&text));
	} else {
		log_warn("denial without an encoded message", log_s("req", c->req->request_id),
		    log_e(r));
	}
	buf_release(&sealed);
	buf_release(&text);
	return out;
}

/* Replaces the content of b with the account's number and the explanation, packed. False when it is
 * longer than max. */
static bool
plain_write(struct call *c, struct buf *b, size_t max, const struct iam_request *rq,
    const struct iam_context *shown, const struct iam_attached_policy *policies, size_t n_policies,
    const struct iam_decision *d)
{
	struct iam_request told = *rq;
	struct buf text;
	bool fits;

	buf_init(&text, MAX_TEXT_BYTES);
	told.context = *shown;
	buf_str(&text, c->principal.account_id);
	iam_explain_write(&text, &told, policies, n_policies, d);
	buf_clear(b);
	denial_pack_write(b, buf_view(&text));
	fits = buf_err(&text) == 0 && buf_err(b) == 0 && b->n <= max;
	buf_release(&text);
	return fits;
}

static void
pad(struct buf *b)
{
	size_t n =
	    b->n <= SHORT_BYTES ? SHORT_BYTES : (b->n + STEP_BYTES - 1) / STEP_BYTES * STEP_BYTES;

	while (b->n < n && b->n < MAX_PLAIN_BYTES)
		buf_ch(b, ' ');
}

static void
encode(struct call *c, const struct iam_request *rq, const struct iam_context *shown,
    const struct iam_attached_policy *policies, size_t n_policies, const struct iam_decision *d)
{
	const struct iam_context none = { .n = 0 };
	struct buf b;

	buf_init(&b, MAX_PLAIN_BYTES);
	/* Writes as much as there is room for. The condition keys that no policy asks for are told
	 * only if the message stays short. The next to be left out is the text of the statement
	 * (the message still names its policy and number), and at last all condition keys. */
	if (plain_write(c, &b, SHORT_BYTES, rq, shown, policies, n_policies, d) ||
	    plain_write(c, &b, MAX_PLAIN_BYTES, rq, &rq->context, policies, n_policies, d) ||
	    plain_write(c, &b, MAX_PLAIN_BYTES, rq, &rq->context, NULL, 0, d) ||
	    plain_write(c, &b, MAX_PLAIN_BYTES, rq, &none, NULL, 0, d)) {
		pad(&b);
		c->encoded = seal(c, buf_view(&b));
	}
	buf_release(&b);
}

enum awserr
denial_answer(struct call *c, const struct iam_request *rq, const struct iam_context *shown,
    const struct iam_attached_policy *policies, size_t n_policies, const struct iam_decision *d)
{
	log_info("denied", log_s("req", c->req->request_id), log_s("principal", c->principal.arn),
	    log_s("action", rq->action), log_s("resource", d->resource),
	    log_c("reason", iam_explain_reason(d->reason)), log_s("policy", d->policy),
	    log_s("sid", d->sid));
	c->denied = true;
	c->message = sentence(c, rq, d);
	/* Who may not assume a role gets no encoded message: its length would tell something
	 * about the role's trust policy. */
	if (c->trust == NULL)
		encode(c, rq, shown, policies, n_policies, d);
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
	const struct keyd_port *keyd = c->region->keyd;
	struct buf sealed, plain, unpacked;
	struct str text;
	int r;

	buf_init(&sealed, PORTS_MAX_MESSAGE_BYTES);
	buf_init(&plain, 2 * PORTS_MAX_MESSAGE_BYTES);
	buf_init(&unpacked, MAX_TEXT_BYTES);
	if ((r = b64_parse(encoded, &sealed)) != 0) {
		r = ERR_SYNTAX;
		goto out;
	}
	if ((r = keyd->open_message(keyd->ctx, buf_view(&sealed), &plain)) != 0)
		goto out;
	denial_pack_read(&unpacked, buf_view(&plain));
	if ((r = buf_err(&unpacked)) != 0)
		goto out;
	text = buf_view(&unpacked);
	if (!str_eq(str_head(text, ACCOUNT_BYTES), c->principal.account_id)) {
		r = ERR_DENIED;
		goto out;
	}
	*ret_json = arena_str(c->arena, str_trim(str_from(text, ACCOUNT_BYTES)));
out:
	buf_release(&sealed);
	buf_release(&plain);
	buf_release(&unpacked);
	return r;
}
