/*
 * route: finds which operation of which service a verified request asks for, and splits its
 * parameters. The table of actions (api/action.h) knows whether the operation exists. Sources:
 * wire.md 1.1, 4.1, 7.7, 8.1.
 */
#ifndef AWS_ROUTE_H
#define AWS_ROUTE_H

#include "aws/awserr.h"
#include "aws/query.h"
#include "aws/service.h"
#include "base/arena.h"

struct route_input {
	struct str method;
	struct str target;
	const struct http_header *headers;
	size_t n_headers;
	struct str body;
	struct str scope_service; /* the service in the verified credential scope */
};

struct route {
	enum service service;
	struct str operation;       /* "DescribeInstances": [A-Za-z0-9], 1 to 64 */
	const struct query *params; /* of Query protocols: all, also Action; else NULL */
};

/*
 * A request must have the path "/". With JSON it must be a POST with one X-Amz-Target that
 * begins as the service's table row says. With Query it must be a POST with parameters in its
 * body, or a GET with parameters in its target, never both, with an Action and the service's
 * Version. Returns AWSERR_NONE, or the error to answer with, a sentence in ei (which may be
 * empty) and ret untouched.
 */
enum awserr route_find(const struct route_input *in, struct arena *a, struct route *ret,
    struct errinfo *ei) MUST_CHECK;

#endif
