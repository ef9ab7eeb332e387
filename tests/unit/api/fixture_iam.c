/*
 * fixture_iam: requests to IAM, and their answers byte for byte.
 */
#include "fixture.h"

struct api_response
fixture_iam(struct fixture *f, const char *body)
{
	struct api_request rq = fixture_query_request(f, "iam",
	    arena_fmt(f->a, "Action=%s&Version=2010-05-08", body).p);

	return fixture_run(f, &rq);
}

#define XML_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define IAM_XMLNS "https://iam.amazonaws.com/doc/2010-05-08/"

void
fixture_assert_iam(struct fixture *f, struct api_response *resp, const char *action,
    const char *result)
{
	assert_status(f, resp, 200);
	assert_string_equal(fixture_cstr(f, resp->body),
	    arena_fmt(f->a,
		XML_HEAD "<%sResponse xmlns=\"" IAM_XMLNS "\">%s<ResponseMetadata>"
			 "<RequestId>%s</RequestId></ResponseMetadata></%sResponse>",
		action,
		result == NULL
		    ? ""
		    : arena_fmt(f->a, "<%sResult>%s</%sResult>", action, result, action).p,
		f->request_id, action)
		.p);
}

void
fixture_assert_iam_error(struct fixture *f, struct api_response *resp, unsigned status,
    const char *code, const char *message)
{
	assert_status(f, resp, status);
	assert_string_equal(fixture_cstr(f, resp->body),
	    arena_fmt(f->a,
		XML_HEAD "<ErrorResponse xmlns=\"" IAM_XMLNS "\"><Error>"
			 "<Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error>"
			 "<RequestId>%s</RequestId></ErrorResponse>",
		code, message, f->request_id)
		.p);
}
