/*
 * privkey_test: tests that keys are written and read back, and that openssl verifies their
 * signatures.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "peer.h"

static void
keys_survive_der_and_pem(void **state)
{
	static const enum privkey_kind kinds[] = { PRIVKEY_RSA2048, PRIVKEY_P256 };
	struct privkey *k, *der, *pem;
	struct buf text, a, b;
	struct secret *secret;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(privkey_generate(kinds[i], &k), 0);
		assert_int_equal(privkey_write(k, &secret), 0);
		assert_int_equal(privkey_parse(str_of_n(secret_bytes(secret), secret_len(secret)),
				     &der),
		    0);
		buf_init(&text, 8192);
		assert_int_equal(privkey_pem_write(k, &text), 0);
		assert_int_equal(privkey_pem_parse(buf_view(&text), &pem), 0);
		assert_int_equal(privkey_kind(der), kinds[i]);
		assert_int_equal(privkey_kind(pem), kinds[i]);
		a = peer_public(k);
		b = peer_public(der);
		assert_true(str_eq(buf_view(&a), buf_view(&b)));
		buf_release(&b);
		b = peer_public(pem);
		assert_true(str_eq(buf_view(&a), buf_view(&b)));
		buf_release(&a);
		buf_release(&b);
		buf_wipe(&text);
		secret_free(secret);
		privkey_free(k);
		privkey_free(der);
		privkey_free(pem);
	}
}

/* Keys made by openssl in forms that we do not take, and broken ones. */
static void
other_keys_are_refused(void **state)
{
	static const struct {
		const char *algorithm, *option;
		int want;
	} rows[] = {
		{ "RSA", "rsa_keygen_bits:1024", ERR_UNSUPPORTED },
		{ "RSA", "rsa_keygen_bits:3072", ERR_UNSUPPORTED },
		{ "EC", "ec_paramgen_curve:P-384", ERR_UNSUPPORTED },
		{ "EC", "ec_paramgen_curve:P-256", 0 },
		{ "RSA-PSS", "rsa_keygen_bits:2048", ERR_UNSUPPORTED },
		{ "RSA", "rsa_keygen_bits:2048", 0 },
	};
	struct privkey *k = NULL;
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(PEER_RUN("openssl", "genpkey", "-algorithm", rows[i].algorithm,
				     "-pkeyopt", rows[i].option, "-out", "k.pem"),
		    0);
		b = peer_read("k.pem");
		assert_int_equal(privkey_pem_parse(buf_view(&b), &k), rows[i].want);
		if (rows[i].want == 0) {
			privkey_free(k);
			k = NULL;
		}
		buf_release(&b);
	}
	/* With a pass phrase: refused, and nobody is asked for it. */
	assert_int_equal(PEER_RUN("openssl", "pkey", "-in", "k.pem", "-aes256", "-passout",
			     "pass:secret", "-out", "locked.pem"),
	    0);
	b = peer_read("locked.pem");
	assert_int_equal(privkey_pem_parse(buf_view(&b), &k), ERR_SYNTAX);
	buf_release(&b);
	assert_int_equal(privkey_pem_parse(STR("-----BEGIN PRIVATE KEY-----\n"), &k), ERR_SYNTAX);
	assert_int_equal(privkey_pem_parse(STR(""), &k), ERR_SYNTAX);
	assert_null(k);
}

static void
der_is_strict(void **state)
{
	struct peer *peer = *state;
	struct privkey *k = NULL;
	struct secret *secret;
	struct str der;
	struct buf b;
	size_t i;

	assert_int_equal(privkey_write(peer->keys[LEAF], &secret), 0);
	der = str_of_n(secret_bytes(secret), secret_len(secret));
	for (i = 0; i < der.n; i += 7)
		assert_int_equal(privkey_parse(str_head(der, i), &k), ERR_SYNTAX);
	buf_init(&b, der.n + 1);
	buf_str(&b, der);
	buf_ch(&b, '\0');
	assert_int_equal(privkey_parse(buf_view(&b), &k), ERR_SYNTAX);
	buf_wipe(&b);
	secret_free(secret);
	b = peer_public(peer->keys[LEAF]);
	assert_int_equal(privkey_parse(buf_view(&b), &k), ERR_SYNTAX);
	buf_release(&b);
	assert_null(k);
	assert_int_equal(privkey_generate((enum privkey_kind)3, &k), ERR_RANGE);
}

static void
pss_is_what_openssl_verifies(void **state)
{
	struct peer *peer = *state;
	struct buf sig, spki = peer_public(peer->keys[LEAF]);
	int i;

	peer_file("leaf.spki", buf_view(&spki));
	assert_int_equal(PEER_RUN("openssl", "pkey", "-pubin", "-inform", "DER", "-in", "leaf.spki",
			     "-out", "leaf.pub"),
	    0);
	peer_file("blob", STR("#Timestamp=1790000060\n#Instance=i-0\nssh-ed25519 AAAA\n"));
	buf_init(&sig, PRIVKEY_MAX_SIGNATURE_BYTES);
	/* Twice: the context is used again. */
	for (i = 0; i < 2; i++) {
		buf_clear(&sig);
		assert_int_equal(
		    privkey_sign(peer->keys[LEAF],
			STR("#Timestamp=1790000060\n#Instance=i-0\nssh-ed25519 AAAA\n"), &sig),
		    0);
		assert_int_equal(sig.n, 256);
		peer_file("sig", buf_view(&sig));
		assert_int_equal(PEER_RUN("openssl", "dgst", "-sha256", "-sigopt",
				     "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32",
				     "-sigopt", "rsa_mgf1_md:sha256", "-verify", "leaf.pub",
				     "-signature", "sig", "blob"),
		    0);
	}
	peer_file("blob", STR("#Timestamp=1790000061\n"));
	assert_int_equal(PEER_RUN("openssl", "dgst", "-sha256", "-sigopt", "rsa_padding_mode:pss",
			     "-sigopt", "rsa_pss_saltlen:32", "-verify", "leaf.pub", "-signature",
			     "sig", "blob"),
	    1);
	buf_release(&spki);
	buf_release(&sig);
}

static void
tls_signs_a_digest(void **state)
{
	struct peer *peer = *state;
	struct buf sig, spki;
	struct privkey *k;
	uint8_t digest[64];
	size_t n;

	memset(digest, 0x5a, sizeof(digest));
	assert_int_equal(privkey_generate(PRIVKEY_P256, &k), 0);
	spki = peer_public(k);
	peer_file("tls.spki", buf_view(&spki));
	assert_int_equal(PEER_RUN("openssl", "pkey", "-pubin", "-inform", "DER", "-in", "tls.spki",
			     "-out", "tls.pub"),
	    0);
	buf_init(&sig, PRIVKEY_MAX_SIGNATURE_BYTES);
	for (n = 0; n <= sizeof(digest); n++) {
		buf_clear(&sig);
		if (n != 32 && n != 48 && n != 64) {
			assert_int_equal(privkey_tls_sign(k, PRIVKEY_TLS_ECDSA_P256,
					     str_of_n(digest, n), &sig),
			    ERR_RANGE);
			assert_int_equal(sig.n, 0);
			continue;
		}
		assert_int_equal(privkey_tls_sign(k, PRIVKEY_TLS_ECDSA_P256, str_of_n(digest, n),
				     &sig),
		    0);
		peer_file("digest", str_of_n(digest, n));
		peer_file("sig", buf_view(&sig));
		assert_int_equal(PEER_RUN("openssl", "pkeyutl", "-verify", "-pubin", "-inkey",
				     "tls.pub", "-in", "digest", "-sigfile", "sig"),
		    0);
	}
	buf_clear(&sig);
	/* Each key does its own work only. */
	assert_int_equal(privkey_tls_sign(k, 0, str_of_n(digest, 32), &sig), ERR_UNSUPPORTED);
	assert_int_equal(privkey_tls_sign(k, 2, str_of_n(digest, 32), &sig), ERR_UNSUPPORTED);
	assert_int_equal(privkey_tls_sign(peer->keys[LEAF], PRIVKEY_TLS_ECDSA_P256,
			     str_of_n(digest, 32), &sig),
	    ERR_UNSUPPORTED);
	assert_int_equal(sig.n, 0);
	buf_release(&sig);
	buf_release(&spki);
	privkey_free(k);
}

/* What a key on P-256 signs like an entry: ECDSA with SHA-256. */
static void
ecdsa_is_what_openssl_verifies(void **state)
{
	struct buf sig, spki;
	struct privkey *k;
	int i;

	(void)state;
	assert_int_equal(privkey_generate(PRIVKEY_P256, &k), 0);
	spki = peer_public(k);
	peer_file("leaf.spki", buf_view(&spki));
	assert_int_equal(PEER_RUN("openssl", "pkey", "-pubin", "-inform", "DER", "-in", "leaf.spki",
			     "-out", "leaf.pub"),
	    0);
	peer_file("blob", STR("#Timestamp=1790000060\n#Instance=i-0\nssh-ed25519 AAAA\n"));
	buf_init(&sig, PRIVKEY_MAX_SIGNATURE_BYTES);
	for (i = 0; i < 2; i++) {
		buf_clear(&sig);
		assert_int_equal(
		    privkey_sign(k, STR("#Timestamp=1790000060\n#Instance=i-0\nssh-ed25519 AAAA\n"),
			&sig),
		    0);
		assert_in_range(sig.n, 66, 72);
		peer_file("sig", buf_view(&sig));
		assert_int_equal(PEER_RUN("openssl", "dgst", "-sha256", "-verify", "leaf.pub",
				     "-signature", "sig", "blob"),
		    0);
	}
	assert_int_equal(PEER_RUN("openssl", "dgst", "-sha384", "-verify", "leaf.pub", "-signature",
			     "sig", "blob"),
	    1);
	/* As the stock scripts would ask: no, and nothing that they take for yes. */
	assert_int_not_equal(PEER_RUN("openssl", "dgst", "-sha256", "-sigopt",
				 "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32", "-verify",
				 "leaf.pub", "-signature", "sig", "blob"),
	    0);
	peer_file("blob", STR("#Timestamp=1790000061\n"));
	assert_int_equal(PEER_RUN("openssl", "dgst", "-sha256", "-verify", "leaf.pub", "-signature",
			     "sig", "blob"),
	    1);
	buf_release(&sig);
	buf_release(&spki);
	privkey_free(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_survive_der_and_pem),
		cmocka_unit_test(other_keys_are_refused),
		cmocka_unit_test(der_is_strict),
		cmocka_unit_test(pss_is_what_openssl_verifies),
		cmocka_unit_test(ecdsa_is_what_openssl_verifies),
		cmocka_unit_test(tls_signs_a_digest),
	};

	return cmocka_run_group_tests(tests, peer_setup, peer_teardown);
}
