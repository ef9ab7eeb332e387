/*
 * pipeline_test: tests that the requests of a batch are answered and recorded as if they had come
 * one by one.
 */
#include "statements.h"

#include "codec/uri.h"

#define ED25519 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGDFlf5L4Yxuc2NIVv3Q4AHsV3k7BOjKFIrxbM5NQKBo"
#define KEY_OF_EVE "&UserName=eve&AccessKeyId=" USER_KEY
#define MAY_PUSH \
	"{\"Statement\":{\"Effect\":\"Allow\",\"Action\":[\"ec2-instance-connect:*\"," \
	"\"iam:ChangePassword\"],\"Resource\":\"*\"}}"
#define PASSWORD "Correct-Horse-1"
#define MAX_BATCH 16

static void
as(struct fixture *f, bool root)
{
	f->access_key = root ? ROOT_KEY : USER_KEY;
	f->secret = root ? ROOT_SECRET : USER_SECRET;
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

/* What requests are made of. */
enum kind {
	PUSH,        /* by the root */
	EVE,         /* a push by eve */
	BAD_USER,    /* a push that its input is refused for */
	NO_INSTANCE, /* a push that its act is refused for */
	WRONG,       /* a push with a wrong signature */
	DESCRIBE,    /* reads */
	ALLOW,       /* eve may push from here on */
	FORBID,      /* and from here on not */
	DEACTIVATE,  /* eve's key */
	ACTIVATE,
	DELETE,      /* eve's key, for good */
	UPDATE,      /* eve's password, by the root: has to be hashed */
	CHANGE,      /* the same by eve, if the last one was by the root: in two steps */
	NO_PASSWORD, /* eve has none any more */
	KINDS,
};

static struct api_request
request(struct fixture *f, const char *id, enum kind kind, size_t n)
{
	struct api_request rq;
	const char *iam = NULL;

	as(f, kind != EVE && kind != CHANGE);
	if (kind == WRONG)
		f->secret = "not the secret";
	f->request_id = arena_fmt(f->a, "0a0b0c0d-0000-4000-8000-%012zu", n).p;
	if (kind == DESCRIBE)
		rq = fixture_query_request(f, "ec2", "Action=DescribeInstances&Version=2016-11-15");
	else if (kind == ALLOW)
		iam = arena_fmt(f->a, "PutUserPolicy&UserName=eve&PolicyName=p&PolicyDocument=%s",
		    encoded(f, MAY_PUSH))
			  .p;
	else if (kind == FORBID)
		iam = "DeleteUserPolicy&UserName=eve&PolicyName=p";
	else if (kind == DEACTIVATE)
		iam = "UpdateAccessKey&Status=Inactive" KEY_OF_EVE;
	else if (kind == ACTIVATE)
		iam = "UpdateAccessKey&Status=Active" KEY_OF_EVE;
	else if (kind == DELETE)
		iam = "DeleteAccessKey" KEY_OF_EVE;
	else if (kind == UPDATE)
		iam = "UpdateLoginProfile&UserName=eve&Password=" PASSWORD;
	else if (kind == CHANGE)
		iam = "ChangePassword&OldPassword=" PASSWORD "&NewPassword=Other-" PASSWORD;
	else if (kind == NO_PASSWORD)
		iam = "DeleteLoginProfile&UserName=eve";
	else
		rq = fixture_json_request(f, "AWSEC2InstanceConnectService.SendSSHPublicKey",
		    arena_fmt(f->a,
			"{\"InstanceId\":\"%s\",\"InstanceOSUser\":\"%s\","
			"\"SSHPublicKey\":\"" ED25519 "\"}",
			kind == NO_INSTANCE ? "i-0123456789abcdef0" : id,
			kind == BAD_USER ? "no user at all" : "ec2-user")
			.p);
	if (iam != NULL)
		rq = fixture_query_request(f, "iam",
		    arena_fmt(f->a, "Action=%s&Version=2010-05-08", iam).p);
	as(f, true);
	return rq;
}

static void
run(struct fixture *f, const char *id, const enum kind *kinds, size_t n, struct api_response *ret)
{
	struct api_request rqs[MAX_BATCH];
	size_t i;

	for (i = 0; i < n; i++)
		rqs[i] = request(f, id, kinds[i], i);
	memset(f->keyd_trace, 0, sizeof(f->keyd_trace));
	batch_run(f->api, rqs, n, f->a, ret);
	assert_int_equal(f->keyd_open, 0);
}

static size_t
count(struct fixture *f)
{
	return fixture_audit(f, NULL);
}

/* ---- what happens when ---- */

static void
keyd_works_while_others_are_decided(void **state)
{
	static const enum kind kinds[] = { PUSH, PUSH, NO_INSTANCE, PUSH };
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp[4];
	size_t before = count(f);

	fixture_forget(f);
	run(f, id, kinds, 4, resp);
	assert_string_equal(f->keyd_trace, "vvvvVsVsVVsSSS");
	assert_status(f, &resp[0], 200);
	assert_status(f, &resp[1], 200);
	assert_status(f, &resp[2], 400);
	assert_status(f, &resp[3], 200);
	assert_string_equal(fixture_records(f, before),
	    "SendSSHPublicKey::00 SendSSHPublicKey::01 "
	    "SendSSHPublicKey:EC2InstanceNotFoundException:02 SendSSHPublicKey::03 ");
}

static void
what_waits_is_finished_before_others_act(void **state)
{
	static const enum kind kinds[] = { ALLOW, EVE, DESCRIBE, EVE, FORBID, EVE, PUSH };
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp[7];
	size_t before = count(f);

	run(f, id, kinds, 7, resp);
	/* The signature of a push is finished before a later request reads, or writes in IAM. */
	assert_string_equal(f->keyd_trace, "vvvvvvvVVsVSVsVSVVsS");
	assert_status(f, &resp[1], 200);
	assert_status(f, &resp[3], 200);
	assert_status(f, &resp[5], 400);
	assert_status(f, &resp[6], 200);
	assert_string_equal(fixture_records(f, before),
	    "PutUserPolicy::00 SendSSHPublicKey::01 DescribeInstances::02 SendSSHPublicKey::03 "
	    "DeleteUserPolicy::04 SendSSHPublicKey:AccessDenied:05 SendSSHPublicKey::06 ");
}

/* keyd was asked about eve's key while it was still good. */
static void
a_key_that_is_changed_meanwhile_is_looked_up_again(void **state)
{
	static const enum kind kinds[] = { ALLOW, EVE, DEACTIVATE, EVE, ACTIVATE, EVE, DELETE,
		EVE };
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp[8];

	run(f, id, kinds, 8, resp);
	assert_status(f, &resp[1], 200);
	assert_status(f, &resp[3], 400);
	assert_has(f, &resp[3], "UnrecognizedClientException");
	assert_status(f, &resp[5], 200);
	assert_status(f, &resp[7], 400);
	/* keyd is asked again, with the decoy, so that the refusal takes as long. */
	assert_string_equal(f->keyd_trace, "vvvvvvvvVVsVSVvVVVsVSVvV");
}

/* ---- keyd fails ---- */

static int
second_fails(void *ctx, struct str sealed, struct str bytes, struct buf *out)
{
	struct fixture *f = ctx;

	return f->keyd_signed == 1 ? (f->keyd_signed++, ERR_TIMEOUT)
				   : fixture_sign(ctx, sealed, bytes, out);
}

static void
a_signature_that_never_comes_fails_its_request_alone(void **state)
{
	static const enum kind kinds[] = { PUSH, PUSH, PUSH };
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp[3];
	size_t before = count(f);

	log_set_level(LOG_LEVEL_ERROR + 1);
	fixture_forget(f);
	f->keyd_signed = 0;
	f->sign = second_fails;
	run(f, id, kinds, 3, resp);
	assert_status(f, &resp[0], 200);
	assert_status(f, &resp[1], 500);
	assert_status(f, &resp[2], 200);
	assert_string_equal(fixture_records(f, before),
	    "SendSSHPublicKey::00 SendSSHPublicKey:ServiceException:01 SendSSHPublicKey::02 ");
	/* Two keys, and the end of the first, which the third stands for. */
	assert_int_equal(f->n_sent, 3);
}

/* keyd dies during a batch: every request of it fails, and nothing is stored. */
static void
without_keyd_nobody_succeeds(void **state)
{
	static const enum kind kinds[] = { PUSH, EVE, DESCRIBE, FORBID };
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp[4];
	size_t before = count(f), i;

	log_set_level(LOG_LEVEL_ERROR + 1);
	fixture_forget(f);
	f->keyd_error = ERR_UNAVAIL;
	run(f, id, kinds, 4, resp);
	for (i = 0; i < 4; i++)
		assert_true(resp[i].status >= 500);
	assert_int_equal(count(f), before);
	assert_int_equal(f->n_sent, 0);
	f->keyd_error = 0;
	run(f, id, kinds, 1, resp);
	assert_status(f, &resp[0], 200);
}

/* The store fails between the two halves of a push: what keyd was asked is taken back. */
static int
no_savepoint(void *ctx, int action, const char *a, const char *b, const char *c, const char *d)
{
	(void)ctx;
	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return action == SQLITE_SAVEPOINT ? SQLITE_DENY : SQLITE_OK;
}

static void
a_store_that_fails_leaves_no_question(void **state)
{
	static const enum kind kinds[] = { PUSH, PUSH };
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp[2];
	size_t before = count(f);

	log_set_level(LOG_LEVEL_ERROR + 1);
	fixture_forget(f);
	assert_int_equal(sqlite3_set_authorizer(statements_handle, no_savepoint, NULL), SQLITE_OK);
	run(f, id, kinds, 2, resp);
	assert_int_equal(sqlite3_set_authorizer(statements_handle, NULL, NULL), SQLITE_OK);
	assert_string_equal(f->keyd_trace, "vvVsVsSS");
	assert_status(f, &resp[0], 500);
	assert_status(f, &resp[1], 500);
	assert_int_equal(count(f), before);
	assert_int_equal(f->n_sent, 0);
}

/* ---- the same as one by one ---- */

/* What is asked, how it is answered, and in which order it was decided. */
struct run {
	struct api_request rqs[MAX_BATCH];
	struct api_response resp[MAX_BATCH];
	size_t n, order[MAX_BATCH], decided;
};

/* Runs these in one batch, and keeps the answers of those that are decided in it. */
static void
run_batch(struct fixture *f, struct run *v, const struct api_request *rqs, size_t n)
{
	struct api_response resp[MAX_BATCH];
	size_t i;

	batch_run(f->api, rqs, n, f->a, resp);
	for (i = 0; i < n; i++) {
		if (resp[i].status == 0)
			continue;
		v->resp[rqs[i].asker.number] = resp[i];
		v->order[v->decided++] = rqs[i].asker.number;
	}
}

/* Runs all in some batches. Those that leave one come back in a later one, before what is new in
 * that. */
static void
run_together(struct fixture *f, struct run *v, uint32_t seed)
{
	struct api_request rqs[MAX_BATCH];
	size_t next = 0, n;

	while (v->decided < v->n) {
		seed = seed * 1103515245 + 12345;
		f->hash_held = next < v->n && (seed >> 20) % 3 == 0;
		n = batch_resume(f->api, rqs, 1 + (seed >> 16) % 4);
		for (; n < 8 && next < v->n; n++)
			rqs[n] = v->rqs[next++];
		run_batch(f, v, rqs, n);
	}
}

/* Runs them in some batches; or, if there is an order, each in its own, in that order. Answers
 * and records as one text. */
static const char *
told(struct fixture *f, const enum kind *kinds, size_t n, uint32_t seed, const struct run *order,
    struct run *v)
{
	const char *id = fixture_launch(f, ""), *out;
	size_t before, i;
	struct buf b;

	as(f, true);
	(void)fixture_iam(f, "CreateLoginProfile&UserName=eve&Password=" PASSWORD);
	before = count(f);
	*v = (struct run){ .n = n };
	for (i = 0; i < n; i++) {
		v->rqs[i] = request(f, id, kinds[i], i);
		v->rqs[i].asker.number = i;
	}
	fixture_forget(f);
	if (order == NULL)
		run_together(f, v, seed);
	for (i = 0; order != NULL && i < n; i++)
		v->resp[order->order[i]] = fixture_run(f, &v->rqs[order->order[i]]);
	assert_int_equal(f->keyd_open, 0);
	buf_init(&b, 1u << 20);
	for (i = 0; i < n; i++)
		buf_fmt(&b, "%u %s\n", v->resp[i].status,
		    v->resp[i].status == 200 ? fixture_cstr(f, v->resp[i].body) : "");
	for (i = 0; i < f->n_sent; i++)
		buf_fmt(&b, "%s\n", f->sent[i].text);
	buf_c(&b, fixture_records(f, before));
	out = fixture_cstr(f, buf_view(&b));
	buf_release(&b);
	return out;
}

static void
batches_answer_as_requests_one_by_one(void **state)
{
	struct fixture *f = *state, *other;
	uint32_t seed = 1;
	enum kind kinds[MAX_BATCH];
	struct run together, alone;
	const char *text;
	size_t round, i, hashed = 0, n_update, n_change;
	void *fresh;

	for (round = 0; round < 12; round++) {
		n_update = n_change = 0;
		for (i = 0; i < MAX_BATCH; i++) {
			seed = seed * 1103515245 + 12345;
			kinds[i] = (enum kind)((seed >> 16) % KINDS);
			if (kinds[i] == DELETE && i < MAX_BATCH / 2)
				kinds[i] = EVE;
			/* No more of one principal than can wait. */
			if ((kinds[i] == UPDATE && ++n_update > 3) ||
			    (kinds[i] == CHANGE && ++n_change > 3))
				kinds[i] = PUSH;
		}
		kinds[0] = ALLOW;
		assert_ok(fixture_setup(&fresh));
		other = fresh;
		if (round > 0) {
			assert_ok(fixture_teardown(state));
			assert_ok(fixture_setup(state));
			f = *state;
		}
		f->settings.push_rate = other->settings.push_rate = 0;
		f->settings.costly_rate = other->settings.costly_rate = 0;
		text = told(f, kinds, MAX_BATCH, seed, NULL, &together);
		assert_string_equal(text, told(other, kinds, MAX_BATCH, 0, &together, &alone));
		hashed += f->hash_begun;
		assert_ok(fixture_teardown(&fresh));
	}
	assert_true(hashed > 12);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keyd_works_while_others_are_decided),
		TEST(what_waits_is_finished_before_others_act),
		TEST(a_key_that_is_changed_meanwhile_is_looked_up_again),
		TEST(a_signature_that_never_comes_fails_its_request_alone),
		TEST(without_keyd_nobody_succeeds),
		cmocka_unit_test_setup_teardown(a_store_that_fails_leaves_no_question,
		    statements_setup, statements_teardown),
		TEST(batches_answer_as_requests_one_by_one),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
