/*
 * list_of_test: tests that the functions for many ids give the same as those for one id, in the
 * order that was asked for, also for ids that come twice or do not exist.
 */
#include "iam_fixture.h"

#include "store/store_address.h"
#include "store/store_tag.h"

static void
tag(struct fixture *f, const char *id, const char *key, const char *value)
{
	assert_ok(store_tag_set(f->st,
	    &(struct store_tag){ .account_id = ACCOUNT,
		.resource_id = str_of(id),
		.resource_type = STR("vpc"),
		.key = str_of(key),
		.value = str_of(value) }));
}

static void
tags(void **state)
{
	const struct str ids[] = { STR("vpc-2"), STR("vpc-9"), STR("vpc-1"), STR("vpc-2"),
		STR("") };
	struct fixture *f = *state;
	struct store_tags some[5];

	tag(f, "vpc-1", "z", "1");
	tag(f, "vpc-1", "a", "2");
	tag(f, "vpc-2", "k", "3");
	tag(f, "vpc-3", "k", "4");
	assert_ok(store_tag_list_of(f->st, f->a, ids, 5, some));
	assert_int_equal(some[0].n, 1);
	assert_str(some[0].v[0].value, "3");
	assert_int_equal(some[1].n, 0);
	assert_int_equal(some[2].n, 2);
	assert_str(some[2].v[0].key, "a");
	assert_str(some[2].v[1].key, "z");
	assert_str(some[2].v[1].resource_id, "vpc-1");
	assert_int_equal(some[3].n, 1);
	assert_int_equal(some[4].n, 0);
	assert_ok(store_tag_list_of(f->st, f->a, ids, 0, some));
}

static void
instances(void **state)
{
	const struct str groups[] = { STR("sg-2"), STR("sg-1") };
	const struct str ids[] = { STR("i-3"), STR("i-9"), STR("i-1"), STR("i-3") };
	struct store_instance i1 = fixture_instance(STR("i-1")), *v;
	struct store_instance i2 = fixture_instance(STR("i-2"));
	struct store_instance i3 = fixture_instance(STR("i-3"));
	struct fixture *f = *state;
	size_t n;

	i3.group_ids = groups;
	i3.n_group_ids = 2;
	assert_ok(store_instance_add(f->st, &i3));
	assert_ok(store_instance_add(f->st, &i2));
	assert_ok(store_instance_add(f->st, &i1));
	assert_ok(store_instance_list_of(f->st, f->a, ids, 4, &v, &n));
	assert_int_equal(n, 2);
	assert_str(v[0].instance_id, "i-1");
	assert_int_equal(v[0].n_group_ids, 0);
	assert_str(v[1].instance_id, "i-3");
	assert_int_equal(v[1].n_group_ids, 2);
	assert_str(v[1].group_ids[0], "sg-2");
	assert_str(v[1].group_ids[1], "sg-1");
	assert_ok(store_instance_list_of(f->st, f->a, ids, 0, &v, &n));
	assert_int_equal(n, 0);
}

static void
network(void **state)
{
	const struct str subnets[] = { STR("subnet-2"), STR("subnet-9"), STR("subnet-1") };
	const struct str groups[] = { STR("sg-2"), STR("sg-9"), STR("sg-1"), STR("sg-2") };
	const struct store_security_group_rule rules[] = {
		{ .rule_id = STR("r-1"), .group_id = groups[0], .cidr_ipv4 = STR("a") },
		{ .rule_id = STR("r-2"), .group_id = groups[0], .cidr_ipv4 = STR("b") },
		{ .rule_id = STR("r-0"),
		    .group_id = groups[0],
		    .is_egress = true,
		    .cidr_ipv4 = STR("c") },
		{ .rule_id = STR("r-3"), .group_id = groups[2], .cidr_ipv4 = STR("d") },
	};
	const struct store_subnet second = fixture_subnet(STR("subnet-2"), STR("vpc-1"));
	struct store_security_group_rules some[4];
	struct store_security_group *g;
	struct fixture *f = *state;
	struct store_subnet *s;
	size_t n;

	assert_ok(store_subnet_add(f->st, &second));
	assert_ok(store_subnet_list_of(f->st, f->a, subnets, 3, &s, &n));
	assert_int_equal(n, 2);
	assert_str(s[0].subnet_id, "subnet-1");
	assert_str(s[1].subnet_id, "subnet-2");
	assert_ok(store_security_group_list_of(f->st, f->a, groups, 4, &g, &n));
	assert_int_equal(n, 2);
	assert_str(g[0].name, "default");
	assert_str(g[1].name, "ssh");
	for (size_t i = 0; i < 4; i++)
		assert_ok(store_security_group_rule_add(f->st, &rules[i]));
	assert_ok(store_security_group_rule_list_of(f->st, f->a, groups, 4, some));
	assert_int_equal(some[0].n, 3);
	assert_str(some[0].v[0].rule_id, "r-1");
	assert_str(some[0].v[1].rule_id, "r-2");
	assert_str(some[0].v[2].rule_id, "r-0");
	assert_int_equal(some[1].n, 0);
	assert_int_equal(some[2].n, 1);
	assert_str(some[2].v[0].rule_id, "r-3");
	assert_int_equal(some[3].n, 3);
}

static void
addresses(void **state)
{
	const struct str pools[] = { STR("p-2"), STR("p-1"), STR("p-2"), STR("p-9") };
	struct fixture *f = *state;
	int64_t free_ones[4], one;

	assert_ok(store_address_pool_add(f->st, STR("p-1"), 10, 19));
	assert_ok(store_address_pool_add(f->st, STR("p-2"), 10, 12));
	assert_ok(store_address_take(f->st, STR("p-2"), STR("i-1"), &one));
	assert_ok(store_address_count_free_of(f->st, f->a, pools, 3, free_ones));
	assert_int_equal(free_ones[0], 2);
	assert_int_equal(free_ones[1], 10);
	assert_int_equal(free_ones[2], 2);
	assert_int_equal(store_address_count_free_of(f->st, f->a, pools, 4, free_ones),
	    ERR_NOTFOUND);
}

/* The id of a role finds no user, and that of a user no role. */
static void
users_and_roles(void **state)
{
	const struct str ids[] = { STR("AIDAb"), STR("AROAr"), STR("AIDAa"), STR("AIDA9"),
		STR("AIDAb") };
	struct fixture *f = *state;
	struct store_user *users;
	struct store_role *roles;
	size_t n;

	iam_add_user(f, "a");
	iam_add_user(f, "b");
	iam_add_user(f, "c");
	iam_add_role(f, "r");
	assert_ok(store_user_list_of(f->st, f->a, ids, 5, &users, &n));
	assert_int_equal(n, 2);
	assert_str(users[0].name, "a");
	assert_str(users[1].name, "b");
	assert_ok(store_role_list_of(f->st, f->a, ids, 5, &roles, &n));
	assert_int_equal(n, 1);
	assert_str(roles[0].name, "r");
	assert_str(roles[0].trust_policy, "{\"trust\":1}");
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, fixture_network, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(tags),
		T(instances),
		T(network),
		T(addresses),
		T(users_and_roles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
