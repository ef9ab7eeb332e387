/* access_test: tests keyd's operations on sessions, messages, one-time codes and passwords. */
#include "rig.h"

#include "aws/sigv4_key.h"
#include "pki/password.h"
#include "pki/totp.h"

/* Of a session from NOW on for an hour (aws/claims.h), with texts behind it. */
#define CLAIMS_HEAD \
	"\1\1\0" \
	"\0\0\0\0\x6a\xb1\x3b\x80" \
	"\0\0\0\0\x6a\xb1\x49\x90" \
	"\0\0\0\0\0\0\0\0"
#define CLAIMS STR(CLAIMS_HEAD "the rest")
#define TEXT STR("AWS4-HMAC-SHA256\nwhatever")
#define DATE STR("20231114")
#define MAX_CLAIMS 12288
#define MAX_MESSAGE 16384

static char big[MAX_FIELD];

static bool
ask_str(struct rig *rig, uint16_t type, struct str v)
{
	struct ipc_out m;

	ipc_begin(&m, type);
	ipc_put_str(&m, v);
	return ask(rig, core_kind(m.type), &m);
}

/* The two strings that a reply is made of. */
static void
take_two(struct rig *rig, struct buf *a, struct buf *b)
{
	take(rig, a);
	take(rig, b);
	take_end(rig);
}

static uint8_t
take_u8(struct rig *rig)
{
	uint8_t v = 9;

	assert_int_equal(ipc_get_u8(&rig->reply, &v), 0);
	return v;
}

/* One string, sealed by somebody with this KEK for this purpose. */
static void
seal_by(uint8_t kek0, enum seal_purpose purpose, struct str plain, struct buf *out)
{
	uint8_t kek[SEAL_KEK_BYTES] = { kek0 };
	struct seal *seal = seal_new(kek);

	buf_init(out, MAX_FIELD);
	assert_int_equal(seal_wrap(seal, purpose, plain, rand_system(), out), 0);
	seal_free(seal);
}

/* ---- sessions ---- */

struct outcome {
	bool opened, valid;
	struct buf claims;
};

/* A request of the token's holder, signed with secret. */
static void
ask_session(struct rig *rig, struct str token, struct str secret, struct str date,
    struct outcome *ret)
{
	uint8_t key[SIGV4_KEY_BYTES], signature[32];
	struct ipc_out m;

	assert_int_equal(sigv4_key_derive(secret, DATE, STR("r"), STR("ec2"), key), 0);
	assert_int_equal(sigv4_key_sign(key, TEXT, signature), 0);
	ipc_begin(&m, MSG_CK_VERIFY_SESSION);
	ipc_put_str(&m, token);
	ipc_put_str(&m, date);
	ipc_put_str(&m, STR("r"));
	ipc_put_str(&m, STR("ec2"));
	ipc_put_str(&m, TEXT);
	ipc_put_str(&m, str_of_n(signature, sizeof(signature)));
	assert_true(ask(rig, core_kind(m.type), &m));
	ret->opened = take_u8(rig) == 1;
	ret->valid = take_u8(rig) == 1;
	take(rig, &ret->claims);
	take_end(rig);
}

static void
assert_session(struct rig *rig, struct str token, struct str secret, struct str date, bool opened,
    bool valid)
{
	struct outcome o;

	ask_session(rig, token, secret, date, &o);
	assert_int_equal(o.opened, opened);
	assert_int_equal(o.valid, valid);
	assert_true(str_eq(buf_view(&o.claims), opened ? CLAIMS : STR("")));
	buf_release(&o.claims);
}

static void
sessions_are_verified(void **state)
{
	struct rig *rig = *state;
	struct buf secret, token, other_secret, other;
	int i;

	assert_true(ask_str(rig, MSG_CK_NEW_SESSION, CLAIMS));
	take_two(rig, &secret, &token);
	assert_true(ask_str(rig, MSG_CK_NEW_SESSION, CLAIMS));
	take_two(rig, &other_secret, &other);
	assert_int_equal(secret.n, 40);
	assert_false(str_eq(buf_view(&secret), buf_view(&other_secret)));
	/* Twice: derived, then from the cache. */
	for (i = 0; i < 2; i++) {
		assert_session(rig, buf_view(&token), buf_view(&secret), DATE, true, true);
		assert_session(rig, buf_view(&token), buf_view(&other_secret), DATE, true, false);
		assert_session(rig, buf_view(&other), buf_view(&secret), DATE, true, false);
		assert_session(rig, buf_view(&other), buf_view(&other_secret), DATE, true, true);
		assert_session(rig, buf_view(&token), buf_view(&secret), STR("20231115"), true,
		    false);
	}
	buf_release(&secret);
	buf_release(&token);
	buf_release(&other_secret);
	buf_release(&other);
}

static void
damaged_tokens_do_not_open(void **state)
{
	struct rig *rig = *state;
	struct buf secret, token;
	size_t i;

	assert_true(ask_str(rig, MSG_CK_NEW_SESSION, CLAIMS));
	take_two(rig, &secret, &token);
	for (i = 0; i < token.n; i++)
		assert_session(rig, str_head(buf_view(&token), i), buf_view(&secret), DATE, false,
		    false);
	for (i = 0; i < token.n * 8; i++) {
		token.p[i / 8] = (char)(token.p[i / 8] ^ 1 << i % 8);
		assert_session(rig, buf_view(&token), buf_view(&secret), DATE, false, false);
		token.p[i / 8] = (char)(token.p[i / 8] ^ 1 << i % 8);
	}
	buf_ch(&token, 'x');
	assert_session(rig, buf_view(&token), buf_view(&secret), DATE, false, false);
	buf_release(&secret);
	buf_release(&token);
}

static void
foreign_tokens_do_not_open(void **state)
{
#define GOOD "1234567890123456789012345678901234567890" CLAIMS_HEAD "the rest"
	static const struct {
		uint8_t kek;
		enum seal_purpose purpose;
		struct str plain;
		bool opened;
	} rows[] = {
		{ 7, SEAL_SESSION, { GOOD, sizeof(GOOD) - 1 }, true },
		{ 8, SEAL_SESSION, { GOOD, sizeof(GOOD) - 1 }, false },
		{ 7, SEAL_ACCESS_KEY, { GOOD, sizeof(GOOD) - 1 }, false },
		{ 7, SEAL_MESSAGE, { GOOD, sizeof(GOOD) - 1 }, false },
		{ 7, SEAL_SESSION, { GOOD, 39 }, false },
		{ 7, SEAL_SESSION, { GOOD, 0 }, false },
	};
	const struct str secret = STR("1234567890123456789012345678901234567890");
	struct rig *rig = *state;
	struct buf token;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		seal_by(rows[i].kek, rows[i].purpose, rows[i].plain, &token);
		assert_session(rig, buf_view(&token), secret, DATE, rows[i].opened, rows[i].opened);
		buf_release(&token);
	}
	/* Not even one that says that it was signed with what stands for no secret. */
	assert_session(rig, STR("token"), STR("0000000000000000000000000000000000000000"), DATE,
	    false, false);
}

/* A token is no access key, also once its signing key is known. */
static void
a_token_is_no_access_key(void **state)
{
	uint8_t key[SIGV4_KEY_BYTES], signature[32];
	struct rig *rig = *state;
	struct buf secret, token;
	struct ipc_out m;
	struct outcome o;

	assert_true(ask_str(rig, MSG_CK_NEW_SESSION, CLAIMS));
	take_two(rig, &secret, &token);
	assert_int_equal(sigv4_key_derive(buf_view(&secret), DATE, STR("r"), STR("ec2"), key), 0);
	assert_int_equal(sigv4_key_sign(key, TEXT, signature), 0);
	ask_session(rig, buf_view(&token), buf_view(&secret), DATE, &o);
	assert_true(o.valid);
	buf_release(&o.claims);
	ipc_begin(&m, MSG_CK_VERIFY);
	ipc_put_str(&m, buf_view(&token));
	ipc_put_str(&m, DATE);
	ipc_put_str(&m, STR("r"));
	ipc_put_str(&m, STR("ec2"));
	ipc_put_str(&m, TEXT);
	ipc_put_str(&m, str_of_n(signature, sizeof(signature)));
	assert_false(ask(rig, core_kind(m.type), &m));
	take_reason(rig, ERR_CRYPTO);
	buf_release(&secret);
	buf_release(&token);
}

/* ---- messages ---- */

static void
assert_opens(struct rig *rig, struct str sealed, bool opened, struct str plain)
{
	struct buf b;

	assert_true(ask_str(rig, MSG_CK_OPEN_MESSAGE, sealed));
	assert_int_equal(take_u8(rig), opened);
	take(rig, &b);
	take_end(rig);
	assert_true(str_eq(buf_view(&b), plain));
	buf_release(&b);
}

static void
messages_open_here_alone(void **state)
{
	struct rig *rig = *state;
	struct buf sealed, foreign;
	size_t i;

	assert_true(ask_str(rig, MSG_CK_SEAL_MESSAGE, STR("a message")));
	take(rig, &sealed);
	take_end(rig);
	assert_opens(rig, buf_view(&sealed), true, STR("a message"));
	for (i = 0; i < sealed.n; i++) {
		assert_opens(rig, str_head(buf_view(&sealed), i), false, STR(""));
		sealed.p[i] ^= 1;
		assert_opens(rig, buf_view(&sealed), false, STR(""));
		sealed.p[i] ^= 1;
	}
	buf_release(&sealed);
	seal_by(8, SEAL_MESSAGE, STR("a message"), &foreign);
	assert_opens(rig, buf_view(&foreign), false, STR(""));
	buf_release(&foreign);
	/* Above all no secret comes out of it. */
	seal_by(7, SEAL_ACCESS_KEY, STR("a secret"), &foreign);
	assert_opens(rig, buf_view(&foreign), false, STR(""));
	buf_release(&foreign);
	seal_by(7, SEAL_SESSION, STR("a secret"), &foreign);
	assert_opens(rig, buf_view(&foreign), false, STR(""));
	buf_release(&foreign);
	assert_true(ask_str(rig, MSG_CK_SEAL_MESSAGE, str_of_n(big, MAX_MESSAGE)));
	take(rig, &sealed);
	take_end(rig);
	assert_opens(rig, buf_view(&sealed), true, str_of_n(big, MAX_MESSAGE));
	buf_release(&sealed);
}

/* ---- one-time codes ---- */

static bool
ask_code(struct rig *rig, struct str sealed, struct str code, uint64_t first, uint64_t last,
    uint64_t *ret)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CK_CHECK_TOTP);
	ipc_put_str(&m, sealed);
	ipc_put_str(&m, code);
	ipc_put_u64(&m, first);
	ipc_put_u64(&m, last);
	if (!ask(rig, core_kind(m.type), &m))
		return false;
	assert_int_equal(ipc_get_u64(&rig->reply, ret), 0);
	take_end(rig);
	return true;
}

static void
codes_are_checked(void **state)
{
	struct rig *rig = *state;
	struct buf sealed;
	uint64_t step = 0;

	/* RFC 6238 appendix B: the code of 1111111111, which is in step 37037037. */
	rig->now_s = 1111111111;
	seal_by(7, SEAL_TOTP, STR("12345678901234567890"), &sealed);
	assert_true(ask_code(rig, buf_view(&sealed), STR("050471"), 37037036, 37037038, &step));
	assert_int_equal(step, 37037037);
	assert_true(ask_code(rig, buf_view(&sealed), STR("050472"), 37037036, 37037038, &step));
	assert_int_equal(step, 0);
	assert_true(ask_code(rig, buf_view(&sealed), STR("050471"), 37037038, 37037039, &step));
	assert_int_equal(step, 0);
	assert_true(ask_code(rig, buf_view(&sealed), STR("050471"), 37037037 - 1440,
	    37037037 + 1439, &step));
	assert_int_equal(step, 37037037);
	assert_false(ask_code(rig, buf_view(&sealed), STR("050471"), 37037037 - 1440,
	    37037037 + 1440, &step));
	take_reason(rig, ERR_RANGE);
	assert_false(ask_code(rig, buf_view(&sealed), STR("050471"), 37037038, 37037037, &step));
	take_reason(rig, ERR_RANGE);
	assert_false(ask_code(rig, STR(""), STR("050471"), 37037037, 37037037, &step));
	take_reason(rig, ERR_CRYPTO);
	buf_release(&sealed);
	seal_by(7, SEAL_PASSWORD, STR("12345678901234567890"), &sealed);
	assert_false(ask_code(rig, buf_view(&sealed), STR("050471"), 37037037, 37037037, &step));
	take_reason(rig, ERR_CRYPTO);
	buf_release(&sealed);
	rig->now_s = NOW;
}

/* How far a step may be from keyd's own: what an honest core asks (svc/identity/mfa.c) and two
 * steps, as its look at the clock may be a minute old. A thief learns no code of another time. */
static void
codes_of_other_times_are_not_tested(void **state)
{
#define AT_STEP (NOW / 30)
	static const struct {
		int64_t now_s;
		uint64_t first, last;
		int r;
	} rows[] = {
		{ NOW, AT_STEP - 1, AT_STEP + 1, 0 },
		{ NOW, AT_STEP - 1440, AT_STEP + 1439, 0 }, /* a device is set up */
		{ NOW, AT_STEP + 1440, AT_STEP + 1440, 0 }, /* its second code */
		{ NOW, AT_STEP + 1439, AT_STEP + 1441, 0 }, /* one that is half a day ahead */
		{ NOW, AT_STEP - 1441, AT_STEP - 1439, 0 }, /* or behind */
		{ NOW, AT_STEP + 1443, AT_STEP + 1443, 0 },
		{ NOW, AT_STEP + 1443, AT_STEP + 1444, ERR_RANGE },
		{ NOW, AT_STEP + 1444, AT_STEP + 1444, ERR_RANGE },
		{ NOW, AT_STEP - 1443, AT_STEP - 1443, 0 },
		{ NOW, AT_STEP - 1444, AT_STEP - 1443, ERR_RANGE },
		{ NOW, AT_STEP - 1444, AT_STEP - 1444, ERR_RANGE },
		{ NOW, 1, 1, ERR_RANGE },
		{ NOW, AT_STEP + 2 * 365 * 2880, AT_STEP + 2 * 365 * 2880, ERR_RANGE },
		{ NOW, INT64_MAX, INT64_MAX, ERR_RANGE },
		{ NOW, UINT64_MAX, UINT64_MAX, ERR_RANGE },
		{ NOW, UINT64_MAX, 1, ERR_RANGE },
		{ NOW, AT_STEP, AT_STEP - 1, ERR_RANGE },
		{ NOW, 0, AT_STEP, ERR_RANGE },
		/* The first half day of all time. */
		{ 1443 * 30, 0, 0, ERR_RANGE },
		{ 1443 * 30, 1, 1, 0 },
		{ 0, 1, 1443, 0 },
		{ 0, 1, 1444, ERR_RANGE },
	};
	struct rig *rig = *state;
	struct buf sealed;
	uint64_t step;
	size_t i;

	seal_by(7, SEAL_TOTP, STR("12345678901234567890"), &sealed);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		rig->now_s = rows[i].now_s;
		if (ask_code(rig, buf_view(&sealed), STR("050471"), rows[i].first, rows[i].last,
			&step) != (rows[i].r == 0))
			fail_msg("row %zu", i);
		if (rows[i].r != 0)
			take_reason(rig, rows[i].r);
	}
	rig->now_s = NOW;
	buf_release(&sealed);
}

static void
new_seeds_are_good_for_codes(void **state)
{
	char code[TOTP_DIGITS + 1];
	struct rig *rig = *state;
	struct secret *seed = NULL;
	struct seal *seal = new_seal();
	struct buf text, sealed;
	struct ipc_out m;
	uint64_t step = 0;

	ipc_begin(&m, MSG_CK_NEW_TOTP);
	assert_true(ask(rig, core_kind(m.type), &m));
	take_two(rig, &text, &sealed);
	assert_int_equal(text.n, 32);
	assert_true(str_all_in(buf_view(&text), "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"));
	assert_int_equal(seal_unwrap(seal, SEAL_TOTP, buf_view(&sealed), &seed), 0);
	assert_int_equal(secret_len(seed), 20);
	assert_int_equal(totp_code(str_of_n(secret_bytes(seed), 20), 55, code), 0);
	rig->now_s = 55 * 30;
	assert_true(ask_code(rig, buf_view(&sealed), str_of(code), 54, 56, &step));
	assert_int_equal(step, 55);
	rig->now_s = NOW;
	secret_free(seed);
	seal_free(seal);
	buf_release(&text);
	buf_release(&sealed);
}

/* ---- passwords ---- */

static bool
ask_password(struct rig *rig, struct str sealed, struct str password)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CK_CHECK_PASSWORD);
	ipc_put_str(&m, sealed);
	ipc_put_str(&m, password);
	return ask(rig, core_kind(m.type), &m);
}

static void
assert_right(struct rig *rig, struct str sealed, struct str password, bool want)
{
	assert_true(ask_password(rig, sealed, password));
	assert_int_equal(take_u8(rig), want);
	take_end(rig);
}

static void
passwords_are_checked(void **state)
{
	struct rig *rig = *state;
	struct buf sealed, again;

	assert_true(ask_str(rig, MSG_CK_NEW_PASSWORD, STR("correct horse")));
	take(rig, &sealed);
	take_end(rig);
	assert_true(ask_str(rig, MSG_CK_NEW_PASSWORD, STR("correct horse")));
	take(rig, &again);
	take_end(rig);
	assert_false(str_eq(buf_view(&sealed), buf_view(&again)));
	assert_right(rig, buf_view(&sealed), STR("correct horse"), true);
	assert_right(rig, buf_view(&again), STR("correct horse"), true);
	assert_right(rig, buf_view(&sealed), STR("correct horsf"), false);
	assert_right(rig, buf_view(&sealed), STR(""), false);
	buf_release(&sealed);
	buf_release(&again);
	seal_by(7, SEAL_TOTP, STR("x"), &sealed);
	assert_false(ask_password(rig, buf_view(&sealed), STR("x")));
	take_reason(rig, ERR_CRYPTO);
	buf_release(&sealed);
	seal_by(7, SEAL_PASSWORD, STR("no hash"), &sealed);
	assert_false(ask_password(rig, buf_view(&sealed), STR("x")));
	take_reason(rig, ERR_SYNTAX);
	buf_release(&sealed);
}

/* ---- nonsense ---- */

/* A message of strings, each of so many bytes; 0 ends the list. */
static int
send_sizes(struct rig *rig, uint16_t type, const size_t *sizes, bool steps)
{
	struct ipc_out m;

	ipc_begin(&m, type);
	for (; *sizes != 0; sizes++)
		ipc_put_str(&m, str_of_n(big, *sizes));
	if (steps) {
		ipc_put_u64(&m, 1);
		ipc_put_u64(&m, 1);
	}
	return send_to(rig, core_kind(m.type), &m, -1);
}

static void
fields_are_bounded(void **state)
{
	enum { TOKEN = 40 + MAX_CLAIMS + SEAL_OVERHEAD_BYTES };
	static const struct {
		uint16_t type;
		bool steps;
		size_t most[7], more[7];
	} rows[] = {
		{ MSG_CK_NEW_SESSION, false, { MAX_CLAIMS }, { MAX_CLAIMS + 1 } },
		{ MSG_CK_VERIFY_SESSION, false, { TOKEN, 64, 64, 64, 1024, 32 },
		    { TOKEN + 1, 64, 64, 64, 1024, 32 } },
		{ MSG_CK_VERIFY_SESSION, false, { TOKEN, 64, 64, 64, 1024, 32 },
		    { TOKEN, 65, 64, 64, 1024, 32 } },
		{ MSG_CK_VERIFY_SESSION, false, { TOKEN, 64, 64, 64, 1024, 32 },
		    { TOKEN, 64, 64, 64, 1025, 32 } },
		{ MSG_CK_VERIFY_SESSION, false, { TOKEN, 64, 64, 64, 1024, 32 },
		    { TOKEN, 64, 64, 64, 1024, 31 } },
		{ MSG_CK_VERIFY_SESSION, false, { TOKEN, 64, 64, 64, 1024, 32 },
		    { TOKEN, 64, 64, 64, 1024, 33 } },
		{ MSG_CK_SEAL_MESSAGE, false, { MAX_MESSAGE }, { MAX_MESSAGE + 1 } },
		{ MSG_CK_OPEN_MESSAGE, false, { MAX_MESSAGE + SEAL_OVERHEAD_BYTES },
		    { MAX_MESSAGE + SEAL_OVERHEAD_BYTES + 1 } },
		{ MSG_CK_CHECK_TOTP, true, { 20 + SEAL_OVERHEAD_BYTES, 6 },
		    { 20 + SEAL_OVERHEAD_BYTES + 1, 6 } },
		{ MSG_CK_CHECK_TOTP, true, { 1, 6 }, { 1, 5 } },
		{ MSG_CK_CHECK_TOTP, true, { 1, 6 }, { 1, 7 } },
		{ MSG_CK_NEW_PASSWORD, false, { 512 }, { 513 } },
		{ MSG_CK_CHECK_PASSWORD, false, { PASSWORD_HASH_BYTES + SEAL_OVERHEAD_BYTES, 512 },
		    { PASSWORD_HASH_BYTES + SEAL_OVERHEAD_BYTES + 1, 512 } },
		{ MSG_CK_CHECK_PASSWORD, false, { 1, 512 }, { 1, 513 } },
	};
	struct rig *rig = *state;
	struct ipc_in in;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(send_sizes(rig, rows[i].type, rows[i].most, rows[i].steps), 0);
		assert_int_equal(ipc_recv(rig->here, &in), 0);
		assert_int_equal(send_sizes(rig, rows[i].type, rows[i].more, rows[i].steps),
		    ERR_PEER);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sessions_are_verified),
		cmocka_unit_test(damaged_tokens_do_not_open),
		cmocka_unit_test(foreign_tokens_do_not_open),
		cmocka_unit_test(a_token_is_no_access_key),
		cmocka_unit_test(messages_open_here_alone),
		cmocka_unit_test(codes_are_checked),
		cmocka_unit_test(codes_of_other_times_are_not_tested),
		cmocka_unit_test(new_seeds_are_good_for_codes),
		cmocka_unit_test(passwords_are_checked),
		cmocka_unit_test(fields_are_bounded),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
