/*
 * stolen_digest_test: plays a stolen core: which digests of the audit trail it cannot have signed
 * (docs/decisions/0045).
 */
#include "thief.h"

#include "pki/attest.h"
#include "pki/cert_name.h"

static void
digest_signed(struct rig *rig, const struct made *key, const struct digest *d, struct buf *ret)
{
	assert_true(ask_digest(rig, key, buf_view(&key->cert), d));
	take(rig, ret);
	take_end(rig);
}

static void
digest_refused(struct rig *rig, const struct made *key, const struct digest *d, int want)
{
	assert_false(ask_digest(rig, key, buf_view(&key->cert), d));
	take_reason(rig, want);
}

static void
no_digest_of_another_time(void **state)
{
	struct made root, inter, audit, signer;
	struct rig *rig = *state;
	struct digest d = digest_of(1, 1, 9, 0, 1, STR(""));
	char fingerprint[65];
	struct buf text, signature;
	struct errinfo ei;

	authorities(rig, &root, &inter);
	make_key(rig, CERT_AUDIT, PRIVKEY_RSA2048, &inter, &audit);
	make_key(rig, CERT_SIGNER, PRIVKEY_RSA2048, &inter, &signer);
	d.end_at = NOW - 61;
	digest_refused(rig, &audit, &d, ERR_RANGE);
	d.end_at = NOW + 61;
	digest_refused(rig, &audit, &d, ERR_RANGE);
	d.end_at = 0;
	digest_refused(rig, &audit, &d, ERR_RANGE);
	d = digest_of(0, 1, 9, 0, 1, STR(""));
	digest_refused(rig, &audit, &d, ERR_RANGE);
	d = digest_of(1, 0, 9, 0, 1, STR(""));
	digest_refused(rig, &audit, &d, ERR_RANGE);
	d = digest_of(1, 10, 9, 0, 1, STR(""));
	digest_refused(rig, &audit, &d, ERR_RANGE);
	d = digest_of(1, 1, 9, 0, 1, STR("signature"));
	digest_refused(rig, &audit, &d, ERR_RANGE);
	d = digest_of(2, 1, 9, 0, 1, STR(""));
	digest_refused(rig, &audit, &d, ERR_RANGE);
	d = digest_of(1, 1, 9, 0, 1, STR(""));
	/* A certificate of another key: its fingerprint would stand in the digest. */
	assert_false(ask_digest(rig, &audit, buf_view(&signer.cert), &d));
	take_reason(rig, ERR_RANGE);
	assert_false(ask_digest(rig, &audit, STR("none"), &d));
	take_reason(rig, ERR_RANGE);
	/* Another key, whatever it is sealed for. */
	digest_refused(rig, &signer, &d, ERR_CRYPTO);
	digest_refused(rig, &inter, &d, ERR_CRYPTO);
	/* What is signed is the text that core would write, and verifies. */
	digest_signed(rig, &audit, &d, &signature);
	cert_name_sha256(buf_view(&audit.cert), fingerprint);
	d.fingerprint = str_of(fingerprint);
	buf_init(&text, DIGEST_MAX_TEXT_BYTES);
	assert_int_equal(digest_write(&text, &d), 0);
	const struct str certs[] = { buf_view(&audit.cert), buf_view(&inter.cert) };
	const struct attest_input in = { .root = buf_view(&root.cert),
		.certificates = certs,
		.n_certificates = 2,
		.at_s = NOW,
		.bytes = buf_view(&text),
		.signature = buf_view(&signature) };
	assert_int_equal(attest_verify(&in, &ei), 0);
	buf_release(&text);
	buf_release(&signature);
	made_release(&signer);
	made_release(&audit);
	made_release(&inter);
	made_release(&root);
}

/* Once it has signed digests, keyd signs what follows the last one, or that one again, and never
 * another history. */
static void
no_history_is_signed_anew(void **state)
{
	struct made root, inter, audit;
	struct rig *rig = *state;
	struct buf first, second, again, third;
	struct digest d;

	keyd_notary_free(rig->secrets.notary);
	rig->secrets.notary = keyd_notary_new();
	authorities(rig, &root, &inter);
	make_key(rig, CERT_AUDIT, PRIVKEY_RSA2048, &inter, &audit);
	d = digest_of(1, 1, 9, 0, 1, STR(""));
	digest_signed(rig, &audit, &d, &first);
	d = digest_of(2, 10, 19, 1, 2, buf_view(&first));
	digest_signed(rig, &audit, &d, &second);
	/* From the beginning, in one stretch or from the first digest on. */
	d = digest_of(1, 1, 19, 0, 3, STR(""));
	digest_refused(rig, &audit, &d, ERR_BADSTATE);
	d = digest_of(1, 1, 9, 0, 3, STR(""));
	digest_refused(rig, &audit, &d, ERR_BADSTATE);
	/* Behind the last one: another hash, a gap, records again, another signature before it. */
	d = digest_of(3, 20, 29, 3, 4, buf_view(&second));
	digest_refused(rig, &audit, &d, ERR_BADSTATE);
	d = digest_of(3, 21, 29, 2, 4, buf_view(&second));
	digest_refused(rig, &audit, &d, ERR_BADSTATE);
	d = digest_of(3, 10, 29, 2, 4, buf_view(&second));
	digest_refused(rig, &audit, &d, ERR_BADSTATE);
	d = digest_of(3, 20, 29, 2, 4, buf_view(&first));
	digest_refused(rig, &audit, &d, ERR_BADSTATE);
	d = digest_of(4, 20, 29, 2, 4, buf_view(&second));
	digest_refused(rig, &audit, &d, ERR_BADSTATE);
	/* The last one again, as core died before it stored it; but in its place. */
	d = digest_of(2, 10, 18, 3, 3, buf_view(&first));
	digest_refused(rig, &audit, &d, ERR_BADSTATE);
	d = digest_of(2, 9, 18, 1, 3, buf_view(&first));
	digest_refused(rig, &audit, &d, ERR_BADSTATE);
	d = digest_of(2, 10, 18, 1, 3, buf_view(&second));
	digest_refused(rig, &audit, &d, ERR_BADSTATE);
	d = digest_of(2, 10, 18, 1, 3, buf_view(&first));
	digest_signed(rig, &audit, &d, &again);
	d = digest_of(3, 19, 29, 3, 4, buf_view(&again));
	digest_signed(rig, &audit, &d, &third);
	buf_release(&first);
	buf_release(&second);
	buf_release(&again);
	buf_release(&third);
	made_release(&audit);
	made_release(&inter);
	made_release(&root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_digest_of_another_time),
		cmocka_unit_test(no_history_is_signed_anew),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
