/* spawn_test: tests what a child is given, what it does not have, and how its end is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/str.h"
#include "proc/spawn.h"

/* Runs /bin/sh -c script with fd 1 (and what is given) and returns its output. */
static int
run(const char *script, const char *const *env, const struct spawn_fd *more, size_t n_more,
    char *ret, size_t cap)
{
	const char *argv[] = { "sh", "-c", script, NULL };
	struct spawn_fd fds[16];
	struct spawn_opts o = { .path = "/bin/sh", .argv = argv, .env = env, .fds = fds };
	int out[2], pidfd, status;
	size_t n = 0, i;
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe(out), 0);
	fds[o.n_fds++] = (struct spawn_fd){ out[1], 1 };
	for (i = 0; i < n_more; i++)
		fds[o.n_fds++] = more[i];
	assert_int_equal(spawn_run(&o, &pid, &pidfd), 0);
	close(out[1]);
	while ((got = read(out[0], ret + n, cap - 1 - n)) > 0)
		n += (size_t)got;
	ret[n] = '\0';
	close(out[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(pidfd);
	return status;
}

static void
environment_is_path_and_what_is_given(void **state)
{
	static const char *const env[] = { "STATE=/x", NULL };
	char out[1000];

	(void)state;
	assert_int_equal(setenv("LEAK", "1", 1), 0);
	assert_int_equal(run("tr '\\0' '\\n' < /proc/$$/environ", env, NULL, 0, out, sizeof(out)),
	    0);
	assert_string_equal(out,
	    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nSTATE=/x\n");
}

static void
descriptors_are_exact(void **state)
{
	/* Descriptors that nobody meant to hand on, and a swap of two numbers. */
	int leak = open("/dev/zero", O_RDONLY), high = fcntl(leak, F_DUPFD, 40);
	int a[2], b[2], status;
	struct spawn_fd fds[2];
	char out[1000], text[64];

	(void)state;
	assert_int_equal(pipe(a), 0);
	assert_int_equal(pipe(b), 0);
	assert_true(a[0] < 16 && b[0] < 16);
	fds[0] = (struct spawn_fd){ a[0], b[0] };
	fds[1] = (struct spawn_fd){ b[0], a[0] };
	assert_int_equal(write(a[1], "A", 1), 1);
	assert_int_equal(write(b[1], "B", 1), 1);
	close(a[1]);
	close(b[1]);
	status = run("ls /proc/$$/fd; true", NULL, fds, 2, out, sizeof(out));
	assert_int_equal(status, 0);
	snprintf(text, sizeof(text), "0\n1\n2\n%d\n%d\n", a[0] < b[0] ? a[0] : b[0],
	    a[0] < b[0] ? b[0] : a[0]);
	assert_string_equal(out, text);
	snprintf(text, sizeof(text), "cat <&%d; cat <&%d", a[0], b[0]);
	assert_int_equal(run(text, NULL, fds, 2, out, sizeof(out)), 0);
	assert_string_equal(out, "BA");
	close(a[0]);
	close(b[0]);
	close(leak);
	close(high);
}

static void
signals_are_default(void **state)
{
	char out[100];
	sigset_t all, old;

	(void)state;
	assert_true(signal(SIGTERM, SIG_IGN) != SIG_ERR);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	/* The C library's own two signals are ignored in what make starts, and stay so. */
	assert_int_equal(run("grep -E 'Sig(Blk|Ign)' /proc/self/status | cut -f2 | "
			     "sed s/0000000[01]80000000/0000000000000000/",
			     NULL, NULL, 0, out, sizeof(out)),
	    0);
	sigprocmask(SIG_SETMASK, &old, NULL);
	assert_true(signal(SIGTERM, SIG_DFL) != SIG_ERR);
	assert_string_equal(out, "0000000000000000\n0000000000000000\n");
}

static void
input_is_empty_and_session_is_own(void **state)
{
	char out[100];

	(void)state;
	assert_int_equal(run("cat; test $(cut -d' ' -f6 /proc/$$/stat) = $$ && echo leader", NULL,
			     NULL, 0, out, sizeof(out)),
	    0);
	assert_string_equal(out, "leader\n");
}

static void
exec_failure_is_an_error_here(void **state)
{
	const char *argv[] = { "x", NULL };
	struct spawn_opts o = { .path = "/nonexistent/x", .argv = argv };
	pid_t pid = -1;
	int pidfd = -1;

	(void)state;
	assert_int_equal(spawn_run(&o, &pid, &pidfd), ERR_SYS);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(pid, -1);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	o.path = "/etc";
	assert_int_equal(spawn_run(&o, &pid, &pidfd), ERR_SYS);
	assert_int_equal(errno, EACCES);
}

static void
pidfd_tells_the_end(void **state)
{
	const char *argv[] = { "sh", "-c", "kill -9 $$", NULL };
	struct spawn_opts o = { .path = "/bin/sh", .argv = argv };
	struct pollfd p = { .events = POLLIN };
	char text[64];
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(spawn_run(&o, &pid, &p.fd), 0);
	assert_int_equal(fcntl(p.fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(poll(&p, 1, 10000), 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(p.fd);
	spawn_ending(status, text, sizeof(text));
	assert_string_equal(text, "signal 9 (SIGKILL)");
	spawn_ending(3 << 8, text, sizeof(text));
	assert_string_equal(text, "exit 3");
}

/* A child goes with its parent, however that dies. */
static void
child_dies_with_its_parent(void **state)
{
	const char *argv[] = { "sleep", "1000", NULL };
	int out[2];
	struct pollfd p;
	pid_t middle;
	char c;

	(void)state;
	assert_int_equal(pipe(out), 0);
	if ((middle = fork()) == 0) {
		struct spawn_fd fd = { out[1], 1 };
		struct spawn_opts o = { .path = "/bin/sleep",
			.argv = argv,
			.fds = &fd,
			.n_fds = 1 };
		pid_t pid;
		int pidfd;

		if (spawn_run(&o, &pid, &pidfd) == 0)
			(void)raise(SIGKILL);
		_exit(1);
	}
	close(out[1]);
	assert_int_equal(waitpid(middle, NULL, 0), middle);
	/* The pipe ends when the last holder of its other end, the child, is gone. */
	p = (struct pollfd){ .fd = out[0], .events = POLLIN };
	assert_int_equal(poll(&p, 1, 10000), 1);
	assert_int_equal(read(out[0], &c, 1), 0);
	close(out[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(environment_is_path_and_what_is_given),
		cmocka_unit_test(descriptors_are_exact),
		cmocka_unit_test(signals_are_default),
		cmocka_unit_test(input_is_empty_and_session_is_own),
		cmocka_unit_test(exec_failure_is_an_error_here),
		cmocka_unit_test(pidfd_tells_the_end),
		cmocka_unit_test(child_dies_with_its_parent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
