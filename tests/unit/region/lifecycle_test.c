/*
 * lifecycle_test: tests that no instance is lost or stuck when a driver fails or a job is not
 * accepted.
 */
#include "fixture.h"

#include "region/timer.h"

#define RUN "RunInstances&ImageId=" IMAGE "&MinCount=1&MaxCount=1"

static struct store_instance
get(struct fixture *f, const char *id)
{
	struct store_instance v;

	assert_ok(store_instance_get(f->st, f->a, str_of(id), &v));
	return v;
}

static const char *
launch_only(struct fixture *f)
{
	struct api_response resp = fixture_ec2(f, RUN);

	assert_status(f, &resp, 200);
	return fixture_element(f, &resp, "instanceId", 0);
}

/* The one job that was sent since the last look; its number. */
static uint64_t
assert_one_job(struct fixture *f, const char *verb)
{
	uint64_t number = 0;
	size_t i, n = 0;

	for (i = 0; i < f->n_sent; i++) {
		if (f->sent[i].type != SENT_JOB)
			continue;
		n++;
		number = f->sent[i].number;
		if (strncmp(f->sent[i].text, verb, strlen(verb)) != 0)
			fail_msg("%s, want %s", f->sent[i].text, verb);
	}
	assert_int_equal(n, 1);
	fixture_forget(f);
	return number;
}

/* The timer's sweep. */
static void
sweep(struct fixture *f, struct timer *t)
{
	f->boot_ms += 30000;
	timer_run(t, f->region);
}

/* An instance whose launch failed keeps its addresses until what is left of it has been removed. */
static void
test_launch_cleared_away(void **state)
{
	struct fixture *f = *state;
	struct timer *t = timer_new(&f->clock);
	const char *id;

	log_set_level(LOG_LEVEL_ERROR + 1);
	timer_run(t, f->region);
	id = launch_only(f);
	fixture_finish(f, assert_one_job(f, "instance-run"), 1, "", "no");
	assert_int_equal(get(f, id).state, STORE_INSTANCE_SHUTTING_DOWN);
	fixture_finish(f, assert_one_job(f, "instance-terminate"), 1, "", "busy");
	assert_int_equal(get(f, id).state, STORE_INSTANCE_SHUTTING_DOWN);
	assert_true(get(f, id).private_ip.n > 0);
	assert_true(get(f, id).public_ip.n > 0);
	assert_int_equal(f->n_sent, 0);
	sweep(f, t);
	fixture_finish(f, assert_one_job(f, "instance-terminate"), 0, "", "");
	assert_int_equal(get(f, id).state, STORE_INSTANCE_TERMINATED);
	assert_int_equal(get(f, id).private_ip.n, 0);
	timer_free(t);
}

/* A start that failed is a stop, and takes as long as that takes. */
static void
test_start_cleared_away(void **state)
{
	struct fixture *f = *state;
	struct timer *t = timer_new(&f->clock);
	const char *id = fixture_launch(f, "");

	log_set_level(LOG_LEVEL_ERROR + 1);
	timer_run(t, f->region);
	fixture_forget(f);
	fixture_ec2(f, arena_fmt(f->a, "StopInstances&InstanceId.1=%s", id).p);
	fixture_finish_all(f, "");
	fixture_ec2(f, arena_fmt(f->a, "StartInstances&InstanceId.1=%s", id).p);
	fixture_finish(f, assert_one_job(f, "instance-start"), 1001, "", "took too long");
	assert_int_equal(get(f, id).state, STORE_INSTANCE_STOPPING);
	assert_true(get(f, id).public_ip.n > 0);
	fixture_finish(f, assert_one_job(f, "instance-stop"), 1, "", "busy");
	assert_int_equal(get(f, id).state, STORE_INSTANCE_STOPPING);
	sweep(f, t);
	fixture_finish(f, assert_one_job(f, "instance-stop"), 0, "", "");
	assert_int_equal(get(f, id).state, STORE_INSTANCE_STOPPED);
	assert_int_equal(get(f, id).public_ip.n, 0);
	assert_true(str_eq_c(get(f, id).state_reason_code, "Server.InternalError"));
	timer_free(t);
}

/* The machine was restarted, and the driver fails once: nothing is destroyed. */
static void
test_relaunch_fails(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;

	log_set_level(LOG_LEVEL_ERROR + 1);
	fixture_forget(f);
	assert_ok(task_run(f->region, fixture_compute_up, NULL));
	fixture_finish(f, f->sent[0].number, 0, "", "");
	fixture_finish(f, f->sent[1].number, 0, "", "");
	fixture_finish(f, f->sent[2].number, 0, "state=none\n", "");
	assert_int_equal(get(f, id).state, STORE_INSTANCE_PENDING);
	assert_non_null(strstr(f->sent[4].text, "instance-run"));
	resp = fixture_ec2(f, "DescribeInstances");
	assert_has(f, &resp, "<stateReason><code>Server.HostRestart</code>");
	fixture_finish(f, f->sent[4].number, 1000, "", "could not start");
	fixture_forget(f);
	assert_int_equal(get(f, id).state, STORE_INSTANCE_STOPPING);
	/* Compute comes again: asked for once more. */
	assert_ok(task_run(f->region, fixture_compute_up, NULL));
	fixture_finish_all(f, "");
	assert_int_equal(get(f, id).state, STORE_INSTANCE_STOPPED);
	assert_true(get(f, id).private_ip.n > 0);
	/* It can be started, and then no reason is left. */
	fixture_ec2(f, arena_fmt(f->a, "StartInstances&InstanceId.1=%s", id).p);
	fixture_finish_all(f, "");
	assert_int_equal(get(f, id).state, STORE_INSTANCE_RUNNING);
	assert_int_equal(get(f, id).state_reason_code.n, 0);
}

/* Also one that was stopped, started, and found gone on its way up. */
static void
test_restart_fails(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");

	log_set_level(LOG_LEVEL_ERROR + 1);
	fixture_ec2(f, arena_fmt(f->a, "StopInstances&InstanceId.1=%s", id).p);
	fixture_finish_all(f, "");
	f->wall_ms += 1000;
	fixture_ec2(f, arena_fmt(f->a, "StartInstances&InstanceId.1=%s", id).p);
	fixture_forget(f);
	assert_ok(task_run(f->region, fixture_compute_up, NULL));
	fixture_finish(f, f->sent[0].number, 0, "", "");
	fixture_finish(f, f->sent[1].number, 0, "", "");
	fixture_finish(f, f->sent[2].number, 0, "state=none\n", "");
	fixture_finish(f, f->sent[4].number, 1, "", "no");
	assert_int_equal(get(f, id).state, STORE_INSTANCE_STOPPING);
}

/* Compute is there, and takes nothing at first. */
static void
test_networks_not_taken(void **state)
{
	struct fixture *f = *state;
	const char *running = fixture_launch(f, ""), *id;
	struct timer *t = timer_new(&f->clock);

	timer_run(t, f->region);
	fixture_forget(f);
	f->no_compute = true;
	assert_ok(task_run(f->region, fixture_compute_up, NULL));
	id = launch_only(f);
	f->no_compute = false;
	fixture_forget(f);
	sweep(f, t);
	assert_int_equal(f->n_sent, 2);
	assert_non_null(strstr(f->sent[0].text, "vpc-create"));
	assert_non_null(strstr(f->sent[1].text, "subnet-create"));
	/* While they are made, not again. */
	sweep(f, t);
	assert_int_equal(f->n_sent, 2);
	fixture_finish_all(f, "state=running");
	assert_int_equal(get(f, id).state, STORE_INSTANCE_RUNNING);
	assert_int_equal(get(f, running).state, STORE_INSTANCE_RUNNING);
	timer_free(t);
}

static int
only_vpc(void *ctx, uint64_t job, struct str verb, const struct compute_option *o, size_t n)
{
	return str_eq_c(verb, "vpc-create") ? fixture_job(ctx, job, verb, o, n) : ERR_UNAVAIL;
}

/* One of the networks' jobs is taken, the other is not. */
static void
test_networks_half_taken(void **state)
{
	struct fixture *f = *state;
	struct timer *t = timer_new(&f->clock);

	timer_run(t, f->region);
	fixture_forget(f);
	f->compute.start = only_vpc;
	assert_ok(task_run(f->region, fixture_compute_up, NULL));
	f->compute.start = fixture_job;
	fixture_finish(f, assert_one_job(f, "vpc-create"), 0, "", "");
	/* There is no subnet yet: an instance waits. */
	launch_only(f);
	assert_int_equal(f->n_sent, 1);
	assert_int_equal(f->sent[0].type, SENT_TEXT);
	fixture_forget(f);
	sweep(f, t);
	assert_int_equal(f->n_sent, 2);
	fixture_finish(f, f->sent[0].number, 0, "", "");
	fixture_finish(f, f->sent[1].number, 0, "", "");
	assert_int_equal(f->n_sent, 3);
	assert_non_null(strstr(f->sent[2].text, "instance-status"));
	timer_free(t);
}

static int
compute_up_undone(struct region *region, void *ctx)
{
	(void)ctx;
	assert_ok(lifecycle_compute_up(region));
	return ERR_SYS;
}

/* The transaction in which the region took note of compute fails. */
static void
test_networks_undone(void **state)
{
	struct fixture *f = *state;
	struct timer *t = timer_new(&f->clock);
	const char *id = fixture_launch(f, "");

	timer_run(t, f->region);
	fixture_forget(f);
	assert_int_equal(task_run(f->region, compute_up_undone, NULL), ERR_SYS);
	assert_int_equal(f->n_sent, 0);
	sweep(f, t);
	assert_int_equal(f->n_sent, 2);
	fixture_finish(f, f->sent[0].number, 0, "", "");
	fixture_finish(f, f->sent[1].number, 0, "", "");
	/* What should be running is looked at. */
	assert_int_equal(f->n_sent, 3);
	assert_string_equal(f->sent[2].text, arena_fmt(f->a, "instance-status instance=%s", id).p);
	timer_free(t);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_launch_cleared_away),
		TEST(test_start_cleared_away),
		TEST(test_relaunch_fails),
		TEST(test_restart_fails),
		TEST(test_networks_not_taken),
		TEST(test_networks_half_taken),
		TEST(test_networks_undone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
