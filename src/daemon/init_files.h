/*
 * init_files: files and directories that appear together or not at all. Each file is first
 * written and synced under another name (NAME.init). The commit renames all, and replaces no file
 * but those that init_files_replace staged. Without a commit everything is removed again.
 */
#ifndef DAEMON_INIT_FILES_H
#define DAEMON_INIT_FILES_H

#include "base/err.h"
#include "base/str.h"
#include "proc/file.h"

#define INIT_FILES_PATH_BYTES 512

struct init_files;

struct init_files *init_files_new(void);
/* Removes everything again that was not committed. NULL is fine. */
void init_files_free(struct init_files *f);
/* From now on what an interrupted try left with the name of a file and .init is overwritten by
 * init_files_add, too. The caller holds a lock. */
void init_files_again(struct init_files *f);

struct init_file {
	const char *path;
	mode_t mode;
	struct file_owner owner;
};

/* Makes a directory, unless there is one. ERR_EXISTS (something else has its name), ERR_SYS,
 * ERR_FULL, ERR_TOOBIG (the path is too long, or there are too many). ei says which. */
int init_files_dir(struct init_files *f, const struct init_file *v, struct errinfo *ei) MUST_CHECK;
/* Stages a file with these bytes. ERR_EXISTS (the file, or one with its name and .init, is there);
 * else as init_files_dir. */
int init_files_add(struct init_files *f, const struct init_file *v, struct str bytes,
    struct errinfo *ei) MUST_CHECK;
/*
 * Stages a file that takes the place of one, or is new: a reader finds the one or the other, whole.
 * What an interrupted try left with its name and .init is overwritten, so the caller holds a lock.
 * Errors as init_files_dir.
 */
int init_files_replace(struct init_files *f, const struct init_file *v, struct str bytes,
    struct errinfo *ei) MUST_CHECK;
/*
 * Stages a database that SQLite makes, and syncs, before the commit: ret is the path to make it at,
 * with the effective user id of v->owner, whose directory it is. The commit sets its mode; it gives
 * nothing away, as a link may be there instead by now. ERR_EXISTS also if SQLite's log of a
 * database that was there is left beside it, which would be played into the new one. Errors as
 * init_files_add.
 */
int init_files_reserve(struct init_files *f, const struct init_file *v,
    char ret[static INIT_FILES_PATH_BYTES], struct errinfo *ei) MUST_CHECK;

/*
 * Gives all files their names, in the opposite order of staging: when the file that was staged
 * first is there, all are. ERR_EXISTS (as well of a log beside the database), ERR_DENIED (the
 * database is not a file of its owner), ERR_SYS; then init_files_free removes everything.
 */
int init_files_commit(struct init_files *f, struct errinfo *ei) MUST_CHECK;
/* The same in two steps: what has its name is removed by init_files_free until it is kept, but for
 * what took the place of a file. */
int init_files_name(struct init_files *f, struct errinfo *ei) MUST_CHECK;
void init_files_keep(struct init_files *f);

#endif
