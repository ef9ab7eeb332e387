/* awserr_test: tests the table of errors, and the exact bytes of each protocol's error bodies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "aws/awserr.h"

#define N(a) (sizeof(a) / sizeof(*(a)))
#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define ID "01234567-89ab-4cde-8f01-23456789abcd"

static void
assert_body(enum awserr e, enum service s, const char *message, const char *want)
{
	struct buf b;

	buf_init(&b, 65536);
	awserr_write(&b, e, s, str_of(message), STR(ID));
	if (!str_eq_c(buf_view(&b), want))
		fail_msg("%.*s", STR_FMT(buf_view(&b)));
	buf_release(&b);
}

static void
bodies(void **state)
{
	(void)state;
	assert_body(AWSERR_INSTANCE_ID_NOT_FOUND, SERVICE_EC2,
	    "The instance ID 'i-<1>' does not exist",
	    XML "<Response><Errors><Error><Code>InvalidInstanceID.NotFound</Code><Message>The "
		"instance ID &apos;i-&lt;1&gt;&apos; does not exist</Message></Error></Errors>"
		"<RequestID>" ID "</RequestID></Response>");
	assert_body(AWSERR_ACCESS_DENIED, SERVICE_IAM, "no",
	    XML "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error>"
		"<Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error>"
		"<RequestId>" ID "</RequestId></ErrorResponse>");
	assert_body(AWSERR_INTERNAL, SERVICE_STS, "x",
	    XML "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>"
		"<Type>Receiver</Type><Code>InternalFailure</Code><Message>x</Message></Error>"
		"<RequestId>" ID "</RequestId></ErrorResponse>");
	assert_body(AWSERR_INVALID_ARGS, SERVICE_CONNECT, "a \"b\"",
	    "{\"__type\":\"InvalidArgsException\",\"Message\":\"a \\\"b\\\"\"}");
}

static void
default_messages(void **state)
{
	(void)state;
	assert_body(AWSERR_THROTTLED, SERVICE_CONNECT, "",
	    "{\"__type\":\"ThrottlingException\",\"Message\":\"Rate exceeded\"}");
	assert_body(AWSERR_UNKNOWN_OPERATION, SERVICE_CLOUDTRAIL, "",
	    "{\"__type\":\"UnknownOperationException\",\"Message\":\"\"}");
	assert_body(AWSERR_UNKNOWN_KEY, SERVICE_CONNECT, "",
	    "{\"__type\":\"UnrecognizedClientException\",\"Message\":\"The security token "
	    "included in the request is invalid.\"}");
	assert_body(AWSERR_WRONG_SIGNATURE, SERVICE_EC2, "",
	    XML "<Response><Errors><Error><Code>AuthFailure</Code><Message>AWS was not able to "
		"validate the provided access credentials</Message></Error></Errors><RequestID>" ID
		"</RequestID></Response>");
}

/* EC2's clients look for AWS's sentence; what we know comes behind it. */
static void
auth_failure_keeps_its_sentence(void **state)
{
	(void)state;
	assert_body(AWSERR_WRONG_SCOPE, SERVICE_EC2, "Region?",
	    XML "<Response><Errors><Error><Code>AuthFailure</Code><Message>AWS was not able to "
		"validate the provided access credentials (Region?)</Message></Error></Errors>"
		"<RequestID>" ID "</RequestID></Response>");
	assert_body(AWSERR_WRONG_SCOPE, SERVICE_EC2,
	    "AWS was not able to validate the provided access credentials",
	    XML "<Response><Errors><Error><Code>AuthFailure</Code><Message>AWS was not able to "
		"validate the provided access credentials</Message></Error></Errors><RequestID>" ID
		"</RequestID></Response>");
}

/* wire.md 2.5, row by row. */
static void
codes_of_each_protocol(void **state)
{
	static const struct {
		enum awserr e;
		const char *ec2;
		uint16_t ec2_status;
		const char *query;
		uint16_t query_status;
		const char *json;
		uint16_t json_status;
	} rows[] = {
		{ AWSERR_UNKNOWN_KEY, "AuthFailure", 401, "InvalidClientTokenId", 403,
		    "UnrecognizedClientException", 400 },
		{ AWSERR_WRONG_SIGNATURE, "AuthFailure", 401, "SignatureDoesNotMatch", 403,
		    "InvalidSignatureException", 400 },
		{ AWSERR_MISSING_AUTH, "MissingAuthenticationToken", 401,
		    "MissingAuthenticationToken", 403, "MissingAuthenticationTokenException", 400 },
		{ AWSERR_INCOMPLETE_SIGNATURE, "IncompleteSignature", 400, "IncompleteSignature",
		    400, "IncompleteSignatureException", 400 },
		{ AWSERR_WRONG_SCOPE, "AuthFailure", 401, "SignatureDoesNotMatch", 403,
		    "InvalidSignatureException", 400 },
		{ AWSERR_EXPIRED_TOKEN, "RequestExpired", 400, "ExpiredToken", 403,
		    "ExpiredTokenException", 400 },
		{ AWSERR_BAD_TOKEN, "AuthFailure", 401, "InvalidClientTokenId", 403,
		    "UnrecognizedClientException", 400 },
		{ AWSERR_REQUEST_EXPIRED, "RequestExpired", 400, "SignatureDoesNotMatch", 403,
		    "InvalidSignatureException", 400 },
		{ AWSERR_ACCESS_DENIED, "UnauthorizedOperation", 403, "AccessDenied", 403,
		    "AccessDeniedException", 400 },
		{ AWSERR_UNKNOWN_OPERATION, "InvalidAction", 400, "InvalidAction", 400,
		    "UnknownOperationException", 400 },
		{ AWSERR_THROTTLED, "RequestLimitExceeded", 503, "Throttling", 400,
		    "ThrottlingException", 400 },
		{ AWSERR_INTERNAL, "InternalError", 500, "InternalFailure", 500, "InternalFailure",
		    500 },
	};
	struct awserr_head head;
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		head = awserr_head(rows[i].e, SERVICE_EC2);
		assert_true(str_eq_c(head.code, rows[i].ec2));
		assert_int_equal(head.status, rows[i].ec2_status);
		assert_true(str_eq_c(head.content_type, "text/xml;charset=UTF-8"));
		assert_int_equal(head.error_type.n, 0);
		head = awserr_head(rows[i].e, SERVICE_STS);
		assert_true(str_eq_c(head.code, rows[i].query));
		assert_int_equal(head.status, rows[i].query_status);
		assert_true(str_eq_c(head.content_type, "text/xml"));
		assert_int_equal(head.error_type.n, 0);
		head = awserr_head(rows[i].e, SERVICE_CONNECT);
		assert_true(str_eq_c(head.code, rows[i].json));
		assert_int_equal(head.status, rows[i].json_status);
		assert_true(str_eq_c(head.content_type, "application/x-amz-json-1.1"));
		assert_true(str_eq(head.error_type, head.code));
	}
}

static bool
is_code(struct str s)
{
	return s.n > 0 &&
	    str_all_in(s,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789.");
}

/* No row was forgotten, and no code that clients would retry got in by mistake. */
static void
every_error_has_a_row(void **state)
{
	struct awserr_head head;
	int e, s;

	(void)state;
	for (e = AWSERR_NONE + 1; e < AWSERR_COUNT; e++) {
		for (s = 0; s < SERVICE_COUNT; s++) {
			head = awserr_head((enum awserr)e, (enum service)s);
			assert_true(is_code(head.code));
			assert_in_range(head.status, 400, 599);
			assert_true(!str_ends(head.code, STR("LimitExceededException")) ||
			    e == AWSERR_SERIAL_SESSION_LIMIT);
			assert_true(e == AWSERR_UNKNOWN_OPERATION ||
			    awserr_message((enum awserr)e, (enum service)s).n > 0);
		}
	}
}

static void
faults_of_signatures(void **state)
{
	static const struct {
		enum sigv4_fault fault;
		enum awserr want;
	} rows[] = {
		{ SIGV4_OK, AWSERR_NONE },
		{ SIGV4_MISSING_AUTH, AWSERR_MISSING_AUTH },
		{ SIGV4_MALFORMED, AWSERR_INCOMPLETE_SIGNATURE },
		{ SIGV4_BAD_DATE, AWSERR_INCOMPLETE_SIGNATURE },
		{ SIGV4_EXPIRED, AWSERR_REQUEST_EXPIRED },
		{ SIGV4_NOT_YET, AWSERR_REQUEST_EXPIRED },
		{ SIGV4_HOST_UNSIGNED, AWSERR_WRONG_SIGNATURE },
		{ SIGV4_HEADER_UNSIGNED, AWSERR_WRONG_SIGNATURE },
		{ SIGV4_HEADER_ABSENT, AWSERR_WRONG_SIGNATURE },
		{ SIGV4_BAD_ALGORITHM, AWSERR_INCOMPLETE_SIGNATURE },
		{ SIGV4_BAD_CREDENTIAL, AWSERR_INCOMPLETE_SIGNATURE },
		{ SIGV4_WRONG_SCOPE, AWSERR_WRONG_SCOPE },
		{ SIGV4_WRONG_BODY, AWSERR_WRONG_SIGNATURE },
		{ SIGV4_UNKNOWN_KEY, AWSERR_UNKNOWN_KEY },
		{ SIGV4_WRONG_SIGNATURE, AWSERR_WRONG_SIGNATURE },
		{ SIGV4_EXPIRED_TOKEN, AWSERR_EXPIRED_TOKEN },
		{ SIGV4_BAD_TOKEN, AWSERR_BAD_TOKEN },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++)
		assert_int_equal(awserr_of_sigv4(rows[i].fault), rows[i].want);
}

static void
errors_of_http(void **state)
{
	static const uint16_t statuses[] = { 400, 404, 405, 408, 413, 414, 417, 431, 501, 503,
		505 };
	int s;
	size_t i;

	(void)state;
	for (i = 0; i < N(statuses); i++)
		for (s = 0; s < SERVICE_COUNT; s++)
			assert_int_equal(awserr_head(awserr_of_status(statuses[i]), (enum service)s)
					     .status,
			    statuses[i]);
	assert_int_equal(awserr_of_status(418), AWSERR_INTERNAL);
	assert_int_equal(awserr_of_status(0), AWSERR_INTERNAL);
}

/* All exceptions of IAM and STS: the code of the answer, and the shape that the record names.
 * Source: botocore's models, iam 2010-05-08 and sts 2011-06-15. */
static const struct {
	const char *code, *shape;
} exceptions[] = {
	{ "ConcurrentModification", "ConcurrentModificationException" },
	{ "ReportExpired", "CredentialReportExpiredException" },
	{ "ReportNotPresent", "CredentialReportNotPresentException" },
	{ "ReportInProgress", "CredentialReportNotReadyException" },
	{ "DeleteConflict", "DeleteConflictException" },
	{ "DuplicateCertificate", "DuplicateCertificateException" },
	{ "DuplicateSSHPublicKey", "DuplicateSSHPublicKeyException" },
	{ "EntityAlreadyExists", "EntityAlreadyExistsException" },
	{ "EntityTemporarilyUnmodifiable", "EntityTemporarilyUnmodifiableException" },
	{ "InvalidAuthenticationCode", "InvalidAuthenticationCodeException" },
	{ "InvalidCertificate", "InvalidCertificateException" },
	{ "InvalidInput", "InvalidInputException" },
	{ "InvalidPublicKey", "InvalidPublicKeyException" },
	{ "InvalidUserType", "InvalidUserTypeException" },
	{ "KeyPairMismatch", "KeyPairMismatchException" },
	{ "LimitExceeded", "LimitExceededException" },
	{ "MalformedCertificate", "MalformedCertificateException" },
	{ "MalformedPolicyDocument", "MalformedPolicyDocumentException" },
	{ "NoSuchEntity", "NoSuchEntityException" },
	{ "OpenIdIdpCommunicationError", "OpenIdIdpCommunicationErrorException" },
	{ "PasswordPolicyViolation", "PasswordPolicyViolationException" },
	{ "PolicyEvaluation", "PolicyEvaluationException" },
	{ "PolicyNotAttachable", "PolicyNotAttachableException" },
	{ "ReportGenerationLimitExceeded", "ReportGenerationLimitExceededException" },
	{ "ServiceFailure", "ServiceFailureException" },
	{ "NotSupportedService", "ServiceNotSupportedException" },
	{ "UnmodifiableEntity", "UnmodifiableEntityException" },
	{ "UnrecognizedPublicKeyEncoding", "UnrecognizedPublicKeyEncodingException" },
	{ "ExpiredTokenException", "ExpiredTokenException" },
	{ "IDPCommunicationError", "IDPCommunicationErrorException" },
	{ "IDPRejectedClaim", "IDPRejectedClaimException" },
	{ "InvalidAuthorizationMessageException", "InvalidAuthorizationMessageException" },
	{ "InvalidIdentityToken", "InvalidIdentityTokenException" },
	{ "PackedPolicyTooLarge", "PackedPolicyTooLargeException" },
	{ "RegionDisabledException", "RegionDisabledException" },
};

static void
records_name_the_exception(void **state)
{
	struct str code, recorded;
	size_t i, n_named = 0;
	int e;

	(void)state;
	for (e = AWSERR_NONE + 1; e < AWSERR_COUNT; e++) {
		code = awserr_head((enum awserr)e, SERVICE_IAM).code;
		recorded = awserr_recorded((enum awserr)e, SERVICE_IAM);
		assert_true(str_eq(recorded, awserr_recorded((enum awserr)e, SERVICE_STS)));
		for (i = 0; i < N(exceptions) && !str_eq_c(code, exceptions[i].code); i++)
			;
		n_named += i < N(exceptions);
		if (!str_eq(recorded, i < N(exceptions) ? str_of(exceptions[i].shape) : code))
			fail_msg("%.*s is recorded as %.*s", STR_FMT(code), STR_FMT(recorded));
		assert_true(str_eq(awserr_recorded((enum awserr)e, SERVICE_EC2),
		    awserr_head((enum awserr)e, SERVICE_EC2).code));
		assert_true(str_eq(awserr_recorded((enum awserr)e, SERVICE_CLOUDTRAIL),
		    awserr_head((enum awserr)e, SERVICE_CLOUDTRAIL).code));
	}
	/* The table of errors has at least those that an action here returns. */
	assert_true(n_named >= 16);
	assert_true(str_eq(awserr_recorded(AWSERR_NO_SUCH_ENTITY, SERVICE_IAM),
	    STR("NoSuchEntityException")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies),
		cmocka_unit_test(default_messages),
		cmocka_unit_test(auth_failure_keeps_its_sentence),
		cmocka_unit_test(codes_of_each_protocol),
		cmocka_unit_test(every_error_has_a_row),
		cmocka_unit_test(faults_of_signatures),
		cmocka_unit_test(errors_of_http),
		cmocka_unit_test(records_name_the_exception),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
