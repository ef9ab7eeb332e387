/*
 * presigned_test: tests that a presigned request, which may be good for up to a week, is accepted
 * for no action.
 */
#include "fixture.h"

/* A request whose signature is in its query. */
static struct api_request
presigned(struct fixture *f, const char *service, const char *method, const char *target,
    int64_t expires_s)
{
	struct http_header *h = arena_array(f->a, 4, sizeof(*h));
	struct sigv4_sign s = { .access_key_id = str_of(f->access_key),
		.secret = str_of(f->secret),
		.region = STR(REGION),
		.service = str_of(service),
		.at_s = f->wall_ms / 1000,
		.method = str_of(method),
		.target = str_of(target),
		.headers = h,
		.n_headers = 1 };
	struct api_request rq = { .request_id = str_of(f->request_id),
		.peer_ip = STR("192.0.2.1"),
		.method = str_of(method),
		.headers = h,
		.n_headers = 1 };

	h[0] = (struct http_header){ STR("Host"), STR("localhost") };
	assert_ok(sigv4_sign_presign(&s, expires_s, f->a, &rq.target));
	return rq;
}

static void
test_refused(void **state)
{
	static const struct {
		const char *service, *method, *target;
	} rows[] = {
		{ "ec2", "GET", "/?Action=DescribeVpcs&Version=2016-11-15" },
		{ "ec2", "GET",
		    "/?Action=TerminateInstances&InstanceId.1=i-0123456789abcdef0"
		    "&Version=2016-11-15" },
		{ "sts", "GET", "/?Action=GetCallerIdentity&Version=2011-06-15" },
		{ "ec2-instance-connect", "POST", "/" },
	};
	static const int64_t expires[] = { 0, 60, 604800 };
	struct fixture *f = *state;
	struct api_response resp;
	struct api_request rq;
	size_t i, e;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (e = 0; e < sizeof(expires) / sizeof(expires[0]); e++) {
			rq = presigned(f, rows[i].service, rows[i].method, rows[i].target,
			    expires[e]);
			resp = fixture_run(f, &rq);
			assert_status(f, &resp, 400);
			assert_has(f, &resp, "MissingAuthenticationToken");
			assert_has(f, &resp, "Presigned requests are not accepted");
		}
	}
	/* No secret was asked for, and nobody did anything. */
	assert_int_equal(f->keyd_verified, 0);
	assert_int_equal(fixture_audit(f, NULL), 0);
}

/* A push that somebody has seen, a day later. */
static void
test_push_not_repeated(void **state)
{
	struct fixture *f = *state;
	struct http_header h[4];
	struct api_response resp;
	struct api_request rq;

	rq = presigned(f, "ec2-instance-connect", "POST", "/", 604800);
	h[0] = rq.headers[0];
	h[1] = (struct http_header){ STR("Content-Type"), STR("application/x-amz-json-1.1") };
	rq.headers = h;
	rq.n_headers = 2;
	f->wall_ms += INT64_C(86400000);
	resp = fixture_run(f, &rq);
	assert_status(f, &resp, 400);
	assert_has(f, &resp, "{\"__type\":\"MissingAuthenticationTokenException\"");
	assert_int_equal(f->n_sent, 0);
	assert_int_equal(f->keyd_verified, 0);
}

/* What is signed in the header is taken, as ever. */
static void
test_header_taken(void **state)
{
	struct fixture *f = *state;
	struct api_response resp = fixture_ec2(f, "DescribeVpcs");

	assert_status(f, &resp, 200);
	assert_int_equal(f->keyd_verified, 1);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_refused),
		TEST(test_push_not_repeated),
		TEST(test_header_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
