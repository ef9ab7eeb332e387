/*
 * agents_test: an agent that connects again: which of its links counts, and
 * from when on.
 */
#include "fixture.h"

#include "region/agents.h"

#define ED25519 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGDFlf5L4Yxuc2NIVv3Q4AHsV3k7BOjKFIrxbM5NQKBo"

static struct api_response
push(struct fixture *f, const char *id)
{
	fixture_forget(f);
	return fixture_push(f,
	    arena_fmt(f->a,
		"{\"InstanceId\":\"%s\",\"InstanceOSUser\":\"u\",\"SSHPublicKey\":\"" ED25519 "\"}",
		id)
		.p);
}

static int
open_undone(struct region *region, void *ctx)
{
	assert_ok(fixture_open(region, ctx));
	return ERR_SYS;
}

/* The new link did not come to be: the one before is there, and is fed. */
static void
test_open_undone(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;
	uint64_t link = 8;

	assert_int_equal(task_run(f->region, open_undone, &link), ERR_SYS);
	agents_closed(f->region, link);
	assert_int_equal(f->n_sent, 0);
	resp = push(f, id);
	assert_status(f, &resp, 200);
	assert_int_equal(f->n_sent, 1);
	assert_int_equal(f->sent[0].number, LINK);
	/* And it is the one that is closed when the agent comes again. */
	fixture_forget(f);
	fixture_agent_connect(f, 9);
	assert_int_equal(f->sent[0].type, SENT_CLOSE);
	assert_int_equal(f->sent[0].number, LINK);
	assert_int_equal(f->sent[1].number, 9);
	f->request_id = "0a0b0c0d-0000-4000-8000-000000000002";
	resp = push(f, id);
	assert_status(f, &resp, 200);
	assert_int_equal(f->sent[0].number, 9);
}

/* From the commit on the old link is gone; until its hello the new one has not
 * what it needs. */
static void
test_between_open_and_hello(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;
	uint64_t link = 8;

	assert_ok(task_run(f->region, fixture_open, &link));
	assert_int_equal(f->n_sent, 1);
	assert_int_equal(f->sent[0].type, SENT_CLOSE);
	assert_int_equal(f->sent[0].number, LINK);
	resp = push(f, id);
	assert_status(f, &resp, 400);
	assert_has(f, &resp, "{\"__type\":\"EC2InstanceUnavailableException\"");
	assert_int_equal(f->n_sent, 0);
	/* What front says of the old one then changes nothing. */
	agents_closed(f->region, LINK);
	assert_ok(task_run(f->region, fixture_hello, &link));
	resp = push(f, id);
	assert_status(f, &resp, 200);
	assert_int_equal(f->sent[0].number, 8);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_open_undone),
		TEST(test_between_open_and_hello),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
