/*
 * parent_setup: what eicd does before it starts its processes: locks, directories and
 * listening sockets; and telling the service manager. For parent.c.
 */
#ifndef DAEMON_PARENT_SETUP_H
#define DAEMON_PARENT_SETUP_H

#include "proc/supervise.h"
#include "settings/eicd.h"

/*
 * Makes run_dir and run_dir/empty (the root directory of processes that need no files), and
 * takes locks so that no second eicd can run on the same run_dir or state_dir. The locks are
 * held until the process ends. ERR_EXISTS (another eicd runs), ERR_NOTFOUND (there is no
 * state_dir: not initialised), ERR_SYS; ei says why.
 */
int setup_dirs(const struct eicd_settings *s, struct errinfo *ei) MUST_CHECK;

/* If audit_export is a file whose directory is not there, makes the directory and gives it to
 * core_user. ERR_SYS; ERR_NOTFOUND or ERR_RANGE (core_user does not exist, or is root). ei says
 * why. */
int setup_export(const struct eicd_settings *s, struct errinfo *ei) MUST_CHECK;

/* Binds every address of the setting `listen` and adds the sockets to o. Errors as
 * listener_open; ERR_TOOBIG (too many). ei says which address and why. */
int setup_listeners(const struct eicd_settings *s, struct supervise_opts *o,
    struct errinfo *ei) MUST_CHECK;

/* Sends state to the service manager, as sd_notify(3). path is the value of NOTIFY_SOCKET; with
 * NULL nothing is sent. Failures are ignored. */
void setup_notify(const char *path, const char *state);

#endif
