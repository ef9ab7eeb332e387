/* guests_test: tests guests, which are found by id and by address, and the signers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "fixture.h"

static struct guest *
by_ip(const struct guests *g, const char *v6)
{
	struct in6_addr ip;

	assert_int_equal(inet_pton(AF_INET6, v6, &ip), 1);
	return guests_find_ip(g, &ip);
}

static void
test_found_by_id_and_address(void **state)
{
	struct guests *g = guests_new(rand_system());
	struct link_guest d = fixture_guest();

	(void)state;
	assert_null(by_ip(g, "::ffff:10.0.0.5"));
	assert_int_equal(guests_put(g, &d), 0);
	d.instance_id = STR("i-1111111111");
	d.private_ip = STR("fd00::5");
	assert_int_equal(guests_put(g, &d), 0);
	assert_true(str_eq_c(by_ip(g, "::ffff:10.0.0.5")->desc.instance_id, "i-0123456789abcdef0"));
	assert_true(str_eq_c(by_ip(g, "fd00::5")->desc.instance_id, "i-1111111111"));
	assert_null(by_ip(g, "::10.0.0.5"));
	assert_ptr_equal(guests_find(g, STR("i-1111111111")), by_ip(g, "fd00::5"));
	assert_null(guests_find(g, STR("i-111111111")));
	guests_remove(g, STR("i-1111111111"));
	guests_remove(g, STR("i-1111111111"));
	assert_null(by_ip(g, "fd00::5"));
	assert_null(guests_find(g, STR("i-1111111111")));
	guests_free(g);
}

static void
test_put_again_keeps_keys(void **state)
{
	struct guests *g = guests_new(rand_system());
	struct link_guest d = fixture_guest();
	struct link_key k = fixture_key(STR("u"), STR("r"), 100);
	struct guest *guest;

	(void)state;
	assert_int_equal(guests_put(g, &d), 0);
	guest = guests_find(g, d.instance_id);
	assert_int_equal(keys_put(&guest->keys, &k, 0), 0);
	d.private_ip = STR("10.0.0.6");
	d.tags.n = 0;
	assert_int_equal(guests_put(g, &d), 0);
	assert_ptr_equal(guests_find(g, d.instance_id), guest);
	assert_null(by_ip(g, "::ffff:10.0.0.5"));
	assert_ptr_equal(by_ip(g, "::ffff:10.0.0.6"), guest);
	assert_int_equal(guest->keys.n, 1);
	assert_int_equal(guest->desc.tags.n, 0);
	guests_free(g);
}

static void
test_an_address_has_one_guest(void **state)
{
	struct guests *g = guests_new(rand_system());
	struct link_guest d = fixture_guest();

	(void)state;
	assert_int_equal(guests_put(g, &d), 0);
	d.instance_id = STR("i-2222222222");
	assert_int_equal(guests_put(g, &d), 0);
	assert_true(str_eq_c(by_ip(g, "::ffff:10.0.0.5")->desc.instance_id, "i-2222222222"));
	/* The one that lost it can go without taking it along. */
	guests_remove(g, STR("i-0123456789abcdef0"));
	assert_non_null(by_ip(g, "::ffff:10.0.0.5"));
	guests_free(g);
}

static void
test_a_lost_address_does_not_come_back(void **state)
{
	struct guests *g = guests_new(rand_system());
	struct link_guest d = fixture_guest();

	(void)state;
	assert_int_equal(guests_put(g, &d), 0);
	d.instance_id = STR("i-2222222222");
	assert_int_equal(guests_put(g, &d), 0);
	guests_remove(g, STR("i-2222222222"));
	assert_null(by_ip(g, "::ffff:10.0.0.5"));
	/* eicd has to say so. */
	d.instance_id = STR("i-0123456789abcdef0");
	assert_int_equal(guests_put(g, &d), 0);
	assert_non_null(by_ip(g, "::ffff:10.0.0.5"));
	guests_free(g);
}

static void
test_sweep(void **state)
{
	struct guests *g = guests_new(rand_system());
	struct link_guest one = fixture_guest(), two = fixture_guest();
	struct link_key k = fixture_key(STR("u"), STR("r1"), 100);
	struct guest *guest;

	(void)state;
	two.instance_id = STR("i-2222222222");
	two.private_ip = STR("10.0.0.6");
	assert_int_equal(guests_put(g, &one), 0);
	assert_int_equal(guests_put(g, &two), 0);
	guest = guests_find(g, one.instance_id);
	assert_int_equal(keys_put(&guest->keys, &k, 0), 0);
	k.request_id = STR("r2");
	assert_int_equal(keys_put(&guest->keys, &k, 0), 0);
	guests_mark(g);
	assert_int_equal(guests_put(g, &one), 0);
	assert_int_equal(keys_put(&guest->keys, &k, 0), 0);
	assert_int_equal(guest->keys.n, 2);
	guests_sweep(g);
	assert_null(guests_find(g, two.instance_id));
	assert_int_equal(guest->keys.n, 1);
	guests_expire(g, 100);
	assert_int_equal(guest->keys.n, 0);
	guests_free(g);
}

static void
test_refused(void **state)
{
	static const char *const bad_ids[] = { "", "i-", "i-1234567", "i-0123456789ABCDEF0",
		"x-0123456789", "i-012345678901234567890123456789012", "i-12345678\n" };
	static const char *const bad_ips[] = { "", "10.0.0", "10.0.0.256", "10.0.0.5 ", "::g" };
	static char big[LINK_MAX_TEXT + 1];
	struct guests *g = guests_new(rand_system());
	struct link_guest d;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad_ids) / sizeof(bad_ids[0]); i++) {
		d = fixture_guest();
		d.instance_id = str_of(bad_ids[i]);
		assert_int_equal(guests_put(g, &d), ERR_SYNTAX);
	}
	for (i = 0; i < sizeof(bad_ips) / sizeof(bad_ips[0]); i++) {
		d = fixture_guest();
		d.private_ip = str_of(bad_ips[i]);
		assert_int_equal(guests_put(g, &d), ERR_SYNTAX);
	}
	d = fixture_guest();
	d.domain = STR("");
	assert_int_equal(guests_put(g, &d), ERR_SYNTAX);
	d = fixture_guest();
	d.hostname = STR("a\nb");
	assert_int_equal(guests_put(g, &d), ERR_SYNTAX);
	d = fixture_guest();
	d.hop_limit = 65;
	assert_int_equal(guests_put(g, &d), ERR_RANGE);
	d.hop_limit = 0;
	assert_int_equal(guests_put(g, &d), ERR_RANGE);
	memset(big, 'x', sizeof(big));
	d = fixture_guest();
	d.key_name = (struct str){ big, sizeof(big) };
	assert_int_equal(guests_put(g, &d), ERR_TOOBIG);
	assert_null(by_ip(g, "::ffff:10.0.0.5"));
	guests_free(g);
}

static void
test_signers(void **state)
{
	struct signers *s = signers_new();
	struct link_signer one = fixture_signer(), two = fixture_signer();
	uint32_t first;

	(void)state;
	assert_null(signers_current(s));
	assert_null(signers_previous(s, 0));
	assert_null(signers_find(s, 0, 0));
	assert_int_equal(signers_put(s, &one, 0), 0);
	first = signers_current(s)->generation;
	/* New staples for the same signer: no rotation. */
	one.staples.n = 1;
	assert_int_equal(signers_put(s, &one, 10), 0);
	assert_int_equal(signers_current(s)->generation, first);
	assert_int_equal(signers_current(s)->desc.staples.n, 1);
	assert_null(signers_previous(s, 10));
	two.signer_id = STR(LEAF_2);
	two.chain = STR(CHAIN_2);
	assert_int_equal(signers_put(s, &two, 1000), 0);
	assert_true(str_eq_c(signers_current(s)->desc.chain, CHAIN_2));
	assert_true(str_eq_c(signers_previous(s, 1000)->desc.chain, CHAIN));
	assert_true(str_eq_c(signers_previous(s, 1000)->desc.staples.v[0].value, "b2NzcDE="));
	assert_ptr_equal(signers_find(s, first, 60999), signers_previous(s, 1000));
	assert_null(signers_find(s, first, 61000));
	assert_null(signers_previous(s, 61000));
	signers_free(s);
}

static void
test_signers_refused(void **state)
{
	static const struct link_pair bad_name[] = { { { "0123", 4 }, { "AA==", 4 } } };
	static const struct link_pair empty[] = { { { LEAF, 40 }, { "", 0 } } };
	struct signers *s = signers_new();
	struct link_signer d = fixture_signer();

	(void)state;
	d.signer_id = STR("0123456789abcdef0123456789abcdef01234567");
	assert_int_equal(signers_put(s, &d, 0), ERR_SYNTAX);
	d = fixture_signer();
	d.chain = STR("");
	assert_int_equal(signers_put(s, &d, 0), ERR_SYNTAX);
	d = fixture_signer();
	d.staples = (struct link_map){ bad_name, 1 };
	assert_int_equal(signers_put(s, &d, 0), ERR_SYNTAX);
	d.staples.v = empty;
	assert_int_equal(signers_put(s, &d, 0), ERR_SYNTAX);
	d.staples.n = LINK_MAX_STAPLES + 1;
	assert_int_equal(signers_put(s, &d, 0), ERR_TOOBIG);
	assert_null(signers_current(s));
	signers_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found_by_id_and_address),
		cmocka_unit_test(test_put_again_keeps_keys),
		cmocka_unit_test(test_an_address_has_one_guest),
		cmocka_unit_test(test_a_lost_address_does_not_come_back),
		cmocka_unit_test(test_sweep),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_signers),
		cmocka_unit_test(test_signers_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
