/*
 * parked_test: requests that wait for what takes long, and what happens meanwhile. They leave their
 * batch undone, and are decided, recorded and answered by what holds when the answer is there.
 */
#include "fixture.h"

#include "api/call.h"
#include "api/parked.h"
#include "codec/uri.h"
#include "store/store_inline_policy.h"
#include "store/store_mfa_device.h"

#define ED25519 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGDFlf5L4Yxuc2NIVv3Q4AHsV3k7BOjKFIrxbM5NQKBo"
#define FIRST "Correct-Horse-0"
#define SECOND "Correct-Horse-1"
#define THIRD "Correct-Horse-2"
#define CHANGE "ChangePassword&OldPassword=" FIRST "&NewPassword=" SECOND
#define UPDATE "UpdateLoginProfile&UserName=eve&Password="
#define MAY_CHANGE "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"iam:*\",\"Resource\":\"*\"}}"
#define SERIAL "arn:aws:iam::" ACCOUNT ":mfa/phone"

static void
as_root(struct fixture *f)
{
	f->access_key = ROOT_KEY;
	f->secret = ROOT_SECRET;
}

static void
as_eve(struct fixture *f)
{
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
}

/* The n-th request of a test: its id ends with n. */
static struct api_request
iam_request(struct fixture *f, size_t n, const char *body)
{
	f->request_id = arena_fmt(f->a, "0a0b0c0d-0000-4000-8000-%012zu", n).p;
	return fixture_query_request(f, "iam",
	    arena_fmt(f->a, "Action=%s&Version=2010-05-08", body).p);
}

static struct api_response
ok(struct fixture *f, const char *body)
{
	struct api_response resp = fixture_iam(f, body);

	assert_status(f, &resp, 200);
	return resp;
}

static size_t
count(struct fixture *f)
{
	return fixture_audit(f, NULL);
}

/* Is this eve's password? Asked of the store and of keyd, not of the api. */
static bool
password_is(struct fixture *f, const char *password)
{
	struct keyd_hash q = { .kind = KEYD_CHECK_PASSWORD, .text = str_of(password) };
	struct keyd_hash_answer a;
	struct store_user u;
	bool right;

	assert_ok(store_user_get(f->st, f->a, STR(ACCOUNT), STR("eve"), &u));
	q.sealed = u.sealed_password;
	if (q.sealed.n == 0)
		return false;
	assert_ok(f->keyd.hash_finish(f, f->keyd.hash_begin(f, &q), &q, &a));
	right = a.right;
	buf_release(&a.first);
	buf_release(&a.second);
	f->hash_begun = 0;
	return right;
}

static int
setup(void **state)
{
	struct fixture *f;
	struct str policy;
	struct buf b;

	fixture_setup(state);
	f = *state;
	f->settings.costly_rate = 0;
	buf_init(&b, 1024);
	uri_encode(&b, STR(MAY_CHANGE));
	policy = arena_str(f->a, buf_view(&b));
	buf_release(&b);
	ok(f, "CreateLoginProfile&UserName=eve&Password=" FIRST);
	ok(f,
	    arena_fmt(f->a, "PutUserPolicy&UserName=eve&PolicyName=p&PolicyDocument=%.*s",
		STR_FMT(policy))
		.p);
	f->hash_begun = 0;
	log_set_level(LOG_LEVEL_ERROR + 1);
	return 0;
}

/* Runs one that has to leave its batch. */
static void
leaves(struct fixture *f, const struct api_request *rq)
{
	struct api_response resp;

	batch_run(f->api, rq, 1, f->a, &resp);
	assert_int_equal(resp.status, 0);
	assert_null(resp.parked);
}

static void
nobody_waits(struct fixture *f)
{
	assert_int_equal(parked_count(f->api->parked), 0);
	assert_int_equal(f->keyd_open, 0);
}

/* ---- others go on ---- */

static void
others_go_on_meanwhile(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	size_t before = count(f);
	struct api_request rq[4], again[4];
	struct api_response resp[4];

	rq[0] = iam_request(f, 0, UPDATE SECOND);
	rq[0].asker = (struct api_asker){ 7, 70 };
	rq[1] = iam_request(f, 1, UPDATE THIRD);
	rq[1].asker = (struct api_asker){ 8, 80 };
	rq[2] = iam_request(f, 2, "ListUsers");
	f->request_id = "0a0b0c0d-0000-4000-8000-000000000003";
	rq[3] = fixture_json_request(f, "AWSEC2InstanceConnectService.SendSSHPublicKey",
	    arena_fmt(f->a,
		"{\"InstanceId\":\"%s\",\"InstanceOSUser\":\"u\",\"SSHPublicKey\":\"" ED25519 "\"}",
		id)
		.p);
	f->hash_held = true;
	batch_run(f->api, rq, 4, f->a, resp);
	assert_int_equal(resp[0].status, 0);
	assert_int_equal(resp[1].status, 0);
	assert_status(f, &resp[2], 200);
	assert_status(f, &resp[3], 200);
	assert_string_equal(fixture_records(f, before), "ListUsers::02 SendSSHPublicKey::03 ");
	assert_int_equal(batch_resume(f->api, again, 4), 0);
	assert_true(password_is(f, FIRST));
	/* Later ones are answered too, and one at a time can go on. */
	ok(f, "ListUsers");
	f->hash_held = false;
	assert_int_equal(batch_resume(f->api, again, 1), 1);
	assert_true(again[0].asker.channel == 7 && again[0].asker.number == 70);
	batch_run(f->api, again, 1, f->a, resp);
	assert_status(f, &resp[0], 200);
	assert_has(f, &resp[0], "<RequestId>0a0b0c0d-0000-4000-8000-000000000000</RequestId>");
	assert_true(password_is(f, SECOND));
	assert_int_equal(batch_resume(f->api, again, 4), 1);
	assert_true(again[0].asker.channel == 8 && again[0].asker.number == 80);
	batch_run(f->api, again, 1, f->a, resp);
	assert_status(f, &resp[0], 200);
	assert_true(password_is(f, THIRD));
	assert_string_equal(fixture_records(f, before + 2),
	    "ListUsers::03 UpdateLoginProfile::00 UpdateLoginProfile::01 ");
	nobody_waits(f);
}

/* It is run anew from copies: what the caller had of it may be gone. */
static void
the_request_is_kept(void **state)
{
	struct fixture *f = *state;
	struct api_request rq = iam_request(f, 0, CHANGE), again;
	struct http_header headers[16];
	struct api_response resp;
	char target[16], body[256];
	size_t i;

	as_eve(f);
	rq = iam_request(f, 0, CHANGE);
	assert_ok(str_copy(target, sizeof(target), rq.target));
	assert_ok(str_copy(body, sizeof(body), rq.body));
	for (i = 0; i < rq.n_headers; i++)
		headers[i] = rq.headers[i];
	rq.target = str_of(target);
	rq.body = str_of(body);
	rq.headers = headers;
	leaves(f, &rq);
	memset(target, 'x', sizeof(target));
	memset(body, 'x', sizeof(body));
	memset(headers, 0, sizeof(headers));
	/* It asks twice: is the old password right; and then for the hash of the new one. */
	assert_int_equal(batch_resume(f->api, &again, 1), 1);
	leaves(f, &again);
	assert_int_equal(batch_resume(f->api, &again, 1), 1);
	batch_run(f->api, &again, 1, f->a, &resp);
	assert_status(f, &resp, 200);
	assert_true(password_is(f, SECOND));
	nobody_waits(f);
}

/* ---- what changes between question and answer ---- */

static void
a_permission_that_is_taken_away_meanwhile(void **state)
{
	struct fixture *f = *state;
	struct api_request rq;
	struct api_response resp;
	size_t before;

	as_eve(f);
	rq = iam_request(f, 5, CHANGE);
	leaves(f, &rq);
	as_root(f);
	ok(f, "DeleteUserPolicy&UserName=eve&PolicyName=p");
	before = count(f);
	resp = fixture_resume(f);
	assert_status(f, &resp, 403);
	assert_has(f, &resp, "not authorized to perform: iam:ChangePassword");
	assert_string_equal(fixture_records(f, before), "ChangePassword:AccessDenied:05 ");
	assert_true(password_is(f, FIRST));
	nobody_waits(f);
}

static void
a_key_that_is_switched_off_meanwhile(void **state)
{
	struct fixture *f = *state;
	struct api_request rq;
	struct api_response resp;

	as_eve(f);
	rq = iam_request(f, 5, CHANGE);
	leaves(f, &rq);
	as_root(f);
	ok(f, "UpdateAccessKey&Status=Inactive&UserName=eve&AccessKeyId=" USER_KEY);
	resp = fixture_resume(f);
	assert_status(f, &resp, 403);
	assert_has(f, &resp, "InvalidClientTokenId");
	assert_true(password_is(f, FIRST));
	nobody_waits(f);
}

/* The one who asks may do nothing: no hash. */
static void
who_may_not_costs_no_hash(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	ok(f, "DeleteUserPolicy&UserName=eve&PolicyName=p");
	as_eve(f);
	resp = fixture_iam(f, CHANGE);
	assert_status(f, &resp, 403);
	resp = fixture_iam(f, UPDATE SECOND);
	assert_status(f, &resp, 403);
	f->secret = "not the secret";
	resp = fixture_iam(f, CHANGE);
	assert_status(f, &resp, 403);
	assert_int_equal(f->hash_begun, 0);
	nobody_waits(f);
}

static void
a_user_that_is_made_anew_meanwhile(void **state)
{
	struct fixture *f = *state;
	struct api_request rq, again;
	struct api_response resp;
	size_t before;

	/* It had a profile, and has none any more. */
	ok(f, "CreateUser&UserName=ann");
	ok(f, "CreateLoginProfile&UserName=ann&Password=" FIRST);
	rq = iam_request(f, 5, "UpdateLoginProfile&UserName=ann&Password=" SECOND);
	leaves(f, &rq);
	ok(f, "DeleteLoginProfile&UserName=ann");
	ok(f, "DeleteUser&UserName=ann");
	ok(f, "CreateUser&UserName=ann");
	before = count(f);
	resp = fixture_resume(f);
	assert_status(f, &resp, 404);
	assert_string_equal(fixture_records(f, before),
	    "UpdateLoginProfile:NoSuchEntityException:05 ");
	/* The hash is for the user that was asked about: for another one it is made anew. */
	f->hash_begun = 0;
	rq = iam_request(f, 6, "CreateLoginProfile&UserName=ann&Password=" SECOND);
	leaves(f, &rq);
	assert_int_equal(f->hash_begun, 1);
	ok(f, "DeleteUser&UserName=ann");
	ok(f, "CreateUser&UserName=ann");
	assert_int_equal(batch_resume(f->api, &again, 1), 1);
	leaves(f, &again);
	assert_int_equal(f->hash_begun, 2);
	resp = fixture_resume(f);
	assert_status(f, &resp, 200);
	assert_int_equal(f->hash_begun, 2);
	/* And it may be gone. */
	rq = iam_request(f, 7, "UpdateLoginProfile&UserName=ann&Password=" THIRD);
	leaves(f, &rq);
	ok(f, "DeleteLoginProfile&UserName=ann");
	ok(f, "DeleteUser&UserName=ann");
	resp = fixture_resume(f);
	assert_status(f, &resp, 404);
	nobody_waits(f);
}

/* Whether the old password is right is asked of the password that is there in the end, in
 * either half of the wait. */
static void
a_password_that_is_changed_meanwhile(void **state)
{
	struct fixture *f = *state;
	struct api_request rq, again;
	struct api_response resp;
	struct store_user u;
	size_t half, before;

	for (half = 0; half < 2; half++) {
		as_root(f);
		ok(f, UPDATE FIRST);
		as_eve(f);
		rq = iam_request(f, half, CHANGE);
		leaves(f, &rq);
		if (half == 1) {
			assert_int_equal(batch_resume(f->api, &again, 1), 1);
			leaves(f, &again);
		}
		assert_ok(store_user_get(f->st, f->a, STR(ACCOUNT), STR("eve"), &u));
		as_root(f);
		/* Past keyd, whose questions are held. */
		u.sealed_password = STR("");
		assert_ok(store_user_set_login_profile(f->st, &u));
		assert_true(!password_is(f, FIRST));
		before = count(f);
		resp = fixture_resume(f);
		assert_status(f, &resp, 404);
		assert_int_equal(count(f), before + 1);

		ok(f, "CreateLoginProfile&UserName=eve&Password=" FIRST);
		as_eve(f);
		rq = iam_request(f, half, CHANGE);
		leaves(f, &rq);
		if (half == 1) {
			assert_int_equal(batch_resume(f->api, &again, 1), 1);
			leaves(f, &again);
		}
		/* Another one, which was asked for later, is decided first. */
		assert_int_equal(batch_resume(f->api, &again, 1), 1);
		as_root(f);
		rq = iam_request(f, 9, UPDATE THIRD);
		leaves(f, &rq);
		before = count(f);
		resp = fixture_resume(f);
		assert_status(f, &resp, 200);
		f->hash_begun = 0;
		batch_run(f->api, &again, 1, f->a, &resp);
		assert_int_equal(resp.status, 0);
		assert_int_equal(f->hash_begun, 1);
		resp = fixture_resume(f);
		assert_status(f, &resp, 403);
		assert_has(f, &resp, "The old password was incorrect.");
		assert_string_equal(fixture_records(f, before),
		    half == 0 ? "UpdateLoginProfile::09 ChangePassword:AccessDenied:00 "
			      : "UpdateLoginProfile::09 ChangePassword:AccessDenied:01 ");
		assert_true(password_is(f, THIRD));
		nobody_waits(f);
	}
}

/* ---- one-time codes ---- */

/* The same code twice at the same time: it counts once. */
static void
a_code_counts_once(void **state)
{
	struct fixture *f = *state;
	struct store_mfa_device d = { .serial_number = STR(SERIAL),
		.account_id = STR(ACCOUNT),
		.name = STR("phone"),
		.path = STR("/"),
		.user_id = STR("AIDACKCEVSQ6C2EXAMPLE"),
		.enabled_at = NOW_S,
		.created_at = NOW_S };
	const struct keyd_hash q = { .kind = KEYD_NEW_TOTP };
	struct keyd_hash_answer seed;
	struct api_request rq[3];
	struct api_response resp[3];
	const char *body;
	size_t i, before;

	assert_ok(f->keyd.hash_finish(f, f->keyd.hash_begin(f, &q), &q, &seed));
	d.sealed_seed = buf_view(&seed.second);
	assert_ok(store_mfa_device_add(f->st, &d));
	as_eve(f);
	body = arena_fmt(f->a,
	    "Action=GetSessionToken&Version=2011-06-15&SerialNumber=" SERIAL "&TokenCode=%s",
	    fixture_totp(f, d.sealed_seed, NOW_S))
		   .p;
	for (i = 0; i < 3; i++) {
		f->request_id = arena_fmt(f->a, "0a0b0c0d-0000-4000-8000-%012zu", i).p;
		rq[i] = fixture_query_request(f, "sts", body);
	}
	before = count(f);
	batch_run(f->api, rq, 3, f->a, resp);
	for (i = 0; i < 3; i++)
		assert_int_equal(resp[i].status, 0);
	assert_int_equal(count(f), before);
	/* Two questions are under way; the third is asked when one of them is answered. */
	assert_int_equal(f->keyd_open, PARKED_MAX_ASKED);
	assert_int_equal(batch_resume(f->api, rq, 3), 2);
	batch_run(f->api, rq, 2, f->a, resp);
	assert_status(f, &resp[0], 200);
	/* The code that is right for that time is used up: it is looked for in what is left. */
	assert_int_equal(resp[1].status, 0);
	resp[2] = fixture_resume(f);
	assert_status(f, &resp[2], 403);
	assert_has(f, &resp[2], "invalid MFA one time pass code");
	assert_string_equal(fixture_records(f, before),
	    "GetSessionToken::00 GetSessionToken:AccessDenied:01 "
	    "GetSessionToken:AccessDenied:02 ");
	/* Wrong ones are counted, though their requests were refused. */
	assert_ok(store_mfa_device_get(f->st, f->a, STR(SERIAL), &d));
	assert_int_equal(d.failures, 2);
	rq[0] = fixture_query_request(f, "sts",
	    "Action=GetSessionToken&Version=2011-06-15&SerialNumber=" SERIAL "&TokenCode=000000");
	resp[0] = fixture_run(f, &rq[0]);
	assert_status(f, &resp[0], 403);
	assert_ok(store_mfa_device_get(f->st, f->a, STR(SERIAL), &d));
	assert_int_equal(d.failures, 3);
	buf_release(&seed.first);
	buf_release(&seed.second);
	nobody_waits(f);
}

/* ---- when something dies ---- */

static void
keyd_that_dies_meanwhile(void **state)
{
	struct fixture *f = *state;
	struct api_request rq = iam_request(f, 5, UPDATE SECOND);
	struct api_response resp;
	size_t before = count(f);

	f->hash_held = true;
	leaves(f, &rq);
	f->hash_held = false;
	f->hash_error = ERR_UNAVAIL;
	resp = fixture_resume(f);
	assert_status(f, &resp, 500);
	assert_has(f, &resp, "InternalFailure");
	assert_string_equal(fixture_records(f, before), "UpdateLoginProfile:InternalFailure:05 ");
	f->hash_error = 0;
	assert_true(password_is(f, FIRST));
	nobody_waits(f);
	ok(f, UPDATE SECOND);
	assert_true(password_is(f, SECOND));
}

/* Core ends: nothing was done, nothing is recorded, and no question is left. */
static void
core_that_ends_meanwhile(void **state)
{
	struct fixture *f = *state;
	struct api_request rq[3];
	struct api_response resp[3];
	size_t before = count(f), i;

	for (i = 0; i < 3; i++)
		rq[i] = iam_request(f, i, UPDATE SECOND);
	f->hash_held = true;
	batch_run(f->api, rq, 3, f->a, resp);
	assert_int_equal(f->keyd_open, PARKED_MAX_ASKED);
	fixture_api_free(f);
	assert_int_equal(f->keyd_open, 0);
	f->hash_held = false;
	fixture_api_new(f);
	assert_int_equal(count(f), before);
	assert_true(password_is(f, FIRST));
	assert_int_equal(batch_resume(f->api, rq, 3), 0);
}

/* One batch is not committed: all of it has failed, those that were to leave it, and those that
 * had come back. */
static void
a_commit_that_fails(void **state)
{
	struct fixture *f = *state;
	struct api_request rq[3];
	struct api_response resp[3];
	size_t before = count(f), i;

	rq[0] = iam_request(f, 0, UPDATE SECOND);
	leaves(f, &rq[0]);
	f->hash_begun = 0;
	assert_int_equal(batch_resume(f->api, rq, 1), 1);
	rq[1] = iam_request(f, 1, "CreateUser&UserName=ann");
	rq[2] = iam_request(f, 2, UPDATE THIRD);
	fixture_disk_full(true);
	batch_run(f->api, rq, 3, f->a, resp);
	fixture_disk_full(false);
	for (i = 0; i < 3; i++)
		assert_status(f, &resp[i], 500);
	nobody_waits(f);
	assert_int_equal(f->hash_begun, 0);
	assert_int_equal(count(f), before);
	assert_true(password_is(f, FIRST));
	ok(f, UPDATE SECOND);
}

/* ---- how many ---- */

/* A key of the n-th user of an account, who may do everything there. */
static const char *
principal(struct fixture *f, const char *account, size_t n)
{
	const struct store_user u = { .user_id = arena_fmt(f->a, "AIDA%s%05zu", account + 3, n),
		.account_id = str_of(account),
		.name = arena_fmt(f->a, "user%zu", n),
		.path = STR("/"),
		.arn = arena_fmt(f->a, "arn:aws:iam::%s:user/user%zu", account, n),
		.created_at = NOW_S };
	const struct store_access_key k = { .access_key_id =
						arena_fmt(f->a, "AKIA%s%04zu", account, n),
		.account_id = u.account_id,
		.sealed_secret = STR(ROOT_SECRET),
		.principal_id = u.user_id,
		.status = STORE_ACCESS_KEY_ACTIVE,
		.created_at = NOW_S };
	const struct store_inline_policy p = { u.user_id, STR("all"), STR(MAY_CHANGE) };

	assert_ok(store_user_add(f->st, &u));
	assert_ok(store_access_key_add(f->st, &k));
	assert_ok(store_inline_policy_put(f->st, &p));
	return k.access_key_id.p;
}

#define CREATE "CreateLoginProfile&UserName=user0&Password=" SECOND

/* How many requests of the account can wait beside those that wait already. */
static size_t
fill(struct fixture *f, const char *account, size_t from)
{
	struct api_response resp;
	struct api_request rq;
	size_t i, n = 0, of_one = PARKED_MAX_OF_PRINCIPAL;

	f->secret = ROOT_SECRET;
	for (i = from; of_one == PARKED_MAX_OF_PRINCIPAL; i++) {
		f->access_key = principal(f, account, i);
		for (of_one = 0;; of_one++) {
			rq = iam_request(f, n, CREATE);
			batch_run(f->api, &rq, 1, f->a, &resp);
			if (resp.status != 0)
				break;
			n++;
		}
		assert_status(f, &resp, 400);
		assert_string_equal(fixture_element(f, &resp, "Code", 0), "Throttling");
		assert_true(of_one <= PARKED_MAX_OF_PRINCIPAL);
	}
	return n;
}

static void
no_more_than_can_wait(void **state)
{
	struct fixture *f = *state;
	const char *account;
	struct api_response resp;
	size_t i, before = count(f);

	f->hash_held = true;
	assert_int_equal(fill(f, ACCOUNT, 0), PARKED_MAX_OF_ACCOUNT);
	/* Who was refused is recorded; who waits is not. */
	assert_string_equal(fixture_records(f, before),
	    "CreateLoginProfile:Throttling:03 CreateLoginProfile:Throttling:06 "
	    "CreateLoginProfile:Throttling:08 ");
	before = count(f);
	/* Others still come in, until all places are taken. */
	for (i = 1; i < PARKED_MAX / PARKED_MAX_OF_ACCOUNT; i++) {
		account = arena_fmt(f->a, "%012zu", i).p;
		assert_ok(
		    store_account_add(f->st, &(struct store_account){ str_of(account), NOW_S }));
		assert_int_equal(fill(f, account, 0), PARKED_MAX_OF_ACCOUNT);
	}
	assert_int_equal(fill(f, "999999999999", 0), 0);
	assert_int_equal(parked_count(f->api->parked), PARKED_MAX);
	assert_int_equal(f->hash_begun, PARKED_MAX_ASKED);
	/* What needs no hash is done. */
	ok(f, "ListUsers");
	as_root(f);
	f->hash_held = false;
	(void)fixture_resume(f);
	nobody_waits(f);
	assert_int_equal(f->hash_begun, PARKED_MAX);
	/* The first one of each account has made it, and the others are told so. */
	assert_string_equal(fixture_records(f, before),
	    "CreateLoginProfile::00 "
	    "CreateLoginProfile:EntityAlreadyExistsException:01 "
	    "CreateLoginProfile:EntityAlreadyExistsException:02 "
	    "CreateLoginProfile:EntityAlreadyExistsException:03 "
	    "CreateLoginProfile:EntityAlreadyExistsException:04 "
	    "CreateLoginProfile:EntityAlreadyExistsException:05 "
	    "CreateLoginProfile:EntityAlreadyExistsException:06 "
	    "CreateLoginProfile:EntityAlreadyExistsException:07 ");
	resp = fixture_iam(f, "GetLoginProfile&UserName=user0");
	assert_status(f, &resp, 200);
}

/* One that goes on takes no second token: it has been let in. */
static void
it_is_throttled_once(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	size_t i;

	f->settings.costly_rate = 1;
	f->settings.costly_burst = 5;
	f->settings.api_rate = 1;
	f->settings.api_burst = 3;
	f->boot_ms += 1000000;
	as_eve(f);
	for (i = 0; i < 2; i++) {
		resp = fixture_iam(f,
		    i == 0 ? CHANGE : "ChangePassword&OldPassword=" SECOND "&NewPassword=" THIRD);
		assert_status(f, &resp, 200);
	}
	resp = fixture_iam(f, CHANGE);
	assert_string_equal(fixture_element(f, &resp, "Code", 0), "Throttling");
	assert_int_equal(f->hash_begun, 4);
	/* Two of the account's five tokens are gone, though each request asked twice. */
	as_root(f);
	f->settings.api_rate = 0;
	ok(f, UPDATE SECOND);
	ok(f, UPDATE THIRD);
}

/* ---- an act that does not look at what it is told ---- */

static enum awserr
careless_act(struct call *c)
{
	const struct keyd_hash q = { .kind = KEYD_NEW_PASSWORD, .text = STR(FIRST) };
	const struct keyd_hash_answer *a;

	assert_ok(store_meta_set(c->region->store, STR("careless"), STR("1")));
	(void)!parked_ask(c, STR("x"), &q, &a);
	return AWSERR_NONE;
}

/* It may neither succeed, nor write, nor be recorded, before the answer is there. */
static void
a_careless_act_is_undone(void **state)
{
	static const struct action row = { .name = "Careless",
		.class = ACTION_OTHER,
		.act = careless_act };
	static const struct action_rows rows = { &row, 1 };
	static const struct action_rows *const none[] = { NULL }, *const iam[] = { &rows, NULL };
	static const struct action_table table = {
		.services = { [SERVICE_CONNECT] = none,
		    [SERVICE_EC2] = none,
		    [SERVICE_IAM] = iam,
		    [SERVICE_STS] = none,
		    [SERVICE_CLOUDTRAIL] = none },
	};
	struct fixture *f = *state;
	struct errinfo ei = { "" };
	struct api_response resp;
	struct api_request rq;
	struct str value;
	size_t before;

	api_free(f->api);
	assert_ok(api_new(f->region, &table, &f->api, &ei));
	before = count(f);
	rq = iam_request(f, 1, "Careless");
	leaves(f, &rq);
	assert_int_equal(count(f), before);
	assert_int_equal(store_meta_get(f->st, f->a, STR("careless"), &value), ERR_NOTFOUND);
	resp = fixture_resume(f);
	assert_status(f, &resp, 200);
	assert_string_equal(fixture_records(f, before), "Careless::01 ");
	assert_ok(store_meta_get(f->st, f->a, STR("careless"), &value));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(others_go_on_meanwhile),
		TEST(the_request_is_kept),
		TEST(a_permission_that_is_taken_away_meanwhile),
		TEST(a_key_that_is_switched_off_meanwhile),
		TEST(who_may_not_costs_no_hash),
		TEST(a_user_that_is_made_anew_meanwhile),
		TEST(a_password_that_is_changed_meanwhile),
		TEST(a_code_counts_once),
		TEST(keyd_that_dies_meanwhile),
		TEST(core_that_ends_meanwhile),
		TEST(a_commit_that_fails),
		TEST(no_more_than_can_wait),
		TEST(it_is_throttled_once),
		TEST(a_careless_act_is_undone),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
