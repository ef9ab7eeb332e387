/*
 * file_test: tests that files are read as a whole and never overwritten, and that a secret is read
 * only from a file that others cannot read.
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

#include "proc/file.h"

static char dir[32];

static int
group_setup(void **state)
{
	(void)state;
	memcpy(dir, "/tmp/eic-file-XXXXXX", sizeof("/tmp/eic-file-XXXXXX"));
	return mkdtemp(dir) == NULL ? -1 : chdir(dir);
}

static int
group_teardown(void **state)
{
	(void)state;
	return chdir("/") == -1 || rmdir(dir) == -1 ? -1 : 0;
}

static struct file_owner
me(void)
{
	return (struct file_owner){ geteuid(), getegid() };
}

static int
file_read(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r;

	assert_true(fd != -1);
	r = file_read_fd(fd, out);
	close(fd);
	return r;
}

static void
made_once_and_read_whole(void **state)
{
	struct stat st;
	struct buf b;

	(void)state;
	assert_int_equal(file_create("a", 0440, me(), STR("one\0two")), 0);
	assert_int_equal(file_create("a", 0440, me(), STR("other")), ERR_EXISTS);
	assert_int_equal(stat("a", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0440);
	buf_init(&b, 7);
	assert_int_equal(file_read("a", &b), 0);
	assert_true(str_eq(buf_view(&b), STR("one\0two")));
	buf_release(&b);
	buf_init(&b, 6);
	assert_int_equal(file_read("a", &b), ERR_TOOBIG);
	buf_release(&b);
	assert_int_equal(file_create("no/b", 0440, me(), STR("")), ERR_SYS);
	assert_int_equal(file_create_dir("d", 0710, me()), 0);
	assert_int_equal(stat("d", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0710);
	assert_int_equal(file_create_dir("d", 0710, me()), ERR_EXISTS);
	assert_int_equal(file_create_dir("/", 0710, me()), ERR_EXISTS);
	assert_int_equal(file_create_dir("no/d", 0710, me()), ERR_SYS);
	assert_int_equal(file_create_dir("", 0710, me()), ERR_SYS);
	assert_int_equal(symlink("d", "l"), 0);
	assert_int_equal(file_create_dir("l", 0755, me()), ERR_EXISTS);
	assert_int_equal(file_create_dir("l/e//", 0711, me()), 0);
	assert_int_equal(stat("d/e", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0711);
	assert_int_equal(stat("d", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0710);
	assert_int_equal(rmdir("d/e"), 0);
	assert_int_equal(unlink("l"), 0);
	assert_int_equal(file_sync_dir("d"), 0);
	assert_int_equal(file_sync_dir("a"), ERR_SYS);
	assert_int_equal(rmdir("d"), 0);
	assert_int_equal(unlink("a"), 0);
}

static void
secrets_must_be_kept(void **state)
{
	static const struct {
		mode_t mode, allowed;
		int want;
	} rows[] = {
		{ 0400, 0400, 0 },
		{ 0400, 0600, 0 },
		{ 0600, 0600, 0 },
		{ 0600, 0400, ERR_DENIED },
		{ 0440, 0600, ERR_DENIED },
		{ 0404, 0600, ERR_DENIED },
		{ 0500, 0400, ERR_DENIED },
		{ 04400, 0400, ERR_DENIED },
	};
	struct errinfo ei;
	struct buf b;
	size_t i;

	(void)state;
	if (geteuid() != 0)
		fail_msg("only root can give files away");
	buf_init(&b, 10);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&b);
		assert_int_equal(file_create("s", rows[i].mode, me(), STR("secret")), 0);
		assert_int_equal(file_read_secret("s", rows[i].allowed, &b, &ei), rows[i].want);
		assert_int_equal(b.n, rows[i].want == 0 ? 6 : 0);
		assert_int_equal(unlink("s"), 0);
	}
	assert_string_equal(ei.text, "s: must be a regular file of root with mode 0400");
	assert_int_equal(file_create("s", 0400, (struct file_owner){ 12345, 0 }, STR("x")), 0);
	assert_int_equal(file_read_secret("s", 0400, &b, &ei), ERR_DENIED);
	assert_int_equal(symlink("s", "l"), 0);
	assert_int_equal(file_read_secret("l", 0400, &b, &ei), ERR_SYS);
	assert_int_equal(unlink("l"), 0);
	assert_int_equal(unlink("s"), 0);
	assert_int_equal(mkfifo("s", 0400), 0);
	assert_int_equal(file_read_secret("s", 0400, &b, &ei), ERR_DENIED);
	assert_int_equal(unlink("s"), 0);
	assert_int_equal(file_read_secret("s", 0400, &b, &ei), ERR_SYS);
	assert_string_equal(ei.text, "s: No such file or directory");
	assert_int_equal(file_read_secret(".", 0400, &b, &ei), ERR_DENIED);
	buf_release(&b);
}

static void
assert_holds(const char *path, const char *want, mode_t mode)
{
	struct stat st;
	struct buf b;

	buf_init(&b, 100);
	assert_int_equal(file_read(path, &b), 0);
	assert_true(str_eq_c(buf_view(&b), want));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, mode);
	buf_release(&b);
}

/* The old bytes or the new ones, and nothing beside them. */
static void
replaced_as_a_whole(void **state)
{
	char longest[5000];

	(void)state;
	assert_int_equal(file_replace("r", 0600, me(), STR("one")), 0);
	assert_holds("r", "one", 0600);
	/* What an earlier try left is no hindrance; a link is replaced, not followed. */
	assert_int_equal(file_create("r.new", 0644, me(), STR("left")), 0);
	assert_int_equal(file_replace("r", 0640, me(), STR("two")), 0);
	assert_holds("r", "two", 0640);
	assert_int_equal(access("r.new", F_OK), -1);
	assert_int_equal(symlink("r", "l"), 0);
	assert_int_equal(file_replace("l", 0600, me(), STR("three")), 0);
	assert_holds("r", "two", 0640);
	assert_holds("l", "three", 0600);
	assert_int_equal(unlink("l"), 0);
	/* What cannot be written leaves what there was. */
	assert_int_equal(mkdir("d", 0700), 0);
	assert_int_equal(file_replace("d", 0600, me(), STR("x")), ERR_SYS);
	assert_int_equal(access("d.new", F_OK), -1);
	assert_int_equal(rmdir("d"), 0);
	assert_int_equal(file_replace("none/r", 0600, me(), STR("x")), ERR_SYS);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(file_replace(longest, 0600, me(), STR("x")), ERR_TOOBIG);
	assert_int_equal(unlink("r"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_once_and_read_whole),
		cmocka_unit_test(secrets_must_be_kept),
		cmocka_unit_test(replaced_as_a_whole),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
