/*
 * seccomp: makes one filter from several tables; see seccomp.h.
 */
#include "proc/seccomp.h"

#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ROWS(a) (sizeof(a) / sizeof((a)[0]))

static const struct seccomp_rule base_rules[] = {
	/* descriptors that are open */
	SECCOMP_ALLOW(read),
	SECCOMP_ALLOW(readv),
	SECCOMP_ALLOW(write),
	SECCOMP_ALLOW(writev),
	SECCOMP_ALLOW(close),
	SECCOMP_ALLOW(dup),
	/* no F_SETOWN and no F_NOTIFY: the kernel would send signals to other processes */
	SECCOMP_ALLOW_IF(fcntl, 1, UINT32_MAX, F_GETFL),
	SECCOMP_ALLOW_IF(fcntl, 1, UINT32_MAX, F_SETFL),
	SECCOMP_ALLOW_IF(fcntl, 1, UINT32_MAX, F_GETFD),
	SECCOMP_ALLOW_IF(fcntl, 1, UINT32_MAX, F_SETFD),
	SECCOMP_ALLOW_IF(fcntl, 1, UINT32_MAX, F_DUPFD_CLOEXEC),
	SECCOMP_ALLOW(fstat),
	SECCOMP_ALLOW(lseek),
	SECCOMP_ALLOW(poll),
	SECCOMP_ALLOW(ppoll),
	SECCOMP_ALLOW(epoll_create1),
	SECCOMP_ALLOW(epoll_ctl),
	SECCOMP_ALLOW(epoll_wait),
	SECCOMP_ALLOW(epoll_pwait),
	/* without MSG_FASTOPEN, by which a socket that listened before can be made to connect */
	SECCOMP_ALLOW_IF(sendmsg, 2, MSG_FASTOPEN, 0),
	SECCOMP_ALLOW_IF(sendto, 3, MSG_FASTOPEN, 0),
	SECCOMP_ALLOW(recvmsg),
	/* memory; nothing that could be executed */
	SECCOMP_ALLOW(brk),
	SECCOMP_ALLOW_IF(mmap, 2, PROT_EXEC, 0),
	SECCOMP_ALLOW_IF(mprotect, 2, PROT_EXEC, 0),
	SECCOMP_ALLOW(munmap),
	SECCOMP_ALLOW(mremap),
	SECCOMP_ALLOW(madvise),
	SECCOMP_ALLOW(mlock),
	SECCOMP_ALLOW(munlock),
	SECCOMP_ALLOW(sysinfo), /* qsort asks for the size of memory, above 1 KiB */
	/* time, randomness, own ids */
	SECCOMP_ALLOW(clock_gettime),
	SECCOMP_ALLOW(clock_nanosleep),
	SECCOMP_ALLOW(nanosleep),
	SECCOMP_ALLOW(gettimeofday),
	SECCOMP_ALLOW(time),
	SECCOMP_ALLOW(getrandom),
	SECCOMP_ALLOW(getpid),
	SECCOMP_ALLOW(gettid),
	SECCOMP_ALLOW(getppid),
	SECCOMP_ALLOW(getuid),
	SECCOMP_ALLOW(geteuid),
	SECCOMP_ALLOW(getgid),
	SECCOMP_ALLOW(getegid),
	/* signals and the end; a signal to itself is allowed by seccomp_enter */
	SECCOMP_ALLOW(rt_sigaction),
	SECCOMP_ALLOW(rt_sigprocmask),
	SECCOMP_ALLOW(rt_sigreturn),
	SECCOMP_ALLOW(restart_syscall),
	SECCOMP_ALLOW(futex),
	SECCOMP_ALLOW(exit),
	SECCOMP_ALLOW(exit_group),
};
const struct seccomp_table seccomp_base = { base_rules, ROWS(base_rules) };

static const struct seccomp_rule files_rules[] = {
	SECCOMP_ALLOW(open),
	SECCOMP_ALLOW(openat),
	SECCOMP_ALLOW(stat),
	SECCOMP_ALLOW(lstat),
	SECCOMP_ALLOW(newfstatat),
	SECCOMP_ALLOW(statx),
	SECCOMP_ALLOW(statfs),
	SECCOMP_ALLOW(fstatfs),
	SECCOMP_ALLOW(access),
	SECCOMP_ALLOW(faccessat),
	SECCOMP_ALLOW(faccessat2),
	SECCOMP_ALLOW(readlink),
	SECCOMP_ALLOW(getcwd),
	SECCOMP_ALLOW(getdents64),
	SECCOMP_ALLOW(pread64),
	SECCOMP_ALLOW(pwrite64),
	SECCOMP_ALLOW(ftruncate),
	SECCOMP_ALLOW(fallocate),
	SECCOMP_ALLOW(fsync),
	SECCOMP_ALLOW(fdatasync),
	SECCOMP_ALLOW(flock),
	/* the locks of SQLite */
	SECCOMP_ALLOW_IF(fcntl, 1, UINT32_MAX, F_GETLK),
	SECCOMP_ALLOW_IF(fcntl, 1, UINT32_MAX, F_SETLK),
	SECCOMP_ALLOW(unlink),
	SECCOMP_ALLOW(rename),
	SECCOMP_ALLOW(mkdir),
	SECCOMP_ALLOW(rmdir),
	SECCOMP_ALLOW(fchmod),
	SECCOMP_ALLOW(fchown),
	SECCOMP_ALLOW(utimensat),
	SECCOMP_ALLOW(umask),
};
const struct seccomp_table seccomp_files = { files_rules, ROWS(files_rules) };

#ifndef __has_feature /* clang's; gcc has a macro instead */
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
/* In a build with sanitizers: the calls that their runtime makes at the end and for a report. */
static const struct seccomp_rule sanitizer_rules[] = {
	SECCOMP_ALLOW(open),
	SECCOMP_ALLOW(openat),
	SECCOMP_ALLOW(newfstatat),
	SECCOMP_ALLOW(stat),
	SECCOMP_ALLOW(readlink),
	SECCOMP_ALLOW(getdents64),
	SECCOMP_ALLOW(ioctl),
	SECCOMP_ALLOW(sigaltstack),
	SECCOMP_ALLOW(sched_yield),
	SECCOMP_ALLOW(sched_getaffinity),
	SECCOMP_ALLOW(prctl),
	SECCOMP_ALLOW(clone),
	SECCOMP_ALLOW(wait4),
	SECCOMP_ALLOW(ptrace),
	SECCOMP_ALLOW(process_vm_readv),
	SECCOMP_ALLOW(getrlimit),
	SECCOMP_ALLOW(prlimit64),
	SECCOMP_ALLOW(pipe),
	SECCOMP_ALLOW(kill),
};
static const struct seccomp_table sanitizer = { sanitizer_rules, ROWS(sanitizer_rules) };
#else
static const struct seccomp_table sanitizer = { NULL, 0 };
#endif

static int
add_table(scmp_filter_ctx f, const struct seccomp_table *t)
{
	const struct seccomp_rule *r;
	struct scmp_arg_cmp cmp;
	size_t i;
	int e;

	for (i = 0; i < t->n; i++) {
		r = &t->rules[i];
		cmp = (struct scmp_arg_cmp){ r->arg, SCMP_CMP_MASKED_EQ, r->mask, r->value };
		e = seccomp_rule_add_array(f, SCMP_ACT_ALLOW, r->nr, r->has_arg ? 1 : 0, &cmp);
		if (e != 0)
			return e;
	}
	return 0;
}

/* abort() sends SIGABRT to a thread of its own process. Other processes are not for this one to
 * stop, though they may run as the same user. */
static int
add_signal_to_itself(scmp_filter_ctx f)
{
	const struct seccomp_rule own = SECCOMP_ALLOW_IF(tgkill, 0, UINT32_MAX, (uint64_t)getpid());
	const struct seccomp_table t = { &own, 1 };

	return add_table(f, &t);
}

int
seccomp_enter(const struct seccomp_table *const *tables, size_t n)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
	size_t i;
	int e = f == NULL ? -1 : 0;

	/* The C library reads the file of the time zone when it is first asked for a date. That
	 * would be for the first certificate of a peer, so do it now. */
	tzset();
	for (i = 0; e == 0 && i < n; i++)
		e = add_table(f, tables[i]);
	if (e == 0)
		e = add_signal_to_itself(f);
	if (e == 0)
		e = add_table(f, &sanitizer);
	if (e == 0)
		e = seccomp_load(f);
	if (f != NULL)
		seccomp_release(f);
	return e == 0 ? 0 : ERR_SYS;
}
