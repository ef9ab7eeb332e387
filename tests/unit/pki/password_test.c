/*
 * password_test: tests that the hashes are those of scrypt, and that only the right password
 * matches.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hex.h"
#include "pki/password.h"

/* By another implementation (Python's hashlib), with the salt a5 x 16. */
static const char pinned[] = "01a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"
			     "61420f821b0b5fcf8391a671f71b2947"
			     "223ee3f2cb234898f493fddc858bfefb";

static void
fill_a5(void *ctx, void *p, size_t n)
{
	(void)ctx;
	memset(p, 0xa5, n);
}

static const struct rng rng_a5 = { fill_a5, NULL };

static void
hash_is_pinned(void **state)
{
	struct buf out, hex;

	(void)state;
	buf_init(&out, PASSWORD_HASH_BYTES);
	buf_init(&hex, 2 * PASSWORD_HASH_BYTES);
	assert_int_equal(password_hash(STR("correct horse"), &rng_a5, &out), 0);
	hex_write(&hex, out.p, out.n);
	assert_true(str_eq_c(buf_view(&hex), pinned));
	buf_release(&out);
	buf_release(&hex);
}

static void
only_the_password_fits(void **state)
{
	static const char *const wrong[] = { "", "correct hors", "correct horse ",
		"Correct horse" };
	char hash[PASSWORD_HASH_BYTES], longest[PASSWORD_MAX_BYTES + 1] = { 0 };
	bool right = false;
	size_t i;

	(void)state;
	assert_int_equal(hex_parse(str_of(pinned), (uint8_t *)hash, sizeof(hash)), 0);
	assert_int_equal(password_check(str_of_n(hash, sizeof(hash)), STR("correct horse"), &right),
	    0);
	assert_true(right);
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_int_equal(password_check(str_of_n(hash, sizeof(hash)), str_of(wrong[i]),
				     &right),
		    0);
		assert_false(right);
	}
	right = true;
	assert_int_equal(password_check(str_of_n(hash, sizeof(hash)),
			     str_of_n(longest, sizeof(longest)), &right),
	    0);
	assert_false(right);
}

static void
others_are_refused(void **state)
{
	char hash[PASSWORD_HASH_BYTES + 1], longest[PASSWORD_MAX_BYTES + 1] = { 0 };
	struct buf out;
	bool right;

	(void)state;
	assert_int_equal(hex_parse(str_of(pinned), (uint8_t *)hash, PASSWORD_HASH_BYTES), 0);
	assert_int_equal(password_check(STR(""), STR("x"), &right), ERR_SYNTAX);
	assert_int_equal(password_check(str_of_n(hash, PASSWORD_HASH_BYTES - 1), STR("x"), &right),
	    ERR_SYNTAX);
	assert_int_equal(password_check(str_of_n(hash, PASSWORD_HASH_BYTES + 1), STR("x"), &right),
	    ERR_SYNTAX);
	hash[0] = 2;
	assert_int_equal(password_check(str_of_n(hash, PASSWORD_HASH_BYTES), STR("x"), &right),
	    ERR_SYNTAX);
	buf_init(&out, PASSWORD_HASH_BYTES);
	assert_int_equal(password_hash(str_of_n(longest, sizeof(longest)), &rng_a5, &out),
	    ERR_TOOBIG);
	assert_int_equal(out.n, 0);
	buf_release(&out);
	buf_init(&out, PASSWORD_HASH_BYTES - 1);
	assert_int_equal(password_hash(STR("x"), &rng_a5, &out), ERR_TOOBIG);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash_is_pinned),
		cmocka_unit_test(only_the_password_fits),
		cmocka_unit_test(others_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
