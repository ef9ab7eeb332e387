/*
 * role: how every process that a parent supervises begins. It takes its control channel, is
 * given what it needs, and gives up what it does not need, always in this order:
 *
 *   1. the control channel; from here on signals are ignored
 *   2. peers, listeners and files come; `conf`, the configuration, is read here
 *   3. CTL_GO
 *   4. prepare   with all privileges: open what only root can open
 *   5. root's ids, the file system and limits are given up (proc/drop)
 *   6. open      as the new user: open what is needed later
 *   7. seccomp
 *   8. begin     do what must be done before the role serves
 *   9. CTL_READY
 *
 * The configuration is the one that the parent accepted, never the file on disk. At CTL_RELOAD
 * the reloadable settings are taken over here, and then the role is told.
 */
#ifndef PROC_ROLE_H
#define PROC_ROLE_H

#include "proc/confine.h"
#include "proc/control.h"
#include "proc/seccomp.h"
#include "settings/settings.h"

#define ROLE_TABLES_MAX 3

/* What a role runs as. */
struct role_confine {
	const char *user; /* the user to become; NULL: no change */
	const char *root; /* the directory to chroot to; NULL: none */
	/* What of the file system is left, for a role that opens files as it runs; NULL: all. On
	 * a kernel that cannot do that (proc/confine.h), the role goes on, with a warning. */
	const struct confine_path *files;
	size_t n_files;
	/* When the parent was not started by root, go on without changing to user and root.
	 * If false, that is an error. */
	bool may_share_user;
	unsigned nofile;     /* the number of descriptors wished; 0: no change */
	bool keep_processes; /* the role starts programs */
	/* The system calls that stay allowed, the first unused entry NULL. If the first is
	 * NULL, all calls stay allowed. */
	const struct seccomp_table *calls[ROLE_TABLES_MAX];
};

struct role_opts {
	const struct settings_table *settings;
	void *values;             /* the program's struct of settings, filled after step 3 */
	const int64_t *log_level; /* a member of values */
	/* The role's functions for messages of the parent. drain must not be NULL; reload and
	 * retire may be, and are then left out. file is not called for `conf`; reload is called
	 * after the settings have been taken over. */
	const struct control_ops *ops;
	/* The steps above; each may be NULL. An error ends the start, and ei says why. prepare
	 * fills ret, which is all zero, as it can use the settings. */
	int (*prepare)(void *ctx, struct role_confine *ret, struct errinfo *ei);
	int (*open)(void *ctx, struct errinfo *ei);
	int (*begin)(void *ctx, struct errinfo *ei);
	void *ctx;
};

struct role;

/* Step 1. o is copied; what it points to outlives the role. ERR_SYS. */
int role_new(const struct role_opts *o, struct role **ret) MUST_CHECK;
void role_free(struct role *r); /* NULL is fine */

/*
 * Steps 2 to 9. An error is logged, and the process must then exit: ERR_PEER (no good
 * configuration came, or nonsense), ERR_CLOSED, ERR_TIMEOUT, ERR_SYS, ERR_NOTFOUND or ERR_RANGE
 * (no such user, or root), or the error of a step.
 */
int role_start(struct role *r) MUST_CHECK;

/* For control_read, control_rejoin and control_wait_peer; lives as long as the role. */
struct control *role_control(const struct role *r);

#endif
