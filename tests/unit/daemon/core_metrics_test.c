/* core_metrics_test: tests the text of the metrics and the file that it is in. */
#include <fcntl.h>
#include <sys/stat.h>

#include "fixture.h"
#include "journal.h"

#include "api/batch.h"
#include "daemon/core_metrics.h"
#include "daemon/core_metrics_text.h"

static void
test_text(void **state)
{
	static const char want[] =
	    "# HELP openeic_build_info The version that runs.\n"
	    "# TYPE openeic_build_info gauge\n"
	    "openeic_build_info{version=\"1.2\"} 1\n"
	    "# HELP openeic_start_timestamp_seconds When the counters began at 0.\n"
	    "# TYPE openeic_start_timestamp_seconds gauge\n"
	    "openeic_start_timestamp_seconds 1700000000\n"
	    "# HELP openeic_answers_total Answers to requests, by service and HTTP status.\n"
	    "# TYPE openeic_answers_total counter\n"
	    "openeic_answers_total{service=\"ec2-instance-connect\",status=\"200\"} 7\n"
	    "openeic_answers_total{service=\"iam\",status=\"403\"} 18446744073709551615\n"
	    "openeic_answers_total{service=\"cloudtrail\",status=\"599\"} 1\n"
	    "# HELP openeic_agents Agents that are connected.\n"
	    "# TYPE openeic_agents gauge\n"
	    "openeic_agents 3\n"
	    "# HELP openeic_export_waits 1: the audit trail cannot be exported for now.\n"
	    "# TYPE openeic_export_waits gauge\n"
	    "openeic_export_waits 1\n"
	    "# HELP openeic_certificate_end_timestamp_seconds When the newest certificate of each "
	    "kind ends.\n"
	    "# TYPE openeic_certificate_end_timestamp_seconds gauge\n"
	    "openeic_certificate_end_timestamp_seconds{certificate=\"root\"} 2000000000\n"
	    "openeic_certificate_end_timestamp_seconds{certificate=\"signer\"} 1700000001\n"
	    "# HELP openeic_filesystem_free_bytes What is free of the file system that holds the "
	    "database, or the export of the trail.\n"
	    "# TYPE openeic_filesystem_free_bytes gauge\n"
	    "openeic_filesystem_free_bytes{holds=\"export\"} 0\n"
	    "# HELP openeic_filesystem_size_bytes How large that file system is.\n"
	    "# TYPE openeic_filesystem_size_bytes gauge\n"
	    "openeic_filesystem_size_bytes{holds=\"export\"} 4096\n";
	struct watch_facts watch = {
		.ends_at = { [WATCH_ROOT] = 2000000000, [WATCH_SIGNER] = 1700000001 },
		.space = { [MACHINE_EXPORT] = { 0, 4096 } }
	};
	struct answer_counts counts = { 0 };
	const struct metrics_facts v = { .watch = &watch,
		.counts = &counts,
		.agents = 3,
		.export_waits = true,
		.started_at = 1700000000 };
	struct buf out;

	(void)state;
	counts.answers[SERVICE_CONNECT][0] = 7;
	counts.answers[SERVICE_IAM][203] = UINT64_MAX;
	counts.answers[SERVICE_CLOUDTRAIL][399] = 1;
	buf_init(&out, 1u << 16);
	core_metrics_text(&v, "1.2", &out);
	assert_ok(buf_err(&out));
	assert_int_equal(buf_view(&out).n, sizeof(want) - 1);
	assert_memory_equal(buf_view(&out).p, want, sizeof(want) - 1);
	buf_release(&out);
}

/* The file as it is now; NULL: there is none. */
static const char *
text_of(struct fixture *f, const char *name)
{
	const char *path = arena_fmt(f->a, "%s/%s", f->dir, name).p;
	int fd = open(path, O_RDONLY);
	struct stat st;
	char *text;

	if (fd == -1)
		return NULL;
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	text = arena_alloc(f->a, (size_t)st.st_size + 1);
	assert_int_equal(read(fd, text, (size_t)st.st_size), st.st_size);
	close(fd);
	return text;
}

static void
test_file(void **state)
{
	struct fixture *f = *state;
	struct core_metrics *m = core_metrics_new(f->dir, &f->clock);
	struct api_response resp;
	struct api_request rq;

	umask(022);
	core_metrics_step(m, f->region, f->api);
	assert_null(strstr(text_of(f, "eicd.prom"), "service=\"iam\""));
	resp = fixture_iam(f, "ListUsers");
	assert_int_equal(resp.status, 200);
	resp = fixture_iam(f, "GetUser&UserName=nobody");
	assert_int_equal(resp.status, 404);
	rq = fixture_query_request(f, "sts", "Action=GetCallerIdentity&Version=2011-06-15");
	batch_turn_away(f->api, &rq, f->a, &resp);
	f->boot_ms += 14999;
	core_metrics_step(m, f->region, f->api);
	assert_null(strstr(text_of(f, "eicd.prom"), "service=\"iam\""));
	f->boot_ms++;
	core_metrics_step(m, f->region, f->api);
	assert_non_null(strstr(text_of(f, "eicd.prom"), "{service=\"iam\",status=\"200\"} 1\n"));
	assert_non_null(strstr(text_of(f, "eicd.prom"), "{service=\"iam\",status=\"404\"} 1\n"));
	assert_non_null(strstr(text_of(f, "eicd.prom"), "{service=\"sts\",status=\"400\"} 1\n"));
	assert_null(text_of(f, "eicd.prom.new"));
	core_metrics_free(m);
}

/* A directory that is gone costs a line a minute, and nothing else. */
static void
test_no_directory(void **state)
{
	struct fixture *f = *state;
	struct core_metrics *m = core_metrics_new("/nowhere", &f->clock);
	struct journal j = journal_begin();
	const char *log;
	int i;

	for (i = 0; i < 5; i++) {
		core_metrics_step(m, f->region, f->api);
		f->boot_ms += 15000;
	}
	log = journal_end(f, &j);
	assert_int_equal(journal_lines(log, "ev=metrics file=\"/nowhere/eicd.prom.new\" why="), 2);
	core_metrics_free(m);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		TEST(test_file),
		TEST(test_no_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
