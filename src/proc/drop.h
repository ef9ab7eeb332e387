/*
 * drop: gives up for good what a process does not need: root's ids, the file system, new
 * privileges, new processes, core dumps, the descriptors of whoever started it.
 */
#ifndef PROC_DROP_H
#define PROC_DROP_H

#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"
#include "proc/confine.h"

struct drop_id {
	uid_t uid;
	gid_t gid;
};

/* Finds the ids of a user, which is a name or a number (then gid = uid). It reads the system's
 * list of users, so call it before chroot. ERR_NOTFOUND; ERR_RANGE (root, or the number is too
 * large). */
int drop_resolve(struct str user, struct drop_id *ret) MUST_CHECK;

struct drop_opts {
	bool change_id; /* change to id, which needs root */
	struct drop_id id;
	const char *root; /* chroot to this directory, which needs root; NULL: do not */
	/* What of the file system is left (proc/confine.h); NULL: all */
	const struct confine_path *files;
	size_t n_files;
	unsigned nofile;     /* the number of descriptors wished, which may be cut to the hard
			      * limit if that cannot be raised; 0: no change */
	bool keep_processes; /* the role starts processes, so RLIMIT_NPROC is not set to 0 */
};

/*
 * Does all of it, and also sets no_new_privs, forbids core dumps, and asks for SIGKILL when the
 * parent dies. ERR_SYS: the process must exit, as some of it may be done; ei says what failed.
 * ERR_UNSUPPORTED: all is done but files, which this kernel cannot do.
 */
int drop_privileges(const struct drop_opts *o, struct errinfo *ei) MUST_CHECK;

/*
 * Closes all descriptors but standard input, output and error, and opens /dev/null for those of
 * the three that are closed. A daemon calls it before it opens anything that stays open: the
 * program that started it may have left connections of its own open. ERR_SYS; errno says why.
 */
int drop_descriptors(void) MUST_CHECK;

#endif
