/*
 * signer_test: tests rotations that agents hear of late, clocks that are set back, and an issuer
 * that expires; and the two kinds of signer, by what an agent says of its helper.
 */
#include "fixture.h"

#include "region/agents.h"
#include "region/signer.h"
#include "region/timer.h"

#define DAY_MS INT64_C(86400000)
#define ED25519 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGDFlf5L4Yxuc2NIVv3Q4AHsV3k7BOjKFIrxbM5NQKBo"

static int
no_signature(void *ctx, struct str sealed, struct str bytes, struct buf *out)
{
	(void)ctx;
	(void)sealed;
	(void)bytes;
	(void)out;
	return ERR_UNAVAIL;
}

/* The timer's next turn. */
static void
turn(struct fixture *f, struct timer *t)
{
	fixture_forget(f);
	f->boot_ms += 5000;
	timer_run(t, f->region);
}

static struct str
present(struct fixture *f)
{
	return arena_str(f->a, signer_id(f->region->signer, SIGNER_RSA));
}

/* How many active signers of a kind the store has, and the newest of them. */
static size_t
active(struct fixture *f, enum store_pki_key_kind kind, struct store_pki *ret)
{
	struct store_pki *v;
	size_t i, n, found = 0;

	assert_ok(store_pki_list_active(f->st, f->a, STORE_PKI_SIGNER, &v, &n));
	for (i = n; i-- > 0;) {
		if (v[i].key_kind == kind) {
			*ret = v[i];
			found++;
		}
	}
	return found;
}

static size_t
told(struct fixture *f, const char *type)
{
	const char *start = arena_fmt(f->a, "{\"type\":\"%s\"", type).p;
	size_t i, n = 0;

	for (i = 0; i < f->n_sent; i++)
		n += strncmp(f->sent[i].text, start, strlen(start)) == 0;
	return n;
}

static void
push(struct fixture *f)
{
	const char *id = fixture_launch(f, "");
	struct api_response resp = fixture_push(f,
	    arena_fmt(f->a,
		"{\"InstanceId\":\"%s\",\"InstanceOSUser\":\"u\",\"SSHPublicKey\":\"" ED25519 "\"}",
		id)
		.p);

	assert_status(f, &resp, 200);
}

/* keyd can make a signer, and then no signature for the keys that live. */
static void
test_told_later(void **state)
{
	struct fixture *f = *state;
	struct timer *t = timer_new(&f->clock);
	struct str before = present(f), after;

	log_set_level(LOG_LEVEL_ERROR + 1);
	turn(f, t);
	push(f);
	f->wall_ms += 6 * DAY_MS + 1000;
	f->sign = no_signature;
	turn(f, t);
	after = present(f);
	assert_false(str_eq(before, after));
	assert_int_equal(f->n_sent, 0);
	turn(f, t);
	assert_int_equal(f->n_sent, 0);
	/* No rotation more, and now all of it. */
	f->sign = fixture_sign;
	turn(f, t);
	assert_true(str_eq(present(f), after));
	assert_int_equal(told(f, "signer"), 1);
	assert_int_equal(told(f, "key"), 1);
	/* Once. */
	turn(f, t);
	assert_int_equal(f->n_sent, 0);
	timer_free(t);
}

/* A key takes long: core does not wait for it, and what else is due is renewed meanwhile. */
static void
test_key_takes_long(void **state)
{
	struct fixture *f = *state;
	struct timer *t = timer_new(&f->clock);
	struct str first = present(f), second;
	struct store_pki_staple staple;
	int i;

	turn(f, t);
	push(f);
	f->hash_held = true;
	f->hash_begun = 0;
	f->wall_ms += 6 * DAY_MS + 1000;
	turn(f, t);
	assert_true(str_eq(present(f), first));
	assert_int_equal(told(f, "signer"), 1);
	assert_ok(store_pki_staple_get(f->st, f->a, first, &staple));
	assert_int_equal(staple.this_update_at, f->wall_ms / 1000);
	for (i = 0; i < 3; i++) {
		turn(f, t);
		assert_int_equal(f->n_sent, 0);
	}
	/* One of each kind, and that for digests. */
	assert_int_equal(f->hash_begun, 3);
	f->hash_held = false;
	turn(f, t);
	second = present(f);
	assert_false(str_eq(second, first));
	assert_int_equal(told(f, "signer"), 1);
	assert_int_equal(told(f, "key"), 1);
	assert_int_equal(f->keyd_open, 0);
	/* It fails: another one is made. */
	log_set_level(LOG_LEVEL_ERROR + 1);
	f->wall_ms += 6 * DAY_MS + 1000;
	f->hash_error = ERR_UNAVAIL;
	turn(f, t);
	assert_true(str_eq(present(f), second));
	f->hash_error = 0;
	turn(f, t);
	assert_false(str_eq(present(f), second));
	/* A signer that hosts do not accept any more is no use: core waits for the next one. */
	second = present(f);
	f->hash_held = true;
	f->wall_ms += 8 * DAY_MS;
	turn(f, t);
	assert_false(str_eq(present(f), second));
	/* One that is under way when core ends is taken, and dropped. */
	f->wall_ms += 6 * DAY_MS + 1000;
	turn(f, t);
	assert_int_equal(f->keyd_open, 2);
	timer_free(t);
}

/* The new signer cannot be read: the old one does not rotate again meanwhile. */
static void
test_read_later(void **state)
{
	struct fixture *f = *state;
	struct timer *t = timer_new(&f->clock);
	struct store_pki v;

	log_set_level(LOG_LEVEL_ERROR + 1);
	turn(f, t);
	f->region->reload_due = true;
	turn(f, t);
	assert_false(f->region->reload_due);
	assert_int_equal(told(f, "signer"), 1);
	/* Without a signer for all in the store nothing is read, nothing made, nothing told. */
	assert_ok(store_pki_retire(f->st, present(f)));
	f->region->reload_due = true;
	f->wall_ms += 6 * DAY_MS + 1000;
	turn(f, t);
	assert_true(f->region->reload_due);
	assert_int_equal(f->n_sent, 0);
	assert_int_equal(active(f, STORE_PKI_RSA2048, &v), 0);
	timer_free(t);
}

static void
test_clock_set_back(void **state)
{
	struct fixture *f = *state;
	struct timer *t = timer_new(&f->clock);
	struct str first = present(f), second;
	struct store_pki v, p256;

	turn(f, t);
	f->wall_ms -= DAY_MS - 5000;
	turn(f, t);
	assert_true(str_eq(present(f), first));
	f->wall_ms -= 10000;
	turn(f, t);
	second = present(f);
	assert_false(str_eq(second, first));
	assert_int_equal(active(f, STORE_PKI_RSA2048, &v), 1);
	assert_true(str_eq(v.cert_id, second));
	/* As init does it: a day back is no harm. */
	assert_int_equal(v.not_before_at, f->wall_ms / 1000 - 86400);
	assert_int_equal(active(f, STORE_PKI_P256, &p256), 1);
	assert_int_equal(p256.not_before_at, v.not_before_at);
	assert_true(str_eq(p256.issuer_id, v.issuer_id));
	turn(f, t);
	assert_true(str_eq(present(f), second));
	timer_free(t);
}

/* The last signer of an intermediate lasts as long as that one, and is not made
 * over and over. */
static void
test_issuer_ends(void **state)
{
	struct fixture *f = *state;
	struct timer *t = timer_new(&f->clock);
	struct str last;
	struct store_pki v, p256;

	log_set_level(LOG_LEVEL_ERROR + 1);
	f->wall_ms += 365 * DAY_MS - DAY_MS / 2;
	turn(f, t);
	last = present(f);
	assert_int_equal(active(f, STORE_PKI_RSA2048, &v), 1);
	assert_int_equal(v.not_after_at, NOW_S + 365 * INT64_C(86400));
	assert_int_equal(active(f, STORE_PKI_P256, &p256), 1);
	assert_int_equal(p256.not_after_at, v.not_after_at);
	turn(f, t);
	turn(f, t);
	assert_true(str_eq(present(f), last));
	assert_int_equal(active(f, STORE_PKI_P256, &v), 1);
	assert_true(str_eq(v.cert_id, p256.cert_id));
	timer_free(t);
}

/* ---- the two kinds ---- */

struct hello {
	uint64_t link;
	const char *helper; /* NULL: it says nothing of it */
};

static int
hello_task(struct region *region, void *ctx)
{
	const struct hello *h = ctx;
	char text[128];

	snprintf(text, sizeof(text), "{\"type\":\"hello\",\"version\":\"1\"%s%s%s}",
	    h->helper == NULL ? "" : ",\"helper\":\"", h->helper == NULL ? "" : h->helper,
	    h->helper == NULL ? "" : "\"");
	return agents_text(region, h->link, str_of(text));
}

/* The agent connects again, with this helper. */
static void
connect_as(struct fixture *f, uint64_t link, const char *helper)
{
	struct hello h = { link, helper };

	fixture_forget(f);
	assert_ok(task_run(f->region, fixture_open, &link));
	assert_ok(task_run(f->region, hello_task, &h));
}

/* The first text of this type that was sent; it has to hold all of what. */
static void
assert_told(struct fixture *f, const char *type, const char *const what[])
{
	const char *start = arena_fmt(f->a, "{\"type\":\"%s\"", type).p;
	size_t i;

	for (i = 0; i < f->n_sent && strncmp(f->sent[i].text, start, strlen(start)) != 0; i++)
		;
	assert_true(i < f->n_sent);
	for (; *what != NULL; what++) {
		if (strstr(f->sent[i].text, *what) == NULL)
			fail_msg("%s lacks %s", f->sent[i].text, *what);
	}
}
#define TOLD(f, type, ...) assert_told(f, type, (const char *const[]){ __VA_ARGS__, NULL })

/* In base 64, as entries end: signed by the key of this signer. */
#define BY_RSA "\\nc2lnbmVkIGJ5IGtleSBvZiBzaWduZXI=\\n"
#define BY_P256 "\\nc2lnbmVkIGJ5IGtleSBvZiBzaWduZXIgcDI1Ng==\\n"

static const char *
id_of(struct fixture *f, enum signer_kind kind)
{
	return fixture_cstr(f, signer_id(f->region->signer, kind));
}

/* Pushes go out as the helper at the other end of the link reads them, and what lives when
 * another helper is said is signed anew, to and fro. */
static void
test_by_what_the_agent_says(void **state)
{
	struct fixture *f = *state;
	const char *rsa = id_of(f, SIGNER_RSA), *p256 = id_of(f, SIGNER_P256);

	assert_string_not_equal(rsa, p256);
	fixture_forget(f);
	push(f);
	TOLD(f, "key", rsa, BY_RSA);
	connect_as(f, 20, "openeic");
	TOLD(f, "signer", p256, "\"algorithm\":\"ECDSA-P256-SHA256\"");
	TOLD(f, "key", p256, BY_P256);
	f->request_id = "0a0b0c0d-0000-4000-8000-000000000002";
	fixture_forget(f);
	push(f);
	TOLD(f, "key", p256, BY_P256);
	connect_as(f, 21, "stock");
	TOLD(f, "signer", rsa, "\"algorithm\":\"RSASSA-PSS-SHA256\"");
	assert_int_equal(told(f, "key"), 2);
	TOLD(f, "key", rsa, BY_RSA);
	connect_as(f, 22, NULL);
	TOLD(f, "signer", rsa, "\"algorithm\":\"RSASSA-PSS-SHA256\"");
	TOLD(f, "key", rsa, BY_RSA);
}

/* What was signed anew is stored, and who changes the helper to and fro does not have it done
 * each time. */
static void
test_to_and_fro(void **state)
{
	struct fixture *f = *state;
	size_t n;

	connect_as(f, 20, "openeic");
	push(f);
	connect_as(f, 21, "stock");
	TOLD(f, "key", id_of(f, SIGNER_RSA), BY_RSA);
	n = f->keyd_signed;
	connect_as(f, 22, "stock");
	TOLD(f, "key", id_of(f, SIGNER_RSA), BY_RSA);
	f->boot_ms += f->settings.key_lifetime_s * 1000 - 1;
	connect_as(f, 23, "openeic");
	TOLD(f, "signer", id_of(f, SIGNER_RSA));
	assert_int_equal(f->keyd_signed, n);
	f->boot_ms += 1;
	connect_as(f, 24, "openeic");
	TOLD(f, "signer", id_of(f, SIGNER_P256));
}

/* One kind cannot be made: the responses of what there is of both stay fresh. */
static void
test_one_does_not_hold_up_the_other(void **state)
{
	static const enum signer_kind missing[] = { SIGNER_P256, SIGNER_RSA };
	struct fixture *f = *state;
	struct timer *t = timer_new(&f->clock);
	struct store_pki_staple v;
	struct errinfo ei = { "" };
	size_t i;

	log_set_level(LOG_LEVEL_ERROR + 1);
	turn(f, t);
	assert_ok(store_pki_retire(f->st, signer_id(f->region->signer, SIGNER_P256)));
	assert_ok(signer_reload(f->region, &ei));
	f->hash_error = ERR_UNAVAIL;
	f->wall_ms += f->settings.ocsp_lifetime_s * 500 + 1000;
	turn(f, t);
	assert_ok(store_pki_staple_get(f->st, f->a, signer_id(f->region->signer, SIGNER_RSA), &v));
	assert_int_equal(v.this_update_at, f->wall_ms / 1000);
	/* Both are due, and neither can be made. */
	f->hash_error = 0;
	turn(f, t);
	f->hash_error = ERR_UNAVAIL;
	f->wall_ms += 6 * DAY_MS;
	turn(f, t);
	for (i = 0; i < 2; i++) {
		assert_ok(store_pki_staple_get(f->st, f->a,
		    signer_id(f->region->signer, missing[i]), &v));
		assert_int_equal(v.this_update_at, f->wall_ms / 1000);
	}
	timer_free(t);
}

/* A chain on P-256 that is not whole is as if there were none. */
static void
test_a_chain_in_pieces(void **state)
{
	struct fixture *f = *state;
	struct timer *t = timer_new(&f->clock);
	struct errinfo ei = { "" };
	struct store_pki v;
	const char *broken;

	log_set_level(LOG_LEVEL_ERROR + 1);
	assert_int_equal(active(f, STORE_PKI_P256, &v), 1);
	broken = fixture_cstr(f, v.cert_id);
	/* One more above the root than a chain may have. */
	v.issuer_id = v.cert_id;
	v.cert_id = STR("00");
	v.not_before_at++;
	assert_ok(store_pki_add(f->st, &v));
	assert_ok(signer_reload(f->region, &ei));
	assert_string_equal(id_of(f, SIGNER_P256), id_of(f, SIGNER_RSA));
	f->wall_ms += 2000;
	turn(f, t);
	assert_string_not_equal(id_of(f, SIGNER_P256), id_of(f, SIGNER_RSA));
	assert_string_not_equal(id_of(f, SIGNER_P256), broken);
	timer_free(t);
}

/* A store whose keys an earlier version sealed, the root's with them: keyd opens none of them, so
 * core says what to do. */
static void
test_keys_of_an_earlier_version(void **state)
{
	struct fixture *f = *state;
	struct errinfo ei = { "" };
	struct store_pki *root;
	size_t n;

	assert_ok(store_pki_list_active(f->st, f->a, STORE_PKI_ROOT, &root, &n));
	assert_ok(store_pki_reseal(f->st, root[0].cert_id, STR("the root's key")));
	assert_int_equal(signer_reload(f->region, &ei), ERR_BADSTATE);
	assert_string_equal(ei.text,
	    "the keys are those of an earlier version: run eicd keys upgrade");
	assert_ok(store_pki_reseal(f->st, root[0].cert_id, STR("")));
	assert_ok(signer_reload(f->region, &ei));
	assert_int_equal(store_pki_reseal(f->st, STR("00"), STR("")), ERR_NOTFOUND);
	assert_ok(store_pki_list(f->st, f->a, &root, &n));
	assert_int_equal(n, 4);
	assert_int_equal(root[0].kind, STORE_PKI_ROOT);
}

/* Whatever else an agent says is no hello, and it is told nothing. */
static void
test_no_other_helper(void **state)
{
	struct fixture *f = *state;
	struct hello h = { 20, "ours" };

	assert_ok(task_run(f->region, fixture_open, &h.link));
	fixture_forget(f);
	assert_int_equal(task_run(f->region, hello_task, &h), ERR_SYNTAX);
	assert_int_equal(f->n_sent, 0);
}

/* A store of an earlier version: until the signer on P-256 is made, everybody has RSA; then
 * who can read it is told, with the keys that live. */
static void
test_made_where_there_is_none(void **state)
{
	struct fixture *f = *state;
	struct timer *t = timer_new(&f->clock);
	const char *rsa = id_of(f, SIGNER_RSA), *made;
	struct errinfo ei = { "" };
	struct store_pki v = { .kind = STORE_PKI_SIGNER }, old = v;

	assert_ok(store_pki_retire(f->st, signer_id(f->region->signer, SIGNER_P256)));
	assert_ok(signer_reload(f->region, &ei));
	assert_string_equal(id_of(f, SIGNER_P256), rsa);
	connect_as(f, 20, "openeic");
	TOLD(f, "signer", rsa, "\"algorithm\":\"RSASSA-PSS-SHA256\"");
	fixture_forget(f);
	push(f);
	TOLD(f, "key", rsa, BY_RSA);
	turn(f, t);
	made = id_of(f, SIGNER_P256);
	assert_string_not_equal(made, rsa);
	assert_string_equal(id_of(f, SIGNER_RSA), rsa);
	TOLD(f, "signer", made, "\"algorithm\":\"ECDSA-P256-SHA256\"");
	TOLD(f, "key", made);
	assert_int_equal(active(f, STORE_PKI_P256, &v), 1);
	assert_int_equal(active(f, STORE_PKI_RSA2048, &old), 1);
	assert_true(str_eq(v.issuer_id, old.issuer_id));
	assert_true(str_starts(v.sealed_key, STR("key 2 "))); /* MSG_CK_NEW_KEY: P-256 */
	/* Once. */
	turn(f, t);
	assert_int_equal(f->n_sent, 0);
	assert_string_equal(id_of(f, SIGNER_P256), made);
	timer_free(t);
}

/* keyd cannot make it: pushes go on as before. */
static void
test_not_made(void **state)
{
	struct fixture *f = *state;
	struct timer *t = timer_new(&f->clock);
	const char *rsa = id_of(f, SIGNER_RSA);
	struct errinfo ei = { "" };

	log_set_level(LOG_LEVEL_ERROR + 1);
	connect_as(f, 20, "openeic");
	assert_ok(store_pki_retire(f->st, signer_id(f->region->signer, SIGNER_P256)));
	assert_ok(signer_reload(f->region, &ei));
	f->keyd_error = ERR_UNAVAIL;
	turn(f, t);
	assert_string_equal(id_of(f, SIGNER_P256), rsa);
	f->keyd_error = 0;
	fixture_forget(f);
	push(f);
	TOLD(f, "key", rsa, BY_RSA);
	timer_free(t);
}

/* Each kind has its own end, and each is renewed for itself. */
static void
test_one_is_renewed(void **state)
{
	struct fixture *f = *state;
	struct timer *t = timer_new(&f->clock);
	const char *rsa, *p256;
	struct errinfo ei = { "" };

	/* The one on P-256 is made later, and lasts longer. */
	assert_ok(store_pki_retire(f->st, signer_id(f->region->signer, SIGNER_P256)));
	assert_ok(signer_reload(f->region, &ei));
	f->wall_ms += 3 * DAY_MS;
	turn(f, t);
	rsa = id_of(f, SIGNER_RSA);
	p256 = id_of(f, SIGNER_P256);
	f->wall_ms += 3 * DAY_MS + 1000;
	turn(f, t);
	assert_string_not_equal(id_of(f, SIGNER_RSA), rsa);
	assert_string_equal(id_of(f, SIGNER_P256), p256);
	rsa = id_of(f, SIGNER_RSA);
	f->wall_ms += 3 * DAY_MS;
	turn(f, t);
	assert_string_equal(id_of(f, SIGNER_RSA), rsa);
	assert_string_not_equal(id_of(f, SIGNER_P256), p256);
	timer_free(t);
}

/* Both leaves are stapled, and anew when half of a response's time is over. */
static void
test_both_are_stapled(void **state)
{
	struct fixture *f = *state;
	struct timer *t = timer_new(&f->clock);
	struct store_pki_staple v;
	const char *id;
	int kind;

	turn(f, t);
	f->wall_ms += f->settings.ocsp_lifetime_s * 500 + 1000;
	turn(f, t);
	for (kind = 0; kind < SIGNER_KINDS; kind++) {
		id = id_of(f, (enum signer_kind)kind);
		assert_ok(store_pki_staple_get(f->st, f->a, str_of(id), &v));
		assert_int_equal(v.this_update_at, f->wall_ms / 1000);
		assert_non_null(
		    strstr(fixture_cstr(f,
			       signer_message(f->region->signer, (enum signer_kind)kind)),
			id));
	}
	timer_free(t);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_told_later),
		TEST(test_key_takes_long),
		TEST(test_read_later),
		TEST(test_clock_set_back),
		TEST(test_issuer_ends),
		TEST(test_by_what_the_agent_says),
		TEST(test_to_and_fro),
		TEST(test_one_does_not_hold_up_the_other),
		TEST(test_a_chain_in_pieces),
		TEST(test_keys_of_an_earlier_version),
		TEST(test_no_other_helper),
		TEST(test_made_where_there_is_none),
		TEST(test_not_made),
		TEST(test_one_is_renewed),
		TEST(test_both_are_stapled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
