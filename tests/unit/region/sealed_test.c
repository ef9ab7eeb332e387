/* sealed_test: tests that a key-encryption key of another database is noticed and named. */
#include "fixture.h"
#include "journal.h"

#include "region/sealed.h"

static void
test_fits(void **state)
{
	struct fixture *f = *state;
	struct errinfo ei = { "" };
	size_t before = f->keyd_verified;

	assert_ok(sealed_check(f->region, &ei));
	assert_string_equal(ei.text, "");
	/* The decoy and three access keys were tried, and the questions are over. */
	assert_int_equal(f->keyd_verified, before + 4);
	assert_int_equal(f->keyd_open, 0);
}

static void
test_does_not_fit(void **state)
{
	struct fixture *f = *state;
	struct errinfo ei = { "" };

	snprintf(f->settings.kek_file, sizeof(f->settings.kek_file), "/safe/kek");
	f->keyd_error = ERR_CRYPTO;
	assert_int_equal(sealed_check(f->region, &ei), ERR_CRYPTO);
	assert_string_equal(ei.text,
	    "the key-encryption key is not that of this database; put back the one that was made "
	    "with it: /safe/kek");
}

/* A keyd that does not answer is no reason to say so. */
static void
test_not_known(void **state)
{
	struct fixture *f = *state;
	struct errinfo ei = { "" };

	f->keyd_error = ERR_UNAVAIL;
	assert_int_equal(sealed_check(f->region, &ei), ERR_UNAVAIL);
	assert_string_equal(ei.text, "no secret of the database could be tried");
}

/* ---- one row is damaged ---- */

/* The check succeeds, and names this row alone. */
static void
assert_names(struct fixture *f, const char *row)
{
	struct errinfo ei = { "" };
	struct journal j = journal_begin();
	const char *text;
	int r = sealed_check(f->region, &ei);

	text = journal_end(f, &j);
	assert_ok(r);
	assert_string_equal(ei.text, "");
	assert_int_equal(journal_lines(text, " warn "), 1);
	assert_int_equal(journal_lines(text,
			     arena_fmt(f->a, "ev=sealed-damaged row=\"%s\"", row).p),
	    1);
}

static void
test_damaged_key(void **state)
{
	struct fixture *f = *state;

	f->keyd_damaged = USER_SECRET;
	assert_names(f, USER_KEY);
}

static void
test_damaged_decoy(void **state)
{
	struct fixture *f = *state;

	f->keyd_damaged = "decoy";
	assert_names(f, "decoy_secret");
}

/* Without any access key there is still the decoy. */
static void
test_only_decoy(void **state)
{
	static const char *const keys[] = { ROOT_KEY, USER_KEY, OTHER_KEY };
	struct fixture *f = *state;
	struct errinfo ei = { "" };
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		assert_ok(store_access_key_delete(f->st, str_of(keys[i])));
	assert_ok(sealed_check(f->region, &ei));
	f->keyd_error = ERR_CRYPTO;
	assert_int_equal(sealed_check(f->region, &ei), ERR_CRYPTO);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_fits),
		TEST(test_does_not_fit),
		TEST(test_not_known),
		TEST(test_damaged_key),
		TEST(test_damaged_decoy),
		TEST(test_only_decoy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
