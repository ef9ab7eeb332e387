/*
 * init_files_test: tests that a database that is staged is given its name only if it is a file of
 * its owner, and only if nothing beside it would be played into it; what is overwritten, and what
 * is removed again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/init_files.h"

#define OWNER 64002

static char dir[64];

static const char *
path_of(const char *name)
{
	static char paths[4][128];
	static size_t i;
	char *p = paths[i++ % 4];

	snprintf(p, sizeof(paths[0]), "%s/%s", dir, name);
	return p;
}

static void
put(const char *name, uid_t uid)
{
	const struct file_owner owner = { uid, 0 };

	assert_int_equal(file_create(path_of(name), 0644, owner, STR("text")), 0);
}

static bool
is_there(const char *name)
{
	return access(path_of(name), F_OK) == 0;
}

static int
setup(void **state)
{
	if (geteuid() != 0)
		fail_msg("only root can give files away");
	snprintf(dir, sizeof(dir), "/tmp/eic-init-files-XXXXXX");
	*state = init_files_new();
	return mkdtemp(dir) == NULL;
}

static int
teardown(void **state)
{
	init_files_free(*state);
	return rmdir(dir);
}

static int
reserve(struct init_files *f, struct errinfo *ei)
{
	const struct init_file v = { path_of("db"), 0600, { OWNER, OWNER } };
	char staged[INIT_FILES_PATH_BYTES];
	int r;

	if ((r = init_files_reserve(f, &v, staged, ei)) == 0)
		assert_string_equal(staged, path_of("db.init"));
	return r;
}

static void
a_file_of_its_owner(void **state)
{
	struct errinfo ei = { "" };
	struct stat st;

	assert_int_equal(reserve(*state, &ei), 0);
	put("db.init", OWNER);
	assert_int_equal(init_files_commit(*state, &ei), 0);
	assert_false(is_there("db.init"));
	assert_int_equal(stat(path_of("db"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_uid, OWNER);
	assert_int_equal(unlink(path_of("db")), 0);
}

/* Nothing is given away that stands in the place of the database. */
static void
not_a_file_of_its_owner(void **state)
{
	static const char *const kinds[] = { "symlink", "link", "file", "pipe", "none" };
	const struct file_owner root = { 0, 0 };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct init_files *f = init_files_new();
		struct errinfo ei = { "" };
		struct stat st;

		assert_int_equal(file_create(path_of("victim"), 0640, root, STR("x")), 0);
		assert_int_equal(reserve(f, &ei), 0);
		if (i == 0)
			assert_int_equal(symlink("victim", path_of("db.init")), 0);
		else if (i == 1)
			assert_int_equal(link(path_of("victim"), path_of("db.init")), 0);
		else if (i == 2)
			put("db.init", 0);
		else if (i == 3)
			assert_int_equal(mkfifo(path_of("db.init"), 0600), 0);
		assert_int_equal(init_files_commit(f, &ei),
		    i == 0 || i == 4 ? ERR_SYS : ERR_DENIED);
		assert_non_null(strstr(ei.text, path_of("db.init")));
		init_files_free(f);
		assert_false(is_there("db"));
		assert_int_equal(stat(path_of("victim"), &st), 0);
		assert_int_equal(st.st_uid, 0);
		assert_int_equal(st.st_mode & 07777, 0640);
		assert_int_equal(unlink(path_of("victim")), 0);
	}
	(void)state;
}

/* At the start, and again before the database gets its name. */
static void
a_log_of_a_database_that_is_gone(void **state)
{
	static const char *const names[] = { "db-wal", "db-shm", "db-journal", "db.init-wal",
		"db.init-shm", "db.init-journal" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct init_files *f = init_files_new();
		struct errinfo ei = { "" };

		put(names[i], OWNER);
		assert_int_equal(reserve(f, &ei), ERR_EXISTS);
		assert_non_null(strstr(ei.text, path_of(names[i])));
		assert_non_null(strstr(ei.text, "left of a database that is gone; move it away"));
		init_files_free(f);
		assert_true(is_there(names[i]));
		assert_int_equal(unlink(path_of(names[i])), 0);
	}
	for (size_t i = 0; i < 3; i++) {
		struct init_files *f = init_files_new();
		struct errinfo ei = { "" };

		assert_int_equal(reserve(f, &ei), 0);
		put("db.init", OWNER);
		put(names[i], OWNER);
		assert_int_equal(init_files_commit(f, &ei), ERR_EXISTS);
		assert_non_null(strstr(ei.text, path_of(names[i])));
		init_files_free(f);
		assert_false(is_there("db"));
		assert_false(is_there("db.init"));
		assert_true(is_there(names[i]));
		assert_int_equal(unlink(path_of(names[i])), 0);
	}
	(void)state;
}

/* What was left of a try is in the way, unless the caller says that it holds a lock. */
static void
a_file_left_of_a_try(void **state)
{
	const struct init_file v = { path_of("file"), 0400, { 0, 0 } };
	struct errinfo ei = { "" };

	put("file.init", 0);
	assert_int_equal(init_files_add(*state, &v, STR("new"), &ei), ERR_EXISTS);
	init_files_again(*state);
	assert_int_equal(init_files_add(*state, &v, STR("new"), &ei), 0);
	assert_int_equal(init_files_commit(*state, &ei), 0);
	assert_false(is_there("file.init"));
	assert_int_equal(init_files_add(*state, &v, STR("new"), &ei), ERR_EXISTS);
	assert_int_equal(unlink(path_of("file")), 0);
}

static void
named_but_not_kept(void **state)
{
	struct errinfo ei = { "" };

	for (int kept = 0; kept < 2; kept++) {
		const struct init_file sub = { path_of("sub"), 0755, { 0, 0 } };
		const struct init_file v = { path_of("sub/file"), 0400, { 0, 0 } };
		struct init_files *f = init_files_new();

		assert_int_equal(init_files_dir(f, &sub, &ei), 0);
		assert_int_equal(init_files_add(f, &v, STR("new"), &ei), 0);
		assert_int_equal(init_files_name(f, &ei), 0);
		assert_true(is_there("sub/file"));
		if (kept)
			init_files_keep(f);
		init_files_free(f);
		assert_int_equal(is_there("sub"), kept);
	}
	assert_int_equal(unlink(path_of("sub/file")), 0);
	assert_int_equal(rmdir(path_of("sub")), 0);
	(void)state;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file_of_its_owner, setup, teardown),
		cmocka_unit_test_setup_teardown(not_a_file_of_its_owner, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_left_of_a_try, setup, teardown),
		cmocka_unit_test_setup_teardown(named_but_not_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(a_log_of_a_database_that_is_gone, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
