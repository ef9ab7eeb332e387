/* bundle_test: tests how the document of a key lookup is written and read, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/bundle.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define L(lit) \
	{ \
		(lit), sizeof(lit) - 1 \
	}

#define NAME "0123456789ABCDEF0123456789ABCDEF01234567"
#define HEAD "active-keys 4\nk\n\nl\ninstance-id 1\ni\navailability-zone 1\na\ndomain 1\nd\n"
#define CERT "signer-cert 2\nc\n\n"
#define STAPLE "signer-ocsp/" NAME " 4\nAAEC\n"

static void
writes_and_reads_back(void **state)
{
	static const struct bundle want = {
		.active_keys = L("k\n\nl"),
		.instance_id = L("i"),
		.availability_zone = L("a"),
		.domain = L("d"),
		.signer_cert = L("c\n"),
		.n_staples = 2,
		.staples = { { L(NAME), L("AAEC") }, { L(NAME), L("AAEC") } },
	};
	struct bundle got;
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	bundle_write(&b, &want);
	assert_true(str_eq_c(buf_view(&b), HEAD CERT STAPLE STAPLE));
	assert_int_equal(bundle_parse(buf_view(&b), &got), 0);
	assert_true(str_eq(got.active_keys, want.active_keys));
	assert_true(str_eq(got.instance_id, want.instance_id));
	assert_true(str_eq(got.availability_zone, want.availability_zone));
	assert_true(str_eq(got.domain, want.domain));
	assert_true(str_eq(got.signer_cert, want.signer_cert));
	assert_int_equal(got.n_staples, 2);
	assert_true(str_eq(got.staples[1].name, want.staples[1].name));
	assert_true(str_eq(got.staples[1].base64, want.staples[1].base64));
	buf_clear(&b);
	bundle_write(&b, &(struct bundle){ .domain = STR("d") });
	assert_true(str_eq_c(buf_view(&b), "active-keys 0\n\n"));
	assert_int_equal(bundle_parse(buf_view(&b), &got), 0);
	assert_int_equal(got.active_keys.n, 0);
	assert_int_equal(got.n_staples, 0);
	assert_int_equal(bundle_parse(STR(HEAD CERT), &got), 0);
	buf_release(&b);
}

static void
refuses(void **state)
{
	static const struct {
		int want;
		struct str in;
	} rows[] = {
		{ ERR_SYNTAX, L("") },
		{ ERR_SYNTAX, L("\n") },
		{ ERR_SYNTAX, L("active-keys 0\n") },
		{ ERR_SYNTAX, L("active-keys 0\n\n\n") },
		{ ERR_SYNTAX, L("active-keys 0\n\ninstance-id 1\ni\n") },
		{ ERR_SYNTAX, L("active-keys\n") },
		{ ERR_SYNTAX, L("active-keys -1\nk\n") },
		{ ERR_SYNTAX, L("active-keys 00\n\n") },
		{ ERR_SYNTAX, L("active-keys  0\n\n") },
		{ ERR_SYNTAX, L("active-keys 0\r\n\n") },
		{ ERR_SYNTAX, L("active-keys 1048577\n\n") },
		{ ERR_SYNTAX, L("active-keys 99999999999\n\n") },
		{ ERR_SYNTAX, L("instance-id 0\n\n") },
		{ ERR_SYNTAX, L("active-keys 1\nk\n") },
		{ ERR_SYNTAX, L(HEAD) },
		{ ERR_SYNTAX, L(HEAD "signer-cert 0\n\n") },
		{ ERR_SYNTAX, L(HEAD "signer-cert 1\nc\n\n") },
		{ ERR_SYNTAX, L(HEAD "signer-cert 4\nc\n\n") },
		{ ERR_SYNTAX, L(HEAD CERT "\n") },
		{ ERR_SYNTAX, L(HEAD CERT CERT) },
		{ ERR_SYNTAX, L(HEAD STAPLE CERT) },
		{ ERR_SYNTAX, L(HEAD CERT "signer-ocsp/" NAME " 0\n\n") },
		{ ERR_SYNTAX, L(HEAD CERT "signer-ocsp/" NAME "0 1\nA\n") },
		{ ERR_SYNTAX, L(HEAD CERT "signer-ocsp/ABC 1\nA\n") },
		{ ERR_SYNTAX, L(HEAD CERT STAPLE "x") },
		{ ERR_SYNTAX,
		    L("active-keys 1\nk\ninstance-id 0\n\navailability-zone 1\na\n"
		      "domain 1\nd\n" CERT) },
		{ ERR_SYNTAX,
		    L("active-keys 1\nk\navailability-zone 1\na\ninstance-id 1\ni\n"
		      "domain 1\nd\n" CERT) },
		{ ERR_TOOBIG,
		    L(HEAD CERT STAPLE STAPLE STAPLE STAPLE STAPLE STAPLE STAPLE STAPLE STAPLE) },
	};
	static char big[BUNDLE_MAX_BYTES + 1];
	struct bundle b;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		assert_int_equal(bundle_parse(rows[i].in, &b), rows[i].want);
	assert_int_equal(bundle_parse(str_of_n(big, sizeof(big)), &b), ERR_TOOBIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_and_reads_back),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
