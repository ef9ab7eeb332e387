/*
 * neighbours_test: tests that a VPC may have any number of instances that admit each other: who
 * needs new rules gets them, a few at a time, and rules that are too long are closed, not lost.
 * And whatever fails on the way, no instance keeps the rules of before.
 */
#include "fixture.h"

#include "region/neighbours.h"
#include "region/timer.h"
#include "store/store_instance.h"

#define MANY 1300
#define VPC2 "vpc-0123456789abcdef2"
#define SUBNET2 "subnet-0123456789abcdef2"
#define GROUP2 "sg-0123456789abcdef2"
/* Compute has at most these jobs for rules at a time: 31 that it still has and a page of 64. */
#define MOST_JOBS 95

static const char *
id_of(struct fixture *f, size_t i)
{
	return arena_fmt(f->a, "i-%017zx", i).p;
}

/* Members first to last of the group, running, at 172.31.16.1 and so on. */
static void
members_add_to(struct fixture *f, const char *vpc, const char *subnet, const char *group,
    size_t first, size_t last)
{
	const struct str groups[] = { str_of(group) };
	struct store_instance v = { .account_id = STR(ACCOUNT),
		.reservation_id = STR("r-00000000000000001"),
		.image_id = STR(IMAGE),
		.instance_type = STR("t3.nano"),
		.availability_zone = STR(ZONE),
		.created_at = NOW_S,
		.launched_at = NOW_S,
		.state = STORE_INSTANCE_RUNNING,
		.vpc_id = str_of(vpc),
		.subnet_id = str_of(subnet),
		.http_hop_limit = 1,
		.group_ids = groups,
		.n_group_ids = 1 };
	size_t i;

	assert_ok(store_begin(f->st));
	for (i = first; i <= last; i++) {
		v.instance_id = str_of(id_of(f, i));
		v.eni_id = arena_fmt(f->a, "eni-%017zx", i);
		v.mac = arena_fmt(f->a, "0a:00:00:00:%02zx:%02zx", i / 256, i % 256);
		v.private_ip = arena_fmt(f->a, "172.31.%zu.%zu", 16 + i / 256, i % 256);
		v.user_data = arena_fmt(f->a, "%1000d", 0);
		assert_ok(store_instance_add(f->st, &v));
	}
	assert_ok(store_commit(f->st));
}

static void
members_add(struct fixture *f, size_t n)
{
	members_add_to(f, VPC, SUBNET, GROUP, 1, n);
}

static void
group_add(struct fixture *f, const char *vpc, const char *id)
{
	const struct store_security_group group = { .group_id = str_of(id),
		.account_id = STR(ACCOUNT),
		.vpc_id = str_of(vpc),
		.name = str_of(id),
		.description = STR("another"),
		.created_at = NOW_S };

	assert_ok(store_security_group_add(f->st, &group));
}

static void
group_admits_self(struct fixture *f, const char *rule_id, const char *group)
{
	const struct store_security_group_rule own = { .rule_id = str_of(rule_id),
		.group_id = str_of(group),
		.protocol = STR("-1"),
		.from_port = -1,
		.to_port = -1,
		.referenced_group_id = str_of(group) };

	assert_ok(store_security_group_rule_add(f->st, &own));
}

static struct timer *
begin(struct fixture *f)
{
	struct timer *t = timer_new(&f->clock);

	log_set_level(LOG_LEVEL_ERROR + 1);
	timer_run(t, f->region);
	fixture_forget(f);
	return t;
}

static void
terminate(struct fixture *f, size_t i)
{
	struct api_response resp =
	    fixture_ec2(f, arena_fmt(f->a, "TerminateInstances&InstanceId.1=%s", id_of(f, i)).p);

	assert_status(f, &resp, 200);
	assert_int_equal(f->n_sent, 1);
}

/* How many jobs of those that were sent give rules to this instance. */
static size_t
rules_for(const struct fixture *f, const char *id)
{
	size_t i, n = 0;

	for (i = 0; i < f->n_sent; i++) {
		n += strncmp(f->sent[i].text, "instance-ingress instance=", 26) == 0 &&
		    strncmp(f->sent[i].text + 26, id, strlen(id)) == 0;
	}
	return n;
}

/* Answers what was sent, round by round, until nothing more comes. seen counts the rules that each
 * member was given. */
static void
answer_all(struct fixture *f, struct timer *t, size_t *seen)
{
	uint64_t numbers[MAX_SENT];
	size_t i, k, n, quiet = 0;

	while (quiet < 3) {
		quiet = f->n_sent == 0 ? quiet + 1 : 0;
		for (i = n = 0; i < f->n_sent; i++) {
			if (f->sent[i].type == SENT_JOB)
				numbers[n++] = f->sent[i].number;
			assert_in_range(strlen(f->sent[i].text), 1, 16384 + 100);
		}
		if (rules_for(f, "i-") > MOST_JOBS)
			fail_msg("%zu jobs at a time", rules_for(f, "i-"));
		for (k = 1; k <= MANY; k++)
			seen[k] += rules_for(f, id_of(f, k));
		fixture_forget(f);
		for (i = 0; i < n; i++)
			fixture_finish(f, numbers[i], 0, "", "");
		f->boot_ms += 250;
		timer_run(t, f->region);
	}
}

/* One of many goes: all others are told, once each, and compute is not flooded. */
static void
test_many(void **state)
{
	struct fixture *f = *state;
	size_t *seen = xarray(MANY + 1, sizeof(*seen)), i;
	struct timer *t;

	members_add(f, MANY);
	group_admits_self(f, "sgr-00000000000000001", GROUP);
	t = begin(f);
	terminate(f, MANY / 2);
	answer_all(f, t, seen);
	for (i = 1; i <= MANY; i++) {
		if (seen[i] != (i == MANY / 2 ? 0 : 1))
			fail_msg("%zu was given rules %zu times", i, seen[i]);
	}
	xfree(seen);
	timer_free(t);
}

/* Several go while the others are told of the first: all are told of the last, too. */
static void
test_meanwhile(void **state)
{
	struct fixture *f = *state;
	size_t *seen = xarray(MANY + 1, sizeof(*seen)), i;
	struct timer *t;
	uint64_t job;

	members_add(f, 200);
	group_admits_self(f, "sgr-00000000000000001", GROUP);
	t = begin(f);
	terminate(f, 200);
	fixture_finish(f, f->sent[0].number, 0, "", "");
	/* The job that terminates it, what its agent is told, and a page of rules. */
	assert_int_equal(f->n_sent, 2 + 64);
	fixture_forget(f);
	for (i = 198; i < 200; i++) {
		terminate(f, i);
		job = f->sent[0].number;
		fixture_forget(f);
		fixture_finish(f, job, 0, "", "");
		/* The first 64 are not answered yet: only the agent is told. */
		assert_int_equal(f->n_sent, 1);
		assert_int_equal(f->sent[0].type, SENT_TEXT);
		fixture_forget(f);
	}
	/* Compute is lost with the jobs, and is back: the walk goes on. */
	lifecycle_compute_down(f->region);
	assert_ok(task_run(f->region, fixture_compute_up, NULL));
	fixture_finish(f, f->sent[0].number, 0, "", "");
	fixture_finish(f, f->sent[1].number, 0, "", "");
	answer_all(f, t, seen);
	for (i = 1; i < 198; i++) {
		if (seen[i] != (i <= 64 ? 1 : 2))
			fail_msg("%zu was given rules %zu times", i, seen[i]);
	}
	xfree(seen);
	timer_free(t);
}

/* More members than a text has room for: ranges of addresses stay, then come as many members as
 * fit, and the instance is launched. */
static void
test_cut(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	struct timer *t;
	const char *text;

	members_add(f, MANY);
	/* By their ids, the rule for members comes before that of the fixture for port 22. */
	group_admits_self(f, "sgr-00000000000000001", GROUP);
	t = begin(f);
	f->settings.max_instances = 2 * MANY;
	resp = fixture_ec2(f, "RunInstances&ImageId=" IMAGE "&MinCount=1&MaxCount=1");
	assert_status(f, &resp, 200);
	text = strstr(f->sent[f->n_sent - 1].text, " ingress=");
	assert_non_null(text);
	text += strlen(" ingress=");
	assert_in_range(strlen(text), 16384 - 25, 16384);
	if (strncmp(text, "tcp:22:22:0.0.0.0/0,-1:0:0:172.31.16.1/32,", 41) != 0)
		fail_msg("%.60s", text);
	assert_memory_equal(text + strlen(text) - 3, "/32", 3);
	timer_free(t);
}

/* ---- what fails on the way ---- */

/* The jobs for rules that were sent, which are forgotten here, end with this status. */
static void
answer(struct fixture *f, uint32_t status)
{
	uint64_t numbers[MAX_SENT];
	size_t i, n = 0;

	for (i = 0; i < f->n_sent; i++) {
		if (f->sent[i].type == SENT_JOB)
			numbers[n++] = f->sent[i].number;
	}
	fixture_forget(f);
	for (i = 0; i < n; i++)
		fixture_finish(f, numbers[i], status, "", "");
}

static void
later(struct fixture *f, struct timer *t, int64_t ms)
{
	f->boot_ms += ms;
	timer_run(t, f->region);
}

/* All jobs were given, and what became of them nobody knows, because core or compute ended: those
 * that admit members get their rules again. */
static void
test_compute_anew(void **state)
{
	struct fixture *f = *state;
	size_t *seen = xarray(MANY + 1, sizeof(*seen)), i;
	struct timer *t;

	members_add(f, 10);
	/* Nothing that it admits can change. */
	group_add(f, VPC, "sg-0123456789abcdef9");
	members_add_to(f, VPC, SUBNET, "sg-0123456789abcdef9", 11, 11);
	group_admits_self(f, "sgr-00000000000000001", GROUP);
	t = begin(f);
	assert_int_equal(f->n_sent, 0);
	terminate(f, 10);
	fixture_finish(f, f->sent[0].number, 0, "", "");
	fixture_forget(f);
	fixture_api_free(f);
	fixture_api_new(f);
	assert_ok(task_run(f->region, fixture_compute_up, NULL));
	answer(f, 0);
	answer_all(f, t, seen);
	for (i = 1; i <= 11; i++) {
		if (seen[i] != (i < 10 ? 1 : 0))
			fail_msg("%zu was given rules %zu times", i, seen[i]);
	}
	xfree(seen);
	timer_free(t);
}

/* The driver fails, or compute does not take the job: it is given again after the pause, and not
 * before, until the driver has done it or the instance is down. */
static void
test_driver_fails(void **state)
{
	struct fixture *f = *state;
	struct timer *t;

	members_add(f, 3);
	group_admits_self(f, "sgr-00000000000000001", GROUP);
	t = begin(f);
	terminate(f, 3);
	answer(f, 0);
	assert_int_equal(rules_for(f, "i-"), 2);
	answer(f, 1);
	later(f, t, NEIGHBOURS_PAUSE_MS - 1);
	assert_int_equal(f->n_sent, 0);
	f->no_compute = true;
	later(f, t, 250);
	f->no_compute = false;
	later(f, t, NEIGHBOURS_PAUSE_MS - 1);
	assert_int_equal(f->n_sent, 0);
	later(f, t, 250);
	assert_int_equal(rules_for(f, id_of(f, 1)), 1);
	assert_int_equal(rules_for(f, id_of(f, 2)), 1);
	/* Without the address of the one that is gone. */
	assert_non_null(
	    strstr(f->sent[0].text, "=-1:0:0:172.31.16.1/32,-1:0:0:172.31.16.2/32,tcp:22"));
	answer(f, 1000);
	terminate(f, 2);
	answer(f, 0);
	assert_int_equal(rules_for(f, id_of(f, 1)), 1);
	answer(f, 1);
	later(f, t, NEIGHBOURS_PAUSE_MS);
	assert_int_equal(f->n_sent, 1);
	assert_int_equal(rules_for(f, id_of(f, 1)), 1);
	answer(f, 0);
	later(f, t, 2 * NEIGHBOURS_PAUSE_MS);
	assert_int_equal(f->n_sent, 0);
	timer_free(t);
}

/* One goes while another comes up with the rules of before. */
static void
test_coming_up(void **state)
{
	struct fixture *f = *state;
	struct api_response resp;
	struct timer *t;
	uint64_t run;

	members_add(f, 1);
	group_admits_self(f, "sgr-00000000000000001", GROUP);
	t = begin(f);
	resp = fixture_ec2(f, "RunInstances&ImageId=" IMAGE "&MinCount=1&MaxCount=1");
	assert_status(f, &resp, 200);
	assert_int_equal(f->n_sent, 2);
	assert_non_null(strstr(f->sent[1].text, "172.31.16.1/32"));
	run = f->sent[1].number;
	fixture_forget(f);
	terminate(f, 1);
	answer(f, 0);
	/* Still on its way. */
	fixture_forget(f);
	later(f, t, NEIGHBOURS_PAUSE_MS);
	assert_int_equal(rules_for(f, "i-"), 0);
	fixture_finish(f, run, 0, "", "");
	fixture_forget(f);
	later(f, t, NEIGHBOURS_PAUSE_MS);
	assert_int_equal(f->n_sent, 1);
	assert_int_equal(rules_for(f, "i-"), 1);
	assert_null(strstr(f->sent[0].text, "172.31.16.1/32"));
	timer_free(t);
}

static int
done(struct region *region, void *ctx)
{
	return lifecycle_done(region, ctx);
}

/* The transaction that gives the next page cannot be committed: more than may leave is in it. */
static void
assert_undone(struct fixture *f)
{
	outbox_text(f->region->outbox, LINK, (struct str){ "", 1u << 30 });
	assert_int_equal(lifecycle_refresh(f->region), ERR_FULL);
	assert_int_equal(f->n_sent, 0);
}

/* A page of which nothing left is given again. */
static void
test_page_undone(void **state)
{
	struct fixture *f = *state;
	struct lifecycle_result gone = { 0 };
	struct timer *t;

	members_add(f, 3);
	group_admits_self(f, "sgr-00000000000000001", GROUP);
	t = begin(f);
	terminate(f, 3);
	gone.job = f->sent[0].number;
	assert_ok(task_run(f->region, done, &gone));
	fixture_forget(f);
	assert_undone(f);
	assert_ok(lifecycle_refresh(f->region));
	assert_int_equal(rules_for(f, "i-"), 2);
	answer(f, 1);
	f->boot_ms += NEIGHBOURS_PAUSE_MS;
	assert_undone(f);
	assert_ok(lifecycle_refresh(f->region));
	assert_int_equal(rules_for(f, "i-"), 2);
	timer_free(t);
}

static void
second_vpc(struct fixture *f)
{
	const struct store_vpc vpc = { .vpc_id = STR(VPC2),
		.account_id = STR(ACCOUNT),
		.cidr = STR("172.31.0.0/16"),
		.state = STORE_NET_AVAILABLE,
		.created_at = NOW_S };
	const struct store_subnet subnet = { .subnet_id = STR(SUBNET2),
		.account_id = STR(ACCOUNT),
		.vpc_id = STR(VPC2),
		.cidr = STR("172.31.0.0/20"),
		.availability_zone = STR(ZONE),
		.availability_zone_id = STR("xxt1-az1"),
		.state = STORE_NET_AVAILABLE,
		.created_at = NOW_S };

	assert_ok(store_vpc_add(f->st, &vpc));
	assert_ok(store_subnet_add(f->st, &subnet));
	group_add(f, VPC2, GROUP2);
}

/* VPCs take turns: one in which something always changes does not keep another waiting. */
static void
test_turns(void **state)
{
	struct fixture *f = *state;
	struct timer *t;
	uint64_t first[64];
	size_t i;

	second_vpc(f);
	members_add(f, 80);
	members_add_to(f, VPC2, SUBNET2, GROUP2, 81, 83);
	group_admits_self(f, "sgr-00000000000000001", GROUP);
	group_admits_self(f, "sgr-00000000000000002", GROUP2);
	t = begin(f);
	terminate(f, 80);
	answer(f, 0);
	for (i = 0; i < 64; i++)
		first[i] = f->sent[f->n_sent - 64 + i].number;
	fixture_forget(f);
	/* Compute is busy with the first page: these are only noted. */
	terminate(f, 83);
	answer(f, 0);
	fixture_forget(f);
	terminate(f, 79);
	answer(f, 0);
	fixture_forget(f);
	/* When there is room for another page, it is the other VPC's. */
	for (i = 0; i < 33; i++)
		fixture_finish(f, first[i], 0, "", "");
	assert_int_equal(rules_for(f, "i-"), 2);
	assert_int_equal(rules_for(f, id_of(f, 81)), 1);
	assert_int_equal(rules_for(f, id_of(f, 82)), 1);
	timer_free(t);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_many),
		TEST(test_meanwhile),
		TEST(test_cut),
		TEST(test_compute_anew),
		TEST(test_driver_fails),
		TEST(test_coming_up),
		TEST(test_page_undone),
		TEST(test_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
