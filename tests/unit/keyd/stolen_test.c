/*
 * stolen_test: plays a stolen core. For each message that keyd takes from it, this tests what the
 * thief cannot have made, signed or opened (docs/decisions/0045), and how long what it can have is
 * good for.
 */
#include "rig.h"

#include "aws/claims.h"
#include "codec/pem.h"
#include "pki/attest.h"
#include "pki/cert.h"
#include "pki/cert_name.h"
#include "pki/chain.h"
#include "pki/ocsp.h"
#include "trail/digest.h"

#define PLACE "eu-lab-1.amazonaws.com"
#define SIGNER CERT_SIGNER_NAME PLACE
#define AUDIT_LIFETIME_S (5 * 365 * DAY)
#define ED25519 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGDFlf5L4Yxuc2NIVv3Q4AHsV3k7BOjKFIrxbM5NQKBo"

/* ---- the authorities, as eicd init makes them ---- */

struct made {
	struct privkey *key; /* of authorities only */
	struct buf sealed, cert;
	uint64_t not_before, not_after;
};

static void
made_release(struct made *m)
{
	privkey_free(m->key);
	buf_release(&m->sealed);
	buf_release(&m->cert);
}

static void
seal_key(struct rig *rig, enum seal_purpose purpose, const struct privkey *key, struct buf *out)
{
	struct secret *plain;

	buf_init(out, MAX_FIELD);
	assert_int_equal(privkey_write(key, &plain), 0);
	assert_int_equal(seal_wrap(rig->secrets.seal, purpose,
			     str_of_n(secret_bytes(plain), secret_len(plain)), rand_system(), out),
	    0);
	secret_free(plain);
}

/* The key of a root is not kept in the store; here it is sealed as an earlier version did it. */
static void
authority(struct rig *rig, enum cert_profile profile, const struct made *issuer, int64_t end_s,
    struct made *ret)
{
	struct cert_request rq = { .profile = profile,
		.common_name = STR("openeic-ca"),
		.not_before_s = NOW - 400 * DAY,
		.not_after_s = end_s };
	struct buf public;

	*ret = (struct made){ .key = NULL };
	buf_init(&public, MAX_FIELD);
	buf_init(&ret->cert, MAX_FIELD);
	assert_int_equal(privkey_generate(PRIVKEY_RSA2048, &ret->key), 0);
	assert_int_equal(privkey_public_write(ret->key, &public), 0);
	rq.public_key = buf_view(&public);
	assert_int_equal(cert_issue(issuer == NULL ? ret->key : issuer->key,
			     issuer == NULL ? STR("") : buf_view(&issuer->cert), &rq, rand_system(),
			     &ret->cert),
	    0);
	seal_key(rig, profile == CERT_ROOT ? SEAL_PRIVATE_KEY : SEAL_ISSUER_KEY, ret->key,
	    &ret->sealed);
	buf_release(&public);
}

static void
authorities(struct rig *rig, struct made *root, struct made *inter)
{
	authority(rig, CERT_ROOT, NULL, NOW + 7000 * DAY, root);
	authority(rig, CERT_INTERMEDIATE, root, NOW + 3000 * DAY, inter);
}

/* ---- questions ---- */

static bool
ask_key(struct rig *rig, uint8_t profile, uint8_t kind, const struct made *issuer,
    const char *place)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CK_NEW_KEY);
	ipc_put_u8(&m, profile);
	ipc_put_u8(&m, kind);
	ipc_put_str(&m, buf_view(&issuer->sealed));
	ipc_put_str(&m, buf_view(&issuer->cert));
	ipc_put_str(&m, str_of(place));
	return ask(rig, &keyd_hasher, &m);
}

static void
make_key(struct rig *rig, uint8_t profile, uint8_t kind, const struct made *issuer,
    struct made *ret)
{
	*ret = (struct made){ .key = NULL };
	assert_true(ask_key(rig, profile, kind, issuer, PLACE));
	take(rig, &ret->sealed);
	assert_int_equal(ipc_get_u64(&rig->reply, &ret->not_before), 0);
	assert_int_equal(ipc_get_u64(&rig->reply, &ret->not_after), 0);
	take(rig, &ret->cert);
	take_end(rig);
}

static bool
ask_ocsp(struct rig *rig, const struct made *issuer, const struct made *subject)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CK_OCSP);
	ipc_put_str(&m, buf_view(&issuer->sealed));
	ipc_put_str(&m, buf_view(&issuer->cert));
	ipc_put_str(&m, buf_view(&subject->cert));
	return ask(rig, &keyd_signer, &m);
}

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

static bool
ask_entry(struct rig *rig, const struct made *signer, struct str text)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CK_SIGN_ENTRY);
	ipc_put_str(&m, buf_view(&signer->sealed));
	ipc_put_str(&m, text);
	return ask(rig, &keyd_signer, &m);
}

static bool
ask_digest(struct rig *rig, const struct made *key, struct str certificate, const struct digest *d)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CK_SIGN_DIGEST);
	ipc_put_str(&m, buf_view(&key->sealed));
	ipc_put_str(&m, certificate);
	ipc_put_str(&m, d->account_id);
	ipc_put_str(&m, d->region);
	ipc_put_u64(&m, (uint64_t)d->seq);
	ipc_put_u64(&m, (uint64_t)d->start_at);
	ipc_put_u64(&m, (uint64_t)d->end_at);
	ipc_put_u64(&m, (uint64_t)d->interval_s);
	ipc_put_u64(&m, (uint64_t)d->first_seq);
	ipc_put_u64(&m, (uint64_t)d->last_seq);
	ipc_put_str(&m, str_of_n(d->first_previous, 32));
	ipc_put_str(&m, str_of_n(d->last_hash, 32));
	ipc_put_str(&m, d->previous_signature);
	return ask(rig, &keyd_hasher, &m);
}

/* ---- certificates ---- */

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

/* ---- entries ---- */

#define AT(t) "#Timestamp=" t "\n"
#define INSTANCE "#Instance=i-0123456789abcdef0\n"
#define CALLER "#Caller=arn:aws:iam::123456789012:user/eve\n"
#define REQUEST "#Request=r\n"
#define USER "#User=u\n"
#define REST INSTANCE CALLER REQUEST USER ED25519 "\n"

/* With whatever key: no certificate, no response, nothing of a handshake, no digest, no text that
 * is not exactly an entry, and no entry that could be kept for later. */
static void
nothing_but_an_entry_is_signed(void **state)
{
	static const struct {
		struct str text;
		int r;
	} rows[] = {
#define ROW(text, r) { { text, sizeof(text) - 1 }, r }
		ROW(AT("1790000000") REST, 0),
		ROW(AT("1790000060") REST, 0),
		/* The clock may have been set back by a moment. */
		ROW(AT("1790000061") REST, 0),
		ROW(AT("1790000062") REST, ERR_RANGE),
		ROW(AT("1790003600") REST, ERR_RANGE),
		ROW(AT("4945000000") REST, ERR_RANGE),
		ROW(AT("9223372036854775807") REST, ERR_RANGE),
		ROW(AT("1") REST, 0), /* nobody wants one that has expired */
		ROW(AT("0") REST, ERR_SYNTAX),
		ROW(AT("01790000000") REST, ERR_SYNTAX),
		ROW(AT("-1") REST, ERR_SYNTAX),
		ROW(REST, ERR_SYNTAX),
		ROW(AT("1790000000") AT("1790000000") REST, ERR_SYNTAX),
		ROW(INSTANCE AT("1790000000") CALLER REQUEST USER ED25519 "\n", ERR_SYNTAX),
		ROW(AT("1790000000") "#More=x\n" REST, ERR_SYNTAX),
		ROW(AT("1790000000") REST "\n", ERR_SYNTAX),
		ROW(AT("1790000000") REST ED25519 "\n", ERR_SYNTAX),
		ROW(AT("1790000000") INSTANCE CALLER REQUEST USER ED25519, ERR_SYNTAX),
		ROW(AT("1790000000") INSTANCE CALLER ED25519 "\n", ERR_SYNTAX),
		ROW(AT("1790000000") INSTANCE CALLER "#Request=\n" USER ED25519 "\n", ERR_SYNTAX),
		ROW(AT("1790000000") INSTANCE CALLER REQUEST ED25519 "\n", ERR_SYNTAX),
		ROW(AT("1790000000") INSTANCE CALLER REQUEST "#User=\n" ED25519 "\n", ERR_SYNTAX),
		ROW(AT("1790000000") INSTANCE CALLER REQUEST "#User=a b\n" ED25519 "\n",
		    ERR_SYNTAX),
		ROW(AT("1790000000") INSTANCE CALLER REQUEST USER "#User=v\n" ED25519 "\n",
		    ERR_SYNTAX),
		ROW(AT("1790000000") CALLER REQUEST USER ED25519 "\n", ERR_SYNTAX),
		ROW(AT("1790000000") "#Instance=*\n" CALLER REQUEST USER ED25519 "\n", ERR_SYNTAX),
		ROW(AT("1790000000") INSTANCE "#Caller=me\n" REQUEST USER ED25519 "\n", ERR_SYNTAX),
		ROW(AT("1790000000") INSTANCE CALLER REQUEST USER "ssh-ed25519 AAAA\n", ERR_SYNTAX),
		ROW(AT("1790000000") INSTANCE CALLER REQUEST USER "cert-authority " ED25519 "\n",
		    ERR_SYNTAX),
		ROW(AT("1790000000") INSTANCE CALLER REQUEST USER "command=\"x\" " ED25519 "\n",
		    ERR_SYNTAX),
		ROW(AT("1790000000") INSTANCE CALLER REQUEST USER ED25519 " \n", ERR_SYNTAX),
		ROW(AT("1790000000") INSTANCE CALLER "#Request=\1\n" USER ED25519 "\n", ERR_SYNTAX),
		ROW("", ERR_SYNTAX),
		ROW("{\"version\":1,\"awsAccountId\":\"123456789012\"}", ERR_SYNTAX),
		ROW("    TLS 1.3, server CertificateVerify\0x", ERR_SYNTAX),
	};
	struct made root, inter, leaf, audit;
	const struct made *keys[4] = { &root, &inter, &leaf, &audit };
	struct rig *rig = *state;
	struct buf signature;
	size_t i, k;
	int want;

	authorities(rig, &root, &inter);
	make_key(rig, CERT_SIGNER, PRIVKEY_P256, &inter, &leaf);
	make_key(rig, CERT_AUDIT, PRIVKEY_RSA2048, &inter, &audit);
	for (k = 0; k < 4; k++) {
		for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
			/* An entry by another key than a signer's is not signed either. */
			want = rows[i].r == 0 && k != 2 ? ERR_CRYPTO : rows[i].r;
			if (ask_entry(rig, keys[k], rows[i].text) != (want == 0))
				fail_msg("row %zu", i);
			if (want != 0) {
				take_reason(rig, want);
				continue;
			}
			take(rig, &signature);
			take_end(rig);
			buf_release(&signature);
		}
		/* The whole certificate, and what of it an issuer signs. */
		assert_false(ask_entry(rig, keys[k], buf_view(&leaf.cert)));
		take_reason(rig, ERR_SYNTAX);
		assert_false(ask_entry(rig, keys[k], str_from(buf_view(&leaf.cert), 4)));
		take_reason(rig, ERR_SYNTAX);
	}
	made_release(&audit);
	made_release(&leaf);
	made_release(&inter);
	made_release(&root);
}

/* ---- digests ---- */

static struct digest
digest_of(int64_t seq, int64_t first, int64_t last, uint8_t before, uint8_t hash,
    struct str previous)
{
	struct digest d = { .account_id = STR("123456789012"),
		.region = STR("eu-lab-1"),
		.seq = seq,
		.start_at = NOW - 3600,
		.end_at = NOW,
		.interval_s = 3600,
		.first_seq = first,
		.last_seq = last,
		.previous_signature = previous };

	memset(d.first_previous, before, sizeof(d.first_previous));
	memset(d.last_hash, hash, sizeof(d.last_hash));
	return d;
}

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

/* ---- sessions ---- */

static bool
ask_session(struct rig *rig, int64_t issued_at, int64_t expires_at)
{
	const struct claims_head head = { .type = 1,
		.issued_at = issued_at,
		.expires_at = expires_at };
	struct buf claims;
	struct ipc_out m;

	buf_init(&claims, MAX_FIELD);
	claims_head_write(&claims, &head);
	ipc_begin(&m, MSG_CK_NEW_SESSION);
	ipc_put_str(&m, buf_view(&claims));
	buf_release(&claims);
	return ask(rig, &keyd_signer, &m);
}

static void
no_session_for_ever(void **state)
{
	static const struct {
		int64_t issued, expires;
		bool made;
	} rows[] = {
		{ 0, 3600, true },
		{ -60, 0, true },
		{ 60, 61, true },
		{ 0, 129600, true }, /* 36 hours: GetSessionToken, STS API reference */
		{ 0, 129601, false },
		{ 0, 100 * 365 * DAY, false },
		{ -61, 60, false },
		{ 61, 3600, false },
		{ 50 * 365 * DAY, 50 * 365 * DAY + 3600, false },
		{ 0, 0, false },
		{ 0, -1, false },
	};
	struct rig *rig = *state;
	struct ipc_out m;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (ask_session(rig, NOW + rows[i].issued, NOW + rows[i].expires) != rows[i].made)
			fail_msg("row %zu", i);
		if (!rows[i].made)
			take_reason(rig, ERR_RANGE);
	}
	/* What is no claims is not sealed at all. */
	ipc_begin(&m, MSG_CK_NEW_SESSION);
	ipc_put_str(&m, STR("whatever"));
	assert_false(ask(rig, &keyd_signer, &m));
	take_reason(rig, ERR_SYNTAX);
}

/* ---- seals ---- */

/* A question about something sealed: was it opened? */
static bool
opens(struct rig *rig, uint16_t type, struct str sealed, const struct made *issuer)
{
	static const char entry[] = AT("1790000000") REST;
	const struct digest d = digest_of(1, 1, 9, 0, 1, STR(""));
	struct made v = { .cert = issuer->cert };
	struct ipc_out m;
	uint8_t opened;
	size_t i;
	bool ok;

	buf_init(&v.sealed, MAX_FIELD);
	buf_str(&v.sealed, sealed);
	switch (type) {
	case MSG_CK_NEW_KEY:
		ok = ask_key(rig, CERT_SIGNER, PRIVKEY_P256, &v, PLACE);
		break;
	case MSG_CK_OCSP:
		ok = ask_ocsp(rig, &v, issuer);
		break;
	case MSG_CK_SIGN_ENTRY:
		ok = ask_entry(rig, &v, STR(entry));
		break;
	case MSG_CK_SIGN_DIGEST:
		ok = ask_digest(rig, &v, buf_view(&issuer->cert), &d);
		break;
	default:
		ipc_begin(&m, type);
		ipc_put_str(&m, sealed);
		for (i = 0; type == MSG_CK_VERIFY || type == MSG_CK_VERIFY_SESSION; i++) {
			if (i == 4) {
				ipc_put_str(&m, STR("0123456789abcdef0123456789abcdef"));
				break;
			}
			ipc_put_str(&m, STR("x"));
		}
		if (type == MSG_CK_CHECK_TOTP) {
			ipc_put_str(&m, STR("123456"));
			ipc_put_u64(&m, 1);
			ipc_put_u64(&m, 1);
		}
		if (type == MSG_CK_CHECK_PASSWORD)
			ipc_put_str(&m, STR("password"));
		ok = ask(rig, core_kind(type), &m);
	}
	buf_release(&v.sealed);
	if (ok && (type == MSG_CK_VERIFY_SESSION || type == MSG_CK_OPEN_MESSAGE)) {
		assert_int_equal(ipc_get_u8(&rig->reply, &opened), 0);
		return opened == 1;
	}
	/* ERR_CRYPTO is that it did not open; anything else, that there was something in it. */
	if (!ok) {
		struct str reason;

		assert_int_equal(ipc_get_str(&rig->reply, MAX_FIELD, &reason), 0);
		return !str_eq_c(reason, err_text(ERR_CRYPTO));
	}
	return true;
}

/* Each question opens what was sealed for it, and nothing else that core finds in its database. */
static void
each_seal_has_its_questions(void **state)
{
	static const struct {
		uint16_t type;
		enum seal_purpose purpose;
	} rows[] = {
		{ MSG_CK_VERIFY, SEAL_ACCESS_KEY },
		{ MSG_CK_VERIFY_SESSION, SEAL_SESSION },
		{ MSG_CK_OPEN_MESSAGE, SEAL_MESSAGE },
		{ MSG_CK_CHECK_TOTP, SEAL_TOTP },
		{ MSG_CK_CHECK_PASSWORD, SEAL_PASSWORD },
		{ MSG_CK_NEW_KEY, SEAL_ISSUER_KEY },
		{ MSG_CK_OCSP, SEAL_ISSUER_KEY },
		{ MSG_CK_SIGN_ENTRY, SEAL_SIGNER_KEY },
		{ MSG_CK_SIGN_DIGEST, SEAL_AUDIT_KEY },
	};
	struct rig *rig = *state;
	struct secret *plain;
	struct buf sealed;
	struct made root;
	uint8_t purpose;
	bool fits;
	size_t i;

	keyd_notary_free(rig->secrets.notary);
	rig->secrets.notary = keyd_notary_new();
	authority(rig, CERT_ROOT, NULL, NOW + DAY, &root);
	assert_int_equal(privkey_write(root.key, &plain), 0);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (purpose = 0; purpose < 16; purpose++) {
			/* Too long for some of the questions, which then costs the channel. */
			fits = rows[i].purpose >= SEAL_ISSUER_KEY;
			buf_init(&sealed, MAX_FIELD);
			assert_int_equal(seal_wrap(rig->secrets.seal, (enum seal_purpose)purpose,
					     fits ? str_of_n(secret_bytes(plain), secret_len(plain))
						  : STR("12345678901234567890"),
					     rand_system(), &sealed),
			    0);
			if (rows[i].type == MSG_CK_VERIFY_SESSION) {
				buf_clear(&sealed);
				assert_int_equal(
				    seal_wrap(rig->secrets.seal, (enum seal_purpose)purpose,
					STR("1234567890123456789012345678901234567890"),
					rand_system(), &sealed),
				    0);
			}
			if (opens(rig, rows[i].type, buf_view(&sealed), &root) !=
			    (purpose == rows[i].purpose))
				fail_msg("question %x, purpose %u", rows[i].type, purpose);
			buf_release(&sealed);
		}
	}
	secret_free(plain);
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
		cmocka_unit_test(nothing_but_an_entry_is_signed),
		cmocka_unit_test(no_digest_of_another_time),
		cmocka_unit_test(no_history_is_signed_anew),
		cmocka_unit_test(no_session_for_ever),
		cmocka_unit_test(each_seal_has_its_questions),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
