/*
 * drop: gives up, for ever, what a role does not need: its user, the file
 * system, new privileges, processes, core dumps.
 */
#ifndef PROC_DROP_H
#define PROC_DROP_H

#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

struct drop_id {
	uid_t uid;
	gid_t gid;
};

/* A user's name, or a number (then gid = uid). Reads the system's user list, so
 * before chroot. ERR_NOTFOUND, ERR_RANGE (0 or too large). */
int drop_resolve(struct str user, struct drop_id *ret) MUST_CHECK;

struct drop_opts {
	bool change_id; /* to id; needs root */
	struct drop_id id;
	const char *root;    /* chroot here and cd to /; NULL: no. needs root */
	unsigned nofile;     /* descriptors wished; as many as the hard limit
			      * allows. 0: as it is */
	bool keep_processes; /* RLIMIT_NPROC stays: the role forks */
};

/*
 * All of it, in the right order, checked afterwards. Also: no_new_privs, no core
 * dump, SIGKILL when the parent dies. Errors: ERR_SYS; the process must then exit.
 */
int drop_privileges(const struct drop_opts *o, struct errinfo *ei) MUST_CHECK;

#endif
