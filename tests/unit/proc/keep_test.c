/*
 * keep_test: tests the file that a role may have its parent replace: what is written, who gets it
 * and when, and who may not.
 */
#include "supervise_rig.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A role that keeps a file, and one that does not. */
struct keeping {
	struct rig r;
	char dir[64], path[96];
	struct supervise_row rows[3];
};

static void
start(struct keeping *k)
{
	struct supervise_opts o;
	size_t i;

	snprintf(k->dir, sizeof(k->dir), "/tmp/keep_test.XXXXXX");
	assert_non_null(mkdtemp(k->dir));
	snprintf(k->path, sizeof(k->path), "%s/kept", k->dir);
	rig_init(&k->r);
	memcpy(k->rows, rig_rows, sizeof(k->rows));
	k->rows[0].files[1] =
	    (struct supervise_file){ .name = "kept", .path = k->path, .kept = true };
	o = rig_opts(&k->r);
	o.rows = k->rows;
	assert_int_equal(supervise_new(&o, STR("one"), &k->r.s), 0);
	rig_settle(&k->r);
	for (i = 0; i < N; i++)
		rig_ready(&k->r, i);
	rig_heard(&k->r, FRONT, "peer 3.0 conf=one certificate listener go ");
}

static void
release(struct keeping *k)
{
	rig_release(&k->r);
	(void)unlink(k->path);
	assert_int_equal(rmdir(k->dir), 0);
}

static void
keep(struct keeping *k, size_t who, const char *name, const char *bytes)
{
	struct ipc_out m;

	ipc_begin(&m, MSG_CTL_KEEP);
	ipc_put_str(&m, str_of(name));
	ipc_put_str(&m, str_of(bytes));
	assert_int_equal(ipc_send(k->r.fakes[who].control, &m, -1), 0);
	rig_settle(&k->r);
}

static void
assert_kept(const struct keeping *k, const char *want)
{
	char text[64] = "";
	struct stat st;
	FILE *f = fopen(k->path, "r");

	assert_non_null(f);
	assert_true(fread(text, 1, sizeof(text) - 1, f) == strlen(want));
	assert_int_equal(fstat(fileno(f), &st), 0);
	fclose(f);
	assert_string_equal(text, want);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void
written_and_given_back(void **state)
{
	struct keeping k;
	size_t i;

	(void)state;
	start(&k);
	keep(&k, FRONT, "kept", "a key");
	assert_kept(&k, "a key");
	rig_heard(&k.r, FRONT, "conf=one certificate kept reload ");
	/* Nobody else has it; who is started again has it from the start. */
	rig_heard(&k.r, CORE, "peer 2.0 peer 4.0 peer 4.1 conf=one go ");
	rig_end(&k.r.fakes[FRONT], SIGSEGV);
	rig_settle(&k.r);
	rig_pass(&k.r, 50);
	i = k.r.n_fakes - 1;
	rig_heard(&k.r, i, "peer 3.0 conf=one certificate kept listener go ");
	rig_ready(&k.r, i);
	/* It need not be often, and then is not written. */
	keep(&k, i, "kept", "another");
	assert_kept(&k, "a key");
	rig_heard(&k.r, i, "");
	rig_pass(&k.r, 5000);
	keep(&k, i, "kept", "another");
	assert_kept(&k, "another");
	rig_heard(&k.r, i, "conf=one certificate kept reload ");
	release(&k);
}

/* Where it cannot be written, the role goes on as before and hears nothing. */
static void
what_cannot_be_written(void **state)
{
	struct keeping k;

	(void)state;
	start(&k);
	assert_int_equal(mkdir(k.path, 0700), 0);
	keep(&k, FRONT, "kept", "a key");
	rig_heard(&k.r, FRONT, "");
	assert_int_equal(k.r.fakes[FRONT].killed, 0);
	assert_int_equal(rmdir(k.path), 0);
	release(&k);
}

/* Who has no such file, or says nonsense, is killed; nothing is written. */
static void
who_may_not(void **state)
{
	static const struct {
		size_t who;
		const char *name;
	} rows[] = { { CORE, "kept" }, { FRONT, "certificate" }, { FRONT, "conf" }, { FRONT, "" } };
	struct keeping k;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start(&k);
		keep(&k, rows[i].who, rows[i].name, "a key");
		assert_int_equal(k.r.fakes[rows[i].who].killed, SIGKILL);
		assert_int_equal(access(k.path, F_OK), -1);
		release(&k);
	}
	start(&k);
	rig_say(&k.r, FRONT, MSG_CTL_KEEP, (const uint8_t *)"\0\0\0\4kept", 8);
	assert_int_equal(k.r.fakes[FRONT].killed, SIGKILL);
	release(&k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_and_given_back),
		cmocka_unit_test(what_cannot_be_written),
		cmocka_unit_test(who_may_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
