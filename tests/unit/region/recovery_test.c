/*
 * recovery_test: tests what happens when core, compute and agents go and come back: everything
 * under way is taken up again, and nothing was sent that was not committed.
 */
#include "fixture.h"

#include "region/signer.h"
#include "region/timer.h"
#include "store/store_active_key.h"

#define RUN "RunInstances&ImageId=" IMAGE "&MinCount=1&MaxCount=1"
#define ED25519 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGDFlf5L4Yxuc2NIVv3Q4AHsV3k7BOjKFIrxbM5NQKBo"

static enum store_instance_state
state_of(struct fixture *f, const char *id)
{
	struct store_instance v;

	assert_ok(store_instance_get(f->st, f->a, str_of(id), &v));
	return v.state;
}

/* Only the memory of core is lost. */
static void
core_restart(struct fixture *f)
{
	fixture_api_free(f);
	fixture_forget(f);
	fixture_api_new(f);
}

static void
compute_up(struct fixture *f)
{
	assert_ok(task_run(f->region, fixture_compute_up, NULL));
}

static const char *
launch_only(struct fixture *f)
{
	struct api_response resp = fixture_ec2(f, RUN);

	assert_status(f, &resp, 200);
	return fixture_element(f, &resp, "instanceId", 0);
}

static void
assert_job(struct fixture *f, size_t i, const char *text)
{
	assert_true(i < f->n_sent);
	assert_int_equal(f->sent[i].type, SENT_JOB);
	if (strncmp(f->sent[i].text, text, strlen(text)) != 0)
		fail_msg("%s, want %s", f->sent[i].text, text);
}

static void
test_networks_first(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");

	core_restart(f);
	compute_up(f);
	assert_int_equal(f->n_sent, 2);
	assert_job(f, 0, "vpc-create vpc=" VPC " cidr=172.31.0.0/16");
	assert_job(f, 1, "subnet-create vpc=" VPC " subnet=" SUBNET " cidr=172.31.0.0/20");
	/* An instance that is asked for now waits for its network. */
	launch_only(f);
	assert_int_equal(f->n_sent, 2);
	fixture_finish(f, f->sent[0].number, 0, "", "");
	assert_int_equal(f->n_sent, 2);
	fixture_finish(f, f->sent[1].number, 0, "", "");
	assert_int_equal(f->n_sent, 4);
	assert_job(f, 2, arena_fmt(f->a, "instance-status instance=%s", id).p);
	assert_job(f, 3, "instance-status instance=i-");
}

/* What the driver says of an instance in a state, and what follows. */
static const struct {
	enum store_instance_state state;
	const char *asked; /* the verb that recovery begins with */
	const char *output;
	const char *then; /* the verb that follows, or NULL */
	enum store_instance_state at_last;
} rows[] = {
	{ STORE_INSTANCE_PENDING, "instance-status", "state=running\n", NULL,
	    STORE_INSTANCE_RUNNING },
	{ STORE_INSTANCE_PENDING, "instance-status", "state=stopped\n", "instance-start",
	    STORE_INSTANCE_RUNNING },
	{ STORE_INSTANCE_PENDING, "instance-status", "state=none\n", "instance-run",
	    STORE_INSTANCE_RUNNING },
	{ STORE_INSTANCE_RUNNING, "instance-status", "state=running\n", NULL,
	    STORE_INSTANCE_RUNNING },
	{ STORE_INSTANCE_RUNNING, "instance-status", "state=stopped\n", "instance-start",
	    STORE_INSTANCE_RUNNING },
	{ STORE_INSTANCE_RUNNING, "instance-status", "state=none\n", "instance-run",
	    STORE_INSTANCE_RUNNING },
	{ STORE_INSTANCE_RUNNING, "instance-status", "nonsense\n", NULL, STORE_INSTANCE_RUNNING },
	{ STORE_INSTANCE_PENDING, "instance-status", "", NULL, STORE_INSTANCE_PENDING },
	{ STORE_INSTANCE_STOPPING, "instance-stop", "", NULL, STORE_INSTANCE_STOPPED },
	{ STORE_INSTANCE_SHUTTING_DOWN, "instance-terminate", "", NULL, STORE_INSTANCE_TERMINATED },
	{ STORE_INSTANCE_STOPPED, NULL, NULL, NULL, STORE_INSTANCE_STOPPED },
};

static void
test_taken_up(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct store_instance v;
	size_t i, first;

	log_set_level(LOG_LEVEL_ERROR + 1);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (state_of(f, id) == STORE_INSTANCE_TERMINATED)
			id = fixture_launch(f, "");
		assert_ok(store_instance_get(f->st, f->a, str_of(id), &v));
		v.state = rows[i].state;
		assert_ok(store_instance_update(f->st, &v));
		core_restart(f);
		compute_up(f);
		fixture_finish(f, f->sent[0].number, 0, "", "");
		fixture_finish(f, f->sent[1].number, 0, "", "");
		if (rows[i].asked == NULL) {
			assert_int_equal(f->n_sent, 2);
			continue;
		}
		assert_int_equal(f->n_sent, 3);
		assert_job(f, 2, rows[i].asked);
		first = f->n_sent;
		fixture_finish(f, f->sent[2].number, 0, rows[i].output, "");
		if (rows[i].then != NULL) {
			assert_int_equal(state_of(f, id), STORE_INSTANCE_PENDING);
			assert_int_equal(f->n_sent, first + 1);
			assert_job(f, first, rows[i].then);
			fixture_finish(f, f->sent[first].number, 0, "", "");
		}
		if (state_of(f, id) != rows[i].at_last)
			fail_msg("row %zu: state %d", i, (int)state_of(f, id));
	}
}

static void
test_compute_lost(void **state)
{
	struct fixture *f = *state;
	const char *id = launch_only(f);
	uint64_t job = f->sent[1].number;
	struct timer *t;

	fixture_forget(f);
	lifecycle_compute_down(f->region);
	f->no_compute = true;
	/* A late word about a job that is forgotten. */
	fixture_finish(f, job, 0, "", "");
	assert_int_equal(state_of(f, id), STORE_INSTANCE_PENDING);
	/* Without compute nothing is sent, and the answer is still true. */
	fixture_ec2(f, arena_fmt(f->a, "TerminateInstances&InstanceId.1=%s", id).p);
	assert_int_equal(state_of(f, id), STORE_INSTANCE_SHUTTING_DOWN);
	assert_int_equal(f->n_sent, 0);
	t = timer_new(&f->clock);
	timer_run(t, f->region);
	assert_int_equal(f->n_sent, 0);
	f->no_compute = false;
	compute_up(f);
	fixture_finish(f, f->sent[0].number, 0, "", "");
	fixture_finish(f, f->sent[1].number, 0, "", "");
	assert_int_equal(f->n_sent, 3);
	assert_job(f, 2, "instance-terminate");
	fixture_finish(f, f->sent[2].number, 0, "", "");
	assert_int_equal(state_of(f, id), STORE_INSTANCE_TERMINATED);
	timer_free(t);
}

/* A stop that fails is tried again by the timer, not for ever at once. */
static void
test_tried_again(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct timer *t = timer_new(&f->clock);

	log_set_level(LOG_LEVEL_ERROR + 1);
	timer_run(t, f->region);
	fixture_ec2(f, arena_fmt(f->a, "StopInstances&InstanceId.1=%s", id).p);
	fixture_finish(f, f->sent[0].number, 1, "", "busy");
	assert_int_equal(state_of(f, id), STORE_INSTANCE_STOPPING);
	assert_int_equal(f->n_sent, 1);
	timer_run(t, f->region);
	assert_int_equal(f->n_sent, 1);
	f->boot_ms += 30000;
	assert_int_equal(timer_left_ms(t), 0);
	timer_run(t, f->region);
	assert_int_equal(f->n_sent, 2);
	assert_job(f, 1, "instance-stop");
	/* While it is in flight, not twice. */
	f->boot_ms += 30000;
	timer_run(t, f->region);
	assert_int_equal(f->n_sent, 2);
	fixture_finish(f, f->sent[1].number, 0, "", "");
	assert_int_equal(state_of(f, id), STORE_INSTANCE_STOPPED);
	timer_free(t);
}

/* Terminating one that is still starting: the end of the start changes nothing. */
static void
test_terminate_pending(void **state)
{
	struct fixture *f = *state;
	const char *id = launch_only(f);
	uint64_t run = f->sent[1].number;

	fixture_ec2(f, arena_fmt(f->a, "TerminateInstances&InstanceId.1=%s", id).p);
	fixture_finish(f, run, 0, "", "");
	assert_int_equal(state_of(f, id), STORE_INSTANCE_SHUTTING_DOWN);
	fixture_finish(f, f->sent[2].number, 0, "", "");
	assert_int_equal(state_of(f, id), STORE_INSTANCE_TERMINATED);
}

/* Groups that let their own members in. */
static void
test_ingress_of_neighbours(void **state)
{
	struct fixture *f = *state;
	struct store_security_group_rule own = { .rule_id = STR("sgr-00000000000000001"),
		.group_id = STR(GROUP),
		.protocol = STR("-1"),
		.from_port = -1,
		.to_port = -1,
		.referenced_group_id = STR(GROUP) };
	const char *a, *b;

	assert_ok(store_security_group_rule_add(f->st, &own));
	a = launch_only(f);
	assert_non_null(
	    strstr(f->sent[1].text, "ingress=-1:0:0:172.31.0.4/32,tcp:22:22:0.0.0.0/0"));
	fixture_finish_all(f, "");
	b = launch_only(f);
	assert_non_null(strstr(f->sent[1].text,
	    "ingress=-1:0:0:172.31.0.4/32,-1:0:0:172.31.0.5/32,tcp:22:22:0.0.0.0/0"));
	fixture_finish(f, f->sent[1].number, 0, "", "");
	/* sent: guest, instance-run, guest, instance-ingress */
	assert_int_equal(f->n_sent, 4);
	assert_string_equal(f->sent[3].text,
	    arena_fmt(f->a,
		"instance-ingress instance=%s ingress=-1:0:0:172.31.0.4/32,"
		"-1:0:0:172.31.0.5/32,tcp:22:22:0.0.0.0/0",
		a)
		.p);
	fixture_forget(f);
	fixture_ec2(f, arena_fmt(f->a, "TerminateInstances&InstanceId.1=%s", b).p);
	fixture_finish(f, f->sent[0].number, 0, "", "");
	assert_string_equal(f->sent[f->n_sent - 1].text,
	    arena_fmt(f->a,
		"instance-ingress instance=%s ingress=-1:0:0:172.31.0.4/32,"
		"tcp:22:22:0.0.0.0/0",
		a)
		.p);
}

/* ---- agents ---- */

static struct api_response
push(struct fixture *f, const char *id)
{
	return fixture_push(f,
	    arena_fmt(f->a,
		"{\"InstanceId\":\"%s\",\"InstanceOSUser\":\"u\",\"SSHPublicKey\":\"" ED25519 "\"}",
		id)
		.p);
}

#define PEM(base64) "-----BEGIN CERTIFICATE-----\\n" base64 "\\n-----END CERTIFICATE-----\\n"

static void
test_hello(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, ""), *gone = fixture_launch(f, "");
	struct api_response resp = push(f, id);
	char signer[41], intermediate[41], root[41];

	assert_status(f, &resp, 200);
	fixture_ec2(f, arena_fmt(f->a, "StopInstances&InstanceId.1=%s", gone).p);
	fixture_finish_all(f, "");
	f->boot_ms += 20000;
	f->wall_ms += 3600000; /* the wall clock jumps: it does not matter */
	core_restart(f);
	fixture_agent_connect(f, 9);
	assert_int_equal(f->n_sent, 4);
	cert_name_sha1(STR("signer"), signer);
	cert_name_sha1(STR("intermediate"), intermediate);
	cert_name_sha1(STR("root"), root);
	assert_string_equal(f->sent[0].text,
	    arena_fmt(f->a,
		"{\"type\":\"signer\",\"signer_id\":\"%s\",\"chain\":\"" PEM("c2lnbmVy")
		    PEM("aW50ZXJtZWRpYXRl") PEM(
			"cm9vdA==") "\",\"staples\":{"
				    "\"%s\":\"Z29vZA==\",\"%s\":\"Z29vZA==\",\"%s\":\"Z29vZA==\"},"
				    "\"algorithm\":\"RSASSA-PSS-SHA256\"}",
		signer, signer, intermediate, root)
		.p);
	assert_non_null(strstr(f->sent[1].text, "{\"type\":\"guest\""));
	assert_non_null(strstr(f->sent[1].text, id));
	assert_non_null(strstr(f->sent[2].text, "{\"type\":\"key\""));
	assert_non_null(strstr(f->sent[2].text, "\"ttl_ms\":40000,"));
	assert_string_equal(f->sent[3].text, "{\"type\":\"synced\"}");
	assert_int_equal(f->sent[3].number, 9);

	/* The same agent again: the link before is closed. */
	fixture_forget(f);
	f->boot_ms += 40000;
	fixture_agent_connect(f, 10);
	assert_int_equal(f->sent[0].type, SENT_CLOSE);
	assert_int_equal(f->sent[0].number, 9);
	/* And the key has ended. */
	assert_int_equal(f->n_sent, 4);
	assert_non_null(strstr(f->sent[2].text, "guest"));
	assert_non_null(strstr(f->sent[3].text, "synced"));
}

static int
open_stranger(struct region *region, void *ctx)
{
	(void)ctx;
	return agents_open(region, 11, STR("another certificate"));
}

struct text {
	uint64_t link;
	const char *text;
};

static int
text_task(struct region *region, void *ctx)
{
	const struct text *t = ctx;

	return agents_text(region, t->link, str_of(t->text));
}

static void
test_strange_agents(void **state)
{
	static const struct {
		const char *text;
		int want;
	} texts[] = {
		{ "{\"type\":\"later\"}", 0 },
		{ "{\"type\":\"hello\",\"version\":\"1\"}", ERR_SYNTAX }, /* twice */
		{ "{\"type\":\"hello\"}", ERR_SYNTAX },
		{ "{\"type\":7}", ERR_SYNTAX },
		{ "{}", ERR_SYNTAX },
		{ "[]", ERR_SYNTAX },
		{ "hello", ERR_SYNTAX },
		{ "", ERR_SYNTAX },
	};
	struct fixture *f = *state;
	struct text t = { .link = LINK };
	size_t i;

	log_set_level(LOG_LEVEL_ERROR);
	assert_int_equal(task_run(f->region, open_stranger, NULL), ERR_DENIED);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		t.text = texts[i].text;
		if (task_run(f->region, text_task, &t) != texts[i].want)
			fail_msg("%s", texts[i].text);
	}
	/* Of a link that is not there, or no more. */
	t = (struct text){ 99, "{\"type\":\"hello\",\"version\":\"1\"}" };
	assert_ok(task_run(f->region, text_task, &t));
	assert_int_equal(f->n_sent, 0);
}

/* ---- the signer ---- */

static void
test_rotation(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct timer *t = timer_new(&f->clock);
	struct str before = arena_str(f->a, signer_id(f->region->signer, SIGNER_RSA));
	struct api_response resp;
	const char *after;
	size_t signed_;

	/* Seven days are left, one is when it is due. */
	timer_run(t, f->region);
	assert_true(str_eq(before, signer_id(f->region->signer, SIGNER_RSA)));
	fixture_forget(f);
	f->wall_ms += INT64_C(6) * 86400 * 1000 - 10000;
	f->boot_ms += 5000;
	resp = push(f, id);
	assert_status(f, &resp, 200);
	f->wall_ms += 11000;
	f->boot_ms += 11000;
	fixture_forget(f);
	signed_ = f->keyd_signed;
	timer_run(t, f->region);
	after = fixture_cstr(f, signer_id(f->region->signer, SIGNER_RSA));
	assert_false(str_eq(before, str_of(after)));
	/* The signer, then the live key signed anew, with what is left of its life. */
	assert_int_equal(f->n_sent, 2);
	assert_non_null(strstr(f->sent[0].text, "{\"type\":\"signer\""));
	assert_non_null(strstr(f->sent[0].text, after));
	assert_non_null(strstr(f->sent[1].text, "{\"type\":\"key\""));
	assert_non_null(strstr(f->sent[1].text, after));
	assert_non_null(strstr(f->sent[1].text, "\"ttl_ms\":49000,"));
	/* And the digest of the audit trail, which was due, too. */
	assert_int_equal(f->keyd_signed, signed_ + 2);
	/* It lasts. */
	core_restart(f);
	assert_string_equal(fixture_cstr(f, signer_id(f->region->signer, SIGNER_RSA)), after);
	fixture_agent_connect(f, 20);
	/* The key in the store is that of the old one: signed anew on the way. */
	assert_non_null(strstr(f->sent[2].text, "{\"type\":\"key\""));
	assert_non_null(strstr(f->sent[2].text, after));
	timer_free(t);
}

static void
test_staples(void **state)
{
	struct fixture *f = *state;
	struct timer *t = timer_new(&f->clock);
	int64_t times[] = { 0, 21539, 40, -86400 };
	size_t texts[] = { 0, 0, 1, 1 }, i;

	/* Half of the twelve hours that the response has, whatever the next one will
	 * have; and when the clock is set back. */
	f->settings.ocsp_lifetime_s = 86400;
	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		f->wall_ms += times[i] * 1000;
		f->boot_ms += 5000;
		timer_run(t, f->region);
		if (f->n_sent != texts[i])
			fail_msg("step %zu: %zu texts", i, f->n_sent);
		fixture_forget(f);
	}
	/* keyd is not there: nothing changes, and the next turn tries again. */
	log_set_level(LOG_LEVEL_ERROR + 1);
	f->wall_ms += 86400 * 1000;
	f->boot_ms += 5000;
	f->keyd_error = ERR_UNAVAIL;
	timer_run(t, f->region);
	assert_int_equal(f->n_sent, 0);
	f->keyd_error = 0;
	f->boot_ms += 5000;
	timer_run(t, f->region);
	assert_int_equal(f->n_sent, 1);
	timer_free(t);
}

static void
test_keys_expire(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct store_active_key_now now = { .boot_ms = BOOT_MS,
		.wall_ms = NOW_S * INT64_C(1000),
		.lifetime_ms = 60000 };
	struct timer *t = timer_new(&f->clock);
	struct store_active_key *v;
	struct api_response resp = push(f, id);
	size_t n;

	assert_status(f, &resp, 200);
	timer_run(t, f->region);
	now.boot_id = str_of(f->region->boot_id);
	assert_ok(store_active_key_list(f->st, f->a, str_of(id), &now, &v, &n));
	assert_int_equal(n, 1);
	f->boot_ms += 60000;
	timer_run(t, f->region);
	/* Gone from the store, also when the clock is asked about the past. */
	assert_ok(store_active_key_list(f->st, f->a, str_of(id), &now, &v, &n));
	assert_int_equal(n, 0);
	timer_free(t);
}

/* ---- commits ---- */

static void
test_batch(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_request reqs[3];
	struct api_response resps[3];
	const char *body = arena_fmt(f->a,
	    "{\"InstanceId\":\"%s\",\"InstanceOSUser\":\"u\","
	    "\"SSHPublicKey\":\"" ED25519 "\"}",
	    id)
			       .p;

	reqs[0] = fixture_json_request(f, "AWSEC2InstanceConnectService.SendSSHPublicKey", body);
	reqs[1] = fixture_query_request(f, "ec2", "Action=MakeCoffee&Version=2016-11-15");
	f->request_id = "another";
	reqs[2] = fixture_json_request(f, "AWSEC2InstanceConnectService.SendSSHPublicKey", body);
	batch_run(f->api, reqs, 3, f->a, resps);
	assert_int_equal(resps[0].status, 200);
	assert_int_equal(resps[1].status, 400);
	assert_int_equal(resps[2].status, 200);
	assert_has(f, &resps[2], "{\"RequestId\":\"another\"");
}

/* The store fails in the middle of a batch: no answer of it claims a success,
 * in the form of each one's protocol, and nothing of it has left. */
static void
test_failed_commit(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	size_t before = fixture_audit(f, NULL);
	struct api_request reqs[2];
	struct api_response resps[2];

	log_set_level(LOG_LEVEL_ERROR + 1);
	reqs[0] = fixture_json_request(f, "AWSEC2InstanceConnectService.SendSSHPublicKey",
	    arena_fmt(f->a,
		"{\"InstanceId\":\"%s\",\"InstanceOSUser\":\"u\",\"SSHPublicKey\":\"" ED25519 "\"}",
		id)
		.p);
	reqs[1] = fixture_query_request(f, "ec2", "Action=" RUN "&Version=2016-11-15");
	fixture_disk_full(true);
	batch_run(f->api, reqs, 2, f->a, resps);
	fixture_disk_full(false);
	assert_int_equal(resps[0].status, 500);
	assert_has(f, &resps[0], "{\"__type\":\"ServiceException\"");
	assert_int_equal(resps[1].status, 500);
	assert_has(f, &resps[1], "<Code>InternalError</Code>");
	assert_int_equal(f->n_sent, 0);
	assert_int_equal(fixture_audit(f, NULL), before);
	/* And afterwards all is well. */
	batch_run(f->api, reqs, 2, f->a, resps);
	assert_int_equal(resps[0].status, 200);
	assert_int_equal(resps[1].status, 200);
	/* Only what this batch caused: a key, a guest and a job. */
	assert_int_equal(f->n_sent, 3);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_networks_first),
		TEST(test_taken_up),
		TEST(test_compute_lost),
		TEST(test_tried_again),
		TEST(test_terminate_pending),
		TEST(test_ingress_of_neighbours),
		TEST(test_hello),
		TEST(test_strange_agents),
		TEST(test_rotation),
		TEST(test_staples),
		TEST(test_keys_expire),
		TEST(test_batch),
		TEST(test_failed_commit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
