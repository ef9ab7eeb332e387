/*
 * owner_test: tests that a person has one budget and one place in the queue, whatever keys and
 * sessions that person makes, and that nobody else has the same.
 */
#include "fixture.h"

#include "api/policies.h"
#include "store/store_access_key.h"
#include "store/store_inline_policy.h"
#include "store/store_role.h"
#include "store/store_user.h"

#define EVE "AIDACKCEVSQ6C2EXAMPLE"
#define BOB "AIDABOBQ3SQ6C2EXAMPLE"
#define SECOND_KEY "AKIASECONDKEYEXAMPLE"
#define BOB_KEY "AKIABOBSOWNKEYEXAMPL"

static void
key_add(struct fixture *f, const char *id, const char *user_id)
{
	const struct store_access_key key = { .access_key_id = str_of(id),
		.account_id = STR(ACCOUNT),
		.sealed_secret = STR(USER_SECRET),
		.principal_id = str_of(user_id),
		.status = STORE_ACCESS_KEY_ACTIVE,
		.created_at = NOW_S };

	assert_ok(store_access_key_add(f->st, &key));
}

static void
role_add(struct fixture *f, const char *id, const char *name)
{
	const struct store_role role = { .role_id = str_of(id),
		.account_id = STR(ACCOUNT),
		.name = str_of(name),
		.path = STR("/"),
		.arn = arena_fmt(f->a, "arn:aws:iam::" ACCOUNT ":role/%s", name),
		.created_at = NOW_S,
		.trust_policy = STR("{}"),
		.max_session_s = 3600 };

	assert_ok(store_role_add(f->st, &role));
}

static int
setup(void **state)
{
	static const char everything[] = "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":"
					 "\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}";
	const struct store_user bob = { .user_id = STR(BOB),
		.account_id = STR(ACCOUNT),
		.name = STR("bob"),
		.path = STR("/"),
		.arn = STR("arn:aws:iam::" ACCOUNT ":user/bob"),
		.created_at = NOW_S };
	static const char *const holders[] = { EVE, BOB, "AROAIOSFODNN7EXAMPLE",
		"AROAIOSFODNN7ANOTHER" };
	struct store_inline_policy p = { .name = STR("p"), .document = str_of(everything) };
	struct fixture *f;
	size_t i;

	fixture_setup(state);
	f = *state;
	assert_ok(store_user_add(f->st, &bob));
	key_add(f, SECOND_KEY, EVE);
	key_add(f, BOB_KEY, BOB);
	role_add(f, holders[2], "one");
	role_add(f, holders[3], "two");
	for (i = 0; i < sizeof(holders) / sizeof(holders[0]); i++) {
		p.entity_id = str_of(holders[i]);
		assert_ok(store_inline_policy_put(f->st, &p));
	}
	policies_changed(f->api->policies);
	return 0;
}

static void
with_key(struct fixture *f, const char *key)
{
	f->access_key = key;
	f->secret = USER_SECRET;
	f->token = NULL;
}

/* A session that was got with this key; number tells its own key from others'. */
static void
with_session(struct fixture *f, const char *issuer, enum iam_principal_type type, const char *role,
    const char *name, int number)
{
	const struct session s = {
		.access_key_id = arena_fmt(f->a, "ASIAIOSFODNN7EXAMP%c2", 'A' + number),
		.issuer_key_id = str_of(issuer),
		.type = type,
		.account_id = STR(ACCOUNT),
		.entity_id = type == IAM_ASSUMED_ROLE ? str_of(role)
		    : strcmp(issuer, BOB_KEY) == 0    ? STR(BOB)
						      : STR(EVE),
		.session_name = str_of(name),
		.issued_at = NOW_S,
		.expires_at = NOW_S + 900,
		.policy_arns = { STR("arn:aws:iam::aws:policy/AdministratorAccess") },
		.n_policy_arns = type == IAM_USER ? 0 : 1,
	};

	fixture_session(f, &s);
}

/* In all the forms that eve can take. */
static void
as_eve(struct fixture *f, int form)
{
	static const char *const keys[] = { USER_KEY, SECOND_KEY };
	const char *key = keys[form % 2];

	switch (form / 2) {
	case 0:
		with_key(f, key);
		break;
	case 1:
		with_session(f, key, IAM_USER, "", "", form);
		break;
	case 2:
		with_session(f, key, IAM_FEDERATED_USER, "", "ci", form);
		break;
	case 3:
		with_session(f, key, IAM_FEDERATED_USER, "", "other", form);
		break;
	case 4:
		with_session(f, key, IAM_ASSUMED_ROLE, "AROAIOSFODNN7EXAMPLE", "eve", form);
		break;
	case 5:
		with_session(f, key, IAM_ASSUMED_ROLE, "AROAIOSFODNN7EXAMPLE", "bob", form);
		break;
	default:
		with_session(f, key, IAM_ASSUMED_ROLE, "AROAIOSFODNN7ANOTHER", "eve", form);
		break;
	}
}

#define FORMS 14

/* Nobody gets more by making keys or sessions, whichever is used up first. */
static void
one_person_has_one_budget(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	int first, form;

	f->settings.api_rate = f->settings.api_burst = 1;
	for (first = 0; first < FORMS; first++) {
		f->boot_ms += 5000;
		as_eve(f, first);
		resp = fixture_ec2(f, "DescribeVpcs");
		assert_status(f, &resp, 200);
		for (form = 0; form < FORMS; form++) {
			as_eve(f, form);
			resp = fixture_ec2(f, "DescribeVpcs");
			if (resp.status != 503)
				fail_msg("%d after %d: %u", form, first, resp.status);
		}
	}
}

/* Nor another place in the queue. */
static void
one_person_is_one_in_the_queue(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	int form;

	for (form = 0; form < FORMS; form++) {
		as_eve(f, form);
		resp = fixture_ec2(f, "DescribeVpcs");
		assert_string_equal(fixture_cstr(f, resp.principal), EVE);
	}
}

/* Those who assume the same role, even under the same name, do not take from each other. */
static void
a_team_shares_a_role_and_no_budget(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;

	f->settings.api_rate = f->settings.api_burst = 1;
	with_session(f, USER_KEY, IAM_ASSUMED_ROLE, "AROAIOSFODNN7EXAMPLE", "ops", 1);
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 200);
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 503);
	with_session(f, BOB_KEY, IAM_ASSUMED_ROLE, "AROAIOSFODNN7EXAMPLE", "ops", 2);
	resp = fixture_ec2(f, "DescribeVpcs");
	assert_status(f, &resp, 200);
	assert_string_equal(fixture_cstr(f, resp.principal), BOB);
}

/* Nor does the root share with its account. */
static void
the_root_is_not_its_account(void **state)
{
	struct fixture *f = *state;
	struct api_response resp = fixture_ec2(f, "DescribeVpcs");

	assert_string_equal(fixture_cstr(f, resp.principal), "arn:aws:iam::" ACCOUNT ":root");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_person_has_one_budget),
		TEST(one_person_is_one_in_the_queue),
		TEST(a_team_shares_a_role_and_no_budget),
		TEST(the_root_is_not_its_account),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
