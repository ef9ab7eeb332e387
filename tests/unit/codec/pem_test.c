/*
 * pem_test: tests that PEM blocks are read and written, and that anything beside them is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/pem.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define L(lit) \
	{ \
		(lit), sizeof(lit) - 1 \
	}

#define B(label) "-----BEGIN " label "-----\n"
#define E(label) "-----END " label "-----\n"
#define ONE B("CERTIFICATE") "AAEC\n" E("CERTIFICATE")

static void
takes_blocks(void **state)
{
	static const struct {
		struct str in;
		size_t n;
		struct str label, der; /* of the last */
	} rows[] = {
		{ L(ONE), 1, L("CERTIFICATE"), L("\0\x01\x02") },
		{ L(B("X509 CRL") "AA==\n"
				  "-----END X509 CRL-----"),
		    1, L("X509 CRL"), L("\0") },
		{ L(ONE B("A") "AAEC\nAw==\n" E("A")), 2, L("A"), L("\0\x01\x02\x03") },
		{ L(ONE ONE B("A") "A\nA\nE\nC\n" E("A")), 3, L("A"), L("\0\x01\x02") },
	};
	struct arena *a = arena_new(1 << 16);
	struct pem_block block[3];
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		assert_int_equal(pem_parse(a, rows[i].in, block, 3, &n), 0);
		assert_int_equal(n, rows[i].n);
		assert_true(str_eq(block[n - 1].label, rows[i].label));
		assert_true(str_eq(block[n - 1].der, rows[i].der));
	}
	arena_free(a);
}

static void
refuses_the_rest(void **state)
{
	static const struct {
		int want;
		struct str in;
	} rows[] = {
		{ ERR_SYNTAX, L("") },
		{ ERR_SYNTAX, L("\n") },
		{ ERR_SYNTAX, L("\n" ONE) },
		{ ERR_SYNTAX, L(ONE "\n") },
		{ ERR_SYNTAX, L(ONE "\n" ONE) },
		{ ERR_SYNTAX, L("Subject: a\n" ONE) },
		{ ERR_SYNTAX, L(ONE "text\n") },
		{ ERR_SYNTAX, L(ONE "-----BEGIN A-----") },
		{ ERR_SYNTAX, L(B("A") E("A")) },
		{ ERR_SYNTAX, L(B("A") "AAEC\n") },
		{ ERR_SYNTAX, L(B("A") "AAEC") },
		{ ERR_SYNTAX, L(B("A") "AAEC\n" E("B")) },
		{ ERR_SYNTAX, L(B("A") "AAEC" E("A")) },
		{ ERR_SYNTAX, L(B("A") "\nAAEC\n" E("A")) },
		{ ERR_SYNTAX, L(B("A") "Proc-Type: 4,ENCRYPTED\n\nAAEC\n" E("A")) },
		{ ERR_SYNTAX, L(B("A") " AAEC\n" E("A")) },
		{ ERR_SYNTAX, L(B("A") "AAEC\r\n" E("A")) },
		{ ERR_SYNTAX, L("-----BEGIN A-----\r\nAAEC\n" E("A")) },
		{ ERR_SYNTAX, L("-----BEGIN A----- \nAAEC\n" E("A")) },
		{ ERR_SYNTAX, L("-----BEGIN A----\nAAEC\n" E("A")) },
		{ ERR_SYNTAX, L("-----BEGIN -----\nAAEC\n-----END -----\n") },
		{ ERR_SYNTAX, L("-----BEGIN a-----\nAAEC\n-----END a-----\n") },
		{ ERR_SYNTAX, L("---- BEGIN A ----\nAAEC\n---- END A ----\n") },
		{ ERR_SYNTAX, L(B("A") "AAE\n" E("A")) },
		{ ERR_SYNTAX, L(B("A") "AAF=\n" E("A")) },
		{ ERR_SYNTAX, L(B("A") "AA==\nAAEC\n" E("A")) },
		{ ERR_SYNTAX, L(B("A") "AAE\0\n" E("A")) },
		{ ERR_SYNTAX,
		    L(B("A") "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
			     "AAAAAAAAAAAAAAAAAAAA\n" E("A")) }, /* 80 on a line */
		{ ERR_SYNTAX, L("AAEC\n" E("A")) },
		{ ERR_TOOBIG, L(ONE ONE ONE) },
		{ ERR_TOOBIG, L(ONE ONE "junk") },
	};
	struct arena *a = arena_new(1 << 16);
	struct pem_block block[2];
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		assert_int_equal(pem_parse(a, rows[i].in, block, 2, &n), rows[i].want);
	arena_free(a);
}

static void
writes_and_reads_back(void **state)
{
	static const size_t sizes[] = { 1, 2, 3, 47, 48, 49, 96, 97, 500 };
	struct arena *a = arena_new(1 << 16);
	struct pem_block block;
	char der[500];
	struct buf b;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(der); i++)
		der[i] = (char)i;
	buf_init(&b, 1000);
	pem_write(&b, "CERTIFICATE", str_of_n(der, 51));
	/* clang-format off */
	assert_true(str_eq_c(buf_view(&b), B("CERTIFICATE")
	    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v\nMDEy\n"
	    E("CERTIFICATE")));
	/* clang-format on */
	for (i = 0; i < COUNT(sizes); i++) {
		buf_clear(&b);
		pem_write(&b, "CERTIFICATE", str_of_n(der, sizes[i]));
		assert_int_equal(pem_parse(a, buf_view(&b), &block, 1, &n), 0);
		assert_int_equal(n, 1);
		assert_true(str_eq(block.der, str_of_n(der, sizes[i])));
	}
	buf_release(&b);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_blocks),
		cmocka_unit_test(refuses_the_rest),
		cmocka_unit_test(writes_and_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
