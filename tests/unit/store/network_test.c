/* network_test: tests store_vpc, store_subnet, store_address and store_security_group. */
#include "fixture.h"

#include "store/db.h"
#include "store/store_address.h"
#include "store/store_agent.h"

static void
vpc_round_trip(void **state)
{
	struct fixture *f = *state;
	struct store_vpc in = fixture_vpc(STR("vpc-2")), v;

	in.is_default = true;
	in.state = STORE_NET_PENDING;
	in.created_at = 7;
	assert_ok(store_vpc_add(f->st, &in));
	assert_int_equal(store_vpc_add(f->st, &in), ERR_EXISTS);
	fixture_reopen(f);
	assert_ok(store_vpc_get(f->st, f->a, STR("vpc-2"), &v));
	assert_str(v.vpc_id, "vpc-2");
	assert_str(v.account_id, "111122223333");
	assert_str(v.cidr, "10.0.0.0/16");
	assert_true(v.is_default);
	assert_int_equal(v.state, STORE_NET_PENDING);
	assert_int_equal(v.created_at, 7);
	assert_int_equal(store_vpc_get(f->st, f->a, STR("vpc-9"), &v), ERR_NOTFOUND);
	assert_ok(store_vpc_get_default(f->st, f->a, ACCOUNT, &v));
	assert_str(v.vpc_id, "vpc-2");
	assert_int_equal(store_vpc_get_default(f->st, f->a, OTHER_ACCOUNT, &v), ERR_NOTFOUND);
	in.vpc_id = STR("vpc-3");
	assert_int_equal(store_vpc_add(f->st, &in), ERR_EXISTS); /* second default */
	in.account_id = OTHER_ACCOUNT;
	assert_ok(store_vpc_add(f->st, &in));
	in.vpc_id = STR("vpc-4");
	in.account_id = STR("9");
	in.is_default = false;
	assert_int_equal(store_vpc_add(f->st, &in), ERR_BADSTATE);
	assert_ok(store_vpc_set_state(f->st, STR("vpc-2"), STORE_NET_AVAILABLE));
	assert_int_equal(store_vpc_set_state(f->st, STR("vpc-9"), STORE_NET_AVAILABLE),
	    ERR_NOTFOUND);
	assert_int_equal(store_vpc_set_state(f->st, STR("vpc-2"), (enum store_net_state)3),
	    ERR_RANGE);
	assert_ok(store_vpc_get(f->st, f->a, STR("vpc-2"), &v));
	assert_int_equal(v.state, STORE_NET_AVAILABLE);
}

static void
vpc_pages(void **state)
{
	struct fixture *f = *state;
	struct store_vpc in = fixture_vpc(STR("")), *list;
	char id[16];
	size_t n;

	for (int i = 9; i >= 2; i--) {
		snprintf(id, sizeof(id), "vpc-%d", i);
		in.vpc_id = str_of(id);
		in.account_id = i == 5 ? OTHER_ACCOUNT : ACCOUNT;
		assert_ok(store_vpc_add(f->st, &in));
	}
	assert_ok(store_vpc_list(f->st, f->a, ACCOUNT, STR(""), 3, &list, &n));
	assert_int_equal(n, 3);
	assert_str(list[0].vpc_id, "vpc-1");
	assert_str(list[2].vpc_id, "vpc-3");
	assert_ok(store_vpc_list(f->st, f->a, ACCOUNT, STR("vpc-3"), 100, &list, &n));
	assert_int_equal(n, 5);
	assert_str(list[0].vpc_id, "vpc-4");
	assert_str(list[1].vpc_id, "vpc-6");
	assert_str(list[4].vpc_id, "vpc-9");
	assert_ok(store_vpc_list(f->st, f->a, ACCOUNT, STR("vpc-9"), 100, &list, &n));
	assert_int_equal(n, 0);
	assert_ok(store_vpc_list(f->st, f->a, ACCOUNT, STR(""), 0, &list, &n));
	assert_int_equal(n, 0);
}

static void
vpc_delete_needs_it_empty(void **state)
{
	struct fixture *f = *state;
	struct store_vpc in = fixture_vpc(STR("vpc-2"));
	struct store_agent agent = { .agent_id = STR("a"),
		.account_id = ACCOUNT,
		.cert_sha256 = STR("c"),
		.vpc_id = STR("vpc-2") };

	assert_int_equal(store_vpc_delete(f->st, STR("vpc-1")), ERR_BADSTATE);
	assert_ok(store_vpc_add(f->st, &in));
	assert_ok(store_agent_add(f->st, &agent));
	assert_int_equal(store_vpc_delete(f->st, STR("vpc-2")), ERR_BADSTATE);
	assert_ok(db_run(store_db(f->st), "DELETE FROM agent", DB_NO_ARGS, NULL));
	assert_ok(store_vpc_delete(f->st, STR("vpc-2")));
	assert_int_equal(store_vpc_delete(f->st, STR("vpc-2")), ERR_NOTFOUND);
}

static void
subnet_round_trip(void **state)
{
	struct fixture *f = *state;
	struct store_subnet in = fixture_subnet(STR("subnet-2"), STR("vpc-1")), v, *list;
	size_t n;

	in.default_for_az = true;
	in.map_public_ip = true;
	in.state = STORE_NET_PENDING;
	assert_ok(store_subnet_add(f->st, &in));
	assert_int_equal(store_subnet_add(f->st, &in), ERR_EXISTS);
	in.subnet_id = STR("subnet-3");
	assert_int_equal(store_subnet_add(f->st, &in), ERR_EXISTS); /* default of the zone */
	in.availability_zone = STR("eu-west-1A");
	assert_ok(store_subnet_add(f->st, &in));
	in.subnet_id = STR("subnet-4");
	in.default_for_az = false;
	in.vpc_id = STR("vpc-9");
	assert_int_equal(store_subnet_add(f->st, &in), ERR_BADSTATE);
	fixture_reopen(f);
	assert_ok(store_subnet_get(f->st, f->a, STR("subnet-2"), &v));
	assert_str(v.subnet_id, "subnet-2");
	assert_str(v.account_id, "111122223333");
	assert_str(v.vpc_id, "vpc-1");
	assert_str(v.cidr, "10.0.1.0/24");
	assert_str(v.availability_zone, "eu-west-1a");
	assert_str(v.availability_zone_id, "euw1-az1");
	assert_true(v.default_for_az);
	assert_true(v.map_public_ip);
	assert_int_equal(v.state, STORE_NET_PENDING);
	assert_int_equal(v.created_at, 1000);
	assert_ok(store_subnet_set_state(f->st, STR("subnet-2"), STORE_NET_AVAILABLE));
	assert_ok(store_subnet_get(f->st, f->a, STR("subnet-2"), &v));
	assert_int_equal(v.state, STORE_NET_AVAILABLE);
	assert_int_equal(store_subnet_set_state(f->st, STR("x"), STORE_NET_AVAILABLE),
	    ERR_NOTFOUND);
	assert_int_equal(store_subnet_get(f->st, f->a, STR("x"), &v), ERR_NOTFOUND);

	assert_ok(store_subnet_list(f->st, f->a, ACCOUNT, STR("subnet-1"), 1, &list, &n));
	assert_int_equal(n, 1);
	assert_str(list[0].subnet_id, "subnet-2");
	assert_ok(store_subnet_list(f->st, f->a, OTHER_ACCOUNT, STR(""), 9, &list, &n));
	assert_int_equal(n, 0);
	assert_ok(store_subnet_list_vpc(f->st, f->a, STR("vpc-1"), &list, &n));
	assert_int_equal(n, 3);
	assert_str(list[0].subnet_id, "subnet-3"); /* zone ...A */
	assert_str(list[1].subnet_id, "subnet-1");
	assert_str(list[2].subnet_id, "subnet-2");
	assert_ok(store_subnet_delete(f->st, STR("subnet-3")));
	assert_int_equal(store_subnet_delete(f->st, STR("subnet-3")), ERR_NOTFOUND);
}

/* How many addresses are free in the pool. */
static int64_t
count_free(struct fixture *f, struct str pool)
{
	int64_t n;

	assert_ok(store_address_count_free_of(f->st, f->a, &pool, 1, &n));
	return n;
}

static void
addresses_go_round(void **state)
{
	struct fixture *f = *state;
	int64_t n;

	assert_int_equal(store_address_take(f->st, STR("p"), STR("i-0"), &n), ERR_NOTFOUND);
	assert_int_equal(store_address_count_free_of(f->st, f->a, &STR("p"), 1, &n), ERR_NOTFOUND);
	assert_int_equal(store_address_pool_add(f->st, STR("p"), 8, 7), ERR_RANGE);
	assert_ok(store_address_pool_add(f->st, STR("p"), 4, 7));
	assert_int_equal(store_address_pool_add(f->st, STR("p"), 4, 7), ERR_EXISTS);
	assert_int_equal(count_free(f, STR("p")), 4);

	assert_ok(store_address_take(f->st, STR("p"), STR("i-1"), &n));
	assert_int_equal(n, 4);
	assert_ok(store_address_take(f->st, STR("p"), STR("i-2"), &n));
	assert_int_equal(n, 5);
	/* given back, it is taken last */
	assert_ok(store_address_release(f->st, STR("p"), STR("i-1")));
	assert_ok(store_address_claim(f->st, STR("p"), STR("i-6"), 6));
	assert_ok(store_address_take(f->st, STR("p"), STR("i-3"), &n));
	assert_int_equal(n, 7);
	assert_ok(store_address_take(f->st, STR("p"), STR("i-4"), &n));
	assert_int_equal(n, 4);
	assert_int_equal(store_address_take(f->st, STR("p"), STR("i-5"), &n), ERR_UNAVAIL);
	assert_int_equal(count_free(f, STR("p")), 0);
	assert_int_equal(store_address_pool_delete(f->st, STR("p")), ERR_BADSTATE);
	/* the one hole is found from wherever the search begins */
	assert_ok(store_address_release(f->st, STR("p"), STR("i-6")));
	assert_ok(store_address_take(f->st, STR("p"), STR("i-7"), &n));
	assert_int_equal(n, 6);
	assert_ok(store_address_release(f->st, STR("p"), STR("i-2")));
	assert_ok(store_address_take(f->st, STR("p"), STR("i-8"), &n));
	assert_int_equal(n, 5);
}

static void
addresses_are_claimed_and_released(void **state)
{
	struct fixture *f = *state;
	int64_t n;

	assert_ok(store_address_pool_add(f->st, STR("subnet-1"), 0x0a000104, 0x0a0001fe));
	assert_ok(store_address_pool_add(f->st, STORE_ADDRESS_PUBLIC, 0xc6336401, 0xc63364fe));
	assert_ok(store_address_claim(f->st, STR("subnet-1"), STR("i-1"), 0x0a000105));
	assert_int_equal(store_address_claim(f->st, STR("subnet-1"), STR("i-2"), 0x0a000105),
	    ERR_EXISTS);
	assert_int_equal(store_address_claim(f->st, STR("subnet-1"), STR("i-1"), 0x0a000103),
	    ERR_RANGE);
	assert_int_equal(store_address_claim(f->st, STR("subnet-1"), STR("i-1"), 0x0a0001ff),
	    ERR_RANGE);
	assert_int_equal(store_address_claim(f->st, STR("subnet-9"), STR("i-1"), 1), ERR_NOTFOUND);
	assert_ok(store_address_take(f->st, STORE_ADDRESS_PUBLIC, STR("i-1"), &n));
	assert_int_equal(n, 0xc6336401);
	assert_ok(store_address_take(f->st, STORE_ADDRESS_PUBLIC, STR("i-2"), &n));
	fixture_reopen(f);
	assert_ok(store_address_release(f->st, STORE_ADDRESS_PUBLIC, STR("i-1")));
	assert_int_equal(count_free(f, STORE_ADDRESS_PUBLIC), 253);
	assert_int_equal(count_free(f, STR("subnet-1")), 250);
	assert_ok(store_address_release(f->st, STR(""), STR("i-1")));
	assert_ok(store_address_release(f->st, STR(""), STR("i-1")));
	assert_int_equal(count_free(f, STR("subnet-1")), 251);
	assert_int_equal(count_free(f, STORE_ADDRESS_PUBLIC), 253);
	assert_ok(store_address_pool_delete(f->st, STR("subnet-1")));
	assert_int_equal(store_address_pool_delete(f->st, STR("subnet-1")), ERR_NOTFOUND);
}

static void
security_group_round_trip(void **state)
{
	struct fixture *f = *state;
	struct store_security_group in = fixture_group(STR("sg-3"), STR("vpc-1"), STR("web"));
	struct store_security_group v, *list;
	size_t n;

	assert_ok(store_security_group_add(f->st, &in));
	assert_int_equal(store_security_group_add(f->st, &in), ERR_EXISTS);
	in.group_id = STR("sg-4");
	assert_int_equal(store_security_group_add(f->st, &in), ERR_EXISTS); /* name */
	in.vpc_id = STR("vpc-9");
	assert_int_equal(store_security_group_add(f->st, &in), ERR_BADSTATE);
	fixture_reopen(f);
	assert_ok(store_security_group_get(f->st, f->a, STR("sg-3"), &v));
	assert_str(v.group_id, "sg-3");
	assert_str(v.account_id, "111122223333");
	assert_str(v.vpc_id, "vpc-1");
	assert_str(v.name, "web");
	assert_str(v.description, "d");
	assert_int_equal(v.created_at, 1000);
	assert_ok(store_security_group_get_by_name(f->st, f->a, STR("vpc-1"), STR("ssh"), &v));
	assert_str(v.group_id, "sg-2");
	assert_int_equal(store_security_group_get_by_name(f->st, f->a, STR("vpc-2"), STR("ssh"),
			     &v),
	    ERR_NOTFOUND);
	assert_int_equal(store_security_group_get(f->st, f->a, STR("sg-9"), &v), ERR_NOTFOUND);
	assert_ok(store_security_group_list(f->st, f->a, ACCOUNT, STR("sg-1"), 9, &list, &n));
	assert_int_equal(n, 2);
	assert_str(list[0].group_id, "sg-2");
	assert_str(list[1].group_id, "sg-3");
}

static struct store_security_group_rule
rule(struct str id, struct str group_id)
{
	return (struct store_security_group_rule){ .rule_id = id,
		.group_id = group_id,
		.protocol = STR("tcp"),
		.from_port = 22,
		.to_port = 22,
		.cidr_ipv4 = STR("0.0.0.0/0"),
		.description = STR("ssh") };
}

static void
rules_round_trip(void **state)
{
	struct fixture *f = *state;
	struct store_security_group_rule r1 = rule(STR("sgr-1"), STR("sg-1")), *list;
	struct store_security_group_rule r2 = { .rule_id = STR("sgr-2"),
		.group_id = STR("sg-1"),
		.protocol = STR("-1"),
		.from_port = -1,
		.to_port = -1,
		.referenced_group_id = STR("sg-2") };
	struct store_security_group_rule r0 = rule(STR("sgr-0"), STR("sg-1"));
	size_t n;

	r0.is_egress = true;
	assert_ok(store_security_group_rule_add(f->st, &r2));
	assert_ok(store_security_group_rule_add(f->st, &r1));
	assert_ok(store_security_group_rule_add(f->st, &r0));
	fixture_reopen(f);
	assert_ok(store_security_group_rule_list(f->st, f->a, STR("sg-1"), &list, &n));
	assert_int_equal(n, 3);
	assert_str(list[0].rule_id, "sgr-1");
	assert_str(list[0].group_id, "sg-1");
	assert_false(list[0].is_egress);
	assert_str(list[0].protocol, "tcp");
	assert_int_equal(list[0].from_port, 22);
	assert_int_equal(list[0].to_port, 22);
	assert_str(list[0].cidr_ipv4, "0.0.0.0/0");
	assert_str(list[0].cidr_ipv6, "");
	assert_str(list[0].prefix_list_id, "");
	assert_str(list[0].referenced_group_id, "");
	assert_str(list[0].description, "ssh");
	assert_str(list[1].rule_id, "sgr-2");
	assert_int_equal(list[1].from_port, -1);
	assert_str(list[1].cidr_ipv4, "");
	assert_str(list[1].referenced_group_id, "sg-2");
	assert_str(list[2].rule_id, "sgr-0");
	assert_true(list[2].is_egress);
	assert_ok(store_security_group_rule_delete(f->st, STR("sgr-1")));
	assert_int_equal(store_security_group_rule_delete(f->st, STR("sgr-1")), ERR_NOTFOUND);
	assert_ok(store_security_group_rule_list(f->st, f->a, STR("sg-1"), &list, &n));
	assert_int_equal(n, 2);
}

static void
rules_have_one_peer_and_come_once(void **state)
{
	struct fixture *f = *state;
	struct store_security_group_rule v = rule(STR("sgr-1"), STR("sg-1"));

	assert_ok(store_security_group_rule_add(f->st, &v));
	v.rule_id = STR("sgr-2");
	assert_int_equal(store_security_group_rule_add(f->st, &v), ERR_EXISTS);
	v.description = STR("the same, described otherwise");
	assert_int_equal(store_security_group_rule_add(f->st, &v), ERR_EXISTS);
	v.to_port = 23;
	assert_ok(store_security_group_rule_add(f->st, &v));
	v.rule_id = STR("sgr-3");
	v.cidr_ipv6 = STR("::/0");
	assert_int_equal(store_security_group_rule_add(f->st, &v), ERR_RANGE);
	v.cidr_ipv4 = STR("");
	assert_ok(store_security_group_rule_add(f->st, &v));
	v.rule_id = STR("sgr-4");
	v.cidr_ipv6 = STR("");
	assert_int_equal(store_security_group_rule_add(f->st, &v), ERR_RANGE);
	v.referenced_group_id = STR("sg-9");
	assert_int_equal(store_security_group_rule_add(f->st, &v), ERR_BADSTATE);
	v.referenced_group_id = STR("sg-1");
	v.group_id = STR("sg-9");
	assert_int_equal(store_security_group_rule_add(f->st, &v), ERR_BADSTATE);
}

static void
security_group_delete_needs_it_unused(void **state)
{
	struct fixture *f = *state;
	struct store_security_group_rule self = rule(STR("sgr-1"), STR("sg-1"));
	struct store_security_group_rule other = rule(STR("sgr-2"), STR("sg-2"));
	struct store_instance i = fixture_instance(STR("i-1"));
	struct str groups[] = { STR("sg-2") };
	struct store_security_group_rule *list;
	struct store_security_group v;
	size_t n;

	self.cidr_ipv4 = other.cidr_ipv4 = STR("");
	self.referenced_group_id = other.referenced_group_id = STR("sg-1");
	i.group_ids = groups;
	i.n_group_ids = 1;
	assert_ok(store_instance_add(f->st, &i));
	assert_ok(store_security_group_rule_add(f->st, &self));
	assert_ok(store_security_group_rule_add(f->st, &other));
	assert_int_equal(store_security_group_delete(f->st, STR("sg-1")), ERR_BADSTATE);
	assert_ok(store_security_group_rule_list(f->st, f->a, STR("sg-1"), &list, &n));
	assert_int_equal(n, 1);
	assert_int_equal(store_security_group_delete(f->st, STR("sg-2")), ERR_BADSTATE);
	assert_ok(store_security_group_rule_delete(f->st, STR("sgr-2")));
	assert_ok(store_security_group_delete(f->st, STR("sg-1")));
	assert_int_equal(store_security_group_delete(f->st, STR("sg-1")), ERR_NOTFOUND);
	assert_int_equal(store_security_group_get(f->st, f->a, STR("sg-1"), &v), ERR_NOTFOUND);
	assert_ok(store_security_group_rule_list(f->st, f->a, STR("sg-1"), &list, &n));
	assert_int_equal(n, 0);
	i.n_group_ids = 0;
	assert_ok(store_instance_update(f->st, &i));
	assert_ok(store_security_group_delete(f->st, STR("sg-2")));
}

#define T(fn, setup) cmocka_unit_test_setup_teardown(fn, setup, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(vpc_round_trip, fixture_network),
		T(vpc_pages, fixture_network),
		T(vpc_delete_needs_it_empty, fixture_network),
		T(subnet_round_trip, fixture_network),
		T(addresses_go_round, fixture_empty),
		T(addresses_are_claimed_and_released, fixture_empty),
		T(security_group_round_trip, fixture_network),
		T(rules_round_trip, fixture_network),
		T(rules_have_one_peer_and_come_once, fixture_network),
		T(security_group_delete_needs_it_unused, fixture_network),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
