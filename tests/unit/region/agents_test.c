/* agents_test: tests an agent that connects again: which of its links counts, and from when on;
 * and one whose clock is wrong. */
#include "fixture.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
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

/* ---- the clock of an agent ---- */

struct told {
	uint64_t link;
	int64_t now_s;
};

static int
tell_time(struct region *region, void *ctx)
{
	const struct told *t = ctx;
	char text[80];

	snprintf(text, sizeof(text), "{\"type\":\"clock\",\"now\":%lld}", (long long)t->now_s);
	return agents_text(region, t->link, str_of(text));
}

/* A push succeeds as ever; what it logs. */
static const char *
push_logged(struct fixture *f, const char *id, const char *request)
{
	int fd = memfd_create("log", MFD_CLOEXEC), keep = dup(STDERR_FILENO);
	struct api_response resp;
	char *text = arena_alloc(f->a, 2000);
	ssize_t n;

	log_set_level(LOG_LEVEL_WARN);
	assert_true(fd != -1 && keep != -1 && dup2(fd, STDERR_FILENO) != -1);
	f->request_id = request;
	resp = push(f, id);
	assert_true(dup2(keep, STDERR_FILENO) != -1);
	close(keep);
	assert_true((n = pread(fd, text, 1999, 0)) >= 0);
	close(fd);
	text[n] = '\0';
	assert_status(f, &resp, 200);
	assert_string_equal(fixture_cstr(f, resp.body),
	    arena_fmt(f->a, "{\"RequestId\":\"%s\",\"Success\":true}", request).p);
	assert_int_equal(f->n_sent, strcmp(request, REQUEST_ID) == 0 ? 1 : 2);
	return text;
}

static void
test_clock_that_differs(void **state)
{
	static const struct {
		int64_t ahead_s;
		const char *why; /* NULL: no line */
	} rows[] = {
		{ 0, NULL },
		{ 10, NULL },
		{ 11, "keys end there before their time" },
		{ 75, "keys end there before their time" },
		{ -60, NULL },
		{ -61, "keys there are from the future" },
		{ INT64_C(4000000000), "keys end there before their time" },
	};
	struct fixture *f = *state;
	const char *id = fixture_launch(f, ""), *log;
	struct told t = { .link = LINK };
	size_t i;

	/* An agent of an earlier version says nothing of it. */
	assert_string_equal(push_logged(f, id, REQUEST_ID), "");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		f->boot_ms += 60000; /* a line is due again */
		t.now_s = f->wall_ms / 1000 + rows[i].ahead_s;
		assert_ok(task_run(f->region, tell_time, &t));
		log = push_logged(f, id,
		    arena_fmt(f->a, "0a0b0c0d-0000-4000-8000-00000000001%zu", i).p);
		if (rows[i].why == NULL) {
			assert_string_equal(log, "");
			continue;
		}
		assert_non_null(strstr(log,
		    arena_fmt(f->a,
			" ev=agent-clock agent=\"agent-1\" instance=\"%s\" request="
			"\"0a0b0c0d-0000-4000-8000-00000000001%zu\" ahead_s=%lld why=\"%s\"\n",
			id, i, (long long)rows[i].ahead_s, rows[i].why)
			.p));
		/* Behind its time, which has 24 bytes. */
		assert_true(str_starts(str_from(str_of(log), 24), STR(" warn ")));
	}
	/* Once a minute, not for each push. */
	f->boot_ms += 59999;
	assert_string_equal(push_logged(f, id, "0a0b0c0d-0000-4000-8000-000000000021"), "");
	f->boot_ms++;
	assert_string_not_equal(push_logged(f, id, "0a0b0c0d-0000-4000-8000-000000000022"), "");
	/* It is put right. */
	t.now_s = f->wall_ms / 1000;
	assert_ok(task_run(f->region, tell_time, &t));
	f->boot_ms += 60000;
	assert_string_equal(push_logged(f, id, "0a0b0c0d-0000-4000-8000-000000000023"), "");
}

/* A time that is no time ends the connection, as any nonsense; to a link that is gone it is
 * nothing. */
static void
test_clock_refused(void **state)
{
	struct fixture *f = *state;
	struct told none = { .link = LINK, .now_s = -1 }, gone = { .link = 99, .now_s = NOW_S };

	assert_int_equal(task_run(f->region, tell_time, &none), ERR_SYNTAX);
	assert_ok(task_run(f->region, tell_time, &gone));
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
		TEST(test_clock_that_differs),
		TEST(test_clock_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
