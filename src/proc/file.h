/*
 * file: reads and makes whole files: configuration, certificates, keys. Roles that have dropped
 * their privileges get descriptors from their parent instead of opening files.
 */
#ifndef PROC_FILE_H
#define PROC_FILE_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* Reads to the end of the file and appends to out. ERR_SYS; ERR_TOOBIG when out is full. */
int file_read_fd(int fd, struct buf *out) MUST_CHECK;

/*
 * Makes a file in memory (memfd) that holds bytes and that no process can change any more.
 * *ret_fd is at its start and belongs to the caller. ERR_SYS.
 */
int file_sealed(const char *name, struct str bytes, int *ret_fd) MUST_CHECK;

/*
 * Reads a secret from a regular file that belongs to root and has no permission outside of mode
 * (such as 0600), and appends it to out, which the caller wipes (buf_wipe). ERR_DENIED when the
 * file is otherwise; ERR_SYS, also for a symbolic link; ERR_TOOBIG. ei says what is wrong.
 */
int file_read_secret(const char *path, mode_t mode, struct buf *out, struct errinfo *ei) MUST_CHECK;

struct file_owner {
	uid_t uid;
	gid_t gid;
};

/*
 * Makes a file with these bytes and syncs it to disk; its name is durable after file_sync_dir.
 * ERR_EXISTS when there is something at path; ERR_FULL (no space); ERR_SYS. A call that fails
 * removes what it made.
 */
int file_create(const char *path, mode_t mode, struct file_owner owner,
    struct str bytes) MUST_CHECK;
/*
 * The same, in the place of a file that may be there: whoever opens path has the old bytes or the
 * new ones, whatever happens meanwhile, and after 0 the new ones are durable. What was left at path
 * with .new is removed. Errors as file_create, but for ERR_EXISTS; ERR_TOOBIG (the path is too
 * long).
 */
int file_replace(const char *path, mode_t mode, struct file_owner owner,
    struct str bytes) MUST_CHECK;
/* Makes a directory, which is not synced. Errors as file_create; ERR_TOOBIG (the path). */
int file_create_dir(const char *path, mode_t mode, struct file_owner owner) MUST_CHECK;
/* Syncs a directory, so that the names in it are durable. ERR_SYS. */
int file_sync_dir(const char *path) MUST_CHECK;

#endif
