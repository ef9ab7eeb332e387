/*
 * stranger: see stranger.h.
 */
#include "api/stranger.h"

#include "api/input.h"
#include "api/limits.h"
#include "api/refusals.h"
#include "aws/route.h"
#include "codec/http.h"
#include "iam/cidr.h"

/* Only STS has such actions. */
#define STRANGERS SERVICE_STS

static const struct action *
action_named(const struct call *c)
{
	const struct action_rows *const *rows = c->api->actions->services[STRANGERS];
	const struct action *a;
	struct str name;
	size_t i;

	for (; rows != NULL && *rows != NULL; rows++) {
		for (i = 0; i < (*rows)->n; i++) {
			a = &(*rows)->rows[i];
			name = str_of(a->name);
			if (a->identify != NULL &&
			    memmem(c->req->body.p, c->req->body.n, name.p, name.n) != NULL)
				return a;
		}
	}
	return NULL;
}

bool
stranger_asks(const struct call *c)
{
	const struct api_request *rq = c->req;
	struct str unused;

	return str_eq_c(rq->method, "POST") && str_eq_c(rq->target, "/") &&
	    rq->body.n <= STRANGER_MAX_BODY &&
	    http_header_find(rq->headers, rq->n_headers, STR("Authorization"), &unused) ==
	    ERR_NOTFOUND &&
	    action_named(c) != NULL;
}

static enum awserr
read_request(struct call *c)
{
	const struct route_input in = {
		.method = c->req->method,
		.target = c->req->target,
		.headers = c->req->headers,
		.n_headers = c->req->n_headers,
		.body = c->req->body,
		.scope_service = service_info(STRANGERS)->name,
	};
	struct errinfo ei = { "" };
	struct route route;
	enum awserr e;

	if ((e = route_find(&in, c->arena, &route, &ei)) != AWSERR_NONE) {
		c->message = arena_str(c->arena, str_of(ei.text));
		return e;
	}
	c->action = action_find(c->api->actions, route.service, route.operation);
	if (c->action == NULL || c->action->identify == NULL) {
		c->action = NULL;
		return AWSERR_MISSING_AUTH;
	}
	c->operation = route.operation;
	c->params = route.params;
	return input_read(c);
}

enum awserr
stranger_identify(struct call *c)
{
	enum awserr e;

	c->service = STRANGERS;
	c->owner = cidr_host(c->arena, c->req->peer_ip);
	if ((e = limits_request(c)) == AWSERR_NONE && (e = read_request(c)) == AWSERR_NONE)
		e = c->action->identify(c);
	if (e != AWSERR_NONE) {
		refusals_unauthentic(c, STR(""),
		    arena_cstr(c->arena, awserr_head(e, c->service).code));
		return e;
	}
	c->scope_service = service_info(STRANGERS)->name;
	c->authentic = true;
	return AWSERR_NONE;
}
