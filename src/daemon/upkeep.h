/*
 * upkeep: what the programs share that root runs on an installation, beside eicd or instead of it:
 * eicd-init, eicd-keys, eicd-backup and eicd-restore.
 *
 * The directory of the database belongs to core's user, who can put a link into it at any moment.
 * So what is made or opened there is made and opened as that user, never as root.
 */
#ifndef DAEMON_UPKEEP_H
#define DAEMON_UPKEEP_H

#include "base/err.h"
#include "proc/file.h"
#include "settings/eicd.h"

/* In all of these ei says what is wrong. */

/* The ids of core_user. ERR_NOTFOUND (no such user), ERR_RANGE (root). */
int upkeep_core(const struct eicd_settings *s, struct file_owner *ret,
    struct errinfo *ei) MUST_CHECK;
/* Takes the effective ids of core's user, or those of root again. ERR_SYS: it is not known who we
 * are, so end. */
int upkeep_become_core(const struct file_owner *core, struct errinfo *ei) MUST_CHECK;
int upkeep_become_root(struct errinfo *ei) MUST_CHECK;
/*
 * Holds the state directory's lock, which eicd holds as long as it runs (parent_setup.c), until
 * *ret_fd is closed. ERR_BADSTATE (eicd runs, or another program of these), ERR_SYS.
 */
int upkeep_lock(const struct eicd_settings *s, int *ret_fd, struct errinfo *ei) MUST_CHECK;
/* Whether the directory of the database, in which SQLite makes files, is core's. ERR_DENIED. */
int upkeep_database_dir(const struct eicd_settings *s, const struct file_owner *core,
    struct errinfo *ei) MUST_CHECK;

#endif
