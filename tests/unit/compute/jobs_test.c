/*
 * jobs_test: tests jobs with real programs in a driver directory of their own. It waits for ends
 * that poll reports, never for a time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/num.h"
#include "compute/jobs.h"

#define MAX_RESULTS 64
#define ID_A "i-aaaaaaaa"
#define ID_B "i-bbbbbbbb"

struct result {
	uint64_t job;
	uint32_t status;
	char output[128];
	size_t output_n;
	char reason[256];
};

struct fixture {
	char dir[64];
	struct jobs *jobs;
	struct clock clock;
	int64_t ahead_ms; /* of the machine's clock */
	struct result results[MAX_RESULTS];
	size_t n;
};

static int64_t
boot_ms(void *ctx)
{
	return clock_boot_ms(clock_system()) + ((struct fixture *)ctx)->ahead_ms;
}

static void
on_done(void *ctx, const struct jobs_result *r)
{
	struct fixture *f = ctx;
	struct result *ret;

	assert_true(f->n < MAX_RESULTS);
	ret = &f->results[f->n++];
	ret->job = r->job;
	ret->status = r->status;
	ret->output_n = r->output.n;
	snprintf(ret->output, sizeof(ret->output), "%.*s", STR_FMT(str_head(r->output, 100)));
	snprintf(ret->reason, sizeof(ret->reason), "%.*s", STR_FMT(str_head(r->reason, 200)));
}

static void
program(struct fixture *f, const char *name, const char *text)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static int
setup(void **state)
{
	struct fixture *f = xalloc(sizeof(*f));
	struct jobs_opts o = { .state_dir = "/state",
		.timeout_ms = 60000,
		.max_running = 2,
		.done = on_done,
		.ctx = f };

	snprintf(f->dir, sizeof(f->dir), "/tmp/jobs_test.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	f->clock = (struct clock){ boot_ms, boot_ms, f };
	o.driver_dir = f->dir;
	o.clock = &f->clock;
	f->jobs = jobs_new(&o);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	static const char *const names[] = { "instance-stop", "instance-status",
		"instance-terminate", "instance-ingress", "log" };
	struct fixture *f = *state;
	char path[128];
	size_t i;

	jobs_free(f->jobs);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", f->dir, names[i]);
		unlink(path);
	}
	assert_int_equal(rmdir(f->dir), 0);
	xfree(f);
	return 0;
}

static void
submit(struct fixture *f, uint64_t job, const char *verb, const char *id)
{
	const struct verb_option o = { STR("instance"), str_of(id) };

	jobs_submit(f->jobs, job, str_of(verb), &o, 1);
}

/* Turns the loop until n results are there. */
static void
await(struct fixture *f, size_t n)
{
	struct pollfd fds[16];
	size_t k;

	while (f->n < n) {
		k = jobs_poll_fill(f->jobs, fds, 16);
		assert_true(k > 0);
		assert_int_not_equal(poll(fds, k, jobs_poll_ms(f->jobs)), -1);
		jobs_step(f->jobs);
	}
}

static void
test_success(void **state)
{
	struct fixture *f = *state;

	/* The arguments, the environment, and no standard input. */
	program(f, "instance-status",
	    "#!/bin/sh\necho \"$# $1 $2\"\necho \"$EIC_STATE_DIR\"\nenv | grep -c .\ncat\n"
	    "echo one >&2; echo two >&2\n");
	submit(f, 7, "instance-status", ID_A);
	assert_true(jobs_busy(f->jobs));
	await(f, 1);
	assert_false(jobs_busy(f->jobs));
	assert_int_equal(f->results[0].job, 7);
	assert_int_equal(f->results[0].status, 0);
	assert_non_null(strstr(f->results[0].output, "2 --instance " ID_A "\n/state\n"));
	assert_string_equal(f->results[0].reason, "two");
}

static void
test_failure(void **state)
{
	struct fixture *f = *state;

	program(f, "instance-stop", "#!/bin/sh\necho why >&2\nexit 42\n");
	program(f, "instance-status", "#!/bin/sh\nkill -9 $$\n");
	submit(f, 1, "instance-stop", ID_A);
	await(f, 1);
	submit(f, 2, "instance-status", ID_A);
	await(f, 2);
	/* No such program; refused by the table; too many options. */
	submit(f, 3, "instance-terminate", ID_A);
	submit(f, 4, "reboot", ID_A);
	submit(f, 5, "instance-stop", "../etc");
	assert_int_equal(f->n, 5);
	assert_int_equal(f->results[0].status, 42);
	assert_string_equal(f->results[0].reason, "why");
	assert_int_equal(f->results[1].status, 128 + SIGKILL);
	assert_int_equal(f->results[2].status, JOBS_STATUS_NOT_STARTED);
	assert_string_equal(f->results[2].reason, "No such file or directory");
	assert_int_equal(f->results[3].status, JOBS_STATUS_NOT_STARTED);
	assert_string_equal(f->results[3].reason, "no such verb");
	assert_int_equal(f->results[4].status, JOBS_STATUS_NOT_STARTED);
	assert_string_equal(f->results[4].reason, "instance-stop: --instance has a bad value");
}

static void
test_output_is_bounded(void **state)
{
	struct fixture *f = *state;

	program(f, "instance-stop",
	    "#!/bin/sh\nhead -c 1000000 /dev/zero | tr '\\0' x\n"
	    "head -c 100000 /dev/zero | tr '\\0' y >&2\n"
	    "echo >&2; head -c 5000 /dev/zero | tr '\\0' z >&2\n");
	submit(f, 1, "instance-stop", ID_A);
	await(f, 1);
	assert_int_equal(f->results[0].status, 0);
	assert_int_equal(f->results[0].output_n, JOBS_MAX_OUTPUT_BYTES);
	assert_int_equal(f->results[0].output[0], 'x');
	assert_int_equal(f->results[0].reason[0], 'z');
}

/* A daemon that keeps the pipes open does not keep the job. */
static void
test_daemon_left_behind(void **state)
{
	struct fixture *f = *state;
	uint64_t pid;

	program(f, "instance-stop", "#!/bin/sh\nsetsid sleep 1000 &\necho $!\n");
	submit(f, 1, "instance-stop", ID_A);
	await(f, 1);
	assert_int_equal(f->results[0].status, 0);
	assert_int_equal(num_u64_parse(str_trim(str_of(f->results[0].output)), 2, 1u << 30, &pid),
	    0);
	assert_int_equal(kill((pid_t)pid, SIGKILL), 0);
}

/* One id: in order, never side by side. The log would tell. */
static void
test_one_at_a_time(void **state)
{
	struct fixture *f = *state;
	char text[512];
	size_t i;

	snprintf(text, sizeof(text),
	    "#!/bin/sh\necho \"+$0\" >>%s/log\nread x <%s/log\necho \"-$0\" >>%s/log\n"
	    "[ \"$(tail -n 2 %s/log | tr -d '\\n')\" = \"+$0-$0\" ]\n",
	    f->dir, f->dir, f->dir, f->dir);
	program(f, "instance-stop", text);
	program(f, "instance-terminate", text);
	for (i = 0; i < 5; i++) {
		submit(f, 2 * i, "instance-stop", ID_A);
		submit(f, 2 * i + 1, "instance-terminate", ID_A);
	}
	await(f, 10);
	for (i = 0; i < 10; i++) {
		assert_int_equal(f->results[i].job, i);
		assert_int_equal(f->results[i].status, 0);
	}
}

/* Two ids do run side by side: each waits for the other's file. */
static void
test_side_by_side(void **state)
{
	struct fixture *f = *state;
	char text[512];

	snprintf(text, sizeof(text),
	    "#!/bin/sh\n: >%s/$2\n"
	    "while [ ! -e %s/" ID_A " ] || [ ! -e %s/" ID_B " ]; do :; done\n",
	    f->dir, f->dir, f->dir);
	program(f, "instance-stop", text);
	submit(f, 1, "instance-stop", ID_A);
	submit(f, 2, "instance-stop", ID_B);
	await(f, 2);
	snprintf(text, sizeof(text), "%s/" ID_A, f->dir);
	unlink(text);
	snprintf(text, sizeof(text), "%s/" ID_B, f->dir);
	unlink(text);
}

static void
test_timeout(void **state)
{
	struct fixture *f = *state;
	struct pollfd fds[16];

	program(f, "instance-stop", "#!/bin/sh\necho ready\nexec sleep 1000\n");
	program(f, "instance-terminate", "#!/bin/sh\n");
	submit(f, 1, "instance-stop", ID_A);
	submit(f, 2, "instance-terminate", ID_A);
	/* Its first output: it runs. */
	assert_int_equal(jobs_poll_fill(f->jobs, fds, 16), 3);
	assert_int_not_equal(poll(fds, 3, -1), -1);
	jobs_step(f->jobs);
	assert_int_equal(f->n, 0);
	f->ahead_ms = 60001;
	await(f, 2);
	assert_int_equal(f->results[0].job, 1);
	assert_int_equal(f->results[0].status, JOBS_STATUS_TIMEOUT);
	assert_string_equal(f->results[0].reason, "took too long");
	/* The next one of the same id has its turn. */
	assert_int_equal(f->results[1].job, 2);
	assert_int_equal(f->results[1].status, 0);
}

static void
test_too_many(void **state)
{
	struct fixture *f = *state;
	size_t i;

	program(f, "instance-stop", "#!/bin/sh\nexec sleep 1000\n");
	for (i = 0; i < JOBS_MAX_WAITING + 1; i++)
		submit(f, i, "instance-stop", ID_A);
	assert_int_equal(f->n, 0);
	submit(f, i, "instance-stop", ID_A);
	assert_int_equal(f->n, 1);
	assert_int_equal(f->results[0].job, i);
	assert_int_equal(f->results[0].status, JOBS_STATUS_NOT_STARTED);
	assert_string_equal(f->results[0].reason, "too many jobs wait");
}

/* An ingress that waits gives way to the next one for its instance, unless
 * something stands between them or it is another instance's. */
static void
test_ingress_is_superseded(void **state)
{
	const struct verb_option o[] = { { STR("instance"), STR(ID_A) },
		{ STR("ingress"), STR("") } };
	static const struct verb_option b[] = { { { "instance", 8 }, { ID_B, sizeof(ID_B) - 1 } },
		{ { "ingress", 7 }, { "", 0 } } };
	static const uint64_t want[] = { 3, 6, 1, 2, 4, 5, 7 };
	struct fixture *f = *state;
	size_t i, k, seen;

	program(f, "instance-ingress", "#!/bin/sh\n");
	program(f, "instance-stop", "#!/bin/sh\n");
	submit(f, 1, "instance-stop", ID_A);
	submit(f, 2, "instance-stop", ID_B);
	jobs_submit(f->jobs, 3, STR("instance-ingress"), o, 2);
	jobs_submit(f->jobs, 4, STR("instance-ingress"), o, 2); /* instead of 3 */
	submit(f, 5, "instance-stop", ID_A);
	jobs_submit(f->jobs, 6, STR("instance-ingress"), o, 2); /* not instead of 4 */
	jobs_submit(f->jobs, 8, STR("instance-ingress"), b, 2);
	jobs_submit(f->jobs, 7, STR("instance-ingress"), o, 2); /* instead of 6 */
	assert_int_equal(f->n, 2);
	await(f, 8);
	for (i = 0; i < 8; i++) {
		assert_int_equal(f->results[i].status, 0);
		assert_string_equal(f->results[i].reason, i < 2 ? "superseded" : "");
	}
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		for (k = seen = 0; k < f->n; k++)
			seen += f->results[k].job == want[i];
		assert_int_equal(seen, 1);
	}
	assert_int_equal(f->results[0].job, 3);
	assert_int_equal(f->results[1].job, 6);
}

/* Jobs of a core that is gone go on, and are not told to the next one, which
 * counts from the start again. */
static void
test_orphans(void **state)
{
	struct fixture *f = *state;

	program(f, "instance-stop", "#!/bin/sh\nexit 1\n");
	program(f, "instance-status", "#!/bin/sh\necho \"$2\"\n");
	submit(f, 1, "instance-stop", ID_A);
	submit(f, 2, "instance-stop", ID_A);
	submit(f, 3, "instance-terminate", ID_A); /* is not there: cannot start */
	jobs_orphan(f->jobs);
	submit(f, 1, "instance-status", ID_A);
	await(f, 1);
	assert_false(jobs_busy(f->jobs));
	assert_int_equal(f->n, 1);
	assert_int_equal(f->results[0].job, 1);
	assert_int_equal(f->results[0].status, 0);
	assert_string_equal(f->results[0].output, ID_A "\n");
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_success),
		TEST(test_failure),
		TEST(test_output_is_bounded),
		TEST(test_daemon_left_behind),
		TEST(test_one_at_a_time),
		TEST(test_side_by_side),
		TEST(test_timeout),
		TEST(test_too_many),
		TEST(test_ingress_is_superseded),
		TEST(test_orphans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
