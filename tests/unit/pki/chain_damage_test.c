/* chain_damage_test: tests damaged chains, staples and entries, and signatures of other kinds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/rsa.h>

#include "scene.h"

/* Every prefix and many flipped bits of a good chain's text: never accepted, and
 * never more than an error. */
static void
damaged_text_is_refused(void **state)
{
	struct chain_input in;
	enum chain_fault fault;
	struct chain *c;
	struct scene s;
	size_t i, full;

	scene_init(&s, *state);
	pem_build(&s);
	staples_build(&s);
	full = s.pem.n;
	for (i = 0; i + 1 < full; i += 13) {
		in = scene_input(&s);
		in.pem = str_head(in.pem, i);
		assert_int_equal(chain_verify(&in, &c, &fault), ERR_CRYPTO);
		assert_null(c);
	}
	for (i = 0; i < full; i += 7) {
		s.pem.p[i] ^= 4;
		in = scene_input(&s);
		assert_int_equal(chain_verify(&in, &c, &fault), ERR_CRYPTO);
		s.pem.p[i] ^= 4;
	}
	buf_c(&s.pem, "trailing\n");
	in = scene_input(&s);
	expect(&in, CHAIN_BAD_PEM, "trailing text");
	s.pem.n = full;
	in = scene_input(&s);
	expect(&in, CHAIN_OK, "whole");
	in.pem = STR("");
	expect(&in, CHAIN_BAD_PEM, "empty");
	scene_release(&s);
}

/* Every byte of a staple counts, but the tag of the NULL that parametrises the
 * outer signature algorithm: not signed, and nothing depends on it. */
static void
damaged_staples_are_refused(void **state)
{
	struct chain_input in;
	enum chain_fault fault;
	struct chain *c;
	struct scene s;
	size_t i;

	scene_init(&s, *state);
	pem_build(&s);
	staples_build(&s);
	in = scene_input(&s);
	for (i = 0; i < s.staple_der[0].n; i++) {
		if (i == s.staple_der[0].n - 256 - sizeof("\x03\x82\x01\x01") - 2)
			continue;
		s.staple_der[0].p[i] ^= 0x10;
		assert_int_equal(chain_verify(&in, &c, &fault), ERR_CRYPTO);
		assert_true(fault >= CHAIN_STAPLE_BAD);
		s.staple_der[0].p[i] ^= 0x10;
	}
	scene_release(&s);
}

/* ---- blobs ---- */
#define BLOB STR("#Timestamp=1790000060\n#Instance=i-0\nssh-ed25519 AAAA a@b\n")

/* A signature of BLOB with any padding. */
static struct buf
foreign_sign(struct privkey *k, int padding, int salt, const EVP_MD *md, const EVP_MD *mgf1)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx;
	struct buf out;
	size_t n = 512;

	assert_int_equal(EVP_DigestSignInit(ctx, &pctx, md, NULL, privkey_evp(k)), 1);
	assert_true(EVP_PKEY_CTX_set_rsa_padding(pctx, padding) > 0);
	if (padding == RSA_PKCS1_PSS_PADDING) {
		assert_true(EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, salt) > 0);
		assert_true(EVP_PKEY_CTX_set_rsa_mgf1_md(pctx, mgf1) > 0);
	}
	buf_init(&out, 512);
	assert_int_equal(EVP_DigestSign(ctx, (unsigned char *)buf_reserve(&out, n), &n,
			     (const unsigned char *)BLOB.p, BLOB.n),
	    1);
	buf_commit(&out, n);
	EVP_MD_CTX_free(ctx);
	return out;
}

static void
blobs_need_our_padding(void **state)
{
	struct peer *peer = *state;
	const struct {
		struct privkey *key;
		int padding, salt;
		const EVP_MD *md, *mgf1;
		int want;
	} signatures[] = {
		{ peer->keys[LEAF], RSA_PKCS1_PSS_PADDING, 32, EVP_sha256(), EVP_sha256(), 0 },
		{ peer->keys[LEAF], RSA_PKCS1_PSS_PADDING, 31, EVP_sha256(), EVP_sha256(),
		    ERR_CRYPTO },
		{ peer->keys[LEAF], RSA_PKCS1_PSS_PADDING, 0, EVP_sha256(), EVP_sha256(),
		    ERR_CRYPTO },
		{ peer->keys[LEAF], RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_MAX, EVP_sha256(),
		    EVP_sha256(), ERR_CRYPTO },
		{ peer->keys[LEAF], RSA_PKCS1_PSS_PADDING, 32, EVP_sha256(), EVP_sha1(),
		    ERR_CRYPTO },
		{ peer->keys[LEAF], RSA_PKCS1_PSS_PADDING, 32, EVP_sha512(), EVP_sha256(),
		    ERR_CRYPTO },
		{ peer->keys[LEAF], RSA_PKCS1_PADDING, 0, EVP_sha256(), NULL, ERR_CRYPTO },
		{ peer->keys[INTERMEDIATE], RSA_PKCS1_PSS_PADDING, 32, EVP_sha256(), EVP_sha256(),
		    ERR_CRYPTO },
	};
	enum chain_fault fault;
	struct chain_input in;
	struct chain *c;
	struct scene s;
	struct buf sig;
	size_t i;

	scene_init(&s, peer);
	pem_build(&s);
	staples_build(&s);
	in = scene_input(&s);
	assert_int_equal(chain_verify(&in, &c, &fault), 0);
	for (i = 0; i < sizeof(signatures) / sizeof(*signatures); i++) {
		sig = foreign_sign(signatures[i].key, signatures[i].padding, signatures[i].salt,
		    signatures[i].md, signatures[i].mgf1);
		assert_int_equal(chain_blob_verify(c, BLOB, buf_view(&sig)), signatures[i].want);
		buf_release(&sig);
	}
	chain_free(c);
	scene_release(&s);
}

static void
blobs_of_privkey_verify(void **state)
{
	struct peer *peer = *state;
	enum chain_fault fault;
	struct chain_input in;
	struct chain *c;
	struct scene s;
	struct buf sig, text;
	size_t i;

	scene_init(&s, peer);
	pem_build(&s);
	staples_build(&s);
	in = scene_input(&s);
	assert_int_equal(chain_verify(&in, &c, &fault), 0);
	scene_release(&s); /* the chain stands alone */

	buf_init(&sig, PRIVKEY_MAX_SIGNATURE_BYTES);
	buf_init(&text, 200);
	buf_str(&text, BLOB);
	assert_int_equal(privkey_sign(peer->keys[LEAF], BLOB, &sig), 0);
	assert_int_equal(chain_blob_verify(c, buf_view(&text), buf_view(&sig)), 0);
	for (i = 0; i < text.n; i++) {
		text.p[i] ^= 1;
		assert_int_equal(chain_blob_verify(c, buf_view(&text), buf_view(&sig)), ERR_CRYPTO);
		text.p[i] ^= 1;
	}
	for (i = 0; i < sig.n; i++) {
		sig.p[i] ^= 1;
		assert_int_equal(chain_blob_verify(c, buf_view(&text), buf_view(&sig)), ERR_CRYPTO);
		sig.p[i] ^= 1;
		assert_int_equal(chain_blob_verify(c, BLOB, str_head(buf_view(&sig), i)),
		    ERR_CRYPTO);
	}
	assert_int_equal(chain_blob_verify(c, str_head(BLOB, BLOB.n - 1), buf_view(&sig)),
	    ERR_CRYPTO);
	buf_release(&sig);
	buf_release(&text);
	chain_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damaged_text_is_refused),
		cmocka_unit_test(damaged_staples_are_refused),
		cmocka_unit_test(blobs_need_our_padding),
		cmocka_unit_test(blobs_of_privkey_verify),
	};

	return cmocka_run_group_tests(tests, peer_setup, peer_teardown);
}
