/* names_test: tests ARNs and identifiers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "aws/arn.h"
#include "aws/ids.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static void
arns_read_and_write_back(void **state)
{
	static const char *const good[] = {
		"arn:aws:ec2:eu-lab-1:123456789012:instance/i-0123456789abcdef0",
		"arn:aws:iam::123456789012:root",
		"arn:aws:iam::aws:policy/EC2InstanceConnect",
		"arn:aws-cn:s3:::bucket/key:with:colons",
		"arn:aws:sts::123456789012:assumed-role/R/s",
	};
	static const char *const bad[] = {
		"",
		"arn",
		"arn:aws:ec2:eu-lab-1:123456789012",
		"arn:aws:ec2:eu-lab-1:123456789012:",
		"ARN:aws:ec2:eu-lab-1:123456789012:x",
		"arn::ec2:eu-lab-1:123456789012:x",
		"arn:aws::eu-lab-1:123456789012:x",
		"arn:aws:ec2:EU:123456789012:x",
		"arn:aws:ec2:eu-lab-1:12345678901:x",
		"arn:aws:ec2:eu-lab-1:1234567890123:x",
		"arn:aws:ec2:eu-lab-1:12345678901a:x",
		"arn:aws:ec2:eu-lab-1:*:x",
		"arn:aws:ec2:eu-lab-1:123456789012:x\n",
	};
	struct arn arn;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 4096);
	for (i = 0; i < N(good); i++) {
		assert_int_equal(arn_parse(str_of(good[i]), &arn), 0);
		buf_clear(&b);
		arn_write(&b, &arn);
		assert_true(str_eq_c(buf_view(&b), good[i]));
	}
	for (i = 0; i < N(bad); i++)
		if (arn_parse(str_of(bad[i]), &arn) != ERR_SYNTAX)
			fail_msg("%s", bad[i]);
	assert_int_equal(arn_parse(str_of(good[0]), &arn), 0);
	assert_true(str_eq_c(arn.partition, "aws"));
	assert_true(str_eq_c(arn.service, "ec2"));
	assert_true(str_eq_c(arn.region, "eu-lab-1"));
	assert_true(str_eq_c(arn.account, "123456789012"));
	assert_true(str_eq_c(arn.resource, "instance/i-0123456789abcdef0"));
	buf_clear(&b);
	buf_c(&b, "arn:aws:iam::123456789012:");
	while (b.n < ARN_MAX_BYTES)
		buf_ch(&b, 'x');
	assert_int_equal(arn_parse(buf_view(&b), &arn), 0);
	buf_ch(&b, 'x');
	assert_int_equal(arn_parse(buf_view(&b), &arn), ERR_TOOBIG);
	buf_release(&b);
}

static void
ids_have_their_form(void **state)
{
	static const struct {
		enum ids_type type;
		const char *id;
		bool valid;
	} rows[] = {
		{ IDS_INSTANCE, "i-0123456789abcdef0", true },
		{ IDS_INSTANCE, "i-01234567", true },
		{ IDS_SECURITY_GROUP, "sg-0123456789abcdef0", true },
		{ IDS_SECURITY_GROUP_RULE, "sgr-0123456789abcdef0", true },
		{ IDS_INSTANCE_CONNECT_ENDPOINT, "eice-0123456789abcdef0", true },
		{ IDS_INSTANCE, "", false },
		{ IDS_INSTANCE, "i-", false },
		{ IDS_INSTANCE, "i-0123456789abcdef", false },
		{ IDS_INSTANCE, "i-0123456789abcdef01", false },
		{ IDS_INSTANCE, "i-0123456789ABCDEF0", false },
		{ IDS_INSTANCE, "i-0123456789abcdefg", false },
		{ IDS_INSTANCE, "0123456789abcdef0", false },
		{ IDS_SECURITY_GROUP, "sgr-0123456789abcdef0", false },
		{ IDS_VPC, "i-0123456789abcdef0", false },
	};
	enum ids_type t = IDS_TYPE_COUNT;
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++)
		if (ids_valid(rows[i].type, str_of(rows[i].id)) != rows[i].valid)
			fail_msg("%s", rows[i].id);
	assert_int_equal(ids_type_of(STR("sgr-0123456789abcdef0"), &t), 0);
	assert_int_equal(t, IDS_SECURITY_GROUP_RULE);
	assert_int_equal(ids_type_of(STR("x-0123456789abcdef0"), &t), ERR_NOTFOUND);
	assert_int_equal(ids_type_of(STR("i-1"), &t), ERR_NOTFOUND);
}

static void
fill_ff(void *ctx, void *p, size_t n)
{
	(void)ctx;
	memset(p, 0xff, n);
}

static void
ids_are_minted(void **state)
{
	const struct rng rng = { fill_ff, NULL };
	char id[IDS_MAX], other[IDS_MAX];
	enum ids_type got;
	size_t t;

	(void)state;
	ids_new(IDS_INSTANCE, &rng, id);
	assert_string_equal(id, "i-fffffffffffffffff");
	for (t = 0; t < IDS_TYPE_COUNT; t++) {
		ids_new((enum ids_type)t, rand_system(), id);
		ids_new((enum ids_type)t, rand_system(), other);
		assert_string_not_equal(id, other);
		assert_int_equal(ids_type_of(str_of(id), &got), 0);
		assert_int_equal(got, t);
	}
	assert_string_equal(ids_resource_type(IDS_SECURITY_GROUP), "security-group");
}

static void
principals(void **state)
{
	const struct rng rng = { fill_ff, NULL };
	char id[IDS_MAX];

	(void)state;
	ids_principal_new("AKIA", &rng, id);
	assert_string_equal(id, "AKIA7777777777777777");
	ids_principal_new("AIDA", rand_system(), id);
	assert_true(ids_principal_valid("AIDA", str_of(id)));
	assert_false(ids_principal_valid("AKIA", str_of(id)));
	assert_true(ids_principal_valid("AKIA", STR("AKIAIOSFODNN7EXAMPLE")));
	assert_false(ids_principal_valid("AKIA", STR("AKIAIOSFODNN7EXAMPL")));
	assert_false(ids_principal_valid("AKIA", STR("AKIAIOSFODNN7EXAMPLEE")));
	assert_false(ids_principal_valid("AKIA", STR("AKIAIOSFODNN7EXAMPL0")));
	assert_false(ids_principal_valid("AKIA", STR("")));
	/* Ids of users and their kin are longer than those of keys. Source: IAM user guide,
	 * "Unique identifiers", whose examples have 21 characters. */
	ids_principal_new("AROA", rand_system(), id);
	assert_int_equal(strlen(id), 21);
	assert_true(ids_principal_valid("AIDA", STR("AIDACKCEVSQ6C2EXAMPLE")));
	assert_false(ids_principal_valid("AIDA", STR("AIDACKCEVSQ6C2EXAMPL")));
	ids_principal_new("ASIA", rand_system(), id);
	assert_int_equal(strlen(id), 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arns_read_and_write_back),
		cmocka_unit_test(ids_have_their_form),
		cmocka_unit_test(ids_are_minted),
		cmocka_unit_test(principals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
