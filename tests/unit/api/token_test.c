/*
 * token_test: tests requests with temporary credentials: what a session token must be, and what it
 * depends on.
 */
#include "fixture.h"

#include "store/store_copy.h"
#include "store/store_role.h"
#include "store/store_user.h"

#define TEMPORARY_KEY "ASIAIOSFODNN7EXAMPLE"
#define USER_ID "AIDACKCEVSQ6C2EXAMPLE"
#define ROLE_ID "AROAIOSFODNN7EXAMPLE"
#define ARN "arn:aws:iam::" ACCOUNT
#define ROLE_SESSION "arn:aws:sts::" ACCOUNT ":assumed-role/Admin/alice@home"

static struct session
session_of(enum iam_principal_type type)
{
	struct session s = {
		.access_key_id = STR(TEMPORARY_KEY),
		.issuer_key_id = type == IAM_ROOT ? STR(ROOT_KEY) : STR(USER_KEY),
		.type = type,
		.account_id = STR(ACCOUNT),
		.entity_id = type == IAM_ROOT ? STR(ACCOUNT)
		    : type == IAM_USER        ? STR(USER_ID)
					      : STR(ROLE_ID),
		.session_name = type == IAM_ASSUMED_ROLE ? STR("alice@home") : STR(""),
		.issued_at = NOW_S,
		.expires_at = NOW_S + 900,
	};

	return s;
}

static void
role_add(struct fixture *f, const char *id)
{
	const struct store_role role = { .role_id = str_of(id),
		.account_id = STR(ACCOUNT),
		.name = STR("Admin"),
		.path = STR("/ops/"),
		.arn = STR(ARN ":role/ops/Admin"),
		.created_at = NOW_S,
		.trust_policy = STR("{}"),
		.max_session_s = 3600 };

	assert_ok(store_role_add(f->st, &role));
}

static struct api_response
who(struct fixture *f)
{
	return fixture_sts(f, "GetCallerIdentity");
}

static void
assert_refused(struct fixture *f, const char *code)
{
	size_t before = fixture_audit(f, NULL), verified = f->keyd_verified;
	struct api_response resp = who(f);

	assert_status(f, &resp, 403);
	assert_has(f, &resp, arena_fmt(f->a, "<Code>%s</Code>", code).p);
	/* Nobody is known to have asked, and it cost one verification. */
	assert_int_equal(fixture_audit(f, NULL), before);
	assert_int_equal(f->keyd_verified, verified + 1);
}

static void
assert_let_in(struct fixture *f, const char *arn, const char *id)
{
	struct api_response resp = who(f);

	assert_status(f, &resp, 200);
	assert_string_equal(fixture_element(f, &resp, "Arn", 0), arn);
	assert_string_equal(fixture_element(f, &resp, "UserId", 0), id);
	assert_string_equal(fixture_element(f, &resp, "Account", 0), ACCOUNT);
}

static void
test_let_in(void **state)
{
	struct fixture *f = *state;
	struct session s = session_of(IAM_USER);

	fixture_session(f, &s);
	assert_let_in(f, ARN ":user/eve", USER_ID);
	s = session_of(IAM_ROOT);
	fixture_session(f, &s);
	assert_let_in(f, ARN ":root", ACCOUNT);
	role_add(f, ROLE_ID);
	s = session_of(IAM_ASSUMED_ROLE);
	fixture_session(f, &s);
	assert_let_in(f, ROLE_SESSION, ROLE_ID ":alice@home");
}

static void
test_altered(void **state)
{
	struct fixture *f = *state;
	struct session s = session_of(IAM_USER);
	struct buf raw, text;
	const char *whole;
	size_t i;

	fixture_session(f, &s);
	whole = f->token;
	buf_init(&raw, PORTS_MAX_TOKEN_BYTES);
	buf_init(&text, 2 * PORTS_MAX_TOKEN_BYTES);
	assert_ok(b64_parse(str_of(whole), &raw));
	/* Starts at 1, as an empty token counts as none. */
	for (i = 1; i < strlen(whole); i++) {
		f->token = fixture_cstr(f, str_head(str_of(whole), i));
		assert_refused(f, "InvalidClientTokenId");
	}
	for (i = 0; i < raw.n * 8; i += 3) {
		raw.p[i / 8] = (char)(raw.p[i / 8] ^ 1 << i % 8);
		buf_clear(&text);
		b64_write(&text, raw.p, raw.n);
		f->token = fixture_cstr(f, buf_view(&text));
		assert_refused(f, "InvalidClientTokenId");
		raw.p[i / 8] = (char)(raw.p[i / 8] ^ 1 << i % 8);
	}
	f->token = whole;
	assert_let_in(f, ARN ":user/eve", USER_ID);
	buf_release(&raw);
	buf_release(&text);
}

static void
test_not_a_token(void **state)
{
	struct fixture *f = *state;
	struct session s = session_of(IAM_USER);
	char longest[20001];

	fixture_session(f, &s);
	memset(longest, 'A', sizeof(longest));
	longest[20000] = '\0';
	f->token = longest;
	assert_refused(f, "InvalidClientTokenId");
	f->token = "not base 64!";
	assert_refused(f, "InvalidClientTokenId");
	f->token = NULL;
	assert_refused(f, "InvalidClientTokenId");
}

/* A token that keyd sealed, with claims that are not those of a session. */
static void
test_no_session_inside(void **state)
{
	struct fixture *f = *state;
	struct session s = session_of(IAM_USER);
	struct buf secret, token, text;

	fixture_session(f, &s);
	buf_init(&secret, 64);
	buf_init(&token, 1000);
	buf_init(&text, 2000);
	assert_ok(f->keyd.new_session(f, STR("claims"), &secret, &token));
	b64_write(&text, token.p, token.n);
	f->token = fixture_cstr(f, buf_view(&text));
	f->secret = fixture_cstr(f, buf_view(&secret));
	assert_refused(f, "InvalidClientTokenId");
	buf_release(&secret);
	buf_release(&token);
	buf_release(&text);
}

static void
test_other_installation(void **state)
{
	struct fixture *f = *state;
	struct session s = session_of(IAM_USER);
	struct seal *ours = f->seal;

	f->seal = seal_new((const uint8_t *)"the key of another installation.");
	fixture_session(f, &s);
	assert_let_in(f, ARN ":user/eve", USER_ID);
	seal_free(f->seal);
	f->seal = ours;
	assert_refused(f, "InvalidClientTokenId");
}

static void
test_key_and_token_belong_together(void **state)
{
	struct fixture *f = *state;
	struct session s = session_of(IAM_USER);
	const char *token;

	fixture_session(f, &s);
	token = f->token;
	f->access_key = "ASIAIOSFODNN7EXAMPLF";
	assert_refused(f, "InvalidClientTokenId");
	f->access_key = TEMPORARY_KEY;
	f->secret = USER_SECRET;
	assert_refused(f, "SignatureDoesNotMatch");
	/* A long-term key has no token, and its secret stays its own. */
	f->access_key = USER_KEY;
	assert_refused(f, "InvalidClientTokenId");
	f->token = NULL;
	assert_let_in(f, ARN ":user/eve", USER_ID);
	/* The token of another session. */
	fixture_session(f, &s);
	f->token = token;
	assert_refused(f, "SignatureDoesNotMatch");
}

static void
test_expires(void **state)
{
	struct fixture *f = *state;
	struct session s = session_of(IAM_USER);
	struct api_request rq;
	struct api_response resp;

	fixture_session(f, &s);
	f->wall_ms = (NOW_S + 900) * INT64_C(1000) - 1;
	assert_let_in(f, ARN ":user/eve", USER_ID);
	f->wall_ms++;
	assert_refused(f, "ExpiredToken");
	resp = who(f);
	assert_has(f, &resp,
	    "<Message>The security token included in the request is expired</Message>");
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 400);
	assert_has(f, &resp, "<Code>RequestExpired</Code>");
	rq = fixture_json_request(f, "AWSEC2InstanceConnectService.SendSSHPublicKey", "{}");
	resp = fixture_run(f, &rq);
	assert_status(f, &resp, 400);
	assert_has(f, &resp, "{\"__type\":\"ExpiredTokenException\"");
	/* Without the session's secret, a caller does not learn that the token has expired. */
	f->secret = USER_SECRET;
	assert_refused(f, "SignatureDoesNotMatch");
}

/* Nobody knows whether what it rests on was there when it was issued. */
static void
test_is_void_after_a_restoration(void **state)
{
	struct fixture *f = *state;
	struct session s = session_of(IAM_USER);

	fixture_session(f, &s);
	assert_int_equal(store_copy_restored(f->st, s.issued_at - 1), 0);
	fixture_api_free(f);
	fixture_api_new(f);
	assert_let_in(f, ARN ":user/eve", USER_ID);
	assert_int_equal(store_copy_restored(f->st, s.issued_at), 0);
	fixture_api_free(f);
	fixture_api_new(f);
	assert_refused(f, "ExpiredToken");
	f->token = NULL;
	f->access_key = USER_KEY;
	f->secret = USER_SECRET;
	assert_let_in(f, ARN ":user/eve", USER_ID);
}

static void
test_dies_with_its_key(void **state)
{
	static const enum iam_principal_type types[] = { IAM_USER, IAM_ASSUMED_ROLE };
	static const char *const arns[] = { ARN ":user/eve", ROLE_SESSION };
	static const char *const ids[] = { USER_ID, ROLE_ID ":alice@home" };
	struct fixture *f = *state;
	struct session s;
	size_t i;

	role_add(f, ROLE_ID);
	for (i = 0; i < 2; i++) {
		s = session_of(types[i]);
		fixture_session(f, &s);
		assert_ok(
		    store_access_key_set_status(f->st, STR(USER_KEY), STORE_ACCESS_KEY_INACTIVE));
		assert_refused(f, "InvalidClientTokenId");
		assert_ok(
		    store_access_key_set_status(f->st, STR(USER_KEY), STORE_ACCESS_KEY_ACTIVE));
		assert_let_in(f, arns[i], ids[i]);
	}
	assert_ok(store_access_key_delete(f->st, STR(USER_KEY)));
	assert_refused(f, "InvalidClientTokenId");
	s = session_of(IAM_USER);
	fixture_session(f, &s);
	assert_refused(f, "InvalidClientTokenId");
}

/* A user or role of the same name is another one. */
static void
test_dies_with_its_user_or_role(void **state)
{
	struct fixture *f = *state;
	const struct store_user again = { .user_id = STR("AIDAANOTHEREXAMPLE12"),
		.account_id = STR(ACCOUNT),
		.name = STR("eve"),
		.path = STR("/"),
		.arn = STR(ARN ":user/eve"),
		.created_at = NOW_S };
	const struct store_access_key key = { .access_key_id = STR(USER_KEY),
		.account_id = STR(ACCOUNT),
		.sealed_secret = STR(USER_SECRET),
		.principal_id = again.user_id,
		.status = STORE_ACCESS_KEY_ACTIVE,
		.created_at = NOW_S };
	struct session s = session_of(IAM_ASSUMED_ROLE);

	fixture_session(f, &s);
	assert_refused(f, "InvalidClientTokenId");
	role_add(f, "AROAANOTHEREXAMPLE12");
	assert_refused(f, "InvalidClientTokenId");
	assert_ok(store_role_delete(f->st, STR("AROAANOTHEREXAMPLE12")));
	role_add(f, ROLE_ID);
	assert_let_in(f, ROLE_SESSION, ROLE_ID ":alice@home");
	assert_ok(store_role_delete(f->st, STR(ROLE_ID)));
	assert_refused(f, "InvalidClientTokenId");
	s = session_of(IAM_USER);
	fixture_session(f, &s);
	assert_ok(store_access_key_delete(f->st, STR(USER_KEY)));
	assert_ok(store_user_delete(f->st, STR(USER_ID)));
	assert_refused(f, "InvalidClientTokenId");
	assert_ok(store_user_add(f->st, &again));
	assert_ok(store_access_key_add(f->st, &key));
	assert_refused(f, "InvalidClientTokenId");
}

/* A session counts only when its account, its principal and the key it was made with belong
 * together. */
static void
test_other_account(void **state)
{
	struct fixture *f = *state;
	struct session s = session_of(IAM_USER);

	s.issuer_key_id = STR(OTHER_KEY);
	fixture_session(f, &s);
	assert_refused(f, "InvalidClientTokenId");
	s = session_of(IAM_ROOT);
	s.issuer_key_id = STR(USER_KEY);
	fixture_session(f, &s);
	assert_refused(f, "InvalidClientTokenId");
	role_add(f, ROLE_ID);
	s = session_of(IAM_ASSUMED_ROLE);
	s.account_id = STR("999999999999");
	s.issuer_key_id = STR(OTHER_KEY);
	fixture_session(f, &s);
	assert_refused(f, "InvalidClientTokenId");
}

static void
test_keyd_is_away(void **state)
{
	struct fixture *f = *state;
	struct session s = session_of(IAM_USER);
	struct api_response resp;

	fixture_session(f, &s);
	f->keyd_error = ERR_UNAVAIL;
	resp = who(f);
	assert_status(f, &resp, 500);
}

/* All sessions of a role share one limit, whatever their names. */
static void
test_throttled_together(void **state)
{
	struct session s = session_of(IAM_ASSUMED_ROLE);
	struct fixture *f = *state;
	struct api_response resp;

	f->settings.api_rate = f->settings.api_burst = 2;
	role_add(f, ROLE_ID);
	fixture_session(f, &s);
	resp = who(f);
	assert_status(f, &resp, 200);
	s.session_name = STR("bob");
	fixture_session(f, &s);
	resp = who(f);
	assert_status(f, &resp, 200);
	s.session_name = STR("carl");
	fixture_session(f, &s);
	resp = who(f);
	assert_status(f, &resp, 400);
	assert_string_equal(fixture_element(f, &resp, "Code", 0), "Throttling");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_let_in),
		TEST(test_altered),
		TEST(test_not_a_token),
		TEST(test_no_session_inside),
		TEST(test_other_installation),
		TEST(test_key_and_token_belong_together),
		TEST(test_expires),
		TEST(test_is_void_after_a_restoration),
		TEST(test_dies_with_its_key),
		TEST(test_dies_with_its_user_or_role),
		TEST(test_other_account),
		TEST(test_keyd_is_away),
		TEST(test_throttled_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
