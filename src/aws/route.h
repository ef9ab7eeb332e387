/*
 * route: which operation of which service a verified request asks for, and its
 * parameters as far as the protocol goes. Whether the operation exists is for
 * the table of actions (api/action.h). Sources: wire.md 1.1, 4.1, 7.7, 8.1.
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
	struct str scope_service; /* of the verified credential scope */
};

struct route {
	enum service service;
	struct str operation;       /* "DescribeInstances": [A-Za-z0-9], 1 to 64 */
	const struct query *params; /* Query protocols: all, also Action; else NULL */
};

/*
 * JSON: POST, X-Amz-Target once, its prefix the service's. Query: POST with the
 * parameters in the body or GET with them in the target, never both; Action and
 * a Version that is the service's. The path must be "/".
 * AWSERR_NONE, or the answer with a sentence in ei; ret is untouched then.
 */
enum awserr route_find(const struct route_input *in, struct arena *a, struct route *ret,
    struct errinfo *ei) MUST_CHECK;

#endif
