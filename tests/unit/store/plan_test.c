/*
 * plan_test: tests that statements that run often, or over tables that keep growing, find their
 * rows by an index and in order, without a scan of the table and without sorting.
 */
#include "iam_fixture.h"

#include <sqlite3.h>
#include <string.h>

#include "store/store_access_key.h"
#include "store/store_audit.h"
#include "store/store_digest.h"
#include "store/store_grant.h"
#include "store/store_inline_policy.h"
#include "store/store_mfa_device.h"
#include "store/store_tag.h"

/* The connection that the store opened last. */
static sqlite3 *handle;

static int
handle_note(sqlite3 *db, char **error, const struct sqlite3_api_routines *api)
{
	(void)error;
	(void)api;
	handle = db;
	return SQLITE_OK;
}

static int
setup(void **state)
{
	assert_int_equal(sqlite3_auto_extension((void (*)(void))handle_note), SQLITE_OK);
	fixture_accounts(state);
	assert_non_null(handle);
	return 0;
}

static int
teardown(void **state)
{
	sqlite3_reset_auto_extension();
	return fixture_end(state);
}

/* A line of the plan that says that rows are looked at which are not wanted. A scan
 * of a list that the statement itself makes (holder) is none, nor is one that stops
 * after the first row or at its limit. */
static bool
is_costly(const char *sql, const char *line)
{
	static const char *const in_order[] = {
		"ORDER BY seq DESC LIMIT 1",
	};

	if (strstr(line, "TEMP B-TREE") != NULL)
		return true;
	if (strncmp(line, "SCAN", 4) != 0 || strcmp(line, "SCAN CONSTANT ROW") == 0 ||
	    strcmp(line, "SCAN h") == 0)
		return false;
	for (size_t i = 0; i < sizeof(in_order) / sizeof(in_order[0]); i++) {
		if (strstr(sql, in_order[i]) != NULL)
			return false;
	}
	return true;
}

/* Does a line of the plan hold want? Fails when a line is costly. */
static bool
plan_check(const char *sql, const char *want)
{
	char explain[4096];
	bool found = false;
	sqlite3_stmt *q;
	int n;

	n = snprintf(explain, sizeof(explain), "EXPLAIN QUERY PLAN %s", sql);
	assert_in_range(n, 1, sizeof(explain) - 1);
	assert_int_equal(sqlite3_prepare_v2(handle, explain, -1, &q, NULL), SQLITE_OK);
	while (sqlite3_step(q) == SQLITE_ROW) {
		const char *line = (const char *)sqlite3_column_text(q, 3);

		if (is_costly(sql, line))
			fail_msg("%s\n%s", line, sql);
		found = found || strstr(line, want) != NULL;
	}
	assert_int_equal(sqlite3_finalize(q), SQLITE_OK);
	return found;
}

/* All statements that the store has prepared by now. At least at_least of them. */
static void
plans_check(size_t at_least)
{
	size_t n = 0;

	for (sqlite3_stmt *q = NULL; (q = sqlite3_next_stmt(handle, q)) != NULL; n++)
		(void)plan_check(sqlite3_sql(q), "");
	assert_in_range(n, at_least, 1000);
}

static void
the_check_can_fail(void **state)
{
	(void)state;
	assert_true(is_costly("", "SCAN e"));
	assert_true(is_costly("", "SCAN e USING INDEX audit_event_time"));
	assert_true(is_costly("", "USE TEMP B-TREE FOR ORDER BY"));
	assert_true(is_costly("ORDER BY seq DESC LIMIT 1", "USE TEMP B-TREE FOR ORDER BY"));
	assert_false(is_costly("", "SEARCH e USING INDEX audit_event_time (account_id=?)"));
}

/* Each by an index that begins with the account and what is looked for. */
static void
lookups(void **state)
{
	static const char *const wants[] = {
		"(account_id=? AND event_at>?",
		"(event_id=?)",
		"(account_id=? AND event_name=? AND event_at>?",
		"(account_id=? AND read_only=? AND event_at>?",
		"(account_id=? AND username=? AND event_at>?",
		"(account_id=? AND resource_type=? AND event_at>?",
		"(account_id=? AND resource_name=? AND event_at>?",
		"(account_id=? AND event_source=? AND event_at>?",
		"(account_id=? AND access_key_id=? AND event_at>?",
	};
	struct fixture *f = *state;
	struct store_audit_query q = { .account_id = ACCOUNT, .to_at = INT64_MAX, .limit = 50 };
	struct store_audit_event *v;
	size_t n;

	for (int a = STORE_AUDIT_ANY; a <= STORE_AUDIT_ACCESS_KEY_ID; a++) {
		bool found = false;

		q.attribute = (enum store_audit_attribute)a;
		q.value = a == STORE_AUDIT_READ_ONLY ? STR("true") : STR("x");
		assert_ok(store_audit_lookup(f->st, f->a, &q, &v, &n));
		for (sqlite3_stmt *s = NULL; (s = sqlite3_next_stmt(handle, s)) != NULL;)
			found = plan_check(sqlite3_sql(s), wants[a]) || found;
		if (!found)
			fail_msg("no plan has %s", wants[a]);
	}
	plans_check(9);
}

static void
trail(void **state)
{
	struct fixture *f = *state;
	const struct store_audit_event e = { .event_id = STR("e-1"),
		.account_id = ACCOUNT,
		.record = STR("{}") };
	struct store_audit_event *v;
	struct store_digest d, *list;
	int64_t gone;
	size_t n;

	assert_ok(store_audit_add(f->st, &e));
	assert_ok(store_audit_stretch(f->st, f->a, STORE_NODE_ONLY, 1, 9, &v, &n));
	assert_ok(store_audit_retain(f->st, STORE_NODE_ONLY, 1, 9, &gone));
	assert_int_equal(gone, 1);
	assert_int_equal(store_digest_last(f->st, f->a, STORE_NODE_ONLY, &d), ERR_NOTFOUND);
	assert_ok(store_digest_list(f->st, f->a, STORE_NODE_ONLY, 1, 9, &list, &n));
	plans_check(10);
}

/* What a request asks for before it is allowed. */
static void
decision(void **state)
{
	struct fixture *f = *state;
	struct store_access_key key;
	struct store_mfa_device *devices;
	struct store_grant *grants;
	struct store_role role;
	struct store_user user;
	struct store_tag *tags;
	size_t n;

	(void)!store_access_key_get(f->st, f->a, STR("AKIA1"), &key);
	(void)!store_user_get(f->st, f->a, ACCOUNT, STR("alice"), &user);
	(void)!store_role_get_id(f->st, f->a, STR("AROA1"), &role);
	(void)!store_role_get(f->st, f->a, ACCOUNT, STR("web"), &role);
	assert_ok(store_grant_list(f->st, f->a, STR("AIDA1"), &grants, &n));
	assert_ok(store_tag_list(f->st, f->a, STR("AIDA1"), &tags, &n));
	assert_ok(store_mfa_device_list_for_user(f->st, f->a, STR("AIDA1"), &devices, &n));
	plans_check(9);
}

static void
iam_lists(void **state)
{
	struct fixture *f = *state;
	struct store_name_query q = { .account_id = ACCOUNT, .limit = 9 };
	struct store_policy_query pq = { .account_id = ACCOUNT, .limit = 9 };
	struct store_mfa_device_query mq = { .account_id = ACCOUNT, .limit = 9 };
	struct store_policy_version *versions;
	struct store_inline_policy *inlines, one;
	struct store_mfa_device *devices;
	struct store_access_key *keys;
	struct store_policy *policies;
	struct store_group *groups;
	struct store_user *users;
	struct store_role *roles;
	int64_t count;
	size_t n;

	assert_ok(store_user_list(f->st, f->a, &q, &users, &n));
	assert_ok(store_group_list(f->st, f->a, &q, &groups, &n));
	assert_ok(store_role_list(f->st, f->a, &q, &roles, &n));
	assert_ok(store_policy_list(f->st, f->a, &pq, &policies, &n));
	assert_ok(store_policy_version_list(f->st, f->a, STR("ANPA1"), 0, 9, &versions, &n));
	assert_ok(store_inline_policy_list(f->st, f->a, STR("AIDA1"), STR(""), 9, &inlines, &n));
	(void)!store_inline_policy_get(f->st, f->a, STR("AIDA1"), STR("a"), &one);
	assert_ok(store_access_key_list(f->st, f->a, STR("AIDA1"), &keys, &n));
	assert_ok(store_access_key_count(f->st, STR("AIDA1"), &count));
	assert_ok(store_mfa_device_list(f->st, f->a, &mq, &devices, &n));
	assert_ok(store_user_count(f->st, ACCOUNT, &count));
	assert_ok(store_policy_count(f->st, ACCOUNT, &count));
	plans_check(12);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_check_can_fail),
		T(lookups),
		T(trail),
		T(decision),
		T(iam_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
