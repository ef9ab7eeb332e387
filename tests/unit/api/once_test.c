/*
 * once_test: plays a front that sends a client's request a second time (docs/decisions/0046). What
 * gives credentials is answered once.
 */
#include "fixture.h"

#include "store/store_used_signature.h"

#define CREATE "Action=CreateAccessKey&Version=2010-05-08&UserName=eve"
#define SESSION "Action=GetSessionToken&Version=2011-06-15"
#define MESSAGE "The signature of this request was used already: sign it anew"

static size_t
keys_of_eve(struct fixture *f)
{
	struct api_response resp = fixture_iam(f, "ListAccessKeys&UserName=eve");
	size_t n = 0;

	while (*fixture_element(f, &resp, "AccessKeyId", n) != '\0')
		n++;
	return n;
}

static void
assert_used(struct fixture *f, struct api_response *resp)
{
	assert_status(f, resp, 400);
	assert_has(f, resp, "<Code>Throttling</Code>");
	assert_has(f, resp, MESSAGE);
}

static void
test_an_access_key(void **state)
{
	struct fixture *f = *state;
	struct api_request rq = fixture_query_request(f, "iam", CREATE);
	size_t before = keys_of_eve(f);
	struct api_response resp;

	resp = fixture_run(f, &rq);
	assert_status(f, &resp, 200);
	f->wall_ms += 299 * 1000;
	resp = fixture_run(f, &rq);
	assert_used(f, &resp);
	assert_has_not(f, &resp, "SecretAccessKey");
	assert_int_equal(keys_of_eve(f), before + 1);
	/* Not after core was started anew either. */
	fixture_api_free(f);
	fixture_api_new(f);
	resp = fixture_run(f, &rq);
	assert_used(f, &resp);
	assert_int_equal(keys_of_eve(f), before + 1);
}

/* Two at the same moment: what SDKs do next is to sign anew. */
static void
test_in_one_batch(void **state)
{
	struct fixture *f = *state;
	struct api_request rq = fixture_query_request(f, "sts", SESSION);
	struct api_request both[2] = { rq, rq };
	struct api_response resp[2];

	batch_run(f->api, both, 2, f->a, resp);
	assert_status(f, &resp[0], 200);
	assert_used(f, &resp[1]);
	f->wall_ms += 1000;
	rq = fixture_query_request(f, "sts", SESSION);
	resp[0] = fixture_run(f, &rq);
	assert_status(f, &resp[0], 200);
}

/* A request that failed has not used its signature up: nothing was given. */
static void
test_what_failed(void **state)
{
	struct fixture *f = *state;
	struct api_request rq = fixture_query_request(f, "iam",
	    "Action=CreateAccessKey&Version=2010-05-08&UserName=later");
	struct api_response resp;
	int i;

	for (i = 0; i < 2; i++) {
		resp = fixture_run(f, &rq);
		assert_status(f, &resp, 404);
	}
	resp = fixture_iam(f, "CreateUser&UserName=later");
	assert_status(f, &resp, 200);
	resp = fixture_run(f, &rq);
	assert_status(f, &resp, 200);
	resp = fixture_run(f, &rq);
	assert_used(f, &resp);
}

/* Who can send a question again has read its answer. */
static void
test_reads(void **state)
{
	struct fixture *f = *state;
	struct api_request rq =
	    fixture_query_request(f, "sts", "Action=GetCallerIdentity&Version=2011-06-15");
	struct api_response resp;
	int i;

	for (i = 0; i < 3; i++) {
		resp = fixture_run(f, &rq);
		assert_status(f, &resp, 200);
	}
}

/* It is remembered for as long as the largest clock_skew, and not for ever. */
static void
test_forgotten(void **state)
{
	struct fixture *f = *state;
	struct api_request rq = fixture_query_request(f, "sts", SESSION);
	struct api_response resp = fixture_run(f, &rq);
	int64_t n;

	assert_status(f, &resp, 200);
	assert_ok(store_used_signature_purge(f->st, NOW_S + 900, &n));
	assert_int_equal(n, 0);
	assert_ok(store_used_signature_purge(f->st, NOW_S + 901, &n));
	assert_int_equal(n, 1);
	assert_ok(store_used_signature_add(f->st, STR("s"), 1));
	assert_int_equal(store_used_signature_add(f->st, STR("s"), 1), ERR_EXISTS);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_an_access_key),
		TEST(test_in_one_batch),
		TEST(test_what_failed),
		TEST(test_reads),
		TEST(test_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
