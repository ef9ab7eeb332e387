/*
 * role: how every process that a parent supervises begins, whatever it does: it takes
 * its control channel, is given what it needs, and gives up what it does not need, in
 * one order. A review of a new role is a look at its struct role_opts.
 *
 *   1. control channel; signals are the parent's business
 *   2. peers, listeners, files come; `conf`, the configuration, is read here
 *   3. CTL_GO
 *   4. prepare   with all privileges: open what only root can
 *   5. user, root directory, limits are given up (proc/drop)
 *   6. open      as that user: open what it may for the rest of its life
 *   7. seccomp
 *   8. begin     what is to be done before anybody asks
 *   9. CTL_READY
 *
 * The configuration is the one that the parent accepted, never the file on the disk. At
 * CTL_RELOAD the reloadable settings are taken over here, then the role is told.
 */
#ifndef PROC_ROLE_H
#define PROC_ROLE_H

#include "proc/control.h"
#include "proc/seccomp.h"
#include "settings/settings.h"

#define ROLE_TABLES_MAX 3

/* What a role runs as. */
struct role_confine {
	const char *user; /* NULL: it stays who it is */
	const char *root; /* directory to be locked into; NULL: none */
	/* Started by somebody else than root, user and root do not count. Without it that
	 * is an error. */
	bool may_share_user;
	unsigned nofile;     /* descriptors wished; 0: as it is */
	bool keep_processes; /* it runs programs */
	/* The system calls that are left; without a table, all of them. */
	const struct seccomp_table *calls[ROLE_TABLES_MAX];
};

struct role_opts {
	const struct settings_table *settings; /* of the program */
	void *values;                          /* its struct of values, filled at step 2 */
	const int64_t *log_level;              /* in it */
	/* What the parent says beside this recipe. file is not called for `conf`; reload
	 * comes after the settings have been taken over. */
	const struct control_ops *ops;
	/* Steps, in the order above; each may be NULL. An error ends the start; ei says why.
	 * prepare fills what it knows only from the settings into ret. */
	int (*prepare)(void *ctx, struct role_confine *ret, struct errinfo *ei);
	int (*open)(void *ctx, struct errinfo *ei);
	int (*begin)(void *ctx, struct errinfo *ei);
	void *ctx;
};

struct role;

/* Step 1. ERR_SYS. */
int role_new(const struct role_opts *o, struct role **ret) MUST_CHECK;
void role_free(struct role *r); /* NULL is fine */

/*
 * Steps 2 to 9. What goes wrong is logged, and the process must then exit: ERR_PEER
 * (what was given is not what a role needs), ERR_CLOSED, ERR_TIMEOUT, ERR_SYS, or what a
 * step said.
 */
int role_start(struct role *r) MUST_CHECK;

/* For control_read, control_rejoin, control_wait_peer; lives as long as the role. */
struct control *role_control(const struct role *r);

#endif
