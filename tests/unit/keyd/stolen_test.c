/*
 * stolen_test: plays a stolen core: which entries and sessions it cannot have, and what each of
 * its questions does not open (docs/decisions/0045). Certificates are in stolen_cert_test.c,
 * digests in stolen_digest_test.c.
 */
#include "thief.h"

#include "aws/claims.h"

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
			ipc_put_u64(&m, NOW / 30);
			ipc_put_u64(&m, NOW / 30);
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
		cmocka_unit_test(nothing_but_an_entry_is_signed),
		cmocka_unit_test(no_session_for_ever),
		cmocka_unit_test(each_seal_has_its_questions),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
