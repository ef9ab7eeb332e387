/*
 * seccomp: the system calls that a role may make from now on; any other kills
 * the process (its parent logs SIGSYS and starts a new one).
 *
 * Each role keeps its table beside its code, and adds the tables below. A program
 * that is run by a role would be bound by the role's list: roles that run
 * programs have none.
 */
#ifndef PROC_SECCOMP_H
#define PROC_SECCOMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "base/err.h"

/* One row: a call, and when has_arg, only with that argument. */
struct seccomp_rule {
	int nr; /* __NR_name */
	bool has_arg;
	unsigned arg;  /* which argument, 0..5 */
	uint64_t mask; /* (argument & mask) == value */
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

/* Memory, clocks, randomness, descriptors already open, messages, exit. */
extern const struct seccomp_table seccomp_base;
/* Files below the working directory and others the role's user may open. */
extern const struct seccomp_table seccomp_files;

/* The sum of the tables. Needs no_new_privs (proc/drop). ERR_SYS. */
int seccomp_enter(const struct seccomp_table *const *tables, size_t n) MUST_CHECK;

#endif
