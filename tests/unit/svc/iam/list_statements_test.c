/*
 * list_statements_test: tests how many statements a list of IAM runs: the same number for a page
 * of many items as for a page of few.
 */
#include "statements.h"

#include "store/store_instance_profile.h"
#include "store/store_mfa_device.h"
#include "store/store_role.h"
#include "store/store_user.h"

#define MANY 90

static void
add_all(struct fixture *f)
{
	for (int i = 0; i < MANY; i++) {
		struct str name = arena_fmt(f->a, "n%02d", i);
		struct str user = arena_fmt(f->a, "AIDA%02d", i);
		struct str role = arena_fmt(f->a, "AROA%02d", i);

		assert_ok(store_user_add(f->st,
		    &(struct store_user){ .user_id = user,
			.account_id = STR(ACCOUNT),
			.name = name,
			.path = STR("/"),
			.arn = user }));
		assert_ok(store_role_add(f->st,
		    &(struct store_role){ .role_id = role,
			.account_id = STR(ACCOUNT),
			.name = name,
			.path = STR("/"),
			.arn = role,
			.trust_policy = STR("{}") }));
		assert_ok(store_instance_profile_add(f->st,
		    &(struct store_instance_profile){ .profile_id = arena_fmt(f->a, "AIPA%02d", i),
			.account_id = STR(ACCOUNT),
			.name = name,
			.path = STR("/"),
			.arn = arena_fmt(f->a, "arn-%02d", i),
			.role_id = role }));
		assert_ok(store_mfa_device_add(f->st,
		    &(struct store_mfa_device){ .serial_number = name,
			.account_id = STR(ACCOUNT),
			.name = name,
			.path = STR("/"),
			.user_id = user,
			.enabled_at = 1 }));
	}
}

/* Returns how many statements a list request takes, and checks that the n names are in the
 * answer. */
static size_t
statements(struct fixture *f, const char *body, const char *prefix, int n)
{
	struct api_response resp = fixture_iam(f, "ListUsers&MaxItems=1");
	size_t before = statements_begun;

	resp = fixture_iam(f, body);
	assert_int_equal(resp.status, 200);
	for (int i = 0; i < n; i++) {
		struct str id = arena_fmt(f->a, "%s%02d<", prefix, i);

		assert_non_null(memmem(resp.body.p, resp.body.n, id.p, id.n));
	}
	return statements_begun - before;
}

static void
lists(void **state)
{
	static const struct {
		const char *body, *prefix;
	} rows[] = {
		{ "ListUsers", "AIDA" },
		{ "ListRoles", "AROA" },
		{ "ListInstanceProfiles", "AROA" },
		{ "ListVirtualMFADevices", "AIDA" },
	};
	struct fixture *f = *state;
	size_t few[4];

	for (size_t i = 0; i < 4; i++)
		few[i] = statements(f, rows[i].body, "", 0);
	add_all(f);
	for (size_t i = 0; i < 4; i++)
		assert_true(statements(f, rows[i].body, rows[i].prefix, MANY) <= few[i] + 1);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, statements_setup, statements_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
