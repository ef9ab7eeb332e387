/*
 * signer_test: tests rotations that agents hear of late, clocks that are set back, and an issuer
 * that expires.
 */
#include "fixture.h"

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
	return arena_str(f->a, signer_id(f->region->signer));
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
	int i;

	turn(f, t);
	push(f);
	f->hash_held = true;
	f->hash_begun = 0;
	f->wall_ms += 6 * DAY_MS + 1000;
	turn(f, t);
	assert_true(str_eq(present(f), first));
	assert_int_equal(told(f, "signer"), 1);
	for (i = 0; i < 3; i++) {
		turn(f, t);
		assert_int_equal(f->n_sent, 0);
	}
	/* This one, and that for digests. */
	assert_int_equal(f->hash_begun, 2);
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
	assert_int_equal(f->keyd_open, 1);
	timer_free(t);
}

/* The new signer cannot be read: the old one does not rotate again meanwhile. */
static void
test_read_later(void **state)
{
	struct fixture *f = *state;
	struct timer *t = timer_new(&f->clock);
	struct store_pki *v;
	size_t n;

	log_set_level(LOG_LEVEL_ERROR + 1);
	turn(f, t);
	f->region->reload_due = true;
	turn(f, t);
	assert_false(f->region->reload_due);
	assert_int_equal(told(f, "signer"), 1);
	/* Without a signer in the store nothing is read, nothing made, nothing told. */
	assert_ok(store_pki_retire(f->st, present(f)));
	f->region->reload_due = true;
	f->wall_ms += 6 * DAY_MS + 1000;
	turn(f, t);
	assert_true(f->region->reload_due);
	assert_int_equal(f->n_sent, 0);
	assert_ok(store_pki_list_active(f->st, f->a, STORE_PKI_SIGNER, &v, &n));
	assert_int_equal(n, 0);
	timer_free(t);
}

static void
test_clock_set_back(void **state)
{
	struct fixture *f = *state;
	struct timer *t = timer_new(&f->clock);
	struct str first = present(f), second;
	struct store_pki *v;
	size_t n;

	turn(f, t);
	f->wall_ms -= DAY_MS - 5000;
	turn(f, t);
	assert_true(str_eq(present(f), first));
	f->wall_ms -= 10000;
	turn(f, t);
	second = present(f);
	assert_false(str_eq(second, first));
	assert_ok(store_pki_list_active(f->st, f->a, STORE_PKI_SIGNER, &v, &n));
	assert_int_equal(n, 1);
	assert_true(str_eq(v[0].cert_id, second));
	/* As init does it: a day back is no harm. */
	assert_int_equal(v[0].not_before_at, f->wall_ms / 1000 - 86400);
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
	struct store_pki *v;
	size_t n;

	log_set_level(LOG_LEVEL_ERROR + 1);
	f->wall_ms += 365 * DAY_MS - DAY_MS / 2;
	turn(f, t);
	last = present(f);
	assert_ok(store_pki_list_active(f->st, f->a, STORE_PKI_SIGNER, &v, &n));
	assert_int_equal(n, 1);
	assert_int_equal(v[0].not_after_at, NOW_S + 365 * INT64_C(86400));
	turn(f, t);
	turn(f, t);
	assert_true(str_eq(present(f), last));
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
