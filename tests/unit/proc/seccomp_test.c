/*
 * seccomp_test: tests that the real filter allows the system calls that the C library makes late,
 * and that a forbidden call ends the process.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/log.h"
#include "proc/seccomp.h"

#define SORT_BYTES 102400

/* How a child ends that does what under the base table. */
static int
end_of(int (*what)(void))
{
	static const struct seccomp_table *const tables[] = { &seccomp_base };
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || seccomp_enter(tables, 1) != 0)
			_exit(99);
		_exit(what());
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static int
by_value(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static int
do_sort(void)
{
	size_t i, n = SORT_BYTES / sizeof(uint64_t);
	uint64_t *v = xalloc(SORT_BYTES);

	for (i = 0; i < n; i++)
		v[i] = (i * 7919) % n;
	qsort(v, n, sizeof(*v), by_value);
	for (i = 1; i < n; i++)
		if (v[i - 1] > v[i])
			return 1;
	xfree(v);
	return 0;
}

/* What qsort does in it, where a sanitizer has a qsort of its own. */
static int
do_sysconf(void)
{
	return sysconf(_SC_PHYS_PAGES) > 0 && sysconf(_SC_PAGESIZE) > 0 ? 0 : 1;
}

static int
do_memory(void)
{
	size_t n;
	char *p = NULL;

	/* Through brk, through mmap, moved by mremap, and given back. */
	for (n = 64; n <= 16u << 20; n *= 2) {
		p = xregrow(p, n, 1);
		p[n - 1] = 'x';
	}
	xfree(p);
	return 0;
}

static int
do_time(void)
{
	time_t at = 1700000000;
	struct timespec ts;
	struct tm tm;
	char text[64];

	if (clock_gettime(CLOCK_BOOTTIME, &ts) != 0 || clock_gettime(CLOCK_REALTIME, &ts) != 0)
		return 1;
	if (gmtime_r(&at, &tm) == NULL || strftime(text, sizeof(text), "%FT%TZ", &tm) == 0)
		return 1;
	return tm.tm_year == 123 ? 0 : 1;
}

static int
do_log(void)
{
	char text[64];

	snprintf(text, sizeof(text), "%s %.3f", strerror(4711), 1.5);
	log_info("seccomp-test", log_c("text", text));
	return 0;
}

/* A defect is to be seen as what it is: SIGABRT, not SIGSYS. */
static int
do_abort(void)
{
	abort();
}

static int
do_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int
do_open(void)
{
	return (int)syscall(SYS_open, "/etc/passwd", 0);
}

static int
do_exec(void)
{
	return (int)syscall(SYS_execve, "/bin/true", NULL, NULL);
}

static int
do_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
	    MAP_FAILED;
}

static void
what_libraries_do_late(void **state)
{
	static int (*const rows[])(void) = { do_sort, do_sysconf, do_memory, do_time, do_log };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(end_of(rows[i]), 0);
}

static void
abort_is_abort(void **state)
{
	int status = end_of(do_abort);

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void
all_else_kills(void **state)
{
	static int (*const rows[])(void) = {
		do_socket,
		do_exec,
		do_code,
#if !defined(__SANITIZE_ADDRESS__) && !defined(__clang__)
		do_open, /* the sanitizers' runtime may */
#endif
	};
	size_t i;
	int status;

	(void)state;
	(void)do_open;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		status = end_of(rows[i]);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGSYS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_libraries_do_late),
		cmocka_unit_test(abort_is_abort),
		cmocka_unit_test(all_else_kills),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
