/*
 * stolen_digest_test: plays a stolen core: which digests of the audit trail it cannot have signed
 * (docs/decisions/0045).
 */
#include "thief.h"

#include "pki/attest.h"
#include "pki/cert_name.h"

/* What keyd says and signs, whatever it was asked. */
struct said {
	struct buf text, signature;
};

static void
said_release(struct said *v)
{
	buf_release(&v->text);
	buf_release(&v->signature);
}

/* keyd signs d, of now and for the interval of its settings. */
static void
digest_signed(struct rig *rig, const struct made *key, const struct digest *d, struct said *ret)
{
	struct digest want = *d;
	char fingerprint[65];
	struct buf text;

	assert_true(ask_digest(rig, key, buf_view(&key->cert), d));
	take(rig, &ret->text);
	take(rig, &ret->signature);
	take_end(rig);
	cert_name_sha256(buf_view(&key->cert), fingerprint);
	want.fingerprint = str_of(fingerprint);
	want.end_at = rig->now_s;
	want.interval_s = rig->settings.audit_digest_interval_s;
	buf_init(&text, DIGEST_MAX_TEXT_BYTES);
	assert_int_equal(digest_write(&text, &want), 0);
	assert_true(str_eq(buf_view(&text), buf_view(&ret->text)));
	buf_release(&text);
}

/* keyd does not sign d: it says what it said last, and signs that no more. */
static void
digest_not_signed(struct rig *rig, const struct made *key, const struct digest *d,
    const struct said *last, size_t row)
{
	struct said v;

	assert_true(ask_digest(rig, key, buf_view(&key->cert), d));
	take(rig, &v.text);
	take(rig, &v.signature);
	take_end(rig);
	if (!str_eq(buf_view(&v.text), buf_view(&last->text)) ||
	    !str_eq(buf_view(&v.signature), buf_view(&last->signature)))
		fail_msg("row %zu", row);
	said_release(&v);
}

static void
digest_refused(struct rig *rig, const struct made *key, const struct digest *d, int want)
{
	assert_false(ask_digest(rig, key, buf_view(&key->cert), d));
	take_reason(rig, want);
}

static void
said_verifies(const struct said *v, const struct made *key, const struct made *inter,
    const struct made *root)
{
	const struct str certs[] = { buf_view(&key->cert), buf_view(&inter->cert) };
	const struct attest_input in = { .root = buf_view(&root->cert),
		.certificates = certs,
		.n_certificates = 2,
		.at_s = NOW,
		.bytes = buf_view(&v->text),
		.signature = buf_view(&v->signature) };
	struct errinfo ei;

	assert_int_equal(attest_verify(&in, &ei), 0);
}

static void
forget(struct rig *rig)
{
	keyd_notary_free(rig->secrets.notary);
	rig->secrets.notary = keyd_notary_new();
}

/* Numbers that no digest has are refused, also those that lie as far away as they can. */
static void
no_digest_out_of_range(void **state)
{
	static const struct {
		int64_t seq, start_at, first, last;
		const char *previous;
		int r;
	} rows[] = {
		{ 0, NOW, 1, 9, "", ERR_RANGE },
		{ 0, NOW, 1, 9, "signature", ERR_RANGE },
		{ 1, NOW, 0, 9, "", ERR_RANGE },
		{ 1, NOW, 10, 9, "", ERR_RANGE },
		{ 1, NOW, INT64_MAX, 1, "", ERR_RANGE },
		{ 1, NOW, 1, 9, "signature", ERR_RANGE },
		{ 2, NOW, 1, 9, "", ERR_RANGE },
		{ INT64_MAX, NOW, 1, 9, "", ERR_RANGE },
		{ 1, INT64_C(253402300800), 1, 9, "", ERR_RANGE }, /* the year 10000 */
		{ 1, INT64_MAX, 1, 9, "", ERR_RANGE },
		{ 1, INT64_C(253402300799), 1, 9, "", 0 },
		{ 1, 0, 1, 1, "", 0 },
		{ 1, 0, 1, INT64_MAX, "", 0 },
		{ 1, 0, INT64_MAX, INT64_MAX, "", 0 },
		{ INT64_MAX, 0, INT64_MAX, INT64_MAX, "signature", 0 },
	};
	struct made root, inter, audit;
	struct rig *rig = *state;
	struct said said;
	struct digest d;
	size_t i;

	authorities(rig, &root, &inter);
	make_key(rig, CERT_AUDIT, PRIVKEY_RSA2048, &inter, &audit);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		forget(rig);
		d = digest_of(rows[i].seq, rows[i].first, rows[i].last, 0, 1,
		    str_of(rows[i].previous));
		d.start_at = rows[i].start_at;
		if (rows[i].r == 0) {
			digest_signed(rig, &audit, &d, &said);
			/* Behind the last number there is none: this is the same one again. */
			d.last_seq = INT64_MAX;
			digest_not_signed(rig, &audit, &d, &said, i);
			said_release(&said);
		} else {
			digest_refused(rig, &audit, &d, rows[i].r);
		}
	}
	made_release(&audit);
	made_release(&inter);
	made_release(&root);
}

/* Numbers and hashes that are none cost the channel, whichever it is. */
static void
no_digest_of_nonsense(void **state)
{
	struct rig *rig = *state;
	struct ipc_out m;
	size_t wrong, i;

	for (wrong = 0; wrong < 7; wrong++) {
		ipc_begin(&m, MSG_CK_SIGN_DIGEST);
		for (i = 0; i < 4; i++)
			ipc_put_str(&m, STR("x"));
		for (i = 0; i < 4; i++)
			ipc_put_u64(&m, wrong == i ? UINT64_C(1) << 63 : 1);
		for (i = 4; i < 6; i++)
			ipc_put_str(&m,
			    str_head(STR("0123456789abcdef0123456789abcdef"),
				wrong == i ? 31 : 32));
		ipc_put_str(&m, STR(""));
		if (wrong < 6)
			assert_int_equal(send_to(rig, &keyd_hasher, &m, -1), ERR_PEER);
		else
			assert_false(ask(rig, &keyd_hasher, &m)); /* all are right, but no key */
	}
}

/* Core names no time, and the key is one that was made for digests, with its own certificate. */
static void
no_digest_of_another_time(void **state)
{
	struct made root, inter, audit, signer;
	struct rig *rig = *state;
	struct digest d = digest_of(1, 1, 9, 0, 1, STR(""));
	struct said said;

	forget(rig);
	authorities(rig, &root, &inter);
	make_key(rig, CERT_AUDIT, PRIVKEY_RSA2048, &inter, &audit);
	make_key(rig, CERT_SIGNER, PRIVKEY_RSA2048, &inter, &signer);
	/* A certificate of another key: its fingerprint would stand in the digest. */
	assert_false(ask_digest(rig, &audit, buf_view(&signer.cert), &d));
	take_reason(rig, ERR_RANGE);
	assert_false(ask_digest(rig, &audit, STR("none"), &d));
	take_reason(rig, ERR_RANGE);
	/* Another key, whatever it is sealed for. */
	digest_refused(rig, &signer, &d, ERR_CRYPTO);
	digest_refused(rig, &inter, &d, ERR_CRYPTO);
	rig->now_s = NOW + 12345;
	rig->settings.audit_digest_interval_s = 77;
	digest_signed(rig, &audit, &d, &said);
	said_verifies(&said, &audit, &inter, &root);
	rig->now_s = NOW;
	rig->settings.audit_digest_interval_s = DIGEST_INTERVAL_S;
	said_release(&said);
	made_release(&signer);
	made_release(&audit);
	made_release(&inter);
	made_release(&root);
}

/* Once it has signed digests, keyd signs what follows the last one and never another history. */
static void
no_history_is_signed_anew(void **state)
{
	struct made root, inter, audit;
	struct said first, second, third;
	struct rig *rig = *state;
	struct digest d, rows[16];
	size_t i, n = 0;

	forget(rig);
	authorities(rig, &root, &inter);
	make_key(rig, CERT_AUDIT, PRIVKEY_RSA2048, &inter, &audit);
	d = digest_of(1, 1, 9, 0, 1, STR(""));
	digest_signed(rig, &audit, &d, &first);
	d = digest_of(2, 10, 19, 1, 2, buf_view(&first.signature));
	d.start_at = NOW;
	digest_signed(rig, &audit, &d, &second);
	/* From the beginning, in one stretch or from the first digest on. */
	rows[n++] = digest_of(1, 1, 19, 0, 3, STR(""));
	rows[n++] = digest_of(1, 1, 9, 0, 3, STR(""));
	/* In the place of the last one: with fewer records, with more, with others. */
	rows[n++] = digest_of(2, 10, 18, 1, 3, buf_view(&first.signature));
	rows[n++] = digest_of(2, 10, 20, 1, 3, buf_view(&first.signature));
	rows[n++] = digest_of(2, 10, 19, 1, 3, buf_view(&first.signature));
	rows[n++] = digest_of(2, 10, 19, 3, 2, buf_view(&first.signature));
	rows[n++] = digest_of(2, 9, 19, 1, 2, buf_view(&first.signature));
	rows[n++] = digest_of(2, 10, 19, 1, 2, buf_view(&second.signature));
	/* Behind it: another hash, a gap, records again, another signature before it, a number left
	 * out, another account, another region, from another time on. */
	rows[n++] = digest_of(3, 20, 29, 3, 4, buf_view(&second.signature));
	rows[n++] = digest_of(3, 21, 29, 2, 4, buf_view(&second.signature));
	rows[n++] = digest_of(3, 10, 29, 2, 4, buf_view(&second.signature));
	rows[n++] = digest_of(3, 20, 29, 2, 4, buf_view(&first.signature));
	rows[n++] = digest_of(4, 20, 29, 2, 4, buf_view(&second.signature));
	d = digest_of(3, 20, 29, 2, 4, buf_view(&second.signature));
	for (i = 0; i < n; i++)
		rows[i].start_at = NOW;
	rows[n] = d; /* from before the last one's end on */
	rows[n++].start_at = NOW - 1;
	d.start_at = NOW;
	rows[n] = d;
	rows[n++].account_id = STR("123456789013");
	rows[n] = d;
	rows[n++].region = STR("eu-lab-2");
	rig->now_s = NOW + 30;
	for (i = 0; i < n; i++)
		digest_not_signed(rig, &audit, &rows[i], &second, i);
	digest_signed(rig, &audit, &d, &third);
	said_verifies(&third, &audit, &inter, &root);
	rig->now_s = NOW;
	said_release(&first);
	said_release(&second);
	said_release(&third);
	made_release(&audit);
	made_release(&inter);
	made_release(&root);
}

/* A core that died between the signature and the commit has more records when it asks again, and
 * maybe another key, if the first one was not stored either: it gets what was signed, and goes on
 * from there. */
static void
a_lost_digest_comes_back(void **state)
{
	struct made root, inter, audit, other;
	struct said first, again, second;
	struct rig *rig = *state;
	struct digest d;

	forget(rig);
	authorities(rig, &root, &inter);
	make_key(rig, CERT_AUDIT, PRIVKEY_RSA2048, &inter, &audit);
	make_key(rig, CERT_AUDIT, PRIVKEY_RSA2048, &inter, &other);
	d = digest_of(1, 1, 9, 0, 1, STR(""));
	digest_signed(rig, &audit, &d, &first);
	rig->now_s = NOW + 600;
	d = digest_of(1, 1, 15, 0, 2, STR(""));
	assert_true(ask_digest(rig, &other, buf_view(&other.cert), &d));
	take(rig, &again.text);
	take(rig, &again.signature);
	take_end(rig);
	said_verifies(&again, &other, &inter, &root);
	/* What follows has the signature that core was given last; the first one is nobody's. */
	d = digest_of(2, 10, 15, 1, 2, buf_view(&first.signature));
	d.start_at = NOW;
	digest_not_signed(rig, &other, &d, &again, 0);
	d.previous_signature = buf_view(&again.signature);
	digest_signed(rig, &audit, &d, &second);
	/* It said the same but for its signer. */
	rig->now_s = NOW;
	forget(rig);
	said_release(&first);
	d = digest_of(1, 1, 9, 0, 1, STR(""));
	digest_signed(rig, &other, &d, &first);
	assert_true(str_eq(buf_view(&first.text), buf_view(&again.text)));
	said_release(&second);
	said_release(&first);
	said_release(&again);
	made_release(&other);
	made_release(&audit);
	made_release(&inter);
	made_release(&root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_digest_out_of_range),
		cmocka_unit_test(no_digest_of_another_time),
		cmocka_unit_test(no_digest_of_nonsense),
		cmocka_unit_test(no_history_is_signed_anew),
		cmocka_unit_test(a_lost_digest_comes_back),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
