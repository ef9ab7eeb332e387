/* device_test: tests MFA devices, deletions of service-linked roles, and tags of IAM. */
#include "iam_fixture.h"

#include "store/store_mfa_device.h"
#include "store/store_slr_task.h"
#include "store/store_tag.h"

#define SERIAL STR("arn:aws:iam::111122223333:mfa/Phone")

static struct store_mfa_device
device(struct fixture *f, const char *name)
{
	return (struct store_mfa_device){ .serial_number = iam_arn(f, "mfa", name),
		.account_id = ACCOUNT,
		.name = arena_fmt(f->a, "%s", name),
		.path = STR("/"),
		.sealed_seed = STR("s\0d"),
		.created_at = 1000 };
}

static void
add_device(struct fixture *f, const char *name)
{
	const struct store_mfa_device v = device(f, name);

	assert_ok(store_mfa_device_add(f->st, &v));
}

static void
device_round_trip(void **state)
{
	struct fixture *f = *state;
	struct store_mfa_device in = device(f, "Phone"), v;

	in.user_id = STR("AIDAalice");
	assert_int_equal(store_mfa_device_add(f->st, &in), ERR_BADSTATE);
	iam_add_user(f, "alice");
	in.enabled_at = 1;
	in.last_step = INT64_MAX;
	in.failures = 3;
	in.locked_until_at = 4;
	assert_ok(store_mfa_device_add(f->st, &in));
	fixture_reopen(f);
	assert_ok(store_mfa_device_get(f->st, f->a, SERIAL, &v));
	assert_str(v.serial_number, "arn:aws:iam::111122223333:mfa/Phone");
	assert_str(v.account_id, "111122223333");
	assert_str(v.name, "Phone");
	assert_str(v.path, "/");
	assert_str(v.user_id, "AIDAalice");
	assert_int_equal(v.sealed_seed.n, 3);
	assert_memory_equal(v.sealed_seed.p, "s\0d", 3);
	assert_int_equal(v.enabled_at, 1);
	assert_true(v.last_step == INT64_MAX);
	assert_int_equal(v.failures, 3);
	assert_int_equal(v.locked_until_at, 4);
	assert_int_equal(v.created_at, 1000);
	assert_int_equal(store_mfa_device_add(f->st, &in), ERR_EXISTS);
	in.serial_number = STR("arn:2");
	in.name = STR("PHONE");
	assert_int_equal(store_mfa_device_add(f->st, &in), ERR_EXISTS);
	in.path = STR("/x/");
	assert_ok(store_mfa_device_add(f->st, &in));
	assert_ok(store_mfa_device_delete(f->st, in.serial_number));
	in.account_id = STR("9");
	assert_int_equal(store_mfa_device_add(f->st, &in), ERR_BADSTATE);
	in.last_step = (uint64_t)INT64_MAX + 1;
	assert_int_equal(store_mfa_device_add(f->st, &in), ERR_RANGE);
	assert_int_equal(store_mfa_device_get(f->st, f->a,
			     STR("arn:aws:iam::111122223333:mfa/phone"), &v),
	    ERR_NOTFOUND);
	assert_int_equal(store_user_delete(f->st, STR("AIDAalice")), ERR_BADSTATE);
	assert_ok(store_mfa_device_delete(f->st, SERIAL));
	assert_int_equal(store_mfa_device_delete(f->st, SERIAL), ERR_NOTFOUND);
	assert_ok(store_user_delete(f->st, STR("AIDAalice")));
}

static void
device_assignment(void **state)
{
	struct fixture *f = *state;
	const struct str alice = STR("AIDAalice");
	struct store_mfa_device v, *list;
	size_t n;

	iam_add_user(f, "alice");
	add_device(f, "Phone");
	add_device(f, "key");
	assert_ok(store_mfa_device_set_failures(f->st, SERIAL, 3, 99));
	assert_int_equal(store_mfa_device_assign(f->st, SERIAL, STR("AIDAbob"), 50, 7),
	    ERR_BADSTATE);
	assert_int_equal(store_mfa_device_assign(f->st, SERIAL, STR(""), 50, 7), ERR_BADSTATE);
	assert_int_equal(store_mfa_device_assign(f->st, SERIAL, alice, 50, UINT64_MAX), ERR_RANGE);
	assert_int_equal(store_mfa_device_assign(f->st, STR("arn:9"), alice, 50, 7), ERR_NOTFOUND);
	assert_ok(store_mfa_device_assign(f->st, SERIAL, alice, 50, 7));
	assert_int_equal(store_mfa_device_assign(f->st, SERIAL, alice, 51, 8), ERR_EXISTS);
	assert_ok(store_mfa_device_assign(f->st, iam_arn(f, "mfa", "key"), alice, 40, 0));
	assert_ok(store_mfa_device_list_for_user(f->st, f->a, alice, &list, &n));
	assert_int_equal(n, 2);
	assert_str(list[0].name, "key");
	assert_str(list[1].name, "Phone");
	assert_int_equal(list[1].enabled_at, 50);
	assert_int_equal(list[1].last_step, 7);
	assert_int_equal(list[1].failures, 0);
	assert_int_equal(list[1].locked_until_at, 0);
	assert_ok(store_mfa_device_set_step(f->st, SERIAL, 8));
	assert_ok(store_mfa_device_unassign(f->st, SERIAL));
	assert_int_equal(store_mfa_device_unassign(f->st, SERIAL), ERR_NOTFOUND);
	assert_ok(store_mfa_device_get(f->st, f->a, SERIAL, &v));
	assert_str(v.user_id, "");
	assert_int_equal(v.enabled_at, 0);
	assert_int_equal(v.last_step, 8);
	assert_ok(store_mfa_device_list_for_user(f->st, f->a, alice, &list, &n));
	assert_int_equal(n, 1);
	assert_ok(store_mfa_device_list_for_user(f->st, f->a, STR(""), &list, &n));
	assert_int_equal(n, 0);
}

/* A step counts once, and none before it. */
static void
device_steps(void **state)
{
	struct fixture *f = *state;
	struct store_mfa_device v;

	add_device(f, "Phone");
	assert_int_equal(store_mfa_device_set_step(f->st, SERIAL, 0), ERR_DENIED);
	assert_ok(store_mfa_device_set_failures(f->st, SERIAL, 2, 60));
	assert_ok(store_mfa_device_get(f->st, f->a, SERIAL, &v));
	assert_int_equal(v.failures, 2);
	assert_int_equal(v.locked_until_at, 60);
	assert_ok(store_mfa_device_set_step(f->st, SERIAL, 100));
	assert_int_equal(store_mfa_device_set_step(f->st, SERIAL, 100), ERR_DENIED);
	assert_int_equal(store_mfa_device_set_step(f->st, SERIAL, 99), ERR_DENIED);
	assert_int_equal(store_mfa_device_set_step(f->st, SERIAL, UINT64_MAX), ERR_RANGE);
	assert_ok(store_mfa_device_get(f->st, f->a, SERIAL, &v));
	assert_int_equal(v.last_step, 100);
	assert_int_equal(v.failures, 0);
	assert_int_equal(v.locked_until_at, 0);
	assert_ok(store_mfa_device_set_step(f->st, SERIAL, 101));
	assert_int_equal(store_mfa_device_set_step(f->st, STR("arn:9"), 1), ERR_NOTFOUND);
	assert_ok(store_mfa_device_set_drift(f->st, SERIAL, -2880));
	assert_int_equal(store_mfa_device_set_drift(f->st, SERIAL, 2881), ERR_RANGE);
	assert_int_equal(store_mfa_device_set_drift(f->st, STR("arn:9"), 1), ERR_NOTFOUND);
	assert_ok(store_mfa_device_get(f->st, f->a, SERIAL, &v));
	assert_int_equal(v.last_step, 101);
	assert_int_equal(v.drift_steps, -2880);
	assert_int_equal(store_mfa_device_set_failures(f->st, STR("arn:9"), 1, 1), ERR_NOTFOUND);
}

static void
device_list(void **state)
{
	struct fixture *f = *state;
	static const struct {
		enum store_mfa_assignment assignment;
		size_t n;
		const char *first;
	} rows[] = {
		{ STORE_MFA_ANY, 3, "Phone" },
		{ STORE_MFA_ASSIGNED, 1, "key" },
		{ STORE_MFA_UNASSIGNED, 2, "Phone" },
	};
	struct store_mfa_device_query q = { .account_id = ACCOUNT, .limit = 9 };
	struct store_mfa_device *v;
	int64_t count;
	size_t n;

	iam_add_user(f, "alice");
	add_device(f, "key");
	add_device(f, "zed");
	add_device(f, "Phone");
	assert_ok(store_mfa_device_assign(f->st, iam_arn(f, "mfa", "key"), STR("AIDAalice"), 1, 1));
	for (size_t i = 0; i < 3; i++) {
		q.assignment = rows[i].assignment;
		assert_ok(store_mfa_device_list(f->st, f->a, &q, &v, &n));
		assert_int_equal(n, rows[i].n);
		assert_str(v[0].name, rows[i].first);
		assert_ok(store_mfa_device_count(f->st, ACCOUNT, rows[i].assignment, &count));
		assert_int_equal(count, rows[i].n);
	}
	q.after = v[0].serial_number; /* unassigned, behind Phone */
	assert_ok(store_mfa_device_list(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 1);
	assert_str(v[0].name, "zed");
	q = (struct store_mfa_device_query){ .account_id = OTHER_ACCOUNT, .limit = 9 };
	assert_ok(store_mfa_device_list(f->st, f->a, &q, &v, &n));
	assert_int_equal(n, 0);
	assert_ok(store_mfa_device_count(f->st, OTHER_ACCOUNT, STORE_MFA_ANY, &count));
	assert_int_equal(count, 0);
}

static void
slr_task(void **state)
{
	struct fixture *f = *state;
	struct store_slr_task in = { .task_id = STR("task/1"),
		.account_id = ACCOUNT,
		.role_name = STR("AWSServiceRoleForEC2InstanceConnect"),
		.status = STORE_SLR_TASK_FAILED,
		.reason = STR("in use"),
		.usage = STR("eice-1"),
		.created_at = 10 },
			      v;
	int64_t n;

	assert_ok(store_slr_task_add(f->st, &in));
	assert_int_equal(store_slr_task_add(f->st, &in), ERR_EXISTS);
	fixture_reopen(f);
	assert_ok(store_slr_task_get(f->st, f->a, ACCOUNT, STR("task/1"), &v));
	assert_str(v.task_id, "task/1");
	assert_str(v.account_id, "111122223333");
	assert_str(v.role_name, "AWSServiceRoleForEC2InstanceConnect");
	assert_int_equal(v.status, STORE_SLR_TASK_FAILED);
	assert_str(v.reason, "in use");
	assert_str(v.usage, "eice-1");
	assert_int_equal(v.created_at, 10);
	assert_int_equal(store_slr_task_get(f->st, f->a, OTHER_ACCOUNT, STR("task/1"), &v),
	    ERR_NOTFOUND);
	in.task_id = STR("task/2");
	in.created_at = 20;
	assert_ok(store_slr_task_add(f->st, &in));
	in.task_id = STR("task/3");
	in.status = (enum store_slr_task_status)5;
	assert_int_equal(store_slr_task_add(f->st, &in), ERR_RANGE);
	in.status = STORE_SLR_TASK_FAILED;
	in.account_id = STR("9");
	assert_int_equal(store_slr_task_add(f->st, &in), ERR_BADSTATE);
	assert_ok(store_slr_task_delete_before(f->st, 20, &n));
	assert_int_equal(n, 1);
	assert_int_equal(store_slr_task_get(f->st, f->a, ACCOUNT, STR("task/1"), &v), ERR_NOTFOUND);
	assert_ok(store_slr_task_get(f->st, f->a, ACCOUNT, STR("task/2"), &v));
}

/* Whatever names a thing can have tags: an id, an ARN, a serial number. */
static void
tags_of_anything(void **state)
{
	struct fixture *f = *state;
	static const char *const keys[] = { "b", "A", "team", "a" };
	struct store_tag v = { .account_id = ACCOUNT,
		.resource_id = SERIAL,
		.resource_type = STR("mfa"),
		.value = STR("v") },
			 *list;
	size_t n;

	for (size_t i = 0; i < 4; i++) {
		v.key = str_of(keys[i]);
		assert_ok(store_tag_set(f->st, &v));
	}
	v.resource_id = STR("AIDAalice");
	v.resource_type = STR("user");
	assert_ok(store_tag_set(f->st, &v));
	assert_ok(store_tag_list(f->st, f->a, SERIAL, &list, &n));
	assert_int_equal(n, 4);
	assert_str(list[0].key, "A");
	assert_str(list[1].key, "a");
	assert_str(list[2].key, "b");
	assert_str(list[3].key, "team");
	assert_str(list[3].resource_type, "mfa");
	assert_ok(store_tag_page(f->st, f->a, SERIAL, STR(""), 2, &list, &n));
	assert_int_equal(n, 2);
	assert_str(list[1].key, "a");
	assert_ok(store_tag_page(f->st, f->a, SERIAL, STR("a"), 2, &list, &n));
	assert_int_equal(n, 2);
	assert_str(list[0].key, "b");
	assert_str(list[1].key, "team");
	assert_ok(store_tag_page(f->st, f->a, SERIAL, STR("team"), 2, &list, &n));
	assert_int_equal(n, 0);
	assert_ok(store_tag_delete_all(f->st, SERIAL));
	assert_ok(store_tag_list(f->st, f->a, STR("AIDAalice"), &list, &n));
	assert_int_equal(n, 1);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, fixture_accounts, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(device_round_trip),
		T(device_assignment),
		T(device_steps),
		T(device_list),
		T(slr_task),
		T(tags_of_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
