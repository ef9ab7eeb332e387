/*
 * seal_test: tests that a sealed text opens only with the same key, for the same purpose, and
 * unchanged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hex.h"
#include "pki/seal.h"

#define PLAIN STR("wJalrXUtnFEMI")

/* AES-256-GCM of PLAIN under the KEK 00..1f with the nonce a5 x 12, by another
 * implementation (pyca/cryptography). */
static const char sealed_1[] = "019991a6cc28b56bb9a5a5a5a5a5a5a5a5a5a5a5a5"
			       "560dfdcc40c47dfd46eae6afe1f7e423d657834dd2547bf2255d70d093";
static const char sealed_2[] = "019991a6cc28b56bb9a5a5a5a5a5a5a5a5a5a5a5a5"
			       "560dfdcc40c47dfd46eae6afe1fabebf567094fcb353b35670f6baa5b0";

static void
fill_a5(void *ctx, void *p, size_t n)
{
	(void)ctx;
	memset(p, 0xa5, n);
}

static const struct rng rng_a5 = { fill_a5, NULL };

static struct seal *
seal_fixed(uint8_t first)
{
	uint8_t kek[SEAL_KEK_BYTES];
	uint8_t i;

	for (i = 0; i < SEAL_KEK_BYTES; i++)
		kek[i] = i;
	kek[0] = first;
	return seal_new(kek);
}

static void
bytes_are_pinned(void **state)
{
	static const struct {
		enum seal_purpose purpose;
		const char *hex;
	} rows[] = { { SEAL_ACCESS_KEY, sealed_1 }, { SEAL_PRIVATE_KEY, sealed_2 } };
	struct seal *s = seal_fixed(0);
	struct buf out, hex;
	size_t i;

	(void)state;
	buf_init(&out, 200);
	buf_init(&hex, 400);
	for (i = 0; i < 2; i++) {
		buf_clear(&out);
		buf_clear(&hex);
		assert_int_equal(seal_wrap(s, rows[i].purpose, PLAIN, &rng_a5, &out), 0);
		assert_int_equal(out.n, PLAIN.n + SEAL_OVERHEAD_BYTES);
		hex_write(&hex, out.p, out.n);
		assert_true(str_eq_c(buf_view(&hex), rows[i].hex));
	}
	buf_release(&out);
	buf_release(&hex);
	seal_free(s);
}

static void
nothing_else_opens(void **state)
{
	struct seal *s = seal_fixed(0), *other = seal_fixed(1);
	struct secret *secret = NULL;
	uint8_t text[sizeof(sealed_1) / 2];
	struct str view = str_of_n(text, sizeof(text));
	size_t i;

	(void)state;
	assert_int_equal(hex_parse(str_of(sealed_1), text, sizeof(text)), 0);
	assert_int_equal(seal_unwrap(s, SEAL_ACCESS_KEY, view, &secret), 0);
	assert_true(str_eq(str_of_n(secret_bytes(secret), secret_len(secret)), PLAIN));
	secret_free(secret);
	secret = NULL;

	assert_int_equal(seal_unwrap(s, SEAL_PRIVATE_KEY, view, &secret), ERR_CRYPTO);
	assert_int_equal(seal_unwrap(other, SEAL_ACCESS_KEY, view, &secret), ERR_CRYPTO);
	for (i = 0; i < sizeof(text) * 8; i++) {
		text[i / 8] ^= (uint8_t)(1u << (i % 8));
		assert_int_equal(seal_unwrap(s, SEAL_ACCESS_KEY, view, &secret), ERR_CRYPTO);
		text[i / 8] ^= (uint8_t)(1u << (i % 8));
	}
	for (i = 0; i < sizeof(text); i++)
		assert_int_equal(seal_unwrap(s, SEAL_ACCESS_KEY, str_head(view, i), &secret),
		    ERR_CRYPTO);
	assert_null(secret);
	seal_free(other);
	seal_free(s);
}

static void
purposes_are_apart(void **state)
{
	static const enum seal_purpose all[] = { SEAL_ACCESS_KEY, SEAL_PRIVATE_KEY, SEAL_SESSION,
		SEAL_MESSAGE, SEAL_TOTP, SEAL_PASSWORD };
	struct seal *s = seal_fixed(0);
	struct secret *secret = NULL;
	struct buf out;
	size_t i, j;

	(void)state;
	buf_init(&out, 200);
	for (i = 0; i < sizeof(all) / sizeof(*all); i++) {
		buf_clear(&out);
		assert_int_equal(seal_wrap(s, all[i], PLAIN, &rng_a5, &out), 0);
		for (j = 0; j < sizeof(all) / sizeof(*all); j++) {
			assert_int_equal(seal_unwrap(s, all[j], buf_view(&out), &secret),
			    i == j ? 0 : ERR_CRYPTO);
			secret_free(secret);
			secret = NULL;
		}
	}
	buf_release(&out);
	seal_free(s);
}

static void
sizes_are_bounded(void **state)
{
	static char plain[SEAL_MAX_PLAIN_BYTES + 1];
	struct seal *s = seal_fixed(0);
	struct secret *secret = NULL;
	struct buf out;

	(void)state;
	buf_init(&out, 2 * sizeof(plain));
	assert_int_equal(seal_wrap(s, SEAL_PRIVATE_KEY, str_of_n(plain, sizeof(plain)),
			     rand_system(), &out),
	    ERR_TOOBIG);
	assert_int_equal(out.n, 0);
	assert_int_equal(seal_wrap(s, SEAL_PRIVATE_KEY, str_of_n(plain, sizeof(plain) - 1),
			     rand_system(), &out),
	    0);
	assert_int_equal(seal_unwrap(s, SEAL_PRIVATE_KEY, buf_view(&out), &secret), 0);
	assert_int_equal(secret_len(secret), SEAL_MAX_PLAIN_BYTES);
	secret_free(secret);
	/* One byte more is refused before any work. */
	buf_ch(&out, 'x');
	assert_int_equal(seal_unwrap(s, SEAL_PRIVATE_KEY, buf_view(&out), &secret), ERR_CRYPTO);
	buf_clear(&out);
	assert_int_equal(seal_wrap(s, SEAL_PRIVATE_KEY, STR(""), rand_system(), &out), 0);
	assert_int_equal(seal_unwrap(s, SEAL_PRIVATE_KEY, buf_view(&out), &secret), 0);
	assert_int_equal(secret_len(secret), 0);
	secret_free(secret);
	buf_release(&out);

	buf_init(&out, SEAL_OVERHEAD_BYTES);
	assert_int_equal(seal_wrap(s, SEAL_PRIVATE_KEY, STR("1"), rand_system(), &out), ERR_TOOBIG);
	buf_release(&out);
	seal_free(s);
}

static void
kek_file_is_strict(void **state)
{
	static const char good[] =
	    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
	static const char *const bad[] = {
		"",
		"\n",
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n\n",
		"000102030405060708090A0B0C0D0E0F101112131415161718191a1b1c1d1e1f\n",
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1g\n",
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e\n\n\n",
	};
	struct seal *s = NULL;
	struct buf out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(seal_parse(str_of(bad[i]), &s), ERR_SYNTAX);
	assert_null(s);
	assert_int_equal(seal_parse(str_of(good), &s), 0);
	buf_init(&out, 200);
	assert_int_equal(seal_wrap(s, SEAL_ACCESS_KEY, PLAIN, &rng_a5, &out), 0);
	assert_memory_equal(out.p + 1, "\x99\x91\xa6\xcc\x28\xb5\x6b\xb9", 8);
	buf_clear(&out);
	seal_kek_write(&rng_a5, &out);
	assert_true(str_eq_c(buf_view(&out),
	    "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5\n"));
	buf_release(&out);
	seal_free(s);
}

/* While a KEK is made anew, what both sealed is opened, and the first seals. */
static void
kek_file_of_two(void **state)
{
	static const char new_text[] =
	    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
	static const char old_text[] =
	    "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
	static const char *const behind[] = { "\n", "x", "ff\n",
		"FF0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n",
		"ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
		"ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n\n" };
	struct seal *both = NULL, *old, *new;
	struct secret *secret;
	struct buf text, out;
	size_t i;

	(void)state;
	buf_init(&text, 4 * SEAL_KEK_TEXT_BYTES);
	buf_init(&out, 200);
	for (i = 0; i < sizeof(behind) / sizeof(*behind); i++) {
		buf_clear(&text);
		buf_c(&text, new_text);
		buf_c(&text, behind[i]);
		assert_int_equal(seal_parse(buf_view(&text), &both), ERR_SYNTAX);
	}
	buf_clear(&text);
	buf_c(&text, "x");
	buf_c(&text, new_text + 1);
	buf_c(&text, old_text);
	assert_int_equal(seal_parse(buf_view(&text), &both), ERR_SYNTAX);
	buf_clear(&text);
	buf_c(&text, new_text);
	buf_c(&text, old_text);
	assert_int_equal(seal_parse(buf_view(&text), &both), 0);
	assert_int_equal(seal_parse(str_of(new_text), &new), 0);
	assert_int_equal(seal_parse(str_of(old_text), &old), 0);
	assert_int_equal(seal_wrap(old, SEAL_TOTP, PLAIN, rand_system(), &out), 0);
	assert_false(seal_is_present(both, buf_view(&out)));
	assert_false(seal_is_present(both, STR("")));
	assert_int_equal(seal_unwrap(new, SEAL_TOTP, buf_view(&out), &secret), ERR_CRYPTO);
	assert_int_equal(seal_unwrap(both, SEAL_PASSWORD, buf_view(&out), &secret), ERR_CRYPTO);
	assert_int_equal(seal_unwrap(both, SEAL_TOTP, buf_view(&out), &secret), 0);
	assert_true(str_eq(str_of_n(secret_bytes(secret), secret_len(secret)), PLAIN));
	secret_free(secret);
	buf_clear(&out);
	assert_int_equal(seal_wrap(both, SEAL_TOTP, PLAIN, rand_system(), &out), 0);
	assert_true(seal_is_present(both, buf_view(&out)));
	assert_int_equal(seal_unwrap(old, SEAL_TOTP, buf_view(&out), &secret), ERR_CRYPTO);
	assert_int_equal(seal_unwrap(new, SEAL_TOTP, buf_view(&out), &secret), 0);
	secret_free(secret);
	seal_free(new);
	seal_free(old);
	seal_free(both);
	buf_release(&out);
	buf_release(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_pinned),
		cmocka_unit_test(nothing_else_opens),
		cmocka_unit_test(purposes_are_apart),
		cmocka_unit_test(sizes_are_bounded),
		cmocka_unit_test(kek_file_is_strict),
		cmocka_unit_test(kek_file_of_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
