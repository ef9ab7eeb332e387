/*
 * service: the AWS services that openeic answers for, and what a client has to
 * see of each on the wire. One row a service in service.c.
 */
#ifndef AWS_SERVICE_H
#define AWS_SERVICE_H

#include "codec/http.h"

enum service {
	SERVICE_CONNECT, /* ec2-instance-connect */
	SERVICE_EC2,
	SERVICE_IAM,
	SERVICE_STS,
	SERVICE_CLOUDTRAIL,
	SERVICE_COUNT,
};

enum service_protocol {
	SERVICE_JSON11,    /* X-Amz-Target, application/x-amz-json-1.1 */
	SERVICE_EC2_QUERY, /* Action= in a form; XML with inline members */
	SERVICE_AWS_QUERY, /* Action= in a form; XML with <OpResult> (IAM, STS) */
};

struct service_info {
	struct str name; /* in the credential scope and in ARNs: "ec2-instance-connect" */
	enum service_protocol protocol;
	struct str version; /* API version: the Version parameter of Query */
	struct str target;  /* JSON: what stands before the last dot of X-Amz-Target */
	/* What may stand before that: botocore sends it, the SDK for JavaScript not. */
	struct str target_namespace;
	struct str xmlns;        /* Query: namespace of the response's root element */
	struct str event_source; /* "ec2.amazonaws.com", for the audit trail */
	bool global;             /* signed with whatever region the client has (iam) */
};

/* The row of a service; never NULL. */
const struct service_info *service_info(enum service s);

/* The operation that a value of X-Amz-Target names of the service; empty: none. */
struct str service_target_operation(const struct service_info *info, struct str target);

/* By the service name of a credential scope. ERR_NOTFOUND. */
int service_find(struct str name, enum service *ret) MUST_CHECK;

/*
 * For which service a request is that could not be read or verified, so that
 * its error has the form its client reads: by X-Amz-Target, else by the scope
 * in Authorization, else by Content-Type (a form: EC2), else SERVICE_CONNECT.
 * It is a guess for the form of an error and nothing else.
 */
enum service service_guess(const struct http_header *h, size_t n);

#endif
