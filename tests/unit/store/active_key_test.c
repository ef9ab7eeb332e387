/* active_key_test: tests the life of a pushed key, with clocks that the test sets. */
#include "fixture.h"

#include "store/store_active_key.h"

#define BOOT_A STR("aaaaaaaa-0000-4000-8000-000000000000")
#define BOOT_B STR("bbbbbbbb-0000-4000-8000-000000000000")
#define PUSHED 1700000000 /* wall, s */

/* Pushed at PUSHED, 5,000 ms into boot A, for 60 s. */
static struct store_active_key
key(struct str request_id)
{
	return (struct store_active_key){ .request_id = request_id,
		.instance_id = STR("i-1"),
		.os_user = STR("ec2-user"),
		.public_key = STR("ssh-ed25519 AAAA me"),
		.caller_arn = STR("arn:aws:iam::111122223333:root"),
		.owner = STR("AIDA1"),
		.signer_id = STR("0A1B"),
		.entry = STR("#Timestamp=1\nssh-ed25519 AAAA me\nc2ln\n"),
		.created_at = PUSHED,
		.expires_at = PUSHED + 60,
		.boot_id = BOOT_A,
		.boot_deadline_ms = 65000 };
}

static struct store_active_key_now
now(struct str boot_id, int64_t boot_ms, int64_t wall_ms)
{
	return (struct store_active_key_now){ boot_id, boot_ms, wall_ms, 60000 };
}

static int
setup(void **state)
{
	struct store_instance i1 = fixture_instance(STR("i-1"));
	struct store_instance i2 = fixture_instance(STR("i-2"));
	struct fixture *f;

	fixture_network(state);
	f = *state;
	assert_ok(store_instance_add(f->st, &i1));
	assert_ok(store_instance_add(f->st, &i2));
	return 0;
}

static void
key_round_trip(void **state)
{
	struct fixture *f = *state;
	struct store_active_key in = key(STR("q-1")), *v;
	struct store_active_key_now t = now(BOOT_A, 5000, PUSHED * 1000ll);
	size_t n;

	assert_ok(store_active_key_add(f->st, &in));
	assert_int_equal(store_active_key_add(f->st, &in), ERR_EXISTS);
	in.request_id = STR("q-0");
	in.boot_deadline_ms = 65001;
	assert_ok(store_active_key_add(f->st, &in));
	in.request_id = STR("q-2");
	in.created_at--;
	assert_ok(store_active_key_add(f->st, &in));
	in.request_id = STR("q-3");
	in.instance_id = STR("i-2");
	assert_ok(store_active_key_add(f->st, &in));
	in.request_id = STR("q-4");
	in.instance_id = STR("i-9");
	assert_int_equal(store_active_key_add(f->st, &in), ERR_BADSTATE);
	fixture_reopen(f);
	assert_ok(store_active_key_list(f->st, f->a, STR("i-1"), &t, &v, &n));
	assert_int_equal(n, 3);
	assert_str(v[0].request_id, "q-2");
	/* Two of the same second; the boot clock says which came later. */
	assert_str(v[1].request_id, "q-1");
	assert_str(v[2].request_id, "q-0");
	assert_str(v[1].instance_id, "i-1");
	assert_str(v[1].os_user, "ec2-user");
	assert_str(v[1].public_key, "ssh-ed25519 AAAA me");
	assert_str(v[1].caller_arn, "arn:aws:iam::111122223333:root");
	assert_str(v[1].owner, "AIDA1");
	assert_str(v[1].signer_id, "0A1B");
	assert_str(v[1].entry, "#Timestamp=1\nssh-ed25519 AAAA me\nc2ln\n");
	assert_int_equal(v[1].created_at, PUSHED);
	assert_int_equal(v[1].expires_at, PUSHED + 60);
	assert_true(str_eq(v[1].boot_id, BOOT_A));
	assert_int_equal(v[1].boot_deadline_ms, 65000);
	assert_int_equal(v[1].left_ms, 60000);
	assert_int_equal(v[2].left_ms, 60000); /* never more than a lifetime */
	assert_ok(store_active_key_delete_instance(f->st, STR("i-1")));
	assert_ok(store_active_key_list(f->st, f->a, STR("i-1"), &t, &v, &n));
	assert_int_equal(n, 0);
	assert_ok(store_active_key_list(f->st, f->a, STR("i-2"), &t, &v, &n));
	assert_int_equal(n, 1);
}

/* Another signer's entry takes the place of the first, for this push alone. */
static void
key_signed_anew(void **state)
{
	struct fixture *f = *state;
	struct store_active_key in = key(STR("q-1")), other = key(STR("q-2")), *v;
	struct store_active_key_now t = now(BOOT_A, 5000, PUSHED * 1000ll);
	size_t n;

	assert_ok(store_active_key_add(f->st, &in));
	assert_ok(store_active_key_add(f->st, &other));
	in.signer_id = STR("0C1D");
	in.entry = STR("another\n");
	in.os_user = STR("no-such-change");
	in.boot_deadline_ms = 99000;
	assert_ok(store_active_key_sign(f->st, &in));
	assert_ok(store_active_key_list(f->st, f->a, STR("i-1"), &t, &v, &n));
	assert_int_equal(n, 2);
	assert_str(v[0].signer_id, "0C1D");
	assert_str(v[0].entry, "another\n");
	assert_str(v[0].os_user, "ec2-user");
	assert_int_equal(v[0].boot_deadline_ms, 65000);
	assert_str(v[1].signer_id, "0A1B");
	in.request_id = STR("q-9");
	assert_int_equal(store_active_key_sign(f->st, &in), ERR_NOTFOUND);
}

/* What is left (0: dead) at each moment; listing and deleting must agree. */
static void
life_follows_the_rule(void **state)
{
	struct fixture *f = *state;
	const struct {
		const char *what;
		struct str key_boot, boot;
		int64_t boot_ms, wall_ms; /* wall_ms: from the push on */
		int64_t left_ms;
	} rows[] = {
		{ "just pushed", BOOT_A, BOOT_A, 5000, 0, 60000 },
		{ "30 s later", BOOT_A, BOOT_A, 35000, 30000, 30000 },
		{ "last ms", BOOT_A, BOOT_A, 64999, 59999, 1 },
		{ "at the deadline", BOOT_A, BOOT_A, 65000, 60000, 0 },
		{ "after it", BOOT_A, BOOT_A, 65001, 60001, 0 },
		{ "wall clock an hour ahead", BOOT_A, BOOT_A, 35000, 3630000, 30000 },
		{ "wall clock an hour back", BOOT_A, BOOT_A, 35000, -3570000, 30000 },
		{ "over, wall clock an hour back", BOOT_A, BOOT_A, 65000, -3540000, 0 },
		{ "over, wall clock at the push", BOOT_A, BOOT_A, 90000, 0, 0 },
		{ "boot clock before the push", BOOT_A, BOOT_A, 1000, 0, 60000 },
		{ "rebooted in 10 s", BOOT_A, BOOT_B, 1000, 10000, 50000 },
		{ "rebooted, last ms", BOOT_A, BOOT_B, 1000, 59999, 1 },
		{ "rebooted, at its end", BOOT_A, BOOT_B, 1000, 60000, 0 },
		{ "rebooted, boot clock late", BOOT_A, BOOT_B, 99000, 10000, 50000 },
		{ "rebooted, wall clock at the push", BOOT_A, BOOT_B, 1000, 0, 60000 },
		{ "rebooted, wall clock set back", BOOT_A, BOOT_B, 1000, -1, 0 },
		{ "rebooted, set back an hour", BOOT_A, BOOT_B, 1000, -3600000, 0 },
		{ "rebooted, an hour ahead", BOOT_A, BOOT_B, 1000, 3600000, 0 },
		{ "boot unknown, both", STR(""), STR(""), 5000, 10000, 50000 },
		{ "boot unknown, both, over", STR(""), STR(""), 5000, 60000, 0 },
		{ "boot unknown now", BOOT_A, STR(""), 5000, 60000, 0 },
		{ "boot unknown then", STR(""), BOOT_A, 5000, 60000, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct store_active_key in = key(STR("q-1")), *v;
		struct store_active_key_now t =
		    now(rows[i].boot, rows[i].boot_ms, PUSHED * 1000ll + rows[i].wall_ms);
		int64_t deleted, left;
		size_t n;

		in.boot_id = rows[i].key_boot;
		assert_ok(store_active_key_add(f->st, &in));
		assert_ok(store_active_key_list(f->st, f->a, STR("i-1"), &t, &v, &n));
		left = n == 0 ? 0 : v[0].left_ms;
		if (left != rows[i].left_ms)
			fail_msg("%s: %ld left", rows[i].what, (long)left);
		assert_ok(store_active_key_expire(f->st, &t, &deleted));
		if (deleted != (left == 0))
			fail_msg("%s: %ld deleted", rows[i].what, (long)deleted);
		assert_ok(store_active_key_delete_instance(f->st, STR("i-1")));
	}
}

/* An expiry further away than a lifetime does not count after a reboot. */
static void
life_is_never_longer_than_a_lifetime(void **state)
{
	struct fixture *f = *state;
	struct store_active_key in = key(STR("q-1")), *v;
	struct store_active_key_now t = now(BOOT_B, 0, (PUSHED + 59) * 1000ll);
	size_t n;

	in.expires_at = PUSHED + 3600;
	assert_ok(store_active_key_add(f->st, &in));
	assert_ok(store_active_key_list(f->st, f->a, STR("i-1"), &t, &v, &n));
	assert_int_equal(n, 1);
	assert_int_equal(v[0].left_ms, 1000);
	t.wall_ms += 1000;
	assert_ok(store_active_key_list(f->st, f->a, STR("i-1"), &t, &v, &n));
	assert_int_equal(n, 0);
}

static void
expire_takes_the_dead_of_all_boots(void **state)
{
	struct fixture *f = *state;
	struct store_active_key in = key(STR("q-1")), *v;
	struct store_active_key_now t = now(BOOT_A, 65000, (PUSHED + 60) * 1000ll);
	int64_t deleted;
	size_t n;

	assert_ok(store_active_key_add(f->st, &in)); /* dead now */
	in.request_id = STR("q-2");
	in.boot_deadline_ms = 65001;
	assert_ok(store_active_key_add(f->st, &in)); /* alive */
	in.request_id = STR("q-3");
	in.boot_id = BOOT_B;
	in.boot_deadline_ms = 1 << 30;
	assert_ok(store_active_key_add(f->st, &in)); /* dead by the wall */
	in.request_id = STR("q-4");
	in.created_at = PUSHED + 1;
	in.expires_at = PUSHED + 61;
	assert_ok(store_active_key_add(f->st, &in)); /* alive by the wall */
	assert_ok(store_active_key_expire(f->st, &t, &deleted));
	assert_int_equal(deleted, 2);
	assert_ok(store_active_key_list(f->st, f->a, STR("i-1"), &t, &v, &n));
	assert_int_equal(n, 2);
	assert_str(v[0].request_id, "q-2");
	assert_str(v[1].request_id, "q-4");
	assert_ok(store_active_key_expire(f->st, &t, NULL));
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, fixture_end)

/* The later push of a key stands for the earlier ones of the same person, for its user and
 * instance. What somebody else pushed stays, as the log names who pushed a key. */
static void
key_superseded(void **state)
{
	static const struct {
		const char *request, *instance, *user, *key, *caller;
	} rows[] = { { "q-1", "i-1", "ec2-user", "K", "me" },
		{ "q-2", "i-1", "ec2-user", "K", "me" }, { "q-3", "i-1", "ec2-user", "L", "me" },
		{ "q-4", "i-1", "ubuntu", "K", "me" }, { "q-5", "i-2", "ec2-user", "K", "me" },
		{ "q-7", "i-1", "ec2-user", "K", "you" } };
	struct fixture *f = *state;
	struct store_active_key in = key(STR("q-6"));
	int64_t of_instance, of_user;
	struct str *ids;
	size_t i, n;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		in.request_id = str_of(rows[i].request);
		in.instance_id = str_of(rows[i].instance);
		in.os_user = str_of(rows[i].user);
		in.public_key = str_of(rows[i].key);
		in.caller_arn = str_of(rows[i].caller);
		assert_ok(store_active_key_add(f->st, &in));
	}
	assert_ok(
	    store_active_key_count(f->st, STR("i-1"), STR("ec2-user"), &of_instance, &of_user));
	assert_int_equal(of_instance, 5);
	assert_int_equal(of_user, 4);
	in = key(STR("q-2"));
	in.public_key = STR("K");
	in.caller_arn = STR("me");
	assert_ok(store_active_key_supersede(f->st, f->a, &in, &ids, &n));
	assert_int_equal(n, 1);
	assert_str(ids[0], "q-1");
	assert_ok(store_active_key_supersede(f->st, f->a, &in, &ids, &n));
	assert_int_equal(n, 0);
	assert_ok(
	    store_active_key_count(f->st, STR("i-1"), STR("ec2-user"), &of_instance, &of_user));
	assert_int_equal(of_instance, 4);
	assert_int_equal(of_user, 3);
	assert_ok(
	    store_active_key_count(f->st, STR("i-9"), STR("ec2-user"), &of_instance, &of_user));
	assert_int_equal(of_instance, 0);
	assert_int_equal(of_user, 0);
}

/* Who has most keys, of a user or of the instance, and which of them is the oldest. */
static void
key_holders(void **state)
{
	static const struct {
		const char *request, *instance, *user, *owner;
		int64_t created_at;
	} rows[] = { { "q-1", "i-1", "ec2-user", "A", 5 }, { "q-2", "i-1", "ec2-user", "A", 3 },
		{ "q-3", "i-1", "ubuntu", "B", 3 }, { "q-4", "i-1", "ubuntu", "B", 2 },
		{ "q-5", "i-1", "ec2-user", "B", 1 }, { "q-6", "i-2", "ec2-user", "C", 1 } };
	static const struct {
		const char *instance, *user, *owner, *oldest;
		int64_t n;
	} want[] = { { "i-1", "ec2-user", "A", "q-2", 2 }, { "i-1", "ubuntu", "B", "q-4", 2 },
		{ "i-1", "", "B", "q-5", 3 }, { "i-2", "", "C", "q-6", 1 } };
	struct fixture *f = *state;
	struct store_active_key in = key(STR("q"));
	struct store_active_key_most most;
	int64_t count;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		in.request_id = str_of(rows[i].request);
		in.instance_id = str_of(rows[i].instance);
		in.os_user = str_of(rows[i].user);
		in.owner = str_of(rows[i].owner);
		in.created_at = rows[i].created_at;
		assert_ok(store_active_key_add(f->st, &in));
	}
	for (i = 0; i < sizeof(want) / sizeof(*want); i++) {
		assert_ok(store_active_key_most(f->st, f->a, str_of(want[i].instance),
		    str_of(want[i].user), &most));
		assert_str(most.owner, want[i].owner);
		assert_str(most.request_id, want[i].oldest);
		assert_int_equal(most.n, want[i].n);
		assert_ok(store_active_key_count_owner(f->st, str_of(want[i].instance),
		    str_of(want[i].user), most.owner, &count));
		assert_int_equal(count, want[i].n);
	}
	assert_ok(store_active_key_count_owner(f->st, STR("i-1"), STR(""), STR("C"), &count));
	assert_int_equal(count, 0);
	assert_int_equal(store_active_key_most(f->st, f->a, STR("i-2"), STR("root"), &most),
	    ERR_NOTFOUND);
	assert_ok(store_active_key_delete(f->st, STR("i-1"), STR("q-5")));
	assert_int_equal(store_active_key_delete(f->st, STR("i-1"), STR("q-5")), ERR_NOTFOUND);
	assert_int_equal(store_active_key_delete(f->st, STR("i-1"), STR("q-6")), ERR_NOTFOUND);
	assert_ok(store_active_key_count_owner(f->st, STR("i-1"), STR(""), STR("B"), &count));
	assert_int_equal(count, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(key_round_trip),
		T(key_signed_anew),
		T(key_superseded),
		T(key_holders),
		T(life_follows_the_rule),
		T(life_is_never_longer_than_a_lifetime),
		T(expire_takes_the_dead_of_all_boots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
