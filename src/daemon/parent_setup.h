/*
 * parent_setup: what eicd makes once, before it starts its processes: the lock,
 * the run directory, the listeners; and the word to the service manager.
 * For parent.c.
 */
#ifndef DAEMON_PARENT_SETUP_H
#define DAEMON_PARENT_SETUP_H

#include "proc/supervise.h"
#include "settings/eicd.h"

/*
 * Makes run_dir and run_dir/empty (the root of processes that need no files),
 * and takes the locks by which a second eicd on the same run_dir or state_dir
 * is refused; they go with the process. ERR_EXISTS (another one runs),
 * ERR_NOTFOUND (no state: not initialised), ERR_SYS; ei has the sentence.
 */
int setup_dirs(const struct eicd_settings *s, struct errinfo *ei) MUST_CHECK;

/* Makes the directory of the exported audit trail, if it is not there, and gives it
 * to core_user. ERR_SYS, ERR_NOTFOUND (no such user); ei has the sentence. */
int setup_export(const struct eicd_settings *s, struct errinfo *ei) MUST_CHECK;

/* Binds every address of the setting. As listener_open; ERR_TOOBIG (too many). */
int setup_listeners(const struct eicd_settings *s, struct supervise_opts *o,
    struct errinfo *ei) MUST_CHECK;

/* sd_notify(3), when path is the value of NOTIFY_SOCKET; NULL: nothing. */
void setup_notify(const char *path, const char *state);

#endif
