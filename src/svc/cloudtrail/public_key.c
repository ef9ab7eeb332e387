/*
 * public_key: cloudtrail:ListPublicKeys: the keys with which the digests of the exported trail are
 * verified (trail/digest.h). Source: CloudTrail API reference.
 */
#include "api/call.h"
#include "base/b64.h"
#include "region/digest_keys.h"
#include "svc/cloudtrail/actions.h"

#define WINDOW_S (90 * INT64_C(86400))
#define MAX_TEXT_BYTES 4096

struct keys_input {
	struct field_time start, end;
	struct str next_token;
};

static const struct field fields[] = {
	{ .name = "StartTime", .type = FIELD_TIME, .at = offsetof(struct keys_input, start) },
	{ .name = "EndTime", .type = FIELD_TIME, .at = offsetof(struct keys_input, end) },
	{ .name = "NextToken", .type = FIELD_STR, .at = offsetof(struct keys_input, next_token) },
};

static void
key_write(struct call *c, const struct digest_key *v)
{
	struct buf text;

	buf_init(&text, MAX_TEXT_BYTES);
	b64_write(&text, v->pkcs1.p, v->pkcs1.n);
	out_item(&c->out);
	out_str(&c->out, "Value", buf_view(&text));
	out_time(&c->out, "ValidityStartTime", v->not_before_at);
	out_time(&c->out, "ValidityEndTime", v->not_after_at);
	out_str(&c->out, "Fingerprint", v->fingerprint);
	out_end(&c->out);
	buf_release(&text);
}

/* There is one page, so that no token can be right. Without times it is the last 90 days, or those
 * before the end, as far as LookupEvents goes back. */
static enum awserr
act(struct call *c)
{
	const struct keys_input *in = c->input;
	int64_t to_at = in->end.given ? in->end.at_ms / 1000 : c->now_s;
	int64_t from_at = in->start.given ? in->start.at_ms / 1000 : to_at - WINDOW_S;
	struct digest_key *v;
	size_t i, n;
	int r;

	if (in->next_token.n > 0)
		return AWSERR_INVALID_TOKEN;
	if (from_at > to_at)
		return AWSERR_INVALID_TIME_RANGE;
	if ((r = digest_keys_list(c->region, c->arena, from_at, to_at, &v, &n)) != 0)
		return call_internal(c, "keys of digests", r);
	out_list(&c->out, "PublicKeyList");
	for (i = 0; i < n; i++)
		key_write(c, &v[i]);
	out_end(&c->out);
	return AWSERR_NONE;
}

static const struct action actions[] = {
	{ .name = "ListPublicKeys",
	    .iam_action = "cloudtrail:ListPublicKeys",
	    .class = ACTION_OTHER,
	    .read_only = true,
	    .fields = fields,
	    .n_fields = FIELD_N(fields),
	    .input_size = sizeof(struct keys_input),
	    .act = act },
};
const struct action_rows public_key_rows = { actions, FIELD_N(actions) };
