/* lifecycle_test: tests making, opening and migrating a store, and which files are refused. */
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "store/migrations.h"
#include "store/store_audit.h"
#include "store/store_meta.h"

/* Runs sql on the file, past the store. */
static void
raw(const char *path, const char *sql)
{
	sqlite3 *h = NULL;

	assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
	assert_int_equal(sqlite3_exec(h, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(h), SQLITE_OK);
}

static int64_t
raw_i64(const char *path, const char *sql)
{
	sqlite3_stmt *q = NULL;
	sqlite3 *h = NULL;
	int64_t v;

	assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(h, sql, -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	v = sqlite3_column_int64(q, 0);
	assert_int_equal(sqlite3_finalize(q), SQLITE_OK);
	assert_int_equal(sqlite3_close(h), SQLITE_OK);
	return v;
}

static void
file_read(const char *path, struct buf *b)
{
	char *p;
	int fd = open(path, O_RDONLY);
	ssize_t n;

	assert_true(fd >= 0);
	buf_init(b, 128u << 20);
	while ((p = buf_reserve(b, 65536)) != NULL && (n = read(fd, p, 65536)) > 0)
		buf_commit(b, (size_t)n);
	assert_ok(buf_err(b));
	close(fd);
}

static void
file_write(const char *path, int flags, off_t at, const void *p, size_t n)
{
	int fd = open(path, O_WRONLY | flags, 0600);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, p, n, at), n);
	close(fd);
}

/* Opening is refused with the code, a text naming the path, and no change. */
static void
assert_refused(struct fixture *f, int want, const char *text)
{
	struct store *st = (struct store *)f; /* must become NULL */
	struct errinfo ei = { "" };
	struct buf before, after;

	file_read(f->path, &before);
	assert_int_equal(store_open(f->path, &st, &ei), want);
	assert_null(st);
	assert_non_null(strstr(ei.text, f->path));
	if (strstr(ei.text, text) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", text, ei.text);
	file_read(f->path, &after);
	assert_int_equal(before.n, after.n);
	assert_memory_equal(before.p, after.p, before.n);
	buf_release(&before);
	buf_release(&after);
}

static void
create_makes_a_private_durable_file(void **state)
{
	struct fixture *f = *state;
	struct errinfo ei = { "" };
	struct stat sb;

	assert_ok(store_create(f->path, &f->st, &ei));
	assert_ok(stat(f->path, &sb));
	assert_int_equal(sb.st_mode & 07777, 0600);
	assert_ok(store_meta_set(f->st, STR("region"), STR("eu-west-1")));
	store_close(f->st);
	f->st = NULL;
	assert_int_equal(raw_i64(f->path, "PRAGMA application_id"), 0x6f656963);
	assert_int_equal(raw_i64(f->path, "PRAGMA user_version"), migrations_count);
	assert_int_equal(raw_i64(f->path,
			     "SELECT count(*) FROM pragma_journal_mode"
			     " WHERE journal_mode = 'wal'"),
	    1);
}

static void
create_refuses_whatever_is_there(void **state)
{
	struct fixture *f = *state;
	struct errinfo ei = { "" };
	struct store *st;
	struct buf b;
	char gone[128];

	file_write(f->path, O_CREAT | O_EXCL, 0, "precious", 8);
	assert_int_equal(store_create(f->path, &st, &ei), ERR_EXISTS);
	assert_null(st);
	assert_non_null(strstr(ei.text, f->path));
	file_read(f->path, &b);
	assert_int_equal(b.n, 8);
	assert_memory_equal(b.p, "precious", 8);
	buf_release(&b);

	snprintf(gone, sizeof(gone), "%s/no/such/dir", f->dir);
	assert_int_equal(store_create(gone, &st, &ei), ERR_SYS);
	assert_int_equal(errno, ENOENT);
}

/* By its inode: two paths, as two state directories have, may be one file. */
static void
open_once_at_a_time(void **state)
{
	struct fixture *f = *state;
	struct errinfo ei = { "" };
	struct store *st;
	char other[128];
	int fd;

	assert_ok(store_create(f->path, &st, &ei));
	snprintf(other, sizeof(other), "%s/other", f->dir);
	assert_ok(link(f->path, other));
	fd = open(other, O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), -1);
	store_close(st);
	assert_ok(flock(fd, LOCK_EX | LOCK_NB));
	assert_int_equal(store_open(f->path, &st, &ei), ERR_EXISTS);
	assert_non_null(strstr(ei.text, "another process has this database"));
	close(fd);
	assert_ok(store_open(f->path, &st, &ei));
	fd = open(other, O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), -1);
	close(fd);
	store_close(st);
	unlink(other);
}

static void
open_needs_a_file(void **state)
{
	struct fixture *f = *state;
	struct errinfo ei = { "" };
	struct store *st;

	assert_int_equal(store_open(f->path, &st, &ei), ERR_NOTFOUND);
	assert_null(st);
	assert_int_equal(access(f->path, F_OK), -1);
	assert_int_equal(store_open(f->dir, &st, &ei), ERR_SYNTAX);
	assert_int_equal(store_open("/dev/null", &st, &ei), ERR_SYNTAX);
	assert_int_equal(store_open(f->path, &st, NULL), ERR_NOTFOUND);
}

static void
open_keeps_what_was_written(void **state)
{
	struct fixture *f = *state;
	struct str value;

	assert_ok(store_meta_set(f->st, STR("region"), STR("eu-west-1")));
	fixture_reopen(f);
	assert_ok(store_meta_get(f->st, f->a, STR("region"), &value));
	assert_str(value, "eu-west-1");
	assert_ok(store_meta_set(f->st, STR("region"), STR("eu-west-2")));
	fixture_reopen(f);
	assert_ok(store_meta_get(f->st, f->a, STR("region"), &value));
	assert_str(value, "eu-west-2");
}

static void
open_refuses_foreign_files(void **state)
{
	struct fixture *f = *state;
	static const char text[] = "this is not a database at all, but it is long enough to "
				   "have a header of one hundred bytes, all of them wrong";

	file_write(f->path, O_CREAT, 0, "", 0);
	assert_refused(f, ERR_SYNTAX, "empty");
	file_write(f->path, 0, 0, "SQLite format 3", 16);
	assert_refused(f, ERR_SYNTAX, "not an openeic store");
	file_write(f->path, 0, 0, text, sizeof(text));
	assert_refused(f, ERR_SYNTAX, "not an openeic store");
	unlink(f->path);
	raw(f->path, "CREATE TABLE music (title); PRAGMA user_version = 1;");
	assert_refused(f, ERR_SYNTAX, "another program");
	raw(f->path, "PRAGMA application_id = 1868917092");
	assert_refused(f, ERR_SYNTAX, "another program");
}

static void
open_refuses_newer_versions(void **state)
{
	struct fixture *f = *state;

	store_close(f->st);
	f->st = NULL;
	raw(f->path, "PRAGMA user_version = 1000");
	assert_refused(f, ERR_UNSUPPORTED, "version 1000");
	raw(f->path, "PRAGMA user_version = -1");
	assert_refused(f, ERR_UNSUPPORTED, "version -1");
	raw(f->path, arena_fmt(f->a, "PRAGMA user_version = %zu", migrations_count).p);
	fixture_reopen(f);
}

/* Runs sql and dies: what it wrote is in the log beside the file. */
static void
raw_and_die(const char *path, const char *sql)
{
	int status;
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		sqlite3 *h = NULL;

		if (sqlite3_open(path, &h) != SQLITE_OK ||
		    sqlite3_exec(h, sql, NULL, NULL, NULL) != SQLITE_OK)
			_exit(1);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void
refusal_does_not_merge_the_log(void **state)
{
	struct fixture *f = *state;

	store_close(f->st);
	f->st = NULL;
	raw_and_die(f->path, "PRAGMA user_version = 1000");
	assert_refused(f, ERR_UNSUPPORTED, "version 1000");
	assert_int_equal(raw_i64(f->path, "PRAGMA user_version"), 1000);
}

static void
open_migrates_from_the_start(void **state)
{
	struct fixture *f = *state;
	struct str value;

	/* What is left when eicd init dies before its first migration. */
	raw(f->path, "PRAGMA application_id = 1868917091");
	fixture_reopen(f);
	assert_ok(store_meta_set(f->st, STR("a"), STR("b")));
	fixture_reopen(f);
	assert_ok(store_meta_get(f->st, f->a, STR("a"), &value));
	store_close(f->st);
	f->st = NULL;
	assert_int_equal(raw_i64(f->path, "PRAGMA user_version"), migrations_count);
}

/* A store of version 2, as init made it then: each certificate's kind of key is told. */
static void
migration_tells_the_kinds_of_keys(void **state)
{
	struct fixture *f = *state;
	char sql[256];
	int kind;

	raw(f->path, "PRAGMA application_id = 1868917091");
	raw(f->path, migrations[0].text);
	raw(f->path, migrations[1].text);
	for (kind = 1; kind <= 7; kind++) {
		snprintf(sql, sizeof(sql),
		    "INSERT INTO pki VALUES ('C%d', %d, 1, NULL, x'', x'30', 0, 9)", kind, kind);
		raw(f->path, sql);
	}
	fixture_reopen(f);
	store_close(f->st);
	f->st = NULL;
	assert_int_equal(raw_i64(f->path, "PRAGMA user_version"), migrations_count);
	assert_int_equal(raw_i64(f->path, "SELECT count(*) FROM pki"), 7);
	/* The server's certificate, and the authority of agents. */
	assert_int_equal(raw_i64(f->path, "SELECT count(*) FROM pki WHERE key_kind = 1"), 5);
	assert_int_equal(raw_i64(f->path,
			     "SELECT count(*) FROM pki WHERE key_kind = 2 AND kind IN (5, 6)"),
	    2);
}

static void
migration_is_all_or_nothing(void **state)
{
	struct fixture *f = *state;
	struct errinfo ei = { "" };
	struct store *st;

	/* A table in the way of the last ones of the script. */
	raw(f->path, "PRAGMA application_id = 1868917091; CREATE TABLE audit_retention (x)");
	assert_int_equal(store_open(f->path, &st, &ei), ERR_STORE);
	assert_non_null(strstr(ei.text, "audit_retention"));
	assert_int_equal(raw_i64(f->path, "PRAGMA user_version"), 0);
	assert_int_equal(raw_i64(f->path, "SELECT count(*) FROM sqlite_schema"), 1);
}

/* Some hundred pages, so that there is something to damage. */
static void
fill(struct fixture *f)
{
	struct store_audit_event e = { .event_at = 1,
		.account_id = ACCOUNT,
		.record = STR("{\"some\":\"record\"}") };
	char id[16];

	assert_ok(store_begin(f->st));
	for (int i = 0; i < 2000; i++) {
		snprintf(id, sizeof(id), "e-%d", i);
		e.event_id = str_of(id);
		assert_ok(store_audit_add(f->st, &e));
	}
	assert_ok(store_commit(f->st));
	store_close(f->st);
	f->st = NULL;
}

/* Whether a file of the store's directory has the text in it. */
static bool
is_anywhere(struct fixture *f, const char *text)
{
	static const char *const suffix[] = { "", "-wal", "-shm", "-journal" };
	bool found = false;
	struct buf b;
	char path[128];

	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s%s", f->path, suffix[i]);
		if (access(path, F_OK) != 0)
			continue;
		file_read(path, &b);
		found = found || memmem(b.p, b.n, text, strlen(text)) != NULL;
		buf_release(&b);
	}
	return found;
}

static void
vacuum_leaves_nothing_deleted(void **state)
{
	struct fixture *f = *state;
	struct str value;

	store_close(f->st);
	raw(f->path,
	    "PRAGMA secure_delete = OFF;"
	    "INSERT INTO meta VALUES ('long', CAST(printf('precious%9000c', 'x') AS BLOB)),"
	    " ('a', CAST('kept' AS BLOB));"
	    "UPDATE meta SET value = CAST('less' AS BLOB) WHERE name = 'long'");
	f->st = NULL;
	fixture_reopen(f);
	assert_true(is_anywhere(f, "precious"));
	assert_ok(store_vacuum(f->st));
	assert_false(is_anywhere(f, "precious"));
	assert_true(is_anywhere(f, "kept"));
	fixture_reopen(f);
	assert_false(is_anywhere(f, "precious"));
	assert_ok(store_meta_get(f->st, f->a, STR("a"), &value));
	assert_str(value, "kept");
	assert_ok(store_meta_get(f->st, f->a, STR("long"), &value));
	assert_str(value, "less");
	assert_int_equal(raw_i64(f->path, "PRAGMA application_id"), 0x6f656963);
	assert_int_equal(raw_i64(f->path, "PRAGMA user_version"), migrations_count);
}

static void
open_refuses_damaged_files(void **state)
{
	struct fixture *f = *state;
	struct buf good;
	char junk[4096];
	size_t pages;

	fill(f);
	file_read(f->path, &good);
	pages = good.n / 4096;
	assert_true(pages > 50);
	memset(junk, 0xa5, sizeof(junk));

	/* in the header: page size; number of the root's cells */
	file_write(f->path, 0, 16, junk, 2);
	assert_refused(f, ERR_SYNTAX, "damaged");
	file_write(f->path, 0, 0, good.p, good.n);
	file_write(f->path, 0, 100, junk, 8);
	assert_refused(f, ERR_SYNTAX, "damaged");
	file_write(f->path, 0, 0, good.p, good.n);
	/* any page's beginning */
	for (size_t i = 1; i < pages; i += 7) {
		file_write(f->path, 0, (off_t)(i * 4096), junk, 64);
		assert_refused(f, ERR_SYNTAX, "");
		file_write(f->path, 0, (off_t)(i * 4096), good.p + i * 4096, 64);
	}
	/* cut short */
	assert_ok(truncate(f->path, (off_t)(pages / 2 * 4096)));
	assert_refused(f, ERR_SYNTAX, "");
	file_write(f->path, 0, 0, good.p, good.n);
	fixture_reopen(f);
	buf_release(&good);
}

/* One that is larger than 64 MiB is not read as a whole when it is opened. */
static void
large_files_are_opened_at_once(void **state)
{
	static const off_t limit = 64 << 20;
	struct fixture *f = *state;
	struct store_audit_event *v;
	struct errinfo ei = { "" };
	char junk[64];
	off_t root;
	size_t n;

	fill(f);
	memset(junk, 0xa5, sizeof(junk));
	root = (off_t)raw_i64(f->path,
	    "SELECT rootpage FROM sqlite_schema"
	    " WHERE name = 'audit_event'");
	file_write(f->path, 0, (root - 1) * 4096, junk, sizeof(junk));
	/* What follows the last page is no part of the database. */
	assert_ok(truncate(f->path, limit));
	assert_refused(f, ERR_SYNTAX, "");
	assert_ok(truncate(f->path, limit + 4096));
	assert_ok(store_open(f->path, &f->st, &ei));
	assert_int_equal(store_audit_stretch(f->st, f->a, STORE_NODE_ONLY, 1, 10, &v, &n),
	    ERR_STORE);
	assert_int_equal(store_check(f->st, &ei), ERR_SYNTAX);
	assert_non_null(strstr(ei.text, f->path));
}

static void
open_refuses_what_it_cannot_write(void **state)
{
	struct fixture *f = *state;
	struct errinfo ei = { "" };
	struct store *st;

	store_close(f->st);
	f->st = NULL;
	raw_and_die(f->path, "CREATE TABLE x (y)"); /* so that it could be read */
	/* A read-only mount: root passes over permission bits. */
	assert_ok(unshare(CLONE_NEWNS));
	assert_ok(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	assert_ok(mount(f->dir, f->dir, NULL, MS_BIND, NULL));
	assert_ok(mount("none", f->dir, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL));
	assert_int_equal(store_open(f->path, &st, &ei), ERR_SYS);
	assert_null(st);
	assert_non_null(strstr(ei.text, f->path));
	assert_int_equal(store_create(f->path, &st, &ei), ERR_EXISTS);
	snprintf(ei.text, sizeof(ei.text), "%s/new", f->dir);
	assert_int_equal(store_create(ei.text, &st, NULL), ERR_SYS);
	assert_int_equal(errno, EROFS);
	assert_ok(umount2(f->dir, MNT_DETACH));
	fixture_reopen(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(create_makes_a_private_durable_file, fixture_dir,
		    fixture_end),
		cmocka_unit_test_setup_teardown(create_refuses_whatever_is_there, fixture_dir,
		    fixture_end),
		cmocka_unit_test_setup_teardown(open_once_at_a_time, fixture_dir, fixture_end),
		cmocka_unit_test_setup_teardown(open_needs_a_file, fixture_dir, fixture_end),
		cmocka_unit_test_setup_teardown(open_keeps_what_was_written, fixture_empty,
		    fixture_end),
		cmocka_unit_test_setup_teardown(open_refuses_foreign_files, fixture_dir,
		    fixture_end),
		cmocka_unit_test_setup_teardown(open_refuses_newer_versions, fixture_empty,
		    fixture_end),
		cmocka_unit_test_setup_teardown(refusal_does_not_merge_the_log, fixture_empty,
		    fixture_end),
		cmocka_unit_test_setup_teardown(open_migrates_from_the_start, fixture_dir,
		    fixture_end),
		cmocka_unit_test_setup_teardown(migration_tells_the_kinds_of_keys, fixture_dir,
		    fixture_end),
		cmocka_unit_test_setup_teardown(migration_is_all_or_nothing, fixture_dir,
		    fixture_end),
		cmocka_unit_test_setup_teardown(vacuum_leaves_nothing_deleted, fixture_empty,
		    fixture_end),
		cmocka_unit_test_setup_teardown(open_refuses_damaged_files, fixture_accounts,
		    fixture_end),
		cmocka_unit_test_setup_teardown(large_files_are_opened_at_once, fixture_accounts,
		    fixture_end),
		cmocka_unit_test_setup_teardown(open_refuses_what_it_cannot_write, fixture_empty,
		    fixture_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
