/*
 * scene: the input of chain_verify, which a test describes, spoils and then builds. Bad
 * certificates and staples are made with OpenSSL directly, as the room's own writers refuse to
 * make them. Each test includes it once.
 */
#ifndef TESTS_PKI_SCENE_H
#define TESTS_PKI_SCENE_H

#include <openssl/evp.h>
#include <openssl/ocsp.h>
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
	int status;                           /* V_OCSP_CERTSTATUS_* */
	size_t signer, subject;               /* index of a certificate */
	int64_t this_update_s, next_update_s; /* next 0: absent */
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

static inline void
scene_init(struct scene *s, struct peer *peer)
{
	static const int order[] = { LEAF, INTERMEDIATE, ROOT };
	size_t i;

	*s = (struct scene){ .peer = peer, .n = 3, .name = PEER_NAME, .now_s = PEER_NOW };
	for (i = 0; i < MAX_CERTS; i++) {
		buf_init(&s->der[i], CERT_MAX_DER_BYTES);
		buf_init(&s->staple_der[i], 8192);
		s->plan[i] = (struct staple_plan){ .status = V_OCSP_CERTSTATUS_GOOD,
			.signer = i + 1,
			.subject = i,
			.this_update_s = PEER_NOW - 60,
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

static inline void
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

static inline X509 *
x509_of(const struct buf *der)
{
	const unsigned char *p = (const unsigned char *)der->p;
	X509 *x = d2i_X509(NULL, &p, (long)der->n);

	assert_non_null(x);
	return x;
}

/* Puts x, signed by key, in the place of a certificate; frees x. */
static inline void
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

static inline void
ext_drop(X509 *x, int nid)
{
	X509_EXTENSION *ext = X509_delete_ext(x, X509_get_ext_by_NID(x, nid, -1));

	assert_non_null(ext);
	X509_EXTENSION_free(ext);
}

static inline void
ext_set(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	if (X509_get_ext_by_NID(x, nid, -1) >= 0)
		ext_drop(x, nid);
	assert_non_null(ext);
	assert_int_equal(X509_add_ext(x, ext, -1), 1);
	X509_EXTENSION_free(ext);
}

static inline void
staple_build(struct scene *s, size_t i)
{
	const struct staple_plan *plan = &s->plan[i];
	X509 *subject = x509_of(&s->der[plan->subject]), *issuer = x509_of(&s->der[i + 1]);
	X509 *signer = x509_of(&s->der[plan->signer]);
	ASN1_TIME *this_update = ASN1_GENERALIZEDTIME_set(NULL, (time_t)plan->this_update_s);
	ASN1_TIME *next_update = plan->next_update_s == 0
	    ? NULL
	    : ASN1_GENERALIZEDTIME_set(NULL, (time_t)plan->next_update_s);
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
			     EVP_sha256(), NULL, plan->embed ? 0 : OCSP_NOCERTS),
	    1);
	resp = OCSP_response_create(plan->unsuccessful ? OCSP_RESPONSE_STATUS_TRYLATER
						       : OCSP_RESPONSE_STATUS_SUCCESSFUL,
	    basic);
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

static inline void
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

static inline void
pem_build(struct scene *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		pem_write(&s->pem, "CERTIFICATE", buf_view(&s->der[i]));
}

/* A fresh certificate in place i, by the key in place i + 1. */
static inline void
reissue(struct scene *s, size_t i, enum cert_profile profile, const char *name, const char *sans)
{
	buf_release(&s->der[i]);
	s->der[i] =
	    peer_issue(s->key[i + 1], buf_view(&s->der[i + 1]), profile, name, sans, s->key[i]);
}

static inline struct chain_input
scene_input(const struct scene *s)
{
	return (struct chain_input){ .pem = buf_view(&s->pem),
		.staples = s->staples,
		.n_staples = s->n_staples,
		.root = buf_view(&s->root),
		.common_name = str_of(s->name),
		.now_s = s->now_s };
}

static inline void
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

#endif
