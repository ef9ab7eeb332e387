/*
 * seccomp_test: tests that the real filter allows the system calls that the C library makes late,
 * and that a forbidden call ends the process.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "in_child.h"
#include "base/log.h"
#include "proc/seccomp.h"

#define SORT_BYTES 102400
#if defined(__SANITIZE_ADDRESS__) || defined(__clang__)
#define WITH_SANITIZER
#endif

static const struct seccomp_table *const tables[] = { &seccomp_base, &seccomp_files };

/* How a child ends that does what under the first n tables. */
static int
end_under(size_t n, int (*what)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || seccomp_enter(tables, n) != 0)
			_exit(99);
		_exit(what());
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* The same under the base table alone. */
static int
end_of(int (*what)(void))
{
	return end_under(1, what);
}

static void
assert_killed(int status)
{
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
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

static int
do_flags(void)
{
	int fd, flags;

	if ((flags = fcntl(0, F_GETFL)) == -1 || fcntl(0, F_SETFL, flags) != 0)
		return 1;
	if ((fd = fcntl(0, F_DUPFD_CLOEXEC, 10)) < 10 || fcntl(fd, F_GETFD) != FD_CLOEXEC)
		return 2;
	return fcntl(fd, F_SETFD, 0) == 0 && fcntl(fd, F_GETFD) == 0 ? 0 : 3;
}

static int
do_lock(void)
{
	struct flock l = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_len = 1 };
	int fd = open("/proc/self/status", O_RDONLY);

	if (fd == -1 || fcntl(fd, F_SETLK, &l) != 0)
		return 1;
	l.l_type = F_WRLCK;
	return fcntl(fd, F_GETLK, &l) == 0 && l.l_type == F_UNLCK ? 0 : 2;
}

/* A lock on what is open already. */
static int
do_lock_open(void)
{
	struct flock l = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_len = 1 };

	return fcntl(0, F_GETLK, &l);
}

/* A defect is to be seen as what it is: SIGABRT, not SIGSYS. */
static int
do_abort(void)
{
	abort();
}

static int
do_signal_itself(void)
{
	return (int)syscall(SYS_tgkill, getpid(), gettid(), 0);
}

/* Signals to a process of the same user, each way. Signal 0 harms nobody when it gets through. */
static int
do_tgkill(void)
{
	return (int)syscall(SYS_tgkill, getppid(), getppid(), 0);
}

/* The kernel ignores the upper half of a process id. */
static int
do_tgkill_long(void)
{
	return (int)syscall(SYS_tgkill, (1l << 32) | getppid(), getppid(), 0);
}

static int
do_tkill(void)
{
	return (int)syscall(SYS_tkill, getppid(), 0);
}

static int
do_kill(void)
{
	return kill(getppid(), 0);
}

static int
do_queue_signal(void)
{
	siginfo_t info = { .si_code = SI_QUEUE };

	return (int)syscall(SYS_rt_sigqueueinfo, getppid(), SIGURG, &info);
}

static int
do_pidfd(void)
{
	return (int)syscall(SYS_pidfd_open, getppid(), 0);
}

static int
do_pidfd_signal(void)
{
	return (int)syscall(SYS_pidfd_send_signal, 0, 0, NULL, 0);
}

static int
do_set_owner(void)
{
	return fcntl(0, F_SETOWN, getppid());
}

static int
do_set_owner_ex(void)
{
	const struct f_owner_ex owner = { F_OWNER_PID, getppid() };

	return fcntl(0, F_SETOWN_EX, &owner);
}

static int
do_set_signal(void)
{
	return fcntl(0, F_SETSIG, SIGKILL);
}

static int
do_notify(void)
{
	return fcntl(0, F_NOTIFY, DN_MODIFY);
}

static int
do_lease(void)
{
	return fcntl(0, F_SETLEASE, F_RDLCK);
}

/* The owner of a socket can be set this way too. */
static int
do_ioctl(void)
{
	pid_t pid = getppid();

	return ioctl(0, FIOSETOWN, &pid);
}

/* Limits of another process: with no time left the kernel ends it. */
static int
do_limit(void)
{
	return (int)syscall(SYS_prlimit64, getppid(), RLIMIT_CPU, NULL, NULL);
}

static int
do_prctl(void)
{
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static int
do_read_memory(void)
{
	return (int)syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0);
}

static int
do_write_memory(void)
{
	return (int)syscall(SYS_process_vm_writev, getppid(), NULL, 0, NULL, 0, 0);
}

static int
do_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

/* A socket that was shut down while it listened can be connected, with this flag by sending. */
static int
do_connect_by_message(void)
{
	struct msghdr m = { .msg_iov = NULL };

	return (int)sendmsg(0, &m, MSG_FASTOPEN);
}

static int
do_connect_by_send(void)
{
	return (int)sendto(0, "", 0, MSG_NOSIGNAL | MSG_FASTOPEN, NULL, 0);
}

/* As the channels of ipc are written to. */
static int
do_send(void)
{
	struct msghdr m = { .msg_iov = NULL };

	return (sendmsg(0, &m, MSG_DONTWAIT | MSG_NOSIGNAL) == 0 || errno == ENOTSOCK) &&
		(send(0, "", 0, MSG_NOSIGNAL) == 0 || errno == ENOTSOCK)
	    ? 0
	    : 1;
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
	static int (*const rows[])(void) = { do_sort, do_sysconf, use_memory, do_time, do_log,
		do_flags, do_send, do_signal_itself };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(end_of(rows[i]), 0);
	assert_int_equal(end_under(2, do_lock), 0);
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
	static int (*const rows[])(void) = { do_socket, do_exec, do_code, do_lock_open,
		do_connect_by_message, do_connect_by_send,
#ifndef WITH_SANITIZER /* its runtime may */
		do_open
#endif
	};
	size_t i;

	(void)state;
	(void)do_open;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_killed(end_of(rows[i]));
}

/* Also with the files, which core may have. */
static void
other_processes_are_out_of_reach(void **state)
{
	static int (*const rows[])(void) = { do_tgkill, do_tgkill_long, do_tkill, do_queue_signal,
		do_pidfd, do_pidfd_signal, do_set_owner, do_set_owner_ex, do_set_signal, do_notify,
		do_lease, do_write_memory };
	static int (*const late[])(
	    void) = { do_kill, do_ioctl, do_limit, do_prctl, do_read_memory };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_killed(end_under(2, rows[i]));
#ifdef WITH_SANITIZER
	(void)late; /* its runtime may */
#else
	for (i = 0; i < sizeof(late) / sizeof(late[0]); i++)
		assert_killed(end_under(2, late[i]));
#endif
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_libraries_do_late),
		cmocka_unit_test(abort_is_abort),
		cmocka_unit_test(all_else_kills),
		cmocka_unit_test(other_processes_are_out_of_reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
