/*
 * drop_test: tests, in a child process, what it can still do after dropping privileges and after
 * seccomp. It needs root.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "in_child.h"
#include "proc/drop.h"
#include "proc/seccomp.h"

#define NOBODY 65534

static void
names_resolve(void **state)
{
	struct drop_id id = { 7, 7 };

	(void)state;
	assert_int_equal(drop_resolve(STR("nobody"), &id), 0);
	assert_int_equal(id.uid, NOBODY);
	assert_int_equal(id.gid, NOBODY);
	assert_int_equal(drop_resolve(STR("12345"), &id), 0);
	assert_int_equal(id.uid, 12345);
	assert_int_equal(id.gid, 12345);
	assert_int_equal(drop_resolve(STR("root"), &id), ERR_RANGE);
	assert_int_equal(drop_resolve(STR("0"), &id), ERR_RANGE);
	assert_int_equal(drop_resolve(STR("4294967295"), &id), ERR_RANGE);
	assert_int_equal(drop_resolve(STR("no-such-user"), &id), ERR_NOTFOUND);
	assert_int_equal(drop_resolve(STR(""), &id), ERR_NOTFOUND);
	assert_int_equal(drop_resolve(STR("012"), &id), ERR_NOTFOUND);
	assert_int_equal(id.uid, 12345);
}

static char empty_dir[] = "/tmp/drop_test.XXXXXX";

static int
drop_all(void)
{
	struct drop_opts o = { .change_id = true,
		.id = { NOBODY, NOBODY },
		.root = empty_dir,
		.nofile = 512 };
	struct errinfo ei = { "" };
	struct rlimit rl;
	struct stat st;
	gid_t g[8];
	rlim_t hard;
	int sig = 0;

	CHECK(getrlimit(RLIMIT_NOFILE, &rl) == 0);
	hard = rl.rlim_max;
	CHECK(drop_privileges(&o, &ei) == 0);
	CHECK(getuid() == NOBODY && geteuid() == NOBODY && getgid() == NOBODY);
	CHECK(getgroups(8, g) == 0);
	CHECK(setuid(0) == -1 && setgid(0) == -1);
	CHECK(stat("/etc", &st) == -1 && errno == ENOENT);
	CHECK(chroot("/") == -1);
	CHECK(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	CHECK(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
	CHECK(prctl(PR_GET_PDEATHSIG, &sig, 0, 0, 0) == 0 && sig == SIGKILL);
	CHECK(getrlimit(RLIMIT_CORE, &rl) == 0 && rl.rlim_max == 0);
	/* A lower hard limit stays where root has no CAP_SYS_RESOURCE. */
	CHECK(getrlimit(RLIMIT_NOFILE, &rl) == 0);
	CHECK(rl.rlim_cur == 512 || (hard < 512 && rl.rlim_cur == hard));
	CHECK(fork() == -1);
	return 0;
}

static int
drop_without_root(void)
{
	struct drop_opts o = { .nofile = 1u << 30, .keep_processes = true };
	struct errinfo ei = { "" };
	pid_t pid;

	CHECK(setresuid(NOBODY, NOBODY, NOBODY) == 0);
	CHECK(drop_privileges(&o, &ei) == 0);
	CHECK(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	CHECK((pid = fork()) != -1);
	if (pid == 0)
		_exit(0);
	CHECK(waitpid(pid, NULL, 0) == pid);
	o.root = "/";
	CHECK(drop_privileges(&o, &ei) == ERR_SYS);
	CHECK(strcmp(ei.text, "/: Operation not permitted") == 0);
	o.root = NULL;
	o.change_id = true;
	o.id = (struct drop_id){ 1, 1 };
	CHECK(drop_privileges(&o, &ei) == ERR_SYS);
	CHECK(strcmp(ei.text, "setgroups: Operation not permitted") == 0);
	return 0;
}

static void
privileges_go(void **state)
{
	(void)state;
	assert_int_equal(geteuid(), 0);
	assert_non_null(mkdtemp(empty_dir));
	assert_int_equal(chmod(empty_dir, 0755), 0);
	assert_int_equal(in_child(drop_all), 0);
	assert_int_equal(in_child(drop_without_root), 0);
	assert_int_equal(rmdir(empty_dir), 0);
}

/* ---- descriptors ---- */

static int
close_what_is_open(void)
{
	struct stat st, null;
	int p[2];

	CHECK(pipe(p) == 0 && fcntl(p[0], F_DUPFD, 500) == 500);
	CHECK(dup2(p[1], STDERR_FILENO) == STDERR_FILENO);
	CHECK(close(STDIN_FILENO) == 0 && close(STDOUT_FILENO) == 0);
	CHECK(drop_descriptors() == 0);
	CHECK(fcntl(p[0], F_GETFD) == -1 && fcntl(p[1], F_GETFD) == -1);
	CHECK(fcntl(500, F_GETFD) == -1 && errno == EBADF);
	CHECK(stat("/dev/null", &null) == 0);
	CHECK(fstat(STDIN_FILENO, &st) == 0 && st.st_rdev == null.st_rdev);
	CHECK(fstat(STDOUT_FILENO, &st) == 0 && st.st_rdev == null.st_rdev);
	/* This one was open and stays what it was. */
	CHECK(fstat(STDERR_FILENO, &st) == 0 && S_ISFIFO(st.st_mode));
	/* Nothing else is left open: the next gets the first number behind them. */
	CHECK(open("/dev/null", O_RDONLY) == STDERR_FILENO + 1);
	return 0;
}

static void
descriptors_of_the_starter_go(void **state)
{
	(void)state;
	assert_int_equal(in_child(close_what_is_open), 0);
}

/* ---- seccomp ---- */

static int
confine(void)
{
	static const struct seccomp_rule own[] = {
		SECCOMP_ALLOW_IF(socket, 0, ~0ULL, AF_UNIX),
	};
	static const struct seccomp_table table = { own, 1 };
	const struct seccomp_table *const all[] = { &seccomp_base, &table };

	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	CHECK(seccomp_enter(all, 2) == 0);
	return 0;
}

static int
allowed_calls(void)
{
	void *p;
	int fd;

	CHECK(confine() == 0);
	CHECK((fd = socket(AF_UNIX, SOCK_STREAM, 0)) != -1);
	CHECK(close(fd) == 0);
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(p != MAP_FAILED);
	CHECK(getpid() > 0);
	return 0;
}

static int
other_socket(void)
{
	CHECK(confine() == 0);
	(void)!socket(AF_INET, SOCK_STREAM, 0);
	return 0;
}

static int
executable_memory(void)
{
	CHECK(confine() == 0);
	(void)!mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return 0;
}

static int
exec_call(void)
{
	char *argv[] = { NULL };

	CHECK(confine() == 0);
	(void)execve("/bin/true", argv, argv);
	return 0;
}

static int
chroot_call(void)
{
	CHECK(confine() == 0);
	(void)!chroot("/");
	return 0;
}

static int
without_no_new_privs(void)
{
	const struct seccomp_table *const all[] = { &seccomp_base };

	CHECK(setresuid(NOBODY, NOBODY, NOBODY) == 0);
	/* libseccomp asks for no_new_privs by itself */
	CHECK(seccomp_enter(all, 1) == 0);
	return 0;
}

static void
other_calls_kill(void **state)
{
	static int (*const deadly[])(
	    void) = { other_socket, executable_memory, exec_call, chroot_call };
	size_t i;
	int status;

	(void)state;
	assert_int_equal(in_child(allowed_calls), 0);
	assert_int_equal(in_child(without_no_new_privs), 0);
	for (i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++) {
		status = in_child(deadly[i]);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGSYS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_resolve),
		cmocka_unit_test(privileges_go),
		cmocka_unit_test(descriptors_of_the_starter_go),
		cmocka_unit_test(other_calls_kill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
