/*
 * agent_cert_test: tests the renewal of agents' certificates in core: when an agent is asked for a
 * new key, what is taken, and that it may come with either certificate until it has come with the
 * new one, whatever is lost on the way.
 */
#include "fixture.h"

#include "codec/pem.h"
#include "pki/possession.h"
#include "pki/privkey.h"
#include "region/agent_cert.h"
#include "region/timer.h"
#include "store/store_agent.h"

#define DAY INT64_C(86400)
#define MONTH (30 * DAY)
#define AGENT "agent-1"

/* ---- the store ---- */

static struct store_agent
row(struct fixture *f)
{
	struct store_agent v;

	assert_ok(store_agent_get(f->st, f->a, STR(AGENT), &v));
	return v;
}

static void
authority_add(struct fixture *f, const char *id, int64_t from, int64_t until)
{
	const struct store_pki v = { .cert_id = str_of(id),
		.kind = STORE_PKI_AGENT_CA,
		.state = STORE_PKI_ACTIVE,
		.key_kind = STORE_PKI_P256,
		.sealed_key = STR("sealed"),
		.cert_der = arena_fmt(f->a, "authority %s", id),
		.not_before_at = from,
		.not_after_at = until };

	assert_ok(store_pki_add(f->st, &v));
}

/* The agent has AGENT_CERT, which ends then, and an authority. */
static void
has_until(struct fixture *f, int64_t not_after)
{
	const struct store_agent v = row(f);
	const struct store_agent_cert c = { v.cert_sha256, not_after, STR("CA1") };

	assert_ok(store_agent_replace(f->st, STR(AGENT), &c));
}

static int
begin(void **state)
{
	struct fixture *f;

	fixture_setup(state);
	f = *state;
	f->settings.agent_lifetime_s = MONTH;
	authority_add(f, "CA1", NOW_S - DAY, NOW_S + 3650 * DAY);
	has_until(f, NOW_S + MONTH);
	return 0;
}

/* ---- the agent ---- */

static struct privkey *
key_new(void)
{
	struct privkey *key;

	assert_ok(privkey_generate(PRIVKEY_P256, &key));
	return key;
}

/* What it says of this key, when `present` is the certificate that it has. */
static const char *
renewal(struct fixture *f, struct privkey *key, struct str present)
{
	struct buf public, proof, text;
	const char *said;

	buf_init(&public, 4096);
	buf_init(&proof, 4096);
	buf_init(&text, 4096);
	assert_ok(possession_prove(key, present, &public, &proof));
	buf_c(&text, "{\"type\":\"renewal\",\"public_key\":\"");
	b64_write(&text, public.p, public.n);
	buf_c(&text, "\",\"proof\":\"");
	b64_write(&text, proof.p, proof.n);
	buf_c(&text, "\"}");
	said = fixture_cstr(f, buf_view(&text));
	buf_release(&public);
	buf_release(&proof);
	buf_release(&text);
	return said;
}

struct saying {
	uint64_t link;
	const char *text;
};

static int
say_task(struct region *region, void *ctx)
{
	const struct saying *s = ctx;

	return agents_text(region, s->link, str_of(s->text));
}

static int
say(struct fixture *f, uint64_t link, const char *text)
{
	struct saying s = { link, text };

	return task_run(f->region, say_task, &s);
}

struct opening {
	uint64_t link;
	struct str der;
};

static int
open_task(struct region *region, void *ctx)
{
	const struct opening *o = ctx;

	return agents_open(region, o->link, o->der);
}

/* The agent comes with this certificate. */
static int
come(struct fixture *f, uint64_t link, struct str der)
{
	struct opening o = { link, der };
	int r = task_run(f->region, open_task, &o);

	if (r == 0)
		assert_ok(task_run(f->region, fixture_hello, &link));
	return r;
}

/* ---- core ---- */

static int
turn_task(struct region *region, void *ctx)
{
	(void)ctx;
	return agent_cert_turn(region);
}

static int
ask_task(struct region *region, void *ctx)
{
	(void)ctx;
	return agent_cert_ask_all(region);
}

/* What was sent to the agents since the last time, but what every agent is told. */
static const char *
sent(struct fixture *f, const char *type)
{
	const char *begins = arena_fmt(f->a, "{\"type\":\"%s\"", type).p, *found = NULL;
	size_t i;

	for (i = 0; i < f->n_sent; i++) {
		if (f->sent[i].type != SENT_TEXT ||
		    strncmp(f->sent[i].text, begins, strlen(begins)) != 0)
			continue;
		assert_null(found);
		found = fixture_cstr(f, str_of(f->sent[i].text));
	}
	fixture_forget(f);
	return found;
}

static bool
is_asked(struct fixture *f)
{
	assert_ok(task_run(f->region, ask_task, NULL));
	return sent(f, "renew") != NULL;
}

/* The certificate that the agent is sent, as DER; empty: none. */
static struct str
certified(struct fixture *f)
{
	struct pem_block block;
	struct json *doc;
	const char *text;
	struct str pem;
	size_t n;

	fixture_forget(f);
	assert_ok(task_run(f->region, turn_task, NULL));
	if ((text = sent(f, "certificate")) == NULL)
		return STR("");
	assert_ok(json_parse(str_of(text), 1 << 16, 4, &doc, NULL));
	assert_ok(json_str(json_get(doc, "certificate"), &pem));
	assert_ok(pem_parse(f->a, pem, &block, 1, &n));
	json_free(doc);
	return block.der;
}

/* ---- tests ---- */

static void
test_when_it_is_due(void **state)
{
	static const struct {
		int64_t left_s, lifetime_s;
		const char *asked; /* NULL: not asked */
	} rows[] = {
		{ MONTH, MONTH, NULL },
		{ 10 * DAY, MONTH, NULL },
		{ 10 * DAY - 1, MONTH, "{\"type\":\"renew\",\"left_s\":863999}" },
		{ 1, MONTH, "{\"type\":\"renew\",\"left_s\":1}" },
		/* Its end has come while the link stands. */
		{ -5, MONTH, "{\"type\":\"renew\",\"left_s\":0}" },
		/* The setting is another now; a certificate of an earlier version. */
		{ MONTH, 3600, "{\"type\":\"renew\",\"left_s\":2592000}" },
		{ 3600 + DAY, 3600, NULL },
		{ MONTH, MONTH - DAY, NULL },
		{ MONTH, MONTH - DAY - 1, "{\"type\":\"renew\",\"left_s\":2592000}" },
		{ -NOW_S, MONTH, "{\"type\":\"renew\",\"left_s\":0}" },
		/* As long as its authority: a new one would last no longer. */
		{ 3650 * DAY, 3650 * DAY, NULL },
	};
	struct fixture *f = *state;
	const char *text;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		f->settings.agent_lifetime_s = rows[i].lifetime_s;
		has_until(f, NOW_S + rows[i].left_s);
		fixture_forget(f);
		assert_ok(come(f, 20 + i, STR(AGENT_CERT)));
		text = sent(f, "renew");
		if (rows[i].asked == NULL)
			assert_null(text);
		else if (text == NULL)
			fail_msg("row %zu", i);
		else
			assert_string_equal(text, rows[i].asked);
	}
}

/* A certificate of an authority that is not the newest is renewed at once. */
static void
test_a_new_authority(void **state)
{
	struct fixture *f = *state;
	struct privkey *key = key_new();
	struct str der;

	assert_ok(come(f, 9, STR(AGENT_CERT)));
	assert_null(sent(f, "renew"));
	assert_false(is_asked(f));
	authority_add(f, "CA2", NOW_S, NOW_S + 3650 * DAY);
	assert_true(is_asked(f));
	assert_ok(say(f, 9, renewal(f, key, row(f).cert_sha256)));
	der = certified(f);
	while (der.n == 0)
		der = certified(f);
	assert_true(str_eq_c(row(f).next_issuer_id, "CA2"));
	assert_ok(come(f, 10, der));
	assert_true(str_eq_c(row(f).issuer_id, "CA2"));
	assert_null(sent(f, "renew"));
	privkey_free(key);
}

/* Once an hour, for as long as none comes. */
static void
test_asked_again(void **state)
{
	struct fixture *f = *state;
	struct privkey *key = key_new();

	has_until(f, NOW_S + DAY);
	assert_ok(come(f, 9, STR(AGENT_CERT)));
	assert_non_null(sent(f, "renew"));
	assert_false(is_asked(f));
	f->boot_ms += 3600 * 1000 - 1;
	assert_false(is_asked(f));
	f->boot_ms++;
	assert_true(is_asked(f));
	assert_false(is_asked(f));
	/* One that has said its key is not asked, before keyd is and while keyd works. */
	assert_ok(say(f, 9, renewal(f, key, row(f).cert_sha256)));
	f->boot_ms += 3600 * 1000;
	assert_false(is_asked(f));
	f->hash_held = true;
	assert_int_equal(certified(f).n, 0);
	assert_false(is_asked(f));
	f->hash_held = false;
	assert_true(certified(f).n > 0);
	assert_true(is_asked(f));
	/* One that has not said hello is not asked. */
	f->boot_ms += 3600 * 1000;
	agents_closed(f->region, 9);
	assert_ok(task_run(f->region, open_task, &(struct opening){ 10, STR(AGENT_CERT) }));
	assert_false(is_asked(f));
	privkey_free(key);
}

/* The whole way; either certificate counts until the agent has come with the new one. */
static void
test_renewed(void **state)
{
	struct fixture *f = *state;
	struct privkey *key = key_new();
	struct store_agent v;
	struct str der;
	char name[65];

	has_until(f, NOW_S + DAY);
	assert_ok(come(f, 9, STR(AGENT_CERT)));
	fixture_forget(f);
	assert_false(agent_cert_busy(f->region));
	assert_ok(say(f, 9, renewal(f, key, row(f).cert_sha256)));
	assert_true(agent_cert_busy(f->region));
	/* keyd is not waited for. */
	f->hash_held = true;
	assert_int_equal(certified(f).n, 0);
	assert_int_equal(certified(f).n, 0);
	assert_int_equal(f->hash_begun, 1);
	f->hash_held = false;
	der = certified(f);
	assert_true(str_starts(der, STR("certificate ")) && str_ends(der, STR(" of " AGENT)));
	assert_false(agent_cert_busy(f->region));
	v = row(f);
	cert_name_sha256(der, name);
	assert_true(str_eq_c(v.next_sha256, name));
	assert_int_equal(v.next_not_after, NOW_S + MONTH);
	assert_int_equal(v.cert_not_after, NOW_S + DAY);
	/* The agent has not kept it, or not yet: it comes with the old one, and is asked again. */
	fixture_forget(f);
	assert_ok(come(f, 10, STR(AGENT_CERT)));
	assert_non_null(sent(f, "renew"));
	/* It comes with the new one, and the old one is none any more. */
	assert_ok(come(f, 11, der));
	assert_null(sent(f, "renew"));
	v = row(f);
	assert_true(str_eq_c(v.cert_sha256, name));
	assert_int_equal(v.cert_not_after, NOW_S + MONTH);
	assert_int_equal(v.next_sha256.n, 0);
	assert_int_equal(come(f, 12, STR(AGENT_CERT)), ERR_DENIED);
	assert_ok(come(f, 13, der));
	privkey_free(key);
}

/* What was certified and is lost is replaced, and counts no more. */
static void
test_certified_twice(void **state)
{
	struct fixture *f = *state;
	struct privkey *one = key_new(), *two = key_new();
	struct str first, second;

	has_until(f, NOW_S + DAY);
	assert_ok(come(f, 9, STR(AGENT_CERT)));
	assert_ok(say(f, 9, renewal(f, one, row(f).cert_sha256)));
	first = certified(f);
	assert_true(first.n > 0);
	assert_ok(come(f, 10, STR(AGENT_CERT)));
	assert_ok(say(f, 10, renewal(f, two, row(f).cert_sha256)));
	second = certified(f);
	assert_true(second.n > 0);
	assert_int_equal(come(f, 11, first), ERR_DENIED);
	assert_ok(come(f, 12, second));
	privkey_free(one);
	privkey_free(two);
}

/* Core dies with what it was asked: everything is as before, and a new core asks. */
static void
test_core_dies(void **state)
{
	struct fixture *f = *state;
	struct privkey *key = key_new();

	has_until(f, NOW_S + DAY);
	assert_ok(come(f, 9, STR(AGENT_CERT)));
	assert_ok(say(f, 9, renewal(f, key, row(f).cert_sha256)));
	f->hash_held = true;
	assert_int_equal(certified(f).n, 0);
	f->hash_held = false;
	fixture_api_free(f);
	fixture_api_new(f);
	assert_int_equal(row(f).next_sha256.n, 0);
	fixture_forget(f);
	assert_ok(come(f, 9, STR(AGENT_CERT)));
	assert_non_null(sent(f, "renew"));
	assert_ok(say(f, 9, renewal(f, key, row(f).cert_sha256)));
	assert_true(certified(f).n > 0);
	privkey_free(key);
}

/* The link is gone before keyd has answered: nothing is stored, and the next agent's turn comes. */
static void
test_the_link_is_gone(void **state)
{
	struct fixture *f = *state;
	struct privkey *key = key_new();

	has_until(f, NOW_S + DAY);
	assert_ok(come(f, 9, STR(AGENT_CERT)));
	assert_ok(say(f, 9, renewal(f, key, row(f).cert_sha256)));
	f->hash_held = true;
	assert_int_equal(certified(f).n, 0);
	agents_closed(f->region, 9);
	assert_int_equal(certified(f).n, 0);
	f->hash_held = false;
	assert_int_equal(certified(f).n, 0);
	assert_int_equal(f->keyd_open, 0);
	assert_false(agent_cert_busy(f->region));
	assert_int_equal(row(f).next_sha256.n, 0);
	assert_ok(come(f, 10, STR(AGENT_CERT)));
	assert_ok(say(f, 10, renewal(f, key, row(f).cert_sha256)));
	assert_true(certified(f).n > 0);
	privkey_free(key);
}

/*
 * Meanwhile front has closed the link, and opened another with its number: of another agent, or of
 * the same one that has made another key. What keyd answers to the first is nothing to the second.
 */
static void
test_the_number_is_anothers(void **state)
{
	static const char *const ids[] = { "agent-2", AGENT };
	struct fixture *f = *state;
	struct privkey *one = key_new(), *two = key_new();
	struct store_agent other = row(f);
	struct str der;
	char name[65];
	size_t i;

	has_until(f, NOW_S + DAY);
	cert_name_sha256(STR("the other's"), name);
	other.agent_id = str_of(ids[0]);
	other.cert_sha256 = str_of(name);
	other.cert_not_after = NOW_S + DAY;
	assert_ok(store_agent_add(f->st, &other));
	for (i = 0; i < 2; i++) {
		der = i == 0 ? STR("the other's") : STR(AGENT_CERT);
		assert_ok(come(f, 9, STR(AGENT_CERT)));
		assert_ok(say(f, 9, renewal(f, one, row(f).cert_sha256)));
		f->hash_held = true;
		assert_int_equal(certified(f).n, 0);
		agents_closed(f->region, 9);
		assert_ok(come(f, 9, der));
		cert_name_sha256(der, name);
		assert_ok(say(f, 9, renewal(f, two, str_of(name))));
		f->hash_held = false;
		assert_int_equal(certified(f).n, 0);
		assert_int_equal(row(f).next_sha256.n, 0);
		/* Now its own turn has come. */
		assert_true(str_ends(certified(f), arena_fmt(f->a, " of %s", ids[i])));
		agents_closed(f->region, 9);
	}
	assert_int_equal(f->keyd_open, 0);
	privkey_free(one);
	privkey_free(two);
}

/* Nobody asked, or it was taken already: the connection ends with 1008. */
static void
test_not_asked(void **state)
{
	struct fixture *f = *state;
	struct privkey *key = key_new();
	const char *text = renewal(f, key, row(f).cert_sha256);

	assert_ok(come(f, 9, STR(AGENT_CERT)));
	assert_int_equal(say(f, 9, text), ERR_BADSTATE);
	has_until(f, NOW_S + DAY);
	assert_ok(come(f, 10, STR(AGENT_CERT)));
	assert_ok(say(f, 10, text));
	assert_int_equal(say(f, 10, text), ERR_BADSTATE);
	assert_true(certified(f).n > 0);
	assert_int_equal(say(f, 10, text), ERR_BADSTATE);
	/* To a link that is gone it is nothing. */
	assert_ok(say(f, 99, text));
	assert_int_equal(say(f, 10,
			     "{\"type\":\"renewal\",\"public_key\":\"AA==\",\"proof\":\"AA==\"}"),
	    ERR_SYNTAX);
	privkey_free(key);
}

/* A proof that is not right, or keyd that fails: the agent is told, and nothing has changed. */
static void
test_refused(void **state)
{
	struct fixture *f = *state;
	struct privkey *key = key_new();

	has_until(f, NOW_S + DAY);
	assert_ok(come(f, 9, STR(AGENT_CERT)));
	assert_ok(say(f, 9, renewal(f, key, STR("another certificate"))));
	fixture_forget(f);
	assert_ok(task_run(f->region, turn_task, NULL));
	assert_string_equal(sent(f, "renewal_refused"),
	    "{\"type\":\"renewal_refused\",\"reason\":\"the key or its proof is not right\"}");
	assert_int_equal(row(f).next_sha256.n, 0);
	f->boot_ms += 3600 * 1000;
	assert_true(is_asked(f));
	assert_ok(say(f, 9, renewal(f, key, row(f).cert_sha256)));
	f->hash_error = ERR_UNAVAIL;
	fixture_forget(f);
	assert_ok(task_run(f->region, turn_task, NULL));
	assert_string_equal(sent(f, "renewal_refused"),
	    "{\"type\":\"renewal_refused\",\"reason\":\"it cannot be certified now\"}");
	f->hash_error = 0;
	/* The old one is as good as it was. */
	assert_ok(come(f, 10, STR(AGENT_CERT)));
	privkey_free(key);
}

static int
check_task(struct region *region, void *ctx)
{
	(void)ctx;
	return agents_check(region);
}

/* What closes a link: that its certificate is none of its agent any more. */
static void
test_revoked(void **state)
{
	struct fixture *f = *state;
	const struct store_agent_cert fresh = { STR("another"), NOW_S + MONTH, STR("CA1") };
	struct store_agent v;

	assert_ok(come(f, 9, STR(AGENT_CERT)));
	fixture_forget(f);
	assert_ok(task_run(f->region, check_task, NULL));
	assert_int_equal(f->n_sent, 0);
	assert_ok(store_agent_revoke(f->st, STR(AGENT), NOW_S));
	assert_ok(task_run(f->region, check_task, NULL));
	assert_int_equal(f->n_sent, 1);
	assert_int_equal(f->sent[0].type, SENT_CLOSE);
	assert_int_equal(f->sent[0].number, 9);
	assert_string_equal(f->sent[0].text, "the certificate was revoked");
	fixture_forget(f);
	/* It is forgotten, and does not come again. */
	assert_ok(task_run(f->region, check_task, NULL));
	assert_int_equal(f->n_sent, 0);
	assert_int_equal(come(f, 10, STR(AGENT_CERT)), ERR_DENIED);
	/* A person has given it another one: what it had is none any more. */
	v = row(f);
	has_until(f, NOW_S + MONTH);
	assert_ok(come(f, 11, STR(AGENT_CERT)));
	assert_ok(store_agent_replace(f->st, v.agent_id, &fresh));
	fixture_forget(f);
	assert_ok(task_run(f->region, check_task, NULL));
	assert_int_equal(f->n_sent, 1);
	assert_int_equal(f->sent[0].type, SENT_CLOSE);
	assert_int_equal(f->sent[0].number, 11);
}

/*
 * While keyd makes the certificate, root shuts out whoever has the present one, beside core, and
 * core has not looked yet. Nothing comes of the new key, and what root gave the agent counts.
 */
static void
test_revoked_while_certified(void **state)
{
	static const struct {
		bool revoke, issue;
	} rows[] = { { true, false }, { false, true }, { true, true } };
	struct fixture *f = *state;
	struct privkey *key = key_new();
	const struct str present = row(f).cert_sha256, issued = STR("what root has issued");
	struct store_agent_cert fresh = { .not_after = NOW_S + MONTH, .issuer_id = STR("CA1") };
	struct store *beside;
	char name[65];
	size_t i;

	cert_name_sha256(issued, name);
	fresh.sha256 = str_of(name);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_ok(store_agent_replace(f->st, STR(AGENT),
		    &(struct store_agent_cert){ present, NOW_S + DAY, STR("CA1") }));
		assert_ok(come(f, 9 + i, STR(AGENT_CERT)));
		assert_ok(say(f, 9 + i, renewal(f, key, present)));
		f->hash_held = true;
		assert_int_equal(certified(f).n, 0);
		f->hash_held = false;
		assert_ok(store_open_beside(f->path, &beside, NULL));
		if (rows[i].revoke)
			assert_ok(store_agent_revoke(beside, STR(AGENT), NOW_S));
		if (rows[i].issue)
			assert_ok(store_agent_replace(beside, STR(AGENT), &fresh));
		store_close(beside);
		assert_ok(task_run(f->region, turn_task, NULL));
		assert_int_equal(f->n_sent, 2);
		assert_string_equal(f->sent[0].text,
		    "{\"type\":\"renewal_refused\",\"reason\":\"it cannot be certified now\"}");
		assert_int_equal(f->sent[1].type, SENT_CLOSE);
		assert_int_equal(f->sent[1].number, 9 + i);
		assert_string_equal(f->sent[1].text, "the certificate was revoked");
		assert_int_equal(row(f).next_sha256.n, 0);
		assert_false(agent_cert_busy(f->region));
		/* It does not come again; the one that root gave it does, unless it is revoked. */
		assert_int_equal(come(f, 20 + i, STR(AGENT_CERT)), ERR_DENIED);
		assert_int_equal(come(f, 30 + i, issued), rows[i].issue ? 0 : ERR_DENIED);
	}
	privkey_free(key);
}

/* The timer sees what another process has changed. */
static void
test_revoked_by_another_process(void **state)
{
	struct fixture *f = *state;
	struct timer *t;
	struct store *st;

	/* The first turn does all; the next ones only what is due. */
	t = timer_new(&f->clock);
	assert_ok(come(f, 9, STR(AGENT_CERT)));
	timer_run(t, f->region);
	fixture_forget(f);
	f->boot_ms += 1000;
	timer_run(t, f->region);
	assert_int_equal(f->n_sent, 0);
	assert_ok(store_open_beside(f->path, &st, NULL));
	assert_ok(store_agent_revoke(st, STR(AGENT), NOW_S));
	store_close(st);
	timer_run(t, f->region);
	assert_int_equal(f->n_sent, 0);
	f->boot_ms += 1000;
	timer_run(t, f->region);
	assert_int_equal(f->n_sent, 1);
	assert_int_equal(f->sent[0].type, SENT_CLOSE);
	timer_free(t);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, begin, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_when_it_is_due),
		TEST(test_a_new_authority),
		TEST(test_asked_again),
		TEST(test_renewed),
		TEST(test_certified_twice),
		TEST(test_core_dies),
		TEST(test_the_link_is_gone),
		TEST(test_the_number_is_anothers),
		TEST(test_not_asked),
		TEST(test_refused),
		TEST(test_revoked),
		TEST(test_revoked_while_certified),
		TEST(test_revoked_by_another_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
