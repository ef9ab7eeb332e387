/*
 * lookup_test: tests which entries are chosen, to the second, and what is said when none is. An
 * entry that is chosen gets as far as the signer's chain, which is none here; what becomes of a
 * good one is tested with the whole program.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "authkeys/lookup.h"

#define NOW 1700000000
#define INSTANCE "i-0123456789abcdef0"
#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGDFlf5L4Yxuc2NIVv3Q4AHsV3k7BOjKFIrxbM5NQKBo"
#define NO_CHAIN "signer not trusted: what is pinned is not one certificate, nor several in PEM"

static struct lookup_output out;

/* Looks up a document of these entries; what it says is in ei. */
static int
look(struct str entries, struct errinfo *ei)
{
	const struct bundle b = { .active_keys = entries,
		.instance_id = STR(INSTANCE),
		.availability_zone = STR("eu-west-1a"),
		.domain = STR("amazonaws.com"),
		.signer_cert = STR("-") };
	const struct lookup_input in = { .bundle = &b,
		.user = STR("ec2-user"),
		.instance_id = STR(INSTANCE),
		.root = STR("-----"),
		.now_s = NOW };
	struct arena *a = arena_new(1u << 20);
	int r;

	*ei = (struct errinfo){ "" };
	r = lookup_run(a, &in, &out, ei);
	arena_free(a);
	return r;
}

static void
only_what_is_valid_now(void **state)
{
	static const struct {
		int64_t end_s;
		bool chosen;
	} rows[] = { { 1, false }, { NOW - 1, false }, { NOW, false }, { NOW + 1, true },
		{ NOW + 60, true }, { NOW + 60 + LOOKUP_SKEW_S, true },
		{ NOW + 61 + LOOKUP_SKEW_S, false }, { NOW + INT64_C(315360000), false },
		{ INT64_MAX, false } };
	struct errinfo ei;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 2000);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_clear(&b);
		buf_c(&b, "#Timestamp=");
		buf_i64(&b, rows[i].end_s);
		buf_c(&b, "\n#Instance=" INSTANCE "\n#User=ec2-user\n" KEY "\nAAEC\n");
		assert_int_equal(look(buf_view(&b), &ei), rows[i].chosen ? ERR_CRYPTO : 0);
		assert_string_equal(ei.text, rows[i].chosen ? NO_CHAIN : "");
		assert_int_equal(out.n, 0);
		assert_true(out.untimely_s == (rows[i].chosen ? 0 : rows[i].end_s));
	}
	buf_release(&b);
}

static void
only_what_is_for_the_user(void **state)
{
	static const struct {
		const char *line, *says;
	} rows[] = {
		{ "#User=ec2-user\n", NO_CHAIN },
		{ "", "an entry does not say which user it is for; eicd has to be newer" },
		{ "#User=\n", "an entry does not say which user it is for; eicd has to be newer" },
		{ "#user=ec2-user\n",
		    "an entry does not say which user it is for; eicd has to be newer" },
		{ "#User=admin\n", "an entry is for user admin" },
		{ "#User=ec2-user \n", "an entry is for user ec2-user " },
		{ "#User=EC2-USER\n", "an entry is for user EC2-USER" },
		{ "#User=ec2-user\n#User=ec2-user\n", "active keys: given twice" },
	};
	struct errinfo ei;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 2000);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_clear(&b);
		buf_fmt(&b, "#Timestamp=%d\n#Instance=" INSTANCE "\n%s" KEY "\nAAEC\n", NOW + 60,
		    rows[i].line);
		assert_int_not_equal(look(buf_view(&b), &ei), 0);
		assert_string_equal(ei.text, rows[i].says);
	}
	/* What is for another machine is passed over, whoever it is for. */
	buf_clear(&b);
	buf_fmt(&b, "#Timestamp=%d\n#Instance=i-0\n#User=admin\n" KEY "\nAAEC\n", NOW + 60);
	assert_int_equal(look(buf_view(&b), &ei), 0);
	assert_true(out.untimely_s == 0);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_valid_now),
		cmocka_unit_test(only_what_is_for_the_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
