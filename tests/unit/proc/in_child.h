/*
 * in_child: what tests of confinement share. A child gives up what it may do, tries, and says by
 * its end how that went.
 */
#ifndef IN_CHILD_H
#define IN_CHILD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"

/* In fn: ends it, with the line. */
#define CHECK(cond) \
	do { \
		if (!(cond)) \
			return __LINE__ % 250 + 1; \
	} while (0)

/* The wait status of a child that runs fn; fn returns 0 when all is as wished. */
static inline int
in_child(int (*fn)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid != -1);
	if (pid == 0)
		_exit(fn());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* Takes memory through brk and through mmap, has it moved by mremap, and gives it back. */
static inline int
use_memory(void)
{
	size_t n;
	char *p = NULL;

	for (n = 64; n <= 16u << 20; n *= 2) {
		p = xregrow(p, n, 1);
		p[n - 1] = 'x';
	}
	xfree(p);
	return 0;
}

#endif
