/*
 * chain_test: tests that a good chain is accepted, and has, for every rule, a chain that breaks
 * only that rule.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scene.h"

/* ---- the leaf ---- */
static void
leaf_other_name(struct scene *s)
{
	s->name = "managed-ssh-signer.eu-west-2.amazonaws.com";
}
static void
leaf_name_is_prefix(struct scene *s)
{
	s->name = "managed-ssh-signer.eu-west-1.amazonaws.co";
}
static void
leaf_no_name(struct scene *s)
{
	s->name = "";
}
static void
leaf_cn_not_last(struct scene *s)
{
	X509 *x = x509_of(&s->der[0]);

	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "O", MBSTRING_ASC,
	    (const unsigned char *)"x", 1, -1, 0);
	der_set(&s->der[0], x, s->key[1], EVP_sha256());
}
static void
leaf_cn_twice(struct scene *s)
{
	X509 *x = x509_of(&s->der[0]);

	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
	    (const unsigned char *)"other", 5, 0, 0);
	der_set(&s->der[0], x, s->key[1], EVP_sha256());
}
static void
leaf_after_organisation(struct scene *s)
{
	X509 *x = x509_of(&s->der[0]);

	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "O", MBSTRING_ASC,
	    (const unsigned char *)"x", 1, 0, 0);
	der_set(&s->der[0], x, s->key[1], EVP_sha256());
}
static void
leaf_other_san(struct scene *s)
{
	reissue(s, 0, CERT_TLS_SERVER, PEER_NAME, "DNS:other.example");
}
static void
leaf_wildcard_san(struct scene *s)
{
	reissue(s, 0, CERT_TLS_SERVER, PEER_NAME, "DNS:*.eu-west-1.amazonaws.com");
}
static void
leaf_no_san(struct scene *s)
{
	X509 *x = x509_of(&s->der[0]);

	ext_drop(x, NID_subject_alt_name);
	der_set(&s->der[0], x, s->key[1], EVP_sha256());
}
static void
leaf_client_purpose(struct scene *s)
{
	X509 *x = x509_of(&s->der[0]);

	ext_set(x, NID_ext_key_usage, "clientAuth");
	der_set(&s->der[0], x, s->key[1], EVP_sha256());
}
static void
leaf_no_purpose(struct scene *s)
{
	X509 *x = x509_of(&s->der[0]);

	ext_drop(x, NID_ext_key_usage);
	der_set(&s->der[0], x, s->key[1], EVP_sha256());
}
static void
leaf_no_signing(struct scene *s)
{
	X509 *x = x509_of(&s->der[0]);

	ext_set(x, NID_key_usage, "critical,keyEncipherment");
	der_set(&s->der[0], x, s->key[1], EVP_sha256());
}
static void
leaf_no_usage(struct scene *s)
{
	X509 *x = x509_of(&s->der[0]);

	ext_drop(x, NID_key_usage);
	der_set(&s->der[0], x, s->key[1], EVP_sha256());
}
static void
leaf_that_is_ca(struct scene *s)
{
	X509 *x = x509_of(&s->der[0]);

	ext_set(x, NID_basic_constraints, "critical,CA:TRUE");
	ext_set(x, NID_key_usage, "critical,digitalSignature,keyCertSign");
	der_set(&s->der[0], x, s->key[1], EVP_sha256());
}
static void
leaf_that_is_ca_and_signs_none(struct scene *s)
{
	X509 *x = x509_of(&s->der[0]);

	ext_set(x, NID_basic_constraints, "critical,CA:TRUE");
	der_set(&s->der[0], x, s->key[1], EVP_sha256());
}
static void
leaf_that_signs_certificates(struct scene *s)
{
	X509 *x = x509_of(&s->der[0]);

	ext_set(x, NID_key_usage, "critical,digitalSignature,keyCertSign");
	der_set(&s->der[0], x, s->key[1], EVP_sha256());
}
static void
leaf_silent_about_ca(struct scene *s)
{
	X509 *x = x509_of(&s->der[0]);

	ext_drop(x, NID_basic_constraints);
	der_set(&s->der[0], x, s->key[1], EVP_sha256());
}
static void
leaf_two_purposes(struct scene *s)
{
	X509 *x = x509_of(&s->der[0]);

	ext_set(x, NID_ext_key_usage, "serverAuth,clientAuth");
	der_set(&s->der[0], x, s->key[1], EVP_sha256());
}
static void
leaf_no_authority_id(struct scene *s)
{
	X509 *x = x509_of(&s->der[0]);

	ext_drop(x, NID_authority_key_identifier);
	der_set(&s->der[0], x, s->key[1], EVP_sha256());
}
static void
leaf_by_sha1(struct scene *s)
{
	der_set(&s->der[0], x509_of(&s->der[0]), s->key[1], EVP_sha1());
}
static void
leaf_unknown_critical(struct scene *s)
{
	X509 *x = x509_of(&s->der[0]);

	ext_set(x, NID_netscape_comment, "critical,DER:0C0161");
	der_set(&s->der[0], x, s->key[1], EVP_sha256());
}
static void
leaf_by_itself(struct scene *s)
{
	der_set(&s->der[0], x509_of(&s->der[0]), s->key[0], EVP_sha256());
}
static void
leaf_with_ec_key(struct scene *s)
{
	X509 *x = x509_of(&s->der[0]);
	EVP_PKEY *ec = EVP_EC_gen("P-384");

	X509_set_pubkey(x, ec);
	EVP_PKEY_free(ec);
	der_set(&s->der[0], x, s->key[1], EVP_sha256());
}
static void
leaf_with_short_key(struct scene *s)
{
	X509 *x = x509_of(&s->der[0]);
	EVP_PKEY *rsa = EVP_RSA_gen(1024);

	X509_set_pubkey(x, rsa);
	EVP_PKEY_free(rsa);
	der_set(&s->der[0], x, s->key[1], EVP_sha256());
}
static void
leaf_flipped_signature(struct scene *s)
{
	s->der[0].p[s->der[0].n - 1] ^= 1;
}

/* ---- the others ---- */
static void
ca_flipped_signature(struct scene *s)
{
	s->der[1].p[s->der[1].n - 1] ^= 1;
}
static void
ca_soft_constraints(struct scene *s)
{
	X509 *x = x509_of(&s->der[1]);

	ext_set(x, NID_basic_constraints, "CA:TRUE");
	der_set(&s->der[1], x, s->key[2], EVP_sha256());
}
static void
ca_is_none(struct scene *s)
{
	X509 *x = x509_of(&s->der[1]);

	ext_set(x, NID_basic_constraints, "critical,CA:FALSE");
	der_set(&s->der[1], x, s->key[2], EVP_sha256());
}
static void
ca_no_usage(struct scene *s)
{
	X509 *x = x509_of(&s->der[1]);

	ext_drop(x, NID_key_usage);
	der_set(&s->der[1], x, s->key[2], EVP_sha256());
}
static void
ca_may_not_sign(struct scene *s)
{
	X509 *x = x509_of(&s->der[1]);

	ext_set(x, NID_key_usage, "critical,cRLSign");
	der_set(&s->der[1], x, s->key[2], EVP_sha256());
}
static void
ca_no_subject_id(struct scene *s)
{
	X509 *x = x509_of(&s->der[1]);

	ext_drop(x, NID_subject_key_identifier);
	der_set(&s->der[1], x, s->key[2], EVP_sha256());
}
/* The same name, another key. */
static void
ca_twin(struct scene *s)
{
	s->key[1] = s->key[0];
	reissue(s, 1, CERT_INTERMEDIATE, "openeic-intermediate-ca-1", "");
}
static void
ca_stranger(struct scene *s)
{
	reissue(s, 1, CERT_INTERMEDIATE, "openeic-intermediate-ca-2", "");
}
static void
root_stranger(struct scene *s)
{
	buf_release(&s->root);
	s->root = peer_issue(s->key[0], STR(""), CERT_ROOT, "openeic-root-ca-1", "", s->key[0]);
}
static void
root_garbage(struct scene *s)
{
	buf_clear(&s->root);
}
static void
root_bad_pem(struct scene *s)
{
	buf_clear(&s->root);
	buf_c(&s->root, "-----BEGIN CERTIFICATE-----\n");
}
/* Pins n certificates in PEM, number at of which is the root; the others are strangers. */
static void
pin(struct scene *s, size_t n, size_t at)
{
	struct buf other =
	    peer_issue(s->key[0], STR(""), CERT_ROOT, "openeic-root-ca-2", "", s->key[0]);
	size_t i;

	buf_release(&s->root);
	buf_init(&s->root, 8 * CERT_MAX_DER_BYTES);
	for (i = 0; i < n; i++)
		pem_write(&s->root, "CERTIFICATE", buf_view(i == at ? &s->der[2] : &other));
	buf_release(&other);
}
/* While the root is changed, hosts pin the one in use and the next one (decision 0056). */
static void
root_first_of_two(struct scene *s)
{
	pin(s, 2, 0);
}
static void
root_second_of_two(struct scene *s)
{
	pin(s, 2, 1);
}
static void
root_last_of_four(struct scene *s)
{
	pin(s, CHAIN_MAX_ROOTS, CHAIN_MAX_ROOTS - 1);
}
static void
root_first_of_five(struct scene *s)
{
	pin(s, CHAIN_MAX_ROOTS + 1, 0);
}
static void
root_of_none_of_two(struct scene *s)
{
	pin(s, 2, 2);
}
/* A file of which one part is no certificate is not taken for its good parts. */
static void
root_and_a_key(struct scene *s)
{
	pin(s, 1, 0);
	pem_write(&s->root, "PRIVATE KEY", STR("x"));
}
static void
root_and_text(struct scene *s)
{
	pin(s, 2, 0);
	buf_c(&s->root, "the next one\n");
}
/* An intermediate that somebody put there would do as a root; but the chain ends above it. */
static void
root_intermediate(struct scene *s)
{
	buf_clear(&s->root);
	buf_str(&s->root, buf_view(&s->der[1]));
}
static void
root_as_pem(struct scene *s)
{
	buf_clear(&s->root);
	pem_write(&s->root, "CERTIFICATE", buf_view(&s->der[2]));
}
/* The root that is presented and pinned does not parse. */
static void
root_cut(struct scene *s)
{
	s->root.n--;
	s->der[2].n--;
	s->plan[1].missing = true;
}

/* ---- the row of certificates ---- */
static void
swap_first_two(struct scene *s)
{
	struct buf der = s->der[0];

	s->der[0] = s->der[1];
	s->der[1] = der;
	s->plan[0].missing = s->plan[1].missing = true;
}
static void
swap_last_two(struct scene *s)
{
	struct buf der = s->der[2];

	s->der[2] = s->der[1];
	s->der[1] = der;
	s->plan[0].missing = s->plan[1].missing = true;
}
static void
leaf_alone(struct scene *s)
{
	s->n = 1;
}
static void
root_left_out(struct scene *s)
{
	s->n = 2;
}
/* leaf <- root: two are enough. */
static void
leaf_by_root(struct scene *s)
{
	struct buf der = s->der[1];

	s->der[1] = s->der[2];
	s->der[2] = der;
	s->key[1] = s->key[2];
	s->n = 2;
	reissue(s, 0, CERT_SIGNER, PEER_NAME, "");
}
/* A chain that is whole, below the authority of the API's server instead of the root (decision
 * 0056): a thief of its key can be the API, but signs no login. */
static void
leaf_by_the_apis_authority(struct scene *s)
{
	buf_release(&s->der[1]);
	s->der[1] = peer_issue(s->key[1], STR(""), CERT_ROOT, "openeic-api-ca-1", "", s->key[1]);
	s->n = 2;
	reissue(s, 0, CERT_SIGNER, PEER_NAME, "");
}
/* A CA below one that may have none below it. */
static void
four_past_path_length(struct scene *s)
{
	s->key[3] = s->key[2];
	buf_str(&s->der[3], buf_view(&s->der[2]));
	s->key[2] = s->key[1];
	reissue(s, 2, CERT_INTERMEDIATE, "openeic-intermediate-ca-2", "");
	s->key[1] = s->key[0];
	reissue(s, 1, CERT_INTERMEDIATE, "openeic-intermediate-ca-3", "");
	reissue(s, 0, CERT_SIGNER, PEER_NAME, "");
	s->n = 4;
}
static void
five(struct scene *s)
{
	buf_str(&s->der[3], buf_view(&s->der[2]));
	buf_str(&s->der[4], buf_view(&s->der[2]));
	s->plan[2].missing = s->plan[3].missing = true;
	s->n = 5;
}
/* The intermediate twice: a path without the second copy would be good. */
static void
one_too_many(struct scene *s)
{
	s->key[3] = s->key[2];
	buf_str(&s->der[3], buf_view(&s->der[2]));
	s->key[2] = s->key[1];
	buf_clear(&s->der[2]);
	buf_str(&s->der[2], buf_view(&s->der[1]));
	s->plan[1].missing = true;
	s->n = 4;
}

/* One that bears the root's own name, which a path does not need: the names are in
 * order, but it is not what was presented that verifies. */
static void
namesake_of_root(struct scene *s)
{
	s->key[3] = s->key[2];
	buf_str(&s->der[3], buf_view(&s->der[2]));
	s->key[2] = s->key[0];
	reissue(s, 2, CERT_INTERMEDIATE, "openeic-root-ca-1", "");
	s->n = 4;
}

/* ---- time ---- */
static void
before_all(struct scene *s)
{
	s->now_s = PEER_NOW - DAY - 1;
}
static void
first_second(struct scene *s)
{
	s->now_s = PEER_NOW - DAY;
	s->plan[0].this_update_s = s->plan[1].this_update_s = s->now_s;
}
static void
last_second(struct scene *s)
{
	s->now_s = PEER_NOW + 30 * DAY - 1; /* OpenSSL: expired from notAfter on */
	s->plan[0].next_update_s = s->plan[1].next_update_s = s->now_s;
}
static void
after_leaf(struct scene *s)
{
	last_second(s);
	s->now_s++;
}

/* ---- staples ---- */
static void
staple_missing_leaf(struct scene *s)
{
	s->plan[0].missing = true;
}
static void
staple_missing_ca(struct scene *s)
{
	s->plan[1].missing = true;
}
static void
staple_lower_case(struct scene *s)
{
	s->plan[0].lower_case = true;
}
static void
staple_garbage(struct scene *s)
{
	s->plan[0].garbage = true;
}
static void
staple_trailing(struct scene *s)
{
	s->plan[1].trailing = true;
}
static void
staple_unsuccessful(struct scene *s)
{
	s->plan[0].unsuccessful = true;
}
static void
staple_by_root(struct scene *s)
{
	s->plan[0].signer = 2;
}
static void
staple_by_leaf(struct scene *s)
{
	s->plan[0].signer = 0;
	s->plan[0].embed = true;
}
static void
staple_by_leaf_for_ca(struct scene *s)
{
	s->plan[1].signer = 0;
	s->plan[1].embed = true;
}
static void
staple_with_certs(struct scene *s)
{
	s->plan[0].embed = true;
}
static void
staple_of_other(struct scene *s)
{
	s->plan[0].subject = 1;
}
static void
staple_sha256_id(struct scene *s)
{
	s->plan[0].sha256_id = true;
}
static void
staple_twice(struct scene *s)
{
	s->plan[0].twice = true;
}
static void
staple_revoked(struct scene *s)
{
	s->plan[0].status = V_OCSP_CERTSTATUS_REVOKED;
}
static void
staple_revoked_ca(struct scene *s)
{
	s->plan[1].status = V_OCSP_CERTSTATUS_REVOKED;
}
static void
staple_unknown(struct scene *s)
{
	s->plan[0].status = V_OCSP_CERTSTATUS_UNKNOWN;
}
static void
staple_just_future(struct scene *s)
{
	s->plan[0].this_update_s = PEER_NOW + CHAIN_SKEW_S;
}
static void
staple_future(struct scene *s)
{
	s->plan[0].this_update_s = PEER_NOW + CHAIN_SKEW_S + 1;
}
static void
staple_just_stale(struct scene *s)
{
	s->plan[1].next_update_s = PEER_NOW - CHAIN_SKEW_S;
}
static void
staple_stale(struct scene *s)
{
	s->plan[1].next_update_s = PEER_NOW - CHAIN_SKEW_S - 1;
}
static void
staple_endless(struct scene *s)
{
	s->plan[0].next_update_s = 0;
}

static void
nothing(struct scene *s)
{
	(void)s;
}

#define ROW(fn, want) \
	{ \
#fn, fn, want \
	}
static const struct {
	const char *label;
	void (*spoil)(struct scene *s);
	enum chain_fault want;
} rows[] = {
	ROW(nothing, CHAIN_OK),
	ROW(leaf_after_organisation, CHAIN_OK),
	ROW(leaf_by_root, CHAIN_OK),
	ROW(root_as_pem, CHAIN_OK),
	ROW(root_first_of_two, CHAIN_OK),
	ROW(root_second_of_two, CHAIN_OK),
	ROW(root_last_of_four, CHAIN_OK),
	ROW(first_second, CHAIN_OK),
	ROW(last_second, CHAIN_OK),
	ROW(staple_just_future, CHAIN_OK),
	ROW(staple_just_stale, CHAIN_OK),
	ROW(staple_with_certs, CHAIN_OK),
	ROW(leaf_other_name, CHAIN_NAME),
	ROW(leaf_name_is_prefix, CHAIN_NAME),
	ROW(leaf_no_name, CHAIN_NAME),
	ROW(leaf_cn_not_last, CHAIN_NAME),
	ROW(leaf_cn_twice, CHAIN_NAME),
	ROW(leaf_other_san, CHAIN_SAN),
	ROW(leaf_wildcard_san, CHAIN_SAN),
	ROW(leaf_no_san, CHAIN_SAN),
	ROW(leaf_client_purpose, CHAIN_PURPOSE),
	ROW(leaf_no_purpose, CHAIN_PURPOSE),
	ROW(leaf_no_signing, CHAIN_PURPOSE),
	ROW(leaf_no_usage, CHAIN_PURPOSE),
	ROW(leaf_that_is_ca, CHAIN_PURPOSE),
	ROW(leaf_that_is_ca_and_signs_none, CHAIN_PURPOSE),
	ROW(leaf_that_signs_certificates, CHAIN_PURPOSE),
	ROW(leaf_silent_about_ca, CHAIN_PURPOSE),
	ROW(leaf_two_purposes, CHAIN_PURPOSE),
	ROW(leaf_no_authority_id, CHAIN_STRICT),
	ROW(leaf_by_sha1, CHAIN_STRICT),
	ROW(leaf_unknown_critical, CHAIN_STRICT),
	ROW(leaf_by_itself, CHAIN_SIGNATURE),
	ROW(leaf_with_ec_key, CHAIN_KEY),
	ROW(leaf_with_short_key, CHAIN_KEY),
	ROW(leaf_flipped_signature, CHAIN_SIGNATURE),
	ROW(ca_flipped_signature, CHAIN_SIGNATURE),
	ROW(ca_soft_constraints, CHAIN_STRICT),
	ROW(ca_is_none, CHAIN_STRICT),
	ROW(ca_no_usage, CHAIN_STRICT),
	ROW(ca_may_not_sign, CHAIN_STRICT),
	ROW(ca_no_subject_id, CHAIN_STRICT),
	ROW(ca_twin, CHAIN_ORDER),
	ROW(ca_stranger, CHAIN_ORDER),
	ROW(root_stranger, CHAIN_NOT_PINNED),
	ROW(root_garbage, CHAIN_BAD_ROOT),
	ROW(root_bad_pem, CHAIN_BAD_ROOT),
	ROW(root_first_of_five, CHAIN_BAD_ROOT),
	ROW(root_of_none_of_two, CHAIN_NOT_PINNED),
	ROW(root_and_a_key, CHAIN_BAD_ROOT),
	ROW(root_and_text, CHAIN_BAD_ROOT),
	ROW(root_intermediate, CHAIN_NOT_PINNED),
	ROW(root_cut, CHAIN_BAD_CERT),
	ROW(swap_first_two, CHAIN_NAME),
	ROW(swap_last_two, CHAIN_NOT_PINNED),
	ROW(leaf_alone, CHAIN_LENGTH),
	ROW(root_left_out, CHAIN_NOT_PINNED),
	ROW(leaf_by_the_apis_authority, CHAIN_NOT_PINNED),
	ROW(four_past_path_length, CHAIN_STRICT),
	ROW(five, CHAIN_LENGTH),
	ROW(one_too_many, CHAIN_ORDER),
	ROW(namesake_of_root, CHAIN_ORDER),
	ROW(before_all, CHAIN_NOT_YET),
	ROW(after_leaf, CHAIN_EXPIRED),
	ROW(staple_missing_leaf, CHAIN_STAPLE_MISSING),
	ROW(staple_missing_ca, CHAIN_STAPLE_MISSING),
	ROW(staple_lower_case, CHAIN_STAPLE_MISSING),
	ROW(staple_garbage, CHAIN_STAPLE_BAD),
	ROW(staple_trailing, CHAIN_STAPLE_BAD),
	ROW(staple_unsuccessful, CHAIN_STAPLE_BAD),
	ROW(staple_by_root, CHAIN_STAPLE_SIGNER),
	ROW(staple_by_leaf, CHAIN_STAPLE_SIGNER),
	ROW(staple_by_leaf_for_ca, CHAIN_STAPLE_SIGNER),
	ROW(staple_of_other, CHAIN_STAPLE_OTHER),
	ROW(staple_sha256_id, CHAIN_STAPLE_OTHER),
	ROW(staple_twice, CHAIN_STAPLE_OTHER),
	ROW(staple_revoked, CHAIN_STAPLE_STATUS),
	ROW(staple_revoked_ca, CHAIN_STAPLE_STATUS),
	ROW(staple_unknown, CHAIN_STAPLE_STATUS),
	ROW(staple_future, CHAIN_STAPLE_FUTURE),
	ROW(staple_stale, CHAIN_STAPLE_STALE),
	ROW(staple_endless, CHAIN_STAPLE_STALE),
};

static void
each_rule_refuses(void **state)
{
	struct chain_input in;
	struct scene s;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scene_init(&s, *state);
		rows[i].spoil(&s);
		pem_build(&s);
		if (rows[i].want == CHAIN_OK || rows[i].want >= CHAIN_STAPLE_MISSING)
			staples_build(&s);
		in = scene_input(&s);
		expect(&in, rows[i].want, rows[i].label);
		scene_release(&s);
	}
}

static void
faults_have_texts(void **state)
{
	int i;

	(void)state;
	for (i = CHAIN_OK; i <= CHAIN_STAPLE_STALE; i++)
		assert_string_not_equal(chain_fault_text((enum chain_fault)i), "unknown fault");
	assert_string_equal(chain_fault_text((enum chain_fault)i), "unknown fault");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_refuses),
		cmocka_unit_test(faults_have_texts),
	};

	return cmocka_run_group_tests(tests, peer_setup, peer_teardown);
}
