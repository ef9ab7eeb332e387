/*
 * awserr: what a client is told when something is wrong. One table has, for every error, the
 * code and HTTP status in each protocol and a sentence; and there is a writer for the error body
 * of each protocol. The api room uses it for all error answers, front for those that it makes
 * itself. Sources: wire.md 1.6, 1.7, 2.5, 4.2, 4.3, 7.7, 8.1.
 */
#ifndef AWS_AWSERR_H
#define AWS_AWSERR_H

#include <stdint.h>

#include "aws/service.h"
#include "aws/sigv4.h"
#include "base/buf.h"

enum awserr {
	AWSERR_NONE,

	/* authentication and authorisation */
	AWSERR_MISSING_AUTH,
	AWSERR_INCOMPLETE_SIGNATURE,
	AWSERR_UNKNOWN_KEY,
	AWSERR_WRONG_SIGNATURE,
	AWSERR_WRONG_SCOPE,
	AWSERR_REQUEST_EXPIRED,
	AWSERR_EXPIRED_TOKEN,
	AWSERR_BAD_TOKEN,
	AWSERR_ACCESS_DENIED,

	/* the request as such */
	AWSERR_UNKNOWN_OPERATION,
	AWSERR_MISSING_ACTION,
	AWSERR_WRONG_VERSION,
	AWSERR_SERIALIZATION,   /* the body is no JSON, or no form */
	AWSERR_VALIDATION,      /* a parameter does not have its form */
	AWSERR_MALFORMED_INPUT, /* IAM and STS: it is not of its type */
	AWSERR_MISSING_PARAMETER,
	AWSERR_UNKNOWN_PARAMETER,
	AWSERR_THROTTLED,
	AWSERR_INTERNAL,
	AWSERR_UNAVAILABLE, /* 503: a process that is needed is not there */

	/* HTTP */
	AWSERR_HTTP_BAD_REQUEST,       /* 400 */
	AWSERR_HTTP_NOT_FOUND,         /* 404 */
	AWSERR_HTTP_METHOD,            /* 405 */
	AWSERR_HTTP_TIMEOUT,           /* 408 */
	AWSERR_HTTP_BODY_TOO_LARGE,    /* 413 */
	AWSERR_HTTP_TARGET_TOO_LONG,   /* 414 */
	AWSERR_HTTP_EXPECT,            /* 417 */
	AWSERR_HTTP_HEADERS_TOO_LARGE, /* 431 */
	AWSERR_HTTP_NOT_IMPLEMENTED,   /* 501 */
	AWSERR_HTTP_VERSION,           /* 505 */

	/* EC2 Instance Connect */
	AWSERR_AUTH_EXCEPTION,
	AWSERR_INVALID_ARGS,
	AWSERR_SERVICE_EXCEPTION,
	AWSERR_INSTANCE_NOT_FOUND,
	AWSERR_INSTANCE_STATE_INVALID,
	AWSERR_INSTANCE_UNAVAILABLE,
	AWSERR_INSTANCE_TYPE_INVALID,
	AWSERR_SERIAL_ACCESS_DISABLED,
	AWSERR_SERIAL_SESSION_LIMIT,
	AWSERR_SERIAL_SESSION_UNAVAILABLE,
	AWSERR_SERIAL_SESSION_UNSUPPORTED,

	/* EC2 */
	AWSERR_DRY_RUN,
	AWSERR_INVALID_PARAMETER,
	AWSERR_INVALID_PARAMETER_VALUE,
	AWSERR_INVALID_PARAMETER_COMBINATION,
	AWSERR_INVALID_FILTER,
	AWSERR_INVALID_NEXT_TOKEN,
	AWSERR_INVALID_ID,
	AWSERR_IDEMPOTENT_MISMATCH,
	AWSERR_INSTANCE_ID_MALFORMED,
	AWSERR_INSTANCE_ID_NOT_FOUND,
	AWSERR_INCORRECT_INSTANCE_STATE,
	AWSERR_INSTANCE_LIMIT,
	AWSERR_INSUFFICIENT_CAPACITY,
	AWSERR_INSUFFICIENT_ADDRESSES,
	AWSERR_ADDRESS_IN_USE,
	AWSERR_IMAGE_ID_MALFORMED,
	AWSERR_IMAGE_ID_NOT_FOUND,
	AWSERR_SUBNET_ID_MALFORMED,
	AWSERR_SUBNET_ID_NOT_FOUND,
	AWSERR_VPC_ID_MALFORMED,
	AWSERR_VPC_ID_NOT_FOUND,
	AWSERR_GROUP_ID_MALFORMED,
	AWSERR_GROUP_NOT_FOUND,
	AWSERR_KEY_PAIR_NOT_FOUND,
	AWSERR_OPERATION_NOT_PERMITTED,
	AWSERR_UNSUPPORTED,
	AWSERR_TAG_LIMIT,
	AWSERR_TAG_KEY_MALFORMED,
	AWSERR_ENDPOINT_ID_MALFORMED,
	AWSERR_ENDPOINT_ID_NOT_FOUND,
	AWSERR_RESOURCE_LIMIT,
	AWSERR_INVALID_STATE,

	/* IAM and STS */
	AWSERR_NO_SUCH_ENTITY,
	AWSERR_ENTITY_EXISTS,
	AWSERR_DELETE_CONFLICT,
	AWSERR_LIMIT_EXCEEDED,
	AWSERR_MALFORMED_POLICY,
	AWSERR_INVALID_INPUT,
	AWSERR_UNMODIFIABLE,
	AWSERR_POLICY_NOT_ATTACHABLE,
	AWSERR_INVALID_MFA_CODE,
	AWSERR_ENTITY_BUSY,
	AWSERR_PASSWORD_POLICY,
	AWSERR_INVALID_USER_TYPE,
	AWSERR_PACKED_POLICY_TOO_LARGE,
	AWSERR_INVALID_AUTHZ_MESSAGE,
	AWSERR_REPORT_NOT_PRESENT,
	AWSERR_REPORT_EXPIRED,
	AWSERR_INVALID_IDENTITY_TOKEN,
	AWSERR_IDENTITY_TOKEN_EXPIRED,
	AWSERR_IDP_REJECTED_CLAIM,

	/* CloudTrail */
	AWSERR_INVALID_LOOKUP_ATTRIBUTES,
	AWSERR_INVALID_TIME_RANGE,
	AWSERR_INVALID_MAX_RESULTS,
	AWSERR_INVALID_PAGE_TOKEN,
	AWSERR_INVALID_EVENT_CATEGORY,
	AWSERR_TRAIL_NOT_FOUND,
	AWSERR_INVALID_TRAIL_NAME,
	AWSERR_INVALID_TRAIL_ARN,
	AWSERR_INVALID_TOKEN,

	AWSERR_COUNT,
};

/* The head of an error answer. Its texts live for ever. */
struct awserr_head {
	uint16_t status;
	struct str code;
	struct str content_type;
	struct str error_type; /* the value of x-amzn-ErrorType; empty: no such header */
};

/* The head of an error in the protocol of a service. e must not be AWSERR_NONE. */
struct awserr_head awserr_head(enum awserr e, enum service s);
/*
 * The error's name in audit records. In those of IAM and STS it is the exception's shape in the
 * service model, "NoSuchEntityException", where the answer has the code "NoSuchEntity"; elsewhere
 * it is the code. Rules that match records go by it. Sources: botocore's models of iam 2010-05-08
 * and sts 2011-06-15; records of GetRole and DeleteLoginProfile in github.com/invictus-ir/
 * aws_dataset.
 */
struct str awserr_recorded(enum awserr e, enum service s);
/* The sentence of an error when there is no better one; may be empty. */
struct str awserr_message(enum awserr e, enum service s);

/*
 * Appends the body: <Response><Errors>... for EC2, <ErrorResponse> for IAM and STS, and
 * {"__type","Message"} for JSON. If message is empty, the table's sentence is used; in an
 * AuthFailure of EC2 message comes in brackets behind it. The body is at most 16 KiB longer than
 * message and request_id, escaped. An overfull buffer is told by buf_err.
 */
void awserr_write(struct buf *body, enum awserr e, enum service s, struct str message,
    struct str request_id);

/* The error for a request that is not authentic; AWSERR_NONE for SIGV4_OK. */
enum awserr awserr_of_sigv4(enum sigv4_fault f);

/* The error for an HTTP status that front decided on (400, 404, 405, 408, 413, 414, 417, 431,
 * 501, 503, 505); AWSERR_INTERNAL for any other status. */
enum awserr awserr_of_status(uint16_t status);

#endif
