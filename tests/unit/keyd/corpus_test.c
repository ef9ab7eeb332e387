/*
 * corpus_test: tests that the inputs with which fuzzing of keyd begins (tests/fuzz/corpus/keyd) are
 * questions that keyd answers: so a fuzzer, and the replay of the corpus, get behind the seals.
 * There is one for each message of docs/PROTOCOL.md 1.3, named after it. With a directory as its
 * argument it writes them there anew instead.
 */
#include "thief.h"

#include <fcntl.h>
#include <unistd.h>

#include "aws/claims.h"
#include "aws/sigv4_key.h"
#include "pki/password.h"
#include "pki/possession.h"
#include "pki/totp.h"

#define CORPUS VECTORS "/../fuzz/corpus/keyd"
#define MAX_INPUT 65536

static const struct row {
	const char *name;
	uint16_t type;
} rows[] = {
	{ "verify", MSG_CK_VERIFY },
	{ "new_secret", MSG_CK_NEW_SECRET },
	{ "new_key", MSG_CK_NEW_KEY },
	{ "sign_digest", MSG_CK_SIGN_DIGEST },
	{ "ocsp", MSG_CK_OCSP },
	{ "sign_entry", MSG_CK_SIGN_ENTRY },
	{ "new_session", MSG_CK_NEW_SESSION },
	{ "verify_session", MSG_CK_VERIFY_SESSION },
	{ "seal_message", MSG_CK_SEAL_MESSAGE },
	{ "open_message", MSG_CK_OPEN_MESSAGE },
	{ "new_totp", MSG_CK_NEW_TOTP },
	{ "check_totp", MSG_CK_CHECK_TOTP },
	{ "new_password", MSG_CK_NEW_PASSWORD },
	{ "check_password", MSG_CK_CHECK_PASSWORD },
	{ "certify_agent", MSG_CK_CERTIFY_AGENT },
	{ "tls_sign", MSG_FK_TLS_SIGN },
};
#define N_ROWS (sizeof(rows) / sizeof(*rows))

/* ---- reading ---- */

/* One whose answer says "no" proves nothing. */
static void
assert_yes(struct rig *rig, const struct row *row)
{
	uint8_t yes = 1;

	if (row->type == MSG_CK_VERIFY || row->type == MSG_CK_VERIFY_SESSION ||
	    row->type == MSG_CK_OPEN_MESSAGE || row->type == MSG_CK_CHECK_PASSWORD)
		assert_int_equal(ipc_get_u8(&rig->reply, &yes), 0);
	if (row->type == MSG_CK_VERIFY_SESSION && yes == 1)
		assert_int_equal(ipc_get_u8(&rig->reply, &yes), 0);
	if (yes != 1)
		fail_msg("%s: no", row->name);
}

static void
the_corpus_is_answered(void **state)
{
	static char input[MAX_INPUT];
	struct rig *rig = *state;
	struct ipc_out m;
	char path[4096];
	ssize_t n = 0;
	size_t i;
	int fd;

	for (i = 0; i < N_ROWS; i++) {
		snprintf(path, sizeof(path), "%s/%s", CORPUS, rows[i].name);
		if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1 ||
		    (n = read(fd, input, sizeof(input))) < 3)
			fail_msg("%s", path);
		close(fd);
		assert_int_equal(input[0], rows[i].type == MSG_FK_TLS_SIGN);
		assert_int_equal((uint8_t)input[1] << 8 | (uint8_t)input[2], rows[i].type);
		ipc_begin(&m, rows[i].type);
		buf_add(&m.body, input + 3, (size_t)n - 3);
		if (!ask(rig, rows[i].type == MSG_FK_TLS_SIGN ? &keyd_tls : core_kind(rows[i].type),
			&m))
			fail_msg("%s: ok = 0", rows[i].name);
		assert_yes(rig, &rows[i]);
	}
}

/* Every message has one. */
static void
no_message_is_left_out(void **state)
{
	static const struct keyd_kind *const kinds[] = { &keyd_signer, &keyd_hasher, &keyd_tls };
	size_t i, k, n = 0;

	(void)state;
	for (k = 0; k < 3; k++) {
		for (i = 0; i < kinds[k]->n_rules; i++, n++) {
			size_t at = 0;

			while (at < N_ROWS && rows[at].type != kinds[k]->rules[i].type)
				at++;
			assert_true(at < N_ROWS);
		}
	}
	assert_int_equal(n, N_ROWS);
}

/* ---- writing ---- */

static void
put_sealed(struct rig *rig, struct ipc_out *m, enum seal_purpose purpose, struct str plain)
{
	struct buf sealed;

	buf_init(&sealed, MAX_FIELD);
	assert_int_equal(seal_wrap(rig->secrets.seal, purpose, plain, rand_system(), &sealed), 0);
	ipc_put_str(m, buf_view(&sealed));
	buf_release(&sealed);
}

/* A signed request, behind the seal of its secret. */
static void
put_signed(struct ipc_out *m, struct str secret)
{
	uint8_t key[SIGV4_KEY_BYTES], signature[32];

	assert_int_equal(sigv4_key_derive(secret, STR("20260921"), STR("eu-lab-1"), STR("ec2"),
			     key),
	    0);
	assert_int_equal(sigv4_key_sign(key, STR("AWS4-HMAC-SHA256\ntext"), signature), 0);
	ipc_put_str(m, STR("20260921"));
	ipc_put_str(m, STR("eu-lab-1"));
	ipc_put_str(m, STR("ec2"));
	ipc_put_str(m, STR("AWS4-HMAC-SHA256\ntext"));
	ipc_put_str(m, str_of_n(signature, sizeof(signature)));
}

static void
put_claims(struct ipc_out *m, struct buf *claims)
{
	const struct claims_head head = { .type = 1, .issued_at = NOW, .expires_at = NOW + 3600 };

	claims_head_write(claims, &head);
	if (m != NULL)
		ipc_put_str(m, buf_view(claims));
}

static void
put_code(struct rig *rig, struct ipc_out *m)
{
	const struct str seed = STR("12345678901234567890");
	char code[TOTP_DIGITS + 1];

	put_sealed(rig, m, SEAL_TOTP, seed);
	assert_int_equal(totp_code(seed, NOW / TOTP_STEP_S, code), 0);
	ipc_put_str(m, str_of(code));
	ipc_put_u64(m, NOW / TOTP_STEP_S - 1);
	ipc_put_u64(m, NOW / TOTP_STEP_S + 1);
}

static void
put_password(struct rig *rig, struct ipc_out *m)
{
	struct buf hash;

	buf_init(&hash, PASSWORD_HASH_BYTES);
	assert_int_equal(password_hash(STR("correct horse"), rand_system(), &hash), 0);
	put_sealed(rig, m, SEAL_PASSWORD, buf_view(&hash));
	ipc_put_str(m, STR("correct horse"));
	buf_release(&hash);
}

/* A new key of an agent, for an authority of agents. */
static void
put_agent(struct rig *rig, struct ipc_out *m)
{
	const struct str present =
	    STR("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	struct secret *plain;
	struct privkey *key;
	struct buf public, proof;
	struct made ca;

	authority(rig, CERT_ROOT, NULL, NOW + 7000 * DAY, &ca);
	assert_int_equal(privkey_write(ca.key, &plain), 0);
	put_sealed(rig, m, SEAL_AGENT_CA_KEY, str_of_n(secret_bytes(plain), secret_len(plain)));
	secret_free(plain);
	ipc_put_str(m, buf_view(&ca.cert));
	made_release(&ca);
	buf_init(&public, MAX_FIELD);
	buf_init(&proof, MAX_FIELD);
	assert_int_equal(privkey_generate(PRIVKEY_P256, &key), 0);
	assert_int_equal(possession_prove(key, present, &public, &proof), 0);
	privkey_free(key);
	ipc_put_str(m, STR("agent-vpc-0123456789abcdef0"));
	ipc_put_str(m, present);
	ipc_put_str(m, buf_view(&public));
	ipc_put_str(m, buf_view(&proof));
	buf_release(&public);
	buf_release(&proof);
}

/* The questions that thief.h does not ask. */
static void
ask_other(struct rig *rig, uint16_t type)
{
	const struct str secret = STR("1234567890123456789012345678901234567890");
	const uint8_t digest[32] = { 1 };
	struct ipc_out m;
	struct buf b;

	ipc_begin(&m, type);
	buf_init(&b, MAX_FIELD);
	if (type == MSG_CK_VERIFY) {
		put_sealed(rig, &m, SEAL_ACCESS_KEY, secret);
		put_signed(&m, secret);
	} else if (type == MSG_CK_NEW_SESSION) {
		put_claims(&m, &b);
	} else if (type == MSG_CK_VERIFY_SESSION) {
		buf_str(&b, secret);
		put_claims(NULL, &b);
		put_sealed(rig, &m, SEAL_SESSION, buf_view(&b));
		put_signed(&m, secret);
	} else if (type == MSG_CK_SEAL_MESSAGE) {
		ipc_put_str(&m, STR("a message"));
	} else if (type == MSG_CK_OPEN_MESSAGE) {
		put_sealed(rig, &m, SEAL_MESSAGE, STR("a message"));
	} else if (type == MSG_CK_CHECK_TOTP) {
		put_code(rig, &m);
	} else if (type == MSG_CK_NEW_PASSWORD) {
		ipc_put_str(&m, STR("correct horse"));
	} else if (type == MSG_CK_CHECK_PASSWORD) {
		put_password(rig, &m);
	} else if (type == MSG_CK_CERTIFY_AGENT) {
		put_agent(rig, &m);
	} else if (type == MSG_FK_TLS_SIGN) {
		ipc_put_str(&m, str_of_n(digest, sizeof(digest)));
		ipc_put_u8(&m, PRIVKEY_TLS_ECDSA_P256);
	}
	assert_true(ask(rig, type == MSG_FK_TLS_SIGN ? &keyd_tls : core_kind(type), &m));
	buf_release(&b);
}

static void
ask_row(struct rig *rig, uint16_t type, const struct made *inter, const struct made *signer,
    const struct made *audit)
{
	static const char entry[] =
	    "#Timestamp=1790000060\n#Instance=i-0123456789abcdef0\n"
	    "#Caller=arn:aws:iam::123456789012:user/eve\n#Request=r\n#User=u\n" ED25519 "\n";
	const struct digest d = digest_of(1, 1, 9, 0, 1, STR(""));

	if (type == MSG_CK_NEW_KEY)
		assert_true(ask_key(rig, CERT_SIGNER, PRIVKEY_P256, inter, PLACE));
	else if (type == MSG_CK_SIGN_DIGEST)
		assert_true(ask_digest(rig, audit, buf_view(&audit->cert), &d));
	else if (type == MSG_CK_OCSP)
		assert_true(ask_ocsp(rig, inter, signer));
	else if (type == MSG_CK_SIGN_ENTRY)
		assert_true(ask_entry(rig, signer, STR(entry)));
	else
		ask_other(rig, type);
}

static int
corpus_write(const char *dir)
{
	struct made root, inter, signer, audit;
	struct rig *rig;
	void *state;
	size_t i;

	if (setup(&state) != 0)
		return 1;
	rig = state;
	authorities(rig, &root, &inter);
	make_key(rig, CERT_SIGNER, PRIVKEY_P256, &inter, &signer);
	make_key(rig, CERT_AUDIT, PRIVKEY_RSA2048, &inter, &audit);
	for (i = 0; i < N_ROWS; i++) {
		char path[4096];

		snprintf(path, sizeof(path), "%s/%s", dir, rows[i].name);
		if ((rig->keep_fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644)) == -1)
			return 1;
		ask_row(rig, rows[i].type, &inter, &signer, &audit);
		close(rig->keep_fd);
	}
	rig->keep_fd = -1;
	made_release(&audit);
	made_release(&signer);
	made_release(&inter);
	made_release(&root);
	return teardown(&state);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_corpus_is_answered),
		cmocka_unit_test(no_message_is_left_out),
	};

	if (argc == 2)
		return corpus_write(argv[1]);
	return cmocka_run_group_tests(tests, setup, teardown);
}
