/*
 * outbox_test: tests that more than can be sent is an error of who sends it, and that nothing of
 * it leaves.
 */
#include "fixture.h"

#define PIECE (8u << 20)

/* Puts in texts until one does not fit; how many did. */
static size_t
fill(struct region *region)
{
	char *bytes = xalloc(PIECE);
	size_t n = 0;

	while (outbox_err(region->outbox) == 0 && n < 1000) {
		outbox_text(region->outbox, LINK, str_of_n(bytes, PIECE));
		n++;
	}
	xfree(bytes);
	return n - 1;
}

static void
test_full(void **state)
{
	const struct compute_option o = { STR("instance"), STR("i-1") };
	struct fixture *f = *state;
	struct outbox *box = f->region->outbox;
	size_t mark, fitted;

	outbox_text(box, LINK, STR("first"));
	mark = outbox_mark(box);
	fitted = fill(f->region);
	assert_in_range(fitted, 20, 31);
	assert_int_equal(outbox_err(box), ERR_FULL);
	/* What would fit is left out as well: a part of a change is not sent. */
	outbox_text(box, LINK, STR("small"));
	outbox_close(box, LINK, 1000, STR("small"));
	outbox_job(box, 1, STR("instance-stop"), &o, 1);
	assert_int_equal(outbox_mark(box), mark + fitted);
	/* Undoing only what came after the first that did not fit mends nothing. */
	outbox_undo(box, mark + fitted);
	assert_int_equal(outbox_err(box), 0);
	fill(f->region);
	outbox_undo(box, mark);
	assert_int_equal(outbox_err(box), 0);
	outbox_deliver(box, &f->front, &f->compute);
	assert_int_equal(f->n_sent, 1);
	assert_string_equal(f->sent[0].text, "first");
	/* Emptied, it has room again. */
	assert_in_range(fill(f->region), fitted, fitted + 1);
	outbox_undo(box, 0);
}

static int
fill_task(struct region *region, void *ctx)
{
	(void)ctx;
	fill(region);
	return store_meta_set(region->store, STR("x"), STR("y"));
}

/* A transaction that cannot send everything is undone as a whole. */
static void
test_task(void **state)
{
	struct fixture *f = *state;
	struct str v;

	log_set_level(LOG_LEVEL_ERROR + 1);
	assert_int_equal(task_run(f->region, fill_task, NULL), ERR_FULL);
	assert_int_equal(f->n_sent, 0);
	assert_int_equal(store_meta_get(f->st, f->a, STR("x"), &v), ERR_NOTFOUND);
	assert_int_equal(outbox_err(f->region->outbox), 0);
}

/* An action whose effect cannot be sent fails in its protocol's form, and has done nothing. */
static void
test_action(void **state)
{
	struct fixture *f = *state;
	struct api_request rq = fixture_query_request(f, "ec2",
	    "Action=RunInstances&Version=2016-11-15&ImageId=" IMAGE "&MinCount=1&MaxCount=1");
	struct api_response resp;
	size_t fitted;

	log_set_level(LOG_LEVEL_ERROR + 1);
	fitted = fill(f->region);
	resp = fixture_run(f, &rq);
	assert_status(f, &resp, 500);
	assert_has(f, &resp, "<Code>InternalError</Code>");
	assert_int_equal(f->n_sent, fitted);
	resp = fixture_ec2(f, "DescribeInstances");
	assert_has_not(f, &resp, "<instanceId>");
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_full),
		TEST(test_task),
		TEST(test_action),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
