/*
 * session_limits: see session_limits.h.
 */
#include "svc/sts/session_limits.h"

#include "iam/admit.h"
#include "store/store_policy.h"

#define MAX_POLICY_CHARS 2048 /* session policy and ARNs of policies together */
/* The room for policies and tags in a token, and the bytes that each text takes besides its own
 * (api/session.h). */
#define PACKED_MAX_BYTES 8192
#define PER_TEXT 2

const struct field session_limits_arn_fields[1] = {
	{ .name = "arn",
	    .type = FIELD_STR,
	    .at = offsetof(struct session_limits_arn, arn),
	    .required = true,
	    .form = FORM_IAM_ARN,
	    .min = 20,
	    .max = 2048 },
};

enum awserr
session_limits_check(struct call *c, const struct session_limits *in)
{
	const struct session_limits_arn *arns = in->policy_arns.v;
	struct errinfo ei = { "" };
	size_t i, chars = in->policy.n;
	enum awserr e = AWSERR_NONE;
	struct iam_policy *p;
	struct buf why;
	int r;

	for (i = 0; i < in->policy_arns.n; i++)
		chars += arns[i].arn.n;
	if (chars > MAX_POLICY_CHARS)
		return call_fail(c, AWSERR_PACKED_POLICY_TOO_LARGE,
		    "Session policy and policy ARNs have %zu characters, more than the %d that are "
		    "allowed",
		    chars, MAX_POLICY_CHARS);
	if (in->policy.p == NULL)
		return AWSERR_NONE;
	if ((r = iam_policy_parse(in->policy, IAM_SESSION_POLICY, &p, &ei)) != 0)
		return call_fail(c, AWSERR_MALFORMED_POLICY, "%s",
		    ei.text[0] != '\0' ? ei.text : err_text(r));
	buf_init(&why, 4096);
	if (admit_check(p, ADMIT_INLINE, &why) != 0)
		e = call_fail(c, AWSERR_MALFORMED_POLICY, "%.*s", STR_FMT(buf_view(&why)));
	buf_release(&why);
	iam_policy_free(p);
	return e;
}

static enum awserr
policies_set(struct call *c, const struct session_limits *in, struct session *s)
{
	const struct session_limits_arn *v = in->policy_arns.v;
	struct store_policy p;
	size_t i;
	int r;

	if (in->policy.p != NULL)
		s->policy = in->policy;
	for (i = 0; i < in->policy_arns.n; i++) {
		r = store_policy_get(c->region->store, c->arena, c->principal.account_id, v[i].arn,
		    &p);
		if (r == ERR_NOTFOUND)
			return call_fail(c, AWSERR_VALIDATION,
			    "The managed session policy %.*s does not exist", STR_FMT(v[i].arn));
		if (r != 0)
			return call_internal(c, "session policy", r);
		s->policy_arns[s->n_policy_arns++] = p.arn;
	}
	return AWSERR_NONE;
}

static bool
is_transitive(const struct field_strs *transitive, struct str key)
{
	size_t i;

	for (i = 0; i < transitive->n; i++) {
		if (str_eq_nocase(transitive->v[i], key))
			return true;
	}
	return false;
}

/* The session gets the tags of the request, and the transitive ones of the caller's session. */
static enum awserr
tags_set(struct call *c, const struct session_limits *in, const struct field_strs *transitive,
    struct session *s)
{
	const struct entity_tag *v = in->tags.v;
	size_t i;

	s->tags = arena_array(c->arena, in->tags.n + c->session.n_tags, sizeof(*s->tags));
	for (i = 0; i < in->tags.n; i++)
		s->tags[s->n_tags++] = (struct session_tag){ v[i].key, v[i].value,
			is_transitive(transitive, v[i].key) };
	for (i = 0; i < c->session.n_tags; i++) {
		if (c->session.tags[i].transitive)
			s->tags[s->n_tags++] = c->session.tags[i];
	}
	if (s->n_tags > SESSION_MAX_TAGS)
		return call_fail(c, AWSERR_PACKED_POLICY_TOO_LARGE,
		    "A session has %d tags at most, with those that it inherits", SESSION_MAX_TAGS);
	return AWSERR_NONE;
}

/* *ret is the packed size of policies and tags, in percent of the room for them. */
static enum awserr
pack(struct call *c, const struct session *s, int64_t *ret)
{
	size_t i, n = s->policy.n > 0 ? PER_TEXT + s->policy.n : 0;

	for (i = 0; i < s->n_policy_arns; i++)
		n += PER_TEXT + s->policy_arns[i].n;
	for (i = 0; i < s->n_tags; i++)
		n += 2 * PER_TEXT + 1 + s->tags[i].key.n + s->tags[i].value.n;
	*ret = (int64_t)((n * 100 + PACKED_MAX_BYTES - 1) / PACKED_MAX_BYTES);
	if (n <= PACKED_MAX_BYTES)
		return AWSERR_NONE;
	return call_fail(c, AWSERR_PACKED_POLICY_TOO_LARGE,
	    "Packed policy consumes %lld%% of allotted space, please use smaller policy.",
	    (long long)*ret);
}

enum awserr
session_limits_set(struct call *c, const struct session_limits *in,
    const struct field_strs *transitive, struct session *s, int64_t *ret_packed)
{
	enum awserr e;

	if ((e = policies_set(c, in, s)) != AWSERR_NONE ||
	    (e = tags_set(c, in, transitive, s)) != AWSERR_NONE)
		return e;
	return pack(c, s, ret_packed);
}
