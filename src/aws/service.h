/*
 * service: the AWS services that openeic serves, and what differs between them on the wire. Each
 * has a row in service.c.
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
	struct str version; /* of the API; the Version parameter of Query */
	struct str target;  /* JSON: the part of X-Amz-Target before its last dot */
	/* May come before target: botocore sends it, the SDK for JavaScript does not. */
	struct str target_namespace;
	struct str xmlns;        /* Query: namespace of the response's root element */
	struct str event_source; /* "ec2.amazonaws.com", for the audit trail */
	bool global;             /* clients may sign for any region (iam) */
};

/* The row of a service; never NULL. */
const struct service_info *service_info(enum service s);

/* The operation in a value of X-Amz-Target; empty when it is not for this service. */
struct str service_target_operation(const struct service_info *info, struct str target);

/* Finds a service by its name in a credential scope. ERR_NOTFOUND. */
int service_find(struct str name, enum service *ret) MUST_CHECK;

/*
 * Guesses the service that a request is for when it could not be read or verified, so that the
 * error has the form that its client reads: by X-Amz-Target, else by the scope in Authorization
 * (SERVICE_IAM for S3 and others that answer in XML), else EC2 if the Content-Type is that of a
 * form, else SERVICE_CONNECT. Use it for nothing else.
 */
enum service service_guess(const struct http_header *h, size_t n);

#endif
