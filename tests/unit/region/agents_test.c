/* agents_test: tests an agent that connects again: which of its links counts, and from when on. */
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

/* The transaction that opens a new link fails: the link before stays and is still sent
 * everything. */
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

/* The old link is closed with the commit that opens the new one, which gets nothing before its
 * hello. */
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
	/* That front then reports the end of the old one changes nothing. */
	agents_closed(f->region, LINK);
	assert_ok(task_run(f->region, fixture_hello, &link));
	resp = push(f, id);
	assert_status(f, &resp, 200);
	assert_int_equal(f->sent[0].number, 8);
}

static int
again(struct region *region, void *ctx)
{
	return agents_again(region, *(uint64_t *)ctx,
	    STR("{\"type\":\"hello\",\"version\":\"1\"}"));
}

static int
again_nonsense(struct region *region, void *ctx)
{
	return agents_again(region, *(uint64_t *)ctx, STR("{\"type\":"));
}

static void
assert_sent(const struct fixture *f, size_t i, uint64_t link, const char *begins)
{
	assert_int_equal(f->sent[i].type, SENT_TEXT);
	assert_int_equal(f->sent[i].number, link);
	assert_memory_equal(f->sent[i].text, begins, strlen(begins));
}

/* An agent that said hello to an earlier core is sent a reset and then everything, and pushes
 * reach it again. */
static void
test_again(void **state)
{
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp = push(f, id);
	uint64_t link = 8;

	assert_status(f, &resp, 200);
	agents_gone(f->region, LINK, LINK); /* with the earlier core */
	fixture_forget(f);
	assert_ok(task_run(f->region, fixture_open, &link));
	assert_int_equal(f->n_sent, 0);
	assert_ok(task_run(f->region, again, &link));
	assert_int_equal(f->n_sent, 5);
	assert_string_equal(f->sent[0].text, "{\"type\":\"reset\"}");
	assert_sent(f, 0, link, "{\"type\":\"reset\"}");
	assert_sent(f, 1, link, "{\"type\":\"signer\"");
	assert_sent(f, 2, link, "{\"type\":\"guest\"");
	assert_sent(f, 3, link, "{\"type\":\"key\"");
	assert_sent(f, 4, link, "{\"type\":\"synced\"}");
	f->request_id = "0a0b0c0d-0000-4000-8000-000000000002";
	resp = push(f, id);
	assert_status(f, &resp, 200);
	assert_int_equal(f->sent[0].number, link);
}

/* A first message that is not a hello is refused here too; to a link that is gone nothing is
 * sent. */
static void
test_again_refused(void **state)
{
	struct fixture *f = *state;
	uint64_t link = 8, gone = 99;

	assert_ok(task_run(f->region, fixture_open, &link));
	fixture_forget(f);
	assert_int_equal(task_run(f->region, again_nonsense, &link), ERR_SYNTAX);
	assert_int_equal(f->n_sent, 0);
	assert_ok(task_run(f->region, again, &gone));
	assert_int_equal(f->n_sent, 0);
}

/* The links of one front go, both ends of its numbers, and no others. */
static void
test_links_of_one_front(void **state)
{
	static const struct {
		uint64_t first, last;
		bool gone;
	} rows[] = {
		{ LINK, LINK, true },
		{ LINK - 3, LINK, true },
		{ LINK, LINK + 3, true },
		{ 0, LINK - 1, false },
		{ LINK + 1, UINT64_MAX, false },
	};
	struct fixture *f = *state;
	const char *id = fixture_launch(f, "");
	struct api_response resp;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		agents_gone(f->region, rows[i].first, rows[i].last);
		f->request_id = arena_fmt(f->a, "0a0b0c0d-0000-4000-8000-00000000000%zu", i).p;
		resp = push(f, id);
		assert_status(f, &resp, rows[i].gone ? 400 : 200);
		fixture_agent_connect(f, LINK);
	}
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_open_undone),
		TEST(test_between_open_and_hello),
		TEST(test_again),
		TEST(test_again_refused),
		TEST(test_links_of_one_front),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
