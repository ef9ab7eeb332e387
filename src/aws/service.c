/*
 * service: the table of services; see service.h. Pure.
 */
#include "aws/service.h"

#include <assert.h>

#define ROW(n, ...) \
	{ \
		.name = { n, sizeof(n) - 1 }, __VA_ARGS__ \
	}
#define TEXT(s) \
	{ \
		s, sizeof(s) - 1 \
	}

static const struct service_info services[SERVICE_COUNT] = {
	[SERVICE_CONNECT] = ROW("ec2-instance-connect", .protocol = SERVICE_JSON11,
	    .version = TEXT("2018-04-02"), .target = TEXT("AWSEC2InstanceConnectService"),
	    .event_source = TEXT("ec2-instance-connect.amazonaws.com")),
	[SERVICE_EC2] = ROW("ec2", .protocol = SERVICE_EC2_QUERY, .version = TEXT("2016-11-15"),
	    .xmlns = TEXT("http://ec2.amazonaws.com/doc/2016-11-15/"),
	    .event_source = TEXT("ec2.amazonaws.com")),
	[SERVICE_IAM] = ROW("iam", .protocol = SERVICE_AWS_QUERY, .version = TEXT("2010-05-08"),
	    .xmlns = TEXT("https://iam.amazonaws.com/doc/2010-05-08/"),
	    .event_source = TEXT("iam.amazonaws.com"), .global = true),
	[SERVICE_STS] = ROW("sts", .protocol = SERVICE_AWS_QUERY, .version = TEXT("2011-06-15"),
	    .xmlns = TEXT("https://sts.amazonaws.com/doc/2011-06-15/"),
	    .event_source = TEXT("sts.amazonaws.com")),
	[SERVICE_CLOUDTRAIL] = ROW("cloudtrail", .protocol = SERVICE_JSON11,
	    .version = TEXT("2013-11-01"), .target = TEXT("CloudTrail_20131101"),
	    .target_namespace = TEXT("com.amazonaws.cloudtrail.v20131101."),
	    .event_source = TEXT("cloudtrail.amazonaws.com")),
};

const struct service_info *
service_info(enum service s)
{
	assert(s < SERVICE_COUNT);
	return &services[s];
}

int
service_find(struct str name, enum service *ret)
{
	size_t i;

	for (i = 0; i < SERVICE_COUNT; i++) {
		if (str_eq(services[i].name, name)) {
			*ret = (enum service)i;
			return 0;
		}
	}
	return ERR_NOTFOUND;
}

/* The value of the first header of this name; for a guess it does not matter if there are
 * more. */
static struct str
first_value(const struct http_header *h, size_t n, struct str name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (str_eq_nocase(h[i].name, name))
			return h[i].value;
	return STR("");
}

/* True when the scope in an Authorization header names this service: ".../NAME/aws4_request". */
static bool
scope_names(struct str authorization, struct str name)
{
	static const char end[] = "/aws4_request";
	const char *at = authorization.p;
	size_t left = authorization.n;

	if (left == 0 || (at = memmem(at, left, end, sizeof(end) - 1)) == NULL)
		return false;
	left = (size_t)(at - authorization.p);
	return left > name.n && at[-(ptrdiff_t)name.n - 1] == '/' &&
	    str_eq(str_of_n(at - name.n, name.n), name);
}

struct str
service_target_operation(const struct service_info *info, struct str target)
{
	target = str_trim(target);
	if (info->target_namespace.n > 0 && str_starts(target, info->target_namespace))
		target = str_from(target, info->target_namespace.n);
	if (info->target.n == 0 || !str_starts(target, info->target))
		return STR("");
	target = str_from(target, info->target.n);
	return str_starts(target, STR(".")) ? str_from(target, 1) : STR("");
}

/* Services that are not offered, and whose clients read errors in the form of IAM's alone. */
static const char *const rest_xml[] = { "s3", "route53", "cloudfront" };

enum service
service_guess(const struct http_header *h, size_t n)
{
	struct str target = first_value(h, n, STR("X-Amz-Target"));
	struct str authorization = first_value(h, n, STR("Authorization"));
	struct str type = first_value(h, n, STR("Content-Type"));
	size_t i;

	for (i = 0; i < SERVICE_COUNT; i++)
		if (service_target_operation(&services[i], target).n > 0)
			return (enum service)i;
	for (i = 0; i < SERVICE_COUNT; i++)
		if (scope_names(authorization, services[i].name))
			return (enum service)i;
	for (i = 0; i < sizeof(rest_xml) / sizeof(rest_xml[0]); i++)
		if (scope_names(authorization, str_of(rest_xml[i])))
			return SERVICE_IAM;
	if (target.n == 0 && str_starts(type, STR("application/x-www-form-urlencoded")))
		return SERVICE_EC2;
	return SERVICE_CONNECT;
}
