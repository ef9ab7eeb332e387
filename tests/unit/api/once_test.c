/*
 * once_test: plays a front that sends a client's request a second time (docs/decisions/0046). What
 * answers with a secret is answered once.
 */
#include "fixture.h"

#include "api/state.h"
#include "codec/uri.h"
#include "journal.h"
#include "store/store_copy.h"
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

static const char *
encoded(struct fixture *f, const char *text)
{
	const char *out;
	struct buf b;

	buf_init(&b, 4096);
	uri_encode(&b, str_of(text));
	out = fixture_cstr(f, buf_view(&b));
	buf_release(&b);
	return out;
}

/* Eve may assume the role "r" and federate. */
static void
allow_eve(struct fixture *f)
{
	struct api_response resp;

	resp = fixture_iam(f,
	    arena_fmt(f->a, "CreateRole&RoleName=r&AssumeRolePolicyDocument=%s",
		encoded(f,
		    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
		    "\"Principal\":{\"AWS\":\"arn:aws:iam::" ACCOUNT
		    ":user/eve\"},\"Action\":\"sts:AssumeRole\"}}"))
		.p);
	assert_status(f, &resp, 200);
	resp = fixture_iam(f,
	    arena_fmt(f->a, "PutUserPolicy&UserName=eve&PolicyName=p&PolicyDocument=%s",
		encoded(f,
		    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
		    "\"Action\":[\"iam:*\",\"sts:*\"],\"Resource\":\"*\"}}"))
		.p);
	assert_status(f, &resp, 200);
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
}

/* Every action whose answer has a secret. Source: the API references of IAM and STS. */
static const struct {
	const char *name, *service, *parameters, *secret;
} secrets[] = {
	{ "CreateAccessKey", "iam", "&Version=2010-05-08", "SecretAccessKey" },
	{ "CreateVirtualMFADevice", "iam", "&Version=2010-05-08&VirtualMFADeviceName=phone",
	    "Base32StringSeed" },
	{ "AssumeRole", "sts",
	    "&Version=2011-06-15&RoleArn=arn:aws:iam::" ACCOUNT ":role/r&RoleSessionName=eve",
	    "SecretAccessKey" },
	{ "GetFederationToken", "sts", "&Version=2011-06-15&Name=ci", "SecretAccessKey" },
	{ "GetSessionToken", "sts", "&Version=2011-06-15", "SecretAccessKey" },
};
#define N_SECRETS (sizeof(secrets) / sizeof(secrets[0]))

static void
test_each_secret(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	struct api_request rq;
	size_t i;

	allow_eve(f);
	for (i = 0; i < N_SECRETS; i++) {
		rq = fixture_query_request(f, secrets[i].service,
		    arena_fmt(f->a, "Action=%s%s", secrets[i].name, secrets[i].parameters).p);
		resp = fixture_run(f, &rq);
		assert_status(f, &resp, 200);
		assert_has(f, &resp, secrets[i].secret);
		resp = fixture_run(f, &rq);
		assert_used(f, &resp);
		assert_has_not(f, &resp, secrets[i].secret);
	}
}

/* These count once, and no others. */
static void
test_rows(void **state)
{
	struct fixture *f = *state;
	const struct action_rows *const *r;
	const struct action *row;
	size_t s, i, n = 0;

	for (s = 0; s < SERVICE_COUNT; s++) {
		for (r = f->api->actions->services[s]; *r != NULL; r++) {
			for (row = (*r)->rows; row < (*r)->rows + (*r)->n; row++)
				n += row->once;
		}
	}
	assert_int_equal(n, N_SECRETS);
	for (i = 0; i < N_SECRETS; i++) {
		s = strcmp(secrets[i].service, "iam") == 0 ? SERVICE_IAM : SERVICE_STS;
		row = action_find(f->api->actions, (enum service)s, str_of(secrets[i].name));
		assert_true(row->once);
	}
}

/* A row that does not say that its answer has a secret gives none, and undoes what it did. */
static void
test_forgotten_in_a_row(void **state)
{
	struct fixture *f = *state;
	struct action row = *action_find(f->api->actions, SERVICE_IAM, STR("CreateAccessKey"));
	const struct action_rows rows = { &row, 1 };
	const struct action_rows *const iam[] = { &rows, NULL };
	const struct action_table *all = f->api->actions;
	struct action_table table = *all;
	struct api_request rq = fixture_query_request(f, "iam", CREATE);
	size_t before = keys_of_eve(f);
	struct api_response resp;

	row.once = false;
	table.services[SERVICE_IAM] = iam;
	f->api->actions = &table;
	resp = fixture_run(f, &rq);
	assert_status(f, &resp, 500);
	assert_has_not(f, &resp, "SecretAccessKey");
	f->api->actions = all;
	assert_int_equal(keys_of_eve(f), before);
}

/* The backup may be older than the first one's answer. */
static void
test_signed_before_a_restoration(void **state)
{
	struct fixture *f = *state;
	struct api_request rq = fixture_query_request(f, "iam", CREATE);
	struct api_response resp;

	assert_ok(store_copy_restored(f->st, f->wall_ms / 1000));
	fixture_api_free(f);
	fixture_api_new(f);
	resp = fixture_run(f, &rq);
	assert_used(f, &resp);
	f->wall_ms += 1000;
	rq = fixture_query_request(f, "iam", CREATE);
	resp = fixture_run(f, &rq);
	assert_status(f, &resp, 200);
}

/* How many lines with this text core writes at its start. */
static size_t
said_at_start(struct fixture *f, const char *text)
{
	struct journal j = journal_begin();

	fixture_api_free(f);
	fixture_api_new(f);
	return journal_lines(journal_end(f, &j), text);
}

/* The clock was set back after the restoration, or restore ran with a clock that was ahead. */
static void
test_a_clock_before_a_restoration(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(said_at_start(f, "ev=clock-before-restore"), 0);
	assert_ok(store_copy_restored(f->st, f->wall_ms / 1000));
	assert_int_equal(said_at_start(f, "ev=clock-before-restore"), 0);
	f->wall_ms -= 90000;
	assert_int_equal(said_at_start(f, "ev=clock-before-restore behind_s=90\n"), 1);
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
		TEST(test_each_secret),
		TEST(test_rows),
		TEST(test_forgotten_in_a_row),
		TEST(test_signed_before_a_restoration),
		TEST(test_a_clock_before_a_restoration),
		TEST(test_in_one_batch),
		TEST(test_what_failed),
		TEST(test_reads),
		TEST(test_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
