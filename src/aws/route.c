/*
 * route: from a request to an operation; see route.h. Pure.
 */
#include "aws/route.h"

#include "codec/uri.h"

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define MAX_OPERATION 64

static enum awserr
refuse(struct errinfo *ei, enum awserr e, const char *text)
{
	err_set(ei, "%s", text);
	return e;
}

static bool
operation_valid(struct str s)
{
	return s.n > 0 && s.n <= MAX_OPERATION && str_all_in(s, ALNUM);
}

static enum awserr
find_json(const struct route_input *in, const struct service_info *info, struct route *ret,
    struct errinfo *ei)
{
	struct str target, operation;

	if (!str_eq_c(in->method, "POST"))
		return refuse(ei, AWSERR_HTTP_METHOD, "This service takes POST only.");
	if (http_header_find(in->headers, in->n_headers, STR("X-Amz-Target"), &target) != 0)
		return refuse(ei, AWSERR_UNKNOWN_OPERATION, "");
	operation = service_target_operation(info, target);
	if (!operation_valid(operation))
		return refuse(ei, AWSERR_UNKNOWN_OPERATION, "");
	ret->operation = operation;
	ret->params = NULL;
	return AWSERR_NONE;
}

/* Reads the parameters: from the body of a POST, or from the target of a GET. */
static enum awserr
read_params(const struct route_input *in, struct str query, struct arena *a,
    const struct query **ret, struct errinfo *ei)
{
	const struct query *in_target;

	if (query_parse(query, a, &in_target, ei) != 0)
		return AWSERR_SERIALIZATION;
	if (str_eq_c(in->method, "GET")) {
		if (in->body.n > 0)
			return refuse(ei, AWSERR_SERIALIZATION, "A GET has no body.");
		*ret = in_target;
		return AWSERR_NONE;
	}
	if (!str_eq_c(in->method, "POST"))
		return refuse(ei, AWSERR_HTTP_METHOD, "This service takes GET and POST only.");
	if (in_target->child != NULL)
		return refuse(ei, AWSERR_SERIALIZATION,
		    "The parameters of a POST stand in its "
		    "body only.");
	return query_parse(in->body, a, ret, ei) != 0 ? AWSERR_SERIALIZATION : AWSERR_NONE;
}

static enum awserr
find_query(const struct route_input *in, const struct service_info *info, struct str query,
    struct arena *a, struct route *ret, struct errinfo *ei)
{
	const struct query *params = NULL;
	struct str action, version;
	enum awserr e;

	if ((e = read_params(in, query, a, &params, ei)) != AWSERR_NONE)
		return e;
	if (query_str(params, "Action", &action) != 0 || action.n == 0)
		return refuse(ei, AWSERR_MISSING_ACTION, "");
	if (query_str(params, "Version", &version) != 0)
		return refuse(ei, AWSERR_MISSING_PARAMETER,
		    "The request must contain the parameter Version");
	if (!str_eq(version, info->version)) {
		err_set(ei, "The requested version (%.*s) of service %.*s does not exist",
		    STR_FMT(str_head(version, 32)), STR_FMT(info->name));
		return AWSERR_WRONG_VERSION;
	}
	if (!operation_valid(action))
		return refuse(ei, AWSERR_UNKNOWN_OPERATION, "");
	ret->operation = action;
	ret->params = params;
	return AWSERR_NONE;
}

enum awserr
route_find(const struct route_input *in, struct arena *a, struct route *ret, struct errinfo *ei)
{
	const struct service_info *info;
	struct route found = { 0 };
	struct str path, query;
	enum awserr e = AWSERR_INTERNAL;

	if (service_find(in->scope_service, &found.service) != 0)
		return refuse(ei, AWSERR_WRONG_SCOPE, "");
	info = service_info(found.service);
	if (uri_target_split(in->target, &path, &query) != 0)
		return refuse(ei, AWSERR_HTTP_BAD_REQUEST, "");
	if (!str_eq_c(path, "/"))
		return refuse(ei, AWSERR_HTTP_NOT_FOUND, "");
	switch (info->protocol) {
	case SERVICE_JSON11:
		e = find_json(in, info, &found, ei);
		break;
	case SERVICE_EC2_QUERY:
	case SERVICE_AWS_QUERY:
		e = find_query(in, info, query, a, &found, ei);
		break;
	}
	if (e == AWSERR_NONE)
		*ret = found;
	return e;
}
