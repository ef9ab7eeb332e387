/*
 * chain_test: a good chain is good, and every rule has a chain that breaks it
 * alone. Odd certificates and staples are made with OpenSSL directly: the room's
 * own writers refuse to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "codec/pem.h"
#include "peer.h"
#include "pki/cert_name.h"
#include "pki/chain.h"

#define MAX_CERTS (CHAIN_MAX_CERTS + 1)

/* How the staple of one certificate is made. */
struct staple_plan {
	bool missing, garbage, twice, lower_case, embed, trailing, unsuccessful;
	bool sha256_id;
	int status;		/* V_OCSP_CERTSTATUS_* */
	size_t signer, subject;	/* index of a certificate */
	int64_t this_update_s, next_update_s;	/* next 0: absent */
};

/* What is presented: described, then spoiled, then built. */
struct scene {
	struct peer *peer;
	struct buf der[MAX_CERTS];
	struct privkey *key[MAX_CERTS];
	size_t n;
	struct staple_plan plan[MAX_CERTS];
	struct buf pem, root;
	const char *name;
	int64_t now_s;
	/* built */
	struct buf staple_der[MAX_CERTS];
	char staple_name[MAX_CERTS][41];
	struct chain_staple staples[MAX_CERTS];
	size_t n_staples;
};

static void
scene_init(struct scene *s, struct peer *peer)
{
	static const int order[] = { LEAF, INTERMEDIATE, ROOT };
	size_t i;

	*s = (struct scene){ .peer = peer, .n = 3, .name = PEER_NAME, .now_s = PEER_NOW };
	for (i = 0; i < MAX_CERTS; i++) {
		buf_init(&s->der[i], CERT_MAX_DER_BYTES);
		buf_init(&s->staple_der[i], 8192);
		s->plan[i] = (struct staple_plan){ .status = V_OCSP_CERTSTATUS_GOOD,
			.signer = i + 1, .subject = i, .this_update_s = PEER_NOW - 60,
			.next_update_s = PEER_NOW + 3600 };
	}
	for (i = 0; i < 3; i++) {
		s->key[i] = peer->keys[order[i]];
		buf_str(&s->der[i], buf_view(&peer->certs[order[i]]));
	}
	buf_init(&s->pem, 2 * CHAIN_MAX_PEM_BYTES);
	buf_init(&s->root, CERT_MAX_DER_BYTES);
	buf_str(&s->root, buf_view(&peer->certs[ROOT]));
}

static void
scene_release(struct scene *s)
{
	size_t i;

	for (i = 0; i < MAX_CERTS; i++) {
		buf_release(&s->der[i]);
		buf_release(&s->staple_der[i]);
	}
	buf_release(&s->pem);
	buf_release(&s->root);
}

static X509 *
x509_of(const struct buf *der)
{
	const unsigned char *p = (const unsigned char *)der->p;
	X509 *x = d2i_X509(NULL, &p, (long)der->n);

	assert_non_null(x);
	return x;
}

/* Puts x, signed by key, in the place of a certificate; frees x. */
static void
der_set(struct buf *der, X509 *x, struct privkey *key, const EVP_MD *md)
{
	unsigned char *p = NULL;
	int n;

	assert_true(X509_sign(x, privkey_evp(key), md) > 0);
	n = i2d_X509(x, &p);
	assert_true(n > 0);
	buf_clear(der);
	buf_add(der, p, (size_t)n);
	OPENSSL_free(p);
	X509_free(x);
}

static void
ext_drop(X509 *x, int nid)
{
	X509_EXTENSION *ext = X509_delete_ext(x, X509_get_ext_by_NID(x, nid, -1));

	assert_non_null(ext);
	X509_EXTENSION_free(ext);
}

static void
ext_set(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	if (X509_get_ext_by_NID(x, nid, -1) >= 0)
		ext_drop(x, nid);
	assert_non_null(ext);
	assert_int_equal(X509_add_ext(x, ext, -1), 1);
	X509_EXTENSION_free(ext);
}

static void
staple_build(struct scene *s, size_t i)
{
	const struct staple_plan *plan = &s->plan[i];
	X509 *subject = x509_of(&s->der[plan->subject]), *issuer = x509_of(&s->der[i + 1]);
	X509 *signer = x509_of(&s->der[plan->signer]);
	ASN1_TIME *this_update = ASN1_GENERALIZEDTIME_set(NULL, (time_t)plan->this_update_s);
	ASN1_TIME *next_update = plan->next_update_s == 0 ?
	    NULL : ASN1_GENERALIZEDTIME_set(NULL, (time_t)plan->next_update_s);
	ASN1_TIME *revoked = ASN1_GENERALIZEDTIME_set(NULL, (time_t)plan->this_update_s);
	OCSP_CERTID *id =
	    OCSP_cert_to_id(plan->sha256_id ? EVP_sha256() : EVP_sha1(), subject, issuer);
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	OCSP_RESPONSE *resp;
	unsigned char *der = NULL;
	int n, k;

	for (k = 0; k < (plan->twice ? 2 : 1); k++)
		assert_non_null(OCSP_basic_add1_status(basic, id, plan->status, 0,
		    plan->status == V_OCSP_CERTSTATUS_REVOKED ? revoked : NULL, this_update,
		    next_update));
	assert_int_equal(OCSP_basic_sign(basic, signer, privkey_evp(s->key[plan->signer]),
	    EVP_sha256(), NULL, plan->embed ? 0 : OCSP_NOCERTS), 1);
	resp = OCSP_response_create(plan->unsuccessful ? OCSP_RESPONSE_STATUS_TRYLATER :
	    OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
	n = i2d_OCSP_RESPONSE(resp, &der);
	assert_true(n > 0);
	buf_add(&s->staple_der[i], der, (size_t)n - (plan->garbage ? 1 : 0));
	if (plan->trailing)
		buf_ch(&s->staple_der[i], '\0');
	OPENSSL_free(der);
	OCSP_RESPONSE_free(resp);
	OCSP_BASICRESP_free(basic);
	OCSP_CERTID_free(id);
	ASN1_TIME_free(revoked);
	ASN1_TIME_free(next_update);
	ASN1_TIME_free(this_update);
	X509_free(signer);
	X509_free(issuer);
	X509_free(subject);
}

static void
staples_build(struct scene *s)
{
	size_t i, k;

	for (i = 0; i + 1 < s->n; i++) {
		if (s->plan[i].missing)
			continue;
		staple_build(s, i);
		cert_name_sha1(buf_view(&s->der[i]), s->staple_name[i]);
		for (k = 0; s->plan[i].lower_case && k < 40; k++)
			if (s->staple_name[i][k] >= 'A')
				s->staple_name[i][k] = (char)(s->staple_name[i][k] + 'a' - 'A');
		s->staples[s->n_staples].name = str_of(s->staple_name[i]);
		s->staples[s->n_staples++].der = buf_view(&s->staple_der[i]);
	}
}

static void
pem_build(struct scene *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		pem_write(&s->pem, "CERTIFICATE", buf_view(&s->der[i]));
}

/* A fresh certificate in place i, by the key in place i + 1. */
static void
reissue(struct scene *s, size_t i, enum cert_profile profile, const char *name,
    const char *sans)
{
	buf_release(&s->der[i]);
	s->der[i] = peer_issue(s->key[i + 1], buf_view(&s->der[i + 1]), profile, name, sans,
	    s->key[i]);
}

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
	EVP_PKEY *ec = EVP_EC_gen("P-256");

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
static void
root_two(struct scene *s)
{
	buf_clear(&s->root);
	pem_write(&s->root, "CERTIFICATE", buf_view(&s->der[2]));
	pem_write(&s->root, "CERTIFICATE", buf_view(&s->der[2]));
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
	s->now_s = PEER_NOW + 30 * DAY - 1;	/* OpenSSL: expired from notAfter on */
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

#define ROW(fn, want) { #fn, fn, want }
static const struct {
	const char *label;
	void (*spoil)(struct scene *s);
	enum chain_fault want;
} rows[] = {
	ROW(nothing, CHAIN_OK),
	ROW(leaf_after_organisation, CHAIN_OK),
	ROW(leaf_by_root, CHAIN_OK),
	ROW(root_as_pem, CHAIN_OK),
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
	ROW(root_two, CHAIN_BAD_ROOT),
	ROW(root_cut, CHAIN_BAD_CERT),
	ROW(swap_first_two, CHAIN_NAME),
	ROW(swap_last_two, CHAIN_NOT_PINNED),
	ROW(leaf_alone, CHAIN_LENGTH),
	ROW(root_left_out, CHAIN_NOT_PINNED),
	ROW(four_past_path_length, CHAIN_STRICT),
	ROW(five, CHAIN_LENGTH),
	ROW(one_too_many, CHAIN_ORDER),
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

static struct chain_input
scene_input(const struct scene *s)
{
	return (struct chain_input){ .pem = buf_view(&s->pem), .staples = s->staples,
		.n_staples = s->n_staples, .root = buf_view(&s->root),
		.common_name = str_of(s->name), .now_s = s->now_s };
}

static void
expect(const struct chain_input *in, enum chain_fault want, const char *label)
{
	enum chain_fault fault = (enum chain_fault)99;
	struct chain *c = NULL;
	int r = chain_verify(in, &c, &fault);

	if (fault != want)
		fail_msg("%s: fault %d (%s), not %d", label, fault, chain_fault_text(fault), want);
	assert_int_equal(r, want == CHAIN_OK ? 0 : ERR_CRYPTO);
	assert_int_equal(c == NULL, want != CHAIN_OK);
	chain_free(c);
}

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
	    (const unsigned char *)BLOB.p, BLOB.n), 1);
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
	scene_release(&s);	/* the chain stands alone */

	buf_init(&sig, PRIVKEY_MAX_SIGNATURE_BYTES);
	buf_init(&text, 200);
	buf_str(&text, BLOB);
	assert_int_equal(privkey_pss_sign(peer->keys[LEAF], BLOB, &sig), 0);
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
		assert_int_equal(
		    chain_blob_verify(c, BLOB, str_head(buf_view(&sig), i)), ERR_CRYPTO);
	}
	assert_int_equal(chain_blob_verify(c, str_head(BLOB, BLOB.n - 1), buf_view(&sig)),
	    ERR_CRYPTO);
	buf_release(&sig);
	buf_release(&text);
	chain_free(c);
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

static int
group_setup(void **state)
{
	*state = peer_new();
	return 0;
}

static int
group_teardown(void **state)
{
	peer_free(*state);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_refuses),
		cmocka_unit_test(damaged_text_is_refused),
		cmocka_unit_test(damaged_staples_are_refused),
		cmocka_unit_test(blobs_need_our_padding),
		cmocka_unit_test(blobs_of_privkey_verify),
		cmocka_unit_test(faults_have_texts),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
