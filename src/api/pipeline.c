/*
 * pipeline: see pipeline.h. What the rows of the action table say is carried out here.
 */
#include "api/pipeline.h"

#include <assert.h>
#include <limits.h>

#include "api/audit.h"
#include "api/auth.h"
#include "api/authz.h"
#include "api/call.h"
#include "api/denial.h"
#include "api/input.h"
#include "api/limits.h"
#include "api/policies.h"
#include "api/refusals.h"
#include "api/stranger.h"
#include "aws/operations.h"
#include "aws/route.h"
#include "iam/policy.h"
#include "store/store_used_signature.h"

#define MAX_JSON_DEPTH 32
/*
 * What a request costs in steps of a decision (iam/steps.h), beside what is counted for it; all are
 * measured (tests/bench/request_bench.c). Until its signature is checked: each request, and four
 * bytes of its body, which are hashed. Then: each request, a byte of its body, and a mark that
 * separates the parts of it, since each part is parsed, kept and looked at. At last: a byte of the
 * answer, a unit of what the store did (store.h), and a denial, which is explained and sealed.
 */
#define WORK_OF_SIGNATURE (1u << 13)
#define WORK_OF_REQUEST (3u << 13)
#define WORK_OF_BYTE 1u
#define WORK_OF_MARK 96u
#define WORK_OF_ANSWER_BYTE 4u
#define WORK_OF_STORE 4u
#define WORK_OF_DENIAL (1u << 16)
/* A percent sign stands for a mark inside a parameter, such as those of a policy. */
#define MARKS "&=.,:[{%"
/* The largest clock_skew that can be set: no signature is good for longer. */
#define SIGNATURE_MAX_SKEW_S 900

/* ---- the stages ---- */

static enum awserr
find_action(struct call *c)
{
	const struct route_input in = {
		.method = c->req->method,
		.target = c->req->target,
		.headers = c->req->headers,
		.n_headers = c->req->n_headers,
		.body = c->req->body,
		.scope_service = c->scope_service,
	};
	struct errinfo ei = { "" };
	struct route route;
	enum awserr e;

	if ((e = route_find(&in, c->arena, &route, &ei)) != AWSERR_NONE) {
		c->message = arena_str(c->arena, str_of(ei.text));
		return e;
	}
	c->service = route.service;
	c->operation = route.operation;
	c->params = route.params;
	c->action = action_find(c->api->actions, route.service, route.operation);
	if (c->action != NULL)
		return AWSERR_NONE;
	if (operations_have(c->service, c->operation))
		return call_fail(c, AWSERR_UNKNOWN_OPERATION,
		    "This installation does not offer the action %.*s.", STR_FMT(c->operation));
	if (service_info(c->service)->protocol == SERVICE_JSON11)
		return AWSERR_UNKNOWN_OPERATION;
	return call_fail(c, AWSERR_UNKNOWN_OPERATION,
	    "The action %.*s is not valid for this web service.", STR_FMT(c->operation));
}

static enum awserr
parse(struct call *c)
{
	struct errinfo ei = { "" };
	struct str dry_run;

	if (c->params == NULL) {
		if (json_parse(c->req->body, c->req->body.n, MAX_JSON_DEPTH, &c->json, &ei) != 0)
			return call_fail(c, AWSERR_SERIALIZATION, "%s", ei.text);
		return AWSERR_NONE;
	}
	if (c->service != SERVICE_EC2 || query_str(c->params, "DryRun", &dry_run) != 0)
		return AWSERR_NONE;
	c->dry_run = str_eq_nocase(dry_run, STR("true"));
	if (!c->dry_run && !str_eq_nocase(dry_run, STR("false")))
		return call_fail(c, AWSERR_INVALID_PARAMETER_VALUE,
		    "Value for parameter DryRun is invalid: it is neither true nor false");
	return AWSERR_NONE;
}

/* Credentials that GetFederationToken gave may call nothing in IAM, and in STS GetCallerIdentity
 * alone, which is what asks for no permission. Source: STS API reference, GetFederationToken. */
static enum awserr
federated_check(struct call *c)
{
	if (c->service != SERVICE_IAM && c->service != SERVICE_STS)
		return AWSERR_NONE;
	if (c->service == SERVICE_STS && c->action->for_user_session &&
	    c->action->iam_action == NULL)
		return AWSERR_NONE;
	return call_fail(c, AWSERR_ACCESS_DENIED,
	    "Cannot call %s with the credentials of a federated user", c->action->name);
}

/*
 * Credentials that GetSessionToken gave may call only what is marked for them in STS. Without MFA
 * they may call nothing in IAM: they could make themselves keys that outlive them. Source: STS API
 * reference, GetSessionToken.
 */
static enum awserr
session_check(struct call *c)
{
	const struct session *s = &c->session;

	if (!s->temporary || s->type == IAM_ASSUMED_ROLE)
		return AWSERR_NONE;
	if (s->type == IAM_FEDERATED_USER)
		return federated_check(c);
	if (c->service == SERVICE_STS && !c->action->for_user_session)
		return call_fail(c, AWSERR_ACCESS_DENIED, "Cannot call %s with session credentials",
		    c->action->name);
	if (c->service != SERVICE_IAM || s->mfa)
		return AWSERR_NONE;
	return call_fail(c, AWSERR_BAD_TOKEN,
	    "The security token included in the request is invalid: credentials of "
	    "GetSessionToken may call IAM only if an MFA code was given when they were made");
}

static uint64_t
work_of_body(struct str body)
{
	bool is_mark[UCHAR_MAX + 1] = { false };
	uint64_t marks = 0;
	const char *p;
	size_t i;

	for (p = MARKS; *p != '\0'; p++)
		is_mark[(unsigned char)*p] = true;
	for (i = 0; i < body.n; i++)
		marks += is_mark[(unsigned char)body.p[i]];
	return body.n * WORK_OF_BYTE + marks * WORK_OF_MARK;
}

/* In place of what was found out about an action that is not there. */
static enum awserr
throttled(struct call *c)
{
	c->message = STR("");
	return AWSERR_THROTTLED;
}

/* Who asks, for what, and with which parameters. */
static enum awserr
signed_prepare(struct call *c)
{
	enum awserr e;

	if ((e = auth_finish(c)) != AWSERR_NONE)
		return e;
	c->work += WORK_OF_REQUEST + work_of_body(c->req->body);
	if ((e = find_action(c)) != AWSERR_NONE)
		return limits_request(c) == AWSERR_NONE ? e : throttled(c);
	/* Whatever is refused from here on is recorded, so it takes a token first. */
	if ((e = limits_request(c)) != AWSERR_NONE || (e = session_check(c)) != AWSERR_NONE ||
	    (e = parse(c)) != AWSERR_NONE)
		return e;
	if (c->action->identify != NULL)
		return call_fail(c, AWSERR_ACCESS_DENIED,
		    "%s is called without credentials: do not sign the request", c->action->name);
	return input_read(c);
}

static enum awserr
stranger_prepare(struct call *c)
{
	c->work += WORK_OF_REQUEST + work_of_body(c->req->body);
	return stranger_identify(c);
}

/*
 * Everything that comes before the act. What it writes stays even if the request is refused: the
 * last use of the caller's access key or role, and what a scope writes (wrong codes of an MFA
 * device).
 */
static enum awserr
prepare(struct call *c)
{
	enum awserr e;

	if ((e = c->stranger ? stranger_prepare(c) : signed_prepare(c)) != AWSERR_NONE)
		return e;
	if (c->action->scope != NULL && (e = c->action->scope(c)) != AWSERR_NONE)
		return e;
	if ((e = authz_check(c)) != AWSERR_NONE)
		return e;
	if (c->deferred != AWSERR_NONE) {
		c->message = c->deferred_message;
		return c->deferred;
	}
	return c->dry_run ? AWSERR_DRY_RUN : limits_allowed(c);
}

/* Uses up the signature of an action that counts once. If the act fails, that is undone too. */
static enum awserr
signature_use(struct call *c)
{
	int r;

	if (!c->action->once)
		return AWSERR_NONE;
	/* Which signatures were used before a restoration, nobody knows any more. */
	r = c->signed_at_s <= c->api->restored_at
	    ? ERR_EXISTS
	    : store_used_signature_add(c->region->store, c->signature,
		  c->signed_at_s + SIGNATURE_MAX_SKEW_S);
	if (r == ERR_EXISTS)
		return call_fail(c, AWSERR_THROTTLED,
		    "The signature of this request was used already: sign it anew");
	return r == 0 ? AWSERR_NONE : call_internal(c, "signature", r);
}

/* Runs the act, or the second half of it, and adds the record of its success. If one of them
 * fails, what was written is undone, unless the action keeps its writes (api/action.h). So it is
 * when the request leaves its batch: then it has written nothing, and nothing has changed. */
static enum awserr
act(struct call *c, enum awserr (*work)(struct call *c))
{
	struct store *st = c->region->store;
	size_t mark = outbox_mark(c->region->outbox);
	bool writes = !c->action->read_only, record = writes || c->action->records_answer, keep;
	bool guarded = writes || c->action->once;
	enum awserr e = AWSERR_NONE;
	int r;

	if (guarded && (r = store_savepoint(st)) != 0) {
		if (c->unfinished)
			c->action->give_up(c);
		return call_internal(c, "savepoint", r);
	}
	out_init(&c->out, c->service, c->arena, c->operation, c->req->request_id, record);
	if ((e = signature_use(c)) == AWSERR_NONE)
		e = work(c);
	if (c->leaves)
		e = AWSERR_INTERNAL;
	if (e == AWSERR_NONE) {
		if (c->out.secret && !c->action->once && c->action->identify == NULL)
			e = call_internal(c, "secret of an action that may be sent again",
			    ERR_BADSTATE);
		else if ((r = out_finish(&c->out, c->req->request_id)) != 0)
			e = call_internal(c, "answer", r);
		else if ((r = outbox_err(c->region->outbox)) != 0)
			e = call_internal(c, "outbox", r);
		else if ((r = audit_add(c, AWSERR_NONE)) != 0)
			e = call_internal(c, "audit", r);
	}
	if (e != AWSERR_NONE)
		outbox_undo(c->region->outbox, mark);
	keep = e == AWSERR_NONE || (c->action->keeps_writes && e != AWSERR_INTERNAL);
	if (guarded && (r = keep ? store_release(st) : store_undo(st)) != 0)
		e = call_internal(c, "savepoint end", r);
	if (writes && c->action->finish == NULL && !c->leaves)
		c->api->writes++;
	if (writes && c->service == SERVICE_IAM && !c->leaves)
		policies_changed(c->api->policies);
	return e;
}

/* ---- answers ---- */

static void
header_add(struct api_response *resp, struct str name, struct str value)
{
	assert(resp->n_headers < API_MAX_HEADERS);
	resp->headers[resp->n_headers++] = (struct http_header){ name, value };
}

static void
answer_error(enum awserr e, enum service s, struct str message, struct str request_id,
    struct arena *a, struct api_response *ret)
{
	struct awserr_head head = awserr_head(e, s);
	struct buf body;

	*ret = (struct api_response){ .service = s, .status = head.status };
	header_add(ret, STR("Content-Type"), head.content_type);
	if (head.error_type.n > 0)
		header_add(ret, STR("x-amzn-ErrorType"), head.error_type);
	buf_init(&body, 1u << 16);
	awserr_write(&body, e, s, message, request_id);
	ret->body = arena_str(a, buf_view(&body));
	buf_release(&body);
}

static void
answer_success(struct call *c, struct api_response *ret)
{
	*ret = (struct api_response){ .service = c->service, .status = 200 };
	header_add(ret, STR("Content-Type"),
	    service_info(c->service)->protocol == SERVICE_JSON11 ? STR("application/x-amz-json-1.1")
								 : STR("text/xml;charset=UTF-8"));
	ret->body = arena_str(c->arena, buf_view(&c->out.body));
}

/* ---- a batch ---- */

static void
begin(struct call *c, struct api *api, const struct api_request *req, struct arena *a)
{
	c->api = api;
	c->region = api->region;
	c->req = req;
	c->parked = req->parked;
	c->arena = a;
	c->now_s = clock_wall_s(api->region->clock);
	c->service = service_guess(req->headers, req->n_headers);
	c->work = WORK_OF_SIGNATURE + req->body.n / 4;
	if (!(c->stranger = stranger_asks(c)))
		auth_begin(c);
}

static void
release(struct call *c)
{
	out_release(&c->out);
	json_free(c->json);
	iam_policy_free(c->trust);
}

/* Runs the second half of the action, if there is one, adds the record of an error, and writes
 * the answer. One that leaves its batch gets neither. */
static void
answer(struct call *c, struct api_response *ret)
{
	enum awserr e = c->error;
	int r;

	if (c->leaves) {
		*ret = (struct api_response){ .parked = c->parked };
		return;
	}
	if (c->unfinished)
		e = act(c, c->action->finish);
	if (e != AWSERR_NONE && c->authentic && (r = refusals_record(c, e)) != 0)
		e = call_internal(c, "audit", r);
	if (e == AWSERR_NONE)
		answer_success(c, ret);
	else
		answer_error(e, c->service, denial_message(c), c->req->request_id, c->arena, ret);
	ret->parked = c->parked;
}

static void
finish(struct call *c, struct api_response *ret)
{
	const struct store *st = c->region->store;
	uint64_t before = store_work(st);

	answer(c, ret);
	c->work += (store_work(st) - before) * WORK_OF_STORE + ret->body.n * WORK_OF_ANSWER_BYTE;
	if (c->denied)
		c->work += WORK_OF_DENIAL;
	limits_charge(c);
	ret->work = c->work;
	/* A stranger names no key by which the queue could know it the next time. */
	if (c->authentic && !c->stranger) {
		ret->principal = c->owner;
		ret->reserved = c->principal.type == IAM_ROOT ||
		    (ret->status == 200 && c->action->class == ACTION_LOOKUP);
	}
	release(c);
}

/* Everything up to the act, and the act unless others have to be finished before. */
static void
first_half(struct call *c)
{
	const struct store *st = c->region->store;
	uint64_t before = store_work(st);

	if ((c->error = prepare(c)) == AWSERR_NONE && c->action->finish != NULL)
		c->unfinished = (c->error = c->action->act(c)) == AWSERR_NONE;
	c->work += (store_work(st) - before) * WORK_OF_STORE;
}

static void
act_at_once(struct call *c)
{
	const struct store *st = c->region->store;
	uint64_t before = store_work(st);

	c->error = act(c, c->action->act);
	c->work += (store_work(st) - before) * WORK_OF_STORE;
}

void
pipeline_run(struct api *api, const struct api_request *reqs, size_t n, struct arena *a,
    struct api_response *ret)
{
	struct call *calls = arena_array(a, n, sizeof(*calls)), *c;
	size_t i, finished = 0;

	for (i = 0; i < n; i++)
		begin(&calls[i], api, &reqs[i], a);
	for (i = 0; i < n; i++) {
		c = &calls[i];
		first_half(c);
		if (c->error != AWSERR_NONE || c->unfinished)
			continue;
		/* This action must see what the earlier requests write, and be recorded after
		 * them, so those that wait for keyd are finished first. */
		for (; finished < i; finished++)
			finish(&calls[finished], &ret[finished]);
		act_at_once(c);
	}
	for (; finished < n; finished++)
		finish(&calls[finished], &ret[finished]);
}

void
pipeline_turn_away(struct api *api, const struct api_request *req, struct arena *a,
    struct api_response *ret)
{
	struct call *c = arena_alloc(a, sizeof(*c));

	c->api = api;
	c->region = api->region;
	c->req = req;
	c->arena = a;
	c->now_s = clock_wall_s(api->region->clock);
	refusals_crowded(c);
	answer_error(AWSERR_THROTTLED, service_guess(req->headers, req->n_headers), STR(""),
	    req->request_id, a, ret);
}

void
pipeline_fail(const struct api_request *req, struct arena *a, struct api_response *ret)
{
	enum service s = service_guess(req->headers, req->n_headers);

	answer_error(s == SERVICE_CONNECT ? AWSERR_SERVICE_EXCEPTION : AWSERR_INTERNAL, s, STR(""),
	    req->request_id, a, ret);
}
