/*
 * authz: see authz.h.
 */
#include "api/authz.h"

#include "api/denial.h"
#include "api/policies.h"
#include "base/date.h"

/* The keys that every request has (wire.md 7.5). */
static void
global_context(struct call *c)
{
	static const char *const types[] = {
		[IAM_ROOT] = "Account",
		[IAM_USER] = "User",
		[IAM_ASSUMED_ROLE] = "AssumedRole",
	};
	const struct iam_principal *p = &c->principal;
	struct str agent, referer;
	struct buf b;

	buf_init(&b, 64);
	date_iso_write(&b, c->now_s);
	call_context(c, STR("aws:CurrentTime"), arena_str(c->arena, buf_view(&b)));
	buf_release(&b);
	call_context(c, STR("aws:EpochTime"), arena_fmt(c->arena, "%lld", (long long)c->now_s));
	call_context(c, STR("aws:SecureTransport"), STR("true"));
	call_context(c, STR("aws:ViaAWSService"), STR("false"));
	call_context(c, STR("aws:SourceIp"), c->req->peer_ip);
	call_context(c, STR("aws:RequestedRegion"), c->api->region);
	call_context(c, STR("aws:PrincipalArn"), p->arn);
	call_context(c, STR("aws:PrincipalAccount"), p->account_id);
	call_context(c, STR("aws:PrincipalType"), str_of(types[p->type]));
	call_context(c, STR("aws:userid"), p->user_id);
	if (p->type == IAM_USER)
		call_context(c, STR("aws:username"), p->name);
	if (http_header_find(c->req->headers, c->req->n_headers, STR("User-Agent"), &agent) == 0)
		call_context(c, STR("aws:UserAgent"), agent);
	if (http_header_find(c->req->headers, c->req->n_headers, STR("Referer"), &referer) == 0)
		call_context(c, STR("aws:Referer"), referer);
}

static void
tag_context(struct call *c, const struct call_target *t)
{
	/* The keys of the service whose resource it is (Service Authorization Reference). */
	const char *own = service_info(c->service)->protocol == SERVICE_AWS_QUERY ? "iam" : "ec2";
	struct str key;
	size_t i;

	for (i = 0; i < t->n_tags; i++) {
		key = arena_fmt(c->arena, "aws:ResourceTag/%.*s", STR_FMT(t->tags[i].key));
		call_context(c, key, t->tags[i].value);
		key = arena_fmt(c->arena, "%s:ResourceTag/%.*s", own,
		    STR_FMT(t->tags[i].key));
		call_context(c, key, t->tags[i].value);
	}
}

/* The caller's, and the trust policy of the role that is to be assumed. */
static int
all_policies(struct call *c, const struct iam_attached_policy **ret, size_t *ret_n)
{
	const struct iam_attached_policy *own;
	struct iam_attached_policy *v;
	size_t n;
	int r;

	if ((r = policies_of_caller(c, &own, &n)) != 0)
		return r;
	*ret = own;
	*ret_n = n;
	if (c->trust == NULL)
		return 0;
	v = arena_array(c->arena, n + 1, sizeof(*v));
	if (n > 0)
		memcpy(v, own, n * sizeof(*v));
	v[n] = (struct iam_attached_policy){ IAM_RESOURCE_POLICY, STR(""), c->trust };
	*ret = v;
	*ret_n = n + 1;
	return 0;
}

enum awserr
authz_check(struct call *c)
{
	const struct iam_attached_policy *policies;
	struct iam_request rq = { .principal = &c->principal };
	struct iam_decision d;
	size_t i, n_context, n_policies;
	int r;

	if (c->action->iam_action == NULL)
		return AWSERR_NONE;
	if ((r = all_policies(c, &policies, &n_policies)) != 0)
		return call_internal(c, "policies", r);
	if (c->n_targets == 0)
		call_target_arn(c, STR("*"));
	global_context(c);
	rq.action = str_of(c->action->iam_action);
	n_context = c->n_context;
	for (i = 0; i < c->n_targets; i++) {
		c->n_context = n_context;
		tag_context(c, &c->targets[i]);
		rq.resources = &c->targets[i].arn;
		rq.n_resources = 1;
		rq.context = (struct iam_context){ .entries = c->context, .n = c->n_context };
		iam_decide(&rq, policies, n_policies, &d);
		if (d.effect != IAM_ALLOW || c->context_full)
			return denial_answer(c, &rq, &rq.context, policies, n_policies, &d);
	}
	return AWSERR_NONE;
}
