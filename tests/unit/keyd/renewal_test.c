/*
 * renewal_test: plays a stolen core, or one that a stolen uplink speaks to: which certificates of
 * agents it cannot have, and how long what it can have is good for (docs/decisions/0045, 0057).
 */
#include "thief.h"

#include "keyd/request.h"
#include "pki/possession.h"

#define AGENT "agent-vpc-0123456789abcdef0"
#define PRESENT "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define AGENT_LIFETIME_S (30 * DAY)

/* An authority of agents, as eicd init makes it; and what an agent says. */
struct scene {
	struct rig *rig;
	struct made ca;
	struct privkey *key;
	struct buf public, proof;
};

static void
ca_make(struct rig *rig, enum seal_purpose purpose, int64_t end_s, struct made *ret)
{
	struct secret *plain;

	authority(rig, CERT_ROOT, NULL, end_s, ret);
	buf_clear(&ret->sealed);
	assert_int_equal(privkey_write(ret->key, &plain), 0);
	assert_int_equal(seal_wrap(rig->secrets.seal, purpose,
			     str_of_n(secret_bytes(plain), secret_len(plain)), rand_system(),
			     &ret->sealed),
	    0);
	secret_free(plain);
}

static void
scene_make(struct rig *rig, struct scene *s)
{
	*s = (struct scene){ .rig = rig };
	rig->settings.agent_lifetime_s = AGENT_LIFETIME_S;
	ca_make(rig, SEAL_AGENT_CA_KEY, NOW + 7000 * DAY, &s->ca);
	assert_int_equal(privkey_generate(PRIVKEY_P256, &s->key), 0);
	buf_init(&s->public, MAX_FIELD);
	buf_init(&s->proof, MAX_FIELD);
	assert_int_equal(possession_prove(s->key, STR(PRESENT), &s->public, &s->proof), 0);
}

static void
scene_free(struct scene *s)
{
	made_release(&s->ca);
	privkey_free(s->key);
	buf_release(&s->public);
	buf_release(&s->proof);
}

static bool
ask_agent(const struct scene *s, const struct made *ca, const char *id, const char *present)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CK_CERTIFY_AGENT);
	ipc_put_str(&m, buf_view(&ca->sealed));
	ipc_put_str(&m, buf_view(&ca->cert));
	ipc_put_str(&m, str_of(id));
	ipc_put_str(&m, str_of(present));
	ipc_put_str(&m, buf_view(&s->public));
	ipc_put_str(&m, buf_view(&s->proof));
	return ask(s->rig, &keyd_hasher, &m);
}

/* Takes a certificate, which must be of the agent's key and end then. */
static void
take_certificate(const struct scene *s, int64_t not_after)
{
	struct buf der;
	uint64_t until;
	int64_t end_s;

	assert_int_equal(ipc_get_u64(&s->rig->reply, &until), 0);
	take(s->rig, &der);
	take_end(s->rig);
	assert_int_equal(until, not_after);
	assert_int_equal(cert_not_after(buf_view(&der), &end_s), 0);
	assert_int_equal(end_s, not_after);
	assert_true(cert_is_of(buf_view(&der), s->key));
	buf_release(&der);
}

static void
an_agent_gets_the_next_certificate(void **state)
{
	struct rig *rig = *state;
	struct scene s;

	scene_make(rig, &s);
	assert_true(ask_agent(&s, &s.ca, AGENT, PRESENT));
	take_certificate(&s, NOW + AGENT_LIFETIME_S);
	/* By keyd's clock and its settings. */
	rig->now_s = NOW + 5;
	rig->settings.agent_lifetime_s = 3600;
	assert_true(ask_agent(&s, &s.ca, AGENT, PRESENT));
	take_certificate(&s, NOW + 3605);
	rig->now_s = NOW;
	scene_free(&s);
}

/* No longer than its authority. */
static void
none_outlives_its_authority(void **state)
{
	struct rig *rig = *state;
	struct made last;
	struct scene s;

	scene_make(rig, &s);
	ca_make(rig, SEAL_AGENT_CA_KEY, NOW + 2 * DAY, &last);
	assert_true(ask_agent(&s, &last, AGENT, PRESENT));
	take_certificate(&s, NOW + 2 * DAY);
	made_release(&last);
	scene_free(&s);
}

/* Without the private key that it is for; by an authority that is none of agents; for what is no
 * agent's name. */
static void
nothing_else_is_certified(void **state)
{
	struct rig *rig = *state;
	struct made inter, old, wrong;
	struct scene s;

	scene_make(rig, &s);
	assert_false(ask_agent(&s, &s.ca, AGENT, "another"));
	take_reason(rig, ERR_CRYPTO);
	s.proof.p[s.proof.n - 1] ^= 1;
	assert_false(ask_agent(&s, &s.ca, AGENT, PRESENT));
	take_reason(rig, ERR_CRYPTO);
	s.proof.p[s.proof.n - 1] ^= 1;
	s.public.p[20] ^= 1;
	assert_false(ask_agent(&s, &s.ca, AGENT, PRESENT));
	take_reason(rig, ERR_SYNTAX);
	s.public.p[20] ^= 1;
	ca_make(rig, SEAL_ISSUER_KEY, NOW + DAY, &inter);
	assert_false(ask_agent(&s, &inter, AGENT, PRESENT));
	take_reason(rig, ERR_CRYPTO);
	ca_make(rig, SEAL_PRIVATE_KEY, NOW + DAY, &old);
	assert_false(ask_agent(&s, &old, AGENT, PRESENT));
	take_reason(rig, ERR_CRYPTO);
	wrong = (struct made){ .sealed = s.ca.sealed, .cert = inter.cert };
	assert_false(ask_agent(&s, &wrong, AGENT, PRESENT));
	take_reason(rig, ERR_RANGE);
	assert_false(ask_agent(&s, &s.ca, "", PRESENT));
	take_reason(rig, ERR_RANGE);
	assert_false(ask_agent(&s, &s.ca, "a,CA:TRUE", PRESENT));
	take_reason(rig, ERR_RANGE);
	made_release(&inter);
	made_release(&old);
	scene_free(&s);
}

/* A field that is too long, or one more, costs the channel. */
static void
nonsense_ends_the_channel(void **state)
{
	static const size_t longest[] = { KEYD_MAX_SEALED_KEY, CERT_MAX_DER_BYTES, 64, 64,
		POSSESSION_KEY_BYTES, POSSESSION_PROOF_MAX_BYTES };
	static char bytes[KEYD_MAX_SEALED_KEY + CERT_MAX_DER_BYTES];
	struct rig *rig = *state;
	struct ipc_out m;
	size_t i, k;

	for (i = 0; i <= 7; i++) {
		ipc_begin(&m, MSG_CK_CERTIFY_AGENT);
		for (k = 0; k < 6; k++)
			ipc_put_str(&m, str_of_n(bytes, longest[k] + (k == i)));
		if (i == 6)
			ipc_put_u8(&m, 0);
		assert_int_equal(send_to(rig, &keyd_hasher, &m, -1), i < 7 ? ERR_PEER : 0);
	}
	/* The last one was in order, and refused. */
	assert_int_equal(ipc_recv(rig->here, &rig->reply), 0);
	/* The signers do not certify. */
	ipc_begin(&m, MSG_CK_CERTIFY_AGENT);
	assert_int_equal(send_to(rig, &keyd_signer, &m, -1), ERR_PEER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_agent_gets_the_next_certificate),
		cmocka_unit_test(none_outlives_its_authority),
		cmocka_unit_test(nothing_else_is_certified),
		cmocka_unit_test(nonsense_ends_the_channel),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
