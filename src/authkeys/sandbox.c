/*
 * sandbox: a filter written by hand; see sandbox.h. To build it with libseccomp would take
 * longer than everything else that the helper does.
 */
#include "authkeys/sandbox.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#else
#error "no system call list for this machine"
#endif

#ifndef __has_feature /* clang's; gcc has a macro instead */
#define __has_feature(x) 0
#endif

#define LOAD(field) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offsetof(struct seccomp_data, field))
/* The lower half of an argument; both machines are little-endian. */
#define LOAD_ARG(n) LOAD(args[n])
/* Goes on when what is loaded is value, else behind the next n instructions. */
#define UNLESS_SKIP(value, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)(value), 0, (n))
#define LET BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define KILL BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)

/* Each of these begins and, when it allows nothing, ends with the number of the call loaded. */
#define ALLOW(name) UNLESS_SKIP(__NR_##name, 1), LET
/* Only without these bits in argument n. */
#define ALLOW_WITHOUT(name, n, bits) \
	UNLESS_SKIP(__NR_##name, 5), LOAD_ARG(n), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, (bits)), \
	    UNLESS_SKIP(0, 1), LET, LOAD(nr)
#define ALLOW_SOCKET(domain, type) \
	UNLESS_SKIP(__NR_socket, 6), LOAD_ARG(0), UNLESS_SKIP(domain, 3), LOAD_ARG(1), \
	    UNLESS_SKIP((type) | SOCK_CLOEXEC | SOCK_NONBLOCK, 1), LET, LOAD(nr)

static const struct sock_filter rules[] = {
	LOAD(arch),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
	KILL,
	LOAD(nr),
	/* the metadata service and /dev/log */
	ALLOW(recvfrom),
	ALLOW(sendto),
	ALLOW(ppoll),
#ifdef __NR_poll
	ALLOW(poll),
#endif
	ALLOW_SOCKET(AF_UNIX, SOCK_STREAM),
	ALLOW_SOCKET(AF_INET, SOCK_STREAM),
	ALLOW_SOCKET(AF_INET6, SOCK_STREAM),
	ALLOW_SOCKET(AF_UNIX, SOCK_DGRAM),
	ALLOW(connect),
	ALLOW(getsockopt),
	ALLOW(close),
	ALLOW(write),
	/* memory; nothing that could be executed */
	ALLOW(brk),
	ALLOW_WITHOUT(mmap, 2, PROT_EXEC),
	ALLOW(munmap),
	ALLOW(mremap),
	/* time, randomness, locks, the end */
	ALLOW(clock_gettime),
	ALLOW(gettimeofday),
	ALLOW(getrandom),
	ALLOW(getpid),
	ALLOW(futex),
	ALLOW(restart_syscall), /* after SIGSTOP and SIGCONT */
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
	/* called by the sanitizer's runtime, at the end or for a report */
	ALLOW(sigaltstack),
	ALLOW(madvise),
	ALLOW(mprotect),
	ALLOW(ioctl),
	ALLOW(gettid),
#endif
	ALLOW(exit),
	ALLOW(exit_group),
	KILL,
};

int
sandbox_enter(void)
{
	const struct sock_fprog program = { .len = sizeof(rules) / sizeof(rules[0]),
		.filter = (struct sock_filter *)(uintptr_t)rules };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		return ERR_SYS;
	return 0;
}
