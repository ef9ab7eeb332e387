/*
 * ops_test: tests which role each kind of keyd answers, what it answers, and what it does with
 * nonsense.
 */
#include "rig.h"

#include <unistd.h>

#include "base/hex.h"
#include "keyd/cache.h"

/* The example of AWS's own documentation of SigV4. */
#define SECRET STR("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
#define STRING_TO_SIGN \
	STR("AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n" \
	    "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59")
#define SIGNATURE "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"

/* ---- signatures ---- */

struct verify {
	struct str sealed, date, region, service, text;
	const char *signature;
};

static bool
ask_verify(struct rig *rig, const struct verify *v, bool *ret_valid)
{
	uint8_t bytes[32], valid = 9;
	struct ipc_out m;

	assert_int_equal(hex_parse(str_of(v->signature), bytes, 32), 0);
	ipc_begin(&m, MSG_CK_VERIFY);
	ipc_put_str(&m, v->sealed);
	ipc_put_str(&m, v->date);
	ipc_put_str(&m, v->region);
	ipc_put_str(&m, v->service);
	ipc_put_str(&m, v->text);
	ipc_put_str(&m, str_of_n(bytes, 32));
	if (!ask(rig, core_kind(m.type), &m))
		return false;
	assert_int_equal(ipc_get_u8(&rig->reply, &valid), 0);
	take_end(rig);
	assert_true(valid <= 1);
	*ret_valid = valid == 1;
	return true;
}

static void
right_signatures_alone_are_valid(void **state)
{
	struct rig *rig = *state;
	struct seal *seal = new_seal();
	struct verify good = { { 0 }, STR("20150830"), STR("us-east-1"), STR("iam"), STRING_TO_SIGN,
		SIGNATURE };
	char flipped[sizeof(SIGNATURE)];
	struct verify rows[6];
	struct buf sealed, other;
	bool valid;
	size_t i;

	buf_init(&sealed, 256);
	buf_init(&other, 256);
	assert_int_equal(seal_wrap(seal, SEAL_ACCESS_KEY, SECRET, rand_system(), &sealed), 0);
	assert_int_equal(seal_wrap(seal, SEAL_ACCESS_KEY, STR("wJalrXUtnFEMI"), rand_system(),
			     &other),
	    0);
	good.sealed = buf_view(&sealed);
	for (i = 0; i < 6; i++)
		rows[i] = good;
	rows[1].date = STR("20150831");
	rows[2].region = STR("us-east-2");
	rows[3].service = STR("ec2");
	rows[4].text = str_head(good.text, good.text.n - 1);
	rows[5].sealed = buf_view(&other);
	/* Twice: derived, then from the cache. */
	for (i = 0; i < 12; i++) {
		assert_true(ask_verify(rig, &rows[i % 6], &valid));
		assert_int_equal(valid, i % 6 == 0);
	}
	for (i = 0; i < 64; i++) {
		memcpy(flipped, SIGNATURE, sizeof(flipped));
		flipped[i] = flipped[i] == '0' ? '1' : '0';
		rows[0].signature = flipped;
		assert_true(ask_verify(rig, &rows[0], &valid));
		assert_false(valid);
	}
	buf_release(&sealed);
	buf_release(&other);
	seal_free(seal);
}

static void
secrets_that_do_not_open_fail(void **state)
{
	struct rig *rig = *state;
	struct seal *seal = new_seal(), *foreign;
	struct verify v = { { 0 }, STR("20150830"), STR("us-east-1"), STR("iam"), STRING_TO_SIGN,
		SIGNATURE };
	uint8_t kek[SEAL_KEK_BYTES] = { 8 };
	struct buf b;
	bool valid;

	foreign = seal_new(kek);
	buf_init(&b, 256);
	v.sealed = STR("");
	assert_false(ask_verify(rig, &v, &valid));
	take_reason(rig, ERR_CRYPTO);
	assert_int_equal(seal_wrap(foreign, SEAL_ACCESS_KEY, SECRET, rand_system(), &b), 0);
	v.sealed = buf_view(&b);
	assert_false(ask_verify(rig, &v, &valid));
	take_reason(rig, ERR_CRYPTO);
	buf_clear(&b);
	assert_int_equal(seal_wrap(seal, SEAL_PRIVATE_KEY, SECRET, rand_system(), &b), 0);
	v.sealed = buf_view(&b);
	assert_false(ask_verify(rig, &v, &valid));
	take_reason(rig, ERR_CRYPTO);
	buf_clear(&b);
	assert_int_equal(seal_wrap(seal, SEAL_ACCESS_KEY, STR(""), rand_system(), &b), 0);
	v.sealed = buf_view(&b);
	assert_false(ask_verify(rig, &v, &valid));
	take_reason(rig, ERR_RANGE);
	buf_release(&b);
	seal_free(foreign);
	seal_free(seal);
}

static void
new_secrets_are_sealed_and_differ(void **state)
{
	struct rig *rig = *state;
	struct seal *seal = new_seal();
	struct buf plain[2], sealed;
	struct secret *opened;
	struct ipc_out m;
	size_t i;

	for (i = 0; i < 2; i++) {
		ipc_begin(&m, MSG_CK_NEW_SECRET);
		assert_true(ask(rig, core_kind(m.type), &m));
		take(rig, &plain[i]);
		take(rig, &sealed);
		take_end(rig);
		assert_int_equal(plain[i].n, 40);
		assert_true(str_all_in(buf_view(&plain[i]),
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"));
		assert_int_equal(seal_unwrap(seal, SEAL_ACCESS_KEY, buf_view(&sealed), &opened), 0);
		assert_true(str_eq(buf_view(&plain[i]),
		    str_of_n(secret_bytes(opened), secret_len(opened))));
		secret_free(opened);
		buf_release(&sealed);
	}
	assert_false(str_eq(buf_view(&plain[0]), buf_view(&plain[1])));
	buf_release(&plain[0]);
	buf_release(&plain[1]);
	seal_free(seal);
}

/* ---- front ---- */

static void
front_gets_tls_signatures(void **state)
{
	struct rig *rig = *state;
	struct privkey *tls_key;
	struct buf sig;
	struct ipc_out m;
	uint8_t digest[32] = { 1 };

	ipc_begin(&m, MSG_FK_TLS_SIGN);
	ipc_put_str(&m, str_of_n(digest, 32));
	ipc_put_u8(&m, PRIVKEY_TLS_ECDSA_P256);
	assert_true(ask(rig, &keyd_tls, &m));
	take(rig, &sig);
	take_end(rig);
	assert_true(sig.n >= 68 && sig.n <= 72);
	assert_int_equal(sig.p[0], 0x30);
	buf_release(&sig);
	ipc_begin(&m, MSG_FK_TLS_SIGN);
	ipc_put_str(&m, str_of_n(digest, 31));
	ipc_put_u8(&m, PRIVKEY_TLS_ECDSA_P256);
	assert_false(ask(rig, &keyd_tls, &m));
	take_reason(rig, ERR_RANGE);
	ipc_begin(&m, MSG_FK_TLS_SIGN);
	ipc_put_str(&m, str_of_n(digest, 32));
	ipc_put_u8(&m, 2);
	assert_false(ask(rig, &keyd_tls, &m));
	take_reason(rig, ERR_UNSUPPORTED);
	/* One that holds no such key says so. */
	tls_key = rig->secrets.tls_key;
	rig->secrets.tls_key = NULL;
	ipc_begin(&m, MSG_FK_TLS_SIGN);
	ipc_put_str(&m, str_of_n(digest, 32));
	ipc_put_u8(&m, PRIVKEY_TLS_ECDSA_P256);
	assert_false(ask(rig, &keyd_tls, &m));
	take_reason(rig, ERR_BADSTATE);
	rig->secrets.tls_key = tls_key;
}

/* ---- nonsense ---- */

enum damage { WHOLE, CUT, LONGER };

static const uint16_t types[] = { MSG_CK_VERIFY, MSG_CK_NEW_SECRET, MSG_CK_NEW_KEY,
	MSG_CK_SIGN_DIGEST, MSG_CK_OCSP, MSG_CK_SIGN_ENTRY, MSG_CK_NEW_SESSION,
	MSG_CK_VERIFY_SESSION, MSG_CK_SEAL_MESSAGE, MSG_CK_OPEN_MESSAGE, MSG_CK_NEW_TOTP,
	MSG_CK_CHECK_TOTP, MSG_CK_NEW_PASSWORD, MSG_CK_CHECK_PASSWORD, MSG_FK_TLS_SIGN };
#define N_TYPES (sizeof(types) / sizeof(*types))

static const struct keyd_kind *
kind_of(uint16_t type)
{
	return type == MSG_FK_TLS_SIGN ? &keyd_tls : core_kind(type);
}

static const char *
fields_of(uint16_t type)
{
	static const char *const fields[] = {
		/* S: string, s: 32 bytes, 6: 6 digits, 1: u8, 8: u64 */
		[0] = "SSSSSs" /* MSG_CK_VERIFY */,
		[MSG_CK_NEW_SECRET - MSG_CK_VERIFY] = "",
		[MSG_CK_NEW_KEY - MSG_CK_VERIFY] = "11SSS",
		[MSG_CK_SIGN_DIGEST - MSG_CK_VERIFY] = "SSSS8888ssS",
		[MSG_CK_OCSP - MSG_CK_VERIFY] = "SSS",
		[MSG_CK_SIGN_ENTRY - MSG_CK_VERIFY] = "SS",
		[MSG_CK_NEW_SESSION - MSG_CK_VERIFY] = "S",
		[MSG_CK_VERIFY_SESSION - MSG_CK_VERIFY] = "SSSSSs",
		[MSG_CK_SEAL_MESSAGE - MSG_CK_VERIFY] = "S",
		[MSG_CK_OPEN_MESSAGE - MSG_CK_VERIFY] = "S",
		[MSG_CK_NEW_TOTP - MSG_CK_VERIFY] = "",
		[MSG_CK_CHECK_TOTP - MSG_CK_VERIFY] = "S688",
		[MSG_CK_NEW_PASSWORD - MSG_CK_VERIFY] = "S",
		[MSG_CK_CHECK_PASSWORD - MSG_CK_VERIFY] = "SS",
		[MSG_FK_TLS_SIGN - MSG_CK_VERIFY] = "s1",
	};

	return fields[type - MSG_CK_VERIFY];
}

/* A field; n is how long a string is. */
static void
put_field(struct ipc_out *m, char f, size_t n)
{
	static char big[MAX_FIELD];

	if (f == 'S')
		ipc_put_str(m, str_of_n(big, n));
	else if (f == 's')
		ipc_put_str(m, STR("0123456789abcdef0123456789abcdef"));
	else if (f == '6')
		ipc_put_str(m, STR("123456"));
	else if (f == '1')
		ipc_put_u8(m, 9);
	else
		ipc_put_u64(m, 1);
}

/* A message of a type whose fields are all there, but for the damage. */
static void
build(struct ipc_out *m, uint16_t type, enum damage damage)
{
	const char *f;

	ipc_begin(m, type);
	for (f = fields_of(type); *f != '\0'; f++)
		put_field(m, *f, 1);
	if (damage == CUT && m->body.n > 0)
		m->body.n--;
	if (damage == LONGER)
		ipc_put_u8(m, 0);
}

static void
is_alive(struct rig *rig)
{
	struct ipc_out m;

	rig_disconnect(rig);
	rig_connect(rig);
	ipc_begin(&m, MSG_CK_NEW_SECRET);
	assert_true(ask(rig, core_kind(m.type), &m));
}

static void
nonsense_closes_the_channel_alone(void **state)
{
	static const struct keyd_kind *const kinds[] = { &keyd_signer, &keyd_hasher, &keyd_tls };
	struct rig *rig = *state;
	struct ipc_out m;
	size_t i, k;

	for (i = 0; i < N_TYPES; i++) {
		const struct keyd_kind *own = kind_of(types[i]);

		/* Each kind answers its own questions and no others. */
		for (k = 0; k < 3; k++) {
			build(&m, types[i], WHOLE);
			assert_int_equal(send_to(rig, kinds[k], &m, -1),
			    kinds[k] == own ? 0 : ERR_PEER);
			is_alive(rig);
		}
		if (types[i] != MSG_CK_NEW_SECRET && types[i] != MSG_CK_NEW_TOTP) {
			build(&m, types[i], CUT);
			assert_int_equal(send_to(rig, own, &m, -1), ERR_PEER);
			is_alive(rig);
		}
		build(&m, types[i], LONGER);
		assert_int_equal(send_to(rig, own, &m, -1), ERR_PEER);
		is_alive(rig);
		/* A descriptor that nobody asked for. */
		build(&m, types[i], WHOLE);
		assert_int_equal(send_to(rig, own, &m, STDERR_FILENO), ERR_PEER);
		is_alive(rig);
	}
}

/* A message without one of its fields, however long what comes behind it is, so that it could be
 * taken for the next one. */
static void
no_field_may_be_left_out(void **state)
{
	static const size_t sizes[] = { 0, 1, 13, 32, 33, 65, 201, 513, 1025, 9000, 13000, 20000 };
	struct rig *rig = *state;
	struct ipc_out m;
	size_t t, out, i, k;

	for (t = 0; t < N_TYPES; t++) {
		const char *f = fields_of(types[t]);

		for (out = 0; f[out] != '\0'; out++) {
			for (k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
				ipc_begin(&m, types[t]);
				for (i = 0; f[i] != '\0'; i++) {
					if (i != out)
						put_field(&m, f[i], i > out ? sizes[k] : 1);
				}
				if (send_to(rig, kind_of(types[t]), &m, -1) != ERR_PEER)
					fail_msg("type %x without field %zu", types[t], out);
			}
		}
	}
}

static void
foreign_messages_are_refused(void **state)
{
	static const uint16_t foreign[] = { 0, 1, MSG_CTL_PEER, MSG_CTL_GO, MSG_FC_REQUEST,
		MSG_CF_RESPONSE, MSG_KD_REPLY, MSG_CM_VERB, MSG_UI_KEY, 0x030f, 0x0311, 0xffff };
	static const struct keyd_kind *const kinds[] = { &keyd_signer, &keyd_hasher, &keyd_tls };
	struct rig *rig = *state;
	struct ipc_out m;
	size_t i, k;

	for (i = 0; i < sizeof(foreign) / sizeof(*foreign); i++) {
		for (k = 0; k < 3; k++) {
			ipc_begin(&m, foreign[i]);
			assert_int_equal(send_to(rig, kinds[k], &m, -1), ERR_PEER);
		}
	}
	is_alive(rig);
}

/* Channels of other roles are not taken (keyd_process). */
static void
each_kind_has_one_role_that_asks(void **state)
{
	(void)state;
	assert_int_equal(keyd_signer.peer, ROLE_CORE);
	assert_int_equal(keyd_hasher.peer, ROLE_CORE);
	assert_int_equal(keyd_tls.peer, ROLE_FRONT);
}

/* Every field has its ceiling: one byte more and the channel is closed. */
static void
fields_are_bounded(void **state)
{
	static char big[MAX_FIELD + 1];
	struct rig *rig = *state;
	struct ipc_out m;

	ipc_begin(&m, MSG_CK_SIGN_ENTRY);
	ipc_put_str(&m, STR("x"));
	ipc_put_str(&m, str_of_n(big, 32768));
	assert_int_equal(send_to(rig, core_kind(m.type), &m, -1), 0);
	ipc_begin(&m, MSG_CK_SIGN_ENTRY);
	ipc_put_str(&m, STR("x"));
	ipc_put_str(&m, str_of_n(big, 32769));
	assert_int_equal(send_to(rig, core_kind(m.type), &m, -1), ERR_PEER);
	ipc_begin(&m, MSG_FK_TLS_SIGN);
	ipc_put_str(&m, str_of_n(big, 65));
	ipc_put_u8(&m, PRIVKEY_TLS_ECDSA_P256);
	assert_int_equal(send_to(rig, &keyd_tls, &m, -1), ERR_PEER);
	ipc_begin(&m, MSG_CK_VERIFY);
	ipc_put_str(&m, str_of_n(big, 200));
	assert_int_equal(send_to(rig, core_kind(m.type), &m, -1), ERR_PEER);
	/* A signature that is none. */
	ipc_begin(&m, MSG_CK_VERIFY);
	ipc_put_str(&m, STR("x"));
	ipc_put_str(&m, STR("20150830"));
	ipc_put_str(&m, STR("us-east-1"));
	ipc_put_str(&m, STR("iam"));
	ipc_put_str(&m, STR("text"));
	ipc_put_str(&m, str_of_n(big, 31));
	assert_int_equal(send_to(rig, core_kind(m.type), &m, -1), ERR_PEER);
	is_alive(rig);
}

/* ---- the cache ---- */

static int
by_address(const void *a, const void *b)
{
	const uintptr_t x = *(const uintptr_t *)a, y = *(const uintptr_t *)b;

	return x < y ? -1 : x > y;
}

static size_t
distinct(const uint8_t **p, size_t n)
{
	size_t i, count = n > 0;

	qsort(p, n, sizeof(*p), by_address);
	for (i = 1; i < n; i++)
		count += p[i] != p[i - 1];
	return count;
}

static void
the_cache_forgets_but_never_confuses(void **state)
{
	struct seal *seal = new_seal();
	struct keyd_cache *c = keyd_cache_new(seal);
	struct keyd_scope scope = { .purpose = SEAL_ACCESS_KEY,
		.region = STR("r"),
		.service = STR("s") };
	static uint8_t first[5000][32];
	static const uint8_t *places[5000];
	struct buf sealed;
	const uint8_t *key;
	char date[16];
	size_t i, round;

	(void)state;
	buf_init(&sealed, 256);
	assert_int_equal(seal_wrap(seal, SEAL_ACCESS_KEY, SECRET, rand_system(), &sealed), 0);
	scope.sealed = buf_view(&sealed);
	for (round = 0; round < 2; round++) {
		for (i = 0; i < 5000; i++) {
			scope.date = str_of_n(date, (size_t)snprintf(date, sizeof(date), "%zu", i));
			assert_int_equal(keyd_cache_signing_key(c, &scope, &key), 0);
			if (round == 0)
				memcpy(first[i], key, 32);
			places[i] = key;
			assert_memory_equal(first[i], key, 32);
			assert_true(i == 0 || memcmp(first[i], first[i - 1], 32) != 0);
		}
	}
	/* All of it is in use: what goes is the oldest, not what came last. */
	assert_true(distinct(places, 5000) > 1900);
	/* The same bytes, cut into other parts, are another key. */
	scope.date = STR("1");
	assert_int_equal(keyd_cache_signing_key(c, &scope, &key), 0);
	assert_memory_equal(first[1], key, 32);
	scope.region = STR("");
	scope.service = STR("rs");
	assert_int_equal(keyd_cache_signing_key(c, &scope, &key), 0);
	assert_memory_not_equal(first[1], key, 32);
	buf_release(&sealed);
	keyd_cache_free(c);
	seal_free(seal);
}

static void
private_keys_come_back_after_eviction(void **state)
{
	enum { KEYS = 40 };
	struct seal *seal = new_seal();
	struct keyd_cache *c = keyd_cache_new(seal);
	struct buf sealed[KEYS], public[KEYS], b;
	struct secret *plain;
	struct privkey *k;
	size_t i, round;

	(void)state;
	for (i = 0; i < KEYS; i++) {
		assert_int_equal(privkey_generate(PRIVKEY_P256, &k), 0);
		assert_int_equal(privkey_write(k, &plain), 0);
		buf_init(&sealed[i], MAX_FIELD);
		buf_init(&public[i], MAX_FIELD);
		assert_int_equal(privkey_public_write(k, &public[i]), 0);
		assert_int_equal(seal_wrap(seal, SEAL_SIGNER_KEY,
				     str_of_n(secret_bytes(plain), secret_len(plain)),
				     rand_system(), &sealed[i]),
		    0);
		secret_free(plain);
		privkey_free(k);
	}
	for (round = 0; round < 3; round++) {
		for (i = 0; i < KEYS; i++) {
			assert_int_equal(keyd_cache_private_key(c, SEAL_SIGNER_KEY,
					     buf_view(&sealed[i]), &k),
			    0);
			buf_init(&b, MAX_FIELD);
			assert_int_equal(privkey_public_write(k, &b), 0);
			assert_true(str_eq(buf_view(&b), buf_view(&public[i])));
			buf_release(&b);
		}
	}
	for (i = 0; i < KEYS; i++) {
		buf_release(&sealed[i]);
		buf_release(&public[i]);
	}
	keyd_cache_free(c);
	seal_free(seal);
}

/* What opens and is no key is refused each time, and nobody gets the place that it would have. */
static void
what_is_no_key_is_not_kept(void **state)
{
	struct seal *seal = new_seal();
	struct keyd_cache *c = keyd_cache_new(seal);
	struct privkey *k = NULL;
	struct buf sealed;
	size_t i;

	(void)state;
	buf_init(&sealed, 256);
	assert_int_equal(seal_wrap(seal, SEAL_SIGNER_KEY, SECRET, rand_system(), &sealed), 0);
	for (i = 0; i < 2; i++) {
		assert_int_equal(keyd_cache_private_key(c, SEAL_SIGNER_KEY, buf_view(&sealed), &k),
		    ERR_SYNTAX);
		assert_null(k);
	}
	buf_release(&sealed);
	keyd_cache_free(c);
	seal_free(seal);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_signatures_alone_are_valid),
		cmocka_unit_test(secrets_that_do_not_open_fail),
		cmocka_unit_test(new_secrets_are_sealed_and_differ),
		cmocka_unit_test(front_gets_tls_signatures),
		cmocka_unit_test(nonsense_closes_the_channel_alone),
		cmocka_unit_test(no_field_may_be_left_out),
		cmocka_unit_test(foreign_messages_are_refused),
		cmocka_unit_test(each_kind_has_one_role_that_asks),
		cmocka_unit_test(fields_are_bounded),
		cmocka_unit_test(the_cache_forgets_but_never_confuses),
		cmocka_unit_test(what_is_no_key_is_not_kept),
		cmocka_unit_test(private_keys_come_back_after_eviction),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
