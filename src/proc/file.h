/*
 * file: files taken whole: configuration, certificates, keys. For the programs,
 * at their start; roles that have dropped their privileges get descriptors.
 */
#ifndef PROC_FILE_H
#define PROC_FILE_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* Reads to the end, appended to out. ERR_SYS (errno), ERR_TOOBIG. */
int file_read_fd(int fd, struct buf *out) MUST_CHECK;
int file_read(const char *path, struct buf *out) MUST_CHECK;

/*
 * A file in memory that holds bytes and that nobody can change, not even who opened it;
 * read from its start, at an offset of its own. ERR_SYS.
 */
int file_sealed(const char *name, struct str bytes, int *ret_fd) MUST_CHECK;

/*
 * Reads a secret: a regular file, no symbolic link, that belongs to root and has no
 * permission outside of mode (0400, 0600). ERR_DENIED when it is otherwise; ei
 * says what is wrong. The caller wipes out (buf_wipe).
 */
int file_read_secret(const char *path, mode_t mode, struct buf *out, struct errinfo *ei) MUST_CHECK;

struct file_owner {
	uid_t uid;
	gid_t gid;
};

/*
 * Makes a file that must not be there yet, writes it, and has it on disk before it
 * returns. ERR_EXISTS; ERR_FULL (no space); ERR_SYS. What a failed call made is
 * removed again.
 */
int file_create(const char *path, mode_t mode, struct file_owner owner,
    struct str bytes) MUST_CHECK;
/* A directory, likewise. */
int file_create_dir(const char *path, mode_t mode, struct file_owner owner) MUST_CHECK;
/* Has the names in a directory on disk. ERR_SYS. */
int file_sync_dir(const char *path) MUST_CHECK;

#endif
