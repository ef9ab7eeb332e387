/*
 * describe_statements_test: tests how many statements a Describe action runs. A page of a list
 * must take the same number, however many items are on it.
 */
#include "statements.h"

#include "store/store_address.h"
#include "store/store_instance.h"
#include "store/store_security_group.h"
#include "store/store_subnet.h"
#include "store/store_tag.h"
#include "store/store_vpc.h"
#include "svc/ec2/describe.h"

/* Per page: the list, and what hangs on its items, each by one statement. */
#define PER_PAGE_MAX 5
#define PAGES_OF(n) ((n) / DESCRIBE_PAGE + 1)

static void
tag(struct fixture *f, struct str id, const char *type)
{
	assert_ok(store_tag_set(f->st,
	    &(struct store_tag){ STR(ACCOUNT), id, str_of(type), STR("of"), id }));
}

static struct str
nth(struct fixture *f, const char *prefix, int i)
{
	return arena_fmt(f->a, "%s-%017x", prefix, (unsigned int)i);
}

/* How many statements this takes after the first call, which looks up the caller's
 * policies; each of the n ids is in the answer, with its tag. */
static size_t
statements(struct fixture *f, const char *body, const char *prefix, int n)
{
	struct api_response resp = fixture_ec2(f, "DescribeRegions");
	size_t before = statements_begun;

	resp = fixture_ec2(f, body);
	assert_int_equal(resp.status, 200);
	for (int i = 0; i < n; i++) {
		struct str id = nth(f, prefix, i);
		struct str value = arena_fmt(f->a, "<value>%.*s</value>", STR_FMT(id));

		assert_non_null(memmem(resp.body.p, resp.body.n, value.p, value.n));
	}
	return statements_begun - before;
}

#define INSTANCES 200

static void
instances(void **state)
{
	static const struct str groups[] = { { GROUP, sizeof(GROUP) - 1 } };
	struct fixture *f = *state;
	size_t none = statements(f, "DescribeInstances", "", 0);
	struct buf b;

	assert_ok(store_begin(f->st));
	for (int i = 0; i < INSTANCES; i++) {
		struct str id = nth(f, "i", i);
		const struct store_instance v = { .instance_id = id,
			.account_id = STR(ACCOUNT),
			.reservation_id = id,
			.image_id = STR(IMAGE),
			.vpc_id = STR(VPC),
			.subnet_id = STR(SUBNET),
			.eni_id = STR("eni-1"),
			.state = STORE_INSTANCE_RUNNING,
			.http_hop_limit = 1,
			.group_ids = groups,
			.n_group_ids = 1 };

		assert_ok(store_instance_add(f->st, &v));
		tag(f, id, "instance");
	}
	assert_ok(store_commit(f->st));
	assert_true(statements(f, "DescribeInstances", "i", INSTANCES) <=
	    none + (size_t)PAGES_OF(INSTANCES) * PER_PAGE_MAX);
	assert_true(
	    statements(f,
		"DescribeInstances&Filter.1.Name=availability-zone-id&Filter.1.Value.1=xxt*", "i",
		INSTANCES) <= none + (size_t)PAGES_OF(INSTANCES) * PER_PAGE_MAX);
	/* By their ids it is one page. */
	buf_init(&b, 1u << 16);
	buf_c(&b, "DescribeInstances");
	for (int i = 0; i < INSTANCES; i++)
		buf_fmt(&b, "&InstanceId.%d=%.*s", i + 1, STR_FMT(nth(f, "i", i)));
	buf_ch(&b, '\0');
	assert_true(statements(f, b.p, "i", INSTANCES) <= none + PER_PAGE_MAX);
	buf_release(&b);
}

#define SMALL 90

static void
small_things(void **state)
{
	static const struct {
		const char *body, *prefix;
	} rows[] = {
		{ "DescribeVpcs", "vpc" },
		{ "DescribeSubnets", "subnet" },
		{ "DescribeSecurityGroups", "sg" },
		{ "DescribeImages", "ami" },
	};
	struct fixture *f = *state;
	size_t none[4];

	for (size_t i = 0; i < 4; i++)
		none[i] = statements(f, rows[i].body, "", 0);
	assert_ok(store_begin(f->st));
	for (int i = 0; i < SMALL; i++) {
		struct str vpc = nth(f, rows[0].prefix, i);
		struct str subnet = nth(f, rows[1].prefix, i);
		struct str group = nth(f, rows[2].prefix, i);
		struct str image = nth(f, rows[3].prefix, i);

		assert_ok(store_vpc_add(f->st,
		    &(struct store_vpc){ .vpc_id = vpc,
			.account_id = STR(ACCOUNT),
			.state = STORE_NET_AVAILABLE }));
		assert_ok(store_subnet_add(f->st,
		    &(struct store_subnet){ .subnet_id = subnet,
			.account_id = STR(ACCOUNT),
			.vpc_id = vpc,
			.state = STORE_NET_AVAILABLE }));
		assert_ok(store_address_pool_add(f->st, subnet, 1, 9));
		assert_ok(store_security_group_add(f->st,
		    &(struct store_security_group){ .group_id = group,
			.account_id = STR(ACCOUNT),
			.vpc_id = vpc }));
		assert_ok(store_security_group_rule_add(f->st,
		    &(struct store_security_group_rule){ .rule_id = group,
			.group_id = group,
			.protocol = STR("-1"),
			.cidr_ipv4 = STR("198.18.0.0/15") }));
		assert_ok(store_image_add(f->st,
		    &(struct store_image){ .image_id = image,
			.account_id = STR(ACCOUNT),
			.state = STORE_IMAGE_AVAILABLE }));
		tag(f, vpc, "vpc");
		tag(f, subnet, "subnet");
		tag(f, group, "security-group");
		tag(f, image, "image");
	}
	assert_ok(store_commit(f->st));
	/* It is one page before and after. */
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(statements(f, rows[i].body, rows[i].prefix, SMALL), none[i]);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, statements_setup, statements_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(instances),
		T(small_things),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
