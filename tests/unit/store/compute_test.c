/* compute_test: tests store_image, store_instance, store_tag and store_client_token. */
#include "fixture.h"

#include "store/store_active_key.h"
#include "store/store_client_token.h"
#include "store/store_tag.h"

static void
image_round_trip(void **state)
{
	struct fixture *f = *state;
	struct store_image in = { .image_id = STR("ami-2"),
		.account_id = ACCOUNT,
		.name = STR("debian-12"),
		.description = STR("this machine"),
		.architecture = STR("arm64"),
		.state = STORE_IMAGE_AVAILABLE,
		.created_at = 5 };
	struct store_image v, *list;
	size_t n;

	assert_ok(store_image_add(f->st, &in));
	assert_int_equal(store_image_add(f->st, &in), ERR_EXISTS);
	in.image_id = STR("ami-3");
	in.account_id = STR("9");
	assert_int_equal(store_image_add(f->st, &in), ERR_BADSTATE);
	fixture_reopen(f);
	assert_ok(store_image_get(f->st, f->a, STR("ami-2"), &v));
	assert_str(v.image_id, "ami-2");
	assert_str(v.account_id, "111122223333");
	assert_str(v.name, "debian-12");
	assert_str(v.description, "this machine");
	assert_str(v.architecture, "arm64");
	assert_int_equal(v.state, STORE_IMAGE_AVAILABLE);
	assert_int_equal(v.created_at, 5);
	assert_int_equal(store_image_get(f->st, f->a, STR("ami-9"), &v), ERR_NOTFOUND);
	assert_ok(store_image_list(f->st, f->a, ACCOUNT, STR(""), 9, &list, &n));
	assert_int_equal(n, 2);
	assert_str(list[0].image_id, "ami-1");
	assert_int_equal(list[1].state, STORE_IMAGE_AVAILABLE);
	assert_ok(store_image_list(f->st, f->a, ACCOUNT, STR("ami-1"), 9, &list, &n));
	assert_int_equal(n, 1);
}

static struct store_instance
full_instance(void)
{
	static struct str groups[2];
	struct store_instance v = fixture_instance(STR("i-1"));

	v.reservation_id = STR("r-7");
	v.ami_launch_index = 3;
	v.client_token = STR("token");
	v.availability_zone = STR("eu-west-1a");
	v.key_name = STR("mine");
	v.user_data = STR("#!/bin/sh\n\0\xff");
	v.hostname = STR("ip-10-0-1-4");
	v.eni_id = STR("eni-1");
	v.mac = STR("02:00:00:00:00:01");
	v.public_ip_auto = true;
	v.state = STORE_INSTANCE_PENDING;
	v.state_reason_code = STR("pending");
	v.state_reason = STR("it starts");
	v.transition_reason = STR("User initiated");
	v.launched_at = 1001;
	v.public_ip = STR("198.51.100.7");
	v.agent_id = STR("agent-1");
	v.http_tokens_required = true;
	v.http_hop_limit = 64;
	groups[0] = STR("sg-2");
	groups[1] = STR("sg-1");
	v.group_ids = groups;
	v.n_group_ids = 2;
	return v;
}

static void
assert_full_instance(const struct store_instance *v)
{
	assert_true(v->seq > 0);
	assert_str(v->instance_id, "i-1");
	assert_str(v->account_id, "111122223333");
	assert_str(v->reservation_id, "r-7");
	assert_int_equal(v->ami_launch_index, 3);
	assert_str(v->image_id, "ami-1");
	assert_str(v->instance_type, "t3.micro");
	assert_str(v->client_token, "token");
	assert_str(v->availability_zone, "eu-west-1a");
	assert_str(v->key_name, "mine");
	assert_true(str_eq(v->user_data, STR("#!/bin/sh\n\0\xff")));
	assert_str(v->hostname, "ip-10-0-1-4");
	assert_str(v->eni_id, "eni-1");
	assert_str(v->mac, "02:00:00:00:00:01");
	assert_true(v->public_ip_auto);
	assert_int_equal(v->created_at, 1000);
	assert_int_equal(v->state, STORE_INSTANCE_PENDING);
	assert_str(v->state_reason_code, "pending");
	assert_str(v->state_reason, "it starts");
	assert_str(v->transition_reason, "User initiated");
	assert_int_equal(v->launched_at, 1001);
	assert_int_equal(v->terminated_at, 0);
	assert_str(v->vpc_id, "vpc-1");
	assert_str(v->subnet_id, "subnet-1");
	assert_str(v->private_ip, "10.0.1.4");
	assert_str(v->public_ip, "198.51.100.7");
	assert_str(v->agent_id, "agent-1");
	assert_true(v->http_endpoint);
	assert_true(v->http_tokens_required);
	assert_int_equal(v->http_hop_limit, 64);
	assert_int_equal(v->n_group_ids, 2);
	assert_str(v->group_ids[0], "sg-2");
	assert_str(v->group_ids[1], "sg-1");
}

static void
instance_round_trip(void **state)
{
	struct fixture *f = *state;
	struct store_instance in = full_instance(), v, *list;
	size_t n;

	assert_ok(store_instance_add(f->st, &in));
	fixture_reopen(f);
	assert_ok(store_instance_get(f->st, f->a, STR("i-1"), &v));
	assert_full_instance(&v);
	assert_ok(store_instance_list(f->st, f->a, ACCOUNT, 0, 10, &list, &n));
	assert_int_equal(n, 1);
	assert_full_instance(&list[0]);
	assert_int_equal(store_instance_get(f->st, f->a, STR("i-2"), &v), ERR_NOTFOUND);
}

static void
instance_constraints(void **state)
{
	struct fixture *f = *state;
	struct str groups[] = { STR("sg-1"), STR("sg-9") };
	struct store_instance in = fixture_instance(STR("i-1")), v;
	size_t n;
	struct store_instance *list;
	const struct {
		size_t at;
		struct str bad;
	} refs[] = {
		{ offsetof(struct store_instance, account_id), STR("9") },
		{ offsetof(struct store_instance, image_id), STR("ami-9") },
		{ offsetof(struct store_instance, vpc_id), STR("vpc-9") },
		{ offsetof(struct store_instance, subnet_id), STR("subnet-9") },
	};

	for (size_t i = 0; i < sizeof(refs) / sizeof(refs[0]); i++) {
		v = in;
		memcpy((char *)&v + refs[i].at, &refs[i].bad, sizeof(struct str));
		assert_int_equal(store_instance_add(f->st, &v), ERR_BADSTATE);
	}
	v = in;
	v.http_hop_limit = 0;
	assert_int_equal(store_instance_add(f->st, &v), ERR_RANGE);
	v.http_hop_limit = 65;
	assert_int_equal(store_instance_add(f->st, &v), ERR_RANGE);
	v = in;
	v.state = (enum store_instance_state)17;
	assert_int_equal(store_instance_add(f->st, &v), ERR_RANGE);
	/* the second group fails: the instance is not there either */
	v = in;
	v.group_ids = groups;
	v.n_group_ids = 2;
	assert_int_equal(store_instance_add(f->st, &v), ERR_BADSTATE);
	assert_ok(store_instance_list(f->st, f->a, ACCOUNT, 0, 10, &list, &n));
	assert_int_equal(n, 0);
	assert_ok(store_instance_add(f->st, &in));
	assert_int_equal(store_instance_add(f->st, &in), ERR_EXISTS);
}

static void
instance_update_changes_its_part(void **state)
{
	struct fixture *f = *state;
	struct str one[] = { STR("sg-1") }, bad[] = { STR("sg-9") };
	struct store_instance in = full_instance(), v;

	assert_ok(store_instance_add(f->st, &in));
	in.group_ids = bad;
	in.n_group_ids = 1;
	in.state = STORE_INSTANCE_STOPPED;
	assert_int_equal(store_instance_update(f->st, &in), ERR_BADSTATE);
	assert_ok(store_instance_get(f->st, f->a, STR("i-1"), &v));
	assert_full_instance(&v);

	in = (struct store_instance){ .instance_id = STR("i-1"),
		.state = STORE_INSTANCE_TERMINATED,
		.state_reason_code = STR("Client.User"),
		.state_reason = STR("gone"),
		.launched_at = 2,
		.terminated_at = 3,
		.http_hop_limit = 2,
		.group_ids = one,
		.n_group_ids = 1 };
	assert_ok(store_instance_update(f->st, &in));
	assert_ok(store_instance_get(f->st, f->a, STR("i-1"), &v));
	assert_int_equal(v.state, STORE_INSTANCE_TERMINATED);
	assert_str(v.state_reason_code, "Client.User");
	assert_str(v.state_reason, "gone");
	assert_int_equal(v.launched_at, 2);
	assert_int_equal(v.terminated_at, 3);
	assert_str(v.vpc_id, "");
	assert_str(v.subnet_id, "");
	assert_str(v.private_ip, "");
	assert_str(v.public_ip, "");
	assert_str(v.agent_id, "");
	assert_false(v.http_endpoint);
	assert_false(v.http_tokens_required);
	assert_int_equal(v.http_hop_limit, 2);
	assert_int_equal(v.n_group_ids, 1);
	assert_str(v.group_ids[0], "sg-1");
	assert_str(v.hostname, "ip-10-0-1-4");
	assert_true(v.public_ip_auto);
	assert_int_equal(v.created_at, 1000);
	/* nothing of the network is held any more */
	assert_ok(store_subnet_delete(f->st, STR("subnet-1")));
	in.instance_id = STR("i-2");
	assert_int_equal(store_instance_update(f->st, &in), ERR_NOTFOUND);
}

static void
instances_page_in_order_of_creation(void **state)
{
	struct fixture *f = *state;
	struct store_instance in, *list;
	int64_t after = 0;
	size_t n, sum = 0;
	char id[16];

	assert_ok(store_begin(f->st));
	for (int i = 30; i > 0; i--) {
		snprintf(id, sizeof(id), "i-%02d", i);
		in = fixture_instance(str_of(id));
		in.state = i % 2 == 0 ? STORE_INSTANCE_RUNNING : STORE_INSTANCE_PENDING;
		if (i == 15)
			in.account_id = OTHER_ACCOUNT;
		if (i == 14)
			in.vpc_id = in.subnet_id = STR("");
		assert_ok(store_instance_add(f->st, &in));
	}
	assert_ok(store_commit(f->st));
	do {
		assert_ok(store_instance_list(f->st, f->a, ACCOUNT, after, 7, &list, &n));
		for (size_t i = 0; i < n; i++) {
			snprintf(id, sizeof(id), "i-%02zu", 30 - sum - (sum >= 15));
			assert_str(list[i].instance_id, id);
			after = list[i].seq;
			sum++;
		}
	} while (n == 7);
	assert_int_equal(sum, 29);
	assert_int_equal(n, 29 % 7);
	assert_ok(store_instance_list_vpc(f->st, f->a, STR("vpc-1"), 0, 100, &list, &n));
	assert_int_equal(n, 29);
	assert_ok(store_instance_list_vpc(f->st, f->a, STR("vpc-1"), list[27].seq, 100, &list, &n));
	assert_int_equal(n, 1);
	assert_str(list[0].instance_id, "i-01");
	assert_ok(
	    store_instance_list_state(f->st, f->a, STORE_INSTANCE_PENDING, 0, 100, &list, &n));
	assert_int_equal(n, 15);
	assert_str(list[0].instance_id, "i-29");
	assert_ok(
	    store_instance_list_state(f->st, f->a, STORE_INSTANCE_STOPPED, 0, 100, &list, &n));
	assert_int_equal(n, 0);
}

static void
listings_end_at_the_page_maximum(void **state)
{
	struct fixture *f = *state;
	struct store_instance in, *list;
	char id[16];
	size_t n;

	assert_ok(store_begin(f->st));
	for (int i = 0; i <= STORE_PAGE_MAX; i++) {
		snprintf(id, sizeof(id), "i-%d", i);
		in = fixture_instance(str_of(id));
		assert_ok(store_instance_add(f->st, &in));
	}
	assert_ok(store_commit(f->st));
	assert_ok(store_instance_list(f->st, f->a, ACCOUNT, 0, SIZE_MAX, &list, &n));
	assert_int_equal(n, STORE_PAGE_MAX);
	assert_ok(store_instance_list(f->st, f->a, ACCOUNT, list[n - 1].seq, SIZE_MAX, &list, &n));
	assert_int_equal(n, 1);
}

static void
purge_forgets_the_terminated(void **state)
{
	struct fixture *f = *state;
	struct store_instance old = full_instance(), fresh = full_instance();
	struct store_instance stopped = full_instance(), v;
	struct store_tag tag = { ACCOUNT, STR("i-1"), STR("instance"), STR("Name"), STR("x") };
	struct store_active_key key = { .request_id = STR("q"), .instance_id = STR("i-1") };
	struct store_tag *tags;
	int64_t purged, left;
	size_t n;

	old.state = fresh.state = STORE_INSTANCE_TERMINATED;
	old.terminated_at = 100;
	fresh.instance_id = STR("i-2");
	fresh.terminated_at = 101;
	stopped.instance_id = STR("i-3");
	stopped.state = STORE_INSTANCE_STOPPED;
	assert_ok(store_instance_add(f->st, &old));
	assert_ok(store_instance_add(f->st, &fresh));
	assert_ok(store_instance_add(f->st, &stopped));
	assert_ok(store_active_key_add(f->st, &key));
	assert_ok(store_tag_set(f->st, &tag));
	tag.resource_id = STR("i-2");
	assert_ok(store_tag_set(f->st, &tag));
	assert_ok(store_instance_count(f->st, ACCOUNT, &left));
	assert_int_equal(left, 1);
	assert_ok(store_instance_count(f->st, OTHER_ACCOUNT, &left));
	assert_int_equal(left, 0);
	assert_ok(store_instance_purge(f->st, 101, &purged));
	assert_int_equal(purged, 1);
	assert_int_equal(store_instance_get(f->st, f->a, STR("i-1"), &v), ERR_NOTFOUND);
	assert_ok(store_instance_get(f->st, f->a, STR("i-2"), &v));
	assert_ok(store_instance_get(f->st, f->a, STR("i-3"), &v));
	assert_ok(store_tag_list(f->st, f->a, STR("i-1"), &tags, &n));
	assert_int_equal(n, 0);
	assert_ok(store_tag_list(f->st, f->a, STR("i-2"), &tags, &n));
	assert_int_equal(n, 1);
	assert_ok(store_instance_purge(f->st, 1000, &purged));
	assert_int_equal(purged, 1);
	/* a number once given is not given again */
	fresh.instance_id = STR("i-4");
	assert_ok(store_instance_add(f->st, &fresh));
	assert_ok(store_instance_get(f->st, f->a, STR("i-4"), &v));
	assert_int_equal(v.seq, 4);
}

static void
tags_are_set_and_deleted(void **state)
{
	struct fixture *f = *state;
	struct store_tag in = { ACCOUNT, STR("i-1"), STR("instance"), STR("b"), STR("1") }, *v;
	size_t n;

	assert_ok(store_tag_set(f->st, &in));
	in.value = STR("2");
	assert_ok(store_tag_set(f->st, &in));
	in.key = STR("a");
	in.value = STR("");
	assert_ok(store_tag_set(f->st, &in));
	in.resource_id = STR("i-2");
	assert_ok(store_tag_set(f->st, &in));
	in.account_id = STR("9");
	in.key = STR("c");
	assert_int_equal(store_tag_set(f->st, &in), ERR_BADSTATE);
	fixture_reopen(f);
	assert_ok(store_tag_list(f->st, f->a, STR("i-1"), &v, &n));
	assert_int_equal(n, 2);
	assert_str(v[0].account_id, "111122223333");
	assert_str(v[0].resource_id, "i-1");
	assert_str(v[0].resource_type, "instance");
	assert_str(v[0].key, "a");
	assert_str(v[0].value, "");
	assert_str(v[1].key, "b");
	assert_str(v[1].value, "2");

	assert_ok(store_tag_delete_value(f->st, STR("i-1"), STR("b"), STR("1")));
	assert_ok(store_tag_list(f->st, f->a, STR("i-1"), &v, &n));
	assert_int_equal(n, 2);
	assert_ok(store_tag_delete_value(f->st, STR("i-1"), STR("b"), STR("2")));
	assert_ok(store_tag_list(f->st, f->a, STR("i-1"), &v, &n));
	assert_int_equal(n, 1);
	assert_str(v[0].key, "a");
	assert_ok(store_tag_delete(f->st, STR("i-1"), STR("a")));
	assert_ok(store_tag_delete(f->st, STR("i-1"), STR("a")));
	assert_ok(store_tag_list(f->st, f->a, STR("i-1"), &v, &n));
	assert_int_equal(n, 0);
	assert_ok(store_tag_list(f->st, f->a, STR("i-2"), &v, &n));
	assert_int_equal(n, 1);
	assert_ok(store_tag_delete_all(f->st, STR("i-2")));
	assert_ok(store_tag_list(f->st, f->a, STR("i-2"), &v, &n));
	assert_int_equal(n, 0);
}

static void
client_token_is_used_once(void **state)
{
	struct fixture *f = *state;
	struct store_client_token in = { ACCOUNT, STR("RunInstances"), STR("t"), STR("h\0"),
		STR("i-1 i-2"), 50 },
				  v;
	int64_t n;

	assert_ok(store_client_token_add(f->st, &in));
	in.request_hash = STR("other");
	assert_int_equal(store_client_token_add(f->st, &in), ERR_EXISTS);
	in.action = STR("CreateVpc");
	in.created_at = 60;
	assert_ok(store_client_token_add(f->st, &in));
	in.account_id = STR("9");
	assert_int_equal(store_client_token_add(f->st, &in), ERR_BADSTATE);
	fixture_reopen(f);
	assert_ok(store_client_token_get(f->st, f->a, ACCOUNT, STR("RunInstances"), STR("t"), &v));
	assert_str(v.account_id, "111122223333");
	assert_str(v.action, "RunInstances");
	assert_str(v.token, "t");
	assert_true(str_eq(v.request_hash, STR("h\0")));
	assert_str(v.result, "i-1 i-2");
	assert_int_equal(v.created_at, 50);
	assert_int_equal(store_client_token_get(f->st, f->a, OTHER_ACCOUNT, STR("RunInstances"),
			     STR("t"), &v),
	    ERR_NOTFOUND);
	assert_ok(store_client_token_purge(f->st, 60, &n));
	assert_int_equal(n, 1);
	assert_int_equal(store_client_token_get(f->st, f->a, ACCOUNT, STR("RunInstances"), STR("t"),
			     &v),
	    ERR_NOTFOUND);
	assert_ok(store_client_token_get(f->st, f->a, ACCOUNT, STR("CreateVpc"), STR("t"), &v));
}

#define T(fn, setup) cmocka_unit_test_setup_teardown(fn, setup, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(image_round_trip, fixture_network),
		T(instance_round_trip, fixture_network),
		T(instance_constraints, fixture_network),
		T(instance_update_changes_its_part, fixture_network),
		T(instances_page_in_order_of_creation, fixture_network),
		T(listings_end_at_the_page_maximum, fixture_network),
		T(purge_forgets_the_terminated, fixture_network),
		T(tags_are_set_and_deleted, fixture_accounts),
		T(client_token_is_used_once, fixture_accounts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
