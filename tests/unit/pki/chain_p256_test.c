/*
 * chain_p256_test: a signer on P-256: its chain, under the same rules as one of RSA, and
 * the one algorithm that its entries may have.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include "scene.h"

#define BLOB STR("#Timestamp=1790000060\n#Instance=i-0\nssh-ed25519 AAAA a@b\n")

/* Puts a key in the place of the leaf's; the certificate is signed by the intermediate. */
static void
leaf_key_set(struct scene *s, EVP_PKEY *key)
{
	X509 *x = x509_of(&s->der[0]);

	assert_non_null(key);
	assert_int_equal(X509_set_pubkey(x, key), 1);
	EVP_PKEY_free(key);
	der_set(&s->der[0], x, s->key[1], EVP_sha256());
}

/* A scene whose leaf is issued as keyd does it; the key is the caller's to free. */
static struct privkey *
p256_scene(struct scene *s, struct peer *peer)
{
	struct privkey *k;

	scene_init(s, peer);
	assert_int_equal(privkey_generate(PRIVKEY_P256, &k), 0);
	s->key[0] = k;
	reissue(s, 0, CERT_SIGNER, PEER_NAME, "");
	return k;
}

static struct chain *
verified(struct scene *s)
{
	enum chain_fault fault;
	struct chain_input in;
	struct chain *c;

	pem_build(s);
	staples_build(s);
	in = scene_input(s);
	assert_int_equal(chain_verify(&in, &c, &fault), 0);
	assert_int_equal(fault, CHAIN_OK);
	return c;
}

/* ---- the chain ---- */

static void
as_it_is(struct scene *s)
{
	(void)s;
}
static void
other_name(struct scene *s)
{
	reissue(s, 0, CERT_SIGNER, "managed-ssh-signer.eu-west-2.amazonaws.com", "");
}
static void
for_agents(struct scene *s)
{
	reissue(s, 0, CERT_AGENT_CLIENT, PEER_NAME, "");
}
static void
without_usage(struct scene *s)
{
	X509 *x = x509_of(&s->der[0]);

	ext_drop(x, NID_key_usage);
	der_set(&s->der[0], x, s->key[1], EVP_sha256());
}
static void
by_sha1(struct scene *s)
{
	der_set(&s->der[0], x509_of(&s->der[0]), s->key[1], EVP_sha1());
}
static void
expired(struct scene *s)
{
	s->now_s = PEER_NOW + 30 * DAY;
	s->plan[0].next_update_s = s->plan[1].next_update_s = s->now_s;
}
static void
not_yet(struct scene *s)
{
	s->now_s = PEER_NOW - DAY - 1;
}
static void
revoked(struct scene *s)
{
	s->plan[0].status = V_OCSP_CERTSTATUS_REVOKED;
}
static void
unstapled(struct scene *s)
{
	s->plan[0].missing = true;
}
/* The issuer signs responses, never the leaf itself, whatever its kind. */
static void
stapled_by_itself(struct scene *s)
{
	s->plan[0].signer = 0;
	s->plan[0].embed = true;
}
/* The response is about the RSA signer, under the name of this one. */
static void
stapled_for_the_other(struct scene *s)
{
	buf_str(&s->der[3], buf_view(&s->peer->certs[LEAF]));
	s->plan[0].subject = 3;
}
static void
on_p384(struct scene *s)
{
	leaf_key_set(s, EVP_EC_gen("P-384"));
}
static void
on_p521(struct scene *s)
{
	leaf_key_set(s, EVP_EC_gen("P-521"));
}
/* 256 bits, but another curve. */
static void
on_secp256k1(struct scene *s)
{
	leaf_key_set(s, EVP_EC_gen("secp256k1"));
}
static void
on_ed25519(struct scene *s)
{
	leaf_key_set(s, EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
}
/* An RSA key that may only make PSS is another type of key. */
static void
on_rsa_pss(struct scene *s)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
	EVP_PKEY *key = NULL;

	assert_int_equal(EVP_PKEY_keygen_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048), 1);
	assert_int_equal(EVP_PKEY_generate(ctx, &key), 1);
	EVP_PKEY_CTX_free(ctx);
	leaf_key_set(s, key);
}
/* P-256 by its numbers instead of its name. */
static void
on_explicit_p256(struct scene *s)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");

	assert_int_equal(EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING,
			     OSSL_PKEY_EC_ENCODING_EXPLICIT),
	    1);
	leaf_key_set(s, key);
}

/* The certificate of the API's TLS key, for which a thief would even have a good response: below
 * the pinned root, on P-256, for servers, and with the signer's name among its own. */
static void
of_the_server(struct scene *s)
{
	struct buf der = s->der[1];

	s->der[1] = s->der[2];
	s->der[2] = der;
	s->key[1] = s->key[2];
	s->n = 2;
	reissue(s, 0, CERT_TLS_SERVER, "openeic-api", "DNS:" PEER_NAME);
}

static void
the_rules_of_a_chain_hold(void **state)
{
#define ROW(fn, want) \
	{ \
#fn, fn, want \
	}
	static const struct {
		const char *name;
		void (*spoil)(struct scene *s);
		enum chain_fault want;
	} rows[] = {
		ROW(as_it_is, CHAIN_OK),
		ROW(other_name, CHAIN_NAME),
		ROW(for_agents, CHAIN_PURPOSE),
		ROW(of_the_server, CHAIN_NAME),
		ROW(without_usage, CHAIN_PURPOSE),
		ROW(by_sha1, CHAIN_STRICT),
		ROW(expired, CHAIN_EXPIRED),
		ROW(not_yet, CHAIN_NOT_YET),
		ROW(revoked, CHAIN_STAPLE_STATUS),
		ROW(unstapled, CHAIN_STAPLE_MISSING),
		ROW(stapled_by_itself, CHAIN_STAPLE_SIGNER),
		ROW(stapled_for_the_other, CHAIN_STAPLE_OTHER),
		ROW(on_p384, CHAIN_KEY),
		ROW(on_p521, CHAIN_KEY),
		ROW(on_secp256k1, CHAIN_KEY),
		ROW(on_ed25519, CHAIN_KEY),
		ROW(on_rsa_pss, CHAIN_KEY),
		ROW(on_explicit_p256, CHAIN_STRICT),
	};
#undef ROW
	struct chain_input in;
	struct privkey *k;
	struct scene s;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		k = p256_scene(&s, *state);
		rows[i].spoil(&s);
		pem_build(&s);
		staples_build(&s);
		in = scene_input(&s);
		expect(&in, rows[i].want, rows[i].name);
		scene_release(&s);
		privkey_free(k);
	}
}

/* ---- entries ---- */

/* An ECDSA signature of BLOB, with a digest of the caller's. */
static struct buf
foreign_sign(struct privkey *k, const EVP_MD *md)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct buf out;
	size_t n = 512;

	assert_int_equal(EVP_DigestSignInit(ctx, NULL, md, NULL, privkey_evp(k)), 1);
	buf_init(&out, 512);
	assert_int_equal(EVP_DigestSign(ctx, (unsigned char *)buf_reserve(&out, n), &n,
			     (const unsigned char *)BLOB.p, BLOB.n),
	    1);
	buf_commit(&out, n);
	EVP_MD_CTX_free(ctx);
	return out;
}

static void
only_whole_signatures_of_the_leaf(void **state)
{
	struct buf sig, text;
	struct privkey *k, *other;
	struct chain *c;
	struct scene s;
	size_t i;

	k = p256_scene(&s, *state);
	c = verified(&s);
	scene_release(&s); /* the chain stands alone */
	buf_init(&sig, PRIVKEY_MAX_SIGNATURE_BYTES);
	buf_init(&text, 200);
	buf_str(&text, BLOB);
	assert_int_equal(privkey_sign(k, BLOB, &sig), 0);
	assert_int_equal(chain_blob_verify(c, buf_view(&text), buf_view(&sig)), 0);
	for (i = 0; i < text.n; i++) {
		text.p[i] ^= 1;
		assert_int_equal(chain_blob_verify(c, buf_view(&text), buf_view(&sig)), ERR_CRYPTO);
		text.p[i] ^= 1;
	}
	for (i = 0; i < sig.n; i++) {
		sig.p[i] ^= 1;
		assert_int_equal(chain_blob_verify(c, BLOB, buf_view(&sig)), ERR_CRYPTO);
		sig.p[i] ^= 1;
		assert_int_equal(chain_blob_verify(c, BLOB, str_head(buf_view(&sig), i)),
		    ERR_CRYPTO);
	}
	buf_ch(&sig, '\0');
	assert_int_equal(chain_blob_verify(c, BLOB, buf_view(&sig)), ERR_CRYPTO);
	buf_clear(&sig);
	assert_int_equal(privkey_generate(PRIVKEY_P256, &other), 0);
	assert_int_equal(privkey_sign(other, BLOB, &sig), 0);
	assert_int_equal(chain_blob_verify(c, BLOB, buf_view(&sig)), ERR_CRYPTO);
	buf_release(&sig);
	sig = foreign_sign(k, EVP_sha256());
	assert_int_equal(chain_blob_verify(c, BLOB, buf_view(&sig)), 0);
	buf_release(&sig);
	sig = foreign_sign(k, EVP_sha384());
	assert_int_equal(chain_blob_verify(c, BLOB, buf_view(&sig)), ERR_CRYPTO);
	buf_release(&sig);
	buf_release(&text);
	privkey_free(other);
	privkey_free(k);
	chain_free(c);
}

/* The two numbers of a good signature in encodings that are not DER, bare, and numbers that
 * no signature has. */
static void
only_der_and_only_numbers_in_range(void **state)
{
	const unsigned char *p;
	unsigned char raw[64], der[80];
	const BIGNUM *r, *t;
	struct privkey *k;
	struct chain *c;
	struct buf sig;
	struct scene s;
	ECDSA_SIG *v;
	size_t n;

	k = p256_scene(&s, *state);
	c = verified(&s);
	scene_release(&s);
	buf_init(&sig, PRIVKEY_MAX_SIGNATURE_BYTES);
	assert_int_equal(privkey_sign(k, BLOB, &sig), 0);
	p = (const unsigned char *)sig.p;
	v = d2i_ECDSA_SIG(NULL, &p, (long)sig.n);
	assert_non_null(v);
	ECDSA_SIG_get0(v, &r, &t);
	/* r and s side by side (P1363). */
	assert_int_equal(BN_bn2binpad(r, raw, 32), 32);
	assert_int_equal(BN_bn2binpad(t, raw + 32, 32), 32);
	assert_int_equal(chain_blob_verify(c, BLOB, str_of_n(raw, sizeof(raw))), ERR_CRYPTO);
	/* The length of the whole in two bytes (BER). */
	assert_int_equal((uint8_t)sig.p[1], sig.n - 2);
	memcpy(der, "\x30\x81", 2);
	memcpy(der + 2, sig.p + 1, sig.n - 1);
	assert_int_equal(chain_blob_verify(c, BLOB, str_of_n(der, sig.n + 1)), ERR_CRYPTO);
	/* r with a zero in front that it does not need. */
	n = (size_t)sig.p[3];
	der[0] = 0x30;
	der[1] = (unsigned char)(sig.n - 1);
	der[2] = 0x02;
	der[3] = (unsigned char)(n + 1);
	der[4] = 0;
	memcpy(der + 5, sig.p + 4, sig.n - 4);
	assert_int_equal(chain_blob_verify(c, BLOB, str_of_n(der, sig.n + 1)), ERR_CRYPTO);
	/* (0, 0), (1, 0), (-1, 1), nothing. */
	assert_int_equal(chain_blob_verify(c, BLOB, STR("\x30\x06\x02\x01\x00\x02\x01\x00")),
	    ERR_CRYPTO);
	assert_int_equal(chain_blob_verify(c, BLOB, STR("\x30\x06\x02\x01\x01\x02\x01\x00")),
	    ERR_CRYPTO);
	assert_int_equal(chain_blob_verify(c, BLOB, STR("\x30\x06\x02\x01\xff\x02\x01\x01")),
	    ERR_CRYPTO);
	assert_int_equal(chain_blob_verify(c, BLOB, STR("\x30\x00")), ERR_CRYPTO);
	assert_int_equal(chain_blob_verify(c, BLOB, STR("")), ERR_CRYPTO);
	ECDSA_SIG_free(v);
	buf_release(&sig);
	privkey_free(k);
	chain_free(c);
}

/* Two signers of one name under one issuer: what one signed is nothing under the other's
 * chain, and no RSA signature is one of a leaf on P-256. */
static void
kinds_do_not_stand_for_each_other(void **state)
{
	struct peer *peer = *state;
	struct scene rsa_scene, p256;
	struct chain *rsa, *ec;
	struct buf rsa_sig, ec_sig, ca_sig;
	struct privkey *k;

	scene_init(&rsa_scene, peer);
	rsa = verified(&rsa_scene);
	k = p256_scene(&p256, peer);
	ec = verified(&p256);
	buf_init(&rsa_sig, PRIVKEY_MAX_SIGNATURE_BYTES);
	buf_init(&ec_sig, PRIVKEY_MAX_SIGNATURE_BYTES);
	buf_init(&ca_sig, PRIVKEY_MAX_SIGNATURE_BYTES);
	assert_int_equal(privkey_sign(peer->keys[LEAF], BLOB, &rsa_sig), 0);
	assert_int_equal(privkey_sign(k, BLOB, &ec_sig), 0);
	assert_int_equal(privkey_sign(peer->keys[INTERMEDIATE], BLOB, &ca_sig), 0);
	assert_int_equal(chain_blob_verify(rsa, BLOB, buf_view(&rsa_sig)), 0);
	assert_int_equal(chain_blob_verify(ec, BLOB, buf_view(&ec_sig)), 0);
	assert_int_equal(chain_blob_verify(rsa, BLOB, buf_view(&ec_sig)), ERR_CRYPTO);
	assert_int_equal(chain_blob_verify(ec, BLOB, buf_view(&rsa_sig)), ERR_CRYPTO);
	assert_int_equal(chain_blob_verify(ec, BLOB, buf_view(&ca_sig)), ERR_CRYPTO);
	buf_release(&ca_sig);
	buf_release(&ec_sig);
	buf_release(&rsa_sig);
	chain_free(ec);
	chain_free(rsa);
	scene_release(&p256);
	scene_release(&rsa_scene);
	privkey_free(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rules_of_a_chain_hold),
		cmocka_unit_test(only_whole_signatures_of_the_leaf),
		cmocka_unit_test(only_der_and_only_numbers_in_range),
		cmocka_unit_test(kinds_do_not_stand_for_each_other),
	};

	return cmocka_run_group_tests(tests, peer_setup, peer_teardown);
}
