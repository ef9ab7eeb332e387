/*
 * awserr: the table of errors and the bodies that carry them; see awserr.h.
 * Pure.
 */
#include "aws/awserr.h"

#include <assert.h>

#include "codec/jsonw.h"
#include "codec/xml.h"

#define TEXT(s) \
	{ \
		s, sizeof(s) - 1 \
	}

struct form {
	struct str code;
	uint16_t status;
};

struct row {
	struct form ec2, query, json;
	struct str message;
	struct str shape; /* of the exception in the models of IAM and STS; empty: in neither */
};

#define FORM(c, s) \
	{ \
		TEXT(c), s \
	}
/* A row in which each protocol has its own code and status, and one in which all have the
 * same. */
#define OWN(ec2_code, ec2_s, query_code, query_s, json_code, json_s, text) \
	{ \
		.ec2 = FORM(ec2_code, ec2_s), .query = FORM(query_code, query_s), \
		.json = FORM(json_code, json_s), .message = TEXT(text) \
	}
#define ALL(code, s, text) OWN(code, s, code, s, code, s, text)
/* A row of IAM and STS, with the exception's name; and one whose exception is called by the code
 * and "Exception". */
#define SHAPED(code, s, exception, text) \
	{ \
		.ec2 = FORM(code, s), .query = FORM(code, s), .json = FORM(code, s), \
		.message = TEXT(text), .shape = TEXT(exception) \
	}
#define MODELLED(code, s, text) SHAPED(code, s, code "Exception", text)

static const struct row rows[AWSERR_COUNT] = {
	[AWSERR_MISSING_AUTH] = OWN("MissingAuthenticationToken", 401, "MissingAuthenticationToken",
	    403, "MissingAuthenticationTokenException", 400,
	    "Request is missing Authentication Token"),
	[AWSERR_INCOMPLETE_SIGNATURE] = OWN("IncompleteSignature", 400, "IncompleteSignature", 400,
	    "IncompleteSignatureException", 400,
	    "The request signature does not conform to AWS standards."),
	[AWSERR_UNKNOWN_KEY] =
	    OWN("AuthFailure", 401, "InvalidClientTokenId", 403, "UnrecognizedClientException", 400,
		"The security token included in the request is invalid."),
	[AWSERR_WRONG_SIGNATURE] =
	    OWN("AuthFailure", 401, "SignatureDoesNotMatch", 403, "InvalidSignatureException", 400,
		"The request signature we calculated does not match the signature you provided. "
		"Check your AWS Secret Access Key and signing method. Consult the service "
		"documentation for details."),
	[AWSERR_WRONG_SCOPE] = OWN("AuthFailure", 401, "SignatureDoesNotMatch", 403,
	    "InvalidSignatureException", 400, "Credential should be scoped to a valid region."),
	[AWSERR_REQUEST_EXPIRED] = OWN("RequestExpired", 400, "SignatureDoesNotMatch", 403,
	    "InvalidSignatureException", 400, "Request has expired."),
	[AWSERR_EXPIRED_TOKEN] = OWN("RequestExpired", 400, "ExpiredToken", 403,
	    "ExpiredTokenException", 400, "The security token included in the request is expired"),
	[AWSERR_BAD_TOKEN] =
	    OWN("AuthFailure", 401, "InvalidClientTokenId", 403, "UnrecognizedClientException", 400,
		"The security token included in the request is invalid."),
	[AWSERR_ACCESS_DENIED] = OWN("UnauthorizedOperation", 403, "AccessDenied", 403,
	    "AccessDeniedException", 400, "You are not authorized to perform this operation."),

	[AWSERR_UNKNOWN_OPERATION] =
	    OWN("InvalidAction", 400, "InvalidAction", 400, "UnknownOperationException", 400,
		"The action or operation requested is invalid. Verify that the action is typed "
		"correctly."),
	[AWSERR_MISSING_ACTION] =
	    OWN("MissingAction", 400, "MissingAction", 400, "UnknownOperationException", 400,
		"The request is missing an action or a required parameter."),
	[AWSERR_WRONG_VERSION] = OWN("NoSuchVersion", 400, "InvalidAction", 400,
	    "UnknownOperationException", 400, "The specified API version does not exist."),
	[AWSERR_SERIALIZATION] = OWN("MalformedQueryString", 400, "MalformedQueryString", 400,
	    "SerializationException", 400, "The body of the request could not be read."),
	[AWSERR_VALIDATION] =
	    OWN("InvalidParameterValue", 400, "ValidationError", 400, "ValidationException", 400,
		"The input fails to satisfy the constraints of the service."),
	[AWSERR_MALFORMED_INPUT] = ALL("MalformedInput", 400, "A parameter is not of its type."),
	[AWSERR_MISSING_PARAMETER] = OWN("MissingParameter", 400, "ValidationError", 400,
	    "ValidationException", 400, "A required parameter is missing."),
	[AWSERR_UNKNOWN_PARAMETER] = OWN("UnknownParameter", 400, "ValidationError", 400,
	    "ValidationException", 400, "A parameter is not known."),
	[AWSERR_THROTTLED] = OWN("RequestLimitExceeded", 503, "Throttling", 400,
	    "ThrottlingException", 400, "Rate exceeded"),
	[AWSERR_INTERNAL] = OWN("InternalError", 500, "InternalFailure", 500, "InternalFailure",
	    500, "The request processing has failed because of an unknown error."),
	[AWSERR_UNAVAILABLE] =
	    OWN("Unavailable", 503, "ServiceUnavailable", 503, "ServiceUnavailableException", 503,
		"The request has failed due to a temporary failure of the server."),

	[AWSERR_HTTP_BAD_REQUEST] = OWN("InvalidRequest", 400, "InvalidRequest", 400,
	    "BadRequestException", 400, "The request is not well-formed HTTP."),
	[AWSERR_HTTP_NOT_FOUND] = OWN("NotFound", 404, "NotFound", 404, "UnknownOperationException",
	    404, "There is nothing at this path."),
	[AWSERR_HTTP_METHOD] = OWN("MethodNotAllowed", 405, "MethodNotAllowed", 405,
	    "MethodNotAllowedException", 405, "The method is not allowed here."),
	[AWSERR_HTTP_TIMEOUT] = OWN("RequestTimeout", 408, "RequestTimeout", 408,
	    "RequestTimeoutException", 408, "The request did not arrive in time."),
	[AWSERR_HTTP_BODY_TOO_LARGE] = OWN("RequestEntityTooLarge", 413, "RequestEntityTooLarge",
	    413, "RequestEntityTooLargeException", 413,
	    "The body of the request is longer than allowed."),
	[AWSERR_HTTP_TARGET_TOO_LONG] = OWN("RequestUriTooLong", 414, "RequestUriTooLong", 414,
	    "RequestUriTooLongException", 414, "The target of the request is longer than allowed."),
	[AWSERR_HTTP_EXPECT] = OWN("ExpectationFailed", 417, "ExpectationFailed", 417,
	    "ExpectationFailedException", 417, "Only 100-continue can be expected."),
	[AWSERR_HTTP_HEADERS_TOO_LARGE] = OWN("RequestHeadersTooLarge", 431,
	    "RequestHeadersTooLarge", 431, "RequestHeadersTooLargeException", 431,
	    "The headers of the request are longer than allowed."),
	[AWSERR_HTTP_NOT_IMPLEMENTED] = OWN("NotImplemented", 501, "NotImplemented", 501,
	    "NotImplementedException", 501, "The request uses what is not implemented."),
	[AWSERR_HTTP_VERSION] = OWN("HttpVersionNotSupported", 505, "HttpVersionNotSupported", 505,
	    "HttpVersionNotSupportedException", 505, "The server speaks HTTP/1.0 and HTTP/1.1."),

	[AWSERR_AUTH_EXCEPTION] = ALL("AuthException", 400, "You have no access to the instance."),
	[AWSERR_INVALID_ARGS] =
	    ALL("InvalidArgsException", 400, "One of the parameters is not valid."),
	[AWSERR_SERVICE_EXCEPTION] =
	    ALL("ServiceException", 500, "The service encountered an error. Try again."),
	[AWSERR_INSTANCE_NOT_FOUND] =
	    ALL("EC2InstanceNotFoundException", 400, "The specified instance was not found."),
	[AWSERR_INSTANCE_STATE_INVALID] = ALL("EC2InstanceStateInvalidException", 400,
	    "Unable to connect because the instance is not in a valid state. Connecting to a "
	    "stopped or terminated instance is not supported."),
	[AWSERR_INSTANCE_UNAVAILABLE] = ALL("EC2InstanceUnavailableException", 400,
	    "The instance is currently unavailable. Wait a few minutes and try again."),
	[AWSERR_INSTANCE_TYPE_INVALID] = ALL("EC2InstanceTypeInvalidException", 400,
	    "The instance type is not supported for connecting via the serial console."),
	[AWSERR_SERIAL_ACCESS_DISABLED] = ALL("SerialConsoleAccessDisabledException", 400,
	    "Your account is not authorized to use the EC2 Serial Console."),
	[AWSERR_SERIAL_SESSION_LIMIT] = ALL("SerialConsoleSessionLimitExceededException", 400,
	    "The instance currently has 1 active serial console session."),
	[AWSERR_SERIAL_SESSION_UNAVAILABLE] = ALL("SerialConsoleSessionUnavailableException", 500,
	    "Unable to start a serial console session. Please try again."),
	[AWSERR_SERIAL_SESSION_UNSUPPORTED] = ALL("SerialConsoleSessionUnsupportedException", 400,
	    "Your instance's BIOS version is unsupported for serial console connection."),

	[AWSERR_DRY_RUN] =
	    ALL("DryRunOperation", 412, "Request would have succeeded, but DryRun flag is set."),
	[AWSERR_INVALID_PARAMETER] = ALL("InvalidParameter", 400, "A parameter is not valid."),
	[AWSERR_INVALID_PARAMETER_VALUE] =
	    ALL("InvalidParameterValue", 400, "The value of a parameter is not valid."),
	[AWSERR_INVALID_PARAMETER_COMBINATION] =
	    ALL("InvalidParameterCombination", 400, "The parameters cannot be used together."),
	[AWSERR_INVALID_FILTER] = ALL("InvalidFilter", 400, "The filter is not valid."),
	[AWSERR_INVALID_NEXT_TOKEN] =
	    ALL("InvalidNextToken", 400, "The NextToken is not valid or has expired."),
	[AWSERR_INVALID_ID] = ALL("InvalidID", 400, "The ID is not valid."),
	[AWSERR_IDEMPOTENT_MISMATCH] = ALL("IdempotentParameterMismatch", 400,
	    "The request uses the same client token as a previous, but non-identical request."),
	[AWSERR_INSTANCE_ID_MALFORMED] =
	    ALL("InvalidInstanceID.Malformed", 400, "The instance ID is malformed."),
	[AWSERR_INSTANCE_ID_NOT_FOUND] =
	    ALL("InvalidInstanceID.NotFound", 400, "The instance ID does not exist."),
	[AWSERR_INCORRECT_INSTANCE_STATE] = ALL("IncorrectInstanceState", 400,
	    "The instance is not in a state from which this can be done."),
	[AWSERR_INSTANCE_LIMIT] = ALL("InstanceLimitExceeded", 400,
	    "You have reached the limit on the number of instances."),
	[AWSERR_INSUFFICIENT_CAPACITY] = ALL("InsufficientInstanceCapacity", 500,
	    "There is not enough capacity to start the instance."),
	[AWSERR_INSUFFICIENT_ADDRESSES] = ALL("InsufficientFreeAddressesInSubnet", 400,
	    "The subnet has not enough free addresses."),
	[AWSERR_ADDRESS_IN_USE] = ALL("InvalidIPAddress.InUse", 400, "The address is in use."),
	[AWSERR_IMAGE_ID_MALFORMED] =
	    ALL("InvalidAMIID.Malformed", 400, "The image ID is malformed."),
	[AWSERR_IMAGE_ID_NOT_FOUND] =
	    ALL("InvalidAMIID.NotFound", 400, "The image ID does not exist."),
	[AWSERR_SUBNET_ID_MALFORMED] =
	    ALL("InvalidSubnetID.Malformed", 400, "The subnet ID is malformed."),
	[AWSERR_SUBNET_ID_NOT_FOUND] =
	    ALL("InvalidSubnetID.NotFound", 400, "The subnet ID does not exist."),
	[AWSERR_VPC_ID_MALFORMED] = ALL("InvalidVpcID.Malformed", 400, "The VPC ID is malformed."),
	[AWSERR_VPC_ID_NOT_FOUND] = ALL("InvalidVpcID.NotFound", 400, "The VPC ID does not exist."),
	[AWSERR_GROUP_ID_MALFORMED] =
	    ALL("InvalidGroupId.Malformed", 400, "The security group ID is malformed."),
	[AWSERR_GROUP_NOT_FOUND] =
	    ALL("InvalidGroup.NotFound", 400, "The security group does not exist."),
	[AWSERR_KEY_PAIR_NOT_FOUND] =
	    ALL("InvalidKeyPair.NotFound", 400, "The key pair does not exist."),
	[AWSERR_OPERATION_NOT_PERMITTED] =
	    ALL("OperationNotPermitted", 400, "The operation is not permitted."),
	[AWSERR_UNSUPPORTED] = ALL("Unsupported", 400, "The operation is not supported."),
	[AWSERR_TAG_LIMIT] = ALL("TagLimitExceeded", 400,
	    "You have reached the limit on the number of tags of a resource."),
	[AWSERR_TAG_KEY_MALFORMED] =
	    ALL("InvalidTagKey.Malformed", 400, "The tag key is not valid."),
	[AWSERR_ENDPOINT_ID_MALFORMED] = ALL("InvalidInstanceConnectEndpointId.Malformed", 400,
	    "The EC2 Instance Connect Endpoint ID is malformed."),
	[AWSERR_ENDPOINT_ID_NOT_FOUND] = ALL("InvalidInstanceConnectEndpointId.NotFound", 400,
	    "The EC2 Instance Connect Endpoint ID does not exist."),
	[AWSERR_RESOURCE_LIMIT] = ALL("ResourceLimitExceeded", 400,
	    "You have reached a limit on the number of resources."),
	[AWSERR_INVALID_STATE] =
	    ALL("InvalidState", 400, "The resource is not in a state from which this can be done."),

	[AWSERR_NO_SUCH_ENTITY] = MODELLED("NoSuchEntity", 404, "The entity cannot be found."),
	[AWSERR_ENTITY_EXISTS] = MODELLED("EntityAlreadyExists", 409, "The entity already exists."),
	[AWSERR_DELETE_CONFLICT] = MODELLED("DeleteConflict", 409,
	    "Cannot delete entity, must remove what is attached to it first."),
	[AWSERR_LIMIT_EXCEEDED] =
	    MODELLED("LimitExceeded", 409, "A quota of the account is reached."),
	[AWSERR_MALFORMED_POLICY] =
	    MODELLED("MalformedPolicyDocument", 400, "The policy document is malformed."),
	[AWSERR_INVALID_INPUT] = MODELLED("InvalidInput", 400, "A parameter is not valid."),
	[AWSERR_UNMODIFIABLE] = MODELLED("UnmodifiableEntity", 400,
	    "The entity belongs to a service and cannot be modified."),
	[AWSERR_POLICY_NOT_ATTACHABLE] = MODELLED("PolicyNotAttachable", 400,
	    "The policy can be attached only to the role of its service."),
	[AWSERR_INVALID_MFA_CODE] = MODELLED("InvalidAuthenticationCode", 403,
	    "The authentication code was not recognized."),
	[AWSERR_ENTITY_BUSY] = MODELLED("EntityTemporarilyUnmodifiable", 409,
	    "The entity cannot be modified for now. Try again later."),
	[AWSERR_PASSWORD_POLICY] = MODELLED("PasswordPolicyViolation", 400,
	    "The password does not meet the requirements of the account."),
	[AWSERR_INVALID_USER_TYPE] = MODELLED("InvalidUserType", 400,
	    "The request was made by a principal for which it does not exist."),
	[AWSERR_PACKED_POLICY_TOO_LARGE] = MODELLED("PackedPolicyTooLarge", 400,
	    "Session policies and session tags together are too large."),
	[AWSERR_INVALID_IDENTITY_TOKEN] =
	    MODELLED("InvalidIdentityToken", 400, "The web identity token could not be validated."),
	[AWSERR_IDENTITY_TOKEN_EXPIRED] = SHAPED("ExpiredTokenException", 400,
	    "ExpiredTokenException", "The web identity token is expired."),
	[AWSERR_IDP_REJECTED_CLAIM] =
	    MODELLED("IDPRejectedClaim", 403, "The claim of the web identity token is invalid."),
	[AWSERR_INVALID_AUTHZ_MESSAGE] = ALL("InvalidAuthorizationMessageException", 400,
	    "The message is not one that can be decoded."),

	[AWSERR_REPORT_NOT_PRESENT] =
	    SHAPED("ReportNotPresent", 410, "CredentialReportNotPresentException",
		"The credential report does not exist. Generate it with GenerateCredentialReport."),
	[AWSERR_REPORT_EXPIRED] = SHAPED("ReportExpired", 410, "CredentialReportExpiredException",
	    "The credential report has expired. Generate it with GenerateCredentialReport."),

	[AWSERR_INVALID_LOOKUP_ATTRIBUTES] =
	    ALL("InvalidLookupAttributesException", 400, "The lookup attributes are not valid."),
	[AWSERR_INVALID_TIME_RANGE] =
	    ALL("InvalidTimeRangeException", 400, "The start of the time range is after its end."),
	[AWSERR_INVALID_MAX_RESULTS] =
	    ALL("InvalidMaxResultsException", 400, "MaxResults is not between 1 and 50."),
	[AWSERR_INVALID_PAGE_TOKEN] = ALL("InvalidNextTokenException", 400,
	    "The NextToken is not valid, or belongs to another request."),
	[AWSERR_INVALID_EVENT_CATEGORY] =
	    ALL("InvalidEventCategoryException", 400, "The event category is not valid."),
	[AWSERR_TRAIL_NOT_FOUND] = ALL("TrailNotFoundException", 400, "The trail does not exist."),
	[AWSERR_INVALID_TRAIL_NAME] =
	    ALL("InvalidTrailNameException", 400, "The name of the trail is not valid."),
	[AWSERR_INVALID_TRAIL_ARN] =
	    ALL("CloudTrailARNInvalidException", 400, "The ARN of the trail is not valid."),
	[AWSERR_INVALID_TOKEN] = ALL("InvalidTokenException", 400, "The token is not valid."),
};

/* The sentence with which every AuthFailure of EC2 begins (wire.md 2.5). */
#define EC2_AUTH_FAILURE "AWS was not able to validate the provided access credentials"

static const struct form *
form_of(enum awserr e, enum service s)
{
	assert(e > AWSERR_NONE && e < AWSERR_COUNT);
	switch (service_info(s)->protocol) {
	case SERVICE_EC2_QUERY:
		return &rows[e].ec2;
	case SERVICE_AWS_QUERY:
		return &rows[e].query;
	case SERVICE_JSON11:
		break;
	}
	return &rows[e].json;
}

struct awserr_head
awserr_head(enum awserr e, enum service s)
{
	const struct form *f = form_of(e, s);
	struct awserr_head head = { .status = f->status, .code = f->code };

	switch (service_info(s)->protocol) {
	case SERVICE_EC2_QUERY:
		head.content_type = STR("text/xml;charset=UTF-8");
		break;
	case SERVICE_AWS_QUERY:
		head.content_type = STR("text/xml");
		break;
	case SERVICE_JSON11:
		head.content_type = STR("application/x-amz-json-1.1");
		head.error_type = f->code;
		break;
	}
	return head;
}

struct str
awserr_recorded(enum awserr e, enum service s)
{
	const struct form *f = form_of(e, s);

	if (service_info(s)->protocol == SERVICE_AWS_QUERY && rows[e].shape.n > 0)
		return rows[e].shape;
	return f->code;
}

struct str
awserr_message(enum awserr e, enum service s)
{
	if (str_eq_c(form_of(e, s)->code, "AuthFailure"))
		return STR(EC2_AUTH_FAILURE);
	/* A JSON service has no message about an operation that it does not know. */
	if (e == AWSERR_UNKNOWN_OPERATION && service_info(s)->protocol == SERVICE_JSON11)
		return STR("");
	return rows[e].message;
}

static void
write_ec2(struct buf *body, struct str code, struct str message, struct str request_id)
{
	struct xml x;
	int r;

	xml_init(&x, body);
	xml_root(&x, "Response", NULL);
	xml_open(&x, "Errors");
	xml_open(&x, "Error");
	xml_str(&x, "Code", code);
	xml_str(&x, "Message", message);
	xml_close(&x);
	xml_close(&x);
	xml_str(&x, "RequestID", request_id);
	xml_close(&x);
	r = xml_finish(&x);
	(void)r; /* the caller sees the same error in body */
}

static void
write_query(struct buf *body, const struct form *f, const char *xmlns, struct str message,
    struct str request_id)
{
	struct xml x;
	int r;

	xml_init(&x, body);
	xml_root(&x, "ErrorResponse", xmlns);
	xml_open(&x, "Error");
	xml_c(&x, "Type", f->status < 500 ? "Sender" : "Receiver");
	xml_str(&x, "Code", f->code);
	xml_str(&x, "Message", message);
	xml_close(&x);
	xml_str(&x, "RequestId", request_id);
	xml_close(&x);
	r = xml_finish(&x);
	(void)r;
}

/* The member is "Message", as in the service's model; every SDK reads it (wire.md 1.7). */
static void
write_json(struct buf *body, struct str code, struct str message)
{
	struct jsonw w;
	int r;

	jsonw_init(&w, body);
	jsonw_object(&w);
	jsonw_m_str(&w, "__type", code);
	jsonw_m_str(&w, "Message", message);
	jsonw_end(&w);
	r = jsonw_finish(&w);
	(void)r;
}

void
awserr_write(struct buf *body, enum awserr e, enum service s, struct str message,
    struct str request_id)
{
	const struct form *f = form_of(e, s);
	const struct service_info *info = service_info(s);
	struct buf joined;

	buf_init(&joined, sizeof(EC2_AUTH_FAILURE) + 4 + message.n);
	if (message.n == 0) {
		message = awserr_message(e, s);
	} else if (str_eq_c(f->code, "AuthFailure") && !str_eq_c(message, EC2_AUTH_FAILURE)) {
		buf_fmt(&joined, "%s (%.*s)", EC2_AUTH_FAILURE, STR_FMT(message));
		message = buf_view(&joined);
	}
	switch (info->protocol) {
	case SERVICE_EC2_QUERY:
		write_ec2(body, f->code, message, request_id);
		break;
	case SERVICE_AWS_QUERY:
		write_query(body, f, info->xmlns.p, message, request_id);
		break;
	case SERVICE_JSON11:
		write_json(body, f->code, message);
		break;
	}
	buf_release(&joined);
}

enum awserr
awserr_of_sigv4(enum sigv4_fault f)
{
	switch (f) {
	case SIGV4_OK:
		return AWSERR_NONE;
	case SIGV4_MISSING_AUTH:
		return AWSERR_MISSING_AUTH;
	case SIGV4_MALFORMED:
	case SIGV4_BAD_DATE:
	case SIGV4_BAD_ALGORITHM:
	case SIGV4_BAD_CREDENTIAL:
		return AWSERR_INCOMPLETE_SIGNATURE;
	case SIGV4_EXPIRED:
	case SIGV4_NOT_YET:
		return AWSERR_REQUEST_EXPIRED;
	case SIGV4_WRONG_SCOPE:
		return AWSERR_WRONG_SCOPE;
	case SIGV4_UNKNOWN_KEY:
		return AWSERR_UNKNOWN_KEY;
	case SIGV4_EXPIRED_TOKEN:
		return AWSERR_EXPIRED_TOKEN;
	case SIGV4_BAD_TOKEN:
		return AWSERR_BAD_TOKEN;
	case SIGV4_HOST_UNSIGNED:
	case SIGV4_HEADER_UNSIGNED:
	case SIGV4_HEADER_ABSENT:
	case SIGV4_WRONG_BODY:
	case SIGV4_WRONG_SIGNATURE:
		break;
	}
	return AWSERR_WRONG_SIGNATURE;
}

enum awserr
awserr_of_status(uint16_t status)
{
	size_t i;

	if (status == 503)
		return AWSERR_UNAVAILABLE;
	for (i = AWSERR_HTTP_BAD_REQUEST; i <= AWSERR_HTTP_VERSION; i++)
		if (rows[i].json.status == status)
			return (enum awserr)i;
	return AWSERR_INTERNAL;
}
