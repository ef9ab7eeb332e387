/* copy_test: tests copies of a store that is being written to, and what becomes void when one is
 * put in its place. */
#include "iam_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "store/store_active_key.h"
#include "store/store_copy.h"
#include "store/store_mfa_device.h"

#define NOW 1700000000ll
#define STEP ((uint64_t)NOW / 30)

static const char *
beside(struct fixture *f, const char *name)
{
	return arena_fmt(f->a, "%s/%s%c", f->dir, name, '\0').p;
}

static void
copy_to(struct fixture *f, const char *to, int want)
{
	struct errinfo ei = { "" };
	struct store_copy *c;

	assert_ok(store_copy_open(f->path, &c, &ei));
	assert_int_equal(store_copy_make(c, to, &ei), want);
	store_copy_close(c);
}

static void
copy_is_one_state(void **state)
{
	struct fixture *f = *state;
	const char *to = beside(f, "copy");
	struct store_user v;
	struct errinfo ei;
	struct store *st;
	struct stat sb;

	iam_add_user(f, "before");
	assert_ok(store_begin(f->st));
	iam_add_user(f, "meanwhile");
	copy_to(f, to, 0);
	assert_ok(store_commit(f->st));
	assert_ok(store_user_get(f->st, f->a, ACCOUNT, STR("meanwhile"), &v));

	assert_ok(store_open(to, &st, &ei));
	assert_ok(store_user_get(st, f->a, ACCOUNT, STR("before"), &v));
	assert_int_equal(store_user_get(st, f->a, ACCOUNT, STR("meanwhile"), &v), ERR_NOTFOUND);
	store_close(st);
	assert_ok(stat(to, &sb));
	assert_int_equal(unlink(to), 0);
}

static void
copy_overwrites_nothing(void **state)
{
	struct fixture *f = *state;
	const char *to = beside(f, "there");
	struct stat sb;
	FILE *there = fopen(to, "w");

	assert_non_null(there);
	assert_int_equal(fclose(there), 0);
	copy_to(f, to, ERR_EXISTS);
	assert_int_equal(stat(to, &sb), 0);
	assert_int_equal(sb.st_size, 0);
	assert_int_equal(unlink(to), 0);
	copy_to(f, beside(f, "no/such/directory"), ERR_STORE);
}

/* Not what is needed to make a copy: how many pages are free. */
static void
copy_checks_the_store(void **state)
{
	struct fixture *f = *state;
	const char *to = beside(f, "copy");
	struct errinfo ei = { "" };
	struct store_copy *c;
	int fd;

	store_close(f->st);
	f->st = NULL;
	fd = open(f->path, O_WRONLY);
	assert_int_equal(pwrite(fd, "\0\0\0\5", 4, 36), 4);
	close(fd);
	assert_ok(store_copy_open(f->path, &c, &ei));
	assert_int_equal(store_copy_make(c, to, &ei), ERR_SYNTAX);
	store_copy_close(c);
	assert_non_null(strstr(ei.text, f->path));
	assert_non_null(strstr(ei.text, "freelist"));
	assert_int_equal(access(to, F_OK), -1);
}

static void
copy_takes_stores_alone(void **state)
{
	struct fixture *f = *state;
	const char *path = beside(f, "other");
	struct store_copy *c;
	struct errinfo ei;
	FILE *other = fopen(path, "w");

	assert_int_equal(store_copy_open(beside(f, "none"), &c, &ei), ERR_NOTFOUND);
	assert_non_null(other);
	assert_true(fputs("not a store", other) >= 0);
	assert_int_equal(fclose(other), 0);
	assert_int_equal(store_copy_open(path, &c, &ei), ERR_SYNTAX);
	assert_int_equal(unlink(path), 0);
}

static void
add_device(struct fixture *f, const char *name, const char *user_id, uint64_t last_step,
    int64_t drift)
{
	const struct store_mfa_device v = { .serial_number = iam_arn(f, "mfa", name),
		.account_id = ACCOUNT,
		.name = arena_fmt(f->a, "%s", name),
		.path = STR("/"),
		.user_id = str_of(user_id),
		.enabled_at = user_id[0] != '\0' ? 1 : 0,
		.sealed_seed = STR("seed"),
		.last_step = last_step,
		.drift_steps = drift,
		.created_at = 1000 };

	assert_ok(store_mfa_device_add(f->st, &v));
}

static uint64_t
last_step(struct fixture *f, const char *name)
{
	struct store_mfa_device v;

	assert_ok(store_mfa_device_get(f->st, f->a, iam_arn(f, "mfa", name), &v));
	return v.last_step;
}

static void
restored_voids_what_was_short_lived(void **state)
{
	struct fixture *f = *state;
	const struct store_instance i = fixture_instance(STR("i-1"));
	const struct store_active_key key = { .request_id = STR("q-1"),
		.instance_id = STR("i-1"),
		.os_user = STR("ec2-user"),
		.public_key = STR("ssh-ed25519 AAAA me"),
		.caller_arn = STR("arn:aws:iam::111122223333:root"),
		.signer_id = STR("0A1B"),
		.entry = STR("#Timestamp=1\nssh-ed25519 AAAA me\nc2ln\n"),
		.created_at = NOW,
		.expires_at = NOW + 60,
		.boot_id = STR("aaaaaaaa-0000-4000-8000-000000000000"),
		.boot_deadline_ms = 65000 };
	int64_t at, n_instance, n_user;

	iam_add_user(f, "alice");
	assert_ok(store_instance_add(f->st, &i));
	assert_ok(store_active_key_add(f->st, &key));
	add_device(f, "old", "AIDAalice", 7, 0);
	add_device(f, "ahead", "AIDAalice", 7, 3);
	add_device(f, "later", "AIDAalice", STEP + 9, 0);
	add_device(f, "free", "", 0, 0);
	assert_ok(store_copy_restored_at(f->st, &at));
	assert_int_equal(at, 0);

	assert_ok(store_copy_restored(f->st, NOW));
	fixture_reopen(f);
	assert_ok(store_copy_restored_at(f->st, &at));
	assert_int_equal(at, NOW);
	assert_ok(store_active_key_count(f->st, STR("i-1"), STR("ec2-user"), &n_instance, &n_user));
	assert_int_equal(n_instance, 0);
	assert_true(last_step(f, "old") == STEP + 1);
	assert_true(last_step(f, "ahead") == STEP + 4);
	assert_true(last_step(f, "later") == STEP + 9);
	assert_true(last_step(f, "free") == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(copy_is_one_state, fixture_network, fixture_end),
		cmocka_unit_test_setup_teardown(copy_overwrites_nothing, fixture_network,
		    fixture_end),
		cmocka_unit_test_setup_teardown(copy_checks_the_store, fixture_network,
		    fixture_end),
		cmocka_unit_test_setup_teardown(copy_takes_stores_alone, fixture_network,
		    fixture_end),
		cmocka_unit_test_setup_teardown(restored_voids_what_was_short_lived,
		    fixture_network, fixture_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
