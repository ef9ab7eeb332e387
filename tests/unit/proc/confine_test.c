/*
 * confine_test: tests what a process can still do with files, in children: what it is left, and
 * nothing else.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "in_child.h"
#include "proc/confine.h"
#include "proc/drop.h"

/* dir has own/ (to write), shown/ (to read) and other/; each has a file f. */
static char dir[] = "/tmp/confine_test.XXXXXX";

static bool
opens(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd != -1)
		close(fd);
	return fd != -1;
}

static bool
denied(const char *path, int flags)
{
	return !opens(path, flags) && errno == EACCES;
}

static int
confined(void)
{
	const struct confine_path paths[] = { { "own", CONFINE_WRITE }, { "shown", CONFINE_READ },
		{ "/dev/null", CONFINE_WRITE }, { "no-such-path", CONFINE_WRITE } };
	char *const argv[] = { (char *)(uintptr_t) "true", NULL };
	int kept = open("other/f", O_RDWR | O_CLOEXEC);
	char c;

	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	CHECK(confine_files(paths, sizeof(paths) / sizeof(paths[0])) == 0);
	CHECK(opens("own/f", O_RDWR) && opens("own/f", O_RDWR | O_TRUNC));
	CHECK(opens("own/new", O_RDWR | O_CREAT | O_EXCL) && opens("own", O_RDONLY));
	CHECK(rename("own/new", "own/renamed") == 0 && unlink("own/renamed") == 0);
	CHECK(opens("shown/f", O_RDONLY) && opens("shown", O_RDONLY));
	CHECK(denied("shown/f", O_WRONLY) && denied("shown/new", O_RDWR | O_CREAT));
	CHECK(unlink("shown/f") == -1 && errno == EACCES);
	CHECK(denied("other/f", O_RDONLY) && denied("other", O_RDONLY));
	CHECK(denied("other/new", O_RDWR | O_CREAT) && denied("/etc/passwd", O_RDONLY));
	CHECK(denied("own/../other/f", O_RDONLY) && denied("own/link", O_RDONLY));
	CHECK(rename("own/f", "other/f") == -1 && link("own/f", "other/l") == -1);
	CHECK(mkdir("own/d", 0700) == -1 && symlink("/", "own/s") == -1);
	CHECK(mkfifo("own/p", 0600) == -1);
	CHECK(opens("/dev/null", O_RDWR));
	CHECK(execv("/bin/true", argv) == -1 && errno == EACCES);
	CHECK(read(kept, &c, 1) == 1); /* what is open stays open */
	return 0;
}

static int
nothing_left(void)
{
	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	CHECK(confine_files(NULL, 0) == 0);
	CHECK(denied("own/f", O_RDONLY) && denied("/", O_RDONLY));
	return 0;
}

static int
without_no_new_privs(void)
{
	CHECK(setresuid(12345, 12345, 12345) == 0);
	CHECK(confine_files(NULL, 0) == ERR_SYS && errno == EPERM);
	CHECK(opens("/etc/passwd", O_RDONLY));
	return 0;
}

/* As a role does it, with everything else that it gives up. */
static int
by_drop(void)
{
	const struct confine_path path = { "own", CONFINE_WRITE };
	const struct drop_opts o = { .files = &path, .n_files = 1 };
	struct errinfo ei = { "" };

	CHECK(drop_privileges(&o, &ei) == 0);
	CHECK(opens("own/f", O_RDWR) && denied("other/f", O_RDONLY));
	return 0;
}

static void
files_go(void **state)
{
	(void)state;
	assert_int_equal(in_child(confined), 0);
	assert_int_equal(in_child(nothing_left), 0);
	assert_int_equal(in_child(without_no_new_privs), 0);
	assert_int_equal(in_child(by_drop), 0);
}

/* A file that is missing, as resolv.conf is until the network is up, is still somewhere. */
static void
dir_of_a_file(void **state)
{
	static const struct {
		const char *to; /* what the link own/l leads to */
		const char *want;
		int r;
	} rows[] = {
		{ "f", "/own", 0 },
		{ "../other/f", "/other", 0 },
		{ "../other/none", "/other", 0 },
		{ "m", "/shown", 0 }, /* a link, too */
		{ "/none", "", 0 },
		{ "../nowhere/none", NULL, ERR_NOTFOUND },
		{ "l", NULL, ERR_SYS },
		{ "f/none", NULL, ERR_SYS },
	};
	char path[64], got[PATH_MAX], want[PATH_MAX];
	size_t i;

	(void)state;
	assert_int_equal(symlink("../shown/none", "own/m"), 0);
	snprintf(path, sizeof(path), "%s/own/l", dir);
	assert_int_equal(confine_dir_of(path, got), 0); /* is not there at all */
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(symlink(rows[i].to, "own/l"), 0);
		if (confine_dir_of(path, got) != rows[i].r)
			fail_msg("%s: %s", rows[i].to, got);
		assert_int_equal(unlink("own/l"), 0);
		if (rows[i].r != 0)
			continue;
		snprintf(want, sizeof(want), "%s%s", rows[i].want[0] != '\0' ? dir : "/",
		    rows[i].want);
		assert_string_equal(got, want);
	}
	assert_int_equal(unlink("own/m"), 0);
}

static int
setup(void **state)
{
	static const char *const names[] = { "own", "shown", "other" };
	char path[32];
	size_t i;
	int fd;

	(void)state;
	if (mkdtemp(dir) == NULL || chdir(dir) != 0 || chmod(dir, 0755) != 0)
		return -1;
	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/f", names[i]);
		if (mkdir(names[i], 0755) != 0 ||
		    (fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644)) == -1 ||
		    write(fd, "x", 1) != 1)
			return -1;
		close(fd);
	}
	return symlink("../other/f", "own/link");
}

static int
teardown(void **state)
{
	(void)state;
	return unlink("own/f") | unlink("own/link") | unlink("shown/f") | unlink("other/f") |
	    rmdir("own") | rmdir("shown") | rmdir("other") | rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_go),
		cmocka_unit_test(dir_of_a_file),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
