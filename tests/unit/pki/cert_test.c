/*
 * cert_test: tests that openssl accepts the certificates that are issued, and that what must not
 * be issued is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "peer.h"
#include "pki/cert_name.h"
#include "pki/cert_read.h"
#include "pki/ocsp.h"

/* DER in, the file NAME in PEM out. */
static void
pem_file(const char *name, struct str der)
{
	peer_file("der", der);
	assert_int_equal(PEER_RUN("openssl", "x509", "-inform", "DER", "-in", "der", "-out", name),
	    0);
}

static void
chain_files(const struct peer *peer)
{
	pem_file("root.pem", buf_view(&peer->certs[ROOT]));
	pem_file("int.pem", buf_view(&peer->certs[INTERMEDIATE]));
	pem_file("leaf.pem", buf_view(&peer->certs[LEAF]));
}

static void
chain_is_strictly_clean(void **state)
{
	chain_files(*state);
	assert_int_equal(PEER_RUN("openssl", "verify", "-x509_strict", "-attime", "1790000000",
			     "-purpose", "sslserver", "-verify_hostname", PEER_NAME, "-CAfile",
			     "root.pem", "-untrusted", "int.pem", "leaf.pem"),
	    0);
	/* The stock scripts trust the second certificate alone, partially. */
	assert_int_equal(PEER_RUN("openssl", "verify", "-x509_strict", "-attime", "1790000000",
			     "-CAfile", "root.pem", "int.pem"),
	    0);
	assert_int_equal(PEER_RUN("openssl", "verify", "-x509_strict", "-attime", "1790000000",
			     "-CAfile", "root.pem", "root.pem"),
	    0);
	assert_int_equal(PEER_RUN("openssl", "verify", "-x509_strict", "-attime", "1890000000",
			     "-CAfile", "root.pem", "-untrusted", "int.pem", "leaf.pem"),
	    2);
}

/* What each profile says, in openssl's words. */
static void
profiles_say_what_they_should(void **state)
{
	struct peer *peer = *state;
	struct buf tls, agent;

	chain_files(peer);
	tls =
	    peer_issue(peer->keys[ROOT], buf_view(&peer->certs[ROOT]), CERT_TLS_SERVER, "localhost",
		"DNS:localhost,IP:127.0.0.1,IP:2001:db8::1,DNS:*.lab.example", peer->keys[LEAF]);
	agent = peer_issue(peer->keys[ROOT], buf_view(&peer->certs[ROOT]), CERT_AGENT_CLIENT,
	    "vpc-0123", "", peer->keys[LEAF]);
	pem_file("tls.pem", buf_view(&tls));
	pem_file("agent.pem", buf_view(&agent));
	assert_int_equal(PEER_RUN("openssl", "verify", "-x509_strict", "-attime", "1790000000",
			     "-purpose", "sslserver", "-verify_ip", "127.0.0.1", "-CAfile",
			     "root.pem", "tls.pem"),
	    0);
	assert_int_equal(PEER_RUN("openssl", "verify", "-x509_strict", "-attime", "1790000000",
			     "-purpose", "sslclient", "-CAfile", "root.pem", "agent.pem"),
	    0);
	assert_int_equal(PEER_RUN("openssl", "verify", "-attime", "1790000000", "-purpose",
			     "sslclient", "-CAfile", "root.pem", "tls.pem"),
	    2);
	assert_int_equal(PEER_RUN("openssl", "verify", "-attime", "1790000000", "-purpose",
			     "sslserver", "-CAfile", "root.pem", "agent.pem"),
	    2);

	assert_int_equal(PEER_RUN("openssl", "x509", "-in", "tls.pem", "-noout", "-subject", "-ext",
			     "subjectAltName"),
	    0);
	assert_true(peer_said("subject=CN = localhost\n"));
	assert_true(peer_said("DNS:localhost, IP Address:127.0.0.1, "
			      "IP Address:2001:DB8:0:0:0:0:0:1, DNS:*.lab.example\n"));
	assert_int_equal(PEER_RUN("openssl", "x509", "-in", "leaf.pem", "-noout", "-subject",
			     "-text"),
	    0);
	assert_true(peer_said("subject=CN = " PEER_NAME "\n"));
	assert_true(peer_said("DNS:" PEER_NAME "\n"));
	assert_true(peer_said("X509v3 Basic Constraints: critical\n                CA:FALSE\n"));
	assert_true(peer_said("X509v3 Key Usage: critical\n                Digital Signature\n"));
	assert_true(peer_said("TLS Web Server Authentication\n"));
	assert_true(peer_said("Authority Key Identifier"));
	assert_int_equal(PEER_RUN("openssl", "x509", "-in", "int.pem", "-noout", "-text"), 0);
	assert_true(peer_said("CA:TRUE, pathlen:0\n"));
	assert_true(peer_said("Digital Signature, Certificate Sign, CRL Sign\n"));
	buf_release(&tls);
	buf_release(&agent);
}

enum issuer { BY_NONE, BY_ROOT, BY_LEAF, BY_OTHER_KEY, BY_GARBAGE };

static const struct {
	enum cert_profile profile;
	const char *name, *sans;
	enum issuer issuer;
	int64_t not_before_s, not_after_s;
	int want;
} refusals[] = {
	{ CERT_SIGNER, "a.example", "", BY_ROOT, 0, 1, 0 },
	{ CERT_TLS_SERVER, "a", "DNS:a", BY_ROOT, 0, INT64_C(253402300799), 0 },
	{ CERT_SIGNER, "a.example", "", BY_ROOT, 1, 1, ERR_RANGE },
	{ CERT_SIGNER, "a.example", "", BY_ROOT, 2, 1, ERR_RANGE },
	{ CERT_SIGNER, "a.example", "", BY_ROOT, -1, 1, ERR_RANGE },
	{ CERT_SIGNER, "a.example", "", BY_ROOT, 0, INT64_C(253402300800), ERR_RANGE },
	{ (enum cert_profile)0, "a", "", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_AUDIT, "audit-digest.a", "", BY_ROOT, 0, 1, 0 },
	{ CERT_AUDIT, "a", "DNS:b", BY_ROOT, 0, 1, ERR_RANGE },
	{ (enum cert_profile)7, "a", "", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_SIGNER, "", "", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_SIGNER, "a b", "", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_SIGNER, "a/CN=b", "", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_SIGNER, "a,DNS:b", "", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_SIGNER, "a1234567890123456789012345678901234567890123456789012345678901234", "",
	    BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_SIGNER, "a.example", "DNS:b", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_INTERMEDIATE, "a", "DNS:b", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_AGENT_CLIENT, "a", "DNS:b", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_TLS_SERVER, "a", "", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_TLS_SERVER, "a", ",", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_TLS_SERVER, "a", "DNS:a,", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_TLS_SERVER, "a", "DNS:a, DNS:b", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_TLS_SERVER, "a", "DNS:", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_TLS_SERVER, "a", "DNS:*.", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_TLS_SERVER, "a", "DNS:a*", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_TLS_SERVER, "a", "dns:a", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_TLS_SERVER, "a", "IP:", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_TLS_SERVER, "a", "IP:1.2.3", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_TLS_SERVER, "a", "IP:1.2.3.4/8", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_TLS_SERVER, "a", "email:copy", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_TLS_SERVER, "a", "URI:http://x", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_TLS_SERVER, "a", "@section", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_ROOT, "a", "", BY_ROOT, 0, 1, ERR_RANGE },
	{ CERT_INTERMEDIATE, "a", "", BY_NONE, 0, 1, ERR_RANGE },
	{ CERT_SIGNER, "a", "", BY_LEAF, 0, 1, ERR_RANGE },
	{ CERT_SIGNER, "a", "", BY_OTHER_KEY, 0, 1, ERR_RANGE },
	{ CERT_SIGNER, "a", "", BY_GARBAGE, 0, 1, ERR_SYNTAX },
};

static void
what_may_not_be_issued_is_not(void **state)
{
	struct peer *peer = *state;
	struct buf out, spki = peer_public(peer->keys[LEAF]);
	struct privkey *key;
	struct str issuer;
	size_t i;

	buf_init(&out, CERT_MAX_DER_BYTES);
	for (i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		struct cert_request rq = { refusals[i].profile, str_of(refusals[i].name),
			str_of(refusals[i].sans), buf_view(&spki), refusals[i].not_before_s,
			refusals[i].not_after_s };

		key = refusals[i].issuer == BY_LEAF ? peer->keys[LEAF] : peer->keys[ROOT];
		issuer = buf_view(&peer->certs[refusals[i].issuer == BY_LEAF ? LEAF : ROOT]);
		if (refusals[i].issuer == BY_NONE)
			issuer = STR("");
		if (refusals[i].issuer == BY_GARBAGE)
			issuer = str_head(issuer, issuer.n - 1);
		if (refusals[i].issuer == BY_OTHER_KEY)
			key = peer->keys[INTERMEDIATE];
		buf_clear(&out);
		if (cert_issue(key, issuer, &rq, rand_system(), &out) != refusals[i].want)
			fail_msg("row %zu (%s)", i, refusals[i].name);
		assert_int_equal(out.n == 0, refusals[i].want != 0);
	}
	buf_release(&spki);
	buf_release(&out);
}

static void
keys_must_fit(void **state)
{
	struct peer *peer = *state;
	struct privkey *ec;
	struct buf out, spki;
	struct cert_request rq = { .profile = CERT_SIGNER,
		.common_name = STR("a"),
		.not_before_s = 0,
		.not_after_s = 1 };

	assert_int_equal(privkey_generate(PRIVKEY_P256, &ec), 0);
	spki = peer_public(ec);
	buf_init(&out, CERT_MAX_DER_BYTES);
	/* A signer is RSA or on P-256, and who signs digests is RSA. */
	rq.public_key = buf_view(&spki);
	assert_int_equal(cert_issue(peer->keys[ROOT], buf_view(&peer->certs[ROOT]), &rq,
			     rand_system(), &out),
	    0);
	rq.profile = CERT_AUDIT;
	assert_int_equal(cert_issue(peer->keys[ROOT], buf_view(&peer->certs[ROOT]), &rq,
			     rand_system(), &out),
	    ERR_RANGE);
	rq.profile = CERT_AGENT_CLIENT;
	assert_int_equal(cert_issue(peer->keys[ROOT], buf_view(&peer->certs[ROOT]), &rq,
			     rand_system(), &out),
	    0);
	/* A root is signed by the key that it holds. */
	rq.profile = CERT_ROOT;
	assert_int_equal(cert_issue(peer->keys[ROOT], STR(""), &rq, rand_system(), &out),
	    ERR_RANGE);
	rq.profile = CERT_AGENT_CLIENT;
	rq.public_key = str_head(buf_view(&spki), spki.n - 1);
	assert_int_equal(cert_issue(peer->keys[ROOT], buf_view(&peer->certs[ROOT]), &rq,
			     rand_system(), &out),
	    ERR_SYNTAX);
	buf_ch(&spki, 'x');
	rq.public_key = buf_view(&spki);
	assert_int_equal(cert_issue(peer->keys[ROOT], buf_view(&peer->certs[ROOT]), &rq,
			     rand_system(), &out),
	    ERR_SYNTAX);
	rq.public_key = STR("");
	assert_int_equal(cert_issue(peer->keys[ROOT], buf_view(&peer->certs[ROOT]), &rq,
			     rand_system(), &out),
	    ERR_SYNTAX);
	buf_release(&out);
	buf_release(&spki);
	privkey_free(ec);
}

static void
names_are_fingerprints(void **state)
{
	struct peer *peer = *state;
	char sha1[41], sha256[65];

	(void)peer;
	/* FIPS 180: SHA-1 and SHA-256 of "abc". */
	cert_name_sha1(STR("abc"), sha1);
	assert_string_equal(sha1, "A9993E364706816ABA3E25717850C26C9CD0D89D");
	cert_name_sha256(STR("abc"), sha256);
	assert_string_equal(sha256,
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* What eicd keys tls takes over from a certificate. */
static void
names_and_issuers_are_read(void **state)
{
	static const char *const sans[] = { "DNS:a.example",
		"DNS:*.example,IP:192.0.2.1,IP:2001:db8::7,DNS:localhost" };
	struct peer *peer = *state;
	struct str root = buf_view(&peer->certs[ROOT]),
		   inter = buf_view(&peer->certs[INTERMEDIATE]);
	struct buf out, der, twin;
	int64_t begin_s, end_s;
	size_t i;

	buf_init(&out, 1024);
	for (i = 0; i < 2; i++) {
		der = peer_issue(peer->keys[ROOT], root, CERT_TLS_SERVER, "api", sans[i],
		    peer->keys[LEAF]);
		buf_clear(&out);
		assert_int_equal(cert_read_sans(buf_view(&der), &out), 0);
		assert_true(str_eq_c(buf_view(&out), sans[i]));
		assert_true(cert_read_is_by(buf_view(&der), root));
		assert_false(cert_read_is_by(buf_view(&der), inter));
		assert_int_equal(cert_not_before(buf_view(&der), &begin_s), 0);
		assert_int_equal(cert_not_after(buf_view(&der), &end_s), 0);
		assert_int_equal(begin_s, PEER_NOW - DAY);
		assert_int_equal(end_s, PEER_NOW + 3650 * (int64_t)DAY);
		buf_release(&der);
	}
	assert_int_equal(cert_read_sans(root, &out), ERR_NOTFOUND);
	assert_int_equal(cert_read_sans(str_head(root, root.n - 1), &out), ERR_SYNTAX);
	assert_int_equal(cert_not_before(str_head(root, root.n - 1), &begin_s), ERR_SYNTAX);
	/* The issuer's name with another key, and a certificate that was changed. */
	twin = peer_issue(peer->keys[LEAF], STR(""), CERT_ROOT, "openeic-root-ca-1", "",
	    peer->keys[LEAF]);
	assert_false(cert_read_is_by(inter, buf_view(&twin)));
	assert_true(cert_read_is_by(inter, root));
	buf_clear(&twin);
	buf_str(&twin, inter);
	twin.p[twin.n - 1] ^= 1;
	assert_false(cert_read_is_by(buf_view(&twin), root));
	assert_false(cert_read_is_by(STR("x"), root));
	buf_release(&twin);
	buf_release(&out);
}

/* `openssl ocsp`, as the stock scripts call it, is content with every staple. */
static void
staples_satisfy_openssl(void **state)
{
	static const struct {
		int issuer, subject;
		const char *issuer_file, *subject_file;
	} rows[] = {
		{ INTERMEDIATE, LEAF, "int.pem", "leaf.pem" },
		{ ROOT, INTERMEDIATE, "root.pem", "int.pem" },
		{ ROOT, ROOT, "root.pem", "root.pem" },
	};
	struct peer *peer = *state;
	int64_t now = (int64_t)time(NULL);
	struct buf out;
	size_t i;

	chain_files(peer);
	buf_init(&out, OCSP_MAX_DER_BYTES);
	for (i = 0; i < 3; i++) {
		buf_clear(&out);
		assert_int_equal(ocsp_write(peer->keys[rows[i].issuer],
				     buf_view(&peer->certs[rows[i].issuer]),
				     buf_view(&peer->certs[rows[i].subject]), now - 60, now + 3600,
				     &out),
		    0);
		peer_file("resp", buf_view(&out));
		assert_int_equal(PEER_RUN("openssl", "ocsp", "-no_nonce", "-issuer",
				     rows[i].issuer_file, "-cert", rows[i].subject_file, "-VAfile",
				     rows[i].issuer_file, "-respin", "resp"),
		    0);
		assert_true(peer_said("Response verify OK\n"));
		assert_true(peer_said(": good\n"));
		assert_int_equal(PEER_RUN("openssl", "ocsp", "-respin", "resp", "-resp_text",
				     "-noverify"),
		    0);
		assert_true(peer_said("Hash Algorithm: sha1\n"));
		assert_false(peer_said("BEGIN CERTIFICATE"));
		assert_false(peer_said("Nonce"));
	}
	buf_release(&out);
}

static void
staples_are_refused_for_strangers(void **state)
{
	struct peer *peer = *state;
	struct str root = buf_view(&peer->certs[ROOT]);
	struct str inter = buf_view(&peer->certs[INTERMEDIATE]);
	struct str leaf = buf_view(&peer->certs[LEAF]);
	struct buf out, twin;

	buf_init(&out, OCSP_MAX_DER_BYTES);
	/* Another key under the intermediate's name. */
	twin = peer_issue(peer->keys[ROOT], root, CERT_INTERMEDIATE, "openeic-intermediate-ca-1",
	    "", peer->keys[LEAF]);
	assert_int_equal(ocsp_write(peer->keys[LEAF], buf_view(&twin), leaf, 1, 2, &out),
	    ERR_RANGE);
	assert_int_equal(ocsp_write(peer->keys[ROOT], root, leaf, 1, 2, &out), ERR_RANGE);
	assert_int_equal(ocsp_write(peer->keys[ROOT], inter, leaf, 1, 2, &out), ERR_RANGE);
	assert_int_equal(ocsp_write(peer->keys[INTERMEDIATE], inter, leaf, 2, 2, &out), ERR_RANGE);
	assert_int_equal(ocsp_write(peer->keys[INTERMEDIATE], inter, leaf, -1, 2, &out), ERR_RANGE);
	assert_int_equal(ocsp_write(peer->keys[INTERMEDIATE], inter, str_head(leaf, 10), 1, 2,
			     &out),
	    ERR_SYNTAX);
	assert_int_equal(ocsp_write(peer->keys[INTERMEDIATE], STR(""), leaf, 1, 2, &out),
	    ERR_SYNTAX);
	/* The right names and key ids, but not the issuer's signature. */
	buf_clear(&twin);
	buf_str(&twin, leaf);
	twin.p[twin.n - 1] ^= 1;
	assert_int_equal(ocsp_write(peer->keys[INTERMEDIATE], inter, buf_view(&twin), 1, 2, &out),
	    ERR_RANGE);
	assert_int_equal(out.n, 0);
	assert_int_equal(ocsp_write(peer->keys[INTERMEDIATE], inter, leaf, 1, 2, &out), 0);
	buf_release(&twin);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chain_is_strictly_clean),
		cmocka_unit_test(profiles_say_what_they_should),
		cmocka_unit_test(what_may_not_be_issued_is_not),
		cmocka_unit_test(keys_must_fit),
		cmocka_unit_test(names_are_fingerprints),
		cmocka_unit_test(names_and_issuers_are_read),
		cmocka_unit_test(staples_satisfy_openssl),
		cmocka_unit_test(staples_are_refused_for_strangers),
	};

	return cmocka_run_group_tests(tests, peer_setup, peer_teardown);
}
