/*
 * transaction_test: tests groups and savepoints, and what is left when the disk fails or is full,
 * or the process is killed.
 */
#include "fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "fault_vfs.h"
#include "store/db.h"
#include "store/store_active_key.h"
#include "store/store_audit.h"
#include "store/store_meta.h"

#define GROUP 3
#define REPEAT_EACH 16

/* What every push leaves behind: a key and its audit event. */
static int
push(struct store *st, int group, int i)
{
	struct store_audit_resource resource = { STR("AWS::EC2::Instance"), STR("i-1") };
	char id[32];
	struct store_active_key key = { .instance_id = STR("i-1"),
		.os_user = STR("ec2-user"),
		.entry = STR("#Timestamp=60\n"),
		.expires_at = 60,
		.boot_id = STR("b"),
		.boot_deadline_ms = 60000 };
	struct store_audit_event event = { .account_id = ACCOUNT,
		.event_at = 1 + group,
		.event_name = STR("SendSSHPublicKey"),
		.record = STR("{}"),
		.resources = &resource,
		.n_resources = 1 };
	int r;

	snprintf(id, sizeof(id), "%d-%d", group, i);
	key.request_id = event.event_id = event.request_id = str_of(id);
	if ((r = store_active_key_add(st, &key)) != 0)
		return r;
	return store_audit_add(st, &event);
}

/* As core does it: each request in a savepoint, one commit. */
static int
push_group(struct store *st, int group, int n)
{
	int r;

	if ((r = store_begin(st)) != 0)
		return r;
	for (int i = 0; i < n; i++) {
		if (store_savepoint(st) != 0)
			continue;
		if (push(st, group, i) == 0)
			(void)!store_release(st);
		else
			(void)!store_undo(st);
	}
	return store_commit(st);
}

/* The number of pushes in the store; keys and events must agree. */
static size_t
count(struct fixture *f)
{
	struct store_active_key_now now = { STR("b"), 0, 0, 60000 };
	struct store_audit_query q = { .account_id = ACCOUNT,
		.to_at = INT64_MAX,
		.limit = STORE_PAGE_MAX };
	struct store_audit_event *events;
	struct store_active_key *keys;
	size_t n_keys, n_events = 0, n;

	arena_reset(f->a);
	assert_ok(store_active_key_list(f->st, f->a, STR("i-1"), &now, &keys, &n_keys));
	do {
		assert_ok(store_audit_lookup(f->st, f->a, &q, &events, &n));
		for (size_t i = 0; i < n; i++)
			assert_int_equal(events[i].n_resources, 1);
		n_events += n;
		if (n > 0) {
			q.before_at = events[n - 1].event_at;
			q.before_place = events[n - 1].place;
		}
	} while (n == STORE_PAGE_MAX);
	assert_int_equal(n_keys, n_events);
	return n_keys;
}

static int
setup(void **state)
{
	struct store_instance i1 = fixture_instance(STR("i-1"));
	struct fixture *f;

	fixture_network(state);
	f = *state;
	assert_ok(store_instance_add(f->st, &i1));
	return 0;
}

/* ---- groups ---- */

static void
commit_keeps_rollback_forgets(void **state)
{
	struct fixture *f = *state;

	assert_ok(push_group(f->st, 1, GROUP));
	assert_ok(store_begin(f->st));
	assert_ok(push(f->st, 2, 0));
	assert_int_equal(count(f), GROUP + 1);
	store_rollback(f->st);
	store_rollback(f->st);
	assert_int_equal(count(f), GROUP);
	assert_ok(store_begin(f->st));
	assert_ok(push(f->st, 2, 0));
	fixture_reopen(f); /* closed inside: rolled back */
	assert_int_equal(count(f), GROUP);
	assert_ok(push(f->st, 2, 0)); /* each write on its own */
	fixture_reopen(f);
	assert_int_equal(count(f), GROUP + 1);
}

static void
savepoint_undoes_one_request(void **state)
{
	struct fixture *f = *state;

	assert_ok(store_begin(f->st));
	assert_ok(store_savepoint(f->st));
	assert_ok(push(f->st, 1, 0));
	assert_ok(store_release(f->st));
	assert_ok(store_savepoint(f->st));
	assert_ok(push(f->st, 1, 1));
	assert_int_equal(push(f->st, 1, 0), ERR_EXISTS);
	assert_ok(store_undo(f->st));
	assert_ok(store_savepoint(f->st));
	assert_ok(push(f->st, 1, 2));
	assert_ok(store_release(f->st));
	assert_int_equal(count(f), 2);
	assert_ok(store_commit(f->st));
	assert_int_equal(count(f), 2);
	assert_ok(push(f->st, 1, 1));
	assert_int_equal(count(f), 3);
}

/* When commit has returned, every byte of the log was synced. */
static void
commit_is_on_the_disk(void **state)
{
	struct fixture *f = *state;

	for (int g = 0; g < 20; g++) {
		assert_ok(store_begin(f->st));
		assert_ok(push(f->st, g, 0));
		fault.unsynced = -1;
		assert_ok(store_commit(f->st));
		assert_int_equal(fault.unsynced, 0); /* -1: nothing was synced */
	}
	fault.unsynced = -1;
	assert_ok(push(f->st, 20, 0));
	assert_int_equal(fault.unsynced, 0);
}

static void
misuse_is_asserted(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 5; i++) {
		int status;
		pid_t pid = fork();

		assert_int_not_equal(pid, -1);
		if (pid == 0) {
			signal(SIGABRT, SIG_DFL);
			close(STDERR_FILENO);
			if (i == 0 && store_begin(f->st) == 0)
				(void)!store_begin(f->st);
			if (i == 1)
				(void)!store_savepoint(f->st);
			if (i == 2 && store_begin(f->st) == 0 && store_savepoint(f->st) == 0)
				(void)!store_commit(f->st);
			if (i == 3)
				(void)!store_commit(f->st);
			if (i == 4 && store_begin(f->st) == 0)
				(void)!store_release(f->st);
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	}
}

/* ---- faults ---- */

static void
copy_file(const char *from, const char *to)
{
	static char bytes[65536];
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ssize_t n;

	assert_true(in >= 0 && out >= 0);
	while ((n = read(in, bytes, sizeof(bytes))) > 0)
		assert_int_equal(write(out, bytes, (size_t)n), n);
	close(in);
	close(out);
}

/* The store with one group in it, as it was before the round. */
static void
restore(struct fixture *f, const char *template)
{
	store_close(f->st);
	f->st = NULL;
	db_file_remove(f->path);
	copy_file(template, f->path);
}

static void
make_template(struct fixture *f, char *template, size_t cap)
{
	snprintf(template, cap, "%s/template", f->dir);
	assert_ok(push_group(f->st, 0, GROUP));
	store_close(f->st);
	f->st = NULL;
	copy_file(f->path, template);
}

/* Lets each operation of open and of a group fail in turn. Whatever fails,
 * the group is there as a whole if and only if commit said so. */
static void
fail_each(struct fixture *f, enum fault_kind kind, int full)
{
	char template[100];
	int opened = 0, refused = 0, failed = 0, n = 0, r;
	struct errinfo ei;

	make_template(f, template, sizeof(template));
	do {
		restore(f, template);
		fault_arm(kind, ++n);
		ei.text[0] = '\0';
		r = store_open(f->path, &f->st, &ei);
		if (r != 0) {
			assert_true(ei.text[0] != '\0');
			refused++;
			fault.kind = FAULT_NONE;
			fixture_reopen(f);
			assert_int_equal(count(f), GROUP);
			continue;
		}
		opened++;
		r = push_group(f->st, 1, GROUP);
		if (r != 0 && r != full && r != ERR_STORE)
			fail_msg("operation %d: %s", n, err_text(r));
		failed += r != 0;
		fault.kind = FAULT_NONE;
		assert_int_equal(count(f), r == 0 ? 2 * GROUP : GROUP);
		/* the store is good again at once, and after a restart */
		assert_ok(push_group(f->st, 2, GROUP));
		assert_int_equal(count(f), r == 0 ? 3 * GROUP : 2 * GROUP);
		fixture_reopen(f);
		assert_int_equal(count(f), r == 0 ? 3 * GROUP : 2 * GROUP);
	} while (fault.hits > 0);
	assert_true(opened > 5 && failed > 5);
	assert_true(refused > 5 || kind == FAULT_FULL);
	unlink(template);
}

static void
any_one_failure_leaves_nothing_half(void **state)
{
	fail_each(*state, FAULT_ONCE, ERR_STORE);
}

static void
lasting_failure_leaves_nothing_half(void **state)
{
	fail_each(*state, FAULT_ALWAYS, ERR_STORE);
}

static void
full_disk_leaves_nothing_half(void **state)
{
	fail_each(*state, FAULT_FULL, ERR_FULL);
}

/* When one request of a group meets the failure, those before it are gone too:
 * none may be answered with success. */
static void
failure_dooms_the_group(void **state)
{
	struct fixture *f = *state;
	struct store_active_key_now now = { STR("b"), 0, 0, 60000 };
	struct store_active_key *keys;
	struct errinfo ei = { "" };
	bool doomed = false;
	size_t n;

	assert_ok(store_begin(f->st));
	assert_ok(store_savepoint(f->st));
	assert_ok(push(f->st, 1, 0));
	assert_ok(store_release(f->st));
	assert_ok(store_savepoint(f->st));
	fault_arm(FAULT_FULL, 1);
	/* until the cache spills to the disk */
	for (int i = 1; i < 100000 && !doomed; i++) {
		int r = push(f->st, 1, i);

		doomed = r != 0;
		if (doomed)
			assert_int_equal(r, ERR_FULL);
	}
	assert_true(doomed);
	store_error(f->st, &ei);
	assert_non_null(strstr(ei.text, "full"));
	fault.kind = FAULT_NONE;
	/* the fault is over, and still nothing goes on in this transaction */
	assert_int_equal(push(f->st, 1, 0), ERR_FULL);
	assert_int_equal(store_active_key_list(f->st, f->a, STR("i-1"), &now, &keys, &n), ERR_FULL);
	assert_int_equal(store_undo(f->st), ERR_FULL);
	assert_int_equal(store_savepoint(f->st), ERR_FULL);
	assert_int_equal(store_commit(f->st), ERR_FULL);
	assert_int_equal(count(f), 0);
	assert_ok(push_group(f->st, 1, GROUP));
	assert_int_equal(count(f), GROUP);
}

static size_t
files_in(const char *path)
{
	const struct dirent *e;
	DIR *d = opendir(path);
	size_t n = 0;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

/* A create that fails leaves no file, and can be repeated: its first step each time, and all of it,
 * which takes as long as all the scripts of the schema, now and then. */
static void
create_fails_without_a_trace(void **state)
{
	struct fixture *f = *state;
	struct errinfo ei;
	struct db *db;
	struct str v;
	int n = 0, failed = 0, r;

	do {
		store_close(f->st);
		db_file_remove(f->path);
		ei.text[0] = '\0';
		fault_arm(FAULT_ONCE, ++n);
		r = store_create(f->path, &f->st, &ei);
		fault.kind = FAULT_NONE;
		if (r != 0) {
			assert_null(f->st);
			assert_true(ei.text[0] != '\0');
			assert_int_equal(files_in(f->dir), 0);
			assert_ok(db_create(f->path, &db, &ei));
			db_discard(db);
			assert_int_equal(files_in(f->dir), 0);
			if (failed++ % REPEAT_EACH != 0)
				continue;
			assert_ok(store_create(f->path, &f->st, &ei));
		}
		assert_ok(store_meta_set(f->st, STR("a"), STR("b")));
		fixture_reopen(f);
		assert_ok(store_meta_get(f->st, f->a, STR("a"), &v));
	} while (fault.hits > 0);
	assert_true(failed > 20);
}

/* Merged, the file alone is the store; a merge that fails says so. */
static void
merge_makes_the_file_whole(void **state)
{
	struct fixture *f = *state;
	char alone[100];
	int n = 0, failed = 0, r;

	snprintf(alone, sizeof(alone), "%s/template", f->dir);
	do {
		assert_ok(push_group(f->st, n, GROUP));
		fault_arm(FAULT_ONCE, ++n);
		r = store_merge(f->st);
		fault.kind = FAULT_NONE;
		failed += r != 0;
		if (r != 0)
			assert_ok(store_merge(f->st));
	} while (fault.hits > 0);
	assert_true(failed > 3);
	copy_file(f->path, alone);
	store_close(f->st);
	f->st = NULL;
	assert_ok(rename(alone, f->path));
	fixture_reopen(f);
	assert_int_equal(count(f), n * GROUP);
}

/* A vacuum that fails says so, and loses nothing. It writes a page after the other, so not each
 * needs a turn. */
static void
vacuum_fails_without_a_loss(void **state)
{
	struct fixture *f = *state;
	int n = 0, failed = 0, r;

	assert_ok(push_group(f->st, 1, GROUP));
	do {
		n += 1 + n / 16;
		fault_arm(FAULT_ONCE, n);
		r = store_vacuum(f->st);
		fault.kind = FAULT_NONE;
		failed += r != 0;
		assert_int_equal(count(f), GROUP);
		fixture_reopen(f);
		assert_int_equal(count(f), GROUP);
	} while (fault.hits > 0);
	assert_ok(r);
	assert_true(failed > 20);
}

/* Each event holds the hash of the one before it. */
static void
chain_holds(struct fixture *f)
{
	uint8_t hash[AUDITCHAIN_BYTES] = { 0 };
	struct store_audit_event *v;
	int64_t seq = 0;
	size_t n;

	do {
		assert_ok(store_audit_stretch(f->st, f->a, STORE_NODE_ONLY, seq + 1, 1000, &v, &n));
		for (size_t i = 0; i < n; i++) {
			if (seq > 0) {
				assert_int_equal(v[i].seq, seq + 1);
				assert_memory_equal(v[i].prev_hash.p, hash, sizeof(hash));
			}
			memcpy(hash, v[i].hash.p, sizeof(hash));
			seq = v[i].seq;
		}
	} while (n > 0);
}

/* ---- kill ---- */

/* A child that opens the store, pushes groups, and tells of each commit. */
static pid_t
child(struct fixture *f, int ack[static 2], int groups, int nth)
{
	pid_t pid;

	assert_ok(pipe(ack));
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid > 0) {
		close(ack[1]);
		return pid;
	}
	fault_arm(nth > 0 ? FAULT_KILL : FAULT_NONE, nth);
	if (store_open(f->path, &f->st, NULL) != 0)
		_exit(1);
	for (int g = 1; g <= groups; g++) {
		if (push_group(f->st, g, GROUP) != 0 || write(ack[1], "x", 1) != 1)
			_exit(1);
	}
	_exit(0);
}

/* Killed before each operation in turn: what was told is there, and nothing
 * is half there. */
static void
kill_at_each_operation(void **state)
{
	struct fixture *f = *state;
	char template[100], told[16];
	int n = 0, status, ack[2];
	bool killed;

	make_template(f, template, sizeof(template));
	do {
		ssize_t commits;
		size_t total;
		pid_t pid;

		restore(f, template);
		pid = child(f, ack, 2, ++n);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
		assert_true(killed || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
		commits = read(ack[0], told, sizeof(told));
		close(ack[0]);
		assert_true(commits >= 0);
		fixture_reopen(f);
		total = count(f);
		assert_int_equal(total % GROUP, 0);
		assert_in_range(total / GROUP, (size_t)commits + 1, 3);
		assert_ok(push_group(f->st, 9, GROUP));
		assert_int_equal(count(f), total + GROUP);
		chain_holds(f);
	} while (killed);
	assert_true(n > 40);
	unlink(template);
}

/* Killed from outside, whatever it is doing. */
static void
kill_at_any_moment(void **state)
{
	struct fixture *f = *state;
	size_t before, total;
	int64_t gone;
	char x;

	store_close(f->st);
	f->st = NULL;
	for (int round = 0; round < 12; round++) {
		int status, ack[2], told = 0, commits = 1 + round * 5;
		pid_t pid;

		/* round r uses its own numbers, so the keys are new */
		fixture_reopen(f);
		assert_ok(store_active_key_delete_instance(f->st, STR("i-1")));
		do
			assert_ok(store_audit_retain(f->st, STORE_NODE_ONLY, 1000000, 1000, &gone));
		while (gone == 1000);
		before = count(f);
		assert_int_equal(before, 0);
		store_close(f->st);
		f->st = NULL;
		pid = child(f, ack, 1000000, 0);
		while (told < commits && read(ack[0], &x, 1) == 1)
			told++;
		assert_ok(kill(pid, SIGKILL));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		while (read(ack[0], &x, 1) == 1)
			told++;
		close(ack[0]);
		fixture_reopen(f);
		total = count(f);
		assert_int_equal(total % GROUP, 0);
		assert_in_range(total / GROUP, told, told + 1);
		chain_holds(f);
	}
}

/* ---- a real disk that is full ---- */

static void
full_tmpfs_and_space_again(void **state)
{
	struct fixture *f = *state;
	char path[100];
	struct store *st = f->st;
	int group = 0, r;
	size_t kept;

	assert_ok(unshare(CLONE_NEWNS));
	assert_ok(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	store_close(st);
	f->st = NULL;
	snprintf(path, sizeof(path), "%s/template", f->dir);
	assert_ok(rename(f->path, path));
	assert_ok(mkdir(f->path, 0700));
	assert_ok(mount("none", f->path, "tmpfs", 0, "size=1m"));
	memcpy(f->path + strlen(f->path), "/s", 3);
	copy_file(path, f->path);
	fixture_reopen(f);

	while ((r = push_group(f->st, ++group, 64)) == 0)
		assert_true(group < 1000);
	assert_int_equal(r, ERR_FULL);
	kept = (size_t)(group - 1) * 64;
	assert_true(kept >= 64);
	assert_int_equal(count(f), kept);
	assert_int_equal(push_group(f->st, group, 64), ERR_FULL);
	assert_int_equal(count(f), kept);
	/* a full disk does not keep it from opening, reading */
	fixture_reopen(f);
	assert_int_equal(count(f), kept);

	memcpy(path, f->path, sizeof(f->path));
	path[strlen(path) - 2] = '\0';
	assert_ok(mount("none", path, NULL, MS_REMOUNT, "size=16m"));
	assert_ok(push_group(f->st, group, 64));
	assert_int_equal(count(f), kept + 64);
	fixture_reopen(f);
	assert_int_equal(count(f), kept + 64);

	store_close(f->st);
	f->st = NULL;
	assert_ok(umount2(path, MNT_DETACH));
	assert_ok(rmdir(path));
	snprintf(path, sizeof(path), "%s/template", f->dir);
	assert_ok(unlink(path));
}

#define T(fn, setup) cmocka_unit_test_setup_teardown(fn, setup, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(commit_keeps_rollback_forgets, setup),
		T(savepoint_undoes_one_request, setup),
		T(commit_is_on_the_disk, setup),
		T(misuse_is_asserted, setup),
		T(any_one_failure_leaves_nothing_half, setup),
		T(lasting_failure_leaves_nothing_half, setup),
		T(full_disk_leaves_nothing_half, setup),
		T(failure_dooms_the_group, setup),
		T(create_fails_without_a_trace, fixture_dir),
		T(merge_makes_the_file_whole, setup),
		T(vacuum_fails_without_a_loss, setup),
		T(kill_at_each_operation, setup),
		T(kill_at_any_moment, setup),
		T(full_tmpfs_and_space_again, setup),
	};

	fault_register();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
