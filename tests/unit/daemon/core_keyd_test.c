/* core_keyd_test: tests what core does when a keyd dies, is late or sends nonsense. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "daemon/core_keyd.h"
#include "ipc/ipc.h"
#include "trail/digest.h"

struct rig {
	struct core_keyd *keyd;
	struct ipc *peer, *hasher; /* their ends */
	bool bring;                /* wait brings a channel, with an answer in it */
	int waits, rejoins;
};

/* A reply that is there before the question saves a second process. */
static void
reply(struct rig *r, uint8_t valid)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_KD_REPLY);
	ipc_put_u8(&m, 1);
	ipc_put_u8(&m, valid);
	assert_int_equal(ipc_send(r->peer, &m, -1), 0);
}

static void
attach(struct rig *r)
{
	int fd[2];

	assert_int_equal(ipc_pair(fd), 0);
	ipc_free(r->peer);
	r->peer = ipc_new(fd[1], true, 65536);
	core_keyd_attach(r->keyd, ROLE_KEYD, 0, fd[0]);
}

static void
attach_hasher(struct rig *r)
{
	int fd[2];

	assert_int_equal(ipc_pair(fd), 0);
	ipc_free(r->hasher);
	r->hasher = ipc_new(fd[1], true, 65536);
	core_keyd_attach(r->keyd, ROLE_KEYD_HASH, 0, fd[0]);
}

static int
on_wait(void *ctx, enum msg_role role, int timeout_ms)
{
	struct rig *r = ctx;

	assert_true(timeout_ms > 0);
	assert_int_equal(role, ROLE_KEYD);
	r->waits++;
	if (!r->bring)
		return ERR_TIMEOUT;
	attach(r);
	reply(r, 1);
	return 0;
}

static void
on_rejoin(void *ctx, enum msg_role role, uint16_t number)
{
	assert_true(role == ROLE_KEYD || role == ROLE_KEYD_HASH);
	assert_int_equal(number, 0);
	((struct rig *)ctx)->rejoins++;
}

static void
rig_init(struct rig *r)
{
	const struct core_keyd_parent p = { on_wait, on_rejoin, r };

	*r = (struct rig){ .keyd = core_keyd_new(clock_system()) };
	core_keyd_set_parent(r->keyd, &p);
	attach(r);
	attach_hasher(r);
}

static void
rig_release(struct rig *r)
{
	core_keyd_free(r->keyd);
	ipc_free(r->peer);
	ipc_free(r->hasher);
}

static int
ask(struct rig *r, bool *ret)
{
	static const uint8_t signature[32];
	const struct keyd_verify v = { .sealed_secret = STR("s"),
		.date = STR("20250101"),
		.region = STR("r"),
		.service = STR("ec2"),
		.string_to_sign = STR("x"),
		.signature = signature };
	const struct keyd_port *p = core_keyd_port(r->keyd);

	return p->verify_finish(p->ctx, p->verify_begin(p->ctx, &v), ret);
}

static void
one_that_died_is_waited_for(void **state)
{
	bool valid = false;
	struct rig r;

	(void)state;
	rig_init(&r);
	r.bring = true;
	ipc_free(r.peer);
	r.peer = NULL;
	assert_int_equal(ask(&r, &valid), 0);
	assert_true(valid);
	assert_int_equal(r.waits, 1);
	assert_int_equal(r.rejoins, 0);
	rig_release(&r);
}

/* Only the first question of a batch waits for a keyd that is gone; the others fail at once. */
static void
only_one_waits_in_vain(void **state)
{
	bool valid = false;
	struct rig r;
	int i;

	(void)state;
	rig_init(&r);
	ipc_free(r.peer);
	r.peer = NULL;
	for (i = 0; i < 64; i++)
		assert_int_equal(ask(&r, &valid), ERR_UNAVAIL);
	assert_int_equal(r.waits, 1);
	attach(&r);
	reply(&r, 1);
	assert_int_equal(ask(&r, &valid), 0);
	assert_true(valid);
	rig_release(&r);
}

static void
a_late_reply_costs_the_channel_and_no_more(void **state)
{
	bool valid = true;
	struct rig r;
	int i;

	(void)state;
	rig_init(&r);
	r.bring = true;
	assert_int_equal(ask(&r, &valid), ERR_TIMEOUT);
	assert_int_equal(r.rejoins, 1);
	for (i = 0; i < 64; i++)
		assert_int_equal(ask(&r, &valid), ERR_UNAVAIL);
	assert_int_equal(r.waits, 0);
	assert_int_equal(r.rejoins, 1);
	attach(&r);
	reply(&r, 0);
	assert_int_equal(ask(&r, &valid), 0);
	assert_false(valid);
	rig_release(&r);
}

static void
nonsense_costs_the_channel_and_no_more(void **state)
{
	bool valid = true;
	struct rig r;

	(void)state;
	rig_init(&r);
	reply(&r, 2);
	assert_int_equal(ask(&r, &valid), ERR_PEER);
	assert_int_equal(r.rejoins, 1);
	assert_int_equal(ask(&r, &valid), ERR_UNAVAIL);
	assert_int_equal(r.waits, 0);
	attach(&r);
	reply(&r, 1);
	assert_int_equal(ask(&r, &valid), 0);
	rig_release(&r);
}

/* ---- what the questions and answers are on the wire ---- */

/* The answer, laid ready: S a string "x", s an empty one, 0 and 1 a u8, 8 a u64 of 8. */
static void
reply_of(struct ipc *peer, const char *fields)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_KD_REPLY);
	ipc_put_u8(&m, 1);
	for (; *fields != '\0'; fields++) {
		if (*fields == 'S')
			ipc_put_str(&m, STR("x"));
		else if (*fields == 's')
			ipc_put_str(&m, STR(""));
		else if (*fields == '8')
			ipc_put_u64(&m, 8);
		else
			ipc_put_u8(&m, (uint8_t)(*fields - '0'));
	}
	assert_int_equal(ipc_send(peer, &m, -1), 0);
}

struct answers {
	struct buf a, b;
	bool yes, valid;
	uint64_t step;
};

static int
ask_new_secret(const struct keyd_port *p, struct answers *v)
{
	return p->new_secret(p->ctx, &v->a, &v->b);
}

static int
ask_new_session(const struct keyd_port *p, struct answers *v)
{
	return p->new_session(p->ctx, STR("claims"), &v->a, &v->b);
}

static int
ask_verify_session(const struct keyd_port *p, struct answers *v)
{
	static const uint8_t signature[32];
	const struct keyd_verify_session q = { .token = STR("t"),
		.date = STR("d"),
		.region = STR("r"),
		.service = STR("s"),
		.string_to_sign = STR("text"),
		.signature = signature };

	return p->verify_session_finish(p->ctx, p->verify_session_begin(p->ctx, &q), &v->yes,
	    &v->valid, &v->a);
}

static int
ask_hash(const struct keyd_port *p, struct answers *v, const struct keyd_hash *asked)
{
	struct keyd_question *q = p->hash_begin(p->ctx, asked);
	struct keyd_hash_answer a;
	int r;

	assert_true(p->hash_ready(p->ctx, q));
	r = p->hash_finish(p->ctx, q, asked, &a);
	buf_str(&v->a, buf_view(&a.first));
	buf_str(&v->b, buf_view(&a.second));
	v->yes = a.right;
	v->step = a.step;
	buf_wipe(&a.first);
	buf_wipe(&a.second);
	return r;
}

static int
ask_new_key(const struct keyd_port *p, struct answers *v)
{
	return ask_hash(p, v,
	    &(struct keyd_hash){ .kind = KEYD_NEW_KEY,
		.profile = 3,
		.key_kind = 1,
		.sealed = STR("issuer's key"),
		.certificate = STR("issuer"),
		.text = STR("r.d") });
}

static int
ask_sign_digest(const struct keyd_port *p, struct answers *v)
{
	const struct digest d = { .account_id = STR("123456789012"),
		.region = STR("r"),
		.seq = 1,
		.first_seq = 1,
		.last_seq = 2 };

	return ask_hash(p, v,
	    &(struct keyd_hash){ .kind = KEYD_SIGN_DIGEST,
		.sealed = STR("key"),
		.certificate = STR("cert"),
		.digest = &d });
}

static int
ask_ocsp(const struct keyd_port *p, struct answers *v)
{
	const struct keyd_ocsp q = { STR("key"), STR("issuer"), STR("subject") };
	struct keyd_staple s;
	int r;

	buf_init(&s.der, 100);
	if ((r = p->ocsp(p->ctx, &q, &s)) == 0) {
		assert_int_equal(s.this_update_s, 8);
		assert_int_equal(s.next_update_s, 8);
	}
	buf_str(&v->a, buf_view(&s.der));
	buf_release(&s.der);
	return r;
}

static int
ask_sign(const struct keyd_port *p, struct answers *v)
{
	return p->sign_entry_finish(p->ctx, p->sign_entry_begin(p->ctx, STR("key"), STR("bytes")),
	    &v->a);
}

static int
ask_seal_message(const struct keyd_port *p, struct answers *v)
{
	return p->seal_message(p->ctx, STR("plain"), &v->a);
}

static int
ask_open_message(const struct keyd_port *p, struct answers *v)
{
	return p->open_message(p->ctx, STR("sealed"), &v->a);
}

static int
ask_new_totp(const struct keyd_port *p, struct answers *v)
{
	return ask_hash(p, v, &(struct keyd_hash){ .kind = KEYD_NEW_TOTP });
}

static int
ask_check_totp(const struct keyd_port *p, struct answers *v)
{
	return ask_hash(p, v,
	    &(struct keyd_hash){ KEYD_CHECK_TOTP, STR("sealed"), STR("123456"), 7, 9,
		.digest = NULL });
}

static int
ask_check_totp_later(const struct keyd_port *p, struct answers *v)
{
	return ask_hash(p, v,
	    &(struct keyd_hash){ KEYD_CHECK_TOTP, STR("sealed"), STR("123456"), 9, 10,
		.digest = NULL });
}

static int
ask_new_password(const struct keyd_port *p, struct answers *v)
{
	return ask_hash(p, v,
	    &(struct keyd_hash){ .kind = KEYD_NEW_PASSWORD, .text = STR("password") });
}

static int
ask_check_password(const struct keyd_port *p, struct answers *v)
{
	return ask_hash(p, v,
	    &(struct keyd_hash){ .kind = KEYD_CHECK_PASSWORD,
		.sealed = STR("sealed"),
		.text = STR("password") });
}

static void
answers_are_read_to_their_end(void **state)
{
	static const struct {
		int (*ask)(const struct keyd_port *p, struct answers *v);
		uint16_t type;
		const char *fields;
		int r;
		const char *a, *b;
		bool yes, valid;
		uint64_t step;
	} rows[] = {
		{ ask_new_secret, MSG_CK_NEW_SECRET, "SS", 0, "x", "x", 0, 0, 0 },
		{ ask_new_secret, MSG_CK_NEW_SECRET, "S", ERR_PEER, "x", "", 0, 0, 0 },
		{ ask_new_session, MSG_CK_NEW_SESSION, "SS", 0, "x", "x", 0, 0, 0 },
		{ ask_new_session, MSG_CK_NEW_SESSION, "SSS", ERR_PEER, "x", "", 0, 0, 0 },
		{ ask_verify_session, MSG_CK_VERIFY_SESSION, "11S", 0, "x", "", 1, 1, 0 },
		{ ask_verify_session, MSG_CK_VERIFY_SESSION, "10S", 0, "x", "", 1, 0, 0 },
		{ ask_verify_session, MSG_CK_VERIFY_SESSION, "00s", 0, "", "", 0, 0, 0 },
		{ ask_verify_session, MSG_CK_VERIFY_SESSION, "01s", 0, "", "", 0, 0, 0 },
		{ ask_verify_session, MSG_CK_VERIFY_SESSION, "21S", ERR_PEER, "", "", 0, 0, 0 },
		{ ask_verify_session, MSG_CK_VERIFY_SESSION, "12S", ERR_PEER, "", "", 0, 0, 0 },
		{ ask_verify_session, MSG_CK_VERIFY_SESSION, "11", ERR_PEER, "", "", 0, 0, 0 },
		{ ask_seal_message, MSG_CK_SEAL_MESSAGE, "S", 0, "x", "", 0, 0, 0 },
		{ ask_seal_message, MSG_CK_SEAL_MESSAGE, "S1", ERR_PEER, "", "", 0, 0, 0 },
		{ ask_open_message, MSG_CK_OPEN_MESSAGE, "1S", 0, "x", "", 0, 0, 0 },
		{ ask_open_message, MSG_CK_OPEN_MESSAGE, "0s", ERR_CRYPTO, "", "", 0, 0, 0 },
		{ ask_open_message, MSG_CK_OPEN_MESSAGE, "2s", ERR_PEER, "", "", 0, 0, 0 },
		{ ask_new_key, MSG_CK_NEW_KEY, "S88S", 0, "x", "x", 0, 0, 0 },
		{ ask_new_key, MSG_CK_NEW_KEY, "S88", ERR_PEER, "x", "", 0, 0, 0 },
		{ ask_new_key, MSG_CK_NEW_KEY, "SS", ERR_PEER, "x", "", 0, 0, 0 },
		{ ask_new_key, MSG_CK_NEW_KEY, "S88SS", ERR_PEER, "x", "", 0, 0, 0 },
		{ ask_new_key, MSG_CK_NEW_KEY, "1", ERR_PEER, "", "", 0, 0, 0 },
		{ ask_sign, MSG_CK_SIGN_ENTRY, "S", 0, "x", "", 0, 0, 0 },
		{ ask_sign_digest, MSG_CK_SIGN_DIGEST, "SS", 0, "x", "x", 0, 0, 0 },
		{ ask_sign_digest, MSG_CK_SIGN_DIGEST, "S", ERR_PEER, "x", "", 0, 0, 0 },
		{ ask_sign_digest, MSG_CK_SIGN_DIGEST, "SS8", ERR_PEER, "x", "", 0, 0, 0 },
		{ ask_ocsp, MSG_CK_OCSP, "88S", 0, "x", "", 0, 0, 0 },
		{ ask_ocsp, MSG_CK_OCSP, "S", ERR_PEER, "", "", 0, 0, 0 },
		{ ask_ocsp, MSG_CK_OCSP, "88S8", ERR_PEER, "", "", 0, 0, 0 },
		{ ask_sign, MSG_CK_SIGN_ENTRY, "", ERR_PEER, "", "", 0, 0, 0 },
		{ ask_sign, MSG_CK_SIGN_ENTRY, "S0", ERR_PEER, "", "", 0, 0, 0 },
		{ ask_new_totp, MSG_CK_NEW_TOTP, "SS", 0, "x", "x", 0, 0, 0 },
		{ ask_check_totp, MSG_CK_CHECK_TOTP, "8", 0, "", "", 0, 0, 8 },
		{ ask_check_totp, MSG_CK_CHECK_TOTP, "81", ERR_PEER, "", "", 0, 0, 0 },
		{ ask_check_totp_later, MSG_CK_CHECK_TOTP, "8", ERR_PEER, "", "", 0, 0, 0 },
		{ ask_new_password, MSG_CK_NEW_PASSWORD, "S", 0, "x", "", 0, 0, 0 },
		{ ask_check_password, MSG_CK_CHECK_PASSWORD, "1", 0, "", "", 1, 0, 0 },
		{ ask_check_password, MSG_CK_CHECK_PASSWORD, "0", 0, "", "", 0, 0, 0 },
		{ ask_check_password, MSG_CK_CHECK_PASSWORD, "2", ERR_PEER, "", "", 0, 0, 0 },
		{ ask_check_password, MSG_CK_CHECK_PASSWORD, "11", ERR_PEER, "", "", 0, 0, 0 },
	};
	struct answers v;
	struct ipc *peer;
	struct ipc_in m;
	struct rig r;
	size_t i;

	(void)state;
	rig_init(&r);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		v = (struct answers){ .yes = false };
		buf_init(&v.a, 100);
		buf_init(&v.b, 100);
		/* Questions that take long go to the other keyd. */
		peer = rows[i].type >= MSG_CK_NEW_TOTP || rows[i].type == MSG_CK_NEW_KEY ||
			rows[i].type == MSG_CK_SIGN_DIGEST
		    ? r.hasher
		    : r.peer;
		reply_of(peer, rows[i].fields);
		assert_int_equal(rows[i].ask(core_keyd_port(r.keyd), &v), rows[i].r);
		assert_int_equal(ipc_recv(peer, &m), 0);
		assert_int_equal(m.type, rows[i].type);
		assert_true(str_eq_c(buf_view(&v.a), rows[i].a));
		assert_true(rows[i].r != 0 || str_eq_c(buf_view(&v.b), rows[i].b));
		assert_int_equal(v.yes, rows[i].yes);
		assert_int_equal(v.valid, rows[i].valid);
		assert_int_equal(v.step, rows[i].step);
		buf_release(&v.a);
		buf_release(&v.b);
		if (rows[i].r == ERR_PEER) {
			attach(&r);
			attach_hasher(&r);
		}
	}
	rig_release(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_died_is_waited_for),
		cmocka_unit_test(only_one_waits_in_vain),
		cmocka_unit_test(a_late_reply_costs_the_channel_and_no_more),
		cmocka_unit_test(nonsense_costs_the_channel_and_no_more),
		cmocka_unit_test(answers_are_read_to_their_end),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
