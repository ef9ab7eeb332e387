/*
 * seccomp: limits the system calls of a role. Any other call kills the process; its parent logs
 * SIGSYS and starts a new one.
 *
 * Each role has a table of its own beside its code, and adds the tables below. A role that
 * runs programs has no filter, as the programs would inherit it.
 */
#ifndef PROC_SECCOMP_H
#define PROC_SECCOMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "base/err.h"

/* A system call that is allowed; with has_arg only when (argument & mask) == value. */
struct seccomp_rule {
	int nr; /* __NR_name */
	bool has_arg;
	unsigned arg; /* the number of the argument, 0..5 */
	uint64_t mask;
	uint64_t value;
};

#define SECCOMP_ALLOW(name) \
	{ \
		.nr = __NR_##name \
	}
#define SECCOMP_ALLOW_IF(name, a, m, v) \
	{ \
		.nr = __NR_##name, .has_arg = true, .arg = (a), .mask = (m), .value = (v) \
	}

struct seccomp_table {
	const struct seccomp_rule *rules;
	size_t n;
};

/* Memory, clocks, randomness, open descriptors, messages, exit. Of fcntl the commands that read
 * and set flags and that duplicate a descriptor. Sending, but nothing by which a socket connects.
 */
extern const struct seccomp_table seccomp_base;
/* Opening, making, locking and changing files, as far as the role's user may. */
extern const struct seccomp_table seccomp_files;

/* Allows the calls of all n tables from now on, and no others but tgkill with the process's own
 * id, which abort() needs. A process that was forked afterwards could not abort. Needs no_new_privs
 * (proc/drop). ERR_SYS. */
int seccomp_enter(const struct seccomp_table *const *tables, size_t n) MUST_CHECK;

#endif
