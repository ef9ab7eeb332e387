/* keys_test: tests the live keys of users and signers, until their deadline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/osuser.h"
#include "fixture.h"

static void
assert_blob(const struct keys *k, const char *user, const char *signer, int64_t now,
    const char *expected)
{
	struct buf b;
	int r;

	buf_init(&b, 1 << 20);
	r = keys_write(k, str_of(user), str_of(signer), now, &b);
	assert_int_equal(r, expected == NULL ? ERR_NOTFOUND : 0);
	assert_int_equal(keys_live(k, str_of(user), str_of(signer), now), expected != NULL);
	if (expected != NULL) {
		assert_int_equal(b.n, strlen(expected));
		assert_memory_equal(b.p, expected, b.n);
	}
	buf_release(&b);
}

static void
put(struct keys *k, struct link_key d)
{
	assert_int_equal(keys_put(k, &d, 0), 0);
}

static void
test_served_until_the_deadline(void **state)
{
	struct keys k = { 0 };
	struct link_key second = fixture_key(STR("ec2-user"), STR("r2"), 200);

	(void)state;
	second.entry = STR(ENTRY_OF("2"));
	put(&k, fixture_key(STR("ec2-user"), STR("r1"), 100));
	put(&k, second);
	put(&k, fixture_key(STR("ubuntu"), STR("r3"), 100));
	assert_blob(&k, "ec2-user", LEAF, 99, ENTRY_OF("2") "\n" ENTRY_OF("1"));
	assert_blob(&k, "ec2-user", LEAF, 100, ENTRY_OF("2"));
	assert_blob(&k, "ec2-user", LEAF, 200, NULL);
	assert_blob(&k, "ubuntu", LEAF, 99, ENTRY_OF("1"));
	assert_blob(&k, "admin", LEAF, 99, NULL);
	assert_blob(&k, "ec2-user", LEAF_2, 99, NULL);
	assert_blob(&k, "ec2-use", LEAF, 99, NULL);
	keys_expire(&k, 100);
	assert_int_equal(k.n, 1);
	keys_remove(&k, STR("r2"));
	assert_int_equal(k.n, 0);
	keys_release(&k);
}

static void
test_put_again_replaces(void **state)
{
	struct keys k = { 0 };
	struct link_key d = fixture_key(STR("u"), STR("r1"), 100);

	(void)state;
	put(&k, d);
	d.entry = STR(ENTRY_OF("2"));
	put(&k, d);
	assert_blob(&k, "u", LEAF, 0, ENTRY_OF("2"));
	d.deadline_ms = 0;
	put(&k, d);
	assert_int_equal(k.n, 0);
	put(&k, d);
	assert_int_equal(k.n, 0);
	keys_release(&k);
}

static void
test_a_new_signer(void **state)
{
	struct keys k = { 0 };
	struct link_key d = fixture_key(STR("u"), STR("r1"), 100);

	(void)state;
	put(&k, d);
	assert_false(keys_covered(&k, STR(LEAF), STR(LEAF_2), 0));
	d.signer_id = STR(LEAF_2);
	d.entry = STR(ENTRY_OF("2"));
	put(&k, d);
	assert_int_equal(k.n, 2);
	assert_true(keys_covered(&k, STR(LEAF), STR(LEAF_2), 0));
	assert_blob(&k, "u", LEAF, 0, ENTRY_OF("1"));
	assert_blob(&k, "u", LEAF_2, 0, ENTRY_OF("2"));
	put(&k, fixture_key(STR("u"), STR("r2"), 50));
	assert_false(keys_covered(&k, STR(LEAF), STR(LEAF_2), 0));
	assert_true(keys_covered(&k, STR(LEAF), STR(LEAF_2), 50));
	keys_remove(&k, STR("r1"));
	assert_int_equal(k.n, 1);
	keys_release(&k);
}

static void
test_users(void **state)
{
	struct keys k = { 0 };
	struct buf b;

	(void)state;
	put(&k, fixture_key(STR("b"), STR("r1"), 100));
	put(&k, fixture_key(STR("a"), STR("r2"), 50));
	put(&k, fixture_key(STR("b"), STR("r3"), 100));
	buf_init(&b, 100);
	keys_users_write(&k, STR(LEAF), 0, &b);
	assert_int_equal(b.n, 4);
	assert_memory_equal(b.p, "b\na\n", 4);
	buf_clear(&b);
	keys_users_write(&k, STR(LEAF), 60, &b);
	assert_memory_equal(b.p, "b\n", 2);
	buf_release(&b);
	keys_release(&k);
}

static void
test_sweep(void **state)
{
	struct keys k = { 0 };

	(void)state;
	put(&k, fixture_key(STR("a"), STR("r1"), 100));
	put(&k, fixture_key(STR("a"), STR("r2"), 100));
	keys_mark(&k);
	put(&k, fixture_key(STR("a"), STR("r2"), 100));
	put(&k, fixture_key(STR("a"), STR("r3"), 100));
	assert_int_equal(k.n, 3);
	keys_sweep(&k);
	assert_int_equal(k.n, 2);
	keys_remove(&k, STR("r1"));
	assert_int_equal(k.n, 2);
	keys_release(&k);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *user, *request, *signer, *entry;
		size_t entry_n; /* 0: strlen */
		int r;
	} rows[] = {
		{ "", "r", "s", "e\n", 0, ERR_SYNTAX },
		{ "a/b", "r", "s", "e\n", 0, ERR_SYNTAX },
		{ "a", "", "s", "e\n", 0, ERR_SYNTAX },
		{ "a", "r", "", "e\n", 0, ERR_SYNTAX },
		{ "a", "r", "s", "", 0, ERR_SYNTAX },
		{ "a", "r", "s", "\n", 0, ERR_SYNTAX },
		{ "a", "r", "s", "e", 0, ERR_SYNTAX },
		{ "a", "r", "s", "\ne\n", 0, ERR_SYNTAX },
		{ "a", "r", "s", "e\n\n", 0, ERR_SYNTAX },
		{ "a", "r", "s", "e\n\nf\n", 0, ERR_SYNTAX },
		{ "a", "r", "s", "e\r\nf\n", 0, ERR_SYNTAX },
		{ "a", "r", "s", "e\0f\n", 4, ERR_SYNTAX },
		{ "a", "r", "s", "e\n", 0, 0 },
	};
	static char big[LINK_MAX_ENTRY_BYTES + 1];
	struct keys k = { 0 };
	struct link_key d;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = rows[i].entry_n > 0 ? rows[i].entry_n : strlen(rows[i].entry);

		d = (struct link_key){ .instance_id = STR("i-0123456789abcdef0"),
			.os_user = str_of(rows[i].user),
			.request_id = str_of(rows[i].request),
			.deadline_ms = 1,
			.signer_id = str_of(rows[i].signer),
			.entry = { rows[i].entry, n } };
		assert_int_equal(keys_put(&k, &d, 0), rows[i].r);
	}
	memset(big, 'x', sizeof(big));
	big[sizeof(big) - 1] = '\n';
	d.entry = (struct str){ big, sizeof(big) };
	assert_int_equal(keys_put(&k, &d, 0), ERR_TOOBIG);
	assert_int_equal(k.n, 1);
	keys_release(&k);
}

static void
test_full(void **state)
{
	struct keys k = { 0 };
	char request[16];
	struct link_key d;
	size_t i;

	(void)state;
	for (i = 0; i < KEYS_MAX; i++) {
		snprintf(request, sizeof(request), "r%zu", i);
		put(&k, fixture_key(STR("u"), str_of(request), i == 7 ? 50 : 100));
	}
	d = fixture_key(STR("u"), STR("one more"), 100);
	assert_int_equal(keys_put(&k, &d, 0), ERR_FULL);
	assert_int_equal(keys_put(&k, &d, 50), 0);
	assert_int_equal(k.n, KEYS_MAX);
	keys_release(&k);
}

static void
test_users_of_a_path(void **state)
{
	static const struct {
		const char *user;
		bool valid;
	} rows[] = {
		{ "ec2-user", true },
		{ "a.b@c", true },
		{ "svc$", true },
		{ "123", true },
		{ "7", true },
		{ "_x", true },
		{ "a.", true },
		{ "12345678901234567890123456789012", true },
		{ "123456789012345678901234567890123", false },
		{ "", false },
		{ ".", false },
		{ "..", false },
		{ "-a", false },
		{ "$", false },
		{ "a$b", false },
		{ "a/../b", false },
		{ "a b", false },
		{ "a%2f", false },
		{ "a?b", false },
		{ "a#b", false },
		{ "a\n", false },
		{ "\xc3\xa4", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(osuser_valid(str_of(rows[i].user)), rows[i].valid);
	assert_false(osuser_valid((struct str){ "a\0b", 3 }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_served_until_the_deadline),
		cmocka_unit_test(test_put_again_replaces),
		cmocka_unit_test(test_a_new_signer),
		cmocka_unit_test(test_users),
		cmocka_unit_test(test_sweep),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_users_of_a_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
