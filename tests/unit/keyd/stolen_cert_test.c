/*
 * stolen_cert_test: plays a stolen core: which certificates and OCSP responses it cannot have, and
 * how long what it can have is good for (docs/decisions/0045).
 */
#include "thief.h"

#include "codec/pem.h"
#include "pki/cert_name.h"
#include "pki/chain.h"
#include "pki/ocsp.h"

#define SIGNER CERT_SIGNER_NAME PLACE
#define AUDIT_LIFETIME_S (5 * 365 * DAY)

static void
take_staple(struct rig *rig, struct buf *ret)
{
	uint64_t from, until;

	assert_int_equal(ipc_get_u64(&rig->reply, &from), 0);
	assert_int_equal(ipc_get_u64(&rig->reply, &until), 0);
	assert_int_equal(from, rig->now_s);
	assert_int_equal(until, rig->now_s + OCSP_LIFETIME_S);
	take(rig, ret);
	take_end(rig);
}

/* A chain of them is what hosts accept: with keys that keyd made, for the time that keyd says. */
static void
chain_of(struct rig *rig, uint8_t kind)
{
	static const char entry[] =
	    "#Timestamp=1790000060\n#Instance=i-0123456789abcdef0\n"
	    "#Caller=arn:aws:iam::123456789012:root\n#Request=r\n#User=u\n" ED25519 "\n";
	struct made root, inter, signer;
	struct chain_staple staples[2];
	struct buf staple[2], pem, signature;
	enum chain_fault fault;
	struct chain *chain;
	char names[2][41];

	authorities(rig, &root, &inter);
	make_key(rig, CERT_SIGNER, kind, &inter, &signer);
	assert_int_equal(signer.not_before, NOW - DAY);
	assert_int_equal(signer.not_after, NOW + SIGNER_LIFETIME_S);
	buf_init(&pem, MAX_FIELD);
	pem_write(&pem, "CERTIFICATE", buf_view(&signer.cert));
	pem_write(&pem, "CERTIFICATE", buf_view(&inter.cert));
	pem_write(&pem, "CERTIFICATE", buf_view(&root.cert));
	assert_true(ask_ocsp(rig, &inter, &signer));
	take_staple(rig, &staple[0]);
	/* eicd init makes this one, for as long as the intermediate lasts. */
	buf_init(&staple[1], MAX_FIELD);
	assert_int_equal(ocsp_write(root.key, buf_view(&root.cert), buf_view(&inter.cert), NOW,
			     NOW + 3000 * DAY, &staple[1]),
	    0);
	cert_name_sha1(buf_view(&signer.cert), names[0]);
	cert_name_sha1(buf_view(&inter.cert), names[1]);
	staples[0] = (struct chain_staple){ str_of(names[0]), buf_view(&staple[0]) };
	staples[1] = (struct chain_staple){ str_of(names[1]), buf_view(&staple[1]) };
	struct chain_input in = { .pem = buf_view(&pem),
		.staples = staples,
		.n_staples = 2,
		.root = buf_view(&root.cert),
		.common_name = STR(SIGNER),
		.now_s = NOW };
	assert_int_equal(chain_verify(&in, &chain, &fault), 0);
	assert_true(ask_entry(rig, &signer, STR(entry)));
	take(rig, &signature);
	take_end(rig);
	assert_int_equal(chain_blob_verify(chain, STR(entry), buf_view(&signature)), 0);
	chain_free(chain);
	/* What the thief keeps ends with the response, long before the certificate. */
	in.now_s = NOW + OCSP_LIFETIME_S + CHAIN_SKEW_S + 1;
	assert_int_equal(chain_verify(&in, &chain, &fault), ERR_CRYPTO);
	assert_int_equal(fault, CHAIN_STAPLE_STALE);
	buf_release(&signature);
	buf_release(&staple[0]);
	buf_release(&staple[1]);
	buf_release(&pem);
	made_release(&signer);
	made_release(&inter);
	made_release(&root);
}

static void
a_chain_made_by_keyd_verifies(void **state)
{
	chain_of(*state, PRIVKEY_RSA2048);
	chain_of(*state, PRIVKEY_P256);
}

/* No authority, no server, no agent; nothing for a purpose or under a name that core has not. */
static void
nothing_else_is_certified(void **state)
{
	static const struct {
		uint8_t profile, kind;
		const char *place;
		int r;
	} rows[] = {
		{ CERT_ROOT, PRIVKEY_RSA2048, PLACE, ERR_RANGE },
		{ CERT_INTERMEDIATE, PRIVKEY_RSA2048, PLACE, ERR_RANGE },
		{ CERT_TLS_SERVER, PRIVKEY_P256, PLACE, ERR_RANGE },
		{ CERT_AGENT_CLIENT, PRIVKEY_P256, PLACE, ERR_RANGE },
		{ 0, PRIVKEY_P256, PLACE, ERR_RANGE },
		{ 7, PRIVKEY_P256, PLACE, ERR_RANGE },
		{ 255, PRIVKEY_P256, PLACE, ERR_RANGE },
		/* Digests are signed by RSA. */
		{ CERT_AUDIT, PRIVKEY_P256, PLACE, ERR_RANGE },
		{ CERT_SIGNER, 0, PLACE, ERR_RANGE },
		{ CERT_SIGNER, 3, PLACE, ERR_RANGE },
		{ CERT_SIGNER, PRIVKEY_P256, "a,DNS:b", ERR_RANGE },
		{ CERT_SIGNER, PRIVKEY_P256, "a b", ERR_RANGE },
		{ CERT_SIGNER, PRIVKEY_P256, "a/b", ERR_RANGE },
		{ CERT_SIGNER, PRIVKEY_P256, "0123456789012345678901234567890123456789012345",
		    ERR_RANGE },
	};
	struct made root, inter, foreign, leaf;
	struct rig *rig = *state;
	struct made wrong;
	size_t i;

	authorities(rig, &root, &inter);
	authority(rig, CERT_INTERMEDIATE, &root, NOW + DAY, &foreign);
	make_key(rig, CERT_SIGNER, PRIVKEY_P256, &inter, &leaf);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_false(ask_key(rig, rows[i].profile, rows[i].kind, &inter, rows[i].place));
		take_reason(rig, rows[i].r);
	}
	/* The root; an issuer that is no authority, or whose key is another one's; or none. */
	assert_false(ask_key(rig, CERT_SIGNER, PRIVKEY_P256, &root, PLACE));
	take_reason(rig, ERR_CRYPTO);
	assert_false(ask_key(rig, CERT_SIGNER, PRIVKEY_P256, &leaf, PLACE));
	take_reason(rig, ERR_CRYPTO);
	wrong = (struct made){ .sealed = inter.sealed, .cert = leaf.cert };
	assert_false(ask_key(rig, CERT_SIGNER, PRIVKEY_P256, &wrong, PLACE));
	take_reason(rig, ERR_RANGE);
	wrong = (struct made){ .sealed = foreign.sealed, .cert = inter.cert };
	assert_false(ask_key(rig, CERT_SIGNER, PRIVKEY_P256, &wrong, PLACE));
	take_reason(rig, ERR_RANGE);
	wrong = (struct made){ .sealed = inter.sealed, .cert = inter.sealed };
	assert_false(ask_key(rig, CERT_SIGNER, PRIVKEY_P256, &wrong, PLACE));
	take_reason(rig, ERR_SYNTAX);
	made_release(&leaf);
	made_release(&foreign);
	made_release(&inter);
	made_release(&root);
}

/* Times are keyd's: of its clock and its settings, and no longer than the issuer's. */
static void
no_certificate_outlives_its_issuer(void **state)
{
	struct made root, inter, last, signer, audit;
	struct rig *rig = *state;

	authorities(rig, &root, &inter);
	authority(rig, CERT_INTERMEDIATE, &root, NOW + 2 * DAY, &last);
	make_key(rig, CERT_SIGNER, PRIVKEY_P256, &last, &signer);
	assert_int_equal(signer.not_after, NOW + 2 * DAY);
	make_key(rig, CERT_AUDIT, PRIVKEY_RSA2048, &last, &audit);
	assert_int_equal(audit.not_after, NOW + 2 * DAY);
	made_release(&signer);
	made_release(&audit);
	rig->settings.signer_lifetime_s = 60;
	rig->now_s = NOW + 5;
	make_key(rig, CERT_SIGNER, PRIVKEY_P256, &inter, &signer);
	assert_int_equal(signer.not_before, NOW + 5 - DAY);
	assert_int_equal(signer.not_after, NOW + 65);
	make_key(rig, CERT_AUDIT, PRIVKEY_RSA2048, &inter, &audit);
	assert_int_equal(audit.not_before, NOW + 5 - DAY);
	assert_int_equal(audit.not_after, NOW + 5 + AUDIT_LIFETIME_S);
	rig->settings.signer_lifetime_s = SIGNER_LIFETIME_S;
	rig->now_s = NOW;
	made_release(&signer);
	made_release(&audit);
	made_release(&last);
	made_release(&inter);
	made_release(&root);
}

/* A response is about a certificate that its issuer issued, and about no other. */
static void
no_response_for_what_was_not_issued(void **state)
{
	struct made root, inter, foreign, leaf, wrong;
	struct rig *rig = *state;

	authorities(rig, &root, &inter);
	authority(rig, CERT_INTERMEDIATE, &root, NOW + DAY, &foreign);
	make_key(rig, CERT_SIGNER, PRIVKEY_P256, &inter, &leaf);
	assert_false(ask_ocsp(rig, &foreign, &leaf));
	take_reason(rig, ERR_RANGE);
	assert_false(ask_ocsp(rig, &root, &inter));
	take_reason(rig, ERR_CRYPTO);
	assert_false(ask_ocsp(rig, &leaf, &leaf));
	take_reason(rig, ERR_CRYPTO);
	wrong = (struct made){ .sealed = foreign.sealed, .cert = inter.cert };
	assert_false(ask_ocsp(rig, &wrong, &leaf));
	take_reason(rig, ERR_RANGE);
	wrong = (struct made){ .cert = inter.sealed };
	assert_false(ask_ocsp(rig, &inter, &wrong));
	take_reason(rig, ERR_SYNTAX);
	made_release(&leaf);
	made_release(&foreign);
	made_release(&inter);
	made_release(&root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_made_by_keyd_verifies),
		cmocka_unit_test(nothing_else_is_certified),
		cmocka_unit_test(no_certificate_outlives_its_issuer),
		cmocka_unit_test(no_response_for_what_was_not_issued),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
