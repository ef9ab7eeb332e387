/* dir_test: tests which directories a daemon of root trusts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "proc/dir.h"

static char dir[] = "/tmp/dir_test.XXXXXX";

static void
refused(int r, const struct errinfo *ei, const char *text)
{
	assert_int_equal(r, ERR_SYS);
	assert_string_equal(ei->text, text);
}

static void
test_ours_alone(void **state)
{
	static const char no[] = "d: must be a directory of ours that nobody else can write";
	struct errinfo ei = { "" };
	struct stat st;
	int fd;

	(void)state;
	assert_int_equal(geteuid(), 0);
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	refused(dir_check("d", &ei), &ei, "d: No such file or directory");
	refused(dir_make("no/d", &ei), &ei, "no/d: No such file or directory");
	assert_int_equal(dir_make("d", &ei), 0);
	assert_int_equal(stat("d", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_equal(dir_make("d", &ei), 0);
	assert_int_equal(chmod("d", 0700), 0);
	assert_int_equal(dir_make("d", &ei), 0); /* as it is */
	assert_int_equal(chmod("d", 0775), 0);
	refused(dir_make("d", &ei), &ei, no);
	assert_int_equal(chmod("d", 01757), 0);
	refused(dir_check("d", &ei), &ei, no);
	assert_int_equal(chmod("d", 0755), 0);
	assert_int_equal(chown("d", 12345, 0), 0);
	refused(dir_make("d", &ei), &ei, no);
	assert_int_equal(chown("d", 0, 0), 0);
	assert_int_equal(rename("d", "e"), 0);
	assert_int_equal(symlink("e", "d"), 0);
	refused(dir_make("d", &ei), &ei, no);
	assert_int_equal(unlink("d"), 0);
	assert_int_not_equal(fd = open("d", O_WRONLY | O_CREAT | O_CLOEXEC, 0600), -1);
	close(fd);
	refused(dir_make("d", &ei), &ei, no);
	assert_int_equal(unlink("d") | rmdir("e") | rmdir(dir), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ours_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
