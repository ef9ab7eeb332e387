/*
 * sandbox_test: tests that the helper may do what a lookup needs, and that any other system call
 * ends it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../proc/in_child.h"
#include "authkeys/note.h"
#include "authkeys/sandbox.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__clang__)
#define WITH_SANITIZER
#endif
#define FLAGS (SOCK_CLOEXEC | SOCK_NONBLOCK)

/* How a child ends that does what in the sandbox. */
static int
end_of(long (*what)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (sandbox_enter() != 0)
			_exit(99);
		_exit(what() == 0 ? 0 : 1);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* ---- what a lookup does ---- */

static long
do_sockets(void)
{
	static const int kinds[][2] = { { AF_UNIX, SOCK_STREAM }, { AF_INET, SOCK_STREAM },
		{ AF_INET6, SOCK_STREAM }, { AF_UNIX, SOCK_DGRAM } };
	struct sockaddr_un nobody = { .sun_family = AF_UNIX, .sun_path = "/no-such-socket" };
	struct pollfd p = { .events = POLLIN };
	socklen_t n = sizeof(int);
	int e;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		/* A machine may have no IPv6. */
		if ((p.fd = socket(kinds[i][0], kinds[i][1] | FLAGS, 0)) == -1 &&
		    kinds[i][0] != AF_INET6)
			return 1;
		(void)connect(p.fd, (struct sockaddr *)(void *)&nobody, sizeof(nobody));
		(void)getsockopt(p.fd, SOL_SOCKET, SO_ERROR, &e, &n);
		(void)poll(&p, 1, 0);
		(void)send(p.fd, "x", 1, MSG_NOSIGNAL);
		(void)recv(p.fd, &e, sizeof(e), 0);
		close(p.fd);
	}
	return 0;
}

static long
do_memory(void)
{
	return use_memory();
}

static long
do_rest(void)
{
	struct timespec ts;
	char c;

	if (clock_gettime(CLOCK_BOOTTIME, &ts) != 0 || getrandom(&c, 1, 0) != 1 || time(NULL) < 1)
		return 1;
	note_write(STR("sandbox_test: a note"), false);
	note_write(STR("sandbox_test: # a note for a terminal"), true);
	return 0;
}

/* ---- what it does not do ---- */

#define DOES(name, call) \
	static long name(void) \
	{ \
		return (long)(call); \
	}
DOES(do_map_code, mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
DOES(do_map_all, mmap(NULL, 4096, 7, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
DOES(do_pkey_protect, syscall(SYS_pkey_mprotect, 0, 4096, PROT_EXEC, -1))
DOES(do_protect, mprotect((void *)(uintptr_t)4096, 4096, PROT_READ | PROT_EXEC))
DOES(do_ioctl, ioctl(0, TIOCSTI, ""))
DOES(do_isatty, isatty(2))
DOES(do_netlink, socket(AF_NETLINK, SOCK_RAW | FLAGS, 0))
DOES(do_packet, socket(AF_PACKET, SOCK_DGRAM | FLAGS, 0))
DOES(do_udp, socket(AF_INET, SOCK_DGRAM | FLAGS, 0))
DOES(do_raw, socket(AF_INET6, SOCK_RAW | FLAGS, 0))
DOES(do_vsock, socket(AF_VSOCK, SOCK_STREAM | FLAGS, 0))
DOES(do_pair, socketpair(AF_UNIX, SOCK_STREAM, 0, (int[2]){ 0 }))
DOES(do_listen, listen(0, 1))
DOES(do_bind, bind(0, NULL, 0))
DOES(do_set, setsockopt(0, SOL_SOCKET, SO_REUSEADDR, NULL, 0))
DOES(do_open, syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY))
DOES(do_stat, syscall(SYS_newfstatat, AT_FDCWD, "/etc/passwd", NULL, 0))
DOES(do_read, read(0, NULL, 0))
DOES(do_exec, execl("/bin/true", "true", NULL))
DOES(do_fork, syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0))
DOES(do_kill, kill(getppid(), 0))
DOES(do_signal_itself, syscall(SYS_tgkill, getpid(), getpid(), 0))
DOES(do_handler, syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 8))

static void
a_lookup_may(void **state)
{
	static long (*const rows[])(void) = { do_sockets, do_memory, do_rest };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(end_of(rows[i]), 0);
}

static void
all_else_kills(void **state)
{
	static long (*const rows[])(void) = { do_map_code, do_map_all, do_pkey_protect, do_netlink,
		do_packet, do_udp, do_raw, do_vsock, do_pair, do_listen, do_bind, do_set, do_open,
		do_stat, do_read, do_exec, do_fork, do_kill, do_signal_itself, do_handler };
	/* A sanitizer's runtime may do these. */
	static long (*const late[])(void) = { do_protect, do_ioctl, do_isatty };
	size_t i;
	int status;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		status = end_of(rows[i]);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGSYS);
	}
#ifdef WITH_SANITIZER
	(void)late;
#else
	for (i = 0; i < sizeof(late) / sizeof(late[0]); i++)
		assert_int_equal(WTERMSIG(end_of(late[i])), SIGSYS);
#endif
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lookup_may),
		cmocka_unit_test(all_else_kills),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
