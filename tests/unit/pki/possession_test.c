/*
 * possession_test: tests the proof that an agent has the private half of a new key: which keys, and
 * which proofs, are taken. The form of the key is that of RFC 5480 2 and SEC 1 2.3.3.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pki/possession.h"

#define PRESENT "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
prove(struct privkey *key, struct str present, struct buf *public, struct buf *proof)
{
	buf_init(public, PRIVKEY_MAX_DER_BYTES);
	buf_init(proof, PRIVKEY_MAX_SIGNATURE_BYTES);
	assert_int_equal(possession_prove(key, present, public, proof), 0);
}

static void
test_the_proof_of_one_step(void **state)
{
	struct buf public, proof, other_public, other_proof;
	struct privkey *key, *other;
	size_t i;

	(void)state;
	assert_int_equal(privkey_generate(PRIVKEY_P256, &key), 0);
	assert_int_equal(privkey_generate(PRIVKEY_P256, &other), 0);
	prove(key, STR(PRESENT), &public, &proof);
	prove(other, STR(PRESENT), &other_public, &other_proof);
	assert_int_equal(public.n, POSSESSION_KEY_BYTES);
	assert_true(proof.n <= POSSESSION_PROOF_MAX_BYTES);
	assert_int_equal(possession_verify(buf_view(&public), STR(PRESENT), buf_view(&proof)), 0);
	/* Of another key, for another step, of nothing. */
	assert_int_equal(possession_verify(buf_view(&public), STR(PRESENT), buf_view(&other_proof)),
	    ERR_CRYPTO);
	assert_int_equal(possession_verify(buf_view(&other_public), STR(PRESENT), buf_view(&proof)),
	    ERR_CRYPTO);
	assert_int_equal(possession_verify(buf_view(&public), STR("1" PRESENT "0"),
			     buf_view(&proof)),
	    ERR_CRYPTO);
	assert_int_equal(possession_verify(buf_view(&public), STR(PRESENT), STR("")), ERR_CRYPTO);
	/* Any bit of the proof, and a byte behind it. */
	for (i = 0; i < proof.n; i++) {
		proof.p[i] = (char)(proof.p[i] ^ 1);
		assert_int_equal(possession_verify(buf_view(&public), STR(PRESENT),
				     buf_view(&proof)),
		    ERR_CRYPTO);
		proof.p[i] = (char)(proof.p[i] ^ 1);
	}
	buf_ch(&proof, '\0');
	assert_int_equal(possession_verify(buf_view(&public), STR(PRESENT), buf_view(&proof)),
	    ERR_CRYPTO);
	buf_release(&public);
	buf_release(&proof);
	buf_release(&other_public);
	buf_release(&other_proof);
	privkey_free(key);
	privkey_free(other);
}

/* Only an uncompressed point on P-256, in its one encoding. */
static void
test_keys_of_another_kind(void **state)
{
	struct buf public, proof;
	struct privkey *key;
	char changed[POSSESSION_KEY_BYTES + 1];
	size_t i;

	(void)state;
	assert_int_equal(privkey_generate(PRIVKEY_P256, &key), 0);
	prove(key, STR(PRESENT), &public, &proof);
	for (i = 0; i < public.n; i++) {
		memcpy(changed, public.p, public.n);
		changed[i] = (char)(changed[i] ^ 1);
		/* The head is another, or the point is on no curve. */
		assert_int_equal(possession_verify(str_of_n(changed, public.n), STR(PRESENT),
				     buf_view(&proof)),
		    ERR_SYNTAX);
	}
	assert_int_equal(possession_verify(str_head(buf_view(&public), public.n - 1), STR(PRESENT),
			     buf_view(&proof)),
	    ERR_SYNTAX);
	memcpy(changed, public.p, public.n);
	changed[public.n] = '\0';
	assert_int_equal(possession_verify(str_of_n(changed, public.n + 1), STR(PRESENT),
			     buf_view(&proof)),
	    ERR_SYNTAX);
	assert_int_equal(possession_verify(STR(""), STR(PRESENT), buf_view(&proof)), ERR_SYNTAX);
	buf_release(&public);
	buf_release(&proof);
	privkey_free(key);
	assert_int_equal(privkey_generate(PRIVKEY_RSA2048, &key), 0);
	buf_init(&public, PRIVKEY_MAX_DER_BYTES);
	assert_int_equal(privkey_public_write(key, &public), 0);
	assert_int_equal(possession_verify(buf_view(&public), STR(PRESENT), STR("x")), ERR_SYNTAX);
	buf_release(&public);
	privkey_free(key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_proof_of_one_step),
		cmocka_unit_test(test_keys_of_another_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
